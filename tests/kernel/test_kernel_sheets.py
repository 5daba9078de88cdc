"""Tables that people open in a spreadsheet: nothing in them runs, and what was disarmed is read back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.kernel.tables import escaped, unescaped, write_french_sheet, write_safe_table, write_table


@pytest.mark.parametrize("text", ["=1+1", "+33", "-x", "@a", "\tx", "\rx", "'=1", "''-1"])
def test_what_runs_gets_an_apostrophe(text: str) -> None:
    assert escaped(text) == f"'{text}"
    assert unescaped(f"'{text}") == text


def test_numbers_and_plain_texts_stay() -> None:
    assert [escaped(cell) for cell in (-3, 2.5, None, "Aline", "l’été", "'78")] == [-3, 2.5, None, "Aline", "l’été", "'78"]


@given(st.text(max_size=20))
@settings(deadline=None, max_examples=200)
def test_reading_undoes_writing(text: str) -> None:
    assert unescaped(str(escaped(text))) == text
    assert not str(escaped(text)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_three_ways_of_writing() -> None:
    rows = [("=A1", None, 2), ("Fort-de-France ; « Terres »", -1, 0.5)]
    assert write_table(("a", "b", "c"), rows).startswith(b"a,b,c\n=A1,,2\n")
    assert write_safe_table(("a", "b", "c"), rows).startswith(b"a,b,c\n'=A1,,2\n")
    french = write_french_sheet(("a", "b", "c"), rows).decode("utf-8")
    assert french == '\ufeffa;b;c\r\n\'=A1;;2\r\n"Fort-de-France ; « Terres »";-1;0.5\r\n'
