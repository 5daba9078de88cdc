"""Repairs that are certain: the value is the one meant, only its writing was wrong. Nothing else is ever changed by an import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from yole.places.engine import schema
from yole.places.engine.normalise import international

VARIANT, EMPTY_ITEM, TELEPHONE, DECIMAL_COMMA, TRAILING = "variant", "empty-item", "telephone", "decimal-comma", "trailing-separator"

_COMMA = re.compile(r"\s*([+-]?[0-9]+),([0-9]+)\s*")
_LISTS = tuple(name for name in schema.COLUMNS if name in schema.LISTS and name not in schema.ENUMERATIONS)


@dataclass(frozen=True, slots=True)
class Repair:
    """One cell rewritten: the column, what it said, what it says now, and why (French)."""

    field: str
    kind: str
    before: str
    after: str
    why: str


def repair(row: Mapping[str, str]) -> tuple[dict[str, str], list[Repair]]:
    """The row with its certain repairs applied, and their list; unknown columns are left as they are."""
    fixed = dict(row)
    done: list[Repair] = []

    def put(field: str, kind: str, after: str, why: str) -> None:
        done.append(Repair(field, kind, fixed[field], after, why))
        fixed[field] = after

    for field in schema.ENUMERATIONS:
        cell = fixed.get(field) or ""
        if cell:
            without = without_empty_items(cell)
            if without != cell:
                put(field, EMPTY_ITEM, without, "séparateur en trop retiré")
            spelled = exact_spelling(field, fixed[field])
            if spelled != fixed[field]:
                put(field, VARIANT, spelled, "écriture exacte du schéma national")
    for field in _LISTS:
        cell = fixed.get(field) or ""
        if schema.SEPARATOR in cell and without_empty_items(cell) != cell:
            put(field, TRAILING, without_empty_items(cell), "séparateur en trop retiré")
    hours = fixed.get("horaires") or ""
    if hours and (shorter := without_trailing_semicolon(hours)) != hours:
        put("horaires", TRAILING, shorter, "séparateur en trop retiré")
    for field in ("latitude", "longitude"):
        point = decimal_point(fixed.get(field) or "")
        if point is not None:
            put(field, DECIMAL_COMMA, point, "virgule décimale remplacée par un point")
    telephone = fixed.get("telephone") or ""
    if telephone and not schema.TELEPHONE.fullmatch(telephone):
        without = without_empty_items(telephone)
        known = international(without, fixed.get("code_postal") or "")
        if known and known.certain and schema.TELEPHONE.fullmatch(known.number):
            put("telephone", TELEPHONE, known.number, "numéro écrit au format international")
    return fixed, done


def without_empty_items(cell: str) -> str:
    """The cell without the empty items of its list; unchanged when it has none."""
    items = cell.split(schema.SEPARATOR)
    kept = [item for item in items if item.strip()]
    return cell if len(kept) == len(items) else schema.SEPARATOR.join(kept)


def exact_spelling(field: str, cell: str) -> str:
    """The cell of a closed list with each spelling variant replaced by the label; unknown items are left."""
    return schema.SEPARATOR.join(schema.exact_label(field, item) or item for item in cell.split(schema.SEPARATOR))


def decimal_point(cell: str) -> str | None:
    """`14,61` as `14.61`; None when the cell is not a number with a decimal comma."""
    found = _COMMA.fullmatch(cell)
    return f"{found.group(1)}.{found.group(2)}" if found else None


def without_trailing_semicolon(hours: str) -> str:
    """Opening hours without the separators and spaces that end them."""
    shorter = hours.rstrip().rstrip(";").rstrip()
    return shorter if hours.rstrip().endswith(";") and shorter else hours
