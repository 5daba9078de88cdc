"""Days off of a territory: those of the law (PyPI `holidays`) and those it adds itself, given as data.

A rule says when: `12-20` (every year), `2026-03-12` (once), `easter`, `easter-2`, `easter+39` (days from Easter Sunday).
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

_EASTER = re.compile(r"^easter(?:([+-])(\d{1,3}))?$")
_LANGUAGE = "fr"  # the names shown; a country without French names keeps its own
_YEARLY = re.compile(r"^(\d{2})-(\d{2})$")


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """A day off. `customary`: a day that many keep without the law saying so, such as Mi-Carême."""

    day: date
    name: str
    customary: bool = False


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm, Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def day_of(rule: str, year: int) -> date | None:
    """The day of a rule in a year, None when it does not fall in it. Raises ValueError for a rule that says nothing."""
    if match := _EASTER.match(rule):
        shift = int(match[2] or 0) * (-1 if match[1] == "-" else 1)
        return easter(year) + timedelta(days=shift)
    try:
        if match := _YEARLY.match(rule):
            month, number = int(match[1]), int(match[2])
            date(2024, month, number)
            return None if (month, number) == (2, 29) and not isleap(year) else date(year, month, number)
        day = date.fromisoformat(rule)
    except ValueError:
        raise ValueError(f"not a rule for a day: {rule}") from None
    return day if day.year == year else None


def known_subdivision(country: str, subdivision: str) -> bool:
    """Whether the library knows the country and, when given, its subdivision (code or alias)."""
    try:
        holidays.country_holidays(country, subdiv=subdivision or None, years=2026)
    except (NotImplementedError, KeyError):
        return False
    return True


@lru_cache(maxsize=256)
def _legal(country: str, subdivision: str, year: int) -> tuple[Holiday, ...]:
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=_LANGUAGE)
    return tuple(Holiday(day, name) for day, name in sorted(found.items()) if day.year == year)


def holidays_of(country: str, subdivision: str, extra: Iterable[Mapping[str, object]], year: int) -> list[Holiday]:
    """Days off of a year in order, one per date: the law's name wins over a rule of the territory for the same day.

    Raises ValueError for a rule that cannot be read.
    """
    days = {found.day: found for found in _legal(country, subdivision, year)}
    for rule in extra:
        day = day_of(str(rule["when"]), year)
        if day is not None:
            days.setdefault(day, Holiday(day, str(rule["name"]), bool(rule.get("customary", False))))
    return sorted(days.values())
