"""Regular work on limited places."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from yole.bookings import services, services_capacity


@task()
def expire_offers() -> int:
    """Ends offers whose time is over and passes the places on; returns how many ended."""
    return services.expire_offers()


@task()
def recount() -> int:
    """Counts the places again; returns how many counters were wrong."""
    return len(services_capacity.recount())


PERIODIC = (
    ("bookings.expire-offers", timedelta(minutes=5), expire_offers),
    ("bookings.recount", timedelta(days=1), recount),
)
