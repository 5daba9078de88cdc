"""What people who left an e-mail are told by itself: a place is offered, a slot or their registration was cancelled by the organisers.

Those who left a telephone are on the desk's list of places offered. A message names the event, never the person.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from yole.base import typography
from yole.base.scope import system_scope
from yole.bookings.enums import Act, State
from yole.bookings.models import Booking
from yole.events import mine
from yole.events.models import Registration, Seat

_TOLD = (Act.OFFERED, Act.REVOKED)


def on_booking_changed(sender: object, booking: Booking, act: Act, **kwargs: Any) -> None:
    """Receiver of `bookings.signals.changed`: queues a message once the act is committed. Other rooms' bookings are left alone."""
    if act in _TOLD and _registration(booking) is not None:
        transaction.on_commit(partial(tell.enqueue, booking.pk, str(act.value)))


def _registration(booking: Booking) -> Registration | None:
    found = Registration.objects.select_related("edition__territory", "booking")
    seat = Seat.objects.filter(booking=booking).values_list("registration_id", flat=True).first()
    return found.filter(pk=seat).first() if seat else found.filter(booking=booking).first()


@task()
@system_scope()
def tell(booking_id: int, act: str) -> bool:
    """Sends the message, if it still is true and the person left an e-mail; returns whether one left."""
    booking = Booking.objects.filter(pk=booking_id).first()
    registration = _registration(booking) if booking else None
    if booking is None or registration is None:
        return False
    holder = registration.booking
    if not holder.email or holder.no_contact or holder.erased_at is not None:
        return False
    seat = Seat.objects.select_related("slot").filter(booking=booking).first()
    title = seat.slot.title if seat else registration.edition.title
    words = _offered(registration, booking, title) if act == Act.OFFERED else _cancelled(registration, booking, title)
    if words is None:
        return False
    subject, body = words
    send_mail(subject, f"{_('Bonjour,')}\n\n{body}\n\nYole", settings.DEFAULT_FROM_EMAIL, [holder.email])
    return True


def _offered(registration: Registration, booking: Booking, title: str) -> tuple[str, str] | None:
    until = booking.offer_expires_at
    if booking.state != State.OFFERED or until is None or until <= timezone.now():
        return None
    local = timezone.localtime(until)
    when = _("%(day)s à %(hour)s") % {"day": typography.day(local.date()), "hour": typography.clock(local.time())}
    names = {"title": title, "when": when}
    body = _("Une place est libre pour vous : « %(title)s ». Dites oui avant %(when)s. Sans réponse, elle va à une autre personne.") % names
    return _("Une place est libre pour vous"), f"{body}\n\n{mine.open_link(registration)}"


def _cancelled(registration: Registration, booking: Booking, title: str) -> tuple[str, str] | None:
    if booking.state != State.CANCELLED:
        return None
    address = settings.BASE_URL + reverse("events:programme", args=[registration.edition.slug])
    body = _("« %(title)s » : votre inscription est annulée par l’organisation.") % {"title": title}
    return _("Votre inscription est annulée"), f"{body}\n\n{address}"
