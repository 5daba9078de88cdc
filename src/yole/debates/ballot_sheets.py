"""Paper ballots as a PDF to print: the geometry is the reader's own (`engine/ballot_layout.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import translation

from yole.base.htmlpdf import pdf
from yole.debates.engine import ballot_layout as layout


def qr_strips(text: str) -> list[tuple[str, str, str, str]]:
    """A QR code as black strips of the sheet: (x, y, width, height) in millimetres.

    Always version 2 with error level Q: the same size on every sheet, legible with a quarter of it hidden.
    """
    import segno

    matrix = segno.make(text, version=2, error="q", micro=False, boost_error=False).matrix
    module = layout.QR_SIDE / len(matrix)
    strips = []
    for y, line in enumerate(matrix):
        x = 0
        while x < len(line):
            end = x
            while end < len(line) and line[end]:
                end += 1
            if end > x:
                left, top = layout.QR_LEFT + x * module, layout.QR_TOP + y * module
                strips.append((_mm(left), _mm(top), _mm((end - x) * module), _mm(module)))
            x = end + 1
    return strips


def _mm(value: float) -> str:
    """A length for a drawing: templates would write it with a comma."""
    return f"{value:.5g}"


def _sheet(form: str, page: int, statements: Sequence[str]) -> dict[str, Any]:
    ballot, positions = layout.place_of(page, len(statements))
    parts = layout.sheets(len(statements))
    number = f"Feuille {page}" if parts == 1 else f"Bulletin {ballot}, feuille {(page - 1) % parts + 1} sur {parts}"
    return {
        "page": page,
        "number": f"{number} – {form}",
        "qr": qr_strips(layout.qr_text(form, page)),
        "circles": [(_mm(circle.x), _mm(circle.y)) for circle in layout.circles(len(positions))],
        "lines": [_mm(layout.FIRST_ROW + row * layout.ROW_HEIGHT) for row in range(len(positions) + 1)],
        "statements": [(at + 1, statements[at]) for at in positions],
    }


def ballots_pdf(form: str, title: str, statements: Sequence[str], pages: Sequence[int]) -> bytes:
    """The sheets `pages` (numbers from 1) of a form, one per page of the PDF, tagged. Raises Refused where PDF cannot be made."""
    half = layout.MARK / 2
    context = {
        "title": title,
        "sheets": [_sheet(form, page, statements) for page in pages],
        "width": _mm(layout.WIDTH),
        "height": _mm(layout.HEIGHT),
        "marks": [(_mm(x - half), _mm(y - half)) for x, y in layout.marks()],
        "mark": _mm(layout.MARK),
        "radius": _mm(layout.RADIUS),
        "stroke": _mm(layout.STROKE),
    }
    with translation.override("fr"):
        return pdf("debates/ballots/sheets.html", context)
