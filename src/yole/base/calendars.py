"""What the calendars of every room (iCalendar, RFC 5545) begin with, and the texts they can carry."""

from __future__ import annotations

import unicodedata

from icalendar import Calendar


def clean(text: str) -> str:
    """Text without control characters, which neither XML nor calendars can carry."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") and c != "\n" else c for c in text)


def new_calendar(product: str, name: str) -> Calendar:
    """An empty calendar to follow. `product` says which part of Yole wrote it; `name` is what a telephone shows."""
    made = Calendar()
    for key, value in (("prodid", f"-//Yole//{product}//FR"), ("version", "2.0"), ("method", "PUBLISH"), ("calscale", "GREGORIAN")):
        made.add(key, value)
    made.add("x-wr-calname", clean(name))
    return made
