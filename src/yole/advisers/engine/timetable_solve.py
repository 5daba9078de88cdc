"""The model of a timetable. Binary variables: cohort × session × slot; cohort × slot × room; cohort × slot × adviser.

Penalties, each far above the next: a day that the cohort did not prefer, a session moved from the earlier plan, a room or adviser
changed from it, a further adviser for a cohort, a further site for an adviser, wasted seats, then lateness. Forty cohorts are built one
after the other, then improved a few at a time; the bound is then that of each cohort alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from yole.advisers.engine import timetable_program as program
from yole.advisers.engine.timetable import FAMILIES, Answer, Meeting, Slot, Timetable, moved_from, shortages
from yole.advisers.engine.timetable_program import Programme

OTHER_DAY, MOVED, CHANGED, ADVISER, SITE, SEAT, LATE = 100.0, 60.0, 20.0, 10.0, 3.0, 0.02, 0.001
WHOLE = 6_000  # columns above which a first timetable is improved part by part
SECONDS_ALONE = 2.0
OF_COHORT = {"x", "room", "adviser", "with"}  # columns whose key goes on with a cohort


@dataclass(slots=True)
class _Model:
    """Columns by key, rows of coefficients with bounds."""

    columns: dict[tuple[Any, ...], int] = field(default_factory=dict)
    cost: list[float] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def column(self, key: tuple[Any, ...], cost: float = 0.0) -> int:
        self.cost.append(cost)
        return self.columns.setdefault(key, len(self.columns))

    def row(self, terms: dict[int, float], low: float, high: float) -> None:
        if terms or low > 0:
            self.rows.append((terms, low, high))

    def programme(self) -> Programme | None:
        """None when a row without any column cannot hold."""
        if any(not terms and low > 0 for terms, low, _ in self.rows):
            return None
        data = [value for terms, _, _ in self.rows for value in terms.values()]
        indices = [column for terms, _, _ in self.rows for column in terms]
        starts = np.concatenate([[0], np.cumsum([len(terms) for terms, _, _ in self.rows])])
        matrix = csr_array((np.array(data, dtype=float), indices, starts), shape=(len(self.rows), len(self.cost)))
        return Programme(
            np.array(self.cost),
            matrix,
            np.array([low for _, low, _ in self.rows], float),
            np.array([high for _, _, high in self.rows], float),
        )


def solve(asked: Timetable, *, seconds_left: Callable[[], float]) -> Answer:
    """The best timetable found in the time, whether it is proven best, or that there is none."""
    model = _model(asked, frozenset())
    programme = model.programme()
    if programme is None:
        return Answer("infeasible", [], None, None, 0)
    values, bound = None, -np.inf
    number = {cohort.id: i for i, cohort in enumerate(asked.cohorts)}
    owner = np.array([number[key[1]] if key[0] in OF_COHORT else -1 for key in model.columns], dtype=np.int64)
    large = len(owner) > WHOLE
    if large:
        values = program.inserted(programme, owner, seconds_left)
    if values is None:
        done = program.solve(programme, seconds_left(), first=large)
        if done.infeasible:
            return Answer("infeasible", [], None, None, 0)
        if done.values is None:
            return Answer("unknown", [], None, None, 0)
        values, bound = done.values, done.bound
    if large:
        bound = max(bound, _apart(asked, seconds_left))
        values = program.improved(programme, values, owner, bound, seconds_left)
    penalty = float(programme.cost @ values)
    meetings = _meetings(asked, {key for key, column in model.columns.items() if values[column] > 0.5})
    status = "optimal" if penalty <= bound + program.PROVEN * max(1.0, penalty) else "feasible"
    told = None if bound == -np.inf else round(min(bound, penalty), 6)
    return Answer(status, meetings, round(penalty, 6), told, moved_from(asked.previous, meetings))


def _meetings(asked: Timetable, chosen: set[tuple[Any, ...]]) -> list[Meeting]:
    room = {key[1:3]: key[3] for key in chosen if key[0] == "room"}
    adviser = {key[1:3]: key[3] for key in chosen if key[0] == "adviser"}
    day = {slot.id: (slot.day, slot.starts) for slot in asked.slots}
    sessions = [key[1:] for key in chosen if key[0] == "x"]
    meetings = [Meeting(cohort, number, slot, room[cohort, slot], adviser[cohort, slot]) for cohort, number, slot in sessions]
    return sorted(meetings, key=lambda m: (day[m.slot], m.cohort))


def _apart(asked: Timetable, seconds_left: Callable[[], float]) -> float:
    """A bound: each cohort as if it were alone, an adviser's further sites left aside. A cohort that the time does not reach counts 0."""
    total = 0.0
    for cohort in asked.cohorts:
        if seconds_left() <= 0:
            break
        locked, previous = ([m for m in meetings if m.cohort == cohort.id] for meetings in (asked.locked, asked.previous))
        model = _model(replace(asked, cohorts=[cohort], locked=locked, previous=previous), frozenset())
        programme = model.programme()
        if programme is not None:
            sites = [column for key, column in model.columns.items() if key[0] == "site"]
            programme.cost[sites] = 0.0
            total += max(0.0, program.solve(programme, min(seconds_left(), SECONDS_ALONE)).bound)
    return total


