from datetime import timedelta

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "yole.organisations"
    label = "organisations"

    def ready(self) -> None:
        from yole.base.registries import Retention, declare_demonstration, declare_retention
        from yole.organisations import demo, services

        declare_demonstration(20, "accounts", demo.load)
        declare_retention(
            Retention(
                table="organisations_account",
                label="Comptes des équipes",
                basis="mission d’intérêt public (RGPD, article 6.1.e)",
                start="dernière connexion",
                duration=timedelta(days=182),
                action="compte désactivé",
                purge=services.deactivate_idle_accounts,
            )
        )
