"""The enrolment that a visitor has opened with a code: kept in the visitor's session for half an hour, never in an address."""

from __future__ import annotations

import time

from django.http import HttpRequest

from yole.base.scope import open_booking
from yole.bookings.models import Booking

_KEY = "workshops.mine"
MINUTES = 30


def remember(request: HttpRequest, booking: Booking) -> None:
    open_booking(booking.pk)
    request.session[_KEY] = [booking.pk, int(time.time())]


def remembered(request: HttpRequest) -> Booking | None:
    """The enrolment, None when there is none or half an hour has passed."""
    kept = request.session.get(_KEY)
    if not kept or time.time() - kept[1] > MINUTES * 60:
        return None
    open_booking(kept[0])
    return Booking.objects.select_related("capacity", "structure").filter(pk=kept[0], erased_at__isnull=True).first()


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
