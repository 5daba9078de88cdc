"""Periods: their days, the one before, their names, in the zone of the territory."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.kernel import periods
from yole.kernel.errors import InputError
from yole.kernel.periods import Kind, Period

MARTINIQUE = ZoneInfo("America/Martinique")
TODAY = date(2026, 11, 22)
DAYS = st.dates(date(1995, 1, 1), date(2150, 12, 31))


def test_evening_of_31_december_belongs_to_the_old_year() -> None:
    moment = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)  # 20:30 on 31 December in Fort-de-France
    assert periods.local_day(moment, MARTINIQUE) == date(2025, 12, 31)
    assert periods.local_day(moment, MARTINIQUE) in periods.year(2025)
    start, end = periods.year(2025).bounds(MARTINIQUE)
    assert start <= moment < end
    assert end.astimezone(UTC) == datetime(2026, 1, 1, 4, tzinfo=UTC)


def test_a_moment_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="zone"):
        periods.local_day(datetime(2026, 1, 1), MARTINIQUE)


@pytest.mark.parametrize(
    ("period", "first", "last", "key", "label", "before"),
    [
        (periods.month(2026, 2), date(2026, 2, 1), date(2026, 2, 28), "2026-02", "février 2026", "2026-01"),
        (periods.month(2026, 1), date(2026, 1, 1), date(2026, 1, 31), "2026-01", "janvier 2026", "2025-12"),
        (periods.quarter(2026, 1), date(2026, 1, 1), date(2026, 3, 31), "2026-T1", "1er trimestre 2026", "2025-T4"),
        (periods.year(2024), date(2024, 1, 1), date(2024, 12, 31), "2024", "année 2024", "2023"),
        (periods.school_year(2025), date(2025, 9, 1), date(2026, 8, 31), "2025/2026", "année scolaire 2025-2026", "2024/2025"),
        (
            periods.twelve_months(TODAY), date(2025, 12, 1), date(2026, 11, 30),
            "2025-12..2026-11", "de décembre 2025 à novembre 2026", "2024-12..2025-11",
        ),
        (
            periods.free(date(2026, 3, 15), date(2026, 3, 24)), date(2026, 3, 15), date(2026, 3, 24),
            "2026-03-15..2026-03-24", "du 15 mars 2026 au 24 mars 2026", "2026-03-05..2026-03-14",
        ),
    ],
)  # fmt: skip
def test_standard_periods(period: Period, first: date, last: date, key: str, label: str, before: str) -> None:
    assert (period.first, period.last, period.key, period.label) == (first, last, key, label)
    assert period.previous().key == before


def test_free_period_of_whole_months_compares_with_as_many_months() -> None:
    period = periods.parse("2026-02..2026-03", TODAY)
    assert (period.first, period.last) == (date(2026, 2, 1), date(2026, 3, 31))
    assert period.previous().key == "2025-12..2026-01"
    assert periods.free(date(2026, 2, 1), date(2026, 3, 31)).months == period.months


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-T5", "1789", "2025/2027", "2026-03..2026-01", "2026-02-30..2026-03-01", "12 mois", "9999"]
)
def test_unreadable_period_says_what_is_expected(text: str) -> None:
    with pytest.raises(InputError, match="attendu : 2026, 2026-T4"):
        periods.parse(text, TODAY)


@given(DAYS, DAYS)
def test_previous_touches_and_does_not_overlap(one: date, other: date) -> None:
    period = periods.free(min(one, other), max(one, other))
    before = period.previous()
    assert before.last == period.first - timedelta(days=1)
    if period.months is None:
        assert before.days == period.days
    else:
        assert before.months is not None
        assert len(before.months) == len(period.months)


@given(st.integers(1995, 2150), st.integers(1, 12))
def test_keys_read_back(year: int, number: int) -> None:
    made = [periods.month(year, number), periods.quarter(year, (number + 2) // 3), periods.year(year), periods.school_year(year)]
    for period in made:
        assert periods.parse(period.key, TODAY) == period
        assert period.previous().kind is period.kind
        assert period.months is not None
    assert periods.parse("12-mois", TODAY).kind is Kind.TWELVE_MONTHS


@given(st.integers(1995, 2150))
def test_months_quarters_and_years_tile(year: int) -> None:
    whole = periods.year(year).months
    assert whole is not None
    assert [m for n in range(1, 5) for m in periods.quarter(year, n).months or ()] == list(whole)
    assert [m for n in range(1, 13) for m in periods.month(year, n).months or ()] == list(whole)
