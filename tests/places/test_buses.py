"""When the bus comes: weekdays, one week in two, single dates, holidays, cancellations, near a position."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.places.factories import PlaceFactory, StopFactory, StopTimeFactory
from yole.places.buses import buses_near, next_passages, stops_of
from yole.places.engine.hours import is_valid
from yole.places.files import stops_ics
from yole.places.models import StopCancellation
from yole.places.tours import WEEKDAYS, Timetable, opening_hours, passages
from yole.territory.models import Territory

EIGHT, NOON = time(8, 0), time(12, 0)
FIRST = date(2026, 11, 23)  # a Monday


def days(*lines: Timetable, first: date = FIRST, number: int = 28, **more: Any) -> list[date]:
    return [p.day for p in passages(lines, first, number, **more)]


def test_every_week_and_one_week_in_two() -> None:
    assert days(Timetable(1, EIGHT, NOON, "We")) == [date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 16)]
    every_two = Timetable(1, EIGHT, NOON, "Mo", every_weeks=2, valid_from=date(2026, 11, 18))  # the week of Monday the 16th
    assert days(every_two) == [date(2026, 11, 30), date(2026, 12, 14)]


def test_bounds_and_single_dates() -> None:
    bounded = Timetable(1, EIGHT, NOON, "Mo", valid_from=date(2026, 11, 30), valid_until=date(2026, 12, 7))
    assert days(bounded) == [date(2026, 11, 30), date(2026, 12, 7)]
    assert days(Timetable(1, EIGHT, NOON, on_date=date(2026, 11, 26))) == [date(2026, 11, 26)]
    assert days(Timetable(1, EIGHT, NOON, on_date=date(2026, 12, 26))) == []


def test_a_holiday_is_a_doubt_unless_the_timetable_says() -> None:
    friday, names = date(2026, 5, 22), {date(2026, 5, 22): "Abolition de l’esclavage"}
    for said, cancelled, doubt in ((None, "", "Abolition de l’esclavage"), (False, "Abolition de l’esclavage", ""), (True, "", "")):
        (found,) = passages([Timetable(1, EIGHT, NOON, "Fr", on_holidays=said)], friday, 1, holidays=names)
        assert (found.cancelled, found.doubt) == (cancelled, doubt)
    (single,) = passages([Timetable(1, EIGHT, NOON, on_date=friday)], friday, 1, holidays=names)
    assert (single.cancelled, single.doubt) == ("", ""), "somebody announced that very day"


@given(
    st.lists(st.tuples(st.sampled_from(WEEKDAYS), st.integers(1, 4), st.integers(0, 20)), max_size=5),
    st.integers(0, 60),
    st.integers(1, 40),
)
def test_passages_of_a_window_are_those_of_its_days(lines: list[tuple[str, int, int]], shift: int, number: int) -> None:
    tables = [
        Timetable(i, EIGHT, NOON, day, every_weeks=n, valid_from=date(2026, 11, 1 + start)) for i, (day, n, start) in enumerate(lines)
    ]
    first = date.fromordinal(FIRST.toordinal() + shift)
    whole = passages(tables, first, number)
    assert whole == [p for offset in range(number) for p in passages(tables, date.fromordinal(first.toordinal() + offset), 1)]
    assert whole == sorted(whole)


def test_hours_of_a_tour_are_valid_osm() -> None:
    lines = [
        Timetable(1, time(8, 15), time(13, 0), "We"),
        Timetable(2, time(8, 15), time(13, 0), "Mo"),
        Timetable(3, time(14, 0), time(16, 0), "Mo"),
        Timetable(4, EIGHT, NOON, "Fr", every_weeks=2, valid_from=FIRST),
        Timetable(5, EIGHT, NOON, on_date=date(2026, 12, 24)),
    ]
    text = opening_hours(lines)
    assert is_valid(text), text
    assert text.startswith("Mo 08:15-13:00,14:00-16:00") or "Mo,We 08:15-13:00" in text


def test_near_a_position_by_commune_and_without_position(territory: Territory) -> None:
    bus = PlaceFactory(bus=True)
    StopTimeFactory(stop=StopFactory(place=bus, name="Près", lat=14.61, lon=-61.07))
    StopTimeFactory(stop=StopFactory(place=bus, name="Loin", lat=14.45, lon=-60.87, insee_code="97226"), weekday="Tu")
    StopTimeFactory(stop=StopFactory(place=bus, name="Sans position", lat=None, lon=None, insee_code="97209"), weekday="We")
    hidden = PlaceFactory(bus=True, closed=True)
    StopTimeFactory(stop=StopFactory(place=hidden, name="Bus fermé", lat=14.61, lon=-61.07))

    def found(**where: Any) -> list[str]:
        return [p.stop.name for p in buses_near(territory, FIRST, 7, **where)]

    assert found() == ["Près", "Loin", "Sans position"]
    assert found(lat=14.609, lon=-61.071, within_km=8.0) == ["Près", "Sans position"]
    assert found(commune="97226") == ["Loin"]
    near = buses_near(territory, FIRST, 7, lat=14.609, lon=-61.071, within_km=8.0)
    assert [p.approximate for p in near] == [False, True]


def test_cancelled_days_stay_with_their_reason(territory: Territory, django_assert_max_num_queries: Any) -> None:
    bus = PlaceFactory(bus=True)
    one, two = (StopTimeFactory(stop=StopFactory(place=bus, name=name), weekday="Mo").stop for name in ("Un", "Deux"))
    StopCancellation.objects.create(place=bus, on_date=FIRST, stop=one, reason="panne")
    StopCancellation.objects.create(place=bus, on_date=date(2026, 11, 30), reason="réunion")
    with django_assert_max_num_queries(3):  # the territory, the timetable, the cancellations
        found = stops_of(bus, FIRST, 14)
    assert {(p.day.day, p.stop.name): p.cancelled for p in found} == {
        (23, "Un"): "panne",
        (23, "Deux"): "",
        (30, "Un"): "réunion",
        (30, "Deux"): "réunion",
    }
    assert next_passages([bus.pk], datetime(2026, 11, 23, 7, 0))[bus.pk].stop == two
    assert next_passages([bus.pk], datetime(2026, 11, 23, 13, 0)) == {}, "today is over, next week is cancelled"


def test_the_calendar_feed_says_local_times_and_cancellations(territory: Territory) -> None:
    bus = PlaceFactory(bus=True, name="Bus fictif")
    StopTimeFactory(stop=StopFactory(place=bus, name="De Briant"))
    StopCancellation.objects.create(place=bus, on_date=date(2026, 11, 30), reason="panne")
    data = stops_ics(stops_of(bus, FIRST, 14), name="Bus", host="exemple.invalid", made_at=datetime(2026, 11, 22))
    events = list(Calendar.from_ical(data).walk("VEVENT"))
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CANCELLED"]
    assert len({str(event["uid"]) for event in events}) == 2
    start = events[0].decoded("dtstart")
    assert (start.hour, start.minute, start.utcoffset().total_seconds()) == (8, 15, -4 * 3600)
    assert "panne" in str(events[1]["description"])
