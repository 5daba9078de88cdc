"""Small random instances and the best plan of each, found by trying every one. Shared by the tests and the benchmark."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from yole.deployment.engine import check
from yole.deployment.engine.model import Problem


class Minute:
    """A pace of one minute, never stopped; tells nobody."""

    def left(self) -> float:
        return 60.0

    def stopped(self) -> bool:
        return False

    def tell(self, stage: str, share: float, best: float | None = None) -> None:
        return None


def instance(seed: int, *, capacity: bool = False) -> Problem:
    """Up to 12 sites and 25 points within some 20 km; a third with quotas, a third with existing sites, some weights 0 or fractional."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(3, 26)), int(rng.integers(2, 9 if capacity else 13))
    count = int(rng.integers(1, min(m, 5) + 1))
    weights = rng.integers(0, 60, n).astype(float)
    if rng.random() < 0.3:
        weights = weights + np.round(rng.random(n), 3)
    spot = np.array([14.6, -61.0]) if rng.random() < 0.7 else np.array([-13.3, 179.98])

    def scattered(amount: int) -> np.ndarray:
        points = spot + rng.uniform(-0.09, 0.09, (amount, 2))
        points[:, 1] = (points[:, 1] + 180) % 360 - 180
        return points

    groups = quota = None
    if not capacity and rng.random() < 0.4:
        groups = rng.integers(0, 3, m).astype(np.int64)
        picked = rng.permutation(m)[:count]
        quota = np.bincount(groups[picked], minlength=3).astype(np.int64)
    return Problem(
        points=scattered(n),
        weights=weights,
        sites=scattered(m),
        count=count,
        radius_km=float(rng.uniform(2, 9)),
        existing=scattered(int(rng.integers(1, 3))) if rng.random() < 0.35 else np.empty((0, 2)),
        site_group=groups,
        quota=quota,
        capacity=rng.integers(0, 120, m).astype(float) if capacity else None,
        point_group=rng.integers(0, 3, n).astype(np.int64),
    )


def plans(problem: Problem) -> list[list[int]]:
    every = [list(sites) for sites in combinations(range(len(problem.sites)), problem.count)]
    if problem.site_group is None or problem.quota is None:
        return every
    wanted = problem.quota.tolist()
    return [sites for sites in every if np.bincount(problem.site_group[sites], minlength=len(wanted)).tolist() == wanted]


def best(problem: Problem) -> float:
    """The most that any plan covers, each plan counted by the independent checker."""
    return max(check.recompute(problem, sites)[0] for sites in plans(problem))


def fairest(problem: Problem) -> tuple[float, float]:
    """The best rate of the worst group, and the most weight that a plan with that rate covers."""
    totals = np.bincount(problem.point_group, weights=problem.weights)
    told = []
    for sites in plans(problem):
        served = check.covered_by(np.vstack((problem.sites[sites], problem.existing)), problem.points, problem.radius_km)
        rates = np.bincount(problem.point_group, weights=problem.weights * served)[totals > 0] / totals[totals > 0]
        told.append((float(rates.min(initial=1.0)), float(problem.weights[served].sum())))
    top = max(rate for rate, _ in told)
    return top, max(weight for rate, weight in told if rate >= top - 1e-9)


def matrix(seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """An asymmetric matrix of up to 12 points whose diagonal is not 0, weights (some 0), and a count."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 13))
    distances = rng.integers(0, 50, (n, n)).astype(float)
    if rng.random() < 0.5:
        distances += np.round(rng.random((n, n)), 4)
    return distances, rng.integers(0, 9, n).astype(float), int(rng.integers(1, min(n, 5) + 1))


def best_median(distances: np.ndarray, weights: np.ndarray, count: int) -> float:
    choices = combinations(range(len(distances)), count)
    return min(float((weights * distances[:, list(sites)].min(axis=1)).sum()) for sites in choices)
