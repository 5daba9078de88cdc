"""Opening hours as a person reads them: open now, until when, when next, day by day. No database, no clock.

Public holidays are those of the territory. Where the hours say nothing of holidays, a holiday is a doubt, never an opening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from django.utils.translation import get_language, gettext, pgettext
from opening_hours import OpeningHours, State

from yole.base.typography import clock
from yole.base.typography import day as day_words
from yole.places.engine.hours import QUOTED, is_valid, with_holidays

Holidays = Mapping[date, str]
Kind = Literal["open", "closed", "unknown", "doubt", "gone"]
LOOK_AHEAD = 14  # days in which the next opening is looked for
MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Span:
    """An opening within one day, in minutes from midnight (1440 is the end of the day). `words`: what the hours add, as given."""

    start: int
    end: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether a place is open at a moment. `until` ends the present opening, `opens` begins the next one (local, naive)."""

    kind: Kind
    until: datetime | None = None
    opens: datetime | None = None
    reason: str = ""
    note: str = ""


@lru_cache(maxsize=8192)
def states_holidays(text: str) -> bool:
    """Whether the hours say what happens on public holidays."""
    return "PH" in text and "PH" in QUOTED.sub("", text)


@lru_cache(maxsize=8192)
def _dated(text: str, near: tuple[date, ...]) -> str:
    return with_holidays(text, near)


def _said_on(text: str, day: date, holidays: Holidays) -> str:
    """The hours with `PH` replaced by the territory's own dates near a day."""
    if not states_holidays(text):
        return text
    reach = timedelta(days=8)
    return _dated(text, tuple(d for d in holidays if day - reach <= d <= day + reach))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> OpeningHours | None:
    return OpeningHours(text, auto_country=False, auto_timezone=False) if is_valid(text) else None


@lru_cache(maxsize=65536)
def _spans(text: str, day: date) -> tuple[Span, ...] | None:
    """Openings of one day; None when the text cannot be read."""
    parsed = _parsed(text)
    if parsed is None:
        return None
    midnight = datetime.combine(day, time())
    found = []
    for start, end, state, words in parsed.intervals(midnight, midnight + timedelta(days=1)):
        if state == State.OPEN:
            found.append(Span(_minutes(start, midnight), _minutes(end, midnight), str(words)))
    return tuple(found)


