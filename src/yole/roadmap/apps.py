from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    name = "yole.roadmap"
    label = "roadmap"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            NAVIGATION,
            NavigationEntry,
            Source,
            declare_demonstration,
            declare_outcomes,
            declare_retention,
            declare_source,
        )
        from yole.roadmap import demo, measures, outcomes, permissions, retention, tasks

        measures.declare_all()
        declare_outcomes(outcomes.outcomes)
        declare_demonstration(80, "roadmap", demo.load)
        NAVIGATION.append(NavigationEntry("Feuille de route", "roadmap:home", 60))
        NAVIGATION.append(NavigationEntry("Feuille de route", "roadmap:desk", 70, act=permissions.SEE))
        declare_source(
            Source(
                "France Numérique Ensemble",
                "État",
                "circulaire du 28 juillet 2023, lue telle que rapportée en novembre 2026",
                "texte officiel",
                "le cadre national de la feuille de route ; deux engagements sur quinze ont leur texte",
            )
        )
        for rule in retention.RULES:
            declare_retention(rule)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
