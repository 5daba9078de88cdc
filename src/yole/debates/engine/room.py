"""Small rules of a room: tables, minutes, the order in which somebody meets the statements."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

SMALLEST, LARGEST_TABLE = 4, 30
SHORT_ROOM = 15  # up to this many people an hour is enough
SHORT_MINUTES, LONG_MINUTES = 60, 90

T = TypeVar("T")


def tables(people: int) -> list[int]:
    """Sizes of the tables, each of 4 to 30 people, as even as possible, the largest first.

    Raises ValueError under 4 people.
    """
    if people < SMALLEST:
        raise ValueError(f"{people} people")
    count = -(-people // LARGEST_TABLE)
    size, more = divmod(people, count)
    return [size + 1] * more + [size] * (count - more)


def minutes(people: int) -> int:
    """Length of the café: an hour up to 15 people, an hour and a half above."""
    return SHORT_MINUTES if people <= SHORT_ROOM else LONG_MINUTES


@dataclass(frozen=True, slots=True)
class Share:
    """What a phase takes: its part of the whole, and the least and most minutes that it may last."""

    weight: float
    least: int
    most: int


def plan(total: int, shares: Sequence[Share]) -> list[int]:
    """Whole minutes of each phase, within its bounds, as near as possible to its weight; they sum to `total`.

    Raises ValueError when the bounds cannot make the total.
    """
    if not sum(share.least for share in shares) <= total <= sum(share.most for share in shares):
        raise ValueError(f"{total} minutes do not fit the phases")
    whole = sum(share.weight for share in shares)
    wanted = [total * share.weight / whole for share in shares]
    found = [min(max(round(value), share.least), share.most) for value, share in zip(wanted, shares, strict=True)]
    while (gap := total - sum(found)) != 0:
        step = 1 if gap > 0 else -1
        free = [i for i, share in enumerate(shares) if share.least <= found[i] + step <= share.most]
        best = max(free, key=lambda i: (step * (wanted[i] - found[i]), -i))
        found[best] += step
    return found


def order_for(token: str, items: Sequence[T]) -> list[T]:
    """The items in the order of this person: drawn from the token of their ballot, the same at each visit, unlike anyone else's."""
    seed = int.from_bytes(hashlib.sha256(f"order:{token}".encode()).digest(), "big")
    mixed = list(items)
    random.Random(seed).shuffle(mixed)  # noqa: S311  # an order to read in, not a secret
    return mixed
