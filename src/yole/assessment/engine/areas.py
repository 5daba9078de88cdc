"""Several areas at once: each item measures one area, areas are correlated, theta ~ N(0, R).

The posterior of a person is taken as normal around its mode (Newton, then the inverse of the curvature: Laplace). R is estimated by EM on
those moments. What an area without answers owes to the others has the uncertainty that it deserves, and is not shown below 3 answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yole.assessment.engine.model import MISSING, Answers, Bank, FloatArray, Indices

SHOWN_FROM = 3
START_CORRELATION = 0.7
_NEWTON, _SETTLED = 25, 1e-8


@dataclass(frozen=True, slots=True)
class Profile:
    """Per person: `theta` (persons, areas), `covariance` (persons, areas, areas), `answered` (persons, areas)."""

    theta: FloatArray
    covariance: FloatArray
    answered: Indices

    @property
    def se(self) -> FloatArray:
        """Standard errors (persons, areas)."""
        return np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))

    def shown(self) -> FloatArray:
        """theta where at least 3 answers were given in the area, NaN elsewhere."""
        return np.where(self.answered >= SHOWN_FROM, self.theta, np.nan)


def even_correlation(areas: int, value: float = START_CORRELATION) -> FloatArray:
    """Correlation matrix with one value off the diagonal."""
    return np.full((areas, areas), value) + (1.0 - value) * np.eye(areas)


def profiles(bank: Bank, answers: Answers, correlation: FloatArray) -> Profile:
    """Estimates of answers (persons, items) under theta ~ N(0, `correlation`) (areas, areas).

    Raises ValueError when the bank has no areas or when `correlation` is not a positive definite matrix with a unit diagonal.
    """
    area = _areas_of(bank)
    count = len(correlation)
    if correlation.shape != (count, count) or int(area.max()) >= count or not np.allclose(np.diag(correlation), 1.0):
        raise ValueError("correlation must be a square matrix with a unit diagonal, one row per area")
    try:
        np.linalg.cholesky(correlation)
    except np.linalg.LinAlgError:
        raise ValueError("correlation is not positive definite") from None
    precision = np.linalg.inv(correlation)
    belongs = (area[:, None] == np.arange(count)).astype(np.float64)
    seen = (answers != MISSING).astype(np.float64)
    right = (answers == 1).astype(np.float64)
    theta = np.zeros((len(answers), count))
    curvature = np.tile(precision, (len(answers), 1, 1))
    diagonal = np.arange(count)

    def objective(at: FloatArray) -> FloatArray:
        z = at[:, area] * bank.a + bank.d
        return np.asarray((right * z - seen * np.logaddexp(0.0, z)).sum(1) - 0.5 * np.einsum("pi,ij,pj->p", at, precision, at))

    value = objective(theta)
    for _ in range(_NEWTON):
        p = seen / (1.0 + np.exp(-(theta[:, area] * bank.a + bank.d)))
        slope = ((right - p) * bank.a) @ belongs - theta @ precision
        curvature = np.tile(precision, (len(answers), 1, 1))
        curvature[:, diagonal, diagonal] += (p * (1.0 - p) * bank.a**2) @ belongs
        move = np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]
        new = objective(theta + move)
        for _ in range(20):
            worse = new < value - 1e-10
            if not worse.any():
                break
            move[worse] *= 0.5
            new = objective(theta + move)
        theta, value = theta + move, new
        if np.abs(move).max(initial=0.0) < _SETTLED:
            break
    return Profile(theta, np.linalg.inv(curvature), np.asarray(seen @ belongs, dtype=np.intp))


def estimate_correlation(bank: Bank, answers: Answers, *, cycles: int = 100, tolerance: float = 1e-4) -> tuple[FloatArray, bool]:
    """(R (areas, areas), whether it settled): EM from .7 everywhere, variances kept at 1."""
    count = int(_areas_of(bank).max()) + 1
    correlation = even_correlation(count)
    for _ in range(cycles):
        found = profiles(bank, answers, correlation)
        moment = (found.theta.T @ found.theta + found.covariance.sum(0)) / len(answers)
        spread = np.sqrt(np.diag(moment))
        new = moment / np.outer(spread, spread)
        np.fill_diagonal(new, 1.0)
        change = float(np.abs(new - correlation).max())
        correlation = new
        if change < tolerance:
            return correlation, True
    return correlation, False


def _areas_of(bank: Bank) -> Indices:
    if bank.area is None:
        raise ValueError("the bank has no areas")
    return bank.area
