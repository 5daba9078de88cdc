"""Which candidate and post may meet: the hard rules, block by block, with the counts that explain who is left without anything.

Order of the rules: eligible, skills, zone, distance, dates, lists. Distances are those of a sphere of 6371.0088 km, from the chord
between unit vectors: exact within a micrometre at any length, and the same whatever the order of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yole.advisers.engine.match_problem import Bools, Floats, Ints, Problem
from yole.kernel.geo import EARTH_RADIUS_KM

BLOCK = 125  # rows at once: their pairs fit the processor's cache
SKILLS, ZONE, RANGE, DATES, LISTED = range(5)  # columns of the counts: what is left after each rule
SURE, WITH_DISTANCE, WITH_DELAY = 0, 1, 2  # a pair possible now, with some kilometres more, with some days more
TOLERANCE_KM = 1e-9
KINDS = (np.uint16, np.int32, np.uint8, np.int32, np.int32)  # of post, metres, kind, cost, rank when there is no pair


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of candidate c: positions `start[c]:start[c + 1]` of `post` (ascending), `metres`, `kind`.

    `cost`: what c compares, smaller is better (its own rank, or metres). `post_rank`: the post's own rank, 0 by default order; None when
    no post gave any. `candidate_left`, `post_left`: rows × 5, how many of the other side are left after each rule (sure pairs alone).
    """

    start: NDArray[np.int64]
    post: Ints
    metres: NDArray[np.int32]
    cost: NDArray[np.int32]
    kind: NDArray[np.uint8]
    post_rank: NDArray[np.int32] | None
    candidate_left: NDArray[np.int32]
    post_left: NDArray[np.int32]

    def owners(self) -> NDArray[np.int64]:
        """The candidate of each pair."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


def unit_vectors(lat: Floats, lon: Floats) -> Floats:
    """n × 3, on the unit sphere."""
    a, b = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=1)


def chord_km(first: Floats, second: Floats) -> Floats:
    """Great-circle kilometres between unit vectors, row by row (shapes that broadcast, last axis 3)."""
    gap = first - second
    half = np.sqrt(gap[..., 0] ** 2 + gap[..., 1] ** 2 + gap[..., 2] ** 2) / 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(half, 1.0)))


def rounded_metres(km: Floats) -> NDArray[np.int32]:
    return np.rint(km * 1000).astype(np.int32)


def skill_table(have: Sequence[frozenset[str]], required: Sequence[frozenset[str]]) -> tuple[Ints, Bools]:
    """(row of each candidate, rows × posts: whether the required skills are all there); one row per distinct set of skills."""
    return _table(have, lambda skills: np.array([need <= skills for need in required], dtype=bool))


def zone_table(zones: Sequence[frozenset[str]], zone: Sequence[str]) -> tuple[Ints, Bools]:
    """(row of each candidate, rows × posts: whether the post is in one of its zones)."""
    return _table(zones, lambda own: np.array([z in own for z in zone], dtype=bool))


def _table(sets: Sequence[frozenset[str]], row_of: Any) -> tuple[Ints, Bools]:
    position: dict[frozenset[str], int] = {}
    rows = np.array([position.setdefault(own, len(position)) for own in sets], dtype=np.int64)
    return rows, np.stack([row_of(own) for own in position]) if position else np.zeros((0, 0), dtype=bool)


def possible_pairs(problem: Problem, *, more_km: float = 0.0, more_days: int = 0) -> Pairs:
    """Every pair that the hard rules allow; with `more_km` or `more_days`, also those that this alone would add (`kind`)."""
    people, posts = problem.candidates, problem.posts
    n, m = len(people), len(posts)
    open_posts = posts.places >= 1
    have, skill_ok = skill_table(people.skills, posts.required)
    home, zone_ok = zone_table(people.zones, posts.zone)
    here, there = unit_vectors(people.lat, people.lon), unit_vectors(posts.lat, posts.lon)
    widest = np.minimum((people.reach_km + more_km) / EARTH_RADIUS_KM, np.pi)
    nearest_cosine = np.where(widest >= np.pi, -2.0, np.cos(widest) - 1e-12)
    candidate_left, post_left = np.zeros((n, 5), dtype=np.int32), np.zeros((m, 5), dtype=np.int32)
    lists = _Lists(problem)
    counts = np.zeros(n, dtype=np.int64)
    parts: list[list[NDArray[Any]]] = [[] for _ in range(5)]
    able = np.flatnonzero(people.eligible) if m else np.zeros(0, dtype=np.int64)
    for first in range(0, len(able), BLOCK):
        rows = able[first : first + BLOCK]
        left = skill_ok[have[rows]] & open_posts
        _count_dense(left, rows, SKILLS, candidate_left, post_left)
        left &= zone_ok[home[rows]]
        _count_dense(left, rows, ZONE, candidate_left, post_left)
        left &= here[rows] @ there.T >= nearest_cosine[rows, None]
        at, post = np.nonzero(left)
        km = _pair_km(here[rows], there, at, post)
        far = (people.reach_km[rows] + TOLERANCE_KM)[at]
        in_range = km <= far
        late = people.available[rows][at] - posts.starts[post]
        in_time = late <= 0
        now = in_range & in_time
        wide = in_time & (km <= far + more_km) if more_km else now
        kept = wide | (in_range & (late <= more_days)) if more_days else wide
        listed, cost, rank = None, None, None
        if lists.given:
            listed, cost, rank = lists.of(rows[at], post, rounded_metres(km))
            kept &= listed
            cost, rank = cost[kept], rank[kept]
        for rule, counted in ((RANGE, in_range), (DATES, now), (LISTED, None if listed is None else now & listed)):
            if counted is not None:
                candidate_left[rows, rule] = np.bincount(at[counted], minlength=len(rows))
                post_left[:, rule] += np.bincount(post[counted], minlength=m).astype(np.int32)
        counts[rows] = np.bincount(at[kept], minlength=len(rows))
        kind = np.where(now[kept], np.uint8(SURE), np.where(in_time[kept], np.uint8(WITH_DISTANCE), np.uint8(WITH_DELAY)))
        found = (post[kept].astype(np.uint16 if m <= 65535 else np.int32), rounded_metres(km[kept]), kind, cost, rank)
        for part, values in zip(parts, found, strict=True):
            if values is not None:
                part.append(values)
    if not lists.given:
        candidate_left[:, LISTED], post_left[:, LISTED] = candidate_left[:, DATES], post_left[:, DATES]
    post, metres, kind, cost, rank = (_joined(part, of) for part, of in zip(parts, KINDS, strict=True))
    return Pairs(
        np.concatenate([[0], np.cumsum(counts)]),
        post,
        metres,
        cost if problem.preferences.candidates else metres,
        kind,
        rank if problem.preferences.posts else None,
        candidate_left,
        post_left,
    )


def _pair_km(here: Floats, there: Floats, at: Ints, post: Ints) -> Floats:
    """`chord_km` of rows `at` and `post`, one coordinate after the other: three times quicker over millions of pairs."""
    total = np.zeros(len(at))
    for axis in range(3):
        gap = np.take(here[:, axis], at)
        gap -= np.take(there[:, axis], post)
        gap *= gap
        total += gap
    np.sqrt(total, out=total)
    total /= 2
    np.minimum(total, 1.0, out=total)
    np.arcsin(total, out=total)
    total *= 2 * EARTH_RADIUS_KM
    return total


def _count_dense(left: Bools, rows: Ints, rule: int, candidate_left: Ints, post_left: Ints) -> None:
    candidate_left[rows, rule] = np.count_nonzero(left, axis=1)
    post_left[:, rule] += np.count_nonzero(left, axis=0).astype(np.int32)


def _joined(parts: list[NDArray[Any]], kind: type) -> NDArray[Any]:
    """One array, its parts let go so that two copies of every column are never there together."""
    joined = np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
    parts.clear()
    return joined


class _Lists:
    """The preferences given, as sorted numbers candidate × posts + post, so that a block of pairs is looked up at once."""

    def __init__(self, problem: Problem) -> None:
        given = problem.preferences
        self.given = bool(given.candidates or given.posts)
        n, self._m = len(problem.candidates), max(1, len(problem.posts))
        self._candidate_lists, self._post_lists = np.zeros(n, dtype=bool), np.zeros(self._m, dtype=bool)
        self._candidate_lists[list(given.candidates)] = True
        self._post_lists[list(given.posts)] = True
        self._by_candidate = self._codes(given.candidates, turned=False)
        self._by_post = self._codes(given.posts, turned=True)

    def _codes(self, given: Mapping[int, Mapping[int, int]], *, turned: bool) -> tuple[Ints, NDArray[np.int32]]:
        entries = sorted(
            (b * self._m + a if turned else a * self._m + b, rank) for a, others in given.items() for b, rank in others.items()
        )
        return np.array([code for code, _ in entries], dtype=np.int64), np.array([rank for _, rank in entries], dtype=np.int32)

    def of(self, who: Ints, post: Ints, metres: NDArray[np.int32]) -> tuple[Bools, NDArray[np.int32], NDArray[np.int32]]:
        """(both sides accept the other, what the candidate compares, the post's own rank or 0) of pairs."""
        listed, cost, rank = np.ones(len(who), dtype=bool), metres, np.zeros(len(who), dtype=np.int32)
        code = who.astype(np.int64) * self._m + post
        if self._candidate_lists.any():
            own = self._candidate_lists[who]
            found = self._looked_up(self._by_candidate, code)
            listed &= ~own | (found > 0)
            cost = np.where(own, found, metres).astype(np.int32)
        if self._post_lists.any():
            own = self._post_lists[post]
            rank = np.where(own, self._looked_up(self._by_post, code), 0).astype(np.int32)
            listed &= ~own | (rank > 0)
        return listed, cost, rank

    @staticmethod
    def _looked_up(table: tuple[Ints, NDArray[np.int32]], code: Ints) -> NDArray[np.int32]:
        codes, ranks = table
        if not len(codes):
            return np.zeros(len(code), dtype=np.int32)
        at = np.minimum(np.searchsorted(codes, code), len(codes) - 1)
        return np.where(codes[at] == code, ranks[at], 0).astype(np.int32)
