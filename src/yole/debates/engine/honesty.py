"""What may be said of a small room: interval labels, the test that groups must pass, and counts that name nobody.

Polis alone finds three groups in a room of thirty where nobody thinks alike, and calls 19 agrees out of 30 a consensus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yole.debates.engine import space
from yole.debates.engine.ballots import UNSEEN, Booleans, Counts, Floats, Integers
from yole.debates.engine.cluster import best_clustering
from yole.kernel.shares import wilson

FEW_ANSWERS = 10
SMALLEST_CELL = 5
ROOM_AT_LEAST = 60
GROUP_AT_LEAST = 5
GROUP_SHARE = 10  # a group is at least one person in ten of the analysis
SHUFFLES = 99
TEST_AT_MOST = 400
_TIE = 1e-12

FEW = "peu de réponses"
WIDE_AGREEMENT, AGREEMENT = "accord large", "plutôt d'accord"
WIDE_DISAGREEMENT, DISAGREEMENT = "désaccord large", "plutôt en désaccord"
SPLIT = "partagé"

Watch = Callable[[Iterable[int]], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Result:
    """What the room says of one statement; `low` and `high` bound the share of agrees among those who saw it (95 %)."""

    statement: int
    agree: int
    disagree: int
    passed: int
    seen: int
    low: float
    high: float
    label: str


def label(agree: int, disagree: int, seen: int) -> str:
    """The words for a statement: a majority is said only when the interval is wholly above one half or two thirds."""
    if seen < FEW_ANSWERS:
        return FEW
    for successes, wide, plain in ((agree, WIDE_AGREEMENT, AGREEMENT), (disagree, WIDE_DISAGREEMENT, DISAGREEMENT)):
        low = wilson(successes, seen)[0]
        if low > 2 / 3:
            return wide
        if low > 1 / 2:
            return plain
    return SPLIT


def results(counts: Counts) -> list[Result]:
    rows = zip(counts.agree.tolist(), counts.disagree.tolist(), counts.seen.tolist(), strict=True)
    return [Result(j, a, d, n - a - d, n, *wilson(a, n), label(a, d, n)) for j, (a, d, n) in enumerate(rows)]


def too_small(sizes: Sequence[int], people: int) -> bool:
    """Whether a group found among `people` is under five persons or under one in ten."""
    return any(size < GROUP_AT_LEAST or size * GROUP_SHARE < people for size in sizes)


def stands_out(votes: NDArray[np.int8], strata: Integers, k_max: int, rng: np.random.Generator, watch: Watch = iter) -> bool:
    """Whether the best silhouette of the room exceeds that of 99 rooms whose votes are shuffled (p ≤ 0.01).

    `votes` is (people, statements) with 2 for not seen. Each column is shuffled among those of the same stratum who saw it: who saw what
    does not move, so people who came late to the last statements are not a group for that. At most 400 people, the same ones throughout;
    stops at the first shuffle that does as well. `watch` wraps the count of shuffles, for a progress bar.
    """
    if len(votes) > TEST_AT_MOST:
        rows = np.sort(rng.choice(len(votes), TEST_AT_MOST, replace=False))
        votes, strata = votes[rows], strata[rows]
    seen = votes != UNSEEN
    cast = seen.sum(axis=1).astype(np.float64)
    matrix = np.ascontiguousarray(space.centred(votes.astype(np.float64), seen).T)
    observed = _best_silhouette(matrix.T, cast, k_max, rng)
    if observed is None:
        return False
    cells = _exchangeable(seen, strata)
    for _ in watch(range(SHUFFLES)):
        for column, rows in cells:
            line = matrix[column]
            line[rows] = rng.permutation(line[rows])
        shuffled = _best_silhouette(matrix.T, cast, k_max, rng)
        if shuffled is not None and shuffled >= observed - _TIE:
            return False
    return True


def _exchangeable(seen: Booleans, strata: Integers) -> list[tuple[int, Integers]]:
    """(column, rows) whose votes may change places: same statement seen, same stratum, at least two people."""
    blocks = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    cells = [(column, block[seen[block, column]]) for column in range(seen.shape[1]) for block in blocks]
    return [(column, rows) for column, rows in cells if len(rows) > 1]


def _best_silhouette(matrix: Floats, cast: Floats, k_max: int, rng: np.random.Generator) -> float | None:
    found = best_clustering(space.project(matrix, cast, space.components(matrix)), k_max, rng)
    return None if found is None else found.silhouette


def publishable_rows(counts: Sequence[Sequence[int]], smallest: int = SMALLEST_CELL) -> list[bool]:
    """Which rows of a breakdown (one row per public, one column per answer) may be shown beside the totals of its columns.

    A row with a cell under `smallest` is hidden, an empty one too: "none of them disagrees" tells how each of them voted.
    Totals are public, so further rows are hidden, the smallest first, until the sum of the hidden ones has no cell under
    `smallest` (so they are at least two).
    """
    table = np.asarray(counts, dtype=np.int64).reshape(len(counts), -1)
    shown = [bool((row >= smallest).all()) for row in table]
    if all(shown):
        return shown
    for i in sorted((i for i, kept in enumerate(shown) if kept), key=lambda i: (int(table[i].sum()), i)):
        hidden = table[[j for j, kept in enumerate(shown) if not kept]]
        if (hidden.sum(axis=0) >= smallest).all():
            break
        shown[i] = False
    return shown