def causes(asked: Timetable, *, seconds_left: Callable[[], float]) -> list[str]:
    """What makes it impossible: shortages seen by counting, then each family of rules without which a timetable exists."""
    told = shortages(asked)
    for family, words in FAMILIES.items():
        if seconds_left() <= 0:
            told.append("Le temps de calcul n’a pas suffi pour essayer de lever chaque règle.")
            break
        programme = _model(asked, frozenset({family})).programme()
        if programme is not None and program.solve(programme, seconds_left(), first=True).values is not None:
            told.append(f"Un emploi du temps existe si l’on lève une règle : {words}.")
    return told or ["Aucune règle levée seule ne suffit : plusieurs manquent à la fois."]


def _may(allowed: frozenset[str] | None, slot: Slot, lifted: bool) -> bool:
    return lifted or allowed is None or slot.id in allowed


def _model(asked: Timetable, lifted: Collection[str]) -> _Model:
    model = _Model()
    slots = sorted(asked.slots, key=lambda slot: (slot.day, slot.starts, slot.id))
    kept = {(m.cohort, m.number): m for m in asked.previous}
    held = {(m.cohort, m.slot): m for m in asked.previous}
    for cohort in asked.cohorts:
        for order, slot in enumerate(slots):
            if not _may(cohort.slots, slot, "cohort-availability" in lifted):
                continue
            was = held.get((cohort.id, slot.id))
            other_day = OTHER_DAY if cohort.days and slot.day.isoweekday() not in cohort.days else 0.0
            for number in range(1, len(cohort.themes) + 1):
                before = kept.get((cohort.id, number))
                cost = other_day + LATE * order + (MOVED if before and before.slot != slot.id else 0.0)
                model.column(("x", cohort.id, number, slot.id), cost)
            for room in asked.rooms:
                fits = room.capacity >= cohort.size or "room-capacity" in lifted
                if fits and _may(room.slots, slot, "room-opening" in lifted):
                    changed = CHANGED if was and was.room != room.id else 0.0
                    model.column(("room", cohort.id, slot.id, room.id), changed + SEAT * max(0, room.capacity - cohort.size))
            for adviser in asked.advisers:
                if _may(adviser.slots, slot, "adviser-availability" in lifted):
                    model.column(("adviser", cohort.id, slot.id, adviser.id), CHANGED if was and was.adviser != adviser.id else 0.0)
        _order(model, asked, cohort.id, slots, lifted)
    _resources(model, asked, slots, lifted)
    if "locked" not in lifted:
        for m in asked.locked:
            for key in (("x", m.cohort, m.number, m.slot), ("room", m.cohort, m.slot, m.room), ("adviser", m.cohort, m.slot, m.adviser)):
                at = model.columns.get(key)
                model.row({} if at is None else {at: 1.0}, 1, 1)
    return model


