"""Regular work of the room."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from yole.base.scope import system_scope
from yole.roadmap import services_readings, services_subscriptions


@task()
def feed() -> int:
    """Reads the house's numbers into the indicators that they feed; returns how many readings were added."""
    with system_scope():
        return services_readings.feed_all()


@task()
def tell() -> int:
    """Tells whoever follows the roadmap what changed; returns how many messages were sent."""
    return services_subscriptions.tell()


PERIODIC = (
    ("roadmap.feed", timedelta(hours=20), feed),
    ("roadmap.tell", timedelta(hours=24), tell),
)
