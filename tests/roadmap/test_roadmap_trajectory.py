"""Where readings lead, parity: figures checked against values worked out apart."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.kernel.shares import wilson
from yole.roadmap.engine.parity import parity
from yole.roadmap.engine.trajectory import Read, student, trajectory

DAY = date(2026, 1, 1)
TARGET_DAY = date(2028, 1, 1)


def reads(*values: float, step: int = 100, margin: float | None = None) -> list[Read]:
    return [Read(DAY + timedelta(days=step * n), value, margin) for n, value in enumerate(values)]


def path(*values: float, target: float = 100, margin: float | None = None, bounds: tuple[float, float] | None = None, rising: bool = True):  # type: ignore[no-untyped-def]  # a short hand
    rows = reads(*values, margin=margin)
    return trajectory(rows, target, TARGET_DAY, rising=rising, today=rows[-1].day if rows else DAY, bounds=bounds)


def test_student_is_the_one_of_the_tables() -> None:
    for degrees, expected in ((1, 12.7062), (2, 4.3027), (3, 3.1824), (7, 2.3646), (30, 2.0423)):
        assert student(0.95, degrees) == pytest.approx(expected, abs=1e-4)


def test_under_three_readings_nothing_is_extended() -> None:
    found = path(10, 20)
    assert (found.outlook, found.line, found.expected) == ("too-few", None, None)
    assert found.needed == pytest.approx((100 - 20) / ((TARGET_DAY - DAY - timedelta(days=100)).days / 365.25))
    same_day = trajectory([Read(DAY, 1), Read(DAY, 2), Read(DAY, 3)], 10, TARGET_DAY, rising=True, today=DAY)
    assert same_day.outlook == "too-few"


def test_the_interval_decides_what_may_be_said() -> None:
    assert path(10, 20.5, 29.5, 40.2, 50, 60.1, target=62).outlook == "on-track"
    assert path(10, 10.5, 11, 11.4, 12, 12.6, target=90).outlook == "off-track"
    wobbly = path(10, 40, 15, 45, 30, target=55)
    assert wobbly.outlook == "unsure"
    assert wobbly.low is not None and wobbly.high is not None and wobbly.low < 55 < wobbly.high
    assert path(10, 60, 100, target=100).outlook == "reached"
    assert path(60, 40, 19, target=20, rising=False).outlook == "reached"


def test_prediction_interval_against_a_value_worked_out_by_hand() -> None:
    rows = [Read(DAY + timedelta(days=round(365.25 * n)), y) for n, y in enumerate((1.0, 3.0, 2.0, 5.0))]
    found = trajectory(rows, 50, DAY + timedelta(days=round(365.25 * 5)), rising=True, today=rows[-1].day)
    xs, ys = [0, 1, 2, 3], [1, 3, 2, 5]
    slope = sum((x - 1.5) * (y - 2.75) for x, y in zip(xs, ys, strict=True)) / 5
    residual = sum((y - 2.75 - slope * (x - 1.5)) ** 2 for x, y in zip(xs, ys, strict=True)) / 2
    half = 4.30265 * math.sqrt(residual * (1 + 1 / 4 + (5 - 1.5) ** 2 / 5))
    assert found.pace == pytest.approx(slope, abs=0.01)
    assert found.expected == pytest.approx(2.75 + slope * 3.5, abs=0.02)
    assert found.high == pytest.approx(2.75 + slope * 3.5 + half, abs=0.05)


def test_points_in_line_by_chance_keep_the_margin_of_their_survey() -> None:
    bare, measured = path(10, 20, 30), path(10, 20, 30, margin=8)
    assert bare.high == pytest.approx(bare.low)
    assert measured.high - measured.low > 60


def test_a_percentage_stays_between_its_bounds() -> None:
    found = path(60, 85, 92, target=100, bounds=(0, 100))
    assert found.high == 100
    assert all(0 <= low <= high <= 100 for _day, _middle, low, high in found.line.points)


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        path(1, math.nan, 3)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(-1e4, 1e4), min_size=3, max_size=8), st.floats(-1e4, 1e4))
def test_the_expected_value_is_inside_its_interval(values: list[float], target: float) -> None:
    found = path(*values, target=target)
    assert found.low - 1e-6 <= found.expected <= found.high + 1e-6
    assert found.pace_low - 1e-6 <= found.pace <= found.pace_high + 1e-6


def test_parity_never_spreads_the_unknown() -> None:
    found = parity(30, 70, 0, 100)
    assert found.share == 30
    assert found.unknown == 50
    assert (found.low, found.high) == pytest.approx((21.895, 39.585), abs=0.001)
    assert parity(30, 70, 0, 0).share == 30


def test_parity_says_nothing_of_few_people() -> None:
    assert parity(4, 60).share is None
    assert parity(60, 4).why
    assert parity(0, 60).share == 0
    assert parity(30, 70, 0, 3).unknown is None
    assert parity(0, 0, 0, 12).share is None
    with pytest.raises(ValueError, match="negative"):
        parity(-1, 2)


def test_wilson_at_its_ends() -> None:
    assert wilson(0, 0) == (0, 1)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1
    with pytest.raises(ValueError, match="impossible share"):
        wilson(3, 2)
