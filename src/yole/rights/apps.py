from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "yole.rights"
    label = "rights"

    def ready(self) -> None:
        from yole.base.registries import (
            HEALTH,
            NAVIGATION,
            HealthCheck,
            NavigationEntry,
            Source,
            declare_algorithm,
            declare_companion,
            declare_demonstration,
            declare_journey,
            declare_person_data,
            declare_retention,
            declare_source,
        )
        from yole.rights import algorithms, client, demo, journey, permissions, person_data, retention

        declare_companion(client.companion)
        declare_demonstration(70, "rights", demo.load)
        declare_journey(50, journey.section)
        declare_person_data("rights.followup", "Suivi de droits", person_data.collect, person_data.erase)
        for rule in retention.RULES:
            declare_retention(rule)
        declare_source(
            Source(
                "Règles des prestations (OpenFisca-France)",
                "Communauté OpenFisca, services de l’État",
                "version 176.1.8, barèmes de 2026",
                "AGPL-3.0",
                "Dire les droits à vérifier",
                "https://fr.openfisca.org",
            )
        )
        HEALTH.append(HealthCheck("droits", client.health))
        NAVIGATION.append(NavigationEntry("Mes droits", "rights:home", 35))
        NAVIGATION.append(NavigationEntry("Droits", "rights:desk", 40, act=permissions.SEE))
        declare_algorithm(algorithms.CHECK)
