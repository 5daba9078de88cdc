"""Opening hours: validity, doubtful ranges, holidays of the territory, weeks."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours, ParserError

from yole.kernel.tables import read_table
from yole.places.engine.hours import canonical, ever_open, is_open, is_valid, reversed_ranges, week, with_holidays

ABOLITION = date(2026, 5, 22)  # a Friday; a holiday in Martinique alone
HOLIDAYS = {ABOLITION, date(2026, 7, 14)}


@pytest.mark.parametrize("text", ["", "  ", "9h-12h", "du lundi au vendredi", "Mo-Fr 09:00-12:00;", "Mo 10:61-12:00"])
def test_what_is_not_opening_hours(text: str) -> None:
    assert not is_valid(text)
    with pytest.raises(ValueError, match="not OSM"):
        is_open(text, datetime(2026, 5, 20, 10))


@given(st.text(alphabet='MoTuFrPHSa 0123456789:-,;|"[]+/off', max_size=25) | st.text(max_size=10))
def test_the_library_has_the_same_verdict_and_nothing_breaks(text: str) -> None:
    try:
        OpeningHours(text)
        parsed = bool(text.strip())
    except ParserError:
        parsed = False
    assert is_valid(text) == parsed
    if parsed:
        reversed_ranges(text)
        assert is_valid(with_holidays(text, HOLIDAYS))


def test_reversed_ranges() -> None:
    assert [d.text for d in reversed_ranges("Mo 09:00-12:00,14:00-12:00; Tu 23:00-04:00; We 23:00-04:01")] == ["14:00-12:00", "23:00-04:01"]
    assert reversed_ranges('Fr 09:00-12:00 "14:00-12:00"') == ()
    assert reversed_ranges("Mo 22:00-26:00") == ()
    assert [(d.start, d.end) for d in reversed_ranges("8:00-8:00")] == [(480, 480)]


def test_a_holiday_of_the_territory_closes() -> None:
    text = "Mo-Fr 09:00-12:00; PH off"
    assert not is_open(text, datetime(2026, 5, 22, 10), HOLIDAYS)
    assert is_open(text, datetime(2026, 5, 22, 10), {date(2026, 7, 14)})
    assert is_open("Mo-Fr 09:00-12:00", datetime(2026, 5, 22, 10), HOLIDAYS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PH off", "2026 May 22,2026 Jul 14 closed"),
        ("PH,Su 10:00-12:00", "Su 10:00-12:00; 2026 May 22,2026 Jul 14 10:00-12:00"),
        ('Mo-Fr,PH 10:00-12:00 "PH ici"', 'Mo-Fr 10:00-12:00 "PH ici"; 2026 May 22,2026 Jul 14 10:00-12:00 "PH ici"'),
        ("Jul-Aug PH off", "2026 Jul 14 closed"),
        ("2026 Jul PH 10:00-11:00", "2026 Jul 14 10:00-11:00"),
        ("Mo 09:00-10:00; PH -1 day off", "Mo 09:00-10:00; 2026 May 21,2026 Jul 13 closed"),
        ("Mo-Sa 08:00-12:00, PH 14:00-15:00", "Mo-Sa 08:00-12:00, 2026 May 22,2026 Jul 14 14:00-15:00"),
        ('Mo 09:00-10:00 "; PH off"', 'Mo 09:00-10:00 "; PH off"'),
    ],
)
def test_holidays_become_dates(text: str, expected: str) -> None:
    assert with_holidays(text, HOLIDAYS) == expected
    assert canonical(expected)


def test_a_year_and_a_month_are_not_read_as_a_day() -> None:
    assert is_open("2026 Jul 10:00-13:00; PH off", datetime(2026, 7, 20, 11), HOLIDAYS)


def test_a_week_day_by_day() -> None:
    days = week("Mo-Fr 09:00-12:00,14:00-24:00; Sa 22:00-02:00; PH off", date(2026, 5, 18), HOLIDAYS)
    assert [[(a.hour, b.hour) for a, b in day] for day in days] == [[(9, 12), (14, 0)]] * 4 + [[], [(22, 2)], []]
    assert days[5] == [(datetime(2026, 5, 23, 22), datetime(2026, 5, 24, 2))]
    assert week("24/7", date(2026, 5, 18)) == [[(datetime(2026, 5, 18 + i), datetime(2026, 5, 19 + i))] for i in range(7)]
    assert week("Su 22:00-02:00", date(2026, 5, 18))[0] == []


def test_hours_that_never_open() -> None:
    assert not ever_open("off")
    assert not ever_open("")
    assert not ever_open("pas des horaires")
    assert ever_open("PH 10:00-12:00")
    assert ever_open("2031 Jul 1 10:00-12:00")
    assert ever_open("Mo 10:00-12:00; PH off")


def test_all_real_strings_are_read(shared: Path) -> None:
    texts = [
        row["horaires"] for row in read_table(shared / "data" / "places" / "france-services-standard.csv.gz").records() if row["horaires"]
    ]
    assert len(texts) == 2797
    assert all(is_valid(text) and not reversed_ranges(text) and ever_open(text) for text in texts)
