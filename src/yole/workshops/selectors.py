"""Lists and calendars of sessions, for the public and the desk (one session and one person: selectors_desk, selectors_person).

Lists come as plain rows (`SessionRow`): six queries a page at most, whatever its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import cos, radians
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Manager, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Coalesce, ExtractIsoWeekDay, RowNumber, TruncDate
from django.utils import timezone

from yole.bookings import selectors as booking_selectors
from yole.kernel.geo import great_circle_km
from yole.kernel.text import fold
from yole.places.models import Place, Stop
from yole.territory.models import Territory
from yole.workshops.enums import Kind, SessionState
from yole.workshops.models import Cohort, Programme, Session

PAGE = 12
_FIELDS = (
    *(
        "pk",
        "uid",
        "sequence",
        "kind",
        "state",
        "state_reason",
        "room",
        "half_days",
        "changed_at",
        "programme_id",
        "cohort_id",
        "mediator_id",
    ),
    *("starts_at", "ends_at", "previous_starts_at", "cohort__name", "mediator__name", "place_id", "stop_id"),
)
# A session of a cohort has the cohort's places.
_PLACES = {
    "holder": Coalesce("capacity_id", "cohort__capacity_id"),
    "seats": Coalesce("capacity__seats", "cohort__capacity__seats"),
    "taken": Coalesce("capacity__taken", "cohort__capacity__taken"),
    "closes_at": Coalesce("capacity__closes_at", "cohort__capacity__closes_at"),
    "closed_reason": Coalesce("capacity__closed_reason", "cohort__capacity__closed_reason"),
}
_PROGRAMME = ("title", "slug", "summary", "level", "themes", "audiences", "languages", "published", "is_fictional")
_PLACE = ("name", "slug", "address", "commune_name", "insee_code", "lat", "lon")
_STOP = ("name", "address", "commune_name", "insee_code", "lat", "lon")
_NOWHERE: dict[str, Any] = {"name": "", "slug": "", "address": "", "commune_name": "", "insee_code": "", "lat": None, "lon": None}


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session as lists and calendars show it. `starts_at` and `ends_at` are in the territory's zone.

    `seats`, `taken`, `left` are None without enrolment; for a cohort they are the cohort's. `waiting` counts households.
    `place` names the stop of a bus or the place; `km` is the distance to the asked point, when one was given.
    """

    pk: int
    uid: UUID
    sequence: int
    kind: str
    state: str
    state_reason: str
    starts_at: datetime
    ends_at: datetime
    previous_starts_at: datetime | None
    room: str
    half_days: list[str]
    changed_at: datetime
    programme_id: int
    title: str
    slug: str
    summary: str
    level: str
    themes: list[str]
    audiences: list[str]
    languages: list[str]
    published: bool
    is_fictional: bool
    cohort_id: int | None
    cohort_name: str
    mediator_id: int | None
    mediator: str
    place_id: int | None
    stop_id: int | None
    place: str
    place_slug: str
    address: str
    commune: str
    insee_code: str
    lat: float | None
    lon: float | None
    capacity_id: int | None
    seats: int | None
    taken: int | None
    left: int | None
    waiting: int
    open_to_public: bool
    km: float | None = None

    @property
    def is_full(self) -> bool:
        return self.left == 0

    @property
    def day(self) -> date:
        """The local day."""
        return self.starts_at.date()


def zone_of(territory: Territory) -> ZoneInfo:
    return ZoneInfo(territory.time_zone)


def rows_of(sessions: QuerySet[Session], zone: ZoneInfo, *, near: tuple[float, float] | None = None) -> list[SessionRow]:
    """At most five queries: the sessions, who waits, and their programmes, places and stops, each read once."""
    values = list(sessions.values(*_FIELDS, **_PLACES))
    waiting = booking_selectors.waiting_counts({v["holder"] for v in values} - {None})
    programmes = _by_pk(Programme.objects, _PROGRAMME, {v["programme_id"] for v in values})
    places = _by_pk(Place.objects, _PLACE, {v["place_id"] for v in values})
    stops = _by_pk(Stop.objects, _STOP, {v["stop_id"] for v in values})
    now = timezone.now()
    rows = []
    for v in values:
        holder, seats, before = v.pop("holder"), v["seats"], v["previous_starts_at"]
        closes_at, closed_reason = v.pop("closes_at"), v.pop("closed_reason")
        open_to_public = holder and not closed_reason and v["state"] != SessionState.CANCELLED
        place = places.get(v["place_id"], _NOWHERE)
        at = stops[v["stop_id"]] if v["stop_id"] else place
        v["cohort_name"], v["mediator"] = v.pop("cohort__name") or "", v.pop("mediator__name") or ""
        v["starts_at"], v["ends_at"] = v["starts_at"].astimezone(zone), v["ends_at"].astimezone(zone)
        if before:
            v["previous_starts_at"] = before.astimezone(zone)
        rows.append(
            SessionRow(
                **v,
                **programmes[v["programme_id"]],
                place=at["name"],
                place_slug=place["slug"],
                address=at["address"],
                commune=at["commune_name"],
                insee_code=at["insee_code"],
                lat=at["lat"],
                lon=at["lon"],
                capacity_id=holder,
                left=None if seats is None else max(0, seats - v["taken"]),
                waiting=waiting.get(holder, 0),
                open_to_public=bool(open_to_public and (closes_at is None or now < closes_at)),
                km=great_circle_km(near[0], near[1], at["lat"], at["lon"]) if near and at["lat"] is not None else None,
            )
        )
    return rows


