"""Timetable of workshops: cohorts over slots, rooms and advisers, as one mixed-integer model solved by HiGHS.

A cohort meets in the order of its themes, each on a later day than the one before, at most `per_week` times in an ISO week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

# Families of rules that a diagnosis lifts one at a time: code → how a person says it.
FAMILIES = {
    "skills": "les thèmes que les conseillers savent animer",
    "adviser-availability": "les disponibilités des conseillers",
    "adviser-hours": "les heures par semaine des conseillers",
    "adviser-once": "un seul atelier à la fois par conseiller",
    "travel": "le temps de trajet entre deux salles",
    "room-capacity": "la taille des salles",
    "room-opening": "les heures d’ouverture des salles",
    "room-once": "un seul atelier à la fois par salle",
    "cohort-availability": "les disponibilités des groupes",
    "per-week": "le nombre d’ateliers par semaine",
    "locked": "les séances verrouillées",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """`starts`, `ends`: minutes of the day."""

    id: str
    day: date
    starts: int
    ends: int

    @property
    def week(self) -> tuple[int, int]:
        return self.day.isocalendar()[:2]

    def overlaps(self, other: Slot) -> bool:
        return self.day == other.day and self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True)
class Room:
    """`slots`: those in which it is open, None for all. `site`: rooms of one site are next to each other."""

    id: str
    capacity: int
    site: str
    slots: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Adviser:
    """`skills`: themes. `slots`: those in which they are free, None for all. `max_hours`: of workshops in an ISO week."""

    id: str
    skills: frozenset[str]
    slots: frozenset[str] | None = None
    max_hours: float = 35.0


@dataclass(frozen=True, slots=True)
class Cohort:
    """`themes`: one per session, in order. `days`: preferred days of the week (1 is Monday), empty for no preference."""

    id: str
    size: int
    themes: Sequence[str]
    per_week: int = 3
    slots: frozenset[str] | None = None
    days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Meeting:
    """One session: `number` counts from 1 in its cohort."""

    cohort: str
    number: int
    slot: str
    room: str
    adviser: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """What is asked. `travel`: minutes between two sites, both ways told. `previous`: an earlier plan that should move little."""

    slots: Sequence[Slot]
    rooms: Sequence[Room]
    advisers: Sequence[Adviser]
    cohorts: Sequence[Cohort]
    travel: dict[tuple[str, str], int] = field(default_factory=dict)
    locked: Sequence[Meeting] = ()
    previous: Sequence[Meeting] = ()

    def too_close(self, first: Slot, second: Slot, here: str, there: str) -> bool:
        """Whether somebody at `here` in the first slot cannot be at `there` in the second, later the same day."""
        same_day = first.day == second.day and first.ends <= second.starts
        return same_day and here != there and second.starts - first.ends < self.travel.get((here, there), 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status`: "optimal", "feasible" (the limit came first), "infeasible" or "unknown". `bound`: proven, on the same penalties."""

    status: str
    meetings: list[Meeting]
    penalty: float | None
    bound: float | None
    moved: int


def shortages(asked: Timetable) -> list[str]:
    """What counting alone shows to be impossible, in sentences with numbers."""
    told = []
    by_id = {slot.id: slot for slot in asked.slots}
    need: dict[str, int] = {}
    for cohort in asked.cohorts:
        days = {by_id[s].day for s in (by_id if cohort.slots is None else cohort.slots)}
        weeks: dict[tuple[int, int], int] = {}
        for day in days:
            weeks[day.isocalendar()[:2]] = weeks.get(day.isocalendar()[:2], 0) + 1
        possible = sum(min(count, cohort.per_week) for count in weeks.values())
        if possible < len(cohort.themes):
            told.append(
                f"Le groupe {cohort.id} a {len(cohort.themes)} séances, ses jours en permettent {possible} ({cohort.per_week} par semaine)."
            )
        if all(room.capacity < cohort.size for room in asked.rooms):
            largest = max((room.capacity for room in asked.rooms), default=0)
            told.append(f"Le groupe {cohort.id} compte {cohort.size} personnes, la plus grande salle a {largest} places.")
        for theme in cohort.themes:
            need[theme] = need.get(theme, 0) + 1
    for theme, count in sorted(need.items()):
        able = [adviser for adviser in asked.advisers if theme in adviser.skills]
        have = sum(len(asked.slots) if adviser.slots is None else len(adviser.slots) for adviser in able)
        if have < count:
            told.append(f"Le thème « {theme} » demande {count} créneaux ; ses {len(able)} conseillers en ont {have}.")
    return told


def moved_from(previous: Sequence[Meeting], meetings: Sequence[Meeting]) -> int:
    """Sessions of an earlier plan that changed slot, room or adviser, or are gone."""
    now = {(m.cohort, m.number): m for m in meetings}
    return sum(now.get((m.cohort, m.number)) != m for m in previous)
