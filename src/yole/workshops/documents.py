"""Documents made from the same data as the pages: attendance sheet, certificate, call list, enrolment card. Tagged PDF."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.addresses import site_address
from yole.base.errors import Refused
from yole.base.htmlpdf import pdf
from yole.bookings.models import Booking
from yole.territory.models import Territory
from yole.workshops import selectors
from yole.workshops.engine.dates import EVENING_FROM, NOON_SPLIT
from yole.workshops.enums import HalfDay, PresenceState
from yole.workshops.models import Presence, Session
from yole.workshops.selectors import SessionRow
from yole.workshops.selectors_desk import Call, Sheet, session_sheet

BLANK_ROWS = 3
_LABELS = dict(HalfDay.choices)


def session_of(row: SessionRow | None, territory: Territory) -> Session | None:
    return selectors.session(territory, row.pk) if row is not None else None


def hours_per_half_day(session: Session, zone: ZoneInfo) -> list[tuple[str, str, datetime, datetime]]:
    """(half-day, label, start, end) in local time: the session's hours shared between the half-days that it has."""
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    noon = start.replace(hour=NOON_SPLIT.hour, minute=NOON_SPLIT.minute)
    evening = start.replace(hour=EVENING_FROM.hour, minute=EVENING_FROM.minute)
    edges = {HalfDay.MORNING: (start, noon), HalfDay.AFTERNOON: (noon, evening), HalfDay.EVENING: (evening, end)}
    halves = [half for half in HalfDay if half in session.half_days]
    found = []
    for number, half in enumerate(halves):
        low, high = edges[half]
        # The first half-day starts with the session and the last one ends with it, whatever the limits between half-days.
        first = start if number == 0 else max(low, start)
        last = end if number == len(halves) - 1 else min(high, end)
        found.append((str(half.value), str(_LABELS[half]), first, last))
    return found


def attendance_sheet(session: Session, row: SessionRow, *, see: Any = None) -> bytes:
    """The sheet to sign (émargement). `see(booking)` tells whether this account may read a name; without it all names are printed."""
    sheet = session_sheet(session)
    zone = ZoneInfo(session.programme.territory.time_zone)
    return pdf("workshops/documents/attendance_sheet.html", sheet_context(session, row, sheet, zone, see))


def sheet_context(session: Session, row: SessionRow, sheet: Sheet, zone: ZoneInfo, see: Any = None) -> dict[str, Any]:
    lines = [
        {
            "number": line.number,
            "name": line.name if see is None or line.booking is None or see(line.booking) else "",
            "structure": line.structure,
            "size": line.booking.size if line.booking else 1,
        }
        for line in sheet.lines
    ]
    return {
        "session": session,
        "programme": session.programme,
        "row": row,
        "organisation": session.programme.structure.name if session.programme.structure else session.programme.territory.name,
        "halves": [
            {"label": label, "start": start.time(), "end": end.time()} for _half, label, start, end in hours_per_half_day(session, zone)
        ],
        "minutes": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "lines": lines,
        "blanks": range(len(lines) + 1, len(lines) + 1 + BLANK_ROWS),
        "present": sheet.present,
        "taken": any(line.marks for line in sheet.lines),
        "address": site_address("workshops:desk-attendance", session.pk),
        "printed_at": timezone.now().astimezone(zone),
    }


def certificate(booking: Booking, row: SessionRow, presences: list[Presence], territory: Territory) -> bytes:
    """The certificate of attendance of one person at one session. Raises Refused unless presence was noted."""
    here = [p for p in presences if p.session_id == row.pk and p.state == PresenceState.PRESENT]
    session = selectors.session(territory, row.pk)
    if not here or session is None:
        raise Refused(
            _("Votre présence n’est pas encore notée."), remedy=_("Demandez à la personne qui animait l’atelier."), code="not-present"
        )
    if not booking.name:
        raise Refused(_("Votre nom a été effacé : l’attestation ne peut plus être faite."), code="erased")
    zone = ZoneInfo(territory.time_zone)
    attended = {p.half_day for p in here}
    halves = [(label, start, end) for half, label, start, end in hours_per_half_day(session, zone) if half in attended]
    total = sum((end - start for _label, start, end in halves), timedelta())
    return pdf(
        "workshops/documents/certificate.html",
        {
            "name": booking.name,
            "size": booking.size,
            "row": row,
            "programme": session.programme,
            "organisation": session.programme.structure.name if session.programme.structure else territory.name,
            "mediator": session.mediator.name if session.mediator else "",
            "halves": [{"label": label, "start": start.time(), "end": end.time()} for label, start, end in halves],
            "minutes": int(total.total_seconds() // 60),
            "today": timezone.now().astimezone(zone).date(),
            "territory": territory,
        },
    )


def card(booking: Booking, rows: list[SessionRow]) -> bytes:
    """The enrolment card to print: code, QR, when and where."""
    return pdf(
        "workshops/documents/card.html",
        {"booking": booking, "rows": rows, "row": rows[0] if rows else None, "address": site_address("workshops:code")},
    )


def call_sheet(calls: list[Call], territory: Territory) -> bytes:
    """The calls to make, to tick on paper."""
    return pdf("workshops/documents/calls.html", {"calls": calls, "printed_at": timezone.now().astimezone(ZoneInfo(territory.time_zone))})
