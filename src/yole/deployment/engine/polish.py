"""Improves a plan by exact programmes on neighbourhoods: the sites near a point are free, all others stay as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from yole.deployment.engine import exact
from yole.deployment.engine.model import Core
from yole.deployment.engine.pace import Pace, over

FREE = 120
ROUNDS = 60
SECONDS_A_PART = 2.0


def polished(core: Core, chosen: list[int], opened: np.ndarray, pace: Pace, rng: np.random.Generator) -> list[int]:
    """A plan at least as good as `chosen`. `opened`: the programme's share of each site; neighbourhoods are around undecided ones."""
    undecided = np.flatnonzero((opened > 0.01) & (opened < 0.99))
    if not len(undecided):
        return chosen
    tree = cKDTree(core.site_where)
    wanted = min(FREE, core.reach.shape[0])
    for number in range(ROUNDS):
        if over(pace):
            break
        free = np.unique(tree.query(core.site_where[rng.choice(undecided)], k=wanted)[1])
        pace.tell("search", number / ROUNDS)
        inside = np.isin(chosen, free)
        fixed = [site for site, freed in zip(chosen, inside, strict=True) if not freed]
        moving = [site for site, freed in zip(chosen, inside, strict=True) if freed]
        if not moving:
            continue
        part, start = _part(core, free, fixed, moving)
        if not part.reach.shape[1]:
            continue
        found, _ = exact.prove(part, start, pace, SECONDS_A_PART)
        if part.value(found) > part.value(start):
            chosen = fixed + [int(free[site]) for site in found]
    return chosen


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
