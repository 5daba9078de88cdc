"""What one person sees with a code, and what a partner may know of somebody they sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from yole.bookings import selectors as booking_selectors
from yole.bookings.models import Booking
from yole.workshops.models import Presence, Session
from yole.workshops.selectors import SessionRow, rows_of


@dataclass(frozen=True, slots=True)
class MyBooking:
    """What somebody sees with their code. `rank`: place on the waiting list. `sessions`: one, or those of the cohort."""

    booking: Booking
    sessions: list[SessionRow]
    rank: int | None
    presences: list[Presence]


def booking_by_code(typed: str) -> MyBooking | None:
    """By a code as typed (case, spaces, dashes, O for 0…); None for a wrong code. The caller throttles."""
    booking = booking_selectors.by_code(typed)
    return my_booking(booking) if booking else None


def my_booking(booking: Booking) -> MyBooking:
    """The same view from a booking (signed link, confirmation page). Four queries."""
    sessions = Session.objects.filter(Q(capacity_id=booking.capacity_id) | Q(cohort__capacity_id=booking.capacity_id)).order_by(
        "starts_at", "pk"
    )
    one = sessions.select_related("territory").first()
    rows = rows_of(sessions, ZoneInfo(one.territory.time_zone)) if one else []
    return MyBooking(
        booking, rows, booking_selectors.rank_of(booking), list(Presence.objects.filter(booking=booking).order_by("session_id", "half_day"))
    )


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What a partner may know of somebody they sent: whether they came, and only that."""

    name: str
    title: str
    starts_at: datetime | None
    came: bool | None


def prescribed_by(account: Any) -> list[Prescribed]:
    """People sent by an account, newest first; `came` is None until attendance is noted. Nothing else of them is told."""
    bookings = list(Booking.objects.filter(prescriber=account, prescriber_agreed_at__isnull=False).order_by("-created_at")[:200])
    capacities = {booking.capacity_id for booking in bookings}
    sessions: dict[int | None, tuple[str, datetime | None]] = {}
    found = Session.objects.filter(Q(capacity_id__in=capacities) | Q(cohort__capacity_id__in=capacities)).order_by("-starts_at")
    for own, of_cohort, title, starts_at, zone in found.values_list(
        "capacity_id", "cohort__capacity_id", "programme__title", "starts_at", "territory__time_zone"
    ):
        sessions[own or of_cohort] = (title, starts_at.astimezone(ZoneInfo(zone)))
    came = dict(
        Presence.objects.filter(booking__in=bookings)
        .exclude(state="")
        .order_by()
        .values_list("booking_id")
        .annotate(n=Count("pk", filter=Q(state="présent")))
    )
    rows = []
    unknown: tuple[str, datetime | None] = ("", None)
    for booking in bookings:
        title, when = sessions.get(booking.capacity_id, unknown)
        rows.append(
            Prescribed(
                booking.name,
                title,
                when,
                came[booking.pk] > 0 if booking.pk in came else None,
            )
        )
    return rows
