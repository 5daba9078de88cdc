from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "yole.territory"
    label = "territory"

    def ready(self) -> None:
        from yole.base.registries import HEALTH, NAVIGATION, HealthCheck, NavigationEntry, declare_demonstration
        from yole.territory import demo, permissions, selectors

        declare_demonstration(10, "territory", demo.load)
        NAVIGATION.append(NavigationEntry("Quartiers", "territory:quartiers", 80, act=permissions.QUARTIERS))
        HEALTH.append(HealthCheck("territoire", selectors.health))
