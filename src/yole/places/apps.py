from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "yole.places"
    label = "places"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import HEALTH, NAVIGATION, HealthCheck, NavigationEntry, declare_demonstration, declare_retention
        from yole.places import demo, permissions, retention, selectors, tasks  # noqa: F401  # permissions declares its acts when imported

        declare_demonstration(30, "places", demo.load)
        for rule in retention.RULES:
            declare_retention(rule)
        declare_periodic("places.retention", retention.EVERY, tasks.purge.enqueue)
        HEALTH.append(HealthCheck("lieux", selectors.health))
        NAVIGATION.append(NavigationEntry("Trouver de l’aide", "web:home", 10))
        NAVIGATION.append(NavigationEntry("Le bus", "places:buses", 15))
