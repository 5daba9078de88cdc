"""Geometry on the sphere and in the plane of longitudes and latitudes. Degrees WGS84, kilometres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


def great_circle_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in kilometres (haversine) on the mean sphere."""
    a1, a2 = radians(lat1), radians(lat2)
    half_lat, half_lon = (a2 - a1) / 2, radians(lon2 - lon1) / 2
    h = sin(half_lat) ** 2 + cos(a1) * cos(a2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(h)))


@dataclass(frozen=True, slots=True)
class Box:
    """A box in degrees, bounds included."""

    lat_min: float
    lon_min: float
    lat_max: float
    lon_max: float

    def contains(self, lat: float, lon: float) -> bool:
        return self.lat_min <= lat <= self.lat_max and self.lon_min <= lon <= self.lon_max


Ring = Sequence[Sequence[float]]


def in_ring(lat: float, lon: float, ring: Ring) -> bool:
    """Even-odd rule on one closed ring of (lon, lat) pairs."""
    inside = False
    j = len(ring) - 1
    for i in range(len(ring)):
        xi, yi = ring[i][0], ring[i][1]
        xj, yj = ring[j][0], ring[j][1]
        if (yi > lat) != (yj > lat) and lon < (xj - xi) * (lat - yi) / (yj - yi) + xi:
            inside = not inside
        j = i
    return inside


def rings_of(geometry: dict[str, object]) -> list[list[Ring]]:
    """Polygons of a GeoJSON Polygon or MultiPolygon, each a list of rings (outer first).

    Raises ValueError for another geometry type.
    """
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon" and isinstance(coordinates, list):
        return [coordinates]
    if kind == "MultiPolygon" and isinstance(coordinates, list):
        return list(coordinates)
    raise ValueError(f"not a polygon: {kind}")


def in_polygons(lat: float, lon: float, polygons: Iterable[Sequence[Ring]]) -> bool:
    """Whether a point is in one of the polygons, holes excluded."""
    return any(p and in_ring(lat, lon, p[0]) and not any(in_ring(lat, lon, hole) for hole in p[1:]) for p in polygons)


def distance_to_polygons_km(lat: float, lon: float, polygons: Iterable[Sequence[Ring]]) -> float:
    """Distance in kilometres to the nearest edge (0 inside), in the local tangent plane: right within some kilometres."""
    polygons = list(polygons)
    if in_polygons(lat, lon, polygons):
        return 0.0
    ky = radians(1) * EARTH_RADIUS_KM
    kx = ky * cos(radians(lat))
    best = float("inf")
    for polygon in polygons:
        for ring in polygon:
            points = [((p[0] - lon) * kx, (p[1] - lat) * ky) for p in ring]
            for (x1, y1), (x2, y2) in pairwise(points):
                dx, dy = x2 - x1, y2 - y1
                length = dx * dx + dy * dy
                t = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length))
                best = min(best, sqrt((x1 + t * dx) ** 2 + (y1 + t * dy) ** 2))
    return best
