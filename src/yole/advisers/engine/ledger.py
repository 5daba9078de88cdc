"""The budget as double entry, in whole cents: every move takes from one stage what it puts in another, so that lines always sum to zero.

Stages of an envelope: `source` (where money comes from, negative), `disponible`, `reserve` (post granted), `engage` (contract signed),
`verse` (paid). Σ of the four last = the envelope, at any date. A correction is a reversing move, never a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

SOURCE, FREE, RESERVED, ENGAGED, PAID = "source", "disponible", "reserve", "engage", "verse"

# kind → (from, to)
MOVES: Mapping[str, tuple[str, str]] = {
    "ouvre": (SOURCE, FREE),
    "reserve": (FREE, RESERVED),
    "engage": (RESERVED, ENGAGED),
    "verse": (ENGAGED, PAID),
    "recupere": (PAID, FREE),
    "desengage": (ENGAGED, RESERVED),
    "libere": (RESERVED, FREE),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`post` is None for what belongs to the envelope as a whole (source, disponible)."""

    stage: str
    post: int | None
    cents: int


class ShortfallError(Exception):
    """The stage that a move takes from does not hold enough. `left`: cents that it holds."""

    def __init__(self, stage: str, left: int) -> None:
        self.stage, self.left = stage, left
        super().__init__(f"{stage}: {left}")


def balance(lines: Iterable[Line], stage: str, post: int | None = None) -> int:
    return sum(line.cents for line in lines if line.stage == stage and line.post == post)


def lines_of(kind: str, cents: int, post: int | None, held: int) -> tuple[Line, Line]:
    """The two lines of a move, `held` being the cents of the stage it takes from. Raises ValueError, ShortfallError."""
    if cents <= 0 or kind not in MOVES or (post is None) != (kind == "ouvre"):
        raise ValueError(f"not a move: {kind} {cents} {post}")
    taken, given = MOVES[kind]
    if taken != SOURCE and cents > held:
        raise ShortfallError(taken, held)
    return Line(taken, owner_of(taken, post), -cents), Line(given, owner_of(given, post), cents)


def owner_of(stage: str, post: int | None) -> int | None:
    return None if stage in (SOURCE, FREE) else post


def pro_rata(paid: int, starts: date, ends: date, left_on: date) -> int:
    """Cents to recover of what was paid for `starts`…`ends` (both served) when the contract stops after `left_on`: days not served."""
    days = (ends - starts).days + 1
    served = min(max((left_on - starts).days + 1, 0), days)
    return paid * (days - served) // days


def moves_at_break(paid: int, engaged: int, starts: date, ends: date, left_on: date, *, give_back: bool) -> list[tuple[str, int]]:
    """(kind, cents) to write when a contract stops after `left_on`: days not served are recovered, what is not paid is reserved again.

    `paid`, `engaged`: cents of this contract alone. `give_back`: what was reserved again is free at once (a renewal that never begins).
    """
    moves = [("recupere", pro_rata(paid, starts, ends, left_on)), ("desengage", engaged)]
    if give_back:
        moves.append(("libere", engaged))
    return [(kind, cents) for kind, cents in moves if cents]


def moves_at_end(engaged: int, *, release: bool) -> list[tuple[str, int]]:
    """When a contract ends on its day: what is not paid stays due, unless it is released."""
    return [("desengage", engaged), ("libere", engaged)] if release and engaged else []
