"""Who moves up, and how long an offer stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST_OFFER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One household on the waiting list; `size` persons, all or nothing."""

    id: int
    size: int


def who_fits(queue: Iterable[Entry], free: int) -> list[Entry]:
    """The entries that move up, in order, when `free` places are free.

    `queue` is in order (priority, created, id). The first that fits moves up; a household too large is passed over and keeps its rank.
    One pass is enough: free places only shrink, so what did not fit before fits no better after.
    """
    chosen = []
    for entry in queue:
        if free <= 0:
            break
        if entry.size <= free:
            chosen.append(entry)
            free -= entry.size
    return chosen


def offer_deadline(now: datetime, starts_at: datetime | None, *, offer_hours: int, offers_stop_hours: int) -> datetime | None:
    """Until when an offer made `now` stands; None when it is too late to offer (first come at the door).

    The full duration far from the date; near it half of the time that remains before offers stop, so that the next person
    still has a chance, but one hour at least, and never past the moment when offers stop. Datetimes are aware.
    """
    full = timedelta(hours=offer_hours)
    if starts_at is None:
        return now + full
    cutoff = starts_at - timedelta(hours=offers_stop_hours)
    if now >= cutoff:
        return None
    return min(now + min(full, max(SHORTEST_OFFER, (cutoff - now) / 2)), cutoff)
