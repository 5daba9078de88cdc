"""Improves a plan: close one to four neighbouring sites, rebuild among the nearest, keep what is better or hardly worse.

The tolerance falls to nothing at the end. Plain lists of Python numbers: some ten thousand moves a second, without a compiled extra.
"""

from __future__ import annotations

import random

import numpy as np
from scipy.spatial import cKDTree

from yole.deployment.engine.bound import Bound
from yole.deployment.engine.model import Core
from yole.deployment.engine.pace import Pace, over
from yole.deployment.engine.reach import Ints

NEAREST = 40
WORK = 400  # points looked at for one rebuilt site, about
HEAT = 0.15  # first tolerance, as a share of what the least useful site of the plan adds
CLOSED_AT_MOST = 4


class Search:
    """One plan under improvement. `chosen`: sites of the core; `best` the best plan seen and `best_value` its weight (without base)."""

    def __init__(self, core: Core, chosen: list[int], bound: Bound, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a search, not a secret
        self.chosen = list(chosen)
        self.place = {site: i for i, site in enumerate(self.chosen)}
        self.points = [part.tolist() for part in np.split(core.reach.indices, core.reach.indptr[1:-1])]
        self.weights = core.weights.tolist()
        self.group = core.group.tolist()
        counts = np.asarray(core.reach[self.chosen].sum(axis=0)).ravel().astype(int)
        self.counts = counts.tolist()
        self.open = [False] * core.reach.shape[0]
        for site in self.chosen:
            self.open[site] = True
        self.room = (core.quota - np.bincount(core.group[self.chosen], minlength=len(core.quota))).tolist()
        self.value = float(core.weights[counts > 0].sum())
        self.best, self.best_value = list(self.chosen), self.value
        self.near = _near(core, self.chosen, bound)

    def run(self, moves: int, heat: float, enough: float, pace: Pace) -> None:
        """`moves` at most, fewer when time is over or `enough` is reached; `heat` in units of weight."""
        allowed = max(pace.left(), 1e-9)
        tolerance = heat
        for move in range(moves):
            if move % 128 == 0:
                share = max(move / moves, 1 - pace.left() / allowed)
                tolerance = heat * max(0.0, 1 - share / 0.9)
                pace.tell("search", share, self.best_value)
                if over(pace) or self.best_value >= enough:
                    return
            self._move(tolerance)

    def _move(self, tolerance: float) -> None:
        chosen, points, weights, counts, opened = self.chosen, self.points, self.weights, self.counts, self.open
        draw = self.random.random
        centre = chosen[int(draw() * len(chosen))]
        around = self.near.get(centre)
        if around is None:
            return
        closed = [centre]
        wanted = 1 + int(draw() * CLOSED_AT_MOST)
        for site in around:
            if len(closed) >= wanted:
                break
            if opened[site] and site != centre:
                closed.append(site)
        lost = 0.0
        for site in closed:
            opened[site] = False
            self.room[self.group[site]] += 1
            for point in points[site]:
                counts[point] -= 1
                if not counts[point]:
                    lost += weights[point]
        built, gained = self._rebuild(around, len(closed))
        change = gained - lost
        if change >= -tolerance * draw():
            self._keep(closed, built, change)
            return
        for site in built:
            self._switch(site, opened=False)
        for site in closed:
            self._switch(site, opened=True)

    def _rebuild(self, around: list[int], wanted: int) -> tuple[list[int], float]:
        points, weights, counts, opened, room, group = self.points, self.weights, self.counts, self.open, self.room, self.group
        draw = self.random.random
        built: list[int] = []
        gained = 0.0
        for step in range(wanted):
            top, chosen, worth = 0.0, -1, 0.0
            for site in around:
                if opened[site] or room[group[site]] <= 0:
                    continue
                gain = 0.0
                for point in points[site]:
                    if not counts[point]:
                        gain += weights[point]
                told = gain if step else gain * (0.9 + 0.2 * draw())
                if told > top:
                    top, chosen, worth = told, site, gain
            if chosen < 0:
                break
            self._switch(chosen, opened=True)
            built.append(chosen)
            gained += worth
        return built, gained

    def _switch(self, site: int, *, opened: bool) -> None:
        self.open[site] = opened
        self.room[self.group[site]] += -1 if opened else 1
        step = 1 if opened else -1
        counts = self.counts
        for point in self.points[site]:
            counts[point] += step

    def _keep(self, closed: list[int], built: list[int], change: float) -> None:
        self.value += change
        for site in closed:
            slot = self.place.pop(site)
            last = self.chosen.pop()
            if last != site:
                self.chosen[slot] = last
                self.place[last] = slot
        for site in built:
            self.place[site] = len(self.chosen)
            self.chosen.append(site)
        if self.value > self.best_value:
            self.best, self.best_value = list(self.chosen), self.value


def promising(core: Core, chosen: list[int], bound: Bound) -> Ints:
    """Sites worth a look: in the plan, opened by the programme, or loaded near the price of their group under the bound's multipliers."""
    loads = core.reach @ bound.multipliers
    kept = bound.opened > 0.01
    kept[chosen] = True
    for group, quota in enumerate(core.quota):
        members = np.flatnonzero(core.group == group)
        if quota <= 0 or not len(members):
            continue
        price = np.sort(loads[members])[-min(int(quota), len(members))]
        kept[members[loads[members] >= 0.9 * price]] = True
    sites: Ints = np.flatnonzero(kept)
    return sites


def _near(core: Core, chosen: list[int], bound: Bound) -> dict[int, list[int]]:
    """For each promising site its nearest promising ones, itself first."""
    sites = promising(core, chosen, bound)
    degree = max(1.0, core.reach.nnz / max(1, core.reach.shape[0]))
    wanted = min(len(sites), max(8, min(NEAREST, int(WORK / degree))))
    nearest = cKDTree(core.site_where[sites]).query(core.site_where[sites], k=wanted)[1].reshape(len(sites), wanted)
    return dict(zip(sites.tolist(), sites[nearest].tolist(), strict=True))
