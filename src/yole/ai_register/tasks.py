"""Regular work of the room."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from yole.ai_register import services


@task()
def record_declared() -> int:
    """Writes a version of each algorithm whose rules changed; returns how many."""
    return services.record_declared()


@task()
def remind() -> int:
    """Tells the people in charge of the entries to read again; returns how many entries."""
    return services.remind()


PERIODIC = (
    ("ai_register.record", timedelta(hours=6), record_declared),
    ("ai_register.remind", timedelta(hours=12), remind),
)
