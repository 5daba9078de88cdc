"""Regular work of the floor."""

from __future__ import annotations

from django_tasks import task

from yole.base import retention


@task()
def forget() -> dict[str, int]:
    """Runs every retention rule of the house; returns rows touched by table."""
    return retention.forget()
