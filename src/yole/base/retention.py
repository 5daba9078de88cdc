"""Runs every declared retention rule. A run logs counts, never contents; a second run finds nothing."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from yole.base.registries import RETENTION, Retention

_log = logging.getLogger("yole.retention")
TASKS_KEPT = timedelta(days=30)
ASKED, DONE = "base.forget", "base.forget-done"  # rows of PeriodicRun: when the rules were last asked for, and last ran to their end
LATE, START = timedelta(hours=50), timedelta(hours=2)


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
    """Rows touched by each rule, by table. With `dry_run` each rule runs and is undone: what would go, and nothing goes.

    A rule that fails is told in the log and does not hold the others back. Raises RuntimeError at the end, naming those that failed.
    """
    touched, failed = {}, []
    for table, rule in sorted(RETENTION.items()):
        try:
            with transaction.atomic():
                touched[table] = rule.purge()
                if dry_run:
                    transaction.set_rollback(True)
        except Exception:  # whatever the reason, the personal data of the other tables must not stay because of this one
            _log.exception("retention: %s", table)
            failed.append(table)
    if not dry_run:
        _log.info("retention: %s", ", ".join(f"{table} {count}" for table, count in touched.items() if count) or "nothing to forget")
    if failed:
        raise RuntimeError(f"retention rules that failed: {', '.join(failed)}")
    if not dry_run:
        from yole.base.models import PeriodicRun

        PeriodicRun.objects.update_or_create(name=DONE, defaults={"last_run": timezone.now()})
    return touched


def health() -> tuple[bool, str]:
    """Line of `yole check`: whether every rule ran to its end since yesterday."""
    from yole.base.models import PeriodicRun

    runs = dict(PeriodicRun.objects.filter(name__in=[ASKED, DONE]).values_list("name", "last_run"))
    now = timezone.now()
    if DONE in runs:
        age = now - runs[DONE]
        words = f"règles passées il y a {int(age.total_seconds() // 3600)} h"
        return age <= LATE, words if age <= LATE else f"{words} ; voir « yole worker »"
    if ASKED in runs and now - runs[ASKED] > START:
        return False, "aucun passage n’a abouti ; voir le journal technique de « yole worker »"
    return True, "aucun passage pour l’instant"
