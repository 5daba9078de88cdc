"""Periods of a statistic: whole local days, compared with the period before. Pure: the clock and the zone are given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from yole.kernel.errors import InputError

MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
_ORDINALS = ("1er", "2e", "3e", "4e")
_SCHOOL_START = 9  # the school year goes from 1 September to 31 August
_FIRST_YEAR, _LAST_YEAR = 1990, 2199
EXPECTED = "2026, 2026-T4, 2026-11, 2025/2026, 12-mois ou 2026-01..2026-11"


class Kind(StrEnum):
    """How a period was chosen, hence what the one before it is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SCHOOL_YEAR = "school-year"
    TWELVE_MONTHS = "twelve-months"
    FREE = "free"


def month_index(day: date) -> int:
    """Months since year 0: consecutive months have consecutive numbers."""
    return day.year * 12 + day.month - 1


def first_day(index: int) -> date:
    """The first day of a month given by its index. Raises ValueError out of the calendar."""
    return date(index // 12, index % 12 + 1, 1)


def month_name(index: int) -> str:
    """« novembre 2026 »."""
    return f"{MONTHS[index % 12]} {index // 12}"


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day on which something happened there. Raises ValueError for a moment without a zone: it has no day."""
    if moment.tzinfo is None:
        raise ValueError("moment without a time zone")
    return moment.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included, days of the territory. Raises ValueError when they are in the wrong order."""

    kind: Kind
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("period that ends before it starts")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def months(self) -> range | None:
        """Indices of its months when it holds whole months, else None."""
        whole = self.first.day == 1 and (self.last + timedelta(days=1)).day == 1
        return range(month_index(self.first), month_index(self.last) + 1) if whole else None

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The moment it starts and the moment it is over (excluded), in the zone of the territory, never in UTC."""
        return datetime.combine(self.first, time(), zone), datetime.combine(self.last + timedelta(days=1), time(), zone)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def previous(self) -> Period:
        """The one it is compared with: as many months before it when it holds whole months, else as many days."""
        months = self.months
        if months is not None:
            return _of_months(self.kind, months.start - len(months), months.start - 1)
        return Period(self.kind, self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def key(self) -> str:
        """What an address or a file writes; `parse` reads it back."""
        year, month = self.first.year, self.first.month
        if self.kind is Kind.MONTH:
            return f"{year}-{month:02d}"
        if self.kind is Kind.QUARTER:
            return f"{year}-T{(month + 2) // 3}"
        if self.kind is Kind.YEAR:
            return str(year)
        if self.kind is Kind.SCHOOL_YEAR:
            return f"{year}/{year + 1}"
        if self.months is not None:
            return f"{year}-{month:02d}..{self.last.year}-{self.last.month:02d}"
        return f"{self.first}..{self.last}"

    @property
    def label(self) -> str:
        """What a person reads: « novembre 2026 », « 4e trimestre 2026 », « de janvier 2026 à mars 2026 »."""
        year = self.first.year
        if self.kind is Kind.MONTH:
            return month_name(month_index(self.first))
        if self.kind is Kind.QUARTER:
            return f"{_ORDINALS[(self.first.month + 2) // 3 - 1]} trimestre {year}"
        if self.kind is Kind.YEAR:
            return f"année {year}"
        if self.kind is Kind.SCHOOL_YEAR:
            return f"année scolaire {year}-{year + 1}"
        if self.months is not None:
            return f"de {month_name(self.months[0])} à {month_name(self.months[-1])}"
        return f"du {_in_words(self.first)} au {_in_words(self.last)}"


def _in_words(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def _of_months(kind: Kind, first: int, last: int) -> Period:
    return Period(kind, first_day(first), first_day(last + 1) - timedelta(days=1))


def month(year: int, number: int) -> Period:
    """Month 1 to 12 of a year."""
    index = month_index(date(year, number, 1))
    return _of_months(Kind.MONTH, index, index)


def quarter(year: int, number: int) -> Period:
    """Quarter 1 to 4 of a year."""
    if not 1 <= number <= 4:
        raise ValueError("quarter out of 1 to 4")
    start = month_index(date(year, 3 * number - 2, 1))
    return _of_months(Kind.QUARTER, start, start + 2)


def year(number: int) -> Period:
    start = month_index(date(number, 1, 1))
    return _of_months(Kind.YEAR, start, start + 11)


def school_year(first: int) -> Period:
    """From 1 September of `first` to 31 August of the year after."""
    start = month_index(date(first, _SCHOOL_START, 1))
    return _of_months(Kind.SCHOOL_YEAR, start, start + 11)


def twelve_months(today: date) -> Period:
    """The current month and the eleven before it."""
    end = month_index(today)
    return _of_months(Kind.TWELVE_MONTHS, end - 11, end)


def free(first: date, last: date) -> Period:
    return Period(Kind.FREE, first, last)


_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"(\d{4})-T([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_SCHOOL = re.compile(r"(\d{4})[/-](\d{4})")
_SPAN = re.compile(r"(\d{4})-(\d{2})\.\.(\d{4})-(\d{2})")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")


def parse(text: str, today: date) -> Period:
    """The period that a key names; « 12-mois » is read against `today`. Raises InputError that shows the forms expected."""
    text = text.strip()
    try:
        period = _read(text, today)
    except ValueError:
        period = None
    if period is None or not (period.first.year >= _FIRST_YEAR and period.last.year <= _LAST_YEAR):
        raise InputError("période illisible", found=text, expected=EXPECTED)
    return period


def _read(text: str, today: date) -> Period | None:
    if text == "12-mois":
        return twelve_months(today)
    if found := _YEAR.fullmatch(text):
        return year(int(found[1]))
    if found := _QUARTER.fullmatch(text):
        return quarter(int(found[1]), int(found[2]))
    if found := _SPAN.fullmatch(text):
        start, end = date(int(found[1]), int(found[2]), 1), date(int(found[3]), int(found[4]), 1)
        return _of_months(Kind.FREE, month_index(start), month_index(end))
    if found := _DAYS.fullmatch(text):
        return free(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
    if (found := _SCHOOL.fullmatch(text)) and int(found[2]) == int(found[1]) + 1:
        return school_year(int(found[1]))
    if found := _MONTH.fullmatch(text):
        return month(int(found[1]), int(found[2]))
    return None
