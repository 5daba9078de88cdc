"""Reads on limited places that other rooms and screens need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from yole.base.scope import public_scope, system_scope
from yole.bookings.enums import State
from yole.bookings.models import CODE_LENGTH, Booking, BookingEvent
from yole.kernel.codes import clean_code, is_code


@dataclass(frozen=True, slots=True)
class Queued:
    """One entry of a waiting list: its rank from 1, and why it has it."""

    rank: int
    booking: Booking


def by_code(typed: str) -> Booking | None:
    """The booking of a code as people type it (any case, separators, O for 0…); None when it is wrong or unknown."""
    code = clean_code(typed)
    if not is_code(code, CODE_LENGTH):
        return None
    with public_scope(code=code):
        return Booking.objects.select_related("capacity", "structure").filter(code=code).first()


@system_scope()
def waiting_counts(capacity_ids: Iterable[int]) -> dict[int, int]:
    """Entries waiting per capacity (households, not persons); capacities where nobody waits are left out. One query at most."""
    asked = list(capacity_ids)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT capacity_id, count(*) FROM bookings_booking WHERE state = %s AND capacity_id = ANY(%s) GROUP BY 1",
            [State.WAITING, asked],
        )
        return dict(cursor.fetchall())


def waiting_list(capacity_id: int) -> list[Queued]:
    """Who waits, in the order in which they move up."""
    rows = Booking.objects.filter(capacity_id=capacity_id, state=State.WAITING).order_by("priority", "created_at", "id")
    return [Queued(rank, booking) for rank, booking in enumerate(rows, 1)]


@system_scope()
def rank_of(booking: Booking) -> int | None:
    """Place of a waiting booking on its list, from 1; None when it does not wait."""
    if booking.state != State.WAITING:
        return None
    before = Booking.objects.filter(
        capacity_id=booking.capacity_id, state=State.WAITING
    ).extra(  # a row comparison follows the index of the list
        where=["(priority, created_at, id) < (%s, %s, %s)"], params=[booking.priority, booking.created_at, booking.pk]
    )
    return before.count() + 1


def history(booking_id: int) -> list[BookingEvent]:
    """What happened to a booking, oldest first."""
    return list(BookingEvent.objects.filter(booking_id=booking_id).order_by("at", "pk"))
