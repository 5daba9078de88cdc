from django.apps import AppConfig


class DebatesConfig(AppConfig):
    name = "yole.debates"
    label = "debates"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            NAVIGATION,
            NavigationEntry,
            declare_algorithm,
            declare_demonstration,
            declare_measure,
            declare_retention,
            declare_takeaways,
        )
        from yole.debates import algorithms, demo, offers, permissions, retention, retention_ballots, selectors, tasks

        declare_demonstration(70, "debates", demo.load)
        for rule in (*retention.RULES, *retention_ballots.RULES):
            declare_retention(rule)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        declare_takeaways(selectors.SOURCE, offers.takeaways)
        for measure in offers.MEASURES:
            declare_measure(measure)
        NAVIGATION.append(NavigationEntry("Café IA", "debates:list", 45))
        NAVIGATION.append(NavigationEntry("Cafés IA", "debates:desk", 50, act=permissions.SEE))
        declare_algorithm(algorithms.GROUPS)
