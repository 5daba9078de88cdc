"""Upper bounds of a covering, rigorous whatever the multipliers.

For any λ with 0 ≤ λ ≤ w: no plan covers more than Σ(w − λ) + in each group the quota's largest s_j, s_j = Σ of λ in reach of j. The best λ
solve a packing programme (maximise Σλ with s_j at most the price of a site of the group), which is solved whole up to some ten thousand
pairs and block by block of neighbouring points beyond: each block is exact given the rest, so the bound falls with every block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, hstack, identity

from yole.deployment.engine.model import Core
from yole.deployment.engine.pace import Pace, over
from yole.deployment.engine.program import Program, solve
from yole.deployment.engine.reach import Floats, Ints

WHOLE_PAIRS, INTERIOR_PAIRS = 12_000, 60_000  # up to the first by simplex, up to the second by the interior point
BLOCK = 600
ROUNDS = 4
SECONDS_A_BLOCK = 5.0


@dataclass(frozen=True, slots=True)
class Bound:
    """`value` includes what existing sites cover. `multipliers` (points,); `opened` (sites,) the programme's share of each site."""

    value: float
    multipliers: Floats
    opened: Floats


def outward(value: float, whole: bool) -> float:
    """An upper bound kept above any rounding error; floored when only whole values are possible."""
    above = value + 1e-9 * abs(value)
    return float(np.floor(above)) if whole else above


def value_of(core: Core, multipliers: Floats) -> float:
    loads = core.reach @ multipliers
    best = sum(largest(loads[core.group == group], int(quota)) for group, quota in enumerate(core.quota))
    return core.base + float((core.weights - multipliers).sum()) + best


def largest(values: Floats, count: int) -> float:
    if count <= 0 or not len(values):
        return 0.0
    return float(values.sum() if count >= len(values) else np.partition(values, len(values) - count)[len(values) - count :].sum())


def quick(core: Core) -> Bound:
    """The best of three multipliers known at once: none, all of the weight, the weight shared among the sites in reach."""
    shared = core.weights / np.maximum(1, np.diff(core.by_point.indptr))
    tried = [np.zeros_like(core.weights), core.weights, shared]
    values = [value_of(core, multipliers) for multipliers in tried]
    best = int(np.argmin(values))
    return Bound(values[best], tried[best], np.zeros(core.reach.shape[0]))


def tight(core: Core, last_gain: Floats, pace: Pace, rng: np.random.Generator) -> Bound:
    """The programme's bound. `last_gain` (groups,): what the last site of each group added in a greedy plan, near its price."""
    best = quick(core)
    if over(pace) or not len(core.weights):
        return best
    if core.reach.nnz <= INTERIOR_PAIRS:
        best = _whole(core, pace, best)
        if core.reach.nnz <= WHOLE_PAIRS or best.opened.any() or over(pace):
            return best
    prices, multipliers, loads = last_gain.copy(), np.zeros_like(core.weights), np.zeros(core.reach.shape[0])
    opened = np.zeros(core.reach.shape[0])
    for step in range(ROUNDS):
        turned = core.where @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
        blocks = _split(turned, np.arange(len(core.weights)), BLOCK)
        for number, block in enumerate(blocks):
            if over(pace):
                return _better(core, best, multipliers, opened)
            _improve(core, block, multipliers, loads, prices, opened, pace)
            pace.tell("bound", (step + number / len(blocks)) / ROUNDS)
        loads = core.reach @ multipliers
        best = _better(core, best, multipliers, opened)
        used = np.bincount(core.group, weights=opened, minlength=len(core.quota))
        prices = prices * np.clip(used / np.maximum(1, core.quota), 0.9, 1.1)
    return best


def _better(core: Core, best: Bound, multipliers: Floats, opened: Floats) -> Bound:
    value = value_of(core, multipliers)
    if value < best.value:
        return Bound(value, multipliers.copy(), opened.copy())
    return Bound(best.value, best.multipliers, opened.copy()) if not best.opened.any() else best


def _whole(core: Core, pace: Pace, best: Bound) -> Bound:
    """All points at once, the prices of the groups found with them."""
    sites, points = core.reach.shape
    groups = len(core.quota)
    of_group = csc_matrix((np.ones(sites), (np.arange(sites), core.group)), shape=(sites, groups))
    program = Program(
        cost=np.concatenate((-np.ones(points), np.ones(sites), core.quota.astype(float))),
        lower=np.zeros(points + sites + groups),
        upper=np.concatenate((core.weights, np.full(sites + groups, np.inf))),
        rows=hstack((core.reach, -identity(sites), -of_group), format="csc"),
        row_lower=np.full(sites, -np.inf),
        row_upper=np.zeros(sites),
    )
    done = solve(program, pace, pace.left() / 2, interior=core.reach.nnz > WHOLE_PAIRS)
    if done.values is None:
        return best
    multipliers = np.clip(done.values[:points], 0, core.weights)
    opened = np.zeros(sites) if done.row_duals is None else np.clip(-done.row_duals, 0, 1)
    return _better(core, best, multipliers, opened)


def _improve(core: Core, block: Ints, multipliers: Floats, loads: Floats, prices: Floats, opened: Floats, pace: Pace) -> None:
    """Exact multipliers of one block given the others; updates `multipliers`, `loads` and `opened` in place."""
    columns = core.by_point[:, block]
    sites = np.unique(columns.indices)
    inside = columns.tocsr()[sites]
    room = prices[core.group[sites]] - (loads[sites] - inside @ multipliers[block])
    program = Program(
        cost=np.concatenate((-np.ones(len(block)), np.ones(len(sites)))),
        lower=np.zeros(len(block) + len(sites)),
        upper=np.concatenate((core.weights[block], np.full(len(sites), np.inf))),
        rows=hstack((inside, -identity(len(sites))), format="csc"),
        row_lower=np.full(len(sites), -np.inf),
        row_upper=room,
    )
    done = solve(program, pace, SECONDS_A_BLOCK, watched=False)
    if not done.optimal or done.values is None or done.row_duals is None:
        return
    new = np.clip(done.values[: len(block)], 0, core.weights[block])
    loads[sites] += inside @ (new - multipliers[block])
    multipliers[block] = new
    opened[sites] = np.clip(-done.row_duals, 0, 1)


def _split(where: Floats, points: Ints, size: int) -> list[Ints]:
    """Halves across the longest side until each part has `size` points at most."""
    if len(points) <= size:
        return [points]
    axis = int(np.argmax(np.ptp(where[points], axis=0)))
    order = points[np.argsort(where[points, axis], kind="stable")]
    half = len(order) // 2
    return _split(where, order[:half], size) + _split(where, order[half:], size)
