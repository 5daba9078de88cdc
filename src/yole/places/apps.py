from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "yole.places"
    label = "places"

    def ready(self) -> None:
        from datetime import timedelta

        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            HEALTH,
            NAVIGATION,
            HealthCheck,
            NavigationEntry,
            Source,
            declare_demonstration,
            declare_retention,
            declare_source,
            declare_structure_section,
        )
        from yole.places import demo, desk_services_pairs, permissions, retention, selectors, structure_section

        declare_demonstration(30, "places", demo.load)
        declare_structure_section(structure_section.section)
        for rule in retention.RULES:
            declare_retention(rule)
        declare_source(
            Source(
                name="Liste France services",
                publisher="ANCT",
                day="1er août 2024",
                licence="Licence Ouverte 2.0",
                use="Lieux de la démonstration. Horaires non vérifiés par les lieux.",
                url="https://www.data.gouv.fr/fr/datasets/liste-des-structures-france-services/",
            )
        )
        declare_periodic("places.pairs", timedelta(days=1), desk_services_pairs.search_all_pairs.enqueue)
        HEALTH.append(HealthCheck("lieux", selectors.health))
        NAVIGATION.append(NavigationEntry("Trouver de l’aide", "web:home", 10))
        NAVIGATION.append(NavigationEntry("Le bus", "places:buses", 15))
        NAVIGATION.append(NavigationEntry("Lieux", "places:desk", 10, act=permissions.VERIFY))
