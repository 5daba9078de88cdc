"""Calibration of 2PL, 1PL and Rasch models by marginal maximum likelihood.

EM with parameter expansion (the population's mean and variance are freed in the M step, then folded back into the items: Liu, Rubin and
Wu 1998), accelerated by SQUAREM (Varadhan and Roland 2008) with a monotone guard. No prior unless an item cannot do without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from yole.assessment.engine.em import PRIOR_SD, Data, expect, log_prior_slope, maximise_common, maximise_items
from yole.assessment.engine.model import MISSING, Answers, Flags, FloatArray, Indices, calibration_grid
from yole.assessment.engine.uncertainty import standard_errors

Model = Literal["2pl", "1pl", "rasch"]

MODELS: tuple[Model, ...] = ("2pl", "1pl", "rasch")
FEW_ANSWERS = 200
A_RANGE = (0.05, 6.0)
TOLERANCE = 1e-5
MAX_CYCLES = 200
_SINGLE_PRECISION_ABOVE = 20_000_000


@dataclass(frozen=True, slots=True)
class Calibration:
    """Result per item (items,): slopes, intercepts, difficulties, standard errors, answers received, whether a prior was needed."""

    model: Model
    persons: int
    log_likelihood: float
    converged: bool
    iterations: int
    a: FloatArray
    b: FloatArray
    d: FloatArray
    se_a: FloatArray
    se_b: FloatArray
    se_d: FloatArray
    n: Indices
    regularised: Flags


def degenerate_items(answers: Answers) -> tuple[Indices, Indices]:
    """(items nobody answered, items whose answers are all equal): no parameter can be estimated for them."""
    seen = (answers != MISSING).sum(0)
    right = (answers == 1).sum(0)
    return np.flatnonzero(seen == 0), np.flatnonzero((seen > 0) & ((right == 0) | (right == seen)))


def calibrate(
    answers: Answers, model: Model = "2pl", *, max_cycles: int = MAX_CYCLES, cycle: Callable[[int, float], None] | None = None
) -> Calibration:
    """Fits the model to answers (persons, items). `cycle` is told the number and the largest change of each EM cycle.

    Raises ValueError when there are fewer than two persons or when an item is constant or never answered.
    """
    if model not in MODELS:
        raise ValueError(f"unknown model {model!r}")
    if answers.ndim != 2 or answers.shape[0] < 2 or answers.shape[1] < 1:
        raise ValueError("at least two persons and one item are needed")
    never, constant = degenerate_items(answers)
    if len(never) or len(constant):
        raise ValueError(f"items without information: never answered {never.tolist()}, constant {constant.tolist()}")
    data = Data(answers)
    search = _Search(data, model, calibration_grid(data.most_answers), cycle)
    search.run(max_cycles)
    a, d = search.a, search.d
    errors = standard_errors(data, a, d, search.grid, model, np.where(search.regularised, log_prior_slope(a)[1], 0.0))
    return Calibration(
        model=model,
        persons=data.persons,
        log_likelihood=search.log_likelihood,
        converged=search.converged,
        iterations=search.cycles,
        a=a,
        b=-d / a,
        d=d,
        se_a=errors.se_a,
        se_b=errors.se_b,
        se_d=errors.se_d,
        n=data.n_seen.astype(np.intp),
        regularised=search.regularised,
    )


class _Search:
    """The state of one run: parameters, precision, which items carry a prior."""

    def __init__(self, data: Data, model: Model, grid: FloatArray, cycle: Callable[[int, float], None] | None) -> None:
        self.data, self.model, self.grid, self.tell = data, model, grid, cycle
        share = np.clip(data.n_right / data.n_seen, 0.5 / data.n_seen, 1.0 - 0.5 / data.n_seen)
        self.at: FloatArray = np.stack([np.ones(data.items), 1.2 * np.log(share / (1.0 - share))])
        self.regularised: Flags = (data.n_seen < FEW_ANSWERS) if model == "2pl" else np.zeros(data.items, dtype=bool)
        self.kind: type[np.floating[Any]] = np.float32 if data.seen.size * len(grid) > _SINGLE_PRECISION_ABOVE else np.float64
        self.cycles, self.converged, self.log_likelihood, self.floor = 0, False, -np.inf, -np.inf

    @property
    def a(self) -> FloatArray:
        return np.asarray(self.at[0])

    @property
    def d(self) -> FloatArray:
        return np.asarray(self.at[1])

    def run(self, max_cycles: int) -> None:
        """SQUAREM: two EM cycles, one extrapolation, which is undone when it lowers the objective."""
        safe = self.at
        while self.cycles < max_cycles and not self.converged:
            start = self.at
            first, objective = self._cycle(start)
            if objective < self.floor:
                self.at, self.floor = safe, -np.inf
                continue
            if self._settle(start, first) or self.cycles >= max_cycles:
                continue
            second, objective = self._cycle(first)
            if self._settle(first, second):
                continue
            step, bend = first - start, second - 2.0 * first + start
            length = float(np.sqrt((step**2).sum() / max(float((bend**2).sum()), 1e-300)))
            leap = start + 2.0 * length * step + length**2 * bend
            if length > 1.0 and ((leap[0] > A_RANGE[0]) & (leap[0] < A_RANGE[1])).all():
                safe, self.at = second, leap
                self.floor = objective - (0.05 if self.kind is np.float32 else 1e-9)
        self.log_likelihood = expect(self.data, self.a, self.d, self.grid).log_likelihood

    def _settle(self, before: FloatArray, after: FloatArray) -> bool:
        """Takes the step, and says whether it was the last; single precision only leads near the maximum, double ends there."""
        change = float(np.abs(after - before).max())
        self.at = after
        if self.tell is not None:
            self.tell(self.cycles, change)
        if self.kind is np.float32 and change < 100.0 * TOLERANCE:
            self.kind = np.float64
            return True
        self.converged = self.kind is np.float64 and change < TOLERANCE and not self._restrain(after)
        return self.converged

    def _restrain(self, at: FloatArray) -> bool:
        """Gives a prior to every item whose a left the range; True when there are new ones."""
        out = (at[0] < A_RANGE[0]) | (at[0] > A_RANGE[1])
        new = bool((out & ~self.regularised).any())
        if new:
            self.regularised = np.ones_like(out) if self.model == "1pl" else self.regularised | out
            at[0] = np.where(self.regularised, np.clip(at[0], 2.0 * A_RANGE[0], 0.5 * A_RANGE[1]), at[0])
            self.floor = -np.inf
        return new

    def _cycle(self, at: FloatArray) -> tuple[FloatArray, float]:
        """One EM cycle: (new parameters, objective at the parameters given)."""
        a, d = at
        self.cycles += 1
        step = expect(self.data, a, d, self.grid, kind=self.kind)
        penalty = (np.log(np.maximum(a, 1e-6)) ** 2)[self.regularised] / (2.0 * PRIOR_SD**2)
        if self.model == "2pl":
            objective = step.log_likelihood - float(penalty.sum())
            a, d = maximise_items(step, self.data.n_right, a, d, self.grid, self.regularised)
        else:
            objective = step.log_likelihood - float(penalty[:1].sum())
            free, held = self.model == "1pl", bool(self.regularised.any())
            a, d = maximise_common(step, self.data.n_right, a, d, self.grid, free=free, regularised=held)
        # The freed population is folded back: N(mean, variance) with (a, d) is N(0, 1) with (a·sd, d + a·mean).
        # A prior on a, or a fixed a, sets the scale: only the mean is folded then.
        d = d + a * step.mean
        if self.model != "rasch" and not self.regularised.any():
            a = a * np.sqrt(step.variance)
        after = np.stack([a, d])
        if self.cycles > 4:
            self._restrain(after)
        # Where the data ask for more than the prior can hold (an item copied twice), the range is the bound.
        after[0] = np.where(self.regularised, np.clip(after[0], *A_RANGE), after[0])
        return after, objective
