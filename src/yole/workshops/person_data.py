"""What the room gives back and forgets of a followed person: the registrations made from their card, and what hangs on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from yole.base.permissions import may
from yole.bookings.enums import Need
from yole.bookings.models import Booking
from yole.bookings.services_erasure import forget
from yole.organisations.models import Account
from yole.people import selectors as people
from yole.workshops import permissions
from yole.workshops.models import Cohort, Evaluation, OutboundMessage, Session

NAME, LABEL = "workshops.enrolments", "Inscriptions aux ateliers"
SHOWN = 10


def _bookings(persons: list[UUID]) -> list[Booking]:
    rows = Booking.objects.filter(person__in=persons).select_related("capacity", "structure")
    return list(rows.order_by("-capacity__starts_at", "-pk"))


def _sessions(bookings: list[Booking]) -> dict[int, tuple[str, list[Session]]]:
    """Capacity -> (title, its sessions in order): one, or those of a cohort."""
    wanted = {booking.capacity_id for booking in bookings}
    found: dict[int, tuple[str, list[Session]]] = {}
    for row in Session.objects.filter(capacity__in=wanted).select_related("programme"):
        if row.capacity_id is not None:
            found[row.capacity_id] = (row.programme.title, [row])
    for cohort in Cohort.objects.filter(capacity__in=wanted).select_related("programme").prefetch_related("sessions"):
        dates = sorted(cohort.sessions.all(), key=lambda one: one.starts_at)
        found[cohort.capacity_id] = (f"{cohort.programme.title}, {cohort.name}", dates)
    return found


def collect(person: UUID) -> list[dict[str, Any]]:
    """Each registration in words, with the half-days attended, what was sent about it and the opinion given with it."""
    bookings = _bookings([person])
    titles, needs = _sessions(bookings), dict(Need.choices)
    rows = []
    for one in bookings:
        title, sessions = titles.get(one.capacity_id, ("", []))
        opinion = Evaluation.objects.filter(booking=one).first()
        rows.append(
            {
                "atelier": title,
                "dates": [session.starts_at.isoformat() for session in sessions],
                "code": one.code,
                "nom": one.name,
                "e-mail": one.email,
                "téléphone": one.phone,
                "personnes": one.size,
                "besoins": [str(needs.get(need, need)) for need in one.needs] + ([one.needs_note] if one.needs_note else []),
                "état": one.get_state_display(),
                "inscrite le": one.created_at.isoformat(),
                "structure": one.structure.name if one.structure else "",
                "présences": [f"{row.get_half_day_display()} : {row.get_state_display()}" for row in one.presences.order_by("pk")],
                "messages": [row.get_kind_display() for row in one.messages.filter(sent_at__isnull=False).order_by("sent_at")],
                "avis": f"{opinion.smiley} sur 3. {opinion.line}".strip() if opinion is not None else "",
            }
        )
    return rows


def erase(person: UUID) -> int:
    """Forgets the registrations of a card: places to come are freed, messages go, an opinion no longer says whose it is."""
    keys = list(Booking.objects.filter(person_id=person).order_by("pk").values_list("pk", flat=True))
    for key in keys:
        forget(key)
    OutboundMessage.objects.filter(booking__in=keys).delete()
    Evaluation.objects.filter(booking__in=keys).update(booking=None, line="")
    return len(keys)


def journey(request: HttpRequest, person: UUID) -> str:
    """Workshops on the page of a person: those to come, then those behind; empty for whoever may read none."""
    account = request.user
    if not isinstance(account, Account) or not may(account, permissions.SEE):
        return ""
    bookings = _bookings(people.group(person))
    titles = _sessions(bookings[:SHOWN])
    rows, now = [], timezone.now()
    for one in bookings[:SHOWN]:
        title, sessions = titles.get(one.capacity_id, ("", []))
        if sessions:
            following = next((session for session in sessions if session.ends_at >= now), sessions[-1])
            rows.append({"booking": one, "title": title, "session": following, "to_come": following.ends_at >= now})
    context = {"rows": rows, "more": len(bookings) > SHOWN, "person": person}
    return render_to_string("workshops/desk/_journey.html", context, request=request)
