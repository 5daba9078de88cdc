"""The search of places: nearest first, in a few indexed queries whatever the number of places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import asin, cos, radians, sin, sqrt
from time import monotonic
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cos, Power, Radians, Sin
from django.utils.translation import gettext

from yole.kernel.geo import EARTH_RADIUS_KM
from yole.kernel.text import fold
from yole.places import opening
from yole.places.buses import StopPassage, holidays_around, next_passages, shown
from yole.places.criteria import AUDIENCE_KEYS, CARE_KEYS, SERVICE_KEYS, Criteria
from yole.places.enums import Kind
from yole.places.models import Confirmation, Place
from yole.places.opening import OpenState
from yole.territory import selectors as territory_selectors
from yole.territory.memory import Place as Named
from yole.territory.models import Territory
from yole.territory.selectors import Match

PAGE_SIZE = 12
COUNTED_UP_TO = 1000  # beyond, « plus de 1 000 »: nobody reads further and counting costs
# Around the person first; a small directory is read whole at once.
REACHES_KM: tuple[float | None, ...] = (2.0, 12.0, None)
SMALL_DIRECTORY = 1000
SIZE_KEPT_SECONDS = 60.0
HOURS_EXAMINED = 1000  # nearest candidates whose hours are looked at for « ouvert »
CLOSED_SHOWN = 2

# What a row of results needs, nothing more.
ROW_FIELDS = (
    *("id", "slug", "name", "kind", "address", "postcode", "commune_name", "insee_code", "lat", "lon", "telephone", "opening_hours"),
    *("services", "fees", "special_care", "accessibility_url", "updated_on", "closed_on", "closed_reason", "access_modes"),
)


@dataclass(frozen=True, slots=True)
class Centre:
    """From where distances are counted."""

    label: str
    lat: float
    lon: float
    commune: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What the search has to say: `kind` is info or warning; `choices` are (label, criteria) to click."""

    kind: str
    text: str
    choices: tuple[tuple[str, Criteria], ...] = ()


@dataclass(slots=True)
class Row:
    """A place in a list. `km` is a great-circle distance, None when one of the two positions is unknown."""

    id: int
    slug: str
    name: str
    kind: str
    address: str
    postcode: str
    commune_name: str
    insee_code: str
    lat: float | None
    lon: float | None
    telephone: str
    opening_hours: str
    services: list[str]
    fees: list[str]
    special_care: list[str]
    accessibility_url: str
    updated_on: date
    closed_on: date | None
    closed_reason: str
    access_modes: list[str]
    km: float | None = None
    number: int = 0
    state: OpenState = field(default_factory=lambda: OpenState("unknown"))
    state_words: str = ""
    verified_on: date | None = None
    next_stop: StopPassage | None = None

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    @property
    def is_bus(self) -> bool:
        return self.kind == "itinerant"


@dataclass(slots=True)
class SearchResult:
    """What a search gives. `total` is None beyond COUNTED_UP_TO or when hours were looked at; `closed` are near places that closed."""

    criteria: Criteria
    rows: list[Row]
    centre: Centre | None = None
    messages: list[Message] = field(default_factory=list)
    closed: list[Row] = field(default_factory=list)
    total: int | None = None
    has_next: bool = False
    elsewhere: bool = False
    nearest_anyway: bool = False

    @property
    def has_previous(self) -> bool:
        return self.criteria.page > 1


def filtered(places: QuerySet[Place], criteria: Criteria) -> QuerySet[Place]:
    """The filters that the database answers. Several services must all be there; several publics: one is enough."""
    if criteria.services:
        places = places.filter(services__contains=[SERVICE_KEYS[key] for key in criteria.services])
    if criteria.audiences:
        # A place that names no public receives everybody.
        places = places.filter(Q(audiences__overlap=[AUDIENCE_KEYS[key] for key in criteria.audiences]) | Q(audiences__len=0))
    if criteria.care:
        places = places.filter(special_care__contains=[CARE_KEYS[key] for key in criteria.care])
    if criteria.free:
        places = places.filter(fees__contains=["Gratuit"])
    if criteria.language:
        speaks = Q(languages__contains=[criteria.language])
        if criteria.language == "en":
            speaks |= Q(special_care__contains=[CARE_KEYS["anglais"]])
        places = places.filter(speaks)
    return places


