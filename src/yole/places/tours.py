"""The days on which an itinerant place stops somewhere, computed from its timetable. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from yole.places.engine.hours import MONTHS

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class Timetable:
    """One line of a timetable: `weekday` (OSM name) every n weeks from the week of `valid_from`, or one day `on_date`.

    `on_holidays`: True runs, False does not, None nobody said.
    """

    stop: int
    starts: time
    ends: time
    weekday: str = ""
    on_date: date | None = None
    every_weeks: int = 1
    valid_from: date | None = None
    valid_until: date | None = None
    on_holidays: bool | None = None


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """One stop on one day. `cancelled` is the reason when it does not come; `doubt` what is to be asked before going."""

    day: date
    starts: time
    ends: time
    stop: int
    cancelled: str = ""
    doubt: str = ""


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def runs_on(line: Timetable, day: date) -> bool:
    """Whether a line of the timetable falls on a day, holidays and cancellations apart."""
    if line.on_date is not None:
        return line.on_date == day
    if WEEKDAYS[day.weekday()] != line.weekday:
        return False
    if (line.valid_from and day < line.valid_from) or (line.valid_until and day > line.valid_until):
        return False
    if line.every_weeks > 1 and line.valid_from:
        return (_monday(day) - _monday(line.valid_from)).days // 7 % line.every_weeks == 0
    return True


def passages(
    lines: Iterable[Timetable],
    first: date,
    days: int,
    *,
    holidays: Mapping[date, str] | None = None,
    cancelled: Mapping[tuple[date, int], str] | None = None,
) -> list[Passage]:
    """Every passage of `days` days from `first`, in order of day, hour and stop.

    `holidays`: names by date. `cancelled`: reasons by (date, stop). A passage that several lines give counts once.
    """
    holidays, cancelled = holidays or {}, cancelled or {}
    found: dict[tuple[date, int, time, time], Passage] = {}
    lines = list(lines)
    for offset in range(days):
        day = first + timedelta(days=offset)
        for line in lines:
            if not runs_on(line, day):
                continue
            reason, doubt = cancelled.get((day, line.stop), ""), ""
            if not reason and day in holidays and line.on_date is None and line.on_holidays is not True:
                if line.on_holidays is False:
                    reason = holidays[day]
                else:
                    doubt = holidays[day]
            found.setdefault((day, line.stop, line.starts, line.ends), Passage(day, line.starts, line.ends, line.stop, reason, doubt))
    return sorted(found.values())


def opening_hours(lines: Iterable[Timetable]) -> str:
    """The union of a timetable as OSM opening hours; « one week in n » becomes a comment, which the syntax has no rule for."""
    weekly: dict[tuple[time, time, int], set[str]] = {}
    dated: dict[tuple[time, time], set[date]] = {}
    for line in lines:
        if line.on_date is not None:
            dated.setdefault((line.starts, line.ends), set()).add(line.on_date)
        else:
            weekly.setdefault((line.starts, line.ends, line.every_weeks), set()).add(line.weekday)
    by_days: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for (starts, ends, weeks), days in sorted(weekly.items()):
        by_days.setdefault((tuple(sorted(days, key=WEEKDAYS.index)), weeks), []).append(f"{starts:%H:%M}-{ends:%H:%M}")
    rules = []
    for (names, weeks), spans in sorted(by_days.items(), key=lambda item: WEEKDAYS.index(item[0][0][0])):
        rules.append(f"{','.join(names)} {','.join(spans)}" + (f' "une semaine sur {weeks}"' if weeks > 1 else ""))
    for (starts, ends), dates in sorted(dated.items()):
        written = ",".join(f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}" for day in sorted(dates))
        rules.append(f"{written} {starts:%H:%M}-{ends:%H:%M}")
    # « , » adds to the rules before, where « ; » would replace the same day.
    return ", ".join(rules)
