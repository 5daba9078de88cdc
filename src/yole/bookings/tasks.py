"""Regular work on limited places."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from yole.bookings import retention, services, services_capacity


@task()
def expire_offers() -> int:
    """Ends offers whose time is over and passes the places on; returns how many ended."""
    return services.expire_offers()


@task()
def recount() -> int:
    """Counts the places again; returns how many counters were wrong."""
    return len(services_capacity.recount())


@task()
def forget() -> int:
    """Erases what the retention rules of this room say; returns rows touched."""
    return sum(rule.purge() for rule in retention.RULES)


PERIODIC = (
    ("bookings.expire-offers", timedelta(minutes=5), expire_offers),
    ("bookings.recount", timedelta(days=1), recount),
    ("bookings.forget", timedelta(days=1), forget),
)
