"""When the bus comes: the passages of itinerant places, from their timetables, holidays and cancellations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from yole.base.typography import clock
from yole.base.typography import day as day_words
from yole.kernel.geo import great_circle_km
from yole.places.columns import STOPS_MARK
from yole.places.models import Place, Stop, StopCancellation, StopTime
from yole.places.tours import Passage, Timetable, opening_hours, passages
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory

BUS_DAYS = 28
NEXT_DAYS = 14


def shown(territory: Territory) -> QuerySet[Place]:
    """Places of a territory that the public sees: neither closed nor merged."""
    return Place.objects.filter(territory_id=territory.pk, closed_on__isnull=True, merged_into__isnull=True)


def holidays_around(today: date, days: int = 120) -> dict[date, str]:
    """Public holidays of the territory from today on, over the turn of the year when need be."""
    found = dict(territory_selectors.holiday_dates(today.year))
    if (today + timedelta(days=days)).year != today.year:
        found.update(territory_selectors.holiday_dates(today.year + 1))
    return found


@dataclass(frozen=True, slots=True)
class StopPassage:
    """A bus at a stop on a day, with what a person needs. `km` is None when one of the positions is unknown.

    `approximate`: nobody gave the position of the stop, the distance is that of its commune's centre.
    """

    day: date
    starts: time
    ends: time
    stop: Stop
    place: Place
    cancelled: str = ""
    doubt: str = ""
    km: float | None = None
    approximate: bool = False


def _passages(lines: Iterable[StopTime], first: date, days: int) -> list[tuple[Passage, Stop]]:
    """The passages of some lines (read with their stop and place) from a day on, holidays and cancellations applied: one query."""
    known = list(lines)
    if not known:
        return []
    stops = {line.stop_id: line.stop for line in known}
    by_place: dict[int, list[int]] = {}
    for stop in stops.values():
        by_place.setdefault(stop.place_id, []).append(stop.pk)
    cancelled: dict[tuple[date, int], str] = {}
    last = first + timedelta(days=days - 1)
    for away in StopCancellation.objects.filter(place_id__in=by_place, on_date__range=(first, last)):
        for pk in [away.stop_id] if away.stop_id else by_place[away.place_id]:
            cancelled[away.on_date, pk] = away.reason
    timetables = [_timetable(line) for line in known]
    return [(p, stops[p.stop]) for p in passages(timetables, first, days, holidays=holidays_around(first, days), cancelled=cancelled)]


def _lines(first: date) -> QuerySet[StopTime]:
    """Lines of timetables that may still run from a day on, with their stop and its place."""
    return StopTime.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=first)).select_related("stop__place").order_by("id")


def _shown_lines(territory: Territory, first: date) -> QuerySet[StopTime]:
    return _lines(first).filter(
        stop__place__territory_id=territory.pk, stop__place__closed_on__isnull=True, stop__place__merged_into__isnull=True
    )


def buses_near(
    territory: Territory,
    first: date,
    days: int = BUS_DAYS,
    *,
    lat: float | None = None,
    lon: float | None = None,
    commune: str = "",
    within_km: float | None = None,
) -> list[StopPassage]:
    """When the bus comes, day by day. With a position, stops have a distance and only those within `within_km` are kept.

    `commune` (INSEE code) keeps the stops of a commune and, with a position, those within reach of it. Cancelled passages stay,
    with their reason.
    """
    distances: dict[int, tuple[float | None, bool]] = {}
    kept = []
    for line in _shown_lines(territory, first):
        stop = line.stop
        if stop.pk not in distances:
            distances[stop.pk] = _distance(stop, lat, lon)
        km, _ = distances[stop.pk]
        near = km is not None and (within_km is None or km <= within_km)
        if near or (commune and stop.insee_code == commune) or (lat is None and not commune):
            kept.append(line)
    return [
        StopPassage(p.day, p.starts, p.ends, stop, stop.place, p.cancelled, p.doubt, *distances[stop.pk])
        for p, stop in _passages(kept, first, days)
    ]


def _distance(stop: Stop, lat: float | None, lon: float | None) -> tuple[float | None, bool]:
    """Kilometres to a stop, and whether its commune's centre stood for it."""
    if lat is None or lon is None:
        return None, False
    if stop.lat is not None and stop.lon is not None:
        return great_circle_km(lat, lon, stop.lat, stop.lon), False
    home = territory_selectors.place(stop.insee_code)
    if home is None or home.lat is None or home.lon is None:
        return None, False
    return great_circle_km(lat, lon, home.lat, home.lon), True


def stops_of(one: Place, first: date, days: int = BUS_DAYS) -> list[StopPassage]:
    """The coming stops of an itinerant place: two queries."""
    found = _passages(_lines(first).filter(stop__place=one), first, days)
    return [StopPassage(p.day, p.starts, p.ends, stop, one, p.cancelled, p.doubt) for p, stop in found]


def next_passages(places: list[int], moment: datetime) -> dict[int, StopPassage]:
    """The next passage of each of these itinerant places that is not over and not cancelled."""
    found: dict[int, StopPassage] = {}
    for p, stop in _passages(_lines(moment.date()).filter(stop__place_id__in=places), moment.date(), NEXT_DAYS) if places else ():
        if not p.cancelled and (p.day > moment.date() or p.ends > moment.time()):
            found.setdefault(stop.place_id, StopPassage(p.day, p.starts, p.ends, stop, stop.place, doubt=p.doubt))
    return found


@dataclass(frozen=True, slots=True)
class TourText:
    """What a list of places says of a bus: its hours (union of its stops) and its stops in words."""

    hours: str
    stops: str


def tour_texts(places: Iterable[int]) -> dict[int, TourText]:
    """The hours and the stops in words of the places that have stops: two queries."""
    stops: dict[int, list[Stop]] = {}
    for stop in Stop.objects.filter(place_id__in=list(places)).order_by("place_id", "id"):
        stops.setdefault(stop.place_id, []).append(stop)
    times: dict[int, list[StopTime]] = {}
    for line in StopTime.objects.filter(stop__place_id__in=stops).order_by("id") if stops else ():
        times.setdefault(line.stop_id, []).append(line)
    found = {}
    for place, own in stops.items():
        lines = [_timetable(line) for stop in own for line in times.get(stop.pk, [])]
        if lines:
            words = "; ".join(_stop_words(stop, times[stop.pk]) for stop in own if stop.pk in times)
            found[place] = TourText(opening_hours(lines), f"{STOPS_MARK}{words}.")
    return found


def _stop_words(stop: Stop, lines: list[StopTime]) -> str:
    where = f"{stop.name} ({stop.address})" if stop.address else stop.name
    days = []
    for line in lines:
        when = day_words(line.on_date, year=True) if line.on_date else line.get_weekday_display()
        weeks = f", une semaine sur {line.every_weeks}" if line.every_weeks > 1 else ""
        days.append(f"{when}{weeks} de {clock(line.starts)} à {clock(line.ends)}")
    return f"{where}, {', '.join(days)}"


def _timetable(t: StopTime) -> Timetable:
    return Timetable(t.stop_id, t.starts, t.ends, t.weekday, t.on_date, t.every_weeks, t.valid_from, t.valid_until, t.on_holidays)
