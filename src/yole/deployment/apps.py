from django.apps import AppConfig


class DeploymentConfig(AppConfig):
    name = "yole.deployment"
    label = "deployment"

    def ready(self) -> None:
        from yole.base.registries import NAVIGATION, NavigationEntry, declare_demonstration
        from yole.deployment import demo, permissions

        declare_demonstration(90, "deployment", demo.load)
        NAVIGATION.append(NavigationEntry("Déploiement", "deployment:desk", 60, act=permissions.SEE))
