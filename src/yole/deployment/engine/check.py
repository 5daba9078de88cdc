"""Recomputes what a plan covers, by other means than the engine: haversine on degrees, in bands of latitude; flow by augmenting paths."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from yole.deployment.engine.model import Problem
from yole.deployment.engine.reach import Floats, Ints
from yole.kernel.geo import EARTH_RADIUS_KM

SLACK_KM = 1e-9
CHUNK = 256


def covered_by(places: Floats, points: Floats, radius_km: float) -> NDArray[np.bool_]:
    """Which points (n, 2) have one of `places` (m, 2), both in degrees, at `radius_km` or nearer."""
    served = np.zeros(len(points), dtype=bool)
    order = np.argsort(points[:, 0], kind="stable")
    latitudes = points[order, 0]
    margin = np.degrees((radius_km + SLACK_KM) / EARTH_RADIUS_KM) * (1 + 1e-9) + 1e-9
    for lat, lon in places.tolist():
        first, end = np.searchsorted(latitudes, (lat - margin, lat + margin), side="left")
        end = int(np.searchsorted(latitudes, lat + margin, side="right"))
        near = order[first:end]
        served[near[_kilometres(lat, lon, points[near]) <= radius_km + SLACK_KM]] = True
    return served


def _kilometres(lat: float, lon: float, points: Floats) -> Floats:
    one, many = np.radians(lat), np.radians(points[:, 0])
    half_lat, half_lon = (many - one) / 2, np.radians(points[:, 1] - lon) / 2
    part = np.sin(half_lat) ** 2 + np.cos(one) * np.cos(many) * np.sin(half_lon) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, part))))


def recompute(problem: Problem, sites: list[int]) -> tuple[float, float, list[str]]:
    """Weight covered, weight covered by existing sites alone, and every rule that the plan breaks (empty when it is right)."""
    broken = []
    if len(set(sites)) != len(sites):
        broken.append("a site is there twice")
    if len(sites) != problem.count:
        broken.append(f"{len(sites)} sites instead of {problem.count}")
    if problem.site_group is not None and problem.quota is not None:
        got = [int((problem.site_group[sites] == group).sum()) for group in range(len(problem.quota))]
        if got != problem.quota.tolist():
            broken.append(f"{got} sites per group instead of {problem.quota.tolist()}")
    already = covered_by(problem.existing, problem.points, problem.radius_km)
    base = float(problem.weights[already].sum())
    if problem.capacity is not None:
        return base + _flow(problem, sites, ~already), base, broken
    also = covered_by(problem.sites[sites], problem.points, problem.radius_km)
    return float(problem.weights[already | also].sum()), base, broken


def _flow(problem: Problem, sites: list[int], open_points: NDArray[np.bool_]) -> float:
    """Greatest weight that the sites can serve, by shortest augmenting paths between sites and points."""
    if problem.capacity is None:
        raise ValueError("no capacity")
    reach = {site: np.flatnonzero(covered_by(problem.sites[[site]], problem.points, problem.radius_km) & open_points) for site in sites}
    left = {site: float(problem.capacity[site]) for site in sites}
    need = {int(point): float(problem.weights[point]) for points in reach.values() for point in points}
    given: dict[tuple[int, int], float] = {}
    holders: dict[int, set[int]] = {point: set() for point in need}
    total = 0.0
    while True:
        path = _path(reach, left, need, given, holders)
        if path is None:
            return total
        start, steps, end = path
        amount = min([left[start], need[end], *(given[taken] for taken, kind in steps if kind == "back")])
        for pair, kind in steps:
            given[pair] = given.get(pair, 0.0) + (amount if kind == "forth" else -amount)
            (holders[pair[1]].add if given[pair] > 0 else holders[pair[1]].discard)(pair[0])
        left[start] -= amount
        need[end] -= amount
        total += amount


Step = tuple[tuple[int, int], str]


def _path(
    reach: dict[int, Ints],
    left: dict[int, float],
    need: dict[int, float],
    given: dict[tuple[int, int], float],
    holders: dict[int, set[int]],
) -> tuple[int, list[Step], int] | None:
    """From a site with capacity left to a point that needs more, going back through what other sites give."""
    queue = deque(site for site, amount in left.items() if amount > 0)
    came: dict[int, tuple[int, list[Step]]] = {site: (site, []) for site in queue}
    seen: set[int] = set()
    while queue:
        site = queue.popleft()
        start, steps = came[site]
        for point in reach[site].tolist():
            if point in seen:
                continue
            seen.add(point)
            forth: list[Step] = [*steps, ((site, point), "forth")]
            if need[point] > 0:
                return start, forth, point
            for other in holders[point]:
                if other not in came:
                    came[other] = (start, [*forth, ((other, point), "back")])
                    queue.append(other)
    return None
