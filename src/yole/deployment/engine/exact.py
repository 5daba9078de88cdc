"""The covering as a mixed-integer programme: proves small plans, and serves the worst-served group first when asked (max-min)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.sparse import csr_matrix, hstack, identity, vstack

from yole.deployment.engine.greedy import greedy
from yole.deployment.engine.model import Core
from yole.deployment.engine.pace import Pace
from yole.deployment.engine.program import Program, Solved, solve
from yole.deployment.engine.reach import Floats

MOST_SITES = 1_500
MOST_PAIRS = 200_000


@dataclass(frozen=True, slots=True)
class Fair:
    """`rate`: coverage of the worst group, `rate_bound` what no plan can pass; `chosen`: sites of the core."""

    chosen: list[int]
    rate: float
    rate_bound: float
    upper_bound: float


def small(core: Core) -> bool:
    return bool(core.reach.shape[0] <= MOST_SITES and core.reach.nnz <= MOST_PAIRS)


def prove(core: Core, chosen: list[int], pace: Pace, seconds: float = inf) -> tuple[list[int], float]:
    """A plan at least as good as `chosen`, and a proven bound of the weight, `base` left out."""
    allowed = min(seconds, pace.left())
    done = solve(_program(core), pace, allowed, start=_point(core, chosen), absolute_gap=0.99 if core.whole else 0.0)
    return _opened(core, done, chosen), -done.bound


def fairest(core: Core, totals: Floats, served: Floats, pace: Pace) -> Fair:
    """The plan that gives the worst group its best rate, then covers the most with that rate kept.

    `totals` (groups,): weight of each group of points, existing sites and unreachable points included; `served`: what existing sites
    cover of it. Groups without weight are left out. The rate is a variable of the programme, so its bound is proven with it.
    """
    groups = np.flatnonzero(totals > 0)
    sites, points = core.reach.shape
    start = greedy(core)[0]
    if not len(groups):
        return Fair(start, 1.0, 1.0, core.value(start))
    base = _program(core)
    shares = _shares(core, groups, totals)
    kept = (served[groups] / totals[groups]).astype(float)
    rows = vstack((hstack((base.rows, csr_matrix((base.rows.shape[0], 1)))), hstack((shares, -np.ones((len(groups), 1))))), format="csc")
    first = Program(
        cost=np.concatenate((np.zeros(sites + points), [-1.0])),
        lower=np.concatenate((base.lower, [0.0])),
        upper=np.concatenate((base.upper, [1.0])),
        rows=rows,
        row_lower=np.concatenate((base.row_lower, -kept)),
        row_upper=np.concatenate((base.row_upper, np.full(len(groups), np.inf))),
        integers=sites,
    )
    done = solve(first, pace, pace.left() / 2, start=np.append(_point(core, start), _rate(core, start, shares, kept)))
    chosen = _opened(core, done, start, fair=(shares, kept))
    rate = _rate(core, chosen, shares, kept)
    floor = max(0.0, rate - 1e-9)
    second = Program(
        cost=base.cost,
        lower=base.lower,
        upper=base.upper,
        rows=vstack((base.rows, shares), format="csc"),
        row_lower=np.concatenate((base.row_lower, floor - kept)),
        row_upper=np.concatenate((base.row_upper, np.full(len(groups), np.inf))),
        integers=sites,
    )
    fuller = solve(second, pace, pace.left(), start=_point(core, chosen), absolute_gap=0.99 if core.whole else 0.0)
    best = _opened(core, fuller, chosen)
    if _rate(core, best, shares, kept) < floor:
        best = chosen
    proven_rate = min(1.0, -done.bound + 1e-9) if np.isfinite(done.bound) else 1.0
    return Fair(best, rate, max(rate, proven_rate), -fuller.bound)


def with_floor(core: Core, totals: Floats, served: Floats, floor: float, pace: Pace) -> list[int] | None:
    """The plan that covers the most with at least `floor` (0 to 1) of every group; None when none was found."""
    groups = np.flatnonzero(totals > 0)
    base, shares = _program(core), _shares(core, groups, totals)
    kept = served[groups] / totals[groups]
    program = Program(
        cost=base.cost,
        lower=base.lower,
        upper=base.upper,
        rows=vstack((base.rows, shares), format="csc"),
        row_lower=np.concatenate((base.row_lower, floor - kept)),
        row_upper=np.concatenate((base.row_upper, np.full(len(groups), np.inf))),
        integers=core.reach.shape[0],
    )
    done = solve(program, pace, pace.left(), absolute_gap=0.99 if core.whole else 0.0)
    return None if done.values is None else _opened(core, done, [])


def _program(core: Core) -> Program:
    """Columns: sites (integer), then points; a point counts when a site in its reach is open; at most the quota in each group."""
    sites, points = core.reach.shape
    groups = len(core.quota)
    of_group = csr_matrix((np.ones(sites), (core.group, np.arange(sites))), shape=(groups, sites))
    return Program(
        cost=np.concatenate((np.zeros(sites), -core.weights)),
        lower=np.zeros(sites + points),
        upper=np.ones(sites + points),
        rows=vstack((hstack((-core.reach.T, identity(points))), hstack((of_group, csr_matrix((groups, points))))), format="csc"),
        row_lower=np.full(points + groups, -np.inf),
        row_upper=np.concatenate((np.zeros(points), core.quota.astype(float))),
        integers=sites,
    )


def _shares(core: Core, groups: np.ndarray, totals: Floats) -> csr_matrix:
    """Groups × (sites and points): the share of its group that each point is."""
    sites, points = core.reach.shape
    row = {int(group): i for i, group in enumerate(groups)}
    rows = [row[int(group)] for group in core.point_group]
    values = core.weights / totals[core.point_group]
    return csr_matrix((values, (rows, sites + np.arange(points))), shape=(len(groups), sites + points))


def _point(core: Core, chosen: list[int]) -> Floats:
    sites = np.zeros(core.reach.shape[0])
    sites[chosen] = 1.0
    served = np.asarray(core.reach[chosen].sum(axis=0)).ravel() > 0 if chosen else np.zeros(core.reach.shape[1], dtype=bool)
    return np.concatenate((sites, served.astype(float)))


def _rate(core: Core, chosen: list[int], shares: csr_matrix, kept: Floats) -> float:
    return float((shares @ _point(core, chosen) + kept).min())


def _opened(core: Core, done: Solved, otherwise: list[int], fair: tuple[csr_matrix, Floats] | None = None) -> list[int]:
    """The plan of the programme where it is at least as good as `otherwise`: in weight, or in the rate of the worst group."""
    if done.values is None:
        return otherwise
    found = np.flatnonzero(done.values[: core.reach.shape[0]] > 0.5).tolist()
    if fair is not None:
        return found if _rate(core, found, *fair) >= _rate(core, otherwise, *fair) else otherwise
    return found if core.value(found) >= core.value(otherwise) else otherwise
