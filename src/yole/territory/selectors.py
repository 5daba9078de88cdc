"""Reads of the territory: its settings, its communes by name, postcode or position, its days off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from math import cos, radians
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from yole.kernel.geo import great_circle_km, in_polygons, rings_of
from yole.territory import departements, memory
from yole.territory.engine.holidays import Holiday, holidays_of
from yole.territory.engine.names import search_key
from yole.territory.memory import Place
from yole.territory.models import Commune, Contour, ImportRun, Quartier, Territory

_POSTCODE = re.compile(r"(?<!\d)(\d{2}\s?\d{3}|\d{3}\s\d{2})(?!\d)")


def current() -> Territory:
    """The territory that this site serves; settings of the whole of France when none is set up (its `pk` is None)."""
    return memory.territory()


def forget_cached() -> None:
    """Drops what this process keeps of the territory; services do it by themselves after a write."""
    memory.forget()


def zone() -> ZoneInfo:
    return ZoneInfo(current().time_zone)


def now() -> datetime:
    """The present moment in the territory's time zone."""
    return timezone.now().astimezone(zone())


def today() -> date:
    """The day it is in the territory."""
    return now().date()


class Match(StrEnum):
    """How a search ended."""

    EMPTY = "empty"  # nothing was typed
    EXACT = "exact"  # one commune (or quartier), named as it is
    GUESSED = "guessed"  # one near name: « Vouliez-vous dire … ? »
    SEVERAL = "several"  # the person must choose
    NONE = "none"  # nothing near
    ELSEWHERE = "elsewhere"  # a postcode or a name of another territory


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """What a search gave. `places` is best first; `elsewhere` names the other département; `postcode` is the one that was read."""

    match: Match
    typed: str
    places: list[Place] = field(default_factory=list)
    elsewhere: str = ""
    postcode: str = ""

    @property
    def place(self) -> Place | None:
        """The one place meant or guessed, None when the person has to choose."""
        return self.places[0] if self.match in (Match.EXACT, Match.GUESSED) and self.places else None


def search_communes(text: str, *, limit: int = 8) -> SearchOutcome:
    """Finds the commune or quartier that a person typed: a name, a postcode, or both. Never raises, whatever was typed."""
    typed = " ".join(text.replace("\x00", " ").split())[:200]
    if not typed:
        return SearchOutcome(Match.EMPTY, "")
    known = memory.names()
    if found := _POSTCODE.search(typed):
        postcode = found[1].replace(" ", "")
        rest = (typed[: found.start()] + " " + typed[found.end() :]).strip()
        return _by_postcode(typed, postcode, rest, known, limit)
    answer = known.index.find(typed, limit)
    places = [known.places[reference] for reference in answer.references]
    if not answer.exact and (away := _exact_elsewhere(typed)):
        return SearchOutcome(Match.ELSEWHERE, typed, elsewhere=away)
    if not places:
        return SearchOutcome(Match.NONE, typed)
    if answer.close_call and len(places) > 1:
        return SearchOutcome(Match.SEVERAL, typed, places)
    return SearchOutcome(Match.EXACT if answer.exact else Match.GUESSED, typed, places)


def _by_postcode(typed: str, postcode: str, rest: str, known: memory.Names, limit: int) -> SearchOutcome:
    places = known.by_postcode.get(postcode, [])
    if not places:
        current_departements = current().departements
        likely = departements.of_postcode(postcode)
        if likely and current_departements and not set(likely) & set(current_departements):
            away = " ou ".join(departements.names().get(code, code) for code in likely)
            return SearchOutcome(Match.ELSEWHERE, typed, elsewhere=away, postcode=postcode)
        named = search_communes(rest, limit=limit) if rest else None
        if named and named.places:  # a CEDEX, or one wrong digit beside a good name
            return SearchOutcome(Match.SEVERAL if named.match is Match.SEVERAL else Match.GUESSED, typed, named.places, postcode=postcode)
        return SearchOutcome(Match.NONE, typed, postcode=postcode)
    if len(places) > 1 and rest:
        wanted = search_key(rest)
        if both := [place for place in places if search_key(place.name) == wanted]:
            places = both
    ordered = sorted(places, key=lambda place: (-(place.population or 0), place.name))[:limit]
    return SearchOutcome(Match.EXACT if len(ordered) == 1 else Match.SEVERAL, typed, ordered, postcode=postcode)


