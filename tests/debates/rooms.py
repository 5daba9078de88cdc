"""Invented rooms for tests: noise, planted camps, and the worked example of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from yole.debates.engine.ballots import UNSEEN, Ballots

N = UNSEEN
# Two groups of the worked example (A: a b c; B: d e f g) on three statements; values computed by hand.
EXAMPLE = Ballots(
    tuple("abcdefg"),
    ("s1", "s2", "s3"),
    np.array([[1, 1, 1], [1, 0, 1], [1, 1, N], [-1, 1, -1], [-1, 0, -1], [-1, 1, N], [-1, -1, -1]], dtype=np.int8),
)
EXAMPLE_GROUPS: list[tuple[str, Sequence[int]]] = [("A", [0, 1, 2]), ("B", [3, 4, 5, 6])]


def room(votes: Sequence[Sequence[int]] | np.ndarray) -> Ballots:
    array = np.asarray(votes, dtype=np.int8)
    return Ballots(tuple(f"p{i}" for i in range(len(array))), tuple(f"s{j}" for j in range(array.shape[1])), array)


def noise(rng: np.random.Generator, people: int, statements: int, missing: float = 0.0) -> Ballots:
    """Nobody thinks alike: each statement has its own shares, each vote is independent."""
    shares = rng.dirichlet((3, 3, 1), size=statements).cumsum(axis=1)
    draw = rng.random((people, statements))
    votes = np.where(draw < shares[:, 0], 1, np.where(draw < shares[:, 1], -1, 0))
    votes[rng.random(votes.shape) < missing] = N
    return room(votes)


def planted(rng: np.random.Generator, people: int, statements: int, camps: int, missing: float) -> tuple[Ballots, np.ndarray]:
    """Camps that answer at 90 % as their own profile; four camps are the corners of two oppositions."""
    camp = np.arange(people) % camps
    profiles = rng.choice([1, -1], size=(camps, statements))
    if camps == 4:
        half = rng.permutation(statements) < statements // 2
        profiles = np.array([np.where(half, i, j) for i in (1, -1) for j in (1, -1)]) * profiles[0]
    votes = np.where(rng.random((people, statements)) < 0.9, profiles[camp], -profiles[camp])
    votes[rng.random(votes.shape) < missing] = N
    return room(votes), camp


def same_partition(first: np.ndarray, second: np.ndarray) -> float:
    """Adjusted Rand index of two labellings."""
    table = np.zeros((first.max() + 1, second.max() + 1))
    np.add.at(table, (first, second), 1)

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    rows, columns, everything = pairs(table.sum(1)), pairs(table.sum(0)), len(first) * (len(first) - 1) / 2
    expected = rows * columns / everything
    return (pairs(table) - expected) / ((rows + columns) / 2 - expected)


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8"))
    return path
