"""Work in the background."""

from __future__ import annotations

from django_tasks import task

from yole.base.scope import system_scope
from yole.deployment import services


@task()
def compute_scenario(pk: int) -> str:
    """Computes one scenario; returns its state."""
    with system_scope():
        return services.run(pk)
