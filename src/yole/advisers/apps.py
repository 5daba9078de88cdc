from django.apps import AppConfig


class AdvisersConfig(AppConfig):
    name = "yole.advisers"
    label = "advisers"

    def ready(self) -> None:
        from yole.advisers import algorithms, demo, indicators, permissions, retention, tasks
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            NAVIGATION,
            NavigationEntry,
            declare_algorithm,
            declare_demonstration,
            declare_measure,
            declare_retention,
        )

        declare_demonstration(70, "advisers", demo.load)
        for rule in retention.RULES:
            declare_retention(rule)
        for measure in indicators.MEASURES:
            declare_measure(measure)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        NAVIGATION.append(NavigationEntry("Conseillers", "advisers:desk", 50, act=permissions.SEE))
        declare_algorithm(algorithms.MATCHING)
