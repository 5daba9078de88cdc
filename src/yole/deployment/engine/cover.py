"""Maximal covering: where to put `count` sites so that the most weight is within reach, and how far from the best that can be.

Greedy plan; rigorous bound from a packing programme; the programme's sites rounded; improvement by closing and rebuilding neighbours;
proof by branch and bound when the instance is small. Source of the method: Church and ReVelle 1974 for the problem; reference §2 and §3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yole.deployment.engine import bound as bounds
from yole.deployment.engine import capacity as capacities
from yole.deployment.engine import exact
from yole.deployment.engine.greedy import greedy, refilled, rounded
from yole.deployment.engine.model import Core, Cover, Problem, completed, core_of
from yole.deployment.engine.pace import Pace, over
from yole.deployment.engine.polish import merged, polished
from yole.deployment.engine.reach import Floats, within
from yole.deployment.engine.search import HEAT, Search

MOVES_A_SITE, MOST_MOVES = 20, 250_000
SEARCH_SHARE, POLISH_SHARE = 0.3, 0.4  # of the time left, for what comes before neighbourhoods, and before a proof
QUICK_SEARCH, QUICK_PROOF = 0.05, 0.1
# Where a first proof fails: walks warm enough to end far from each other, each polished on its own, whose sites one programme joins.
# A single plan, polished however long, ends in a place that no neighbourhood leaves; what several do not share shows the way out.
WALKS, WALK_MOVES, WALK_HEATS = 6, 4_000, (0.3, 0.8)
WALKS_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class FairCover:
    """A cover whose worst group has the best rate; `rates` (groups,) as covered (NaN without weight), `rate_bound` proven."""

    cover: Cover
    rate: float
    rate_bound: float
    rates: Floats


def cover(problem: Problem, pace: Pace, seed: int = 0, known: list[int] | None = None) -> Cover:
    """The best plan found while `pace` lasts, with its proven bound. Reproducible with `seed` unless time cuts it short.

    `known`: sites of another plan of these points, the most useful first; the answer is at least as good as what they give here.
    """
    core = core_of(problem)
    if core.capacity is not None:
        chosen, value, limit = capacities.plan(core, core.capacity, pace)
        return _finished(problem, core, chosen, value, limit + core.base, pace)
    rng = np.random.default_rng(seed)
    chosen, last = greedy(core)
    if known is not None:
        chosen = max(chosen, _fitted(core, known), key=core.value)
    pace.tell("bound", 0.0, core.base + core.value(chosen))
    bound = bounds.tight(core, last, pace, rng)
    limit = bounds.outward(bound.value, core.whole)
    if bound.opened.any():
        chosen = max(chosen, rounded(core, bound.opened), key=core.value)
    if core.base + core.value(chosen) < limit and not over(pace) and chosen:
        start, moves, allowed = chosen, min(MOST_MOVES, MOVES_A_SITE * core.reach.shape[0]), limit - core.base
        provable, walks = exact.small(core), list[list[int]]()
        chosen = _walked(core, start, bound, last, allowed, _Share(pace, QUICK_SEARCH if provable else SEARCH_SHARE), seed, moves, HEAT)
        if provable:
            chosen, limit = _proved(core, chosen, limit, _Share(pace, QUICK_PROOF))
        if provable and core.base + core.value(chosen) < limit:
            share, walks = _Share(pace, WALKS_SHARE), [greedy(core, chosen)[0]]
            for walk in range(WALKS):
                if over(share) or core.base + core.value(walks[-1]) >= limit or _agreed(core, walks):
                    break
                turn = _Share(share, 1 / (WALKS - walk))
                ended = _walked(core, start, bound, last, allowed, turn, seed + 1 + walk, WALK_MOVES, WALK_HEATS[walk % len(WALK_HEATS)])
                # Half of them may also open the sites that the bound gives little hope: some of the best plans have a few.
                walks.append(polished(core, greedy(core, ended)[0], bound, turn, rng, apart=True, everywhere=walk >= WALKS // 2))
            chosen = merged(core, walks, pace)
        if core.base + core.value(chosen) < limit and not (provable and _agreed(core, walks)):
            share = _Share(pace, POLISH_SHARE if provable else 1.0)
            chosen = polished(core, greedy(core, chosen)[0], bound, share, rng, apart=provable)
        if provable:
            chosen, limit = _proved(core, chosen, limit, pace)
    chosen = refilled(core, chosen)
    return _finished(problem, core, chosen, core.value(chosen), limit, pace)


def fair_cover(problem: Problem, pace: Pace) -> FairCover:
    """Maximises the rate of the worst group of points (`point_group`), then the weight covered; for small instances."""
    core = core_of(problem)
    totals, served = _groups(problem)
    plan = exact.fairest(core, totals, served, pace)
    limit = min(bounds.quick(core).value, core.base + plan.upper_bound)
    chosen = greedy(core, plan.chosen)[0]
    done = _finished(problem, core, chosen, core.value(chosen), bounds.outward(limit, core.whole), pace)
    return FairCover(done, plan.rate, plan.rate_bound, rates(problem, done.sites))


def trade_off(problem: Problem, floors: list[float], pace: Pace) -> list[tuple[float, float]]:
    """For each floor of the worst group's rate that can be met: the floor, and the weight covered by the plan found."""
    core = core_of(problem)
    totals, served = _groups(problem)
    found = ((floor, exact.with_floor(core, totals, served, floor, pace)) for floor in floors if not over(pace))
    return [(floor, core.base + core.value(chosen)) for floor, chosen in found if chosen is not None]


