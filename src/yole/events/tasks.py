"""Regular work of the room."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from yole.events import services_messages


@task()
def plan() -> int:
    """Writes the reminders and the recalls that came due; returns how many."""
    return services_messages.plan()


@task()
def send() -> int:
    """Sends what is due; returns how many were sent."""
    return services_messages.send_due().sent


PERIODIC = (
    ("events.plan", timedelta(minutes=30), plan),
    ("events.send", timedelta(minutes=2), send),
)
