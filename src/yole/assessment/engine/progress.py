"""Before and after: the mean difference of a group, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, pi, sin, sqrt

import numpy as np

FEWEST = 5
COVERAGE = 0.95


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """Mean of (after − before) over `pairs` persons, with the ends of its 95 % interval (Student). `clear`: the interval leaves 0 out."""

    pairs: int
    mean: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        return self.low > 0 or self.high < 0


def group_progress(pairs: Sequence[tuple[float, float]]) -> GroupProgress | None:
    """From (theta before, theta after) of each person; None under 5 persons: fewer would tell about each of them.

    The spread of the differences holds the errors of measure, so they are not added again.
    """
    if len(pairs) < FEWEST:
        return None
    differences = np.array([after - before for before, after in pairs], dtype=np.float64)
    mean = float(differences.mean())
    error = float(differences.std(ddof=1)) / float(np.sqrt(len(pairs)))
    margin = student_quantile(len(pairs) - 1, COVERAGE) * error
    return GroupProgress(len(pairs), mean, mean - margin, mean + margin)


def _within(t: float, df: int) -> float:
    """P(|T| <= t) for Student's T, a whole number of degrees of freedom: finite sums (Abramowitz & Stegun, 26.7.3-4)."""
    angle = atan2(t, sqrt(df))
    square = cos(angle) ** 2
    if df % 2 == 0:
        term = total = 1.0
        for k in range(2, df, 2):
            term *= square * (k - 1) / k
            total += term
        return sin(angle) * total
    total = 0.0
    term = cos(angle)
    for k in range(1, df - 1, 2):
        total += term
        term *= square * (k + 1) / (k + 2)
    return 2.0 / pi * (angle + sin(angle) * total)


def student_quantile(df: int, coverage: float) -> float:
    """t such that P(|T| <= t) = coverage, by bisection to 1e-10."""
    low, high = 0.0, 1.0
    while _within(high, df) < coverage:
        high *= 2.0
    while high - low > 1e-10 * max(1.0, high):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _within(middle, df) < coverage else (low, middle)
    return 0.5 * (low + high)
