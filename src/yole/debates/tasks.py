"""Regular work of the room."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from yole.debates import services_after


@task()
def tell() -> int:
    """Sends the messages that hosts asked for; returns how many were sent."""
    return services_after.send_due()


PERIODIC = (("debates.tell", timedelta(minutes=2), tell),)
