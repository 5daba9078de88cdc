"""What the covering engine is asked, what it answers, and the smaller instance it works on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from yole.deployment.engine.reach import Floats, Ints, unit_vectors, within

# Pairs of sites compared to find those that serve nothing more than another: beyond, the comparison costs more than it saves.
MOST_COMPARED = 20_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """`points` (n, 2), `sites` (m, 2) and `existing` (e, 2) in degrees; `weights` (n,) ≥ 0; exactly `count` ≤ m sites are chosen.

    `site_group` (m,) with `quota` (groups,) summing to `count`: exactly that many sites in each group. `capacity` (m,): weight that a
    site serves at most, demand divisible. `point_group` (n,): groups whose rate of coverage is compared (fairness).
    """

    points: Floats
    weights: Floats
    sites: Floats
    count: int
    radius_km: float
    existing: Floats
    site_group: Ints | None = None
    quota: Ints | None = None
    capacity: Floats | None = None
    point_group: Ints | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """`sites`: positions in Problem.sites, sorted. `upper_bound` is proven, `covered` and it include what existing sites cover."""

    sites: list[int]
    covered: float
    upper_bound: float
    stopped: bool


@dataclass(frozen=True, slots=True)
class Core:
    """The instance without what cannot matter: `reach` (sites × points), at most `quota[g]` sites in group g, weights all above 0.

    Points served by existing sites or by nobody are out (`base`: the weight of the former); points with the same sites are one;
    sites that serve nothing more than another of their group are out. `sites`: their positions in the problem.
    """

    reach: csr_matrix
    by_point: csc_matrix
    weights: Floats
    where: Floats
    sites: Ints
    site_where: Floats
    group: Ints
    quota: Ints
    capacity: Floats | None
    point_group: Ints
    base: float
    whole: bool

    def value(self, chosen: Ints | list[int]) -> float:
        """Weight in reach of the chosen sites (positions in the core), capacities left aside."""
        if len(chosen) == 0:
            return 0.0
        return float(self.weights[np.asarray(self.reach[chosen].sum(axis=0)).ravel() > 0].sum())


def core_of(problem: Problem) -> Core:
    """What is left to decide of a problem, under the same best value: points served today count in `base` and go, points that the same
    sites of one group reach are joined into one (weights added), sites that serve nobody, or that another of their group always
    replaces, are left out.
    """
    reach = within(problem.sites, problem.points, problem.radius_km)
    served = np.asarray(within(problem.existing, problem.points, problem.radius_km).sum(axis=0)).ravel() > 0
    base = float(problem.weights[served].sum())
    reached = np.asarray(reach.sum(axis=0)).ravel() > 0
    points = np.flatnonzero(~served & reached & (problem.weights > 0))
    groups = problem.point_group if problem.point_group is not None else np.zeros(len(problem.points), dtype=np.int64)
    first, of = _same_sites(reach.tocsc()[:, points], groups[points])
    weights = np.bincount(of, weights=problem.weights[points], minlength=len(first)).astype(np.float64)
    points = points[first]
    group = problem.site_group if problem.site_group is not None else np.zeros(len(problem.sites), dtype=np.int64)
    quota = problem.quota if problem.quota is not None else np.array([problem.count], dtype=np.int64)
    reach = reach.tocsc()[:, points].tocsr()
    kept = np.flatnonzero(_useful(reach, group, problem.capacity) & (quota[group] > 0))
    reach = reach[kept]
    # A group whose quota is 0 may leave points that nobody can serve.
    left = np.flatnonzero(np.asarray(reach.sum(axis=0)).ravel() > 0)
    reach = reach.tocsc()[:, left].tocsr()
    reach.sort_indices()
    return Core(
        reach=reach,
        by_point=reach.tocsc(),
        weights=weights[left],
        where=unit_vectors(problem.points[points[left]]),
        sites=kept,
        site_where=unit_vectors(problem.sites[kept]),
        group=group[kept],
        quota=quota,
        capacity=None if problem.capacity is None else problem.capacity[kept],
        point_group=groups[points[left]],
        base=base,
        whole=bool((problem.weights == np.rint(problem.weights)).all()),
    )


def _same_sites(by_point: csc_matrix, groups: Ints) -> tuple[Ints, Ints]:
    """First point of each class of points with the same sites and group, and the class of every point."""
    by_point.sort_indices()
    classes: dict[bytes, int] = {}
    of = np.empty(by_point.shape[1], dtype=np.int64)
    first: list[int] = []
    bounds, rows = by_point.indptr, by_point.indices
    for point in range(by_point.shape[1]):
        key = rows[bounds[point] : bounds[point + 1]].tobytes() + groups[point].tobytes()
        of[point] = classes.setdefault(key, len(first))
        if of[point] == len(first):
            first.append(point)
    return np.array(first, dtype=np.int64), of


def _useful(reach: csr_matrix, group: Ints, capacity: Floats | None) -> NDArray[np.bool_]:
    """Which sites serve somebody and are not contained in another site of their group (which helps only where capacity is no limit)."""
    size = np.diff(reach.indptr)
    useful = np.asarray(size > 0)
    degree = np.diff(reach.tocsc().indptr).astype(np.float64)
    if capacity is not None or (degree**2).sum() > MOST_COMPARED:
        return useful
    shared = (reach @ reach.T).tocoo()
    one, other = shared.row, shared.col
    inside = (shared.data == size[one]) & (one != other) & (group[one] == group[other])
    useful[one[inside & ((size[other] > size[one]) | (other < one))]] = False
    return useful


def completed(problem: Problem, core: Core, chosen: list[int]) -> list[int]:
    """Positions in the problem of the chosen sites of the core, with the rest of the count spent on other sites, in file order."""
    picked = [int(site) for site in core.sites[chosen]]
    group = problem.site_group if problem.site_group is not None else np.zeros(len(problem.sites), dtype=np.int64)
    room = core.quota.copy()
    for site in picked:
        room[group[site]] -= 1
    taken = set(picked)
    for site in range(len(problem.sites)):
        if room[group[site]] > 0 and site not in taken:
            picked.append(site)
            room[group[site]] -= 1
    return sorted(picked)
