"""What is forgotten, and when: the contact 30 days after the end; the name too, unless an agreement keeps it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yole.base.registries import Retention
from yole.bookings.models import Booking, BookingEvent

CONTACT_KEPT = timedelta(days=30)
_BATCH = 1000
_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"


def purge_bookings() -> int:
    """Erases contacts, needs and reasons 30 days after the end; names too, or at the agreement's date. Returns rows touched."""
    now = timezone.now()
    ended = Q(capacity__ends_at__lte=now - CONTACT_KEPT)
    kept = Q(capacity__names_kept_until__gte=timezone.localdate())
    contact = (
        ~Q(email="")
        | ~Q(phone="")
        | ~Q(duplicate_key="")
        | ~Q(needs=[])
        | ~Q(needs_note="")
        | ~Q(priority_reason="")
        | Q(prescriber__isnull=False)
    )
    touched = 0
    while batch := list(Booking.objects.filter(ended & contact).values_list("pk", flat=True)[:_BATCH]):
        touched += Booking.objects.filter(pk__in=batch).update(
            email="", phone="", duplicate_key="", needs=[], needs_note="", priority_reason="", prescriber=None, prescriber_agreed_at=None
        )
    while batch := list(Booking.objects.filter(ended & ~kept, erased_at__isnull=True).values_list("pk", flat=True)[:_BATCH]):
        touched += Booking.objects.filter(pk__in=batch).update(name="", person=None, erased_at=now)
    return touched


def purge_reasons() -> int:
    """Erases the reasons in the history of bookings, 30 days after the end."""
    due = BookingEvent.objects.filter(booking__capacity__ends_at__lte=timezone.now() - CONTACT_KEPT).exclude(reason="")
    touched = 0
    while batch := list(due.values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            touched += BookingEvent.objects.filter(pk__in=batch).update(reason="")
    return touched


RULES = (
    Retention(
        table="bookings_booking",
        label="Inscriptions aux ateliers",
        basis=_BASIS,
        start="fin de la séance",
        duration=CONTACT_KEPT,
        action="contact, besoins et nom effacés (le nom à la date de la convention quand la séance est financée) ; comptes gardés",
        purge=purge_bookings,
    ),
    Retention(
        table="bookings_bookingevent",
        label="Historique des inscriptions",
        basis=_BASIS,
        start="fin de la séance",
        duration=CONTACT_KEPT,
        action="motifs effacés ; actes et dates gardés",
        purge=purge_reasons,
    ),
)
