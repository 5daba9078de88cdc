"""Runs every declared retention rule. A run logs counts, never contents; a second run finds nothing."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from yole.base.registries import RETENTION, Retention

_log = logging.getLogger("yole.retention")
TASKS_KEPT = timedelta(days=30)


def purge_tasks() -> int:
    """Deletes the results of background work done or failed 30 days ago. Returns rows deleted."""
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.filter(finished_at__lt=timezone.now() - TASKS_KEPT).delete()[0]


RULES = (
    Retention(
        "django_tasks_database_dbtaskresult",
        "sécurité du traitement (RGPD, article 32)",
        "fin du travail",
        TASKS_KEPT,
        "résultat supprimé",
        purge_tasks,
        "Travaux du serveur",
    ),
)


def forget(*, dry_run: bool = False) -> dict[str, int]:
    """Rows touched by each rule, by table. With `dry_run` each rule runs and is undone: what would go, and nothing goes."""
    touched = {}
    for table, rule in sorted(RETENTION.items()):
        with transaction.atomic():
            touched[table] = rule.purge()
            if dry_run:
                transaction.set_rollback(True)
    if not dry_run:
        _log.info("retention: %s", ", ".join(f"{table} {count}" for table, count in touched.items() if count) or "nothing to forget")
    return touched