def _order(model: _Model, asked: Timetable, name: str, slots: list[Slot], lifted: Collection[str]) -> None:
    """Each session once, on a later day than the one before; the week's number; a room and a skilled adviser whenever it meets."""
    cohort = next(c for c in asked.cohorts if c.id == name)
    columns = model.columns
    x = [
        {slot.id: columns[key] for slot in slots if (key := ("x", name, number, slot.id)) in columns}
        for number in range(1, len(cohort.themes) + 1)
    ]
    for session in x:
        model.row(dict.fromkeys(session.values(), 1.0), 1, 1)
    days = sorted({slot.day for slot in slots})
    for earlier, later in pairwise(x):
        for day in days:
            terms = {later[slot.id]: 1.0 for slot in slots if slot.day <= day and slot.id in later}
            terms |= {earlier[slot.id]: -1.0 for slot in slots if slot.day < day and slot.id in earlier}
            model.row(terms, -np.inf, 0)
    if "per-week" not in lifted:
        for week in sorted({slot.week for slot in slots}):
            inside = {session[slot.id]: 1.0 for session in x for slot in slots if slot.week == week and slot.id in session}
            model.row(inside, -np.inf, cohort.per_week)
    for slot in slots:
        meets = {session[slot.id]: -1.0 for session in x if slot.id in session}
        if not meets:
            continue
        rooms = {columns[k]: 1.0 for room in asked.rooms if (k := ("room", name, slot.id, room.id)) in columns}
        model.row(rooms | meets, 0, 0)
        free = {a.id: columns[k] for a in asked.advisers if (k := ("adviser", name, slot.id, a.id)) in columns}
        model.row(dict.fromkeys(free.values(), 1.0) | meets, 0, 0)
        if "skills" not in lifted:
            for session, theme in zip(x, cohort.themes, strict=True):
                able = {free[a.id]: 1.0 for a in asked.advisers if a.id in free and theme in a.skills}
                if slot.id in session:
                    model.row(able | {session[slot.id]: -1.0}, 0, np.inf)
    for adviser in asked.advisers:
        own = [columns[k] for slot in slots if (k := ("adviser", name, slot.id, adviser.id)) in columns]
        if own:
            seen = model.column(("with", name, adviser.id), ADVISER)
            for column in own:
                model.row({column: 1.0, seen: -1.0}, -np.inf, 0)


def _resources(model: _Model, asked: Timetable, slots: list[Slot], lifted: Collection[str]) -> None:
    """Nobody and nothing in two places, hours of the week, and the way between two sites."""
    columns = model.columns
    # Slots in progress when one begins: every set of slots that overlap is in one of these.
    moments = {frozenset(other.id for other in slots if other.day == s.day and other.starts <= s.starts < other.ends) for s in slots}
    for kind, family, things in (
        ("room", "room-once", [room.id for room in asked.rooms]),
        ("adviser", "adviser-once", [adviser.id for adviser in asked.advisers]),
    ):
        if family not in lifted:
            for moment in sorted(moments, key=sorted):
                for thing in things:
                    keys = [(kind, cohort.id, slot, thing) for cohort in asked.cohorts for slot in sorted(moment)]
                    model.row({columns[key]: 1.0 for key in keys if key in columns}, -np.inf, 1)
    sites = sorted({room.site for room in asked.rooms})
    for adviser in asked.advisers:
        if "adviser-hours" not in lifted:
            for week in sorted({slot.week for slot in slots}):
                hours = {
                    columns[key]: (slot.ends - slot.starts) / 60
                    for slot in slots
                    if slot.week == week
                    for cohort in asked.cohorts
                    if (key := ("adviser", cohort.id, slot.id, adviser.id)) in columns
                }
                model.row(hours, -np.inf, adviser.max_hours)
        if len(sites) > 1:
            _sites(model, asked, adviser.id, slots, sites, lifted)


def _sites(model: _Model, asked: Timetable, adviser: str, slots: list[Slot], sites: list[str], lifted: Collection[str]) -> None:
    columns = model.columns
    for site in sites:
        everywhere = model.column(("site", adviser, site), SITE)
        for slot in slots:
            here = model.column(("at", adviser, slot.id, site))
            model.row({here: 1.0, everywhere: -1.0}, -np.inf, 0)
            for cohort in asked.cohorts:
                runs = columns.get(("adviser", cohort.id, slot.id, adviser))
                rooms = [
                    columns[k] for room in asked.rooms if room.site == site and (k := ("room", cohort.id, slot.id, room.id)) in columns
                ]
                if runs is not None and rooms:
                    model.row({runs: 1.0, here: -1.0} | dict.fromkeys(rooms, 1.0), -np.inf, 1)
    if "travel" in lifted:
        return
    for first in slots:
        for second in slots:
            for a in sites:
                for b in sites:
                    if asked.too_close(first, second, a, b):
                        model.row({columns["at", adviser, first.id, a]: 1.0, columns["at", adviser, second.id, b]: 1.0}, -np.inf, 1)
