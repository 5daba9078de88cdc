"""Sites that serve a limited weight: demand is divisible among the open sites in reach, what is covered is a maximum flow.

Bound: for shares u in [0, 1] of the points, Σ u·w + in each group the quota's largest s_j, s_j = the best filling of site j with
weights worth 1 − u (a fractional knapsack); rigorous whatever u, equal to the linear programme at its optimum.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix, csc_matrix, csr_matrix, hstack, identity, vstack

from yole.deployment.engine.bound import largest
from yole.deployment.engine.model import Core
from yole.deployment.engine.pace import Pace, over
from yole.deployment.engine.program import Program, solve
from yole.deployment.engine.reach import Floats

SECONDS_FOR_FLOW = 10.0
PROVABLE_PAIRS = 60_000


def plan(core: Core, capacity: Floats, pace: Pace) -> tuple[list[int], float, float]:
    """Sites of the core, the weight that they serve, and a proven bound of it (`base` left out of both)."""
    chosen = fill(core, capacity, np.zeros(core.reach.shape[0]))
    value = flow(core, capacity, chosen, pace)
    bound = min(bound_of(core, capacity, np.zeros_like(core.weights)), float(core.weights.sum()))
    if over(pace) or not len(core.weights):
        return chosen, value, bound
    relaxed = solve(_program(core, capacity, integer=False), pace, pace.left() / 2)
    if relaxed.row_duals is not None and relaxed.values is not None:
        shares = np.clip(-relaxed.row_duals[: len(core.weights)], 0, 1)
        bound = min(bound, bound_of(core, capacity, shares))
        other = fill(core, capacity, relaxed.values[: core.reach.shape[0]])
        if (better := flow(core, capacity, other, pace)) > value:
            chosen, value = other, better
    if not over(pace) and core.reach.nnz <= PROVABLE_PAIRS and value < bound:
        done = solve(_program(core, capacity, integer=True), pace, pace.left(), start=_point(core, capacity, chosen, pace))
        bound = min(bound, -done.bound)
        if done.values is not None:
            other = fill(core, capacity, done.values[: core.reach.shape[0]])
            if (better := flow(core, capacity, other, pace)) > value:
                chosen, value = other, better
    return chosen, value, bound


def fill(core: Core, capacity: Floats, opened: Floats) -> list[int]:
    """Sites that the programme opens by more than half, then the one that can serve the most of what is left, until quotas are full.

    A site that finds nothing left is added all the same: it may free others for what they alone can serve.
    """
    left = core.weights.copy()
    room = core.quota.copy()
    chosen: list[int] = []
    bounds, columns = core.reach.indptr, core.reach.indices

    def take(site: int) -> None:
        free = capacity[site]
        for point in columns[bounds[site] : bounds[site + 1]]:
            served = min(free, left[point])
            left[point] -= served
            free -= served
        chosen.append(site)
        room[core.group[site]] -= 1

    for site in np.argsort(-opened, kind="stable").tolist():
        if opened[site] <= 0.5:
            break
        if room[core.group[site]] > 0:
            take(site)
    closed = np.ones(core.reach.shape[0], dtype=bool)
    closed[chosen] = False
    while (free := closed & (room[core.group] > 0)).any():
        site = int(np.argmax(np.where(free, np.minimum(capacity, core.reach @ left), -1.0)))
        take(site)
        closed[site] = False
    return chosen


def bound_of(core: Core, capacity: Floats, shares: Floats) -> float:
    """`shares` (points,) in [0, 1]: what each point is worth without any site."""
    pairs = core.reach.tocoo()
    worth = 1 - shares[pairs.col]
    order = np.lexsort((-worth, pairs.row))
    rows, worth, weights = pairs.row[order], worth[order], core.weights[pairs.col[order]]
    before = np.cumsum(weights) - weights
    start = np.searchsorted(rows, rows)
    taken = np.clip(capacity[rows] - (before - before[start]), 0, weights) if len(rows) else weights
    filled = np.bincount(rows, weights=taken * worth, minlength=core.reach.shape[0])
    best = sum(largest(filled[core.group == group], int(quota)) for group, quota in enumerate(core.quota))
    return float((shares * core.weights).sum()) + best


def flow(core: Core, capacity: Floats, chosen: list[int], pace: Pace) -> float:
    """Weight served by the chosen sites: a maximum flow, solved as a linear programme."""
    return float(flows(core, capacity, chosen, pace)[1])


def flows(core: Core, capacity: Floats, chosen: list[int], pace: Pace) -> tuple[coo_matrix, float]:
    """Weight that each chosen site gives each point, and the sum. Rounded to whole numbers where capacities and weights are."""
    pairs = core.reach[chosen].tocoo()
    amount = len(pairs.row)
    if not amount:
        return pairs, 0.0
    points, sites = core.reach.shape[1], len(chosen)
    into = csr_matrix((np.ones(amount), (pairs.col, np.arange(amount))), shape=(points, amount))
    out = csr_matrix((np.ones(amount), (pairs.row, np.arange(amount))), shape=(sites, amount))
    program = Program(
        cost=-np.ones(amount),
        lower=np.zeros(amount),
        upper=core.weights[pairs.col],
        rows=vstack((into, out), format="csc"),
        row_lower=np.full(points + sites, -np.inf),
        row_upper=np.concatenate((core.weights, capacity[chosen])),
    )
    done = solve(program, _Alone(), SECONDS_FOR_FLOW)
    if done.values is None:
        return coo_matrix((np.zeros(amount), (pairs.row, pairs.col)), shape=pairs.shape), 0.0
    whole = core.whole and bool((capacity == np.rint(capacity)).all())
    total = float(done.values.sum())
    return coo_matrix((done.values, (pairs.row, pairs.col)), shape=pairs.shape), float(np.rint(total)) if whole else total


class _Alone:
    """A flow is short and must end: the value of a plan is not left unknown because time is over."""

    def left(self) -> float:
        return SECONDS_FOR_FLOW

    def stopped(self) -> bool:
        return False

    def tell(self, stage: str, share: float, best: float | None = None) -> None:
        return None


def _program(core: Core, capacity: Floats, *, integer: bool) -> Program:
    """Columns: sites, then one flow per pair in reach. Rows: weight of the points, capacity of the sites, no flow from a closed site."""
    pairs = core.reach.tocoo()
    amount = len(pairs.row)
    sites, points = core.reach.shape
    groups = len(core.quota)
    into = csr_matrix((np.ones(amount), (pairs.col, np.arange(amount))), shape=(points, amount))
    out = csr_matrix((np.ones(amount), (pairs.row, np.arange(amount))), shape=(sites, amount))
    opening = csr_matrix((-core.weights[pairs.col], (np.arange(amount), pairs.row)), shape=(amount, sites))
    of_group = csr_matrix((np.ones(sites), (core.group, np.arange(sites))), shape=(groups, sites))
    limits = csr_matrix((-capacity, (np.arange(sites), np.arange(sites))), shape=(sites, sites))
    rows: csc_matrix = vstack(
        (
            hstack((csr_matrix((points, sites)), into)),
            hstack((limits, out)),
            hstack((opening, identity(amount))),
            hstack((of_group, csr_matrix((groups, amount)))),
        ),
        format="csc",
    )
    return Program(
        cost=np.concatenate((np.zeros(sites), -np.ones(amount))),
        lower=np.zeros(sites + amount),
        upper=np.concatenate((np.ones(sites), core.weights[pairs.col])),
        rows=rows,
        row_lower=np.full(rows.shape[0], -np.inf),
        row_upper=np.concatenate((core.weights, np.zeros(sites + amount), core.quota.astype(float))),
        integers=sites if integer else 0,
    )


def _point(core: Core, capacity: Floats, chosen: list[int], pace: Pace) -> Floats:
    sites = np.zeros(core.reach.shape[0])
    sites[chosen] = 1.0
    given = flows(core, capacity, chosen, pace)[0]
    pairs = core.reach.tocoo()
    amounts = {
        (chosen[row], col): value for row, col, value in zip(given.row.tolist(), given.col.tolist(), given.data.tolist(), strict=True)
    }
    return np.concatenate((sites, [amounts.get(pair, 0.0) for pair in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True)]))
