"""What each process keeps of the territory for some seconds: its settings, and the names of its communes."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock

from django.conf import settings

from yole.territory.engine.names import Named, NameIndex
from yole.territory.models import Commune, Quartier, Territory

SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Place:
    """A commune as the search gives it back; `quartier` when the person typed the name of one."""

    code: str
    name: str
    departement: str
    postcodes: tuple[str, ...]
    population: int | None
    lat: float | None
    lon: float | None
    quartier: str = ""
    quartier_id: int | None = None

    @property
    def label(self) -> str:
        """« Fort-de-France » or « Tartane (La Trinité) »."""
        return f"{self.quartier} ({self.name})" if self.quartier else self.name


@dataclass(slots=True)
class Names:
    """The communes and quartiers of a territory, ready to be searched."""

    places: list[Place]
    index: NameIndex
    by_code: dict[str, Place]
    by_postcode: dict[str, list[Place]] = field(default_factory=dict)


_lock = Lock()
_territory: tuple[float, Territory] | None = None
_names: tuple[tuple[object, ...], float, Names] | None = None


def forget() -> None:
    """Drops what is kept; the next reader reads the database."""
    global _territory, _names
    with _lock:
        _territory = _names = None


def fallback() -> Territory:
    """The settings of a site whose territory is not set up yet: the whole of France, nothing of its own."""
    return Territory(slug="france", name="France", time_zone="Europe/Paris", languages=["fr"], holiday_country="FR")


def territory() -> Territory:
    """The default territory, read at most once in some seconds."""
    global _territory
    kept, now = _territory, time.monotonic()
    if kept is not None and now - kept[0] < getattr(settings, "TERRITORY_CACHE_SECONDS", SECONDS):
        return kept[1]
    found = Territory.objects.filter(is_default=True).first() or fallback()
    with _lock:
        _territory = (now, found)
    return found


def names() -> Names:
    """The names of the current territory, read again when its communes or quartiers have changed."""
    global _names
    current = territory()
    mark = (current.pk, current.communes_version, tuple(current.departements))
    kept, now = _names, time.monotonic()
    # Without a stored territory nothing tells that communes changed: then they are kept for some seconds only.
    if kept is not None and kept[0] == mark and (current.pk is not None or now - kept[1] < SECONDS):
        return kept[2]
    found = _read(current)
    with _lock:
        _names = (mark, now, found)
    return found


def _read(current: Territory) -> Names:
    communes = Commune.objects.all()
    quartiers = Quartier.objects.filter(removed_at__isnull=True)
    if current.departements:
        communes = communes.filter(departement__in=current.departements)
        quartiers = quartiers.filter(commune__departement__in=current.departements)
    places: list[Place] = []
    named: list[Named] = []
    by_code: dict[str, Place] = {}
    by_postcode: dict[str, list[Place]] = defaultdict(list)
    columns = ("code", "name", "departement", "postcodes", "population", "lat", "lon", "search_key")
    for code, name, departement, postcodes, population, lat, lon, key in communes.order_by("sort_key", "code").values_list(*columns):
        place = Place(code, name, departement, tuple(postcodes), population, lat, lon)
        by_code[code] = place
        named.append(Named(key, population or 0, len(places)))
        places.append(place)
        for postcode in postcodes:
            by_postcode[postcode].append(place)
    for row in quartiers.order_by("sort_key").values_list("id", "commune_id", "name", "lat", "lon", "search_key"):
        identifier, code, name, lat, lon, key = row
        home = by_code[code]
        here = (lat, lon) if lat is not None else (home.lat, home.lon)
        named.append(Named(key, -1, len(places)))
        places.append(
            Place(home.code, home.name, home.departement, home.postcodes, home.population, *here, quartier=name, quartier_id=identifier)
        )
    return Names(places, NameIndex(named), by_code, dict(by_postcode))
