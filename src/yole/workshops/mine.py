"""The enrolment that a visitor has opened with a code."""

from __future__ import annotations

from django.http import HttpRequest

from yole.base.scope import open_booking
from yole.base.visits import Opened
from yole.bookings.models import Booking

_OPENED = Opened("workshops.mine")
forget = _OPENED.forget


def remember(request: HttpRequest, booking: Booking) -> None:
    open_booking(booking.pk)
    _OPENED.keep(request, booking.pk)


def remembered(request: HttpRequest) -> Booking | None:
    """The enrolment, None when there is none or half an hour has passed."""
    kept = _OPENED.kept(request)
    if kept is None:
        return None
    open_booking(int(kept[0]))
    return Booking.objects.select_related("capacity", "structure").filter(pk=kept[0], erased_at__isnull=True).first()
