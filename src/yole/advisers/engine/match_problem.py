"""What a match is computed from: candidates, posts and the preferences that some of them gave. Plain arrays, sorted by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

ANY_DAY_FROM = 0  # an empty `available_from`: free since always
ANY_DAY_START = 4_000_000  # an empty `starts_on`: after every proleptic ordinal (9999-12-31 is 3,652,059)
MOST = 1 << 19  # candidates, so that a post's order fits one 64-bit number


@dataclass(frozen=True, slots=True)
class Candidates:
    """One entry per candidate, in the order of ids. Degrees, kilometres, proleptic ordinals of days."""

    ids: Sequence[str]
    lat: Floats
    lon: Floats
    reach_km: Floats
    available: Ints
    experience: Floats
    eligible: Bools
    skills: Sequence[frozenset[str]]
    zones: Sequence[frozenset[str]]  # where they live, then where they would move

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Posts:
    """One entry per post, in the order of ids. `required`: skills, all of which a candidate must have."""

    ids: Sequence[str]
    lat: Floats
    lon: Floats
    starts: Ints
    places: Ints
    required: Sequence[frozenset[str]]
    zone: Sequence[str]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Preferences:
    """Ranks given (1 is best, equal ranks are indifferent), by position: candidate → {post: rank} and post → {candidate: rank}."""

    candidates: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    posts: Mapping[int, Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Raises ValueError when ids are not sorted and distinct, or when there are more than `MOST` candidates."""

    candidates: Candidates
    posts: Posts
    preferences: Preferences = field(default_factory=Preferences)

    def __post_init__(self) -> None:
        for ids in (self.candidates.ids, self.posts.ids):
            if any(first >= second for first, second in pairwise(ids)):
                raise ValueError("ids must be sorted and distinct")
        if len(self.candidates) > MOST:
            raise ValueError(f"more than {MOST} candidates")
