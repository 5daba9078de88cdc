from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "yole.activities"
    label = "activities"

    def ready(self) -> None:
        from yole.activities import demo, journey, permissions, retention, rollups, rollups_tasks, signals, statistics_links
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            HEALTH,
            NAVIGATION,
            SESSION_ACTS,
            HealthCheck,
            NavigationEntry,
            SessionAct,
            declare_demonstration,
            declare_journey,
            declare_person_data,
            declare_retention,
        )

        signals.changed.connect(rollups_tasks.on_changed, dispatch_uid="activities.rollups")
        signals.changed_many.connect(rollups_tasks.on_changed, dispatch_uid="activities.rollups")
        for name, every, task in rollups_tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        HEALTH.append(HealthCheck("statistiques", rollups.health))
        declare_demonstration(60, "activities", demo.load)
        NAVIGATION.append(NavigationEntry("Activités", "activities:list", 15, act=permissions.SEE))
        NAVIGATION.append(NavigationEntry("Coordination", "activities:coordinations", 45, act=permissions.COORDINATE))
        NAVIGATION.append(NavigationEntry("Statistiques", "activities:statistics", 40, act=permissions.STATISTICS))
        SESSION_ACTS.append(SessionAct("Noter l’activité", "document", "activities:new", "seance", permissions.REPORT))
        for rule in (*retention.RULES, statistics_links.RETENTION):
            declare_retention(rule)
        declare_person_data("activities.participation", "Activités", retention.collect, retention.erase)
        declare_journey(30, journey.section)
