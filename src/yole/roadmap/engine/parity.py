"""Women among women and men, with Wilson's interval; those whose sex is not known stand beside the share and are never spread over it."""

from __future__ import annotations

from dataclasses import dataclass

from yole.kernel.shares import wilson

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Parity:
    """`share`, `low`, `high`: % of women among women and men; None when too few people stand behind a cell, and `why` says it.
    `unknown`: % of everybody whose sex is neither woman nor man or not known; None with nobody or when it would show a small cell."""

    share: float | None
    low: float | None
    high: float | None
    unknown: float | None
    why: str = ""


def parity(women: int, men: int, others: int = 0, unknown: int = 0, *, fewest: int = FEWEST) -> Parity:
    """Nothing is published when a cell holds between 1 and `fewest` − 1 people. Raises ValueError for a negative count."""
    cells = (women, men, others, unknown)
    if min(cells) < 0:
        raise ValueError("a count is not negative")
    beside = others + unknown
    total = women + men + beside
    if women + men == 0:
        return Parity(None, None, None, None if 0 < total < fewest or total == 0 else 100.0, "sexe non communiqué, ou personne")
    if any(0 < cell < fewest for cell in (women, men)):
        return Parity(None, None, None, None, f"moins de {fewest} personnes dans une case")
    low, high = wilson(women, women + men)
    shown = None if 0 < beside < fewest else 100 * beside / total
    return Parity(100 * women / (women + men), 100 * low, 100 * high, shown)
