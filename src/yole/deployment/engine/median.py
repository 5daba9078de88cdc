"""p-median: the `count` sites that make the smallest weighted sum of distances, with a proven lower bound.

Row = demand, column = site; the matrix may be asymmetric. Best swap for every candidate at once in O(n²) (Schubert and Rousseeuw's way of
sharing the loss of each median among candidates), kicks and restarts; Lagrangian bound: for any u, Σu + the `count` smallest
ρ_j = Σ_i min(0, w_i·D[i, j] − u_i); sites that the bound rules out leave a smaller programme, which HiGHS proves when it can.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csc_matrix

from yole.deployment.engine.pace import Pace, over
from yole.deployment.engine.program import Program, solve
from yole.deployment.engine.reach import Floats, Ints

STEPS = 600
KICKS = 60
PROVABLE = 60_000  # demand × sites left, above which the programme is not tried
SURE, SECONDS_UNSURE = 10_000, 1.0  # above this size a proof may never come: little time is given to it


@dataclass(frozen=True, slots=True)
class Median:
    """`medians`: columns of the matrix, sorted. `cost` ≥ the optimum ≥ `lower_bound`."""

    medians: list[int]
    cost: float
    lower_bound: float
    stopped: bool


def median(distances: Floats, weights: Floats, count: int, pace: Pace, seed: int = 0) -> Median:
    """`distances` (n, n), `weights` (n,) both ≥ 0, 1 ≤ count ≤ n. The best found while `pace` lasts."""
    costs = distances * weights[:, None]
    whole = bool((costs == np.rint(costs)).all())
    rng = np.random.default_rng(seed)
    best = improved(costs, _built(costs, count), pace)
    value = _cost(costs, best)
    bound, multipliers, best = _lagrangian(costs, best, pace, whole)
    value = _cost(costs, best)
    for kick in range(KICKS):
        if over(pace) or value <= _inward(bound, whole):
            break
        pace.tell("swaps", kick / KICKS, value)
        found = improved(costs, _kicked(best, costs.shape[1], rng), pace)
        if (cost := _cost(costs, found)) < value:
            best, value = found, cost
    if not over(pace) and value > _inward(bound, whole):
        best, bound = _proved(costs, best, multipliers, bound, pace, whole)
        value = _cost(costs, best)
    return Median(sorted(best.tolist()), value, min(value, _inward(bound, whole)), pace.stopped())


def _cost(costs: Floats, medians: Ints) -> float:
    return float(costs[:, medians].min(axis=1).sum())


def _inward(bound: float, whole: bool) -> float:
    """A lower bound kept under any rounding error; raised to the next whole number when only those are possible."""
    below = bound - 1e-9 * abs(bound)
    return float(np.ceil(below)) if whole else below


def _built(costs: Floats, count: int) -> Ints:
    """Greedy: the site that lowers the sum the most, again and again."""
    nearest = costs[:, [int(np.argmin(costs.sum(axis=0)))]].min(axis=1)
    chosen = [int(np.argmin(costs.sum(axis=0)))]
    while len(chosen) < count:
        sums = np.minimum(costs, nearest[:, None]).sum(axis=0)
        sums[chosen] = np.inf
        site = int(np.argmin(sums))
        chosen.append(site)
        nearest = np.minimum(nearest, costs[:, site])
    return np.array(chosen, dtype=np.int64)


def improved(costs: Floats, medians: Ints, pace: Pace) -> Ints:
    """Swaps one median for one other site, the best swap of all each time, until none lowers the cost."""
    medians = medians.copy()
    points, sites = costs.shape
    if len(medians) == sites:
        return medians
    closed = np.ones(sites, dtype=bool)
    closed[medians] = False
    while not over(pace):
        near = costs[:, medians]
        of = near.argmin(axis=1)
        first = near[np.arange(points), of]
        if len(medians) > 1:
            near[np.arange(points), of] = np.inf
            second = near.min(axis=1)
        else:
            second = np.full(points, np.inf)
        others = np.flatnonzero(closed)
        part = costs[:, others]
        with_new = np.minimum(part, first[:, None])
        gains = first.sum() - with_new.sum(axis=0)
        order = np.argsort(of, kind="stable")
        used, starts = np.unique(of[order], return_index=True)
        extra = np.minimum(part, second[:, None]) - with_new
        losses = np.zeros((len(medians), len(others)))
        losses[used] = np.add.reduceat(extra[order], starts, axis=0)
        change = losses - gains
        out, into = np.unravel_index(int(np.argmin(change)), change.shape)
        if change[out, into] >= -1e-9 * max(1.0, float(first.sum())):
            break
        closed[medians[out]], closed[others[into]] = True, False
        medians[out] = others[into]
    return medians


def _kicked(medians: Ints, sites: int, rng: np.random.Generator) -> Ints:
    """A few medians replaced at random."""
    closed = np.setdiff1d(np.arange(sites), medians)
    amount = min(len(closed), len(medians), int(rng.integers(2, 3 + max(1, len(medians) // 8))))
    medians = medians.copy()
    medians[rng.choice(len(medians), amount, replace=False)] = rng.choice(closed, amount, replace=False)
    return medians


def _bound_at(costs: Floats, multipliers: Floats, count: int) -> tuple[float, Floats, Ints]:
    """The bound, ρ of each site, and the sites of the `count` smallest."""
    reduced = np.minimum(costs - multipliers[:, None], 0).sum(axis=0)
    chosen = np.argpartition(reduced, count - 1)[:count]
    return float(multipliers.sum() + reduced[chosen].sum()), reduced, chosen


def _lagrangian(costs: Floats, medians: Ints, pace: Pace, whole: bool) -> tuple[float, Floats, Ints]:
    """Subgradient steps from the second nearest median's cost; the sites of good steps start swaps of their own."""
    count = len(medians)
    best, value = medians, _cost(costs, medians)
    near = np.sort(costs[:, medians], axis=1)
    multipliers = near[:, min(1, count - 1)].copy()
    bound, kept, step, since = -np.inf, multipliers, 1.0, 0
    for number in range(STEPS):
        found, _, chosen = _bound_at(costs, multipliers, count)
        since += 1
        if found > bound:
            if found > bound + 1e-5 * abs(found):
                since = 0
            bound, kept = found, multipliers.copy()
        if number % 40 == 20:
            swapped = improved(costs, chosen.astype(np.int64), pace)
            if (cost := _cost(costs, swapped)) < value:
                best, value = swapped, cost
        if since >= 15:
            step, since, multipliers = step / 2, 0, kept.copy()
            found, _, chosen = _bound_at(costs, multipliers, count)
        if value <= _inward(bound, whole) or step < 1e-4 or over(pace):
            break
        slope = 1.0 - (costs[:, chosen] < multipliers[:, None]).sum(axis=1)
        length = float((slope**2).sum())
        if length == 0:
            break
        multipliers = multipliers + step * (1.02 * value - found) / length * slope
        pace.tell("bound", number / STEPS, value)
    return bound, kept, best


