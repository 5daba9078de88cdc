"""What a server-made map shows. The page that shows one always shows the same data as a list or a table beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

AreaClass = Literal["q0", "q1", "q2", "q3", "q4", "q5", "land", "zone", "pt-s", "pt-m", ""]
MarkerKind = Literal["pt", "pt-s", "pt-m", "here"]


@dataclass(frozen=True, slots=True)
class MapArea:
    """A commune or another area. `path` is SVG path data in the units of the view box; `kind` its class (q0 not published, q1 to q5
    in order, land, zone, pt-s and pt-m for many small places in one path); `hatched` says that the value is uncertain, and nothing else."""

    path: str
    kind: AreaClass = "land"
    name: str = ""
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class MapMarker:
    """A disc at x, y (units of the view box). `label` is the number of the row of the list that it refers to.

    `kind`: pt a place, pt-s the bus, pt-m a place outside the list, here where the person is.
    """

    x: float
    y: float
    label: str = ""
    kind: MarkerKind = "pt"
    radius: float = 11


@dataclass(frozen=True, slots=True)
class MapLabel:
    """A name written on the map; a `minor` one is left out on phones."""

    x: float
    y: float
    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class MapLegend:
    """One line of the legend: the class of a marker or of an area, and its meaning."""

    kind: AreaClass | MarkerKind | Literal["h"]
    text: str


@dataclass(frozen=True, slots=True)
class MapView:
    """A whole map. `key` is unique in the page; `view_box` is (x, y, width, height); `description` says in words what is seen.

    `island` gives larger labels on phones, for maps of the whole territory.
    """

    key: str
    title: str
    description: str
    view_box: tuple[float, float, float, float]
    areas: list[MapArea] = field(default_factory=list)
    markers: list[MapMarker] = field(default_factory=list)
    labels: list[MapLabel] = field(default_factory=list)
    legend: list[MapLegend] = field(default_factory=list)
    island: bool = False
    source: str = ""

    @property
    def box(self) -> str:
        return " ".join(f"{value:g}" for value in self.view_box)

    @property
    def hatch(self) -> bool:
        return any(area.hatched for area in self.areas) or any(line.kind == "h" for line in self.legend)