def _haversine(centre: Centre) -> Any:
    """The haversine of the distance (0 to 1): it grows with the distance and needs no arcsine to sort by. Null without a position."""
    half_lat = Sin((Radians(F("lat")) - radians(centre.lat)) / 2.0)
    half_lon = Sin((Radians(F("lon")) - radians(centre.lon)) / 2.0)
    return Power(half_lat, 2) + cos(radians(centre.lat)) * Cos(Radians(F("lat"))) * Power(half_lon, 2)


def _km(haversine: float) -> float:
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(max(0.0, haversine))))


def _reach(km: float) -> float:
    return sin(km / (2 * EARTH_RADIUS_KM)) ** 2


def _boxed(places: QuerySet[Place], centre: Centre, km: float) -> QuerySet[Place]:
    high = km / 110.5  # kilometres in a degree of latitude, at the least
    wide = high / max(0.05, cos(radians(min(89.0, abs(centre.lat) + high))))
    return places.filter(lat__range=(centre.lat - high, centre.lat + high), lon__range=(centre.lon - wide, centre.lon + wide))


_sizes: dict[int, tuple[float, int]] = {}


def _is_small(territory_id: int) -> bool:
    """Whether the whole directory can be sorted at once. Remembered for a minute: it changes the way, never the answer."""
    kept, now = _sizes.get(territory_id), monotonic()
    if kept is None or now - kept[0] > SIZE_KEPT_SECONDS:
        kept = _sizes[territory_id] = (now, Place.objects.filter(territory_id=territory_id)[: SMALL_DIRECTORY + 1].count())
    return kept[1] <= SMALL_DIRECTORY


Candidate = tuple[int, float | None, str]


def _ordered(places: QuerySet[Place], centre: Centre | None, wanted: int, *, small: bool) -> list[Candidate]:
    """(id, km, hours) of the `wanted` first places: nearest first, then by name.

    A place of the chosen commune whose position nobody gave comes first, without a distance; elsewhere it comes last.
    """
    if centre is None:
        return [(pk, None, hours) for pk, hours in places.order_by("sort_key", "id").values_list("id", "opening_hours")[:wanted]]
    placeless = places.filter(lat__isnull=True, insee_code=centre.commune) if centre.commune else places.none()
    first: list[Candidate] = [
        (pk, None, hours) for pk, hours in placeless.order_by("sort_key", "id").values_list("id", "opening_hours")[:wanted]
    ]
    if len(first) >= wanted:
        return first
    rest = places.exclude(lat__isnull=True, insee_code=centre.commune) if centre.commune else places
    for reach in (None,) if small else REACHES_KM:
        near = rest if reach is None else _boxed(places, centre, reach)
        near = near.annotate(h=_haversine(centre))
        if reach is not None:
            near = near.filter(h__lte=_reach(reach))
        ordered = near.order_by(F("h").asc(nulls_last=True), "sort_key", "id").values_list("id", "h", "opening_hours")
        found = [(pk, None if h is None else _km(h), hours) for pk, h, hours in ordered[: wanted - len(first)]]
        if reach is None or len(first) + len(found) >= wanted:
            return first + found
    return first


def _open_ones(candidates: Iterable[Candidate], criteria: Criteria, moment: datetime, holidays: opening.Holidays) -> Iterator[Candidate]:
    for candidate in candidates:
        hours = candidate[2]
        if criteria.open_now and not opening.open_at(hours, moment, holidays):
            continue
        if criteria.day and not opening.open_on(hours, criteria.day, holidays):
            continue
        yield candidate


