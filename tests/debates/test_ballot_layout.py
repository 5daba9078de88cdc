"""The geometry of a ballot: labels that the reader accepts, sheets that share out the statements, circles that do not touch."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.debates.engine import ballot_layout as layout
from yole.kernel.codes import ALPHABET

FORMS = st.text(alphabet=ALPHABET, min_size=layout.FORM_LENGTH, max_size=layout.FORM_LENGTH)


@settings(deadline=None, max_examples=50)
@given(form=FORMS, page=st.integers(1, layout.MOST_SHEETS))
def test_label_is_read_back(form: str, page: int) -> None:
    assert layout.read_label(layout.qr_text(form, page)) == layout.Label(form, page)


@pytest.mark.parametrize(
    "text",
    ["", "YB1;ABC123", "YB2;ABC123;1", "YB1;abc123;1", "YB1;ABC123;0", "YB1;ABC123;01", "YB1;ABC123;2001", "YB1;ABCZ23;1", " YB1;ABC123;1"],
)
def test_other_codes_are_refused(text: str) -> None:
    assert layout.read_label(text) is None


@settings(deadline=None, max_examples=60)
@given(statements=st.integers(1, 20), ballots=st.integers(1, 30))
def test_sheets_carry_every_statement_of_every_ballot_once(statements: int, ballots: int) -> None:
    seen: dict[int, list[int]] = {}
    for page in range(1, ballots * layout.sheets(statements) + 1):
        ballot, positions = layout.place_of(page, statements)
        assert 1 <= len(positions) <= layout.ROWS
        seen.setdefault(ballot, []).extend(positions)
    assert seen == {ballot: list(range(statements)) for ballot in range(1, ballots + 1)}


def test_circles_are_apart_and_on_the_sheet() -> None:
    cells = layout.circles(layout.ROWS)
    assert len(cells) == 36
    for one in cells:
        assert layout.FIRST_ROW < one.y < layout.HEIGHT - layout.MARGIN - layout.MARK - layout.RADIUS
        for other in cells:
            if other != one:
                assert max(abs(one.x - other.x), abs(one.y - other.y)) > 4 * layout.RADIUS
    with pytest.raises(ValueError, match="1 to 12"):
        layout.circles(13)
