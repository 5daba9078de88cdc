"""Dates of credentials: date-times with an offset, compared as instants and never as texts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

from yole.passport.engine.faults import FaultError, quoted

_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def read_instant(value: Any, member: str) -> datetime:
    """An aware datetime from an XML Schema date-time with an offset. Raises FaultError `date-malformed`, naming `member`."""
    if isinstance(value, str) and _DATE_TIME.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise FaultError("date-malformed", f"« {member} » n’est pas une date avec heure et décalage : {quoted(value)}.")


def read_moment(text: str) -> datetime:
    """The instant of `--at`: a date-time with an offset, or a date alone, which is 00:00Z. Raises FaultError."""
    if _DATE.fullmatch(text):
        try:
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        except ValueError:
            pass
    return read_instant(text, "at")


def instant_text(instant: datetime) -> str:
    """UTC with `Z`, microseconds only when there are some."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
