"""Reference frameworks of digital skills: areas, competences, levels, and how one framework answers to another.

Tables are small files of this folder, one per framework and version; nothing here knows a database or a screen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent

CRCN = ("CRCN", "2019")
FRAMEWORKS = (CRCN, ("DigComp", "2.2"), ("DigComp", "3.0"))


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a framework, numbered from 1. `name` or `meaning` is empty where no sure source gives it."""

    level: int
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Competence:
    code: str
    name: str
    area: str


@dataclass(frozen=True, slots=True)
class Area:
    """An area and its competences, in the framework's order; no competence where their names are not known."""

    code: str
    name: str
    competences: tuple[Competence, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """One version of a framework, with its origin. `lang` is the language of the names."""

    framework: str
    version: str
    title: str
    lang: str
    source: str
    date: str
    seen_on: str
    licence: str
    notes: tuple[str, ...]
    levels: tuple[Level, ...]
    areas: tuple[Area, ...]

    @property
    def competences(self) -> tuple[Competence, ...]:
        return tuple(competence for area in self.areas for competence in area.competences)

    def competence(self, code: str) -> Competence:
        """Raises KeyError when the framework has no such code."""
        for competence in self.competences:
            if competence.code == code:
                return competence
        raise KeyError(code)

    def area(self, code: str) -> Area:
        """The area of a code, given the area's own code or one of its competences'. Raises KeyError."""
        for area in self.areas:
            if code == area.code or any(code == competence.code for competence in area.competences):
                return area
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of workshops and of the passport, with the CRCN competences that it exercises."""

    id: str
    name: str
    codes: tuple[str, ...]


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return content


@cache
def load_framework(version: str = "2019", framework: str = "CRCN") -> Framework:
    """A framework by name and version: CRCN 2019, DigComp 2.2 or DigComp 3.0. Raises KeyError for any other."""
    if (framework, version) not in FRAMEWORKS:
        raise KeyError((framework, version))
    content = _read(f"{framework.lower()}-{version}.json")
    areas = tuple(
        Area(
            area["code"],
            area["name"],
            tuple(Competence(entry["code"], entry["name"], area["code"]) for entry in area["competences"]),
        )
        for area in content["areas"]
    )
    levels = tuple(Level(entry["level"], entry["name"], entry["meaning"]) for entry in content["levels"])
    origin = {key: content[key] for key in ("framework", "version", "title", "lang", "source", "date", "seen_on", "licence")}
    return Framework(**origin, notes=tuple(content["notes"]), levels=levels, areas=areas)


@cache
def load_topics() -> tuple[Topic, ...]:
    """The topics of workshops and of the passport, in the order in which screens list them."""
    return tuple(Topic(entry["id"], entry["name"], tuple(entry["codes"])) for entry in _read("topics.json")["topics"])


def crosswalk(code: str, *, to: tuple[str, str], source: tuple[str, str] = CRCN) -> Area | None:
    """The area of framework `to` (name, version) that answers to a code (area or competence) of `source`; None when no table links them.

    Tables link areas only. Raises KeyError when `source` has no such code.
    """
    area = load_framework(source[1], source[0]).area(code)
    for link in _read("crosswalk.json")["links"]:
        if (link["from"]["framework"], link["from"]["version"]) == source and (link["to"]["framework"], link["to"]["version"]) == to:
            return load_framework(to[1], to[0]).area(link["codes"][area.code])
    return None
