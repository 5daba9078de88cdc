"""Lines on a map: shared borders simplified alike on both sides, and a projection to whole map units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians

Point = tuple[int, int]
UNITS = 10_000  # whole units in a degree: some 11 m
Rings = list[list[int]]


def _thin(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Ramer-Douglas-Peucker without recursion: the ends stay, no dropped point is farther than `tolerance` from the line."""
    keep = [False] * len(points)
    keep[0] = keep[-1] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        (x1, y1), (x2, y2) = points[first], points[last]
        dx, dy = x2 - x1, y2 - y1
        length = hypot(dx, dy)
        worst, where = tolerance, -1
        for i in range(first + 1, last):
            px, py = points[i][0] - x1, points[i][1] - y1
            away = abs(px * dy - py * dx) / length if length else hypot(px, py)
            if away > worst:
                worst, where = away, i
        if where >= 0:
            keep[where] = True
            spans += [(first, where), (where, last)]
    return [point for point, kept in zip(points, keep, strict=True) if kept]


def _whole(ring: Iterable[Sequence[float]]) -> list[Point]:
    """A ring in whole units, open, without repeated points."""
    points: list[Point] = []
    for lon, lat, *_ in ring:
        point = (round(lon * UNITS), round(lat * UNITS))
        if not points or point != points[-1]:
            points.append(point)
    while len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def _arcs(ring: list[Point], junctions: set[Point]) -> list[list[Point]]:
    """A ring cut at its junctions (at two far points when it has none); each arc holds both its ends."""
    cuts = [i for i, point in enumerate(ring) if point in junctions]
    if len(cuts) < 2:
        # The same two points whoever walks the ring: the least, and the farthest from it.
        start = cuts[0] if cuts else min(range(len(ring)), key=lambda i: ring[i])
        x, y = ring[start]
        far = max(range(len(ring)), key=lambda i: (hypot(ring[i][0] - x, ring[i][1] - y), ring[i]))
        cuts = sorted({start, far})
    arcs = []
    for here, there in zip(cuts, [*cuts[1:], cuts[0] + len(ring)], strict=True):
        arcs.append([ring[i % len(ring)] for i in range(here, there + 1)])
    return arcs


def simplify_together(shapes: Mapping[str, Sequence[Sequence[Sequence[Sequence[float]]]]], tolerance: float) -> dict[str, Rings]:
    """Polygons of several areas, simplified so that a border common to two areas stays common. Holes are kept as rings.

    `shapes`: by key, a list of polygons, each a list of rings of (lon, lat) in degrees; `tolerance` in degrees.
    Returns by key flat rings lon, lat, lon, lat… in ten-thousandths of a degree, open. A ring smaller than the tolerance is dropped,
    except the largest of its area.
    """
    rings = {key: [ring for polygon in polygons for raw in polygon if len(ring := _whole(raw)) >= 3] for key, polygons in shapes.items()}
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for area in rings.values():
        for ring in area:
            for before, point, after in zip(ring[-1:] + ring[:-1], ring, ring[1:] + ring[:1], strict=True):
                neighbours[point] |= {before, after}
    junctions = {point for point, around in neighbours.items() if len(around) > 2}
    limit = tolerance * UNITS
    result: dict[str, Rings] = {}
    for key, area in rings.items():
        thinned: list[tuple[float, list[Point]]] = []
        for ring in area:
            line: list[Point] = []
            for arc in _arcs(ring, junctions):
                forward = arc[0] <= arc[-1]
                kept = _thin(arc if forward else arc[::-1], limit)
                line += (kept if forward else kept[::-1])[:-1]
            if len(line) >= 3:
                thinned.append((abs(_area(line)), line))
        thinned.sort(key=lambda pair: -pair[0])
        kept_lines = [line for size, line in thinned if size > limit * limit or line is thinned[0][1]]
        result[key] = [[value for point in line for value in point] for line in kept_lines]
    return result


def _area(ring: Sequence[Point]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


@dataclass(frozen=True, slots=True)
class Projection:
    """Degrees to map units, y downwards: equirectangular at the middle latitude (an island is small enough for it)."""

    lon_min: float
    lat_max: float
    per_degree_x: float
    per_degree_y: float
    margin: float
    width: int
    height: int

    @classmethod
    def fit(cls, lon_min: float, lat_min: float, lon_max: float, lat_max: float, *, height: int = 605, margin: int = 10) -> Projection:
        """The projection that shows a box in degrees in `height` units, `margin` units left on each side.

        A box much wider than high is fitted to twice the height instead.
        """
        squeeze = cos(radians((lat_min + lat_max) / 2))
        span_y = max(lat_max - lat_min, 0.001)
        span_x = max((lon_max - lon_min) * squeeze, 0.001)
        scale = min((height - 2 * margin) / span_y, (2 * height - 2 * margin) / span_x)
        width = round(span_x * scale) + 2 * margin
        return cls(lon_min, lat_max, scale * squeeze, scale, margin, width, round(span_y * scale) + 2 * margin)

    def xy(self, lat: float, lon: float) -> tuple[int, int]:
        """Whole map units of a position."""
        return round((lon - self.lon_min) * self.per_degree_x + self.margin), round((self.lat_max - lat) * self.per_degree_y + self.margin)

    def path(self, rings: Rings) -> str:
        """SVG path data of rings in ten-thousandths of a degree: whole units, relative steps, closed."""
        parts = []
        for ring in rings:
            points = [self.xy(lat / UNITS, lon / UNITS) for lon, lat in zip(ring[::2], ring[1::2], strict=True)]
            line = [point for i, point in enumerate(points) if point != points[i - 1]]
            if len(line) < 3:
                continue
            steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(line)]
            parts.append(f"M{line[0][0]} {line[0][1]}l{_numbers(steps)}z")
        return "".join(parts)


def _numbers(steps: Iterable[tuple[int, int]]) -> str:
    """Numbers of a path, a minus sign standing for the space before it."""
    text = ""
    for value in (value for step in steps for value in step):
        text += str(value) if not text or value < 0 else f" {value}"
    return text
