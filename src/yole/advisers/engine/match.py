"""Stable matching with capacities: candidates propose, posts keep the best (Gale and Shapley 1962, hospitals and residents).

With strict orders the result is the one stable matching that every candidate likes best. Ties are broken by id, so the result is
weakly stable and the same whatever the order of the rows. Nothing here is learned: the rule is public.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace

import numpy as np
from numpy.typing import NDArray

from yole.advisers.engine.match_pairs import SURE, Pairs
from yole.advisers.engine.match_problem import Problem

METRES_BITS = 25  # half the circumference is 20,015,115 m
LARGEST = np.iinfo(np.int64).max
NEVER = np.iinfo(np.int32).max  # above every cost; of their own type, since numpy would wrap a larger one round without a word
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Matching:
    """`placed[c]`: the post of candidate c, or −1. `metres[c]`: its rounded distance (−1 without a post)."""

    placed: NDArray[np.int64]
    metres: NDArray[np.int64]

    @property
    def matched(self) -> int:
        return int(np.count_nonzero(self.placed != NOBODY))


def default_order(problem: Problem) -> tuple[NDArray[np.int64], int]:
    """(key of each candidate before its distance, bits of an id): a post prefers the larger of `key − (metres << bits)`.

    Larger experience first, then the nearer, then the smaller id.
    """
    n = len(problem.candidates)
    bits = max(1, n.bit_length())
    _, level = np.unique(problem.candidates.experience, return_inverse=True)
    farthest = (1 << METRES_BITS) - 1
    return (level.astype(np.int64) << (METRES_BITS + bits)) + (farthest << bits) + (n - 1 - np.arange(n)), bits


def match(problem: Problem, pairs: Pairs, *, kinds: Collection[int] = (SURE,)) -> Matching:
    """The candidate-optimal stable matching over the pairs of these kinds."""
    n = len(problem.candidates)
    places = problem.posts.places.astype(np.int64)
    base, bits = default_order(problem)
    # The weakest key that a post still takes: below its free places −1, then the key of the last it holds. It only rises, so that a
    # candidate who was refused never needs to look back.
    threshold = np.where(places > 0, -1, LARGEST).astype(np.int64)
    held: list[list[tuple[int, int, int]]] = [[] for _ in range(len(places))]
    placed, metres = np.full(n, NOBODY, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    wanted = np.zeros(3, dtype=bool)  # by kind: looked up pair by pair only where somebody proposes
    wanted[list(kinds)] = True
    capacity = places.tolist()
    starts = pairs.start.tolist()
    identifiers = n - 1 - np.arange(n)
    # The most experienced first: with the default order whoever comes later displaces hardly anyone.
    for c in np.lexsort((np.arange(n), -problem.candidates.experience)).tolist():
        proposing = c
        while proposing != NOBODY:
            first, last = starts[proposing], starts[proposing + 1]
            if first == last:
                break
            posts, far = pairs.post[first:last], pairs.metres[first:last]
            keys = base[proposing] - (far.astype(np.int64) << bits)
            if pairs.post_rank is not None:
                ranks = pairs.post_rank[first:last].astype(np.int64)
                keys = np.where(ranks > 0, (((1 << 32) - ranks) << bits) + identifiers[proposing], keys)
            takes = (keys > threshold[posts]) & wanted[pairs.kind[first:last]]
            best = int(np.where(takes, pairs.cost[first:last], NEVER).argmin())
            if not takes[best]:
                break
            post, key = int(posts[best]), int(keys[best])
            placed[proposing], metres[proposing] = post, int(far[best])
            entry = (key, proposing, best)
            if len(held[post]) < capacity[post]:
                heappush(held[post], entry)
                proposing = NOBODY
            else:
                _, proposing, _ = heapreplace(held[post], entry)
                placed[proposing], metres[proposing] = NOBODY, -1
            if len(held[post]) == capacity[post]:
                threshold[post] = held[post][0][0]
    return Matching(placed, metres)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The old rule: `proposals` couples (candidate, post), nearest first, at most three a side; and who would be hired from them."""

    proposals: list[tuple[int, int]]
    hired: Matching


def nearest_three(problem: Problem, pairs: Pairs, *, most: int = 3) -> Nearest:
    """The rule of 2021 on the same allowed pairs: nearest couples first, `most` per candidate and per post, places not counted.

    Places are then given in the order of distance along these proposals, one per candidate: what the rule could do at best for itself.
    """
    n, m = len(problem.candidates), len(problem.posts)
    load, still_open = [0] * m, np.ones(m, dtype=bool)
    used: list[list[int]] = [[] for _ in range(n)]
    starts = pairs.start.tolist()
    sure = pairs.kind == SURE

    def next_of(c: int) -> tuple[int, int, int] | None:
        posts = pairs.post[starts[c] : starts[c + 1]]
        free = still_open[posts] & sure[starts[c] : starts[c + 1]]
        for post in used[c]:
            free &= posts != post
        if not free.any():
            return None
        at = int(np.where(free, pairs.metres[starts[c] : starts[c + 1]], NEVER).argmin())
        return int(pairs.metres[starts[c] + at]), c, int(posts[at])

    queue: list[tuple[int, int, int]] = []
    for c in range(n):
        if starts[c] < starts[c + 1] and (found := next_of(c)):
            heappush(queue, found)
    proposals = []
    while queue:
        far, c, post = heappop(queue)
        if load[post] < most:
            load[post] += 1
            still_open[post] = load[post] < most
            used[c].append(post)
            proposals.append((far, c, post))
        if len(used[c]) < most and (found := next_of(c)):
            heappush(queue, found)
    proposals.sort()
    left = problem.posts.places.tolist()
    placed, metres = np.full(n, NOBODY, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    for far, c, post in proposals:
        if placed[c] == NOBODY and left[post] > 0:
            placed[c], metres[c] = post, far
            left[post] -= 1
    return Nearest([(c, post) for _, c, post in proposals], Matching(placed, metres))
