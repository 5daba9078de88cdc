"""Days of the retention rule, in calendar months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the last one when there is none: 31 January + 1 month = 28 February. Negative months go back."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


LONGEST = 12  # months: what no territory may exceed


def due_on(last_contact: date, kept_on: date | None, keep_months: int, grace_until: date | None = None) -> date:
    """The day from which a card is made anonymous: some months after the last contact, or after somebody decided to keep it once more.

    A delay made shorter takes nobody by surprise: until `grace_until` a card goes only at the longest delay.
    """
    start = max(last_contact, kept_on or last_contact)
    due = months_later(start, keep_months)
    if grace_until is None or due >= grace_until:
        return due
    return min(months_later(start, LONGEST), grace_until)


def month_of(day: date) -> date:
    return day.replace(day=1)
