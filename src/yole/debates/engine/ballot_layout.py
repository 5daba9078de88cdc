"""Geometry of a paper ballot, in millimetres from the top left corner of an A4 sheet: the printer and the reader share it.

A sheet carries four black squares in its corners, a QR code `YB1;form;page`, and at most 12 statements of three circles. `page` is
the number of the printed sheet: no two sheets of a form have the same one, so that the same sheet read twice is seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yole.debates.engine.ballots import AGREE, DISAGREE, PASS
from yole.kernel.codes import ALPHABET

WIDTH, HEIGHT = 210.0, 297.0
MARK, MARGIN = 8.0, 10.0  # side of a corner square, distance of its outer edges from the edges of the sheet
QR_LEFT, QR_TOP, QR_SIDE = 158.0, 10.0, 26.0  # printed modules, quiet zone left out
ROWS = 12
FIRST_ROW, ROW_HEIGHT = 66.0, 17.0  # top of the first statement; height of each
RADIUS, STROKE = 3.2, 0.4  # of a circle: to the middle of its line, and the width of this line
COLUMNS = ((AGREE, 142.0), (DISAGREE, 164.0), (PASS, 186.0))  # what a circle says, and where its centre is
TEXT_LEFT, TEXT_WIDTH = 14.0, 116.0
PREFIX = "YB1"
FORM_LENGTH = 6
MOST_SHEETS = 2000

_QR_TEXT = re.compile(rf"{PREFIX};([{ALPHABET}]{{{FORM_LENGTH}}});([1-9][0-9]{{0,3}})")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Circle:
    """A cell of the sheet: `row` from 0, `vote` 1, −1 or 0, and its centre."""

    row: int
    vote: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Label:
    """What the QR code of a sheet says."""

    form: str
    page: int


def marks() -> tuple[Point, Point, Point, Point]:
    """Centres of the corner squares: top left, top right, bottom right, bottom left."""
    near, right, bottom = MARGIN + MARK / 2, WIDTH - MARGIN - MARK / 2, HEIGHT - MARGIN - MARK / 2
    return ((near, near), (right, near), (right, bottom), (near, bottom))


def qr_corners() -> tuple[Point, Point, Point, Point]:
    """Corners of the QR code, in the same order."""
    right, bottom = QR_LEFT + QR_SIDE, QR_TOP + QR_SIDE
    return ((QR_LEFT, QR_TOP), (right, QR_TOP), (right, bottom), (QR_LEFT, bottom))


def circles(rows: int) -> tuple[Circle, ...]:
    """The cells of a sheet of `rows` statements, row after row. Raises ValueError for no row or more than 12."""
    if not 1 <= rows <= ROWS:
        raise ValueError(f"a sheet has 1 to {ROWS} statements")
    return tuple(Circle(row, vote, x, FIRST_ROW + (row + 0.5) * ROW_HEIGHT) for row in range(rows) for vote, x in COLUMNS)


def qr_text(form: str, page: int) -> str:
    """`YB1;form;page`. Raises ValueError for what the reader would not accept."""
    text = f"{PREFIX};{form};{page}"
    if read_label(text) != Label(form, page):
        raise ValueError(f"not a label: {text}")
    return text


def read_label(text: str) -> Label | None:
    """The form and the page of a QR code, or None when it is not one of ours."""
    found = _QR_TEXT.fullmatch(text)
    if found is None or int(found.group(2)) > MOST_SHEETS:
        return None
    return Label(found.group(1), int(found.group(2)))


def sheets(statements: int) -> int:
    """Sheets of one ballot. Raises ValueError for no statement."""
    if statements < 1:
        raise ValueError("a ballot needs a statement")
    return -(-statements // ROWS)


def place_of(page: int, statements: int) -> tuple[int, range]:
    """(ballot from 1, positions of its statements from 0) of the sheet `page`."""
    parts = sheets(statements)
    ballot, part = divmod(page - 1, parts)
    size = -(-statements // parts)  # sheets of one ballot carry about the same number of statements
    return ballot + 1, range(part * size, min((part + 1) * size, statements))
