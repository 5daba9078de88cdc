"""Yes, no, or not yet known: a verdict per benefit from the rows of a design."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from yole.rights.engine.cohort import Bools, Floats, Outcomes

YES, NO, UNDETERMINED = "yes", "no", "undetermined"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`probability`: weighted share of positive draws (0 or 1 once decided). Amounts in EUR per period; for a verdict that is not decided
    p10, median and p90 of the positive draws; once decided with unknowns left the true ends on the rows examined."""

    verdict: str
    probability: float
    low: float
    likely: float
    high: float


def verdicts(outcomes: Outcomes, draws: int, whole: frozenset[str] = frozenset()) -> dict[str, Verdict]:
    """One verdict per benefit. The first `draws` rows weigh in probabilities; every row counts for saying yes or no.

    `whole` names the benefits counted in whole euros.
    """
    return {name: _verdict(amounts, draws, 0 if name in whole else 2) for name, amounts in outcomes.amounts.items()}


def _verdict(amounts: Floats, draws: int, digits: int) -> Verdict:
    positive = amounts > 0
    if not positive.any():
        return Verdict(NO, 0.0, 0.0, 0.0, 0.0)
    if positive.all():
        values = amounts
        low, high = values.min(), values.max()
        return Verdict(YES, 1.0, round(float(low), digits), round(float(np.median(values[:draws])), digits), round(float(high), digits))
    drawn = positive[:draws]
    values = amounts[:draws][drawn] if drawn.any() else amounts[positive]
    low, likely, high = (round(float(value), digits) for value in np.quantile(values, [0.1, 0.5, 0.9]))
    return Verdict(UNDETERMINED, round(share(drawn), 4), low, likely, high)


def share(drawn: Bools) -> float:
    """The share of positive draws, kept off 0 and 1: a corner row says that the other outcome exists."""
    half = 0.5 / len(drawn)
    return float(min(max(drawn.mean(), half), 1 - half))


def entropy(probability: float | Floats) -> NDArray[np.float64]:
    """Binary entropy in bits."""
    p = np.clip(np.asarray(probability, dtype=float), 1e-12, 1 - 1e-12)
    bits: NDArray[np.float64] = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return bits


def uncertainty(found: dict[str, Verdict]) -> float:
    """Bits left: the sum over benefits of the entropy of their verdict."""
    return float(sum(entropy(each.probability) for each in found.values() if each.verdict == UNDETERMINED))


def width_bits(width: float, tolerance: float) -> float:
    """Bits left in amounts once every verdict is decided: 0 within the tolerance (EUR a month)."""
    return log2(width / tolerance) if width > tolerance else 0.0
