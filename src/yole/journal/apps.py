from datetime import timedelta

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "yole.journal"
    label = "journal"
    append_only_tables = ("journal_entry", "journal_treehead")

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import HEALTH, NAVIGATION, HealthCheck, NavigationEntry
        from yole.base.signals import refused
        from yole.journal import permissions, refusals, selectors, tasks

        refused.connect(refusals.keep, dispatch_uid="yole.journal")
        declare_periodic("journal.sign-head", timedelta(hours=1), tasks.sign_head.enqueue)
        HEALTH.append(HealthCheck("journal", selectors.health))
        NAVIGATION.append(NavigationEntry("Journal", "journal:entries", 90, act=permissions.READ))