def _proved(costs: Floats, medians: Ints, multipliers: Floats, bound: float, pace: Pace, whole: bool) -> tuple[Ints, float]:
    """Sites that no better plan can use are left out; the programme on the others gives the optimum, or a higher bound."""
    count, value = len(medians), _cost(costs, medians)
    at, reduced, chosen = _bound_at(costs, multipliers, count)
    target = value - (0.999 if whole else 0.0)
    worst = float(reduced[chosen].max())
    kept = at + reduced - worst <= target
    kept[medians] = True
    sites = np.flatnonzero(kept)
    if len(sites) * len(costs) > PROVABLE:
        return medians, bound
    pace.tell("proof", 0.0, value)
    program, start = _program(costs, sites, medians)
    seconds = pace.left() if len(sites) * len(costs) <= SURE else SECONDS_UNSURE
    done = solve(program, pace, seconds, start=start, absolute_gap=0.99 if whole else 0.0)
    if done.values is not None:
        found = sites[done.values[: len(sites)] > 0.5]
        if len(found) < count:
            found = np.append(found, np.setdiff1d(np.arange(costs.shape[1]), found)[: count - len(found)])
        if _cost(costs, found) < value:
            medians, value = found, _cost(costs, found)
    # A plan with a site left out costs more than `target`, so the whole problem is bounded by the smaller of the two.
    return medians, max(bound, min(done.bound, value))


def _program(costs: Floats, sites: Ints, medians: Ints) -> tuple[Program, Floats]:
    """Columns: y of the sites left, then the share of each point given to each. Rows: one site per point, given only if open, count."""
    points, left = len(costs), len(sites)
    pairs = points * left
    point, site = np.divmod(np.arange(pairs), left)
    shares = left + np.arange(pairs)
    rows = np.concatenate((point, points + np.arange(pairs), points + np.arange(pairs), np.full(left, points + pairs)))
    columns = np.concatenate((shares, shares, site, np.arange(left)))
    values = np.concatenate((np.ones(pairs), np.ones(pairs), -np.ones(pairs), np.ones(left)))
    matrix: csc_matrix = coo_matrix((values, (rows, columns)), shape=(points + pairs + 1, left + pairs)).tocsc()
    program = Program(
        cost=np.concatenate((np.zeros(left), costs[:, sites].ravel())),
        lower=np.zeros(left + pairs),
        upper=np.ones(left + pairs),
        rows=matrix,
        row_lower=np.concatenate((np.ones(points), np.full(pairs, -np.inf), [float(len(medians))])),
        row_upper=np.concatenate((np.ones(points), np.zeros(pairs), [float(len(medians))])),
        integers=left,
    )
    opened = np.isin(sites, medians)
    nearest = np.where(opened, costs[:, sites], np.inf).argmin(axis=1)
    given = np.zeros((points, left))
    given[np.arange(points), nearest] = 1.0
    return program, np.concatenate((opened.astype(float), given.ravel()))
