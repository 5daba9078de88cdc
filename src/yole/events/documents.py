"""Documents of an edition, tagged PDF: badges, programme, attendance sheet by half-day; and what typing a sheet back needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils import timezone

from yole.base.addresses import site_address
from yole.base.errors import Refused
from yole.base.htmlpdf import pdf
from yole.bookings.enums import HOLDING
from yole.events import selectors_door, selectors_programme
from yole.events.enums import HalfDay
from yole.events.models import Edition, Registration, Seat, Slot
from yole.kernel.codes import show_code

BLANK_ROWS = 3
ROWS_MOST = 500
BADGES_ON_A_PAGE = 10
BADGES_MOST = 400
BADGE_FIELDS = {"organisation": "Structure", "code": "Code en lettres", "slots": "Séances choisies"}


def day_asked(of: Edition, said: str) -> date:
    """A day of the edition: the one asked for, else today when it is one, else the first. Raises Http404 for another day."""
    days = selectors_programme.days_of(of)
    if said:
        try:
            asked = date.fromisoformat(said)
        except ValueError:
            raise Http404 from None
        if asked not in days:
            raise Http404
        return asked
    today = timezone.now().astimezone(ZoneInfo(of.time_zone)).date()
    return today if today in days else days[0]


# --- attendance sheet --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet. `number` never changes: a registration that is cancelled leaves its number empty."""

    number: int
    booking: int
    name: str
    organisation: str
    size: int
    holds: bool


def lines(of: Edition, slot: Slot | None) -> list[Line]:
    """Rows in the order of registration, those without a place any more included so that numbers stay."""
    if slot is None:
        rows = [(row, row.booking) for row in Registration.objects.filter(edition=of).select_related("booking").order_by("pk")]
    else:
        seats = Seat.objects.filter(slot=slot).select_related("registration__booking", "booking").order_by("pk")
        rows = [(seat.registration, seat.booking) for seat in seats]
    return [
        Line(number, row.booking_id, row.booking.name, row.organisation, held.size, held.state in HOLDING)
        for number, (row, held) in enumerate(rows, start=1)
    ]


def sheet_key(of: Edition, slot: Slot | None, on_day: date) -> UUID:
    """Names a sheet: typing it twice writes each row once."""
    return uuid5(NAMESPACE_URL, f"yole:sheet:{of.pk}:{slot.number if slot else 0}:{on_day.isoformat()}")


def row_numbers(typed: str) -> list[int]:
    """Numbers written as `1, 2, 5-8`. Raises Refused for a range that goes backwards or is over the longest sheet."""
    found: list[int] = []
    for first, last in re.findall(r"(\d{1,6})(?:\s*[-–à]\s*(\d{1,6}))?", typed):
        low, high = int(first), int(last or first)
        if high < low or high - low > ROWS_MOST:
            raise Refused(f"« {first}-{last} » n’est pas une suite de lignes.", field="rows", code="range")
        found += range(low, high + 1)
    return list(dict.fromkeys(found))


def halves(of: Edition, slot: Slot | None, on_day: date) -> list[dict[str, Any]]:
    """Half-days with their hours (local): those of the slot, else those of the day."""
    zone = ZoneInfo(of.time_zone)
    if slot is not None and slot.starts_at is not None:
        starts, ends = slot.starts_at.astimezone(zone), selectors_programme.as_public(slot, of.time_zone, published=False).local_end
    else:
        starts, ends = datetime.combine(on_day, of.day_starts, zone), datetime.combine(on_day, of.day_ends, zone)
    if ends is None or ends <= starts:
        ends = datetime.combine(on_day, time(23, 59), zone)
    edges = {
        HalfDay.MORNING: (0, selectors_door.NOON),
        HalfDay.AFTERNOON: (selectors_door.NOON, selectors_door.EVENING),
        HalfDay.EVENING: (selectors_door.EVENING, 24),
    }
    made = []
    for half, (low, high) in edges.items():
        first = max(starts, starts.replace(hour=low, minute=0))
        last = min(ends, starts.replace(hour=high, minute=0) if high < 24 else ends)
        if first < last:
            made.append({"value": half.value, "label": str(half.label), "start": first.time(), "end": last.time()})
    return made


