"""Regular work of the room."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task


@task()
def tell_due() -> int:
    """Tells each team that cards come to the end of their delay; returns how many messages left."""
    from yole.people import notices

    return notices.tell()


PERIODIC = (("people.tell-due", timedelta(days=7), tell_due),)