def _minutes(moment: datetime, midnight: datetime) -> int:
    return min(MIDNIGHT, int((moment - midnight).total_seconds()) // 60)


def spans(text: str, day: date, holidays: Holidays) -> tuple[Span, ...] | None:
    """Openings of a day. None: not known, because there are no hours or because nobody said what happens on that holiday."""
    if not text or _parsed(text) is None:
        return None
    found = _spans(_said_on(text, day, holidays), day)
    if day in holidays and found and not states_holidays(text):
        return None
    return found


def open_at(text: str, moment: datetime, holidays: Holidays) -> bool:
    """Whether it is certainly open at a moment (local, naive)."""
    minute = moment.hour * 60 + moment.minute
    return any(span.start <= minute < span.end for span in spans(text, moment.date(), holidays) or ())


def open_on(text: str, day: date, holidays: Holidays) -> bool:
    """Whether it certainly opens at some time of a day."""
    return bool(spans(text, day, holidays))


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def state_at(text: str, moment: datetime, holidays: Holidays) -> OpenState:
    """The state at a moment (local, naive)."""
    today, minute = moment.date(), moment.hour * 60 + moment.minute
    if not text or _parsed(text) is None:
        return OpenState("unknown")
    now = spans(text, today, holidays)
    if now is None:
        return OpenState("doubt", reason=holidays.get(today, ""), opens=_next_opening(text, today, MIDNIGHT, holidays))
    for span in now:
        if span.start <= minute < span.end:
            until = _at(today, span.end)
            if span.end == MIDNIGHT:
                after = spans(text, today + timedelta(days=1), holidays) or ()
                night = next((s for s in after if s.start == 0), None)
                if night is not None and night.end == MIDNIGHT:
                    return OpenState("open", note=span.words)
                if night is not None:
                    until = _at(today + timedelta(days=1), night.end)
            return OpenState("open", until=until, note=span.words)
    return OpenState("closed", opens=_next_opening(text, today, minute, holidays))


def _next_opening(text: str, today: date, minute: int, holidays: Holidays) -> datetime | None:
    for ahead in range(LOOK_AHEAD + 1):
        day = today + timedelta(days=ahead)
        for span in spans(text, day, holidays) or ():
            if ahead or span.start > minute:
                return _at(day, span.start)
    return None


def state_words(state: OpenState, moment: datetime) -> str:
    """« Ouvert jusqu’à 17 h », « Ouvre lundi à 8 h », « Fermé »."""
    language = get_language() or "fr"
    if state.kind == "gone":
        return gettext("Fermé : %(reason)s") % {"reason": state.reason} if state.reason else gettext("Fermé")
    if state.kind == "unknown":
        return gettext("Horaires non renseignés")
    if state.kind == "doubt":
        return gettext("Jour férié : appelez avant")
    if state.kind == "open":
        return gettext("Ouvert jusqu’à %(hour)s") % {"hour": clock(state.until.time(), language)} if state.until else gettext("Ouvert")
    if state.opens is None:
        return gettext("Fermé")
    hour, ahead = clock(state.opens.time(), language), (state.opens.date() - moment.date()).days
    if ahead == 0:
        return gettext("Ouvre à %(hour)s") % {"hour": hour}
    if ahead == 1:
        return gettext("Ouvre demain à %(hour)s") % {"hour": hour}
    words = day_words(state.opens.date(), language)
    return gettext("Ouvre %(day)s à %(hour)s") % {"day": words.split(" ")[0] if ahead < 7 else words, "hour": hour}


def spans_words(found: tuple[Span, ...] | None) -> str:
    """« 8 h – 13 h, 14 h – 17 h », « fermé »."""
    if found is None:
        return gettext("non renseigné")
    if not found:
        return pgettext("hours of a day", "fermé")
    if len(found) == 1 and found[0].start == 0 and found[0].end == MIDNIGHT:
        return gettext("toute la journée")
    language = get_language() or "fr"
    return ", ".join(
        f"{_clock(span.start, language)} – {_clock(span.end, language)}{f' ({span.words})' if span.words else ''}" for span in found
    )


def _clock(minute: int, language: str) -> str:
    return clock(time(minute // 60 % 24, minute % 60), language) if minute < MIDNIGHT else gettext("minuit")


@dataclass(frozen=True, slots=True)
class DayLine:
    """A row of the table of hours: the coming day of that name, its hours in words, the holiday that it is."""

    day: date
    name: str
    words: str
    is_today: bool
    holiday: str = ""


def week(text: str, today: date, holidays: Holidays) -> list[DayLine]:
    """Monday to Sunday, each at its next date from today on. Empty when the hours are missing or cannot be read."""
    if not text or _parsed(text) is None:
        return []
    language = get_language() or "fr"
    lines = []
    for weekday in range(7):
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
        found = spans(text, day, holidays)
        words = spans_words(found) if found is not None else gettext("jour férié : appelez avant")
        name = day_words(day, language).split(" ")[0]
        lines.append(DayLine(day, name.capitalize(), words, day == today, holidays.get(day, "")))
    return lines


def coming_holidays(text: str, today: date, holidays: Holidays, *, days: int = 45) -> list[tuple[date, str, str]]:
    """Holidays of the coming days: (day, name, hours in words or « appelez avant »)."""
    found = []
    for day in sorted(holidays):
        if today <= day < today + timedelta(days=days):
            openings = spans(text, day, holidays)
            found.append((day, holidays[day], spans_words(openings) if openings is not None else gettext("appelez avant")))
    return found
