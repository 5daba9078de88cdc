"""Forgetting one person's registrations, because they ask or because their card became anonymous. Counts and states stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yole.bookings.enums import State
from yole.bookings.models import Booking, BookingEvent
from yole.bookings.services import cancel

_TO_COME = (State.BOOKED, State.WAITING, State.OFFERED, State.CONFIRMED)


@transaction.atomic
def forget(booking_id: int) -> Booking:
    """Erases what names somebody in a registration. A place for a session to come goes to the next person.

    The name of somebody who came to a funded session stays until the date of the agreement that asks for the sheet
    (`names_kept_until`); contact, needs and link to the card go all the same.
    """
    now = timezone.now()
    booking = Booking.objects.select_related("capacity").get(pk=booking_id)
    ends_at = booking.capacity.ends_at
    if booking.state in _TO_COME and (ends_at is None or ends_at > now):
        booking = cancel(booking_id, by="Yole", now=now)
    kept_until = booking.capacity.names_kept_until
    proof = booking.state == State.PRESENT and kept_until is not None and kept_until >= timezone.localdate()
    if not proof:
        booking.name, booking.erased_at = "", booking.erased_at or now
    booking.email = booking.phone = booking.duplicate_key = booking.needs_note = booking.priority_reason = ""
    booking.needs, booking.prescriber, booking.prescriber_agreed_at, booking.person = [], None, None, None
    booking.save()
    BookingEvent.objects.filter(booking=booking).exclude(reason="").update(reason="")
    return booking


def on_anonymised(sender: object, person_ids: Iterable[UUID], **_: Any) -> None:
    """Receiver of people.signals.persons_anonymised: no registration leads to the card any more."""
    Booking.objects.filter(person__in=list(person_ids)).update(person=None)
