"""The two-parameter logistic model and what every other module shares.

logit P(x = 1 | theta) = a·theta + d = a·(theta − b), D = 1, theta ~ N(0, 1) in the calibration population.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Answers = NDArray[np.int8]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

METRIC = "logistic D=1, theta ~ N(0,1)"
MISSING = -1
EDGE = 6.0


@dataclass(frozen=True, slots=True)
class Bank:
    """Calibrated items: `a` and `d` of shape (items,), a > 0. `area` (items,) numbers the areas from 0, or is None."""

    ids: tuple[str, ...]
    a: FloatArray
    d: FloatArray
    area: Indices | None = None

    def __post_init__(self) -> None:
        if not len(self.ids) == len(self.a) == len(self.d) or (self.area is not None and len(self.area) != len(self.ids)):
            raise ValueError("ids, a, d and area must have one entry per item")
        if len(self.ids) == 0 or not (np.isfinite(self.a).all() and np.isfinite(self.d).all() and (self.a > 0).all()):
            raise ValueError("a bank needs items with finite parameters and a > 0")

    @property
    def b(self) -> FloatArray:
        """Difficulties (items,): the theta at which half of the answers are right."""
        return -self.d / self.a

    def take(self, items: Indices) -> Bank:
        """The bank of some items, in the order given."""
        return Bank(tuple(self.ids[i] for i in items), self.a[items], self.d[items], None if self.area is None else self.area[items])


def logistic(z: FloatArray) -> FloatArray:
    """1 / (1 + exp(−z)) without overflow, any shape."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def log_wrong(a: FloatArray, d: FloatArray, grid: FloatArray) -> FloatArray:
    """log P(x = 0) on the grid, shape (items, nodes)."""
    return -np.logaddexp(0.0, a[:, None] * grid + d[:, None])


def probability(a: FloatArray, d: FloatArray, grid: FloatArray) -> FloatArray:
    """P(x = 1) on the grid, shape (items, nodes)."""
    return logistic(a[:, None] * grid + d[:, None])


def information(a: FloatArray, d: FloatArray, grid: FloatArray) -> FloatArray:
    """Fisher information a²P(1 − P) on the grid, shape (items, nodes)."""
    p = probability(a, d, grid)
    return (a * a)[:, None] * p * (1.0 - p)


def log_normal_weights(grid: FloatArray) -> FloatArray:
    """Logarithms of standard normal weights on an even grid, summing to 1."""
    log_density = -0.5 * grid * grid
    return np.asarray(log_density - np.log(np.exp(log_density).sum()))


def calibration_grid(most_answers: int) -> FloatArray:
    """Even nodes on [−6, 6], step below the posterior sd of the person who answered most.

    The trapezoid rule is then exact to about 1e-8; at twice the sd its error is 1 %.
    """
    nodes = 61 if most_answers <= 60 else 121 if most_answers <= 300 else 241
    return np.linspace(-EDGE, EDGE, nodes)
