"""How recently somebody confirmed what a place says. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CHECK_DAYS, STALE_DAYS = 183, 730  # six months, twenty-four months; a territory may set its own


@dataclass(frozen=True, slots=True)
class Freshness:
    """For one group of fields: the last confirmation (None: never) and a score, 1 fresh to 0 stale.

    Without a confirmation the score is that of the list's own date, and the page still says « vérifié : jamais ».
    """

    group: str
    confirmed_on: date | None
    how: str
    listed_on: date
    score: float

    @property
    def verified(self) -> bool:
        return self.confirmed_on is not None


def score(on: date | None, today: date, *, check_days: int = CHECK_DAYS, stale_days: int = STALE_DAYS) -> float:
    """1 up to `check_days` after the date, then down in a straight line to 0 at `stale_days`. 0 for no date."""
    if on is None:
        return 0.0
    age = (today - on).days
    if age <= check_days:
        return 1.0
    return max(0.0, (stale_days - age) / (stale_days - check_days))
