from django.apps import AppConfig


class PassportConfig(AppConfig):
    name = "yole.passport"
    label = "passport"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            HEALTH,
            NAVIGATION,
            HealthCheck,
            NavigationEntry,
            declare_demonstration,
            declare_journey,
            declare_person_data,
            declare_retention,
        )
        from yole.passport import demo, journey, keys, permissions, person_data, retention, services_status, tasks

        declare_demonstration(60, "passport", demo.load)
        declare_journey(40, journey.section)
        declare_person_data("passport.candidacy", "Passeport numérique", person_data.collect, person_data.erase)
        for rule in retention.RULES:
            declare_retention(rule)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        HEALTH.append(HealthCheck("passeport", keys.health))
        HEALTH.append(HealthCheck("passeport, état", services_status.health))
        NAVIGATION.append(NavigationEntry("Vérifier un passeport", "passport:verify", 50))
        NAVIGATION.append(NavigationEntry("Passeports", "passport:desk", 45, act=permissions.SEE))