def _exact_elsewhere(typed: str) -> str:
    """Département of a commune outside the territory that bears exactly this name, when the base knows it."""
    key, here = search_key(typed), current().departements
    if not key or not here:
        return ""
    away = (
        Commune.objects.filter(search_key=key)
        .exclude(departement__in=here)
        .order_by("-population")
        .values_list("departement", flat=True)
        .first()
    )
    return departements.names().get(away, away) if away else ""


def place(code: str) -> Place | None:
    """The commune of a code in the current territory, from memory; None when it is not one of its communes."""
    return memory.names().by_code.get(code)


def communes() -> list[Place]:
    """Every commune of the current territory in alphabetical order, from memory."""
    return list(memory.names().by_code.values())


@dataclass(frozen=True, slots=True)
class NearestCommune:
    """The commune where a point is. `inside`: True in its contour, False in none of those near, None without contours."""

    place: Place
    km: float
    inside: bool | None


def nearest_commune(lat: float, lon: float, *, within_km: float = 50.0) -> NearestCommune | None:
    """The commune of a position: the one whose contour holds it, else the one whose centre is nearest.

    None when no centre lies within `within_km`. Raises ValueError for a position that is not on Earth.
    """
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError("latitude or longitude out of range")
    reach_lat = within_km / 111.0
    reach_lon = reach_lat / max(0.05, cos(radians(lat)))
    near = [
        (great_circle_km(lat, lon, found.lat, found.lon), found)
        for found in memory.names().by_code.values()
        if found.lat is not None and found.lon is not None and abs(found.lat - lat) <= reach_lat and abs(found.lon - lon) <= reach_lon
    ]
    near = sorted((pair for pair in near if pair[0] <= within_km), key=lambda pair: (pair[0], pair[1].code))[:6]
    if not near:
        return None
    contours = dict(Contour.objects.filter(commune_id__in=[found.code for _, found in near]).values_list("commune_id", "geometry"))
    for km, found in near:
        if found.code in contours and in_polygons(lat, lon, rings_of(contours[found.code])):
            return NearestCommune(found, km, inside=True)
    return NearestCommune(near[0][1], near[0][0], inside=False if contours else None)


def commune(code: str) -> Commune:
    """A commune by its code, its grouping read with it. Raises Commune.DoesNotExist."""
    return Commune.objects.select_related("epci").get(pk=code)


def communes_listed(of: Territory | None = None) -> QuerySet[Commune]:
    """The communes of a territory (the current one when none is given) with their groupings, in alphabetical order."""
    found = Commune.objects.select_related("epci").order_by("sort_key", "code")
    here = (of or current()).departements
    return found.filter(departement__in=here) if here else found


def quartiers_listed(of: Territory | None = None) -> QuerySet[Quartier]:
    """The quartiers in use of a territory (the current one when none is given), by commune then name."""
    found = Quartier.objects.filter(removed_at__isnull=True).select_related("commune").order_by("commune__sort_key", "sort_key")
    here = (of or current()).departements
    return found.filter(commune__departement__in=here) if here else found


def holidays(year: int, *, territory: Territory | None = None) -> list[Holiday]:
    """Days off of the territory in a year, in order; `customary` tells those that the law does not make."""
    of = territory or current()
    return holidays_of(of.holiday_country, of.holiday_subdivision, of.extra_holidays, year)


def holiday_dates(year: int, *, customary: bool = False) -> dict[date, str]:
    """Public holidays of the territory in a year and their names; with `customary`, the days kept by custom too."""
    return {found.day: found.name for found in holidays(year) if customary or not found.customary}


def contours(codes: Iterable[str]) -> dict[str, list[list[int]]]:
    """Simplified outlines by commune code: rings of flat lon, lat… in ten-thousandths of a degree."""
    return dict(Contour.objects.filter(commune_id__in=list(codes)).values_list("commune_id", "outline"))


def last_import() -> ImportRun | None:
    return ImportRun.objects.order_by("-at", "-pk").first()


def health() -> tuple[bool, str]:
    """One line of `yole check`."""
    known = current()
    count = len(memory.names().by_code)
    if known.pk is None:
        return False, "aucun territoire n’est réglé. Lancez : yole territory import --departement 972"
    if not count:
        return False, f"{known.name} : aucune commune. Lancez : yole territory import"
    return True, f"{known.name} : {count} communes, heure de {known.time_zone}"
