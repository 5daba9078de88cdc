"""What the room prints: cards, the information sheet, the export of a person. Tagged PDF."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from yole.base import typography
from yole.base.htmlpdf import pdf
from yole.people import selectors, wording
from yole.people.models import Person


def cards_pdf(people: Iterable[Person]) -> bytes:
    """Cards to cut out, ten a page. A card holds its code, in words and as a QR code, and no name: it may be lost."""
    codes = [selectors.code_shown(person) for person in people if person.code]
    return pdf("people/documents/cards.html", {"codes": codes})


def notice_pdf(structure_name: str) -> bytes:
    return pdf("people/documents/notice.html", {"lines": wording.notice(), "version": wording.VERSION, "structure_name": structure_name})


def export_pdf(made: dict[str, Any]) -> bytes:
    """The export that a person reads: every section, with « rien » where there is nothing."""
    return pdf("people/documents/export.html", export_context(made))


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")


def _readable(value: Any) -> Any:
    """Dates of the export in words, lists separated by commas; the rest as it is."""
    if isinstance(value, list):
        return ", ".join(str(_readable(one)) for one in value)
    if not isinstance(value, str):
        return value
    if _INSTANT.fullmatch(value):
        moment = timezone.localtime(datetime.fromisoformat(value))
        return f"{typography.day(moment, 'fr', year=True, weekday=False)} à {typography.clock(moment.time(), 'fr')}"
    return typography.day(date.fromisoformat(value), "fr", year=True, weekday=False) if _DAY.fullmatch(value) else value


def export_context(made: dict[str, Any]) -> dict[str, Any]:
    sections = [
        {"label": part["label"], "rows": [[(name, _readable(value)) for name, value in row.items()] for row in part["rows"]]}
        for part in made["sections"]
    ]
    return {"card": made["card"], "made_at": _readable(made["made_at"]), "sections": sections}
