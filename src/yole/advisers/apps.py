from django.apps import AppConfig


class AdvisersConfig(AppConfig):
    name = "yole.advisers"
    label = "advisers"

    def ready(self) -> None:
        from yole.advisers import algorithms, demo, indicators, permissions, retention, services_training, tasks
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            NAVIGATION,
            NavigationEntry,
            declare_algorithm,
            declare_demonstration,
            declare_measure,
            declare_retention,
        )
        from yole.bookings.signals import changed

        changed.connect(services_training.on_booking_changed, dispatch_uid="advisers.training")
        declare_demonstration(70, "advisers", demo.load)
        for rule in retention.RULES:
            declare_retention(rule)
        for measure in indicators.MEASURES:
            declare_measure(measure)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        NAVIGATION.append(NavigationEntry("Conseillers", "advisers:desk", 50, act=permissions.SEE))
        NAVIGATION.append(NavigationEntry("Ma formation", "advisers:own", 52, act=permissions.OWN))
        declare_algorithm(algorithms.MATCHING)
