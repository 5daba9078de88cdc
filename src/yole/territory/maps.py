"""The map of the territory: whole-unit SVG paths of its communes, or of the island's outline, and where a position falls on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from yole.base.maps import AreaClass, MapArea, MapView
from yole.kernel.geo import rings_of
from yole.territory import memory
from yole.territory.engine.lines import UNITS, Projection, Rings, simplify_together
from yole.territory.models import Contour, Territory

HEIGHT = 605
_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class IslandMap:
    """What is drawn once for a territory. `areas`: (commune code, or "" for a mere outline; name; SVG path). Units of the view box."""

    projection: Projection
    areas: tuple[tuple[str, str, str], ...]
    source: str

    @property
    def view_box(self) -> tuple[float, float, float, float]:
        return (0, 0, self.projection.width, self.projection.height)

    def xy(self, lat: float, lon: float) -> tuple[int, int]:
        """Where a position falls, in units of the view box (it may lie outside)."""
        return self.projection.xy(lat, lon)

    def view(
        self,
        *,
        key: str,
        title: str,
        description: str,
        classes: Mapping[str, AreaClass] | None = None,
        hatched: frozenset[str] = frozenset(),
    ) -> MapView:
        """A map ready to be shown, its markers and labels still to be added. `classes` and `hatched` are by commune code."""
        chosen = classes or {}
        areas = [MapArea(path, chosen.get(code, "land"), name, hatched=code in hatched) for code, name, path in self.areas]
        return MapView(key, title, description, self.view_box, areas=areas, island=True, source=self.source)


_drawn: tuple[tuple[Any, ...], IslandMap] | None = None


def island_map(territory: Territory | None = None, *, height: int = HEIGHT) -> IslandMap:
    """The map of a territory (the current one by default): contours, else an outline of the package, else a mere box.

    Kept in memory until communes change.
    """
    global _drawn
    of = territory or memory.territory()
    mark = (of.pk, of.slug, of.communes_version, tuple(of.departements), height)
    kept = _drawn
    if kept is None or kept[0] != mark:
        kept = (mark, _draw(of, height))
        _drawn = kept
    return kept[1]


def _draw(territory: Territory, height: int) -> IslandMap:
    # The whole of France has too many communes for one drawing; then markers alone are shown.
    contours = Contour.objects.filter(commune__departement__in=territory.departements).order_by("commune_id")
    found: list[tuple[str, str, Rings, str]] = list(contours.values_list("commune_id", "commune__name", "outline", "source"))
    source = f"Contours : {found[0][3]}" if found else ""
    if not found and (carried := carried_outline(territory.slug)):
        found = [("", territory.name, carried[0], carried[1])]
        source = f"Contour : {carried[1]}"
    box = _box([rings for _, _, rings, _ in found]) or _box_of_centres()
    projection = Projection.fit(*box, height=height)
    areas = tuple((code, name, path) for code, name, rings, _ in found if (path := projection.path(rings)))
    return IslandMap(projection, areas, source)


def _box(shapes: list[Rings]) -> tuple[float, float, float, float] | None:
    lons = [value for rings in shapes for ring in rings for value in ring[::2]]
    lats = [value for rings in shapes for ring in rings for value in ring[1::2]]
    return (min(lons) / UNITS, min(lats) / UNITS, max(lons) / UNITS, max(lats) / UNITS) if lons else None


def _box_of_centres() -> tuple[float, float, float, float]:
    placed = [place for place in memory.names().by_code.values() if place.lat is not None and place.lon is not None]
    if not placed:
        return (-5.2, 41.3, 9.6, 51.1)  # metropolitan France
    lats = [place.lat for place in placed if place.lat is not None]
    lons = [place.lon for place in placed if place.lon is not None]
    return (min(lons) - 0.05, min(lats) - 0.05, max(lons) + 0.05, max(lats) + 0.05)


@cache
def carried_outline(slug: str) -> tuple[Rings, str] | None:
    """Rings and source of the outline that the package carries for a territory (`data/SLUG_outline.json`), None without one."""
    path = _FOLDER / f"{slug}_outline.json"
    if not slug.replace("-", "").isalnum() or not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    outline = simplify_together({slug: rings_of(content)}, tolerance=0.001)[slug]
    return outline, str(content["source"])
