from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "yole.assessment"
    label = "assessment"

    def ready(self) -> None:
        from yole.assessment import algorithms, demo, permissions, person_data, retention, selectors_bank, tasks, tasks_wiring
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            HEALTH,
            NAVIGATION,
            HealthCheck,
            NavigationEntry,
            declare_algorithm,
            declare_demonstration,
            declare_journey,
            declare_person_data,
            declare_retention,
        )

        tasks_wiring.declare()
        declare_demonstration(30, "assessment", demo.load)
        for name, label, collect, erase in person_data.PARTS:
            declare_person_data(name, label, collect, erase)
        declare_journey(40, person_data.journey)
        HEALTH.append(HealthCheck("diagnostic", selectors_bank.health))
        for rule in retention.RULES:
            declare_retention(rule)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        NAVIGATION.append(NavigationEntry("Où j’en suis", "assessment:intro", 30))
        NAVIGATION.append(NavigationEntry("Diagnostic", "assessment:desk-sittings", 35, act=permissions.SEE))
        declare_algorithm(algorithms.DIAGNOSIS)
