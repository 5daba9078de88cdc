"""Regular work of the journal."""

from __future__ import annotations

from django_tasks import task

from yole.journal import services


@task()
def sign_head() -> int:
    """Signs a head when there is something new to cover, or when the last one ages; returns how many entries it covers."""
    head = services.sign_if_due()
    return head.size if head is not None else 0
