"""The allow-list of benefits, their offices, papers and official sheets, as data. Never imports the rules."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yole.base.environment import env_text
from yole.base.paths import data_dir
from yole.kernel.tables import read_table

DATA = Path(__file__).parent / "data"
# Shown with every result: the tool recommends a check, it never decides.
DISCLAIMER = (
    "Estimation à vérifier avec l'organisme indiqué : elle ne vaut ni accord ni refus. Les montants supposent une situation stable "
    "et n'ont pas été comparés à des décisions réelles."
)


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a benefit that a regular revaluation changes: `expected` are the month-days ("04-01") of its calendar."""

    paths: tuple[str, ...]
    expected: tuple[str, ...]
    units: frozenset[str] = frozenset({"currency"})
    guard: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """An official sheet: its number, its address, the day of the text that we hold, the day when somebody verified it, if any."""

    number: str
    url: str
    held_on: str
    verified_on: str

    @property
    def dated(self) -> str:
        return self.verified_on or self.held_on


@dataclass(frozen=True, slots=True)
class Benefit:
    """`period` is month or year; `weight` the expected EUR/year times the share who do not claim, which ranks questions."""

    id: str
    label: str
    long: str
    period: str
    trust: str
    office: str
    place: str
    bring: tuple[str, ...]
    online: str
    weight: float
    non_take_up: float
    non_take_up_source: str
    components: tuple[Component, ...]
    sheets: tuple[Sheet, ...]
    assumption: str = ""
    whole: bool = False
    cover: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A benefit without a verdict: only its sheet is shown, when it has one."""

    id: str
    label: str
    sheets: tuple[Sheet, ...]


def folder() -> Path:
    """Where a territory keeps its own aids, priors and overrides: `rights/` of the data directory."""
    return data_dir() / "rights"


def sheets_host() -> str:
    """The address of the official sheets, in one setting since the domain may change."""
    return env_text("YOLE_SHEETS_URL", "https://www.service-public.fr/particuliers/vosdroits").rstrip("/")


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads((DATA / "catalog.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def _sheets(host: str) -> dict[str, tuple[Sheet, ...]]:
    found: dict[str, tuple[Sheet, ...]] = {}
    for row in read_table(DATA / "sheets.csv").records():
        sheet = Sheet(row["sheet"], f"{host}/{row['sheet']}", row["held_on"], row["verified_on"])
        found[row["benefit"]] = (*found.get(row["benefit"], ()), sheet)
    return found


@lru_cache(maxsize=4)
def _benefits(host: str) -> dict[str, Benefit]:
    sheets = _sheets(host)
    return {entry["id"]: _benefit(entry, sheets.get(entry["id"], ())) for entry in _table()["benefit"]}


def _benefit(entry: dict[str, Any], sheets: tuple[Sheet, ...]) -> Benefit:
    components = tuple(
        Component(
            paths=tuple(part["paths"]),
            expected=tuple(part["expected"]),
            units=frozenset(part.get("units", ["currency"])),
            guard=part.get("guard", False),
        )
        for part in entry["components"]
    )
    return Benefit(
        id=entry["id"],
        label=entry["label"],
        long=entry["long"],
        period=entry["period"],
        trust=entry["trust"],
        office=entry["office"],
        place=entry["place"],
        bring=tuple(entry["bring"]),
        online=entry["online"],
        weight=entry["yearly"] * entry["non_take_up"],
        non_take_up=entry["non_take_up"],
        non_take_up_source=entry.get("non_take_up_source", "hypothèse"),
        components=components,
        sheets=sheets,
        assumption=entry.get("assumption", ""),
        whole=entry.get("whole", False),
        cover=entry.get("cover", False),
    )


def benefits() -> dict[str, Benefit]:
    """The benefits with a verdict, in the order in which they are shown."""
    return _benefits(sheets_host())


def allow_list() -> tuple[str, ...]:
    return tuple(benefits())


def links() -> list[Link]:
    """The benefits without a verdict."""
    sheets = _sheets(sheets_host())
    return [Link(entry["id"], entry["label"], sheets.get(entry["id"], ())) for entry in _table()["link"]]
