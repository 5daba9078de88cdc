"""What the day screen reads: the agenda of today and tomorrow, who waits, and the package that a device takes along."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from yole.activities import selectors as activity_selectors
from yole.activities.enums import Theme
from yole.activities.models import Activity
from yole.base import typography
from yole.base.memo import remember
from yole.base.permissions import may
from yole.bookings.enums import State
from yole.bookings.models import Booking
from yole.organisations.models import Account
from yole.places.models import Place
from yole.territory import selectors as territory_selectors
from yole.web.offline_reports import summary
from yole.workshops import permissions as workshop_acts
from yole.workshops.desk_common import reader
from yole.workshops.enums import HalfDay, Kind, SessionState
from yole.workshops.models import Presence, Session
from yole.workshops.selectors import SessionRow, rows_of, zone_of

SESSIONS_MOST = 40
LINES_MOST = 2000
PLACES_MOST = 80
PLACES_SECONDS = 60.0
_HALVES = dict(HalfDay.choices)
_GONE = (State.CANCELLED, State.WAITING)


def _bounds(account: Account, today: date, days: int) -> tuple[datetime, datetime]:
    zone = zone_of(account.territory)
    return datetime.combine(today, time(), zone), datetime.combine(today + timedelta(days=days), time(), zone)


def _sessions(account: Account, today: date) -> QuerySet[Session]:
    """Sessions of today and tomorrow that concern an account: those it leads, and those of its structure that nobody leads.

    An account that coordinates a structure or helps in it sees all of the structure; without a structure, the whole territory.
    """
    first, last = _bounds(account, today, 2)
    found = Session.objects.filter(territory_id=account.territory_id, starts_at__gte=first, starts_at__lt=last)
    if account.structure_id is None:
        return found.order_by("starts_at", "pk")
    ours = Q(programme__structure_id=account.structure_id) | Q(programme__structure__isnull=True)
    if account.role == "mediator":
        ours &= Q(mediator__isnull=True)
    return found.filter(ours | Q(mediator_id=account.pk)).order_by("starts_at", "pk")


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of the agenda. `marked`, `present`: people already noted at the door; `reported`: a report was made of it."""

    row: SessionRow
    today: bool
    over: bool
    marked: int
    present: int
    walk_ins: int
    reported: bool
    started: bool = True

    @property
    def to_mark(self) -> int:
        return max(0, (self.row.taken or 0) - self.marked)

    @property
    def to_report(self) -> bool:
        """Whether people came to what is over and no report says so yet."""
        return self.today and self.over and self.present > 0 and not self.reported

    @property
    def status(self) -> tuple[str, str, str]:
        """(kind of tag, words, icon). Nobody is late to mark who has not come yet."""
        if self.row.state == SessionState.CANCELLED:
            return "error", "Annulée", ""
        if not self.today or (not self.started and not self.marked and not self.present):
            return "info", "À venir", "clock"
        if self.to_mark:
            return "warning", "Présences à saisir", "waiting"
        if self.marked or self.present or self.reported:
            return "ok", "Saisi", "check"
        return ("", "Terminée", "") if self.over else ("info", "En cours", "clock")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody to whom a place is offered, and until when."""

    booking: int
    session: int
    name: str
    title: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    today: date
    slots: list[Slot]
    offers: list[Waiting]
    reports: int


def day(account: Account, now: datetime | None = None) -> Day:
    """The agenda with its figures, the offers that wait for an answer, the reports already made today. Eleven queries at most."""
    now = now or timezone.now()
    today = territory_selectors.today()
    rows = rows_of(_sessions(account, today)[:SESSIONS_MOST], zone_of(account.territory))
    keys = [row.pk for row in rows]
    counts = {key: Counter[str]() for key in keys}
    seen: set[tuple[int, int | None, Any]] = set()
    marks = Presence.objects.filter(session_id__in=keys).exclude(state="").order_by("-state")
    for session, booking, walk_in, state in marks.values_list("session_id", "booking_id", "walk_in", "state"):
        if (session, booking, walk_in) in seen:
            continue
        seen.add((session, booking, walk_in))
        counts[session]["marked"] += booking is not None
        counts[session]["present"] += state == "présent"
        counts[session]["walk-ins"] += booking is None
    mine = Activity.objects.filter(mediator_id=account.pk, date=today, deleted_at__isnull=True)
    reports = mine.count() if may(account, "activities.see") else 0
    held = [row.pk for row in rows if row.ends_at <= now and counts[row.pk]["present"]]
    reported = set(activity_selectors.reported_sessions(account, keys if reports else held)) if reports or held else set()
    slots = [
        Slot(row, row.day == today, row.ends_at <= now, n["marked"], n["present"], n["walk-ins"], row.pk in reported, row.starts_at <= now)
        for row in rows
        if (n := counts[row.pk]) is not None
    ]
    return Day(today, slots, _offers(account, rows), reports)


def _offers(account: Account, rows: list[SessionRow]) -> list[Waiting]:
    holders = {row.capacity_id: row for row in rows if row.capacity_id}
    if not holders or not may(account, workshop_acts.ENROL):
        return []
    offered = Booking.objects.filter(capacity_id__in=holders, state=State.OFFERED).order_by("offer_expires_at")[:20]
    sessions = (
        {one.pk: one for one in Session.objects.filter(pk__in=[row.pk for row in rows]).select_related("programme")} if offered else {}
    )
    return [
        Waiting(
            one.pk,
            holders[one.capacity_id].pk,
            one.name if reader(account, sessions[holders[one.capacity_id].pk])(one) else "Inscription d’une autre structure",
            holders[one.capacity_id].title,
            one.offer_expires_at,
        )
        for one in offered
    ]


# --- the package -------------------------------------------------------------------------------------------------------------------------


def package(account: Account, *, names: bool = True, now: datetime | None = None) -> dict[str, Any]:
    """What a device needs for a day without a network, and no more: sessions of today and tomorrow with their lists, the values
    that the quick report proposes, communes. `names`: without them people are numbers, as on the sheet."""
    now = now or timezone.now()
    today = territory_selectors.today()
    if not may(account, workshop_acts.CHECK_IN):
        return {"made_at": now.isoformat(), "sessions": [], "report": None, "reports": [], "communes": []}
    sessions = list(_sessions(account, today).exclude(state=SessionState.CANCELLED).select_related("programme", "cohort")[:SESSIONS_MOST])
    rows = {row.pk: row for row in rows_of(Session.objects.filter(pk__in=[one.pk for one in sessions]), zone_of(account.territory))}
    lines = _lines(account, sessions, names=names)
    return {
        "made_at": now.isoformat(),
        "sessions": [_packed(rows[one.pk], lines[one.pk], today) for one in sessions if one.kind != Kind.APPOINTMENT or lines[one.pk]],
        "report": report_values(account) if may(account, "activities.report") else None,
        "reports": _reports(account, today),
        "communes": [[one.code, one.name] for one in territory_selectors.communes()],
    }


def _packed(row: SessionRow, lines: list[dict[str, Any]], today: date) -> dict[str, Any]:
    moment = typography.clock(row.starts_at.time())
    if row.seats is None:
        places = "Sans inscription"
    else:
        places = f"{row.taken} inscrits sur {row.seats}" if (row.taken or 0) > 1 else f"{row.taken} inscrit sur {row.seats}"
    return {
        "id": row.pk,
        "title": row.title,
        "time": moment if row.day == today else f"Demain, {moment}",
        "where": ", ".join(part for part in (row.place, row.room) if part),
        "places": places,
        "seats": row.seats,
        "left": row.left,
        "half_days": [{"id": half, "label": _HALVES.get(half, half)} for half in row.half_days],
        "lines": lines,
    }


def _lines(account: Account, sessions: list[Session], *, names: bool) -> dict[int, list[dict[str, Any]]]:
    """Session -> its list: enrolled in the order of enrolment, as on paper, then people who came without. Two queries."""
    holders: dict[int, list[Session]] = {}
    for session in sessions:
        holder = session.cohort.capacity_id if session.cohort is not None else session.capacity_id
        if holder:
            holders.setdefault(holder, []).append(session)
    keys = [session.pk for session in sessions]
    marks: dict[tuple[int, Any], dict[str, str]] = {}
    walk_ins: dict[int, dict[Any, str]] = {key: {} for key in keys}
    found = Presence.objects.filter(session_id__in=keys).exclude(state="").order_by("pk")
    fields = ("session_id", "half_day", "booking_id", "walk_in", "state", "label")
    for key, half, holder_of, walk_in, state, label in found.values_list(*fields)[:LINES_MOST]:
        marks.setdefault((key, holder_of or walk_in), {})[half] = state
        if walk_in is not None:
            walk_ins[key][walk_in] = label or walk_ins[key].get(walk_in, "")
    lines: dict[int, list[dict[str, Any]]] = {key: [] for key in keys}
    readers = {session.pk: reader(account, session) for session in sessions}
    bookings = Booking.objects.filter(capacity_id__in=holders).exclude(state=State.CANCELLED).order_by("created_at", "pk")[:LINES_MOST]
    for booking in bookings:
        for session in holders[booking.capacity_id]:
            here = marks.get((session.pk, booking.pk), {})
            if booking.state in _GONE and not here:
                continue
            n = len(lines[session.pk]) + 1
            name = booking.name if names and readers[session.pk](booking) else f"Inscription n° {n}"
            lines[session.pk].append({"n": n, "booking": booking.pk, "walk_in": None, "name": name, "size": booking.size, "marks": here})
    for session in sessions:
        for walk_in, label in walk_ins[session.pk].items():
            n = len(lines[session.pk]) + 1
            name = label if names and label else f"Venue sans inscription n° {n}"
            line = {"n": n, "booking": None, "walk_in": str(walk_in), "name": name, "size": 1, "marks": marks[(session.pk, walk_in)]}
            lines[session.pk].append(line)
    return lines


def _reports(account: Account, today: date) -> list[dict[str, Any]]:
    """The reports of the day, so that they can be corrected: a version tells whether somebody did so meanwhile."""
    if not may(account, "activities.report"):
        return []
    return [
        {"id": str(row.pk), "version": row.version, "words": summary(row), "minutes": row.minutes}
        for row in activity_selectors.day_reports(account, today)
    ]


def report_values(account: Account) -> dict[str, Any]:
    """What the quick report proposes: durations and themes of use first, places (the usual one first; `usual` is False without any)."""
    usual = activity_selectors.defaults(account)
    first = {place.pk: _place_words(place) for place in (usual.place, *usual.places) if place is not None}
    return {
        "durations": usual.durations,
        "usual": bool(first),
        "themes": [theme for theme in usual.last.get("themes", []) if theme in Theme.values],
        "first": list(first.items()),
        "places": list((first | dict(places(account.territory_id))).items())[:PLACES_MOST],
    }


def places(territory_id: int) -> list[tuple[int, str]]:
    """The open places of a territory in alphabetical order, the same for everybody: read again once a minute."""

    def read() -> list[tuple[int, str]]:
        found = Place.objects.filter(territory_id=territory_id, closed_on__isnull=True, merged_into__isnull=True)
        return [
            (place.pk, _place_words(place)) for place in found.only("pk", "name", "commune_name").order_by("sort_key", "pk")[:PLACES_MOST]
        ]

    return remember(("day.places", territory_id), PLACES_SECONDS, read)


def place_options(territory_id: int) -> SafeString:
    """These places as the options of a list."""

    def draw() -> SafeString:
        return format_html_join("", '<option value="{}">{}</option>', places(territory_id))

    return remember(("day.place-options", territory_id), PLACES_SECONDS, draw)


def commune_options() -> SafeString:
    """The communes of the territory as the options of a list."""

    def draw() -> SafeString:
        return format_html_join("", '<option value="{}">{}</option>', ((one.code, one.name) for one in territory_selectors.communes()))

    return remember("day.commune-options", PLACES_SECONDS, draw)


def _place_words(place: Place) -> str:
    return f"{place.name} ({place.commune_name})" if place.commune_name and place.commune_name not in place.name else place.name