def _by_pk(rows: Manager[Any], fields: tuple[str, ...], keys: set[int | None]) -> dict[int, dict[str, Any]]:
    wanted = keys - {None}
    return {row.pop("pk"): row for row in rows.filter(pk__in=wanted).values("pk", *fields)} if wanted else {}


def _public(territory: Territory) -> QuerySet[Session]:
    return Session.objects.filter(territory=territory, programme__published=True)


def upcoming_sessions(territory: Territory, limit: int = 3, near: tuple[float, float] | None = None) -> list[SessionRow]:
    """The next published sessions of the coming 60 days that take enrolments, for the home page; one per programme (its next).

    With `near` (lat, lon), the nearest first among the 40 soonest. Cancelled ones are left out.
    """
    now = timezone.now()
    soon = _public(territory).filter(starts_at__gt=now, starts_at__lt=now + timedelta(days=60)).exclude(state=SessionState.CANCELLED)
    soon = soon.exclude(kind__in=[Kind.APPOINTMENT, Kind.DROP_IN]).order_by("starts_at", "pk")
    first: dict[int, SessionRow] = {}
    for row in rows_of(soon[:40], zone_of(territory), near=near):
        first.setdefault(row.programme_id, row)
    rows = list(first.values())
    if near:
        rows.sort(key=lambda row: (row.km is None, row.km or 0.0, row.starts_at))
    return rows[:limit]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means all. `theme`, `audience`, `language`, `kind` are codes; `weekday` 0 is Monday.

    `text`: words of the title, the place or the commune. `near` (lat, lon): only within `within_km`, and rows say how far they are.
    """

    theme: str = ""
    audience: str = ""
    language: str = ""
    kind: str = ""
    insee_code: str = ""
    place_id: int | None = None
    structure_id: int | None = None
    mediator_id: int | None = None
    programme_id: int | None = None
    day: date | None = None
    weekday: int | None = None
    places_left: bool = False
    text: str = ""
    near: tuple[float, float] | None = None
    within_km: float = 10.0


def _around(point: tuple[float, float], km: float) -> Q:
    """Sessions whose stop or place is within `km` of a point. A box in the database, then the true distance; two short queries."""
    lat, lon = point
    high = km / 110.5
    wide = km / (111.32 * max(0.05, cos(radians(lat))))
    box = {"lat__range": (lat - high, lat + high), "lon__range": (lon - wide, lon + wide)}

    def inside(model: type[Place] | type[Stop]) -> list[int]:
        found = model.objects.filter(**box).values_list("pk", "lat", "lon")
        return [pk for pk, la, lo in found if la is not None and lo is not None and great_circle_km(lat, lon, la, lo) <= km]

    return Q(stop_id__in=inside(Stop)) | Q(stop__isnull=True, place_id__in=inside(Place))


def _filtered(sessions: QuerySet[Session], chosen: Filters, zone: ZoneInfo) -> QuerySet[Session]:
    if chosen.theme:
        sessions = sessions.filter(programme__themes__contains=[chosen.theme])
    if chosen.audience:
        sessions = sessions.filter(programme__audiences__overlap=[chosen.audience, "tous"])
    if chosen.language:
        sessions = sessions.filter(programme__languages__contains=[chosen.language])
    if chosen.kind:
        sessions = sessions.filter(kind=chosen.kind)
    if chosen.insee_code:
        sessions = sessions.filter(Q(stop__insee_code=chosen.insee_code) | Q(stop__isnull=True, place__insee_code=chosen.insee_code))
    if chosen.structure_id:
        sessions = sessions.filter(programme__structure_id=chosen.structure_id)
    if chosen.weekday is not None:
        # Django counts ISO days from Monday 1.
        sessions = sessions.annotate(local_day=ExtractIsoWeekDay("starts_at", tzinfo=zone)).filter(local_day=chosen.weekday + 1)
    if chosen.day:
        start = datetime.combine(chosen.day, time(), zone)
        sessions = sessions.filter(starts_at__gte=start, starts_at__lt=datetime.combine(chosen.day + timedelta(days=1), time(), zone))
    if chosen.places_left:
        own = Q(capacity__taken__lt=F("capacity__seats"))
        sessions = sessions.filter(
            own | Q(cohort__capacity__taken__lt=F("cohort__capacity__seats")) | Q(kind=Kind.DROP_IN, capacity__isnull=True)
        )
    for name in ("place_id", "mediator_id", "programme_id"):
        if value := getattr(chosen, name):
            sessions = sessions.filter(**{name: value})
    for word in fold(chosen.text).split()[:6]:
        at_place = Q(place__sort_key__contains=word) | Q(stop__name__icontains=word) | Q(stop__commune_name__icontains=word)
        sessions = sessions.filter(
            Q(programme__sort_key__contains=word)
            | Q(programme__summary__icontains=word)
            | Q(place__commune_name__icontains=word)
            | at_place
        )
    if chosen.near:
        sessions = sessions.filter(_around(chosen.near, chosen.within_km))
    return sessions


@dataclass(frozen=True, slots=True)
class Page:
    """`number` from 1; `total` rows in all, `pages` at least 1."""

    rows: list[SessionRow]
    number: int
    pages: int
    total: int


def _page(sessions: QuerySet[Session], zone: ZoneInfo, number: int, size: int, near: tuple[float, float] | None = None) -> Page:
    total = sessions.order_by().count()
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    rows = rows_of(sessions[(number - 1) * size : number * size], zone) if total else []
    return Page(rows, number, pages, total)


def public_sessions(territory: Territory, chosen: Filters | None = None, *, page: int = 1, size: int = PAGE) -> Page:
    """Published sessions to come, soonest first, cancelled ones too (shown as such, so that nobody comes for nothing)."""
    zone = zone_of(territory)
    sessions = _filtered(_public(territory).filter(ends_at__gt=timezone.now()), chosen or Filters(), zone)
    return _page(sessions.order_by("starts_at", "pk"), zone, page, size, chosen.near if chosen else None)


def desk_sessions(
    territory: Territory,
    chosen: Filters | None = None,
    *,
    first: date | None = None,
    last: date | None = None,
    newest_first: bool = False,
    page: int = 1,
    size: int = PAGE,
) -> Page:
    """Every session of the territory between two local days (both included, either may be None)."""
    zone = zone_of(territory)
    sessions = _between(Session.objects.filter(territory=territory), zone, first, last)
    order = ("-starts_at", "-pk") if newest_first else ("starts_at", "pk")
    return _page(_filtered(sessions, chosen or Filters(), zone).order_by(*order), zone, page, size)


def _between(sessions: QuerySet[Session], zone: ZoneInfo, first: date | None, last: date | None) -> QuerySet[Session]:
    if first:
        sessions = sessions.filter(starts_at__gte=datetime.combine(first, time(), zone))
    if last:
        sessions = sessions.filter(starts_at__lt=datetime.combine(last + timedelta(days=1), time(), zone))
    return sessions


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of a calendar. `holiday` is its name, empty on other days. `in_month` is False for the edges of a month's grid.

    `total` may be more than the rows: a crowded calendar reads the first ones of each day.
    """

    day: date
    rows: list[SessionRow] = field(default_factory=list)
    holiday: str = ""
    in_month: bool = True
    total: int = 0


