"""The status of a commitment at a date, computed from its dates and readings alone. Exact arithmetic: a limit is a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal

PACE = Fraction(3, 4)  # progress under this share of the elapsed time is a difficulty
QUIET = Fraction(1, 10)  # under this share of the elapsed time nobody is judged on pace
STALE = Fraction(3, 2)  # periods without a reading

Number = int | Decimal | Fraction


class Status(StrEnum):
    """In the order in which they are looked for."""

    ABANDONED = "abandonné"
    KEPT = "tenu"
    LATE = "en retard"
    UNMEASURED = "sans mesure"
    STRUGGLING = "en difficulté"
    ON_TIME = "à l’heure"


@dataclass(frozen=True, slots=True)
class Point:
    """A reading: its day, its value, and the ends of its interval when it has one (same unit)."""

    day: date
    value: Number
    low: Number | None = None
    high: Number | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError("value outside its interval")


@dataclass(frozen=True, slots=True)
class Aim:
    """What an indicator has to reach: from `baseline` at `starts` to `target` at `ends`, measured every `period_days`.

    `rising`: more is better; it only matters when the target is the baseline (« garder »). Raises ValueError when dates or the direction
    contradict the values.
    """

    baseline: Number
    starts: date
    target: Number
    ends: date
    period_days: int
    rising: bool
    points: Sequence[Point] = ()

    def __post_init__(self) -> None:
        if self.ends <= self.starts:
            raise ValueError("the target comes before the baseline")
        if self.period_days < 1:
            raise ValueError("a period is at least a day")
        if self.target != self.baseline and (self.target > self.baseline) != self.rising:
            raise ValueError("the direction is not that of the target")

    @property
    def keeps(self) -> bool:
        """The target is the baseline: what is asked is never to be worse."""
        return self.target == self.baseline


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone: its date, and the day it was delivered."""

    due: date
    delivered: date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment as the computation sees it. `abandoned`: the day it was given up, with a reason recorded elsewhere."""

    due: date
    aims: Sequence[Aim]
    steps: Sequence[Step] = ()
    abandoned: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Where one indicator is: share of the way done and of the time elapsed, None when it cannot be said; `limit` is the value under
    (or over, when it falls) which the pace is too slow; `reached` whether the target is."""

    progress: Fraction | None
    elapsed: Fraction
    limit: Fraction | None
    reached: bool
    latest: Point | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status, whether the margins of the readings would allow another one (« dans la marge »), and each indicator's course."""

    status: Status
    in_margin: bool
    courses: tuple[Course, ...]


End = Literal["value", "best", "worst"]


def _at(point: Point, aim: Aim, end: End) -> Fraction:
    """The value of a reading, or the end of its interval that is the most or the least favourable."""
    if end == "value" or point.low is None or point.high is None:
        return Fraction(point.value)
    return Fraction(point.high if aim.rising == (end == "best") else point.low)


def elapsed(aim: Aim, day: date) -> Fraction:
    """Share of the time between baseline and target that has passed, from 0 to 1."""
    share = Fraction((day - aim.starts).days, (aim.ends - aim.starts).days)
    return min(max(share, Fraction(0)), Fraction(1))


def progress(aim: Aim, value: Number) -> Fraction | None:
    """(value − baseline) / (target − baseline); None when the target is to keep the baseline."""
    if aim.keeps:
        return None
    return Fraction(Fraction(value) - Fraction(aim.baseline)) / Fraction(Fraction(aim.target) - Fraction(aim.baseline))


def _worse(aim: Aim, value: Fraction) -> bool:
    return value < aim.baseline if aim.rising else value > aim.baseline


def course(aim: Aim, day: date, end: End = "value") -> Course:
    """Where an indicator is on a day; readings of later days are not known yet."""
    known = sorted((p for p in aim.points if p.day <= day), key=lambda p: p.day)
    latest = known[-1] if known else None
    since = latest.day if latest is not None else aim.starts
    wait = STALE * aim.period_days if latest is not None else Fraction(aim.period_days)
    stale = (day - since).days > wait
    gone = elapsed(aim, day)
    if latest is None:
        return Course(None, gone, None, False, None, stale)
    value = _at(latest, aim, end)
    if aim.keeps:
        never_worse = not any(_worse(aim, _at(p, aim, end)) for p in known)
        return Course(None, gone, Fraction(aim.baseline), never_worse and day >= aim.ends, latest, stale)
    limit = Fraction(aim.baseline) + PACE * gone * Fraction(Fraction(aim.target) - Fraction(aim.baseline))
    reached = value >= aim.target if aim.rising else value <= aim.target
    return Course(progress(aim, value), gone, limit, reached, latest, stale)


def _slow(aim: Aim, found: Course, day: date, end: End) -> bool:
    if found.latest is None or found.elapsed < QUIET:
        return False
    if aim.keeps:
        return any(_worse(aim, _at(p, aim, end)) for p in aim.points if p.day <= day)
    return found.progress is not None and found.progress < PACE * found.elapsed


def _status(promise: Promise, day: date, end: End) -> tuple[Status, tuple[Course, ...]]:
    courses = tuple(course(aim, day, end) for aim in promise.aims)
    if promise.abandoned is not None and promise.abandoned <= day:
        return Status.ABANDONED, courses
    delivered = all(step.delivered is not None and step.delivered <= day for step in promise.steps)
    if courses and all(found.reached for found in courses) and delivered:
        return Status.KEPT, courses
    missed = any(step.due < day and (step.delivered is None or step.delivered > day) for step in promise.steps)
    if day > promise.due or missed:
        return Status.LATE, courses
    if not courses or any(found.stale for found in courses):
        return Status.UNMEASURED, courses
    if any(_slow(aim, found, day, end) for aim, found in zip(promise.aims, courses, strict=True)):
        return Status.STRUGGLING, courses
    return Status.ON_TIME, courses


def judge(promise: Promise, day: date) -> Verdict:
    """The status at a day. A commitment without indicator is never kept: nothing measures it.

    « Dans la marge »: with every reading at the favourable end of its interval, or at the other, the status would be another one.
    """
    status, courses = _status(promise, day, "value")
    others = {_status(promise, day, end)[0] for end in ("best", "worst")}
    return Verdict(status, others != {status}, courses)
