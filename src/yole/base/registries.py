"""What a low room needs from higher ones, filled in each room's `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the personal data of a table is kept, from what event, and what happens then.

    `purge` does it and returns the number of rows touched; it must do nothing on a second run. `label` is what the public page
    calls these data, instead of the name of the table.
    """

    table: str
    basis: str
    start: str
    duration: timedelta
    action: str
    purge: Callable[[], int]
    label: str = ""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One line of `yole check`: returns (right, words)."""

    name: str
    run: Callable[[], tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A link of the main navigation. `act` is None for the public menu, else the act that shows it in the desk menu."""

    label: str
    url_name: str
    order: int
    act: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A data set that pages show or compute with, as the page of sources lists it. `day` is the date of the data in words,
    `use` what it serves for; `url` is where anyone finds it."""

    name: str
    publisher: str
    day: str
    licence: str
    use: str
    url: str = ""


PlaceSection = Callable[[HttpRequest, int], str]

SOURCES: dict[str, Source] = {}
PLACE_SECTIONS: list[PlaceSection] = []
RETENTION: dict[str, Retention] = {}
HEALTH: list[HealthCheck] = []
NAVIGATION: list[NavigationEntry] = []
_DEMONSTRATIONS: list[tuple[int, str, Callable[[Note], None]]] = []


def declare_retention(rule: Retention) -> None:
    RETENTION[rule.table] = rule


def declare_place_section(section: PlaceSection) -> None:
    """A part of the page of a place that a higher room fills: given the request and the place's key, safe HTML, empty for nothing."""
    if section not in PLACE_SECTIONS:
        PLACE_SECTIONS.append(section)


def declare_source(source: Source) -> None:
    SOURCES[source.name] = source


def declare_demonstration(order: int, name: str, load: Callable[[Note], None]) -> None:
    """Part of the demonstration territory; `load` must change nothing when its data is already there."""
    if name not in {entry[1] for entry in _DEMONSTRATIONS}:
        _DEMONSTRATIONS.append((order, name, load))


def load_demonstration(note: Note) -> None:
    """Loads every part once, in order."""
    for _, _, load in sorted(_DEMONSTRATIONS, key=lambda entry: entry[:2]):
        load(note)
