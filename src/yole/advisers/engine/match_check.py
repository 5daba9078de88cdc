"""Checks placements against the rules, without using anything of the algorithm: own distances (haversine), own comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yole.advisers.engine.match_problem import Problem
from yole.kernel.geo import EARTH_RADIUS_KM, great_circle_km

ROWS = 100  # candidates at once: their pairs fit the processor's cache
NEARLY = 1e-9  # km


@dataclass(slots=True)
class Examination:
    """`broken`: placements that a hard rule forbids, in words. `blocking`: pairs that would both rather be together; `examples` of them."""

    broken: list[str] = field(default_factory=list)
    blocking: int = 0
    examples: list[tuple[int, int]] = field(default_factory=list)

    @property
    def stable(self) -> bool:
        return not self.broken and not self.blocking


def examine(problem: Problem, placements: Sequence[NDArray[np.int64]]) -> list[Examination]:
    """One examination per placement (`placed[c]`: post or −1), read in one pass over the candidates."""
    states = [_State(problem, placed) for placed in placements]
    people, posts = problem.candidates, problem.posts
    post_lat, post_lon, person_lat, person_lon = (np.radians(a) for a in (posts.lat, posts.lon, people.lat, people.lon))
    cosine, person_cosine = np.cos(post_lat), np.cos(person_lat)
    listed = bool(problem.preferences.candidates or problem.preferences.posts)
    inverted: dict[int, list[tuple[int, int]]] = {}
    for p, ranks in problem.preferences.posts.items():
        for c, rank in ranks.items():
            inverted.setdefault(c, []).append((p, rank))
    asks_back = np.zeros(len(posts), dtype=bool)
    asks_back[list(problem.preferences.posts)] = True
    sets: dict[tuple[frozenset[str], frozenset[str]], NDArray[np.bool_]] = {}
    for first in range(0, len(people), ROWS):
        block = range(first, min(first + ROWS, len(people)))
        acceptable = np.zeros((len(block), len(posts)), dtype=bool)
        candidate_rank = np.zeros(acceptable.shape, dtype=np.int32)
        post_rank = np.zeros(acceptable.shape, dtype=np.int32)
        for i, person in enumerate(block):
            if not people.eligible[person]:
                continue
            kind = people.skills[person], people.zones[person]
            if kind not in sets:
                sets[kind] = np.array(
                    [z in kind[1] and need <= kind[0] for z, need in zip(posts.zone, posts.required, strict=True)], dtype=bool
                )
            row = sets[kind] & (posts.places > 0) & (posts.starts >= people.available[person])
            # A degree of latitude is a lower bound of the distance: the far ones are never measured.
            row &= np.abs(posts.lat - people.lat[person]) <= np.degrees(people.reach_km[person] / EARTH_RADIUS_KM) + 1e-6
            for j, rank in inverted.get(person, ()):
                post_rank[i, j] = rank
            row &= ~asks_back | (post_rank[i] > 0)
            if (own := problem.preferences.candidates.get(person)) is not None:
                for j, rank in own.items():
                    candidate_rank[i, j] = rank
                row &= candidate_rank[i] > 0
            acceptable[i] = row
        at, post = np.nonzero(acceptable)
        who = at + first
        haversine = np.sin((post_lat[post] - person_lat[who]) / 2) ** 2
        haversine += person_cosine[who] * cosine[post] * np.sin((post_lon[post] - person_lon[who]) / 2) ** 2
        km = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(haversine)))
        kept = km <= people.reach_km[who] + NEARLY
        metres = np.rint(km[kept] * 1000)
        at, who, post = at[kept], who[kept], post[kept]
        given = (candidate_rank[at, post], post_rank[at, post]) if listed else None
        for state in states:
            state.look(who, post, metres, given)
    return [state.told for state in states]


class _State:
    """What everybody has under one placement, and how bad the worst that each post holds is."""

    def __init__(self, problem: Problem, placed: NDArray[np.int64]) -> None:
        self.told = Examination()
        self._placed = placed
        self._experience = problem.candidates.experience
        n, m = len(problem.candidates), len(problem.posts)
        self._has_metres, self._has_rank = np.full(n, np.inf), np.full(n, np.inf)
        self._worst_experience, self._worst_metres = np.full(m, np.inf), np.full(m, -np.inf)
        self._worst_rank = np.full(m, -np.inf)
        load = np.zeros(m, dtype=np.int64)
        for c in np.flatnonzero(placed >= 0).tolist():
            p = int(placed[c])
            load[p] += 1
            people, posts = problem.candidates, problem.posts
            km = great_circle_km(float(people.lat[c]), float(people.lon[c]), float(posts.lat[p]), float(posts.lon[p]))
            if why := _broken(problem, c, p, km):
                self.told.broken.append(f"{people.ids[c]} → {posts.ids[p]} : {why}")
            metres, experience = round(km * 1000), float(self._experience[c])
            self._has_metres[c] = metres
            self._has_rank[c] = problem.preferences.candidates.get(c, {}).get(p, np.inf)
            if (experience, -metres) < (self._worst_experience[p], -self._worst_metres[p]):
                self._worst_experience[p], self._worst_metres[p] = experience, metres
            self._worst_rank[p] = max(self._worst_rank[p], problem.preferences.posts.get(p, {}).get(c, np.inf))
        for p in np.flatnonzero(load > problem.posts.places).tolist():
            self.told.broken.append(f"{problem.posts.ids[p]} : {load[p]} personnes pour {problem.posts.places[p]} places")
        self._free = load < problem.posts.places

    def look(
        self,
        c: NDArray[np.int64],
        p: NDArray[np.int64],
        metres: NDArray[np.float64],
        ranks: tuple[NDArray[np.int32], NDArray[np.int32]] | None,
    ) -> None:
        """Counts the blocking pairs among acceptable ones. `ranks`: candidate’s and post’s, 0 for none; None when nobody gave any."""
        rather = metres < self._has_metres[c]
        if ranks is not None:
            rather = np.where(ranks[0] > 0, ranks[0] < self._has_rank[c], rather)
        some = np.flatnonzero(rather & (self._placed[c] != p))
        c, p, metres = c[some], p[some], metres[some]
        better = (self._experience[c] > self._worst_experience[p]) | (
            (self._experience[c] == self._worst_experience[p]) & (metres < self._worst_metres[p])
        )
        if ranks is not None:
            theirs = ranks[1][some]
            better = np.where(theirs > 0, theirs < self._worst_rank[p], better)
        found = np.flatnonzero(self._free[p] | better)
        self.told.blocking += len(found)
        for at in found[: max(0, 10 - len(self.told.examples))].tolist():
            self.told.examples.append((int(c[at]), int(p[at])))


def _broken(problem: Problem, c: int, p: int, km: float) -> str:
    """The hard rule that a placement breaks, in French; empty when none."""
    people, posts = problem.candidates, problem.posts
    own: Mapping[int, int] | None = problem.preferences.candidates.get(c)
    other = problem.preferences.posts.get(p)
    if not people.eligible[c]:
        return "candidature non éligible"
    if not posts.required[p] <= people.skills[c]:
        return "compétence manquante"
    if posts.zone[p] not in people.zones[c]:
        return "autre zone"
    if km > people.reach_km[c] + NEARLY:
        return "trop loin"
    if people.available[c] > posts.starts[p]:
        return "disponible trop tard"
    if (own is not None and p not in own) or (other is not None and c not in other):
        return "l’un des deux n’a pas cité l’autre"
    return ""
