"""Regular work of the room, and the signature of a whole jury."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from yole.base.scope import system_scope
from yole.passport import services_awards, services_status


@task()
def sign_jury(jury_id: int) -> int:
    """Signs the passports of a jury that wait; returns how many."""
    with system_scope():
        return services_awards.sign_waiting(jury_id)


@task()
def sign_waiting() -> int:
    """Signs whatever still waits: after a stop, or after a stolen key."""
    with system_scope():
        return services_awards.sign_waiting()


@task()
def sign_lists() -> int:
    """Signs every list of status again; returns how many."""
    with system_scope():
        return services_status.sign_all()


PERIODIC = (
    ("passport.sign-waiting", timedelta(minutes=5), sign_waiting),
    ("passport.sign-lists", timedelta(hours=20), sign_lists),
)
