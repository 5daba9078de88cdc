"""Opening hours in OSM syntax: validity, doubtful ranges, and what they say at a moment, holidays of the territory included.

The library `opening_hours` reads the syntax. It is given no country: its calendars do not know every territory (22 May in Martinique), so a
`PH` selector is replaced by the dates of the holidays that the caller gives. Moments are local and without time zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from opening_hours import OpeningHours, State, validate

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
QUOTED = re.compile(r'"[^"]*"')
_RANGE = re.compile(r"(?<![0-9:])([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})(?![0-9:])")
_DAY = r"(?:PH|SH|Mo|Tu|We|Th|Fr|Sa|Su)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))?(?:\[[^\]]*\])?(?: [+-][0-9]+ days?)?"
_DAYS = re.compile(rf"(?<![A-Za-z]){_DAY}(?:,{_DAY})*(?![A-Za-z])")
_HOLIDAY = re.compile(r"PH(?: ([+-][0-9]+) days?)?")
_YEAR_MONTH = re.compile(r"([0-9]{4})(?=[A-Z][a-z]{2}(?![A-Za-z]))")
_SPLIT_RULES = re.compile(r'("[^"]*"|; | \|\| |, )')
_NIGHT_FROM, _NIGHT_TO = 16 * 60, 4 * 60
_LONG = timedelta(hours=24)
_HORIZON_DAYS = 400


class Doubt(NamedTuple):
    """A range whose end is not after its start, as minutes of the day."""

    text: str
    start: int
    end: int


Span = tuple[datetime, datetime]


@lru_cache(maxsize=65536)
def canonical(text: str) -> str | None:
    """The hours as the library writes them back, None when they are not OSM opening hours (empty text included)."""
    if not text.strip() or not validate(text):
        return None
    return str(OpeningHours(text, auto_country=False, auto_timezone=False))


def is_valid(text: str) -> bool:
    """Whether the text is OSM opening hours. Syntax alone proves little: see `reversed_ranges`."""
    return canonical(text) is not None


@lru_cache(maxsize=65536)
def reversed_ranges(text: str) -> tuple[Doubt, ...]:
    """Ranges with end ≤ start, except night openings (start ≥ 16:00 and end ≤ 04:00). Comments are not read."""
    doubts: list[Doubt] = []
    for found in _RANGE.finditer(QUOTED.sub('""', text)):
        start = int(found[1]) * 60 + int(found[2])
        end = int(found[3]) * 60 + int(found[4])
        if end <= start and not (start >= _NIGHT_FROM and end <= _NIGHT_TO):
            doubts.append(Doubt(found[0], start, end))
    return tuple(doubts)


@lru_cache(maxsize=4096)
def ever_open(text: str) -> bool:
    """Whether valid hours say that the place opens at some time of this century: `off` alone does not. Invalid or empty: no."""
    if canonical(text) is None:
        return False
    spans = OpeningHours(text, auto_country=False, auto_timezone=False).intervals(datetime(2000, 1, 1), datetime(2100, 1, 1))
    return any(span[2] == State.OPEN for span in spans) or ("PH" in text and ever_open(with_holidays(text, [date(2024, 7, 14)])))


def is_open(text: str, moment: datetime, holidays: Iterable[date] = ()) -> bool:
    """Whether the place is open at a local moment. Raises ValueError when the text is not opening hours."""
    return _evaluator(text, frozenset(holidays)).is_open(moment)


def week(text: str, monday: date, holidays: Iterable[date] = ()) -> list[list[Span]]:
    """The open spans of seven days from `monday`, as pairs of local moments.

    A night opening belongs to the day it starts on, and ends on the next; what lasts a day or more is cut at midnight.
    Raises ValueError when the text is not opening hours.
    """
    days: list[list[Span]] = [[] for _ in range(7)]
    first = datetime.combine(monday, time())
    last = first + timedelta(days=7)
    for start, end in _open_spans(_evaluator(text, frozenset(holidays)), first - _LONG, last + _LONG):
        for begin, stop in _pieces(start, end):
            if first <= begin < last:
                days[(begin - first).days].append((begin, stop))
    return days


def _pieces(start: datetime, end: datetime) -> Iterable[Span]:
    if end - start < _LONG:
        yield start, end
        return
    while start < end:
        midnight = datetime.combine(start.date() + timedelta(days=1), time())
        yield start, min(midnight, end)
        start = midnight


def _open_spans(evaluator: OpeningHours, first: datetime, last: datetime) -> list[Span]:
    """Open intervals, those that touch joined (a change of comment splits them)."""
    spans: list[Span] = []
    for start, end, kind, _ in evaluator.intervals(first, last):
        if kind == State.OPEN:
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
    return spans


@lru_cache(maxsize=4096)
def _evaluator(text: str, holidays: frozenset[date]) -> OpeningHours:
    if canonical(text) is None:
        raise ValueError(f"not OSM opening hours: {text!r}")
    return OpeningHours(with_holidays(text, holidays), auto_country=False, auto_timezone=False)


def with_holidays(text: str, holidays: Iterable[date]) -> str:
    """Valid hours with every `PH` replaced by dates: `PH off` becomes `2026 May 22 off`. A rule for holidays that have no date is left out.

    Raises ValueError when the text is not opening hours.
    """
    written = canonical(text)
    if written is None:
        raise ValueError(f"not OSM opening hours: {text!r}")
    if "PH" not in QUOTED.sub("", written):
        return text
    # The library writes `2026Jul`, and reads it back together with the hour that follows as a day of the month.
    written = _YEAR_MONTH.sub(r"\1 ", written)
    dates = sorted(set(holidays))
    out = ""
    for separator, rule in _rules(written):
        # A rule that names both weekdays and holidays becomes two rules of the same strength.
        for part in _resolved(rule, dates):
            out += ((separator or "; ") if out else "") + part
    return out or "off"


def _rules(written: str) -> list[tuple[str, str]]:
    """(separator before, rule) of a canonical text; quoted comments are never cut. A list comma is followed by no space there."""
    rules: list[tuple[str, str]] = [("", "")]
    for piece in _SPLIT_RULES.split(written):
        if piece in ("; ", " || ", ", "):
            rules.append((piece, ""))
        else:
            rules[-1] = (rules[-1][0], rules[-1][1] + piece)
    return [(separator, rule) for separator, rule in rules if rule]


def _resolved(rule: str, dates: list[date]) -> list[str]:
    plain = QUOTED.sub(lambda found: " " * len(found[0]), rule)
    days = _DAYS.search(plain)
    if days is None or "PH" not in days[0]:
        return [rule]
    head, tail = rule[: days.start()].strip(), rule[days.end() :].strip()
    others: list[str] = []
    wanted: set[date] = set()
    for item in days[0].split(","):
        holiday = _HOLIDAY.fullmatch(item)
        if holiday is None:
            others.append(item)
        else:
            wanted |= {day + timedelta(days=int(holiday[1] or 0)) for day in dates}
    if head:
        season = OpeningHours(f"{head} 00:00-24:00", auto_country=False, auto_timezone=False)
        wanted = {day for day in wanted if season.is_open(datetime.combine(day, time(12)))}
    parts = [" ".join(filter(None, (head, ",".join(others), tail)))] if others else []
    if wanted:
        parts.append(f"{','.join(f'{day.year} {MONTHS[day.month - 1]} {day.day}' for day in sorted(wanted))} {tail}".strip())
    return parts
