"""The demand of a timetable from JSON. Every field that is wrong is named by its path: `cohorts[2].size`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from yole.advisers.engine.timetable import Adviser, Answer, Cohort, Meeting, Room, Slot, Timetable
from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class _Reader:
    """Values of one file by path. Raises InputError naming file, path, value found and value expected."""

    def __init__(self, name: str) -> None:
        self._name = name

    def wrong(self, path: str, found: object, expected: str) -> InputError:
        return InputError("valeur impossible", file=self._name, column=path, found=found, expected=expected)

    def items(self, whole: dict[str, Any], key: str, *, needed: bool = False) -> list[tuple[str, dict[str, Any]]]:
        found = whole.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found) or (needed and not found):
            raise self.wrong(key, found, "une liste d'objets" + (", au moins un" if needed else ""))
        return [(f"{key}[{i}]", item) for i, item in enumerate(found)]

    def text(self, path: str, item: dict[str, Any], key: str, default: str | None = None) -> str:
        found = item.get(key, default)
        if not isinstance(found, str) or (not found and default is None):
            raise self.wrong(f"{path}.{key}", found, "un texte")
        return found

    def number(self, path: str, item: dict[str, Any], key: str, low: float, default: float | None = None, *, whole: bool = False) -> Any:
        found = item.get(key, default)
        kinds = int if whole else (int, float)
        if isinstance(found, bool) or not isinstance(found, kinds) or not low <= found < 1e6:
            raise self.wrong(f"{path}.{key}", found, f"un nombre{' entier' * whole}, {low:g} ou plus")
        return found

    def names(self, path: str, item: dict[str, Any], key: str, known: set[str] | None = None, *, needed: bool = False) -> list[str]:
        found = item.get(key, [])
        if not isinstance(found, list) or not all(isinstance(name, str) for name in found) or (needed and not found):
            raise self.wrong(f"{path}.{key}", found, "une liste de textes" + (", au moins un" if needed else ""))
        for name in found:
            if known is not None and name not in known:
                raise self.wrong(f"{path}.{key}", name, "un identifiant de « slots »")
        return found

    def slots(self, path: str, item: dict[str, Any], key: str, known: set[str]) -> frozenset[str] | None:
        return None if item.get(key) is None else frozenset(self.names(path, item, key, known))

    def clock(self, path: str, item: dict[str, Any], key: str) -> int:
        found = _CLOCK.fullmatch(self.text(path, item, key))
        if not found:
            raise self.wrong(f"{path}.{key}", item[key], "une heure HH:MM")
        return int(found[1]) * 60 + int(found[2])

    def known(self, path: str, item: dict[str, Any], key: str, ids: set[str]) -> str:
        found = self.text(path, item, key)
        if found not in ids:
            raise self.wrong(f"{path}.{key}", found, "un identifiant connu du fichier")
        return found


def read_timetable(path: Path) -> Timetable:
    """Reads `slots`, `rooms`, `advisers`, `cohorts`, and if any `travel`, `locked`, `previous`. Raises InputError."""
    try:
        whole = json.loads(read_bytes(path, limit=50 * 1024 * 1024))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"JSON illisible ({error})", file=str(path)) from None
    if not isinstance(whole, dict):
        raise InputError("ce n'est pas un objet", file=str(path), expected="un objet JSON : slots, rooms, advisers, cohorts")
    read = _Reader(str(path))
    slots = [_slot(read, *entry) for entry in read.items(whole, "slots", needed=True)]
    known = _distinct(read, "slots", slots)
    rooms = [
        Room(
            read.text(at, r, "id"),
            read.number(at, r, "capacity", 1, whole=True),
            read.text(at, r, "site", ""),
            read.slots(at, r, "open", known),
        )
        for at, r in read.items(whole, "rooms", needed=True)
    ]
    advisers = [
        Adviser(
            read.text(at, a, "id"),
            frozenset(read.names(at, a, "skills")),
            read.slots(at, a, "available", known),
            read.number(at, a, "max_hours", 0, 35),
        )
        for at, a in read.items(whole, "advisers", needed=True)
    ]
    cohorts = [
        Cohort(
            read.text(at, c, "id"),
            read.number(at, c, "size", 1, whole=True),
            read.names(at, c, "themes", needed=True),
            read.number(at, c, "per_week", 1, 3, whole=True),
            read.slots(at, c, "available", known),
            _days(read, at, c),
        )
        for at, c in read.items(whole, "cohorts", needed=True)
    ]
    ids = [_distinct(read, key, things) for key, things in (("rooms", rooms), ("advisers", advisers), ("cohorts", cohorts))]
    sessions = {cohort.id: len(cohort.themes) for cohort in cohorts}

    def meeting(at: str, m: dict[str, Any]) -> Meeting:
        cohort = read.known(at, m, "cohort", ids[2])
        number = read.number(at, m, "session", 1, whole=True)
        if number > sessions[cohort]:
            raise read.wrong(f"{at}.session", number, f"de 1 à {sessions[cohort]}")
        return Meeting(
            cohort, number, read.known(at, m, "slot", known), read.known(at, m, "room", ids[0]), read.known(at, m, "adviser", ids[1])
        )

    return Timetable(
        slots,
        rooms,
        advisers,
        cohorts,
        _travel(read, whole, {room.site for room in rooms}),
        [meeting(*entry) for entry in read.items(whole, "locked")],
        [meeting(*entry) for entry in read.items(whole, "previous")],
    )


def _slot(read: _Reader, at: str, item: dict[str, Any]) -> Slot:
    try:
        day = date.fromisoformat(read.text(at, item, "date"))
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise read.wrong(f"{at}.date", item["date"], "une date AAAA-MM-JJ qui existe") from None
    slot = Slot(read.text(at, item, "id"), day, read.clock(at, item, "start"), read.clock(at, item, "end"))
    if slot.ends <= slot.starts:
        raise read.wrong(f"{at}.end", item["end"], "une heure après « start »")
    return slot


def _distinct(read: _Reader, key: str, things: list[Any]) -> set[str]:
    seen: set[str] = set()
    for i, thing in enumerate(things):
        if thing.id in seen:
            raise read.wrong(f"{key}[{i}].id", thing.id, "un identifiant par objet")
        seen.add(thing.id)
    return seen


def _days(read: _Reader, at: str, item: dict[str, Any]) -> frozenset[int]:
    found = item.get("days", [])
    if not isinstance(found, list) or any(day not in range(1, 8) or isinstance(day, bool) for day in found):
        raise read.wrong(f"{at}.days", found, "des jours de 1 (lundi) à 7")
    return frozenset(found)


def _travel(read: _Reader, whole: dict[str, Any], sites: set[str]) -> dict[tuple[str, str], int]:
    travel: dict[tuple[str, str], int] = {}
    for at, item in read.items(whole, "travel"):
        here, there = read.known(at, item, "from", sites), read.known(at, item, "to", sites)
        minutes = read.number(at, item, "minutes", 0, whole=True)
        travel[here, there] = minutes
        travel.setdefault((there, here), minutes)
    return travel


def as_json(asked: Timetable, answer: Answer, causes: Callable[[], list[str]]) -> dict[str, Any]:
    """The answer, without `seconds`; causes are sought only when there is no timetable."""
    slots = {slot.id: slot for slot in asked.slots}
    themes = {cohort.id: cohort.themes for cohort in asked.cohorts}
    return {
        "status": answer.status,
        "sessions": [
            {
                "cohort": m.cohort,
                "session": m.number,
                "theme": themes[m.cohort][m.number - 1],
                "slot": m.slot,
                "date": slots[m.slot].day.isoformat(),
                "start": f"{slots[m.slot].starts // 60:02d}:{slots[m.slot].starts % 60:02d}",
                "end": f"{slots[m.slot].ends // 60:02d}:{slots[m.slot].ends % 60:02d}",
                "room": m.room,
                "adviser": m.adviser,
            }
            for m in answer.meetings
        ],
        "penalty": answer.penalty,
        "bound": answer.bound,
        "moved": answer.moved,
        "causes": causes() if answer.status == "infeasible" else [],
    }