def attendance_sheet(of: Edition, slot: Slot | None, on_day: date) -> bytes:
    """The sheet to sign (émargement) of an edition or of a slot, for one day: a signature per half-day, three blank rows, a total."""
    room = slot.room if slot else None
    venues = list(of.venues.select_related("commune"))
    where = [room.name, room.venue.name] if room else [venue.name for venue in venues]
    return pdf(
        "events/documents/attendance_sheet.html",
        {
            "edition": of,
            "slot": slot,
            "on_day": on_day,
            "organisation": of.organisers or of.territory.name,
            "where": ", ".join(where),
            "halves": halves(of, slot, on_day),
            "lines": [line for line in lines(of, slot) if line.holds][:ROWS_MOST],
            "blanks": ["A", "B", "C"][:BLANK_ROWS],
            "speakers": [one.name for one in slot.speakers.all()] if slot else [],
            "address": site_address("events:door-typed", of.slug) + (f"?seance={slot.number}" if slot else ""),
            "printed_at": timezone.now().astimezone(ZoneInfo(of.time_zone)),
        },
    )


# --- badges ------------------------------------------------------------------------------------------------------------------------


def badges(of: Edition, fields: frozenset[str]) -> bytes:
    """Badges of everybody who has a place, ten on an A4 page, one per person of a household. `fields`: keys of BADGE_FIELDS.

    Raises Refused when nobody is registered, or for more than 400 badges at once.
    """
    rows = list(
        Registration.objects.filter(edition=of, booking__state__in=HOLDING).select_related("booking").order_by("booking__name", "pk")
    )
    if not rows:
        raise Refused("Personne n’est inscrit : il n’y a pas de badge à imprimer.", code="empty")
    made = []
    for row in rows:
        slots = (
            [seat.slot.title for seat in row.seats.select_related("slot").filter(booking__state__in=HOLDING)] if "slots" in fields else []
        )
        for rank in range(row.booking.size):
            made.append(
                {
                    "name": row.booking.name if not rank else f"Avec {row.booking.name}",
                    "organisation": row.organisation if "organisation" in fields else "",
                    "code": row.booking.code,
                    "shown": show_code(row.booking.code) if "code" in fields else "",
                    "slots": slots[:3],
                }
            )
    if len(made) > BADGES_MOST:
        raise Refused(f"Plus de {BADGES_MOST} badges : imprimez-les en plusieurs fois.", code="too-many")
    pages = [made[start : start + BADGES_ON_A_PAGE] for start in range(0, len(made), BADGES_ON_A_PAGE)]
    return pdf("events/documents/badges.html", {"edition": of, "pages": pages, "organisation": of.organisers or of.territory.name})


# --- programme -----------------------------------------------------------------------------------------------------------------------


def programme(of: Edition) -> bytes:
    """The published programme on paper, day by day. Raises Refused when nothing was published."""
    slots = [slot for slot in selectors_programme.published_slots(of) if not slot.cancelled]
    if not slots:
        raise Refused("Le programme n’est pas encore publié.", code="empty", status=404)
    days = selectors_programme.days_of(of)
    grouped: dict[int, list[Any]] = {}
    for slot in slots:
        grouped.setdefault(slot.day or 1, []).append(slot)
    shown = [{"date": days[day - 1] if day <= len(days) else None, "slots": rows} for day, rows in sorted(grouped.items())]
    return pdf(
        "events/documents/programme.html",
        {
            "edition": of,
            "days": shown,
            "venues": list(of.venues.select_related("commune")),
            "address": site_address("events:programme", of.slug),
            "organisation": of.organisers or of.territory.name,
        },
    )
