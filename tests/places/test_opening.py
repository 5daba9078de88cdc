"""Opening hours in words, at a moment, over holidays."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.places import opening
from yole.places.opening import coming_holidays, open_at, spans, state_at, state_words, week

MONDAY = date(2026, 11, 23)
ABOLITION = {date(2026, 5, 22): "Abolition de l’esclavage"}


@pytest.mark.parametrize(
    ("text", "moment", "words"),
    [
        ("Mo 08:00-13:00,14:00-17:00", "2026-11-23T09:00", "Ouvert jusqu’à 13\u00a0h"),
        ("Mo 08:00-13:00,14:30-17:00", "2026-11-23T13:00", "Ouvre à 14\u00a0h\u00a030"),
        ("Tu 08:00-13:00", "2026-11-23T18:00", "Ouvre demain à 8\u00a0h"),
        ("Fr 08:00-13:00", "2026-11-23T18:00", "Ouvre vendredi à 8\u00a0h"),
        ("Mo 08:00-13:00", "2026-11-23T13:00", "Ouvre lundi 30\u00a0novembre à 8\u00a0h"),
        ("24/7", "2026-11-23T03:00", "Ouvert"),
        ("Mo 20:00-02:00", "2026-11-24T01:00", "Ouvert jusqu’à 2\u00a0h"),
        ("Mo 20:00-02:00", "2026-11-23T21:00", "Ouvert jusqu’à 2\u00a0h"),
        ("off", "2026-11-23T09:00", "Fermé"),
        ("", "2026-11-23T09:00", "Horaires non renseignés"),
        ("tous les matins", "2026-11-23T09:00", "Horaires non renseignés"),
    ],
)
def test_state_in_words(text: str, moment: str, words: str) -> None:
    at = datetime.fromisoformat(moment)
    assert state_words(state_at(text, at, {}), at) == words


def test_a_holiday_nobody_spoke_of_is_a_doubt() -> None:
    at = datetime(2026, 5, 22, 9, 0)
    assert state_at("Mo-Fr 08:00-12:00", at, ABOLITION).kind == "doubt"
    assert state_at("Mo-Fr 08:00-12:00; PH off", at, ABOLITION).kind == "closed"
    assert state_at("Mo-Fr,PH 08:00-12:00", at, ABOLITION).kind == "open"
    assert state_at("Sa 08:00-12:00", at, ABOLITION).kind == "closed", "it would not open on a Friday anyway"
    assert state_at('Mo-Fr 08:00-12:00 "sauf PH"', at, ABOLITION).kind == "doubt", "a comment states nothing that can be computed"
    assert not open_at("Mo-Fr 08:00-12:00", at, ABOLITION)


def test_the_week_starts_on_monday_and_shows_coming_days() -> None:
    lines = week("Mo-Fr 08:00-12:00", date(2026, 5, 20), ABOLITION)
    assert [line.name for line in lines] == ["Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche"]
    assert [line.is_today for line in lines].index(True) == 2
    assert lines[0].day == date(2026, 5, 25)
    assert lines[4].holiday == "Abolition de l’esclavage"
    assert "appelez avant" in lines[4].words
    assert lines[5].words == "fermé"


def test_coming_holidays_are_listed() -> None:
    assert coming_holidays("Mo-Fr 08:00-12:00; PH off", date(2026, 5, 1), ABOLITION) == [
        (date(2026, 5, 22), "Abolition de l’esclavage", "fermé")
    ]
    assert coming_holidays("Mo-Fr 08:00-12:00", date(2026, 6, 1), ABOLITION) == []


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 30))
def test_words_and_openings_agree(hour: int, minute: int, ahead: int) -> None:
    text = "Mo-Tu 08:00-13:00,14:00-17:00; We-Fr 08:00-13:00; Sa 09:30-12:00"
    at = datetime(2026, 11, 1 + ahead % 30, hour, minute)
    state = state_at(text, at, {})
    assert (state.kind == "open") == open_at(text, at, {})
    if state.opens:
        assert state.opens > at
        assert open_at(text, state.opens, {})
    if state.until:
        assert state.until > at
        assert not open_at(text, state.until, {})


def test_spans_are_remembered_by_text_and_day() -> None:
    opening._spans.cache_clear()
    for _ in range(3):
        spans("Mo 08:00-12:00", MONDAY, {})
    assert opening._spans.cache_info().misses == 1
