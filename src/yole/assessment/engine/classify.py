"""From a posterior to a level, with the probability that it is the right one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from yole.assessment.engine.model import FloatArray, Indices

DEFAULT_CUTS = (-1.0, 0.0, 1.0)


def check_cuts(cuts: Sequence[float]) -> FloatArray:
    """The cuts as an array. Raises ValueError unless they are finite, at least one, and strictly increasing."""
    values = np.asarray(cuts, dtype=np.float64)
    if values.ndim != 1 or len(values) == 0 or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
        raise ValueError("cuts must be finite and strictly increasing")
    return values


def true_levels(theta: FloatArray, cuts: Sequence[float]) -> Indices:
    """Level (from 0) of each theta; a theta on a cut belongs to the level above."""
    return np.searchsorted(check_cuts(cuts), theta, side="right")


@lru_cache(maxsize=32)
def _sine_integral(reach: int) -> tuple[FloatArray, FloatArray]:
    """Si(x) tabulated on [0, reach] by Simpson's rule."""
    x = np.linspace(0.0, float(reach), 64 * reach + 1)
    middle = 0.5 * (x[1:] + x[:-1])
    pieces = (np.sinc(x[:-1] / np.pi) + 4.0 * np.sinc(middle / np.pi) + np.sinc(x[1:] / np.pi)) * (x[1] / 6.0)
    return x, np.concatenate([[0.0], np.cumsum(pieces)])


def level_weights(grid: FloatArray, cuts: Sequence[float]) -> FloatArray:
    """Share of each node's mass that falls in each level, (nodes, levels), rows summing to 1.

    On an even grid whose step is below its sd, a posterior is band-limited: its integral between cuts is that of the sinc interpolation,
    exact where adding up whole nodes would be wrong by a share of the step.
    """
    edges = check_cuts(cuts)
    step = float(grid[1] - grid[0])
    away = np.pi * (grid[:, None] - edges) / step
    x, integral = _sine_integral(int(np.ceil(np.abs(away).max())) + 1)
    above = 0.5 + np.sign(away) * np.interp(np.abs(away), x, integral) / np.pi
    return -np.diff(np.hstack([np.ones((len(grid), 1)), above, np.zeros((len(grid), 1))]), axis=1)


def level_probabilities(post: FloatArray, weights: FloatArray) -> FloatArray:
    """P(level) from posteriors (…, nodes) and `level_weights`: (…, levels), each row summing to 1."""
    shares = np.maximum(post @ weights, 0.0)
    return np.asarray(shares / shares.sum(-1, keepdims=True))


def decide(probabilities: FloatArray, *, false_award_cost: float = 1.0) -> tuple[int, float]:
    """(level, probability that it is wrong) of one person.

    With equal losses the most probable level; otherwise the one of least expected loss, a level too high costing `false_award_cost`
    times a level too low.
    """
    if not false_award_cost > 0:
        raise ValueError("false_award_cost must be positive")
    if false_award_cost == 1.0:
        level = int(np.argmax(probabilities))
    else:
        below = np.cumsum(probabilities) - probabilities
        level = int(np.argmin(false_award_cost * below + (1.0 - below - probabilities)))
    return level, 1.0 - float(probabilities[level])
