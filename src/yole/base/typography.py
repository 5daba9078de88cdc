"""French typography, times, dates and telephone numbers as people read them. Pure: no Django.

`french` works on plain text, `french_html` on the text nodes of HTML, tags and attributes untouched.
"""

from __future__ import annotations

import re
from datetime import date, time

from yole.kernel.periods import MONTHS

NBSP = "\u00a0"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")

_BEFORE = re.compile(r" +([:;?!»%€])")
_AFTER_GUILLEMET = re.compile(r"« +")
_GLUED_GUILLEMETS = (re.compile(r"«(?=[^\s\u00a0\u202f])"), re.compile(r"(?<=[^\s\u00a0\u202f])»"))
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])(?:'|&#x27;|&#39;)(?=[^\W\d_])")
_UNIT = re.compile(r"(?<=\d) (?=(?:h|min|km|m|Mo|Ko|ans)\b)|(?<=\bh) (?=\d\d\b)")
_FIRST = re.compile(r"\b1er\b")
# A comment, an element whose text is left alone, or a tag; the second group is the name of such an element.
_PIECE = re.compile(
    r"(<!--.*?-->|<(script|style|textarea|pre|code|option|title|svg)\b[^>]*(?<!/)>.*?</\2\s*>|<[^>]*>)", re.DOTALL | re.IGNORECASE
)
_SEAM = "\x1c"  # white space for the patterns above, and never in a page: they see one text of all the pieces, and stop at the seams


def french(text: str) -> str:
    """No-break spaces before : ; ? ! % € and inside « », between a number and its unit; curly apostrophe between letters."""
    text = _BEFORE.sub(NBSP + r"\1", text)
    text = _AFTER_GUILLEMET.sub("«" + NBSP, text)
    text = _GLUED_GUILLEMETS[0].sub("«" + NBSP, text)
    text = _GLUED_GUILLEMETS[1].sub(NBSP + "»", text)
    text = _APOSTROPHE.sub("’", text)
    return _UNIT.sub(NBSP, text)


def french_html(html: str) -> str:
    """`french` on the text of a piece of HTML, and « 1er » with its exponent. Code, scripts, options and typed text are left alone."""
    pieces = _PIECE.split(html.replace(_SEAM, " "))
    pieces[0::3] = _FIRST.sub("1<sup>er</sup>", french(_SEAM.join(pieces[0::3]))).split(_SEAM)
    del pieces[2::3]
    return "".join(pieces)


def is_english(language: str | None) -> bool:
    return bool(language and language.split("-")[0] == "en")


def clock(value: time, language: str = "fr") -> str:
    """« 8 h », « 8 h 30 » ; in English "8 am", "8:30 am"."""
    if is_english(language):
        hour, half = value.hour % 12 or 12, "am" if value.hour < 12 else "pm"
        return f"{hour}:{value.minute:02d}{NBSP}{half}" if value.minute else f"{hour}{NBSP}{half}"
    return f"{value.hour}{NBSP}h{NBSP}{value.minute:02d}" if value.minute else f"{value.hour}{NBSP}h"


def duration(minutes: int, language: str = "fr") -> str:
    """« 45 min », « 2 h », « 1 h 30 » ; in English "1 h 30 min"."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return f"{rest}{NBSP}min"
    if not rest:
        return f"{hours}{NBSP}h"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" + (f"{NBSP}min" if is_english(language) else "")


def day(value: date, language: str = "fr", *, year: bool = False, weekday: bool = True) -> str:
    """« lundi 23 novembre », « mardi 1er décembre 2026 » ; in English "Monday 23 November"."""
    if is_english(language):
        parts = [_DAYS_EN[value.weekday()]] if weekday else []
        parts += [f"{value.day}{NBSP}{_MONTHS_EN[value.month - 1]}"]
    else:
        parts = [DAYS[value.weekday()]] if weekday else []
        parts += [f"{'1er' if value.day == 1 else value.day}{NBSP}{MONTHS[value.month - 1]}"]
    return " ".join([*parts, str(value.year)] if year else parts)


def day_abbreviation(value: date, language: str = "fr") -> str:
    return f"{_DAYS_EN[value.weekday()][:3]}" if is_english(language) else f"{DAYS[value.weekday()][:3]}."


def telephone(number: str) -> str:
    """A stored number as it is dialled: `+596596574869` gives « 05 96 57 48 69 », another country's number keeps its prefix.

    What is not a number is returned as it came.
    """
    kept = "".join(c for c in number if c.isdigit() or c == "+")
    national = national_digits(kept)
    if national:
        return NBSP.join(national[i : i + 2] for i in range(0, len(national), 2))
    if kept.startswith("+33") and len(kept) == 12:
        rest = kept[3:]
        return NBSP.join(["+33", rest[0], *(rest[i : i + 2] for i in range(1, len(rest), 2))])
    if kept.startswith("+") and len(kept) > 6:
        return kept
    if kept.isdigit() and kept.startswith("3") and len(kept) == 4:
        return f"{kept[:2]}{NBSP}{kept[2:]}"
    return number


_OVERSEAS = {
    "590": ("0590", "0690", "0691"),
    "594": ("0594", "0694"),
    "596": ("0596", "0696", "0697"),
    "262": ("0262", "0263", "0692", "0693", "0639"),
}


def national_digits(number: str) -> str:
    """The ten digits dialled inside the country for a number of metropolitan France or of an overseas département, else an empty text."""
    kept = "".join(c for c in number if c.isdigit() or c == "+")
    if kept.startswith("00"):
        kept = "+" + kept[2:]
    if kept.startswith("+") and kept[1:4] in _OVERSEAS and len(kept) == 13:
        return "0" + kept[4:]
    if kept.startswith("+33") and len(kept) == 12:
        return "0" + kept[3:]
    return kept if len(kept) == 10 and kept.startswith("0") else ""


def telephone_link(number: str) -> str:
    """The number of a `tel:` link: digits and a leading +, nothing else."""
    kept = "".join(c for c in number if c.isdigit() or c == "+")
    return kept[:1] + kept[1:].replace("+", "")


def distance(kilometres: float, language: str = "fr") -> str:
    """« 3,4 km », « 450 m », « 23 km » : no more digits than a walk or a drive needs."""
    if kilometres < 0.95:
        return f"{max(50, round(kilometres * 20) * 50)}{NBSP}m"
    text = f"{kilometres:.1f}" if kilometres < 9.95 else f"{kilometres:.0f}"
    return f"{text if is_english(language) else text.replace('.', ',')}{NBSP}km"
