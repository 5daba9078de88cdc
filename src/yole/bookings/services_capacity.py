"""Writes on the capacity itself: making it, changing it, closing it, counting it again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from yole.base.errors import Refused
from yole.bookings.enums import HOLDING, Act, State
from yole.bookings.models import Booking, Capacity
from yole.bookings.services import _leave, _promote

_log = logging.getLogger("yole.bookings")
CAPACITY_MAX = 10000


@dataclass(frozen=True, slots=True)
class Drift:
    """A counter that differed from its bookings; `over`: the bookings hold more than the seats, a person must look."""

    capacity_id: int
    taken: int
    counted: int
    over: bool


def make_capacity(
    capacity: int,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    closes_at: datetime | None = None,
    offer_hours: int = 48,
    offers_stop_hours: int = 4,
    overbooking_percent: int = 0,
    names_kept_until: date | None = None,
) -> Capacity:
    """Raises Refused for a capacity out of 1..10 000 or an overbooking out of 0..50 %."""
    _check(capacity, overbooking_percent)
    return Capacity.objects.create(
        capacity=capacity,
        overbooking_percent=overbooking_percent,
        starts_at=starts_at,
        ends_at=ends_at,
        closes_at=closes_at,
        offer_hours=offer_hours,
        offers_stop_hours=offers_stop_hours,
        names_kept_until=names_kept_until,
    )


def _check(capacity: int, overbooking_percent: int) -> None:
    if not 1 <= capacity <= CAPACITY_MAX:
        raise Refused(f"Le nombre de places va de 1 à {CAPACITY_MAX}.", field="capacity", code="range")
    if not 0 <= overbooking_percent <= 50:
        raise Refused("La surréservation va de 0 à 50 %.", field="overbooking_percent", code="range")


@transaction.atomic
def change_capacity(
    capacity_id: int, capacity: int, *, by: str, overbooking_percent: int | None = None, now: datetime | None = None
) -> Capacity:
    """More places are offered at once to those who wait; fewer than are taken is refused with the figure."""
    row = Capacity.objects.select_for_update(no_key=True).get(pk=capacity_id)
    percent = row.overbooking_percent if overbooking_percent is None else overbooking_percent
    _check(capacity, percent)
    seats = capacity + capacity * percent // 100
    if seats < row.taken:
        raise Refused(
            f"{row.taken} places sont déjà prises : la séance ne peut pas en avoir {seats}.",
            remedy="Annulez d’abord des inscriptions.",
            field="capacity",
            code="below-taken",
        )
    Capacity.objects.filter(pk=row.pk).update(capacity=capacity, overbooking_percent=percent)
    row.refresh_from_db()
    _promote(row, by=by, now=now or timezone.now())
    return row


@transaction.atomic
def move_capacity(capacity_id: int, *, starts_at: datetime, ends_at: datetime, closes_at: datetime | None) -> None:
    """Follows a session that was moved; offers keep their deadline."""
    Capacity.objects.filter(pk=capacity_id).update(starts_at=starts_at, ends_at=ends_at, closes_at=closes_at)


@transaction.atomic
def close_capacity(capacity_id: int, reason: str, *, by: str, now: datetime | None = None) -> list[int]:
    """Closes enrolment for good and cancels every living booking on behalf of the service; returns their ids. Nobody is promoted."""
    now = now or timezone.now()
    row = Capacity.objects.select_for_update(no_key=True).get(pk=capacity_id)
    Capacity.objects.filter(pk=row.pk).update(closed_reason=reason[:200])
    row.refresh_from_db()
    alive = (State.BOOKED, State.WAITING, State.OFFERED, State.CONFIRMED)
    bookings = list(Booking.objects.select_for_update(no_key=True).filter(capacity=row, state__in=alive).order_by("pk"))
    for booking in bookings:
        _leave(row, booking, Act.REVOKED, by=by, now=now, reason=reason)
    return [booking.pk for booking in bookings]


def recount(*, repair: bool = True) -> list[Drift]:
    """Compares each counter with its bookings (the truth), repairs it, and returns what differed.

    Bookings that hold more than the seats are reported and left: the counter then says full.
    """
    holding = Q(bookings__state__in=HOLDING, bookings__beyond_capacity=False)
    counted = Capacity.objects.annotate(counted=Coalesce(Sum("bookings__size", filter=holding), 0))
    suspects = [row.pk for row in counted.only("pk", "taken") if row.taken != row.counted]
    found = []
    for pk in suspects:
        with transaction.atomic():
            row = Capacity.objects.select_for_update(no_key=True).get(pk=pk)
            truth = Booking.objects.filter(capacity=row, state__in=HOLDING, beyond_capacity=False).aggregate(n=Coalesce(Sum("size"), 0))[
                "n"
            ]
            if truth == row.taken:
                continue  # an act was under way when the counters were read
            found.append(Drift(row.pk, row.taken, truth, truth > row.seats))
            _log.warning("places counter %s said %s, bookings say %s", row.pk, row.taken, truth)
            if repair:
                Capacity.objects.filter(pk=row.pk).update(taken=min(truth, row.seats))
    return found
