"""The largest gain first, with a heap of gains that are recomputed only when they come to the top."""

from __future__ import annotations

import heapq

import numpy as np

from yole.deployment.engine.model import Core
from yole.deployment.engine.reach import Floats


def greedy(core: Core, start: list[int] | None = None) -> tuple[list[int], Floats]:
    """Sites of the core in the order of choice after those of `start`, and the gain of the last one of each group (0 if none).

    Stops before the quota where nothing more is gained. Ties go to the first site of the file.
    """
    chosen = list(start or [])
    room = core.quota.copy()
    np.subtract.at(room, core.group[chosen], 1)
    covered = np.zeros(len(core.weights), dtype=bool)
    if chosen:
        covered |= np.asarray(core.reach[chosen].sum(axis=0)).ravel() > 0
    gains = core.reach @ np.where(covered, 0.0, core.weights)
    last = np.zeros(len(core.quota))
    taken = set(chosen)
    heap = [(-gain, site) for site, gain in enumerate(gains.tolist()) if site not in taken and gain > 0]
    heapq.heapify(heap)
    bounds, columns = core.reach.indptr, core.reach.indices
    while heap:
        _, site = heapq.heappop(heap)
        group = core.group[site]
        if room[group] <= 0:
            continue
        points = columns[bounds[site] : bounds[site + 1]]
        fresh = points[~covered[points]]
        gain = float(core.weights[fresh].sum())
        if gain <= 0:
            continue
        if heap and (-gain, site) > heap[0]:
            heapq.heappush(heap, (-gain, site))
            continue
        covered[fresh] = True
        chosen.append(site)
        room[group] -= 1
        last[group] = gain
    last[room > 0] = 0.0
    return chosen, last


def refilled(core: Core, chosen: list[int]) -> list[int]:
    """The plan without the sites whose points others cover too, completed by the largest gains: never worse."""
    counts = np.asarray(core.reach[chosen].sum(axis=0)).ravel() if chosen else np.zeros(len(core.weights))
    kept = []
    for site in chosen:
        points = core.reach.indices[core.reach.indptr[site] : core.reach.indptr[site + 1]]
        if (counts[points] > 1).all():
            counts[points] -= 1
        else:
            kept.append(site)
    return greedy(core, kept)[0]


def rounded(core: Core, opened: Floats) -> list[int]:
    """Sites that the programme opens by more than half, the most open first and within the quotas, completed greedily."""
    room = core.quota.copy()
    start: list[int] = []
    for site in np.argsort(-opened, kind="stable").tolist():
        if opened[site] <= 0.5:
            break
        if room[core.group[site]] > 0:
            start.append(site)
            room[core.group[site]] -= 1
    return greedy(core, start)[0]