def rows_of(keys: list[tuple[int, float | None]], moment: datetime, holidays: opening.Holidays) -> list[Row]:
    """The rows of a list in the order of `keys` (id, km): one query, two more when there are buses."""
    ids = [key for key, _ in keys]
    latest = Confirmation.objects.filter(place_id=OuterRef("pk"), group="hours").order_by("-confirmed_on").values("confirmed_on")[:1]
    columns = Place.objects.filter(pk__in=ids).annotate(verified=Subquery(latest)).values_list(*ROW_FIELDS, "verified") if ids else ()
    read = {values[0]: values for values in columns}
    buses = next_passages([pk for pk in ids if pk in read and read[pk][3] == Kind.ITINERANT], moment)
    rows = []
    for pk, km in keys:
        if pk not in read:
            continue
        row = Row(**dict(zip(ROW_FIELDS, read[pk], strict=False)))
        row.km, row.verified_on = km, read[pk][-1]
        row.state = OpenState("gone", reason=row.closed_reason) if row.closed_on else opening.state_at(row.opening_hours, moment, holidays)
        row.state_words = opening.state_words(row.state, moment)
        row.next_stop = buses.get(pk)
        rows.append(row)
    return rows


@dataclass(slots=True)
class _Where:
    centre: Centre | None = None
    messages: list[Message] = field(default_factory=list)
    named: str = ""
    elsewhere: bool = False
    unknown: bool = False


def locate(criteria: Criteria) -> _Where:
    """From where to count distances: a chosen commune, the text typed (commune, postcode, quartier, name of a place), or a position."""
    if not criteria.where and criteria.lat is not None and criteria.lon is not None:
        return _Where(Centre(gettext("votre position"), criteria.lat, criteria.lon))
    if criteria.commune:
        chosen = territory_selectors.place(criteria.commune)
        if chosen is not None and chosen.lat is not None and chosen.lon is not None:
            return _Where(Centre(chosen.name, chosen.lat, chosen.lon, chosen.code))
    if not criteria.where:
        return _Where()
    outcome = territory_selectors.search_communes(criteria.where)
    if outcome.match is Match.ELSEWHERE:
        text = gettext("« %(typed)s » n’est pas dans ce territoire (%(where)s). Écrivez une commune d’ici.")
        return _Where(messages=[Message("warning", text % {"typed": criteria.where, "where": outcome.elsewhere})], elsewhere=True)
    choices = tuple((place.label, _chosen(criteria, place)) for place in outcome.places)
    if outcome.match is Match.SEVERAL:
        first = outcome.places[0]
        text = gettext("Plusieurs communes répondent à « %(typed)s ». Voici %(name)s. Vous cherchez ailleurs ?")
        centre = _centre(first)
        return _Where(centre, [Message("info", text % {"typed": criteria.where, "name": first.label}, choices[1:])])
    place = outcome.place
    if place is None:
        return _Where(named=criteria.where, unknown=True)
    messages = []
    if outcome.match is Match.GUESSED:
        text = gettext("« %(typed)s » n’est pas connu. Nous avons compris : %(name)s.")
        messages.append(Message("info", text % {"typed": criteria.where, "name": place.label}, choices[1:]))
    return _Where(_centre(place), messages, named=criteria.where if outcome.match is Match.GUESSED else "")


def _centre(place: Named) -> Centre | None:
    return Centre(place.label, place.lat, place.lon, place.code) if place.lat is not None and place.lon is not None else None


def _chosen(criteria: Criteria, place: Named) -> Criteria:
    return replace(criteria, where=place.label, commune="" if place.quartier else place.code, lat=None, lon=None, page=1)


def _by_name(places: QuerySet[Place], typed: str) -> QuerySet[Place]:
    for word in fold(typed).split()[:8]:
        places = places.filter(sort_key__contains=word)
    return places


