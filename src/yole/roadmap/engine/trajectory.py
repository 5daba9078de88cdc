"""Where a line of readings leads: the pace so far with its uncertainty, the pace that is needed, and whether the target is in reach.

Ordinary least squares on time; prediction interval of a new reading at the target's date (Student). The spread of the points around the
line may be nought by chance with few of them: the margins of the readings, when known, set its floor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yole.kernel.shares import Z95

FEWEST = 3
YEAR = 365.25
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Read:
    """A reading: day, value, half-width of its 95 % interval when it is known (same unit)."""

    day: date
    value: float
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The fitted line: values at the two ends of the drawing with their prediction intervals, (day, value, low, high)."""

    points: tuple[tuple[date, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Trajectory:
    """`outlook`: `reached`, `on-track`, `off-track`, `unsure` (the interval holds the target), `too-few` readings, or `over` (the date is
    past). Paces are per year, in the unit of the indicator. `expected`, `low`, `high`: at the target's date, None with too few readings.
    """

    outlook: str
    readings: int
    needed: float | None
    pace: float | None
    pace_low: float | None
    pace_high: float | None
    expected: float | None
    low: float | None
    high: float | None
    line: Line | None


def _between(t: float, degrees: int) -> float:
    """Chance that |T| ≤ t for Student's law with a whole number of degrees: its finite trigonometric sum."""
    angle = math.atan(t / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = degrees % 2
    term = cosine if odd else 1.0
    total = 0.0
    for k in range(2 + odd, degrees + 1, 2):
        total += term
        term *= cosine * cosine * (k - 1) / k
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


def student(level: float, degrees: int) -> float:
    """Two-sided quantile of Student's law: half-width in standard errors of an interval of this level."""
    low, high = 0.0, 1.0
    while _between(high, degrees) < level:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _between(middle, degrees) < level else (low, middle)
    return high


def _clip(value: float, bounds: tuple[float, float] | None) -> float:
    return value if bounds is None else min(max(value, bounds[0]), bounds[1])


def trajectory(
    readings: Sequence[Read], target: float, ends: date, *, rising: bool, today: date, bounds: tuple[float, float] | None = None
) -> Trajectory:
    """`bounds`: the least and the greatest value (0 and 100 for %). Raises ValueError for a reading that is not a finite number."""
    if any(not math.isfinite(one.value) for one in readings):
        raise ValueError("a reading is a finite number")
    known = sorted((one for one in readings if one.day <= today), key=lambda one: one.day)
    latest = known[-1] if known else None
    needed = None
    if latest is not None and ends > today:
        needed = (target - latest.value) / ((ends - latest.day).days / YEAR)
    days = {one.day for one in known}
    reached = latest is not None and (latest.value >= target if rising else latest.value <= target)
    if len(days) < FEWEST:
        outlook = "reached" if reached else "over" if ends <= today else "too-few"
        return Trajectory(outlook, len(known), needed, None, None, None, None, None, None, None)
    start = known[0].day
    xs = [(one.day - start).days / YEAR for one in known]
    ys = [one.value for one in known]
    n = len(xs)
    mean_x, mean_y = math.fsum(xs) / n, math.fsum(ys) / n
    spread_x = math.fsum((x - mean_x) ** 2 for x in xs)
    pace = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread_x
    origin = mean_y - pace * mean_x
    residual = math.fsum((y - origin - pace * x) ** 2 for x, y in zip(xs, ys, strict=True)) / (n - 2)
    margins = [(one.margin / Z95) ** 2 for one in known if one.margin is not None]
    variance = max(residual, math.fsum(margins) / len(margins) if margins else 0.0)
    width = student(LEVEL, n - 2)
    pace_error = width * math.sqrt(variance / spread_x)

    def at(day: date) -> tuple[date, float, float, float]:
        x = (day - start).days / YEAR
        middle = origin + pace * x
        half = width * math.sqrt(variance * (1 + 1 / n + (x - mean_x) ** 2 / spread_x))
        return day, _clip(middle, bounds), _clip(middle - half, bounds), _clip(middle + half, bounds)

    drawn = sorted({start, today, max(ends, today)})
    line = Line(tuple(at(day) for day in drawn))
    _day, expected, low, high = at(ends)
    if reached:
        outlook = "reached"
    elif ends <= today:
        outlook = "over"
    elif (low >= target) if rising else (high <= target):
        outlook = "on-track"
    elif (high < target) if rising else (low > target):
        outlook = "off-track"
    else:
        outlook = "unsure"
    return Trajectory(outlook, n, needed, pace, pace - pace_error, pace + pace_error, expected, low, high, line)