def rates(problem: Problem, sites: list[int]) -> Floats:
    """Share of the weight of each group of points that is covered by existing sites and by `sites`; NaN for a group without weight."""
    if problem.point_group is None:
        raise ValueError("rates need point_group")
    near = within(problem.sites[sites], problem.points, problem.radius_km)
    also = within(problem.existing, problem.points, problem.radius_km)
    covered = np.asarray(near.sum(axis=0) + also.sum(axis=0)).ravel() > 0
    amount = int(problem.point_group.max()) + 1 if len(problem.point_group) else 0
    totals, served = (
        np.bincount(problem.point_group, weights=part, minlength=amount).astype(np.float64)
        for part in (problem.weights, problem.weights * covered)
    )
    rate: Floats = np.divide(served, totals, out=np.full(amount, np.nan), where=totals > 0)
    return rate


def _fitted(core: Core, known: list[int]) -> list[int]:
    """The first of the known sites that the quotas allow, completed."""
    place = {site: i for i, site in enumerate(core.sites.tolist())}
    room, kept = core.quota.copy(), list[int]()
    for site in (place[one] for one in known if one in place):
        if room[core.group[site]] > 0:
            kept.append(site)
            room[core.group[site]] -= 1
    return greedy(core, kept)[0]


def _walked(
    core: Core, start: list[int], bound: bounds.Bound, last: Floats, enough: float, pace: Pace, seed: int, moves: int, heat: float
) -> list[int]:
    """The best plan of one walk from `start`, completed. `heat` as a share of what the last sites of a greedy plan add."""
    search = Search(core, start, bound, seed)
    gains = last[last > 0]
    search.run(moves, heat * float(gains.mean()) if len(gains) else 0.0, enough, pace)
    return refilled(core, search.best)


def _agreed(core: Core, walks: list[list[int]]) -> bool:
    """Whether two plans of different walks are worth the same and none is better: the time left serves a proof better than a search."""
    values = sorted(map(core.value, walks))
    return len(values) > 2 and values[-1] == values[-2]


def _proved(core: Core, chosen: list[int], limit: float, pace: Pace) -> tuple[list[int], float]:
    """The plan of branch and bound where it is better, and the lower of the two bounds."""
    if core.base + core.value(chosen) >= limit or over(pace):
        return chosen, limit
    pace.tell("proof", 0.0, core.base + core.value(chosen))
    chosen, proven = exact.prove(core, chosen, pace)
    return chosen, min(limit, bounds.outward(core.base + proven, core.whole))


class _Share:
    """A part of the time that a pace still has."""

    def __init__(self, pace: Pace, share: float) -> None:
        self.pace = pace
        self.kept = pace.left() * (1 - share)

    def left(self) -> float:
        return self.pace.left() - self.kept

    def stopped(self) -> bool:
        return self.pace.stopped()

    def tell(self, stage: str, share: float, best: float | None = None) -> None:
        self.pace.tell(stage, share, best)


def _groups(problem: Problem) -> tuple[Floats, Floats]:
    if problem.point_group is None:
        raise ValueError("fairness needs point_group")
    also = np.asarray(within(problem.existing, problem.points, problem.radius_km).sum(axis=0)).ravel() > 0
    amount = int(problem.point_group.max()) + 1 if len(problem.point_group) else 0
    totals = np.bincount(problem.point_group, weights=problem.weights, minlength=amount).astype(np.float64)
    return totals, np.bincount(problem.point_group, weights=problem.weights * also, minlength=amount).astype(np.float64)


def _finished(problem: Problem, core: Core, chosen: list[int], value: float, limit: float, pace: Pace) -> Cover:
    covered = core.base + value
    return Cover(completed(problem, core, chosen), covered, max(covered, limit), pace.stopped())
