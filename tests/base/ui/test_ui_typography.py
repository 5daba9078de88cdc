from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.base import typography as t


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Où êtes-vous ?", "Où êtes-vous\u00a0?"),
        ("Attention : 3 places ; c'est tout !", "Attention\u00a0: 3 places\u00a0; c’est tout\u00a0!"),
        ("« Mes mots »", "«\u00a0Mes mots\u00a0»"),
        ("«Mes mots»", "«\u00a0Mes mots\u00a0»"),
        ("41 % et 12 €", "41\u00a0% et 12\u00a0€"),
        ("8 h 30", "8\u00a0h\u00a030"),
        ("à 12 km, 45 min", "à 12\u00a0km, 45\u00a0min"),
        ("L'Ajoupa-Bouillon", "L’Ajoupa-Bouillon"),
        ("déjà\u00a0: bon", "déjà\u00a0: bon"),
        ("https://exemple.fr/a?b=1", "https://exemple.fr/a?b=1"),
        ("10:30", "10:30"),
    ],
)
def test_french(typed: str, shown: str) -> None:
    assert t.french(typed) == shown


def test_french_html_leaves_tags_code_and_typed_text_alone() -> None:
    html = (
        '<a href="/x?y ?z" title="Non ?">Oui ?</a><textarea>Quoi ?</textarea><option>1er ?</option>'
        "<p>le 1er mai</p><br/><b>L&#x27;eau !</b>"
    )
    assert t.french_html(html) == (
        '<a href="/x?y ?z" title="Non ?">Oui\u00a0?</a><textarea>Quoi ?</textarea><option>1er ?</option>'
        "<p>le 1<sup>er</sup> mai</p><br/><b>L’eau\u00a0!</b>"
    )


def test_a_drawing_closed_at_once_does_not_stop_the_rest() -> None:
    assert t.french_html('<svg class="x"/><p>Oui ?</p><svg><title>a ?</title></svg><p>Non ?</p>').count("\u00a0?") == 2


@given(st.text(alphabet="ab '«»:;?!%€<>/=\"1h30\u00a0", max_size=60))
def test_french_twice_changes_nothing_more(text: str) -> None:
    once = t.french(text)
    assert t.french(once) == once
    assert [c for c in once if c not in " \u00a0'’"] == [c for c in text if c not in " \u00a0'’"]


@given(st.lists(st.sampled_from(["<p>", "</p>", "a ?", "<b x='1 ?'>", "</b>", "<textarea>", "</textarea>", " : ", "&#x27;"]), max_size=12))
def test_tags_are_never_touched(parts: list[str]) -> None:
    html = "".join(parts)
    assert [p for i, p in enumerate(t._PIECE.split(t.french_html(html))) if i % 3 == 1] == [
        p for i, p in enumerate(t._PIECE.split(html)) if i % 3 == 1
    ]


def test_times() -> None:
    assert t.clock(time(8, 30)) == "8\u00a0h\u00a030"
    assert t.clock(time(8)) == "8\u00a0h"
    assert t.clock(time(0, 5)) == "0\u00a0h\u00a005"
    assert t.clock(time(14, 0), "en") == "2\u00a0pm"
    assert t.clock(time(0, 30), "en") == "12:30\u00a0am"
    assert t.duration(45) == "45\u00a0min"
    assert t.duration(120) == "2\u00a0h"
    assert t.duration(95) == "1\u00a0h\u00a035"


def test_days() -> None:
    assert t.day(date(2026, 11, 23)) == "lundi 23\u00a0novembre"
    assert t.day(date(2026, 12, 1), year=True) == "mardi 1er\u00a0décembre 2026"
    assert t.day(date(2026, 11, 23), weekday=False) == "23\u00a0novembre"
    assert t.day(date(2026, 11, 23), "en", year=True) == "Monday 23\u00a0November 2026"


@pytest.mark.parametrize(
    ("stored", "shown", "link"),
    [
        ("+596596574869", "05 96 57 48 69", "+596596574869"),
        ("0696123456", "06 96 12 34 56", "0696123456"),
        ("+596696123456", "06 96 12 34 56", "+596696123456"),
        ("+33612345678", "06 12 34 56 78", "+33612345678"),
        ("05.96.57.48.69", "05 96 57 48 69", "0596574869"),
        ("00596596574869", "05 96 57 48 69", "00596596574869"),
        ("+17585551234", "+17585551234", "+17585551234"),
        ("3939", "39 39", "3939"),
        ("sur place", "sur place", ""),
    ],
)
def test_telephone(stored: str, shown: str, link: str) -> None:
    assert t.telephone(stored).replace("\u00a0", " ") == shown
    assert t.telephone_link(stored) == link


def test_distance() -> None:
    assert t.distance(3.42) == "3,4\u00a0km"
    assert t.distance(3.42, "en") == "3.4\u00a0km"
    assert t.distance(0.447) == "450\u00a0m"
    assert t.distance(0) == "50\u00a0m"
    assert t.distance(0.94) == "950\u00a0m"
    assert t.distance(23.4) == "23\u00a0km"
    assert t.distance(9.97) == "10\u00a0km"
