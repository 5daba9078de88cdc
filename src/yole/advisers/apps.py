from django.apps import AppConfig


class AdvisersConfig(AppConfig):
    name = "yole.advisers"
    label = "advisers"

    def ready(self) -> None:
        from yole.advisers import algorithms, demo, permissions, retention
        from yole.base.registries import NAVIGATION, NavigationEntry, declare_algorithm, declare_demonstration, declare_retention

        declare_demonstration(70, "advisers", demo.load)
        for rule in retention.RULES:
            declare_retention(rule)
        NAVIGATION.append(NavigationEntry("Conseillers", "advisers:desk", 50, act=permissions.SEE))
        declare_algorithm(algorithms.MATCHING)