def calendar(
    territory: Territory, span: str, day: date, *, public: bool = True, chosen: Filters | None = None, most: int = 500
) -> list[Day]:
    """Days of a `day`, a `week` (from Monday) or a `month` (whole weeks from Monday), each with its sessions in order.

    Raises ValueError for another span. At most `most` sessions are read: beyond, the first ones of each day, so that no day looks empty.
    """
    from yole.territory import selectors as territory_selectors

    zone = zone_of(territory)
    first, last = bounds(span, day)
    sessions = _public(territory) if public else Session.objects.filter(territory=territory)
    sessions = _filtered(_between(sessions, zone, first, last), chosen or Filters(), zone).order_by("starts_at", "pk")
    off = {
        found.day: found.name
        for year in {first.year, last.year}
        for found in territory_selectors.holidays(year, territory=territory)
        if not found.customary
    }
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    per_day = sessions.order_by().annotate(d=TruncDate("starts_at", tzinfo=zone)).values_list("d").annotate(n=Count("pk"))
    counts = dict(per_day)
    grid = {d: Day(d, [], off.get(d, ""), span != "month" or d.month == day.month, counts.get(d, 0)) for d in days}
    if sum(counts.values()) > most:
        nth = Window(RowNumber(), partition_by=[TruncDate("starts_at", tzinfo=zone)], order_by=["starts_at", "pk"])
        sessions = sessions.annotate(nth=nth).filter(nth__lte=max(1, most // len(days)))
    for row in rows_of(sessions, zone):
        grid[row.day].rows.append(row)
    return list(grid.values())


def bounds(span: str, day: date) -> tuple[date, date]:
    """First and last local day that a calendar of `day`, `week` or `month` shows."""
    monday = day - timedelta(days=day.weekday())
    if span == "day":
        return day, day
    if span == "week":
        return monday, monday + timedelta(days=6)
    if span == "month":
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return first - timedelta(days=first.weekday()), after + timedelta(days=6 - after.weekday())
    raise ValueError(span)


def session(territory: Territory, pk: int) -> Session | None:
    """One session with its programme, cohort, capacity, place and mediator."""
    return (
        Session.objects.filter(territory=territory, pk=pk)
        .select_related("programme__territory", "programme__structure", "cohort__capacity", "capacity", "place", "stop", "mediator")
        .first()
    )


def session_row(territory: Territory, pk: int) -> SessionRow | None:
    rows = rows_of(Session.objects.filter(territory=territory, pk=pk), zone_of(territory))
    return rows[0] if rows else None


def programme(territory: Territory, slug: str, *, public: bool = True) -> Programme | None:
    found = Programme.objects.select_related("structure", "territory").filter(territory=territory, slug=slug)
    return (found.filter(published=True) if public else found).first()


def programmes(territory: Territory, *, public: bool = True) -> list[Programme]:
    """In alphabetical order."""
    found = Programme.objects.select_related("structure").filter(territory=territory).order_by("sort_key", "pk")
    return list(found.filter(published=True) if public else found)


def sessions_of_programme(programme: Programme, *, all_dates: bool = False, limit: int = 60) -> list[SessionRow]:
    """Sessions of a programme, to come (or all), in order; for its page and its feed (cancelled ones too: a feed must say so)."""
    sessions = Session.objects.filter(programme=programme).order_by("starts_at", "pk")
    if not all_dates:
        sessions = sessions.filter(ends_at__gt=timezone.now())
    return rows_of(sessions[:limit], ZoneInfo(programme.territory.time_zone))


def cohorts_of_programme(programme: Programme) -> list[Cohort]:
    """Cohorts not over yet, with their capacity."""
    return list(
        Cohort.objects.select_related("capacity").filter(programme=programme, ends_on__gte=timezone.localdate()).order_by("starts_on", "pk")
    )


def new_sessions(territory: Territory, limit: int = 30) -> list[SessionRow]:
    """Published sessions to come, the last created first: the public RSS feed."""
    coming = _public(territory).filter(ends_at__gt=timezone.now()).exclude(state=SessionState.CANCELLED)
    return rows_of(coming.order_by("-created_at", "-pk")[:limit], zone_of(territory))


def filter_choices(territory: Territory) -> dict[str, Sequence[tuple[str, str]]]:
    """What the public list can be narrowed to, among sessions to come: `communes` (Insee code, name) and `themes` (codes with labels)."""
    from yole.workshops.enums import ALL_THEMES

    coming = _public(territory).filter(ends_at__gt=timezone.now())
    communes = {
        (v["stop__insee_code"] or v["place__insee_code"], v["stop__commune_name"] or v["place__commune_name"])
        for v in coming.order_by().values("stop__insee_code", "stop__commune_name", "place__insee_code", "place__commune_name").distinct()
    }
    taught = Programme.objects.filter(territory=territory, published=True).filter(Exists(coming.filter(programme=OuterRef("pk"))))
    used = {theme for themes in taught.values_list("themes", flat=True) for theme in themes}
    return {
        "communes": sorted(((code, name) for code, name in communes if code), key=lambda pair: pair[1]),
        "themes": [(code, label) for code, label in ALL_THEMES if code in used],
    }
