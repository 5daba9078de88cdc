"""Background work of the room."""

from __future__ import annotations

from django_tasks import task

from yole.places import retention


@task()
def purge() -> dict[str, int]:
    """Runs every retention rule of the room; returns counts, never contents."""
    return {rule.table: rule.purge() for rule in retention.RULES}
