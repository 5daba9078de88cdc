"""From files to a plan: reads and refuses, runs an engine, checks its plan by other code, and tells it as the command line does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from yole.deployment import files
from yole.deployment.clock import Clock
from yole.deployment.engine import check
from yole.deployment.engine import cover as covering
from yole.deployment.engine import median as medians
from yole.deployment.engine.exact import small
from yole.deployment.engine.model import Problem, core_of
from yole.deployment.engine.quota import quotas as share
from yole.kernel.errors import InputError


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks of `cover`; paths and column names as they were written."""

    demand: Path
    count: int
    radius_km: float
    sites: Path | None = None
    existing: Path | None = None
    weight: str = "population"
    quota_by: str | None = None
    quotas: Path | None = None
    capacity: str | None = None
    fairness_by: str | None = None
    identifier: str = "id"


def cover(asked: Asked, clock: Clock, seed: int) -> dict[str, Any]:
    """The answer of `yole deployment cover --json`. Raises InputError for what cannot be served."""
    if not 0 <= asked.radius_km < float("inf"):
        raise InputError("rayon impossible pour --radius-km", found=asked.radius_km, expected="un nombre de kilomètres ≥ 0")
    demand = files.read_points(asked.demand, asked.identifier)
    sites = files.read_points(asked.sites, asked.identifier) if asked.sites else demand
    existing = files.read_points(asked.existing, asked.identifier).where if asked.existing else np.empty((0, 2))
    weights = demand.numbers(asked.weight)
    _refuse_count(asked.count, len(sites.ids), "lieux possibles", sites.table.name)
    groups, quota = _quotas(asked, demand, sites, weights)
    fair = demand.names(asked.fairness_by) if asked.fairness_by else None
    names = sorted(set(fair)) if fair else []
    problem = Problem(
        points=demand.where,
        weights=weights,
        sites=sites.where,
        count=asked.count,
        radius_km=asked.radius_km,
        existing=existing,
        site_group=groups,
        quota=quota,
        capacity=sites.numbers(asked.capacity) if asked.capacity else None,
        point_group=np.array([names.index(name) for name in fair], dtype=np.int64) if fair else None,
    )
    told: dict[str, Any] = {}
    if fair is None:
        plan = covering.cover(problem, clock, seed)
    else:
        _refuse_fairness(problem)
        done = covering.fair_cover(problem, clock)
        plan = done.cover
        told["fairness"] = {
            "rule": "max-min",
            "by": asked.fairness_by,
            "worst_rate": done.rate,
            "worst_rate_bound": done.rate_bound,
            "rates": {name: None if np.isnan(rate) else float(rate) for name, rate in zip(names, done.rates, strict=True)},
        }
    covered, base = checked(problem, plan.sites, plan.covered)
    bound = max(plan.upper_bound, covered)
    return {
        "count": asked.count,
        "covered": covered,
        "total": float(weights.sum()),
        "upper_bound": bound,
        "gap": (bound - covered) / bound if bound else 0.0,
        "sites": [sites.ids[site] for site in plan.sites],
        "covered_by_existing": base,
        "stopped": plan.stopped,
        **({"quotas": _told_quotas(asked, sites, plan.sites)} if asked.quota_by else {}),
        **told,
        "weight": asked.weight,
        "seed": seed,
        "seconds": round(clock.seconds(), 3),
    }


def checked(problem: Problem, sites: list[int], told: float) -> tuple[float, float]:
    """Weight covered and weight covered by existing sites alone, by the independent checker.

    Raises RuntimeError when the engine told something else, or when the plan breaks a rule: a fault of ours, never of the input.
    """
    covered, base, broken = check.recompute(problem, sites)
    if abs(covered - told) > 1e-6 * max(1.0, told):
        broken.append(f"{covered!r} recomputed where {told!r} was told")
    if broken:
        raise RuntimeError("the plan does not hold: " + "; ".join(broken))
    return covered, base


def _quotas(asked: Asked, demand: files.Points, sites: files.Points, weights: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Group of each site and quota of each group, groups in the order of their names."""
    if asked.quota_by is None:
        if asked.quotas is not None:
            raise InputError("--quotas sans groupes", expected="--quota-by COLONNE, une colonne du fichier des lieux")
        return None, None
    of_site = sites.names(asked.quota_by)
    names = sorted(set(of_site))
    if asked.quotas is not None:
        shares = files.read_quotas(asked.quotas, of_site, asked.count)
    else:
        demanded = dict.fromkeys(names, 0.0)
        for name, weight in zip(demand.names(asked.quota_by), weights.tolist(), strict=True):
            if name in demanded:
                demanded[name] += weight
        shares = share(asked.count, demanded, {name: of_site.count(name) for name in names})
    position = {name: i for i, name in enumerate(names)}
    return np.array([position[name] for name in of_site], dtype=np.int64), np.array([shares[name] for name in names], dtype=np.int64)


def _told_quotas(asked: Asked, sites: files.Points, chosen: list[int]) -> dict[str, int]:
    of_site = sites.names(asked.quota_by or "")
    return {name: sum(1 for site in chosen if of_site[site] == name) for name in sorted(set(of_site))}


def _refuse_count(count: int, available: int, what: str, file: str) -> None:
    if count < 1:
        raise InputError("nombre de lieux impossible pour --count", found=count, expected=f"entre 1 et {available}")
    if count > available:
        raise InputError(
            f"{count} lieux demandés, {available} {what}",
            file=file,
            found=count,
            expected=f"--count {available} au plus, ou plus de lieux dans le fichier",
        )


def _refuse_fairness(problem: Problem) -> None:
    if problem.capacity is not None:
        raise InputError("--fairness et --capacity ensemble", expected="l'un ou l'autre")
    if not small(core_of(problem)):
        raise InputError(
            "trop de lieux possibles pour --fairness", found=len(problem.sites), expected="1500 lieux et 200000 paires à portée, au plus"
        )


def median(distances: Path, count: int, weights: Path | None, clock: Clock, seed: int) -> dict[str, Any]:
    """The answer of `yole deployment median --json`."""
    matrix = files.read_matrix(distances)
    given = files.read_weights(weights, len(matrix)) if weights else np.ones(len(matrix))
    _refuse_count(count, len(matrix), "points dans la matrice", str(distances))
    done = medians.median(matrix, given, count, clock, seed)
    # Recomputed point by point, without the engine's arrays.
    cost = float(sum(weight * min(row[site] for site in done.medians) for weight, row in zip(given.tolist(), matrix.tolist(), strict=True)))
    if len(set(done.medians)) != count or abs(cost - done.cost) > 1e-6 * max(1.0, cost):
        raise RuntimeError(f"the medians do not hold: {cost!r} recomputed where {done.cost!r} was told")
    bound = min(done.lower_bound, cost)
    return {
        "count": count,
        "cost": cost,
        "lower_bound": bound,
        "gap": (cost - bound) / cost if cost else 0.0,
        "medians": done.medians,
        "stopped": done.stopped,
        "seed": seed,
        "seconds": round(clock.seconds(), 3),
    }
