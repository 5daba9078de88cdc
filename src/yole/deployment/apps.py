from django.apps import AppConfig


class DeploymentConfig(AppConfig):
    name = "yole.deployment"
    label = "deployment"

    def ready(self) -> None:
        from yole.base.registries import NAVIGATION, NavigationEntry, declare_algorithm, declare_demonstration
        from yole.deployment import algorithms, demo, permissions

        declare_demonstration(90, "deployment", demo.load)
        NAVIGATION.append(NavigationEntry("Déploiement", "deployment:desk", 60, act=permissions.SEE))
        declare_algorithm(algorithms.PLANS)
