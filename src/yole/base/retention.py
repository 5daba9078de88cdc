"""Runs every declared retention rule. A run logs counts, never contents; a second run finds nothing."""

from __future__ import annotations

import logging

from django.db import transaction

from yole.base.registries import RETENTION

_log = logging.getLogger("yole.retention")


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
