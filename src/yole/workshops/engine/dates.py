"""From a weekly pattern to instants: local wall time is kept across changes of clocks, days off are skipped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NOON_SPLIT = time(13, 0)
EVENING_FROM = time(18, 0)
MOST = 400


@dataclass(frozen=True, slots=True)
class Weekly:
    """One meeting a week: `weekday` 0 (Monday) to 6, local `starts` and `ends` of the same day."""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days off such as school holidays, first and last included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Plan:
    """`meetings`: aware UTC pairs in order; `skipped`: days that the pattern had and that are off."""

    meetings: tuple[tuple[datetime, datetime], ...]
    skipped: tuple[date, ...]


def instant(day: date, clock: time, zone: str) -> datetime:
    """The UTC instant of a local wall time. A time that does not exist (clocks moved forward) becomes the same time by the clock before."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def weekly_plan(
    first: date, last: date, pattern: Sequence[Weekly], zone: str, *, days_off: Collection[date] = (), ranges_off: Iterable[DayRange] = ()
) -> Plan:
    """Every meeting of the pattern from `first` to `last`, both included.

    Raises ValueError for an empty or upside-down period, an end before its start, a weekday out of 0..6, or more than 400 meetings.
    """
    if last < first:
        raise ValueError("last before first")
    for slot in pattern:
        if not 0 <= slot.weekday <= 6 or slot.ends <= slot.starts:
            raise ValueError("impossible slot")
    if not pattern:
        raise ValueError("empty pattern")
    off, ranges = set(days_off), list(ranges_off)
    meetings: list[tuple[datetime, datetime]] = []
    skipped = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        slots = sorted((s for s in pattern if s.weekday == day.weekday()), key=lambda s: s.starts)
        if not slots:
            continue
        if day in off or any(day in closed for closed in ranges):
            skipped.append(day)
            continue
        meetings += [(instant(day, s.starts, zone), instant(day, s.ends, zone)) for s in slots]
        if len(meetings) > MOST:
            raise ValueError("too many meetings")
    return Plan(tuple(meetings), tuple(skipped))


def slots_of(day: date, starts: time, ends: time, minutes: int, zone: str, *, pause: int = 0) -> list[tuple[datetime, datetime]]:
    """Individual slots of `minutes` from `starts` to `ends`, `pause` minutes apart; a last slot that does not fit is left out.

    Raises ValueError for minutes out of 5..480 or a negative pause.
    """
    if not 5 <= minutes <= 480 or pause < 0:
        raise ValueError("impossible slot")
    now, stop = instant(day, starts, zone), instant(day, ends, zone)
    found = []
    while now + timedelta(minutes=minutes) <= stop:
        found.append((now, now + timedelta(minutes=minutes)))
        now += timedelta(minutes=minutes + pause)
    return found


def half_days_of(starts_at: datetime, ends_at: datetime, zone: str) -> list[str]:
    """The half-days that a session touches (`matin` before 13:00, `apres_midi` until 18:00, `soir`), by local time; one at least."""
    local_start, local_end = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    found = []
    day = local_start.date()
    if local_end.date() > day:
        local_end = datetime.combine(day, time(23, 59), local_start.tzinfo)
    if local_start.time() < NOON_SPLIT:
        found.append("matin")
    # A session that starts in the morning and runs over by a little has no afternoon to sign for.
    if (
        local_start.time() < EVENING_FROM
        and local_end.time() > NOON_SPLIT
        and (local_start.time() >= NOON_SPLIT or local_end.time() > time(14, 0))
    ):
        found.append("apres_midi")
    if local_start.time() >= EVENING_FROM or (local_end.time() > time(19, 0)):
        found.append("soir")
    return found
