"""Cells of the exchanged tables: how each kind of value is written as text, and read back with the place of every error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models

from yole.kernel.errors import InputError

# text: as it is; whole, number, day, moment, yes (oui or non), flag (true or false), list (a | b), json, link (identifier of another row),
# links (a | b), structure (its name), structures (a | b).
Kind = str


@dataclass(frozen=True, slots=True)
class Cell:
    """A column: its header, the attribute of the model (empty: read only, computed by `Table.more`), the kind of value."""

    header: str
    attribute: str
    kind: Kind = "text"
    of: type[models.Model] | None = None
    compulsory: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a file, for errors."""

    file: str
    row: int

    def error(self, message: str, column: str | None = None, found: object = None, expected: str | None = None) -> InputError:
        return InputError(message, file=self.file, row=self.row, column=column, found=found, expected=expected)


def join(values: list[str]) -> str:
    """A list in one cell: « a | b »; a bar or a backslash inside a value has a backslash before it."""
    return " | ".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def split(text: str) -> list[str]:
    """What `join` wrote."""
    if not text.strip():
        return []
    parts, here = [], ""
    for mark in re.findall(r"\\.|\||[^\\|]+|\\", text):
        if mark == "|":
            parts.append(here)
            here = ""
        else:
            here += mark[1:] if len(mark) == 2 and mark[0] == "\\" else mark
    parts.append(here)
    return [part.strip() for part in parts]


def number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_WRITERS: dict[Kind, Callable[[Any], str]] = {
    "text": str,
    "whole": str,
    "number": number,
    "day": lambda value: value.isoformat(),
    "moment": moment,
    "yes": lambda value: "oui" if value else "non",
    "flag": lambda value: "true" if value else "false",
    "list": join,
    "json": lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True) if value else "",
    "link": lambda value: value.uid,
    "structure": lambda value: value.name,
}


def written(row: models.Model, cell: Cell) -> str:
    """The text of a cell; empty for nothing."""
    value = getattr(row, cell.attribute)
    if cell.kind in ("links", "structures"):
        attribute = "uid" if cell.kind == "links" else "name"
        return join([getattr(one, attribute) for one in value.order_by("pk")])
    return "" if value is None else _WRITERS[cell.kind](value)


def _flag(text: str, words: tuple[str, str]) -> bool:
    if text not in words:
        raise ValueError
    return text == words[0]


def _day(text: str) -> date:
    if len(text) != 10:
        raise ValueError
    return date.fromisoformat(text)


def _moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError
    return value


def _number(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError
    return value


_READERS: dict[Kind, tuple[Callable[[str], Any], str]] = {
    "whole": (int, "un nombre entier"),
    "number": (_number, "un nombre, par exemple 12.5"),
    "day": (_day, "une date, par exemple 2026-11-22"),
    "moment": (_moment, "un moment avec son fuseau, par exemple 2026-11-22T09:00:00Z"),
    "yes": (lambda text: _flag(text, ("oui", "non")), "oui ou non"),
    "flag": (lambda text: _flag(text, ("true", "false")), "true ou false"),
    "json": (json.loads, "du JSON"),
}


def given(text: str, cell: Cell, place: Place) -> Any:
    """The value of a cell that links to nothing; None for an empty number or date. Raises InputError."""
    if "\x00" in text:
        raise place.error("octet nul dans une cellule", cell.header)
    if not text.strip():
        if cell.compulsory:
            raise place.error("valeur absente", cell.header, expected="une valeur")
        return {"text": "", "list": [], "json": {}, "yes": False, "flag": False}.get(cell.kind)
    if cell.kind == "text":
        return text
    if cell.kind == "list":
        return split(text)
    read, expected = _READERS[cell.kind]
    try:
        return read(text.strip())
    except (ValueError, InvalidOperation):
        raise place.error("valeur illisible", cell.header, text, expected) from None
