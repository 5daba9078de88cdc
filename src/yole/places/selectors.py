"""Every read of the places that a screen, an export or another room needs. The search itself is in `search.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from yole.kernel.geo import great_circle_km
from yole.places import opening
from yole.places.columns import FIELDS, cells_of
from yole.places.enums import FieldGroup, Kind
from yole.places.freshness import Freshness, score
from yole.places.models import Confirmation, Place, PlaceSource, Stop, StopCancellation, StopTime
from yole.places.opening import DayLine, OpenState
from yole.places.search import Row, SearchResult, holidays_around, nearest_open, rows_of, search, shown
from yole.places.tours import Passage, Timetable, passages
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory

__all__ = ["Row", "SearchResult", "holidays_around", "nearest_open", "rows_of", "search", "shown"]

BUS_DAYS = 28


def local_now() -> datetime:
    """The present moment in the territory, naive: what opening hours are compared with."""
    return territory_selectors.now().replace(tzinfo=None)


def place(territory: Territory, pk: int) -> Place:
    """A place of a territory, closed and merged ones included. Raises Place.DoesNotExist."""
    return Place.objects.select_related("merged_into").get(territory=territory, pk=pk)


def kept_place(found: Place) -> Place:
    """The place that stands for this one: itself, or the last of the chain of merges."""
    seen: set[int] = set()
    while found.merged_into is not None and found.pk not in seen:
        seen.add(found.pk)
        found = found.merged_into
    return found


def freshness_of(found: Iterable[Place], today: date, territory: Territory) -> dict[int, dict[str, Freshness]]:
    """Freshness by place and group of fields (`FieldGroup` values), in one query."""
    places = list(found)
    latest: dict[tuple[int, str], Confirmation] = {}
    rows = Confirmation.objects.filter(place_id__in=[p.pk for p in places]).order_by("place_id", "group", "-confirmed_on", "-id")
    for confirmation in rows.distinct("place_id", "group"):
        latest[confirmation.place_id, confirmation.group] = confirmation
    result: dict[int, dict[str, Freshness]] = {}
    for one in places:
        result[one.pk] = {}
        for group in FieldGroup.values:
            said = latest.get((one.pk, group))
            on = max(said.confirmed_on, one.updated_on) if said else one.updated_on
            value = score(on, today, check_days=territory.place_check_days, stale_days=territory.place_stale_days)
            result[one.pk][group] = Freshness(group, said.confirmed_on if said else None, said.how if said else "", one.updated_on, value)
    return result


# Buses


@dataclass(frozen=True, slots=True)
class StopPassage:
    """A bus at a stop on a day, with what a person needs. `km` is None when one of the positions is unknown."""

    day: date
    starts: Any
    ends: Any
    stop: Stop
    place: Place
    cancelled: str = ""
    doubt: str = ""
    km: float | None = None


def _timetables(stops: dict[int, Stop], first: date) -> list[Timetable]:
    lines = StopTime.objects.filter(stop_id__in=stops).filter(Q(valid_until__isnull=True) | Q(valid_until__gte=first))
    return [
        Timetable(t.stop_id, t.starts, t.ends, t.weekday, t.on_date, t.every_weeks, t.valid_from, t.valid_until, t.on_holidays) for t in lines
    ]


def passages_of(stops: Iterable[Stop], first: date, days: int) -> list[Passage]:
    """The passages at some stops from a day on: three queries, holidays and cancellations applied."""
    known = {stop.pk: stop for stop in stops}
    if not known:
        return []
    by_place: dict[int, list[int]] = {}
    for stop in known.values():
        by_place.setdefault(stop.place_id, []).append(stop.pk)
    cancelled: dict[tuple[date, int], str] = {}
    last = first + timedelta(days=days - 1)
    for away in StopCancellation.objects.filter(place_id__in=by_place, on_date__range=(first, last)):
        for pk in [away.stop_id] if away.stop_id else by_place[away.place_id]:
            cancelled[away.on_date, pk] = away.reason
    return passages(_timetables(known, first), first, days, holidays=holidays_around(first, days), cancelled=cancelled)


def buses_near(
    territory: Territory, first: date, days: int = BUS_DAYS, *, lat: float | None = None, lon: float | None = None, commune: str = "", within_km: float | None = None
) -> list[StopPassage]:
    """When the bus comes, day by day. With a position, each stop has its distance and only those within `within_km` are kept.

    `commune` (INSEE code) keeps the stops of a commune and, with a position, those within reach of it. Cancelled passages are kept, with their reason.
    """
    stops = list(Stop.objects.filter(place__in=shown(territory)).select_related("place"))
    distances: dict[int, float | None] = {}
    kept = []
    for stop in stops:
        km = great_circle_km(lat, lon, stop.lat, stop.lon) if None not in (lat, lon, stop.lat, stop.lon) else None  # type: ignore[arg-type]  # none of them is None
        distances[stop.pk] = km
        near = km is not None and (within_km is None or km <= within_km)
        if near or (commune and stop.insee_code == commune) or (lat is None and not commune):
            kept.append(stop)
    known = {stop.pk: stop for stop in kept}
    return [
        StopPassage(p.day, p.starts, p.ends, known[p.stop], known[p.stop].place, p.cancelled, p.doubt, distances[p.stop]) for p in passages_of(kept, first, days)
    ]


def stops_of(one: Place, first: date, days: int = BUS_DAYS) -> list[StopPassage]:
    """The coming stops of an itinerant place."""
    stops = {stop.pk: stop for stop in one.stops.all()}
    return [StopPassage(p.day, p.starts, p.ends, stops[p.stop], one, p.cancelled, p.doubt) for p in passages_of(stops.values(), first, days)]


# The page of a place


@dataclass(slots=True)
class PlacePage:
    """Everything that the page of a place shows."""

    place: Place
    state: OpenState
    state_words: str
    week: list[DayLine]
    holidays: list[tuple[date, str, str]]
    freshness: dict[str, Freshness]
    passages: list[StopPassage] = field(default_factory=list)
    today_passages: list[StopPassage] = field(default_factory=list)
    nearest: list[Row] = field(default_factory=list)

    @property
    def next_passage(self) -> StopPassage | None:
        return next((p for p in self.passages if not p.cancelled), None)

    @property
    def hours_unreadable(self) -> bool:
        """Hours were given that nobody can compute: they are shown as they stand."""
        return bool(self.place.opening_hours) and not self.week


def place_page(one: Place, territory: Territory, moment: datetime) -> PlacePage:
    """The data of a page at a moment (local, naive)."""
    today = moment.date()
    holidays = holidays_around(today)
    state = OpenState("gone", reason=one.closed_reason) if one.closed_on else opening.state_at(one.opening_hours, moment, holidays)
    page = PlacePage(
        place=one,
        state=state,
        state_words=opening.state_words(state, moment),
        week=opening.week(one.opening_hours, today, holidays),
        holidays=opening.coming_holidays(one.opening_hours, today, holidays) if one.opening_hours else [],
        freshness=freshness_of([one], today, territory)[one.pk],
    )
    if one.kind == Kind.ITINERANT:
        page.passages = stops_of(one, today)
        page.today_passages = [p for p in page.passages if p.day == today]
    if one.closed_on and one.lat is not None and one.lon is not None:
        page.nearest = nearest_open(territory, one.lat, one.lon, moment, excluding=one.pk)
    return page


# Lists and exports


def all_by_commune(territory: Territory) -> QuerySet[Place]:
    """Every place that is not merged, closed ones included (they are marked), by commune then name."""
    columns = ("id", "slug", "name", "kind", "address", "commune_name", "closed_on", "closed_reason")
    return Place.objects.filter(territory=territory, merged_into__isnull=True).only(*columns).order_by("commune_name", "sort_key", "id")


def export_rows(territory: Territory, *, chunk: int = 2000) -> Iterator[dict[str, str]]:
    """Rows of the national schema, open places only, in a stable order; each cell keeps its source's own text where it means the same.

    Buses: hours are those of the record; the stops are told in `presentation_detail` when the record has no text of its own.
    """
    raws = {s.place_id: s for s in ()}  # type: dict[int, PlaceSource]
    places = shown(territory).order_by("source", "source_id")
    last = 0
    ids = list(places.values_list("id", flat=True))
    while last < len(ids):
        batch = ids[last : last + chunk]
        last += chunk
        found = Place.objects.in_bulk(batch)
        raws = {(s.place_id, s.source, s.source_id): s.raw for s in PlaceSource.objects.filter(place_id__in=batch)}  # type: ignore[misc]
        for pk in batch:
            one = found[pk]
            yield export_row(one, raws.get((pk, one.source, one.source_id)))  # type: ignore[call-overload]


def export_row(one: Place, raw: dict[str, str] | None) -> dict[str, str]:
    """One row of the national schema. The column `source` is never empty when the place has a source: with `id` it is the key."""
    cells = cells_of({name: getattr(one, name) for name in FIELDS}, raw)
    if not cells["source"]:
        cells["source"] = one.source
    return cells


def health() -> tuple[bool, str]:
    """One line of `yole check`."""
    territory = territory_selectors.current()
    if territory.pk is None:
        return True, "aucun territoire"
    today = territory_selectors.today()
    total = shown(territory).count()
    stale = shown(territory).filter(updated_on__lt=today - timedelta(days=territory.place_stale_days))
    unverified = stale.exclude(confirmations__confirmed_on__gte=today - timedelta(days=territory.place_stale_days)).count()
    return True, f"{total} affichés, dont {unverified} non vérifiés depuis {territory.place_stale_days // 30} mois"
