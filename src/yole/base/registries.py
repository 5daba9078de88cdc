"""What a low room needs from higher ones, filled in each room's `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from yole.kernel.algorithms import Algorithm
from yole.kernel.indicators import Indicator, Value

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
class SessionAct:
    """A button that a higher room adds to the desk page of a session: `url_name` with the session's key as `parameter`."""

    label: str
    icon: str
    url_name: str
    parameter: str
    act: str


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


@dataclass(frozen=True, slots=True)
class PersonData:
    """What a room holds about a person, by the person's key. `collect` gives the rows as plain values (a JSON object each) for the access
    export; `erase` destroys or detaches them and returns the number of rows touched, nothing on a second call. Both are given each key of
    a person whose cards were merged, in turn, and run inside a transaction of the house."""

    name: str
    label: str
    collect: Callable[[UUID], list[dict[str, Any]]]
    erase: Callable[[UUID], int]


@dataclass(frozen=True, slots=True)
class RestoreHook:
    """`before` runs on the site as it is when a copy is about to replace it, `after` on the copy, before anybody sees it."""

    name: str
    before: Callable[[], None]
    after: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Takeaway:
    """Something said in public that may become a promise: a line of notes, an idea, a statement voted by a room. Names nobody.

    `source` is the declared name of what gives it, `key` its stable key there, `label` where it was said, as a person reads it
    (« NEC 2026, table ronde du 12 mars (fictif) »). `agree` of `voters` people support it, with the interval `low`–`high` in % of
    them, when it was voted; None where nobody counted, and for counts that are not published. `url` is its page on this site, empty
    for none.
    """

    source: str
    key: str
    label: str
    day: date
    text: str
    agree: int | None = None
    voters: int | None = None
    low: float | None = None
    high: float | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a takeaway: `title` of what it went into, `state` in words (« Retenue »), `promises` made of it, public `url`."""

    title: str
    state: str
    promises: int
    url: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A published number that another room may ask for: `read` is given the key of a territory, the first and the last day."""

    indicator: Indicator
    read: Callable[[int, date, date], Value]


# A program that `yole serve` runs beside the site: its command, and the environment that the site needs to reach it; None when not needed.
Companion = Callable[[], "tuple[list[str], dict[str, str]] | None"]

PlaceSection = Callable[[HttpRequest, int], str]
StructureSection = Callable[[HttpRequest, int], str]
JourneySection = Callable[[HttpRequest, UUID], str]

TakeawaySource = Callable[[int], list[Takeaway]]
TAKEAWAYS: dict[str, TakeawaySource] = {}
OutcomeReader = Callable[[str, Collection[str]], dict[str, list[Outcome]]]
_OUTCOMES: list[OutcomeReader] = []
MEASURES: dict[str, Measure] = {}
ALGORITHMS: dict[str, Algorithm] = {}
COMPANIONS: list[Companion] = []
SESSION_ACTS: list[SessionAct] = []
SOURCES: dict[str, Source] = {}
PLACE_SECTIONS: list[PlaceSection] = []
STRUCTURE_SECTIONS: list[StructureSection] = []
PERSON_DATA: dict[str, PersonData] = {}
RESTORE_HOOKS: dict[str, RestoreHook] = {}
_JOURNEY: list[tuple[int, JourneySection]] = []
RETENTION: dict[str, Retention] = {}
HEALTH: list[HealthCheck] = []
NAVIGATION: list[NavigationEntry] = []
_DEMONSTRATIONS: list[tuple[int, str, Callable[[Note], None]]] = []


def declare_companion(companion: Companion) -> None:
    """A program of a room that `yole serve` starts and stops with the site; the site goes on without it when it stops."""
    if companion not in COMPANIONS:
        COMPANIONS.append(companion)


def declare_retention(rule: Retention) -> None:
    RETENTION[rule.table] = rule


def declare_place_section(section: PlaceSection) -> None:
    """A part of the page of a place that a higher room fills: given the request and the place's key, safe HTML, empty for nothing."""
    if section not in PLACE_SECTIONS:
        PLACE_SECTIONS.append(section)


def declare_structure_section(section: StructureSection) -> None:
    """A part of the page of a structure that a higher room fills: given the request and its key, safe HTML, empty for nothing."""
    if section not in STRUCTURE_SECTIONS:
        STRUCTURE_SECTIONS.append(section)


def declare_person_data(name: str, label: str, collect: Callable[[UUID], list[dict[str, Any]]], erase: Callable[[UUID], int]) -> None:
    """What a room must give back and erase when a person asks. `name` is stable (`room.table`), `label` what the person reads."""
    PERSON_DATA[name] = PersonData(name, label, collect, erase)


def declare_journey(order: int, section: JourneySection) -> None:
    """A part of the journey on the page of a person: given the request and the person's key, safe HTML (a section), empty for nothing."""
    if section not in {entry[1] for entry in _JOURNEY}:
        _JOURNEY.append((order, section))


def journey() -> list[JourneySection]:
    """The parts of the journey, in order."""
    return [section for _, section in sorted(_JOURNEY, key=lambda entry: entry[0])]


def declare_takeaways(source: str, read: TakeawaySource) -> None:
    """What a room offers to the roadmap: given the key of a territory, its takeaways, the newest first. `source` is stable."""
    TAKEAWAYS[source] = read


def declare_outcomes(read: OutcomeReader) -> None:
    """What a room makes of takeaways: given a source and keys of its takeaways, key -> what became of it, the first first."""
    if read not in _OUTCOMES:
        _OUTCOMES.append(read)


def outcomes_of(source: str, keys: Collection[str]) -> dict[str, list[Outcome]]:
    """Key of a takeaway -> what became of it; a key that nothing came of is left out."""
    found: dict[str, list[Outcome]] = {}
    for read in _OUTCOMES if keys else ():
        for key, outcomes in read(source, keys).items():
            found.setdefault(key, []).extend(outcomes)
    return found


def declare_measure(measure: Measure) -> None:
    """A number of the house that feeds the indicators of commitments; its identifier is that of the Indicator."""
    MEASURES[measure.indicator.id] = measure


def declare_restore_hook(name: str, before: Callable[[], None], after: Callable[[], None]) -> None:
    RESTORE_HOOKS[name] = RestoreHook(name, before, after)


def declare_algorithm(algorithm: Algorithm) -> None:
    """An algorithm that helps to decide about people: the register of algorithms publishes it and keeps its versions."""
    ALGORITHMS[algorithm.id] = algorithm


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
