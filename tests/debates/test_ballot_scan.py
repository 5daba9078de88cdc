"""Printed ballots read back: every cell right or handed to a person, none wrong (issue 6, acceptance 4)."""

from __future__ import annotations

import io

import numpy as np
import pytest

pytest.importorskip("cv2")
pytest.importorskip("zxingcpp")

from tests.debates import ballot_pages as pages
from yole.debates import scan
from yole.debates.ballot_sheets import ballots_pdf

ROWS = len(pages.STATEMENTS)


def read(data: bytes) -> tuple[scan.Page, list[scan.Row]]:
    (image,) = scan.pictures(data, "photo.jpg", most_pages=1)
    page = scan.place(image)
    return page, scan.decide(scan.read_cells(page, ROWS))


def test_photos_and_scans_are_read_and_never_wrongly() -> None:
    rng = np.random.default_rng(20261122)
    right = 0
    for number in range(8):
        sheet = pages.filled(1 + number % 2, rng)
        page, rows = read(pages.photographed(sheet.image, rng) if number % 2 else pages.scanned(sheet.image, rng))
        assert (page.label.form, page.label.page) == (pages.FORM, sheet.page)
        for row in rows:
            assert row.doubtful or row.vote == sheet.votes[row.row]
            right += not row.doubtful
    assert right >= 0.97 * 8 * ROWS


def test_bad_photos_are_refused_or_doubtful_never_wrong() -> None:
    rng = np.random.default_rng(5)
    read_pages = 0
    for _number in range(3):
        sheet = pages.filled(1, rng)
        try:
            _page, rows = read(pages.photographed(sheet.image, rng, harsh=1.4))
        except scan.UnreadableError:
            continue
        read_pages += 1
        assert all(row.doubtful or row.vote == sheet.votes[row.row] for row in rows)
    assert read_pages


def test_two_marks_and_faint_marks_are_doubtful() -> None:
    rng = np.random.default_rng(1)
    sheet = pages.printed(1).copy()
    pages.mark(sheet, 0, 1, rng)
    pages.mark(sheet, 0, -1, rng)
    pages.faint(sheet, 1, 1)
    pages.mark(sheet, 2, 0, rng, "disc")
    _page, rows = read(pages.scanned(sheet, rng))
    assert [(row.vote, row.doubtful) for row in rows[:4]] == [(None, True), (None, True), (0, False), (None, False)]


def test_a_mark_beside_its_circle_is_doubtful_not_a_blank() -> None:
    import cv2

    rng = np.random.default_rng(6)
    sheet = pages.printed(1).copy()
    x, y = pages.layout.COLUMNS[1][1] + 4.4, pages.layout.FIRST_ROW + 4.5 * pages.layout.ROW_HEIGHT
    corner = [round((x + dx) * pages.SCALE) for dx in (0, 1.8)], [round((y + dy) * pages.SCALE) for dy in (-1.5, 1.5)]
    cv2.line(sheet, (corner[0][0], corner[1][0]), (corner[0][1], corner[1][1]), 40, 5, cv2.LINE_AA)
    _page, rows = read(pages.scanned(sheet, rng))
    assert [row.row for row in rows if row.doubtful] == [4]


def test_a_hidden_circle_is_doubtful_and_a_hidden_corner_is_refused() -> None:
    rng = np.random.default_rng(2)
    sheet = pages.printed(1).copy()
    x, y = pages.layout.COLUMNS[0][1], pages.layout.FIRST_ROW + 0.5 * pages.layout.ROW_HEIGHT
    top, left, reach = round(y * pages.SCALE), round(x * pages.SCALE), round(6 * pages.SCALE)
    sheet[top - reach : top + reach, left - reach : left + reach] = 255
    _page, rows = read(pages.scanned(sheet, rng))
    assert rows[0].doubtful
    assert not rows[1].doubtful
    sheet[-round(30 * pages.SCALE) :, : round(30 * pages.SCALE)] = 255
    with pytest.raises(scan.UnreadableError, match=r"carrés noirs|coin noir"):
        read(pages.scanned(sheet, rng))


def test_what_is_not_a_ballot_is_told_apart() -> None:
    from PIL import Image

    white = io.BytesIO()
    Image.new("L", (1200, 1600), 255).save(white, "PNG")
    tiny = io.BytesIO()
    Image.new("L", (100, 100), 255).save(tiny, "PNG")
    huge = io.BytesIO()
    Image.new("1", (9_000, 9_000), 1).save(huge, "PNG")
    with pytest.raises(scan.UnreadableError, match="Aucun bulletin reconnu"):
        read(white.getvalue())
    with pytest.raises(scan.UnreadableError, match="trop petite"):
        read(tiny.getvalue())
    with pytest.raises(scan.UnreadableError, match="trop grande"):
        read(huge.getvalue())
    for data in (b"", b"GIF89a" + bytes(50), b"%PDF-1.7 nothing", b"\xff\xd8\xff" + bytes(100)):
        with pytest.raises(scan.UnreadableError):
            read(data)


def test_a_pdf_of_several_sheets_is_read_page_by_page() -> None:
    made = ballots_pdf(pages.FORM, "Café d’essai (fictif)", pages.STATEMENTS, [4, 5])
    found = [scan.place(image) for image in scan.pictures(made, "scan.pdf", most_pages=2)]
    assert [page.label.page for page in found] == [4, 5]
    assert all(not row.doubtful and row.vote is None for row in scan.decide(scan.read_cells(found[0], ROWS)))
    assert scan.cut(found[0], 3).startswith(b"\x89PNG")
    with pytest.raises(scan.UnreadableError, match="2 pages"):
        list(scan.pictures(made, "scan.pdf", most_pages=1))
