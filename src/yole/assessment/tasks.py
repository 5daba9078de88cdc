"""Regular work of the room."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from yole.assessment import nightly, services
from yole.base.scope import system_scope


@task()
def calibrate() -> dict[str, int]:
    """Proposes parameters, watches drift, searches unfair questions; returns how many of each."""
    return nightly.run()


@task()
def expire() -> int:
    """Ends sittings without an answer for 30 days; returns how many."""
    with system_scope():
        return services.expire_idle()


PERIODIC = (
    ("assessment.nightly", timedelta(days=1), calibrate),
    ("assessment.expire", timedelta(days=1), expire),
)
