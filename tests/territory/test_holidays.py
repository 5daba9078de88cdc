from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.territory import selectors
from yole.territory.engine.holidays import day_of, easter, holidays_of, known_subdivision
from yole.territory.models import Territory

EASTERS = [
    date(1961, 4, 2),
    date(2000, 4, 23),
    date(2008, 3, 23),
    date(2024, 3, 31),
    date(2025, 4, 20),
    date(2026, 4, 5),
    date(2027, 3, 28),
    date(2038, 4, 25),
]


@pytest.mark.parametrize("day", EASTERS)
def test_easter_of_published_years(day: date) -> None:
    assert easter(day.year) == day


@given(st.integers(min_value=1583, max_value=9999))
def test_easter_is_a_sunday_from_22_march_to_25_april(year: int) -> None:
    day = easter(year)
    assert day.weekday() == 6
    assert date(year, 3, 22) <= day <= date(year, 4, 25)


@given(st.integers(min_value=1583, max_value=9998), st.integers(min_value=-60, max_value=60))
def test_days_counted_from_easter(year: int, shift: int) -> None:
    assert day_of(f"easter{shift:+d}", year) == easter(year) + timedelta(days=shift)


def test_a_rule_of_one_year_is_silent_in_others() -> None:
    assert day_of("2026-03-12", 2026) == date(2026, 3, 12)
    assert day_of("2026-03-12", 2027) is None
    assert day_of("02-29", 2024) == date(2024, 2, 29)
    assert day_of("02-29", 2026) is None


@pytest.mark.parametrize("rule", ["13-01", "02-30", "easter-", "Pâques", "", "2026-02-30", "easter+2 days"])
def test_a_rule_that_says_nothing_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="not a rule"):
        day_of(rule, 2026)


def test_martinique_keeps_22_may_and_its_own_customs(martinique: Territory) -> None:
    public = selectors.holiday_dates(2026)
    assert public[date(2026, 5, 22)] == "Abolition de l'esclavage"
    assert public[date(2026, 5, 1)] == "Fête du Travail"
    assert date(2026, 4, 3) not in public
    assert date(2026, 12, 20) not in public
    with_customs = selectors.holiday_dates(2026, customary=True)
    assert with_customs[date(2026, 4, 3)] == "Vendredi saint"
    assert with_customs[date(2026, 3, 12)] == "Mi-Carême"
    assert with_customs[date(2026, 2, 17)] == "Mardi gras"
    assert with_customs[date(2026, 11, 2)] == "Jour des défunts"


def test_another_department_has_its_own_days_by_data_alone(db: None) -> None:
    Territory.objects.create(
        slug="la-reunion",
        name="La Réunion",
        departements=["974"],
        time_zone="Indian/Reunion",
        languages=["fr"],
        holiday_subdivision="RE",
        extra_holidays=[{"when": "10-29", "name": "Jour d’essai", "customary": False}],
        is_default=True,
    )
    public = selectors.holiday_dates(2026)
    assert date(2026, 12, 20) in public
    assert date(2026, 5, 22) not in public
    assert public[date(2026, 10, 29)] == "Jour d’essai"


def test_the_law_names_a_day_before_the_territory_does() -> None:
    found = holidays_of("FR", "MQ", [{"when": "12-25", "name": "Autre nom"}], 2026)
    assert [day.name for day in found if day.day == date(2026, 12, 25)] == ["Noël"]
    assert len({day.day for day in found}) == len(found)


@pytest.mark.parametrize(
    ("country", "subdivision", "known"), [("FR", "MQ", True), ("FR", "", True), ("FR", "XX", False), ("ZZ", "", False)]
)
def test_subdivisions_the_library_knows(country: str, subdivision: str, known: bool) -> None:
    assert known_subdivision(country, subdivision) is known


def test_every_subdivision_of_the_table_is_known_with_its_time_zone() -> None:
    from zoneinfo import ZoneInfo

    from yole.kernel.tables import read_table
    from yole.territory.demo import DATA

    rows = list(read_table(DATA / "departements_settings.csv").records())
    assert len(rows) > 10
    for row in rows:
        assert known_subdivision("FR", row["holiday_subdivision"]), row
        assert ZoneInfo(row["time_zone"]).key == row["time_zone"]
