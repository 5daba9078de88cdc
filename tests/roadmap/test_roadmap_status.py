"""The status of a commitment, date by date. The order in which they are asked is the whole of the rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.roadmap.engine.status import Aim, Point, Promise, Status, Step, course, judge, progress

START, END = date(2026, 1, 1), date(2027, 1, 1)  # 365 days


def day(n: int) -> date:
    return START + timedelta(days=n)


def aim(*points: Point, **more: object) -> Aim:
    base = Aim(0, START, 100, END, 31, True, points)
    return replace(base, **more)  # type: ignore[arg-type]  # fields of Aim


def promise(*points: Point, steps: tuple[Step, ...] = (), due: date = END) -> Promise:
    return Promise(due, [aim(*points)], steps)


@pytest.mark.parametrize(
    ("on", "points", "steps", "expected"),
    [
        # Before a tenth of the time nobody is judged on pace; the 37th day is past it (36.5).
        (day(36), [(36, 0)], [], Status.ON_TIME),
        (day(37), [(37, 0)], [], Status.STRUGGLING),
        # Three quarters of the elapsed time, exactly: 73 days of 365 are a fifth, 15 of 100 is the limit.
        (day(73), [(73, 15)], [], Status.ON_TIME),
        (day(73), [(73, Decimal("14.9999"))], [], Status.STRUGGLING),
        # A reading is old after one period and a half (46.5 days), or when there is none after the first period.
        (day(46), [(0, 90)], [], Status.ON_TIME),
        (day(47), [(0, 90)], [], Status.UNMEASURED),
        (day(31), [], [], Status.ON_TIME),
        (day(32), [], [], Status.UNMEASURED),
        # The day of the deadline is in time, the day after is late.
        (END, [(365, 80)], [], Status.ON_TIME),
        (END + timedelta(days=1), [(365, 99)], [], Status.LATE),
        # A milestone on its day is in time; the day after, undelivered, it is late, whatever the measure.
        (day(50), [(50, 90)], [(50, None)], Status.ON_TIME),
        (day(51), [(50, 90)], [(50, None)], Status.LATE),
        (day(51), [(50, 90)], [(50, 51)], Status.ON_TIME),
        # Kept comes before late: the target is reached and everything delivered, even long after.
        (END + timedelta(days=900), [(360, 100)], [(50, 60)], Status.KEPT),
        (END + timedelta(days=900), [(360, 100)], [(50, None)], Status.LATE),
        # Reached, then lost.
        (day(60), [(30, 100), (60, 99)], [], Status.ON_TIME),
        (day(330), [(30, 100), (330, 40)], [], Status.STRUGGLING),
    ],
)
def test_each_side_of_each_limit(on: date, points: list[tuple[int, object]], steps: list[tuple[int, int | None]], expected: Status) -> None:
    readings = tuple(Point(day(n), value) for n, value in points)  # type: ignore[arg-type]  # numbers
    made = tuple(Step(day(due), day(done) if done is not None else None) for due, done in steps)
    assert judge(promise(*readings, steps=made), on).status is expected


def test_abandoned_comes_first_and_only_from_its_day() -> None:
    given_up = replace(promise(Point(day(10), 100)), abandoned=day(20))
    assert judge(given_up, day(19)).status is Status.KEPT
    assert judge(given_up, day(20)).status is Status.ABANDONED


def test_a_falling_indicator_is_read_the_other_way() -> None:
    falling = Aim(80, START, 20, END, 31, False, [Point(day(180), 50)])
    assert judge(Promise(END, [falling]), day(180)).status is Status.ON_TIME
    assert progress(falling, 50) == Decimal("0.5")
    slow = replace(falling, points=[Point(day(180), 70)])
    assert judge(Promise(END, [slow]), day(180)).status is Status.STRUGGLING
    assert judge(Promise(END, [replace(falling, points=[Point(day(180), 19)])]), day(180)).status is Status.KEPT


def test_a_target_equal_to_the_baseline_means_keep() -> None:
    keep = Aim(90, START, 90, END, 400, True, [Point(day(10), 90), Point(day(300), 95)])
    assert judge(Promise(END, [keep]), day(364)).status is Status.ON_TIME
    assert judge(Promise(END, [keep]), END).status is Status.KEPT
    lost = replace(keep, points=[Point(day(10), 89), Point(day(300), 95)])
    assert judge(Promise(END, [lost]), day(364)).status is Status.STRUGGLING
    assert judge(Promise(END, [lost]), END + timedelta(days=1)).status is Status.LATE
    assert course(keep, day(300)).progress is None


def test_within_the_margin_is_said_when_the_interval_holds_the_limit() -> None:
    around_target = promise(Point(day(60), 101, 95, 107))
    assert judge(around_target, day(60)).status is Status.KEPT
    assert judge(around_target, day(60)).in_margin
    sure = promise(Point(day(60), 107, 100, 114))
    assert not judge(sure, day(60)).in_margin
    around_pace = promise(Point(day(73), 16, 12, 20))
    verdict = judge(around_pace, day(73))
    assert (verdict.status, verdict.in_margin) == (Status.ON_TIME, True)
    assert not judge(promise(Point(day(73), 40, 36, 44)), day(73)).in_margin


def test_a_promise_that_nothing_measures_is_never_kept() -> None:
    assert judge(Promise(END, [], [Step(day(1), day(1))]), day(30)).status is Status.UNMEASURED


def test_what_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="direction"):
        Aim(0, START, 10, END, 31, False)
    with pytest.raises(ValueError, match="before"):
        Aim(0, END, 10, START, 31, True)
    with pytest.raises(ValueError, match="interval"):
        Point(START, 5, 6, 7)
    with pytest.raises(ValueError, match="ends"):
        Point(START, 5, 4, None)


VALUES = st.integers(-200, 200)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 400), VALUES), max_size=6),
    st.integers(0, 500),
    st.tuples(VALUES, VALUES).filter(lambda pair: pair[0] != pair[1]),
)
def test_the_mirror_of_a_promise_has_the_same_status(points: list[tuple[int, int]], on: int, ends: tuple[int, int]) -> None:
    """Rising and falling are the same rule: every number with its sign changed, the same status."""
    low, high = ends
    straight = Aim(low, START, high, END, 31, high > low, [Point(day(n), v) for n, v in points])
    mirror = Aim(-low, START, -high, END, 31, high < low, [Point(day(n), -v) for n, v in points])
    assert judge(Promise(END, [straight]), day(on)).status == judge(Promise(END, [mirror]), day(on)).status


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 365), st.integers(0, 365), VALUES, st.integers(0, 100))
def test_a_better_reading_never_makes_things_worse(read_on: int, on: int, value: int, more: int) -> None:
    order = [Status.LATE, Status.UNMEASURED, Status.STRUGGLING, Status.ON_TIME, Status.KEPT]
    before = judge(promise(Point(day(read_on), value)), day(on)).status
    after = judge(promise(Point(day(read_on), value + more)), day(on)).status
    assert order.index(after) >= order.index(before)
