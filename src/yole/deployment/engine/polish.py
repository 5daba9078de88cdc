"""Improves a plan by exact programmes on neighbourhoods: the sites near one or two points are free, all others stay as they are.

Two points far apart let one region give a site to another, which no neighbourhood of one point does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from yole.deployment.engine import exact
from yole.deployment.engine.bound import Bound
from yole.deployment.engine.model import Core
from yole.deployment.engine.pace import Pace, over
from yole.deployment.engine.search import promising

FREE, WIDER = 100, 1.25  # sites free at first; by how much wider once a whole round has found nothing
FREE_APART = 60  # the same where neighbourhoods may be around two points: smaller programmes, more of them
SECONDS_A_PART = 2.0
TIDES = 3  # neighbourhoods as many as it takes to free each site this often make a round


def polished(
    core: Core,
    chosen: list[int],
    bound: Bound,
    pace: Pace,
    rng: np.random.Generator,
    *,
    apart: bool = False,
    everywhere: bool = False,
) -> list[int]:
    """A plan at least as good as `chosen`, sought while `pace` lasts or until the neighbourhood of all sites has been solved in vain.

    `apart`: one neighbourhood in two is around two points. `everywhere`: every site may be free, not the promising ones alone.
    """
    sites = np.arange(core.reach.shape[0]) if everywhere else promising(core, chosen, bound)
    if not len(sites):
        return chosen
    tree = cKDTree(core.site_where[sites])
    undecided = np.flatnonzero((bound.opened[sites] > 0.01) & (bound.opened[sites] < 0.99))
    centres = undecided if len(undecided) else np.arange(len(sites))
    wanted, waited, value = min(FREE_APART if apart else FREE, len(sites)), 0, core.value(chosen)
    while not over(pace):
        around = sites[rng.choice(centres, size=2 if apart and rng.random() < 0.5 else 1)]
        near = np.atleast_1d(tree.query(core.site_where[around], k=max(1, wanted // len(around)))[1]).ravel()
        chosen, better = _solved(core, chosen, np.unique(sites[near]), pace)
        waited = 0 if better > 0 else waited + 1
        value += better
        pace.tell("search", 0.5, core.base + value)
        if waited * wanted > TIDES * len(sites):
            if wanted == len(sites):
                break
            wanted, waited = min(len(sites), int(wanted * WIDER)), 0
    return chosen


def merged(core: Core, plans: list[list[int]], pace: Pace) -> list[int]:
    """The best plan of the sites of all `plans`, those that all have in common kept."""
    common = set.intersection(*map(set, plans))
    free = np.array(sorted(set().union(*plans) - common), dtype=np.int64)
    return _solved(core, max(plans, key=core.value), free, pace)[0]


def _solved(core: Core, chosen: list[int], free: np.ndarray, pace: Pace) -> tuple[list[int], float]:
    """The plan with the sites of `free` chosen anew, as many as before, and by how much it is better."""
    inside = np.isin(chosen, free)
    fixed = [site for site, freed in zip(chosen, inside, strict=True) if not freed]
    moving = [site for site, freed in zip(chosen, inside, strict=True) if freed]
    if not moving:
        return chosen, 0.0
    part, start = _part(core, free, fixed, moving)
    if not part.reach.shape[1]:
        return chosen, 0.0
    found, _ = exact.prove(part, start, pace, SECONDS_A_PART)
    better = part.value(found) - part.value(start)
    return (fixed + [int(free[site]) for site in found], better) if better > 0 else (chosen, 0.0)


def _part(core: Core, free: np.ndarray, fixed: list[int], moving: list[int]) -> tuple[Core, list[int]]:
    """The instance of the free sites and of the points that no fixed site covers, and where `moving` are in it."""
    reach = core.reach[free]
    covered = np.asarray(core.reach[fixed].sum(axis=0)).ravel() > 0 if fixed else np.zeros(len(core.weights), dtype=bool)
    points = np.flatnonzero(~covered & (np.asarray(reach.sum(axis=0)).ravel() > 0))
    reach = reach.tocsc()[:, points].tocsr()
    quota = np.bincount(core.group[moving], minlength=len(core.quota)).astype(np.int64)
    place = {int(site): i for i, site in enumerate(free)}
    part = replace(
        core,
        reach=reach,
        by_point=reach.tocsc(),
        weights=core.weights[points],
        where=core.where[points],
        sites=core.sites[free],
        site_where=core.site_where[free],
        group=core.group[free],
        quota=quota,
        point_group=core.point_group[points],
        base=0.0,
    )
    return part, [place[site] for site in moving]
