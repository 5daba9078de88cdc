"""Regular work of the room."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from yole.workshops import services_messages


@task()
def remind() -> int:
    """Plans the reminders that are due; returns how many."""
    return services_messages.plan_reminders()


@task()
def send() -> int:
    """Sends what is due; returns how many were sent."""
    return services_messages.send_due().sent


PERIODIC = (
    ("workshops.remind", timedelta(minutes=10), remind),
    ("workshops.send", timedelta(minutes=2), send),
)
