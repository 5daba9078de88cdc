from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "yole.territory"
    label = "territory"

    def ready(self) -> None:
        from yole.base.registries import HEALTH, HealthCheck, declare_demonstration
        from yole.territory import demo, permissions, selectors  # noqa: F401  # permissions declares its acts when imported

        declare_demonstration(10, "territory", demo.load)
        HEALTH.append(HealthCheck("territoire", selectors.health))
