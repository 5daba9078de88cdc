"""Every read of the places that a screen, an export or another room needs. The search itself is in `search.py`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from yole.places import opening
from yole.places.buses import BUS_DAYS, StopPassage, buses_near, holidays_around, shown, stops_of, tour_texts
from yole.places.columns import FIELDS, cells_of
from yole.places.enums import FieldGroup, Kind
from yole.places.freshness import Freshness, score
from yole.places.models import Confirmation, Place, PlaceSource, StopTime
from yole.places.opening import DayLine, OpenState
from yole.places.search import Row, SearchResult, nearest_open, rows_of, search
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory

__all__ = [
    "BUS_DAYS",
    "Row",
    "SearchResult",
    "StopPassage",
    "buses_near",
    "holidays_around",
    "nearest_open",
    "rows_of",
    "search",
    "shown",
    "stops_of",
]


def local_now() -> datetime:
    """The present moment in the territory, naive: what opening hours are compared with."""
    return territory_selectors.now().replace(tzinfo=None)


def place(territory: Territory, pk: int) -> Place:
    """A place of a territory, closed and merged ones included. Raises Place.DoesNotExist."""
    return Place.objects.select_related("merged_into").get(territory_id=territory.pk, pk=pk)


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


def buses_without_stops(territory: Territory) -> list[Place]:
    """Itinerant places whose stops nobody gave: the page says to call."""
    return list(shown(territory).filter(kind=Kind.ITINERANT, stops__isnull=True).order_by("sort_key")[:50])


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
    places = Place.objects.filter(territory_id=territory.pk, merged_into__isnull=True)
    return places.only(*columns).order_by("commune_name", "sort_key", "id")


def export_rows(territory: Territory, *, chunk: int = 2000) -> Iterator[dict[str, str]]:
    """Rows of the national schema, open places only, in a stable order; each cell keeps its source's own text where it means the same.

    A bus has the union of its stops as hours, and its stops in words at the end of `presentation_detail`; an import knows both again.
    """
    ids = list(shown(territory).order_by("source", "source_id").values_list("id", flat=True))
    for start in range(0, len(ids), chunk):
        batch = ids[start : start + chunk]
        found = Place.objects.in_bulk(batch)
        raws = {(s.place_id, s.source, s.source_id): s.raw for s in PlaceSource.objects.filter(place_id__in=batch)}
        tours = tour_texts(pk for pk in batch if found[pk].kind == Kind.ITINERANT)
        for pk in batch:
            cells = export_row(found[pk], raws.get((pk, found[pk].source, found[pk].source_id)))
            if pk in tours:
                cells["horaires"] = tours[pk].hours
                cells["presentation_detail"] = "\n\n".join(filter(None, (cells["presentation_detail"], tours[pk].stops)))
            yield cells


def export_row(one: Place, raw: dict[str, str] | None) -> dict[str, str]:
    """One row of the national schema. With `id`, the column `source` is the key of a place."""
    return cells_of({name: getattr(one, name) for name in FIELDS}, raw)


@dataclass(frozen=True, slots=True)
class DirectorySummary:
    """What the page of open data says of the directory: counts, last change, and its sources with their number of places."""

    total: int
    itinerant: int
    changed_at: datetime | None
    sources: list[tuple[str, int, date]]


def directory_summary(territory: Territory) -> DirectorySummary:
    places = shown(territory).order_by()
    counts = places.aggregate(total=Count("id"), itinerant=Count("id", filter=Q(kind=Kind.ITINERANT)), changed=Max("changed_at"))
    sources = places.values_list("source").annotate(number=Count("id"), day=Max("updated_on")).order_by("-number")[:50]
    return DirectorySummary(counts["total"], counts["itinerant"], counts["changed"], list(sources))


def directory_version(territory: Territory) -> str:
    """A mark that moves whenever a place shown changes: the ETag of downloads."""
    marks = Place.objects.filter(territory_id=territory.pk).aggregate(number=Count("id"), changed=Max("changed_at"))
    stops = StopTime.objects.filter(stop__place__territory_id=territory.pk).aggregate(number=Count("id"), last=Max("id"))
    day = territory_selectors.today().isoformat()
    text = f"{marks['number']} {marks['changed']} {stops['number']} {stops['last']} {day}"
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'


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
