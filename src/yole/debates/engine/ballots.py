"""The votes of a room as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

AGREE, PASS, DISAGREE, UNSEEN = 1, 0, -1, 2


@dataclass(frozen=True)
class Ballots:
    """Who voted what. `votes` is an int8 array (participants, statements) of 1 agree, −1 disagree, 0 pass, 2 not seen.

    A pass counts as seen. Raises ValueError for a shape that is not (participants, statements), a value of none of these, or a name twice.
    """

    participants: tuple[str, ...]
    statements: tuple[str, ...]
    votes: NDArray[np.int8]

    def __post_init__(self) -> None:
        if self.votes.shape != (len(self.participants), len(self.statements)):
            raise ValueError(
                f"votes of shape {self.votes.shape} for {len(self.participants)} participants, {len(self.statements)} statements"
            )
        if self.votes.dtype != np.int8 or (self.votes.size and not -1 <= int(self.votes.min()) <= int(self.votes.max()) <= UNSEEN):
            raise ValueError("votes must be int8, each -1, 0, 1 or 2 (not seen)")
        if len(set(self.participants)) != len(self.participants) or len(set(self.statements)) != len(self.statements):
            raise ValueError("a participant or a statement is named twice")

    @cached_property
    def seen(self) -> Booleans:
        return np.asarray(self.votes != UNSEEN)

    @cached_property
    def votes_cast(self) -> Integers:
        """Statements seen by each participant, passes included."""
        return np.asarray(np.count_nonzero(self.seen, axis=1), dtype=np.int64)

    def counts(self, rows: Sequence[int] | Integers | None = None) -> Counts:
        """Counts per statement, over the given rows (positions), or over everybody."""
        votes = self.votes if rows is None else self.votes[np.asarray(rows, dtype=np.intp)]
        return Counts(*(np.count_nonzero(part, axis=0).astype(np.int64) for part in (votes == AGREE, votes == DISAGREE, votes != UNSEEN)))


@dataclass(frozen=True, slots=True)
class Counts:
    """Per statement: agrees, disagrees, and times seen (agrees + disagrees + passes)."""

    agree: Integers
    disagree: Integers
    seen: Integers

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.agree + other.agree, self.disagree + other.disagree, self.seen + other.seen)

    def __sub__(self, other: Counts) -> Counts:
        return Counts(self.agree - other.agree, self.disagree - other.disagree, self.seen - other.seen)
