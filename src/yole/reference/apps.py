from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "yole.reference"
    label = "reference"

    def ready(self) -> None:
        from yole.base.registries import NAVIGATION, NavigationEntry, Source, declare_algorithm, declare_demonstration, declare_source
        from yole.reference import algorithms, demo, official, permissions

        declare_demonstration(15, "reference", demo.load)
        NAVIGATION.append(NavigationEntry("Fiches", "reference:search", 60))
        NAVIGATION.append(NavigationEntry("Fiches à vérifier", "reference:desk", 85, act=permissions.SEE))
        declare_source(
            Source(
                "Fiches de démarches",
                "Projet Yole ; numéros de la Direction de l’information légale et administrative",
                "textes du 22 novembre 2026, non vérifiés",
                "licence du projet",
                "réponses citées de la recherche de démarches",
                official.HOST,
            )
        )
        declare_algorithm(algorithms.SEARCH)