def search(territory: Territory, criteria: Criteria, moment: datetime, *, page_size: int = PAGE_SIZE) -> SearchResult:
    """Places for a search, one page. `moment` is the local time, naive. At most 11 queries."""
    where = locate(criteria)
    result = SearchResult(criteria, [], centre=where.centre, messages=where.messages, elsewhere=where.elsewhere)
    holidays = holidays_around(moment.date())
    if where.elsewhere:
        return result
    places = filtered(shown(territory), criteria)
    small = _is_small(territory.pk)
    if where.named:
        named = _by_name(places, where.named)
        if where.unknown or named.exists():
            places, result.centre, result.messages = named, None, []
    first = (criteria.page - 1) * page_size
    by_hours = criteria.open_now or criteria.day is not None
    wanted = first + page_size + 1
    if by_hours:
        candidates = _ordered(places.exclude(opening_hours=""), result.centre, HOURS_EXAMINED, small=small)
        found = list(_open_ones(candidates, criteria, moment, holidays))
        result.total = len(found) if len(candidates) < HOURS_EXAMINED else None
        found = found[:wanted]
    else:
        found = _ordered(places, result.centre, wanted, small=small) if wanted <= COUNTED_UP_TO else []
        counted = places.order_by().values("pk")[: COUNTED_UP_TO + 1].count() if first or len(found) >= wanted else len(found)
        result.total = counted if counted <= COUNTED_UP_TO else None
    page = found[first : first + page_size]
    result.has_next = len(found) > first + page_size and wanted + page_size <= COUNTED_UP_TO
    if not page and first:
        return _first_page_instead(territory, criteria, moment, page_size)
    if not page:
        page = _anyway(territory, result, where)
    near = (
        [] if first or result.centre is None or criteria.filters or result.nearest_anyway else _closed_near(territory, result.centre, page)
    )
    rows = rows_of([(pk, km) for pk, km, _ in page] + near, moment, holidays)
    for number, row in enumerate(rows, first + 1):
        row.number = number
    result.rows = [row for row in rows if not row.is_closed]
    result.closed = [row for row in rows if row.is_closed]
    return result


def _first_page_instead(territory: Territory, criteria: Criteria, moment: datetime, page_size: int) -> SearchResult:
    result = search(territory, replace(criteria, page=1), moment, page_size=page_size)
    result.messages.insert(
        0, Message("warning", gettext("La page %(number)s n’existe pas. Voici la première.") % {"number": criteria.page})
    )
    return result


def _anyway(territory: Territory, result: SearchResult, where: _Where) -> list[Candidate]:
    """Nothing answers: says so and gives the nearest places, filters set aside."""
    if where.unknown:
        result.messages.append(
            Message("warning", gettext("Nous ne connaissons ni commune ni lieu nommé « %(typed)s ».") % {"typed": where.named})
        )
        result.total = 0
        return []
    result.total, result.nearest_anyway = 0, True
    return _ordered(shown(territory), result.centre, 3, small=_is_small(territory.pk))


def _closed_near(territory: Territory, centre: Centre, page: list[Candidate]) -> list[tuple[int, float | None]]:
    """Closed places nearer than the last one shown, so that nobody goes there for nothing."""
    farthest = max((km for _, km, _ in page if km is not None), default=0.0)
    closed = Place.objects.filter(territory_id=territory.pk, closed_on__isnull=False, merged_into__isnull=True, lat__isnull=False)
    near = _boxed(closed, centre, min(max(farthest, 2.0), 50.0)).annotate(h=_haversine(centre)).filter(h__lte=_reach(max(farthest, 2.0)))
    return [(pk, _km(h)) for pk, h in near.order_by("h", "id").values_list("id", "h")[:CLOSED_SHOWN]]


def nearest_open(
    territory: Territory, lat: float, lon: float, moment: datetime, *, limit: int = 3, excluding: int | None = None
) -> list[Row]:
    """The nearest places shown to the public around a point."""
    centre = Centre("", lat, lon)
    found = [(pk, km) for pk, km, _ in _ordered(shown(territory), centre, limit + 1, small=_is_small(territory.pk)) if pk != excluding][
        :limit
    ]
    return rows_of(found, moment, holidays_around(moment.date()))
