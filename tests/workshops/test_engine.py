"""Dates across changes of clocks, attendance in any order, pasted lists whatever is pasted."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.bookings.engine.pasted import parse_pasted_list
from yole.workshops.engine.attendance import Event, fold
from yole.workshops.engine.dates import DayRange, Weekly, half_days_of, slots_of, weekly_plan

THREE_A_WEEK = [Weekly(0, time(9), time(12)), Weekly(2, time(9), time(12)), Weekly(4, time(14), time(17))]


def test_18_h_in_martinique_is_18_h_all_year() -> None:
    plan = weekly_plan(date(2026, 1, 1), date(2026, 12, 31), [Weekly(1, time(18), time(20))], "America/Martinique")
    assert {start.astimezone(ZoneInfo("America/Martinique")).time() for start, _ in plan.meetings} == {time(18)}
    assert {start.hour for start, _ in plan.meetings} == {22}
    assert len(plan.meetings) == 52


def test_18_h_in_paris_is_18_h_before_and_after_the_change_of_clocks() -> None:
    plan = weekly_plan(date(2026, 3, 1), date(2026, 11, 30), [Weekly(6, time(18), time(20))], "Europe/Paris")
    assert {start.astimezone(ZoneInfo("Europe/Paris")).time() for start, _ in plan.meetings} == {time(18)}
    assert {start.hour for start, _ in plan.meetings} == {16, 17}
    by_day = {start.date(): start.hour for start, _ in plan.meetings}
    assert (by_day[date(2026, 3, 22)], by_day[date(2026, 3, 29)]) == (17, 16)
    assert (by_day[date(2026, 10, 18)], by_day[date(2026, 10, 25)]) == (16, 17)


def test_days_off_are_skipped_and_said() -> None:
    plan = weekly_plan(
        date(2026, 3, 2),
        date(2026, 7, 31),
        THREE_A_WEEK,
        "America/Martinique",
        days_off=[date(2026, 5, 1), date(2026, 5, 3)],
        ranges_off=[DayRange(date(2026, 4, 3), date(2026, 4, 17))],
    )
    days = {start.astimezone(ZoneInfo("America/Martinique")).date() for start, _ in plan.meetings}
    assert date(2026, 5, 1) in plan.skipped
    assert date(2026, 5, 3) not in plan.skipped
    assert not [day for day in days if date(2026, 4, 3) <= day <= date(2026, 4, 17)]
    assert date(2026, 4, 20) in days
    assert len(plan.meetings) == 22 * 3 - 8
    assert len(plan.skipped) == 8


@pytest.mark.parametrize(
    ("first", "last", "pattern"),
    [
        (date(2026, 2, 1), date(2026, 1, 31), THREE_A_WEEK),
        (date(2026, 1, 1), date(2026, 2, 1), []),
        (date(2026, 1, 1), date(2026, 2, 1), [Weekly(7, time(9), time(10))]),
        (date(2026, 1, 1), date(2026, 2, 1), [Weekly(0, time(9), time(9))]),
        (date(2026, 1, 1), date(2035, 1, 1), THREE_A_WEEK),
    ],
)
def test_impossible_patterns(first: date, last: date, pattern: list[Weekly]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        weekly_plan(first, last, pattern, "America/Martinique")


def test_slots_of_a_morning() -> None:
    slots = slots_of(date(2026, 11, 24), time(9), time(12), 45, "America/Martinique")
    assert [f"{a.astimezone(ZoneInfo('America/Martinique')):%H:%M}" for a, _ in slots] == ["09:00", "09:45", "10:30", "11:15"]
    assert len(slots_of(date(2026, 11, 24), time(9), time(12), 45, "America/Martinique", pause=15)) == 3
    assert slots_of(date(2026, 11, 24), time(9), time(9, 30), 45, "America/Martinique") == []


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((9, 0), (11, 0), ["matin"]),
        ((9, 0), (13, 30), ["matin"]),
        ((9, 0), (17, 0), ["matin", "apres_midi"]),
        ((13, 0), (17, 0), ["apres_midi"]),
        ((18, 0), (20, 0), ["soir"]),
        ((16, 0), (20, 0), ["apres_midi", "soir"]),
    ],
)
def test_half_days(start: tuple[int, int], end: tuple[int, int], expected: list[str]) -> None:
    zone = ZoneInfo("America/Martinique")
    found = half_days_of(
        datetime(2026, 7, 1, *start, tzinfo=zone).astimezone(UTC),
        datetime(2026, 7, 1, *end, tzinfo=zone).astimezone(UTC),
        "America/Martinique",
    )
    assert found == expected


AT = datetime(2026, 11, 26, 13, tzinfo=UTC)


def event(number: int, kind: str, minute: int = 0, device: str = "a", drift: int = 0) -> Event:
    return Event(f"u{number}", kind, device, number, AT + timedelta(minutes=minute), drift)


def test_the_first_arrival_counts_and_the_second_is_a_double() -> None:
    standing = fold([event(2, "arrivée", 4, "b"), event(1, "arrivée", 0)])
    assert (standing.state, standing.arrived_at, standing.doubles) == ("présent", AT, ("u2",))


def test_a_device_three_hours_wrong_is_put_right_by_its_drift() -> None:
    standing = fold([event(1, "arrivée", 180, "wrong", drift=3 * 3600), event(2, "annulation", 5, "b")])
    assert standing.state == ""
    assert fold([event(1, "arrivée", 180, "wrong"), event(2, "annulation", 5, "b")]).state == "présent"


@pytest.mark.parametrize(
    ("kinds", "state", "doubles"),
    [
        (["arrivée", "départ", "arrivée"], "présent", 0),
        (["arrivée", "annulation", "arrivée"], "présent", 0),
        (["absent", "arrivée"], "présent", 0),
        (["arrivée", "excusé"], "excusé", 0),
        (["absent", "annulation"], "", 0),
        (["arrivée", "arrivée", "arrivée"], "présent", 2),
        (["départ"], "", 0),
    ],
)
def test_sequences(kinds: list[str], state: str, doubles: int) -> None:
    standing = fold(event(n, kind, n) for n, kind in enumerate(kinds))
    assert (standing.state, len(standing.doubles)) == (state, doubles)


@given(st.lists(st.sampled_from(["arrivée", "départ", "absent", "excusé", "annulation"]), max_size=12), st.integers())
def test_order_of_reception_and_repetition_change_nothing(kinds: list[str], seed: int) -> None:
    events = [event(n, kind, n) for n, kind in enumerate(kinds)]
    shuffled = events + events[: len(events) // 2]
    random.Random(seed).shuffle(shuffled)
    assert fold(shuffled) == fold(events)


def test_a_list_from_a_spreadsheet() -> None:
    text = "Nom\tPrénom\tTéléphone\r\nVÉ\tAline\t0696 12 34 56\r\n\r\n  Bruno C. ; bruno@exemple.fr\n"
    text += "Céline\nDédé, 06 97 00 00 00\n\t;\t\n“Eugénie”\n"
    found = parse_pasted_list(text)
    assert found.errors == ()
    assert [(p.line, p.name, p.contact) for p in found.people] == [
        (2, "VÉ Aline", "0696 12 34 56"),
        (4, "Bruno C.", "bruno@exemple.fr"),
        (5, "Céline", ""),
        (6, "Dédé", "06 97 00 00 00"),
        (8, "Eugénie", ""),
    ]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("0696 12 34 56", "manque un nom"),
        (";;a@b.fr", "manque un nom"),
        ("A" * 81, "trop long"),
        ("A" * 401, "trop longue"),
        ("Aline;a@b.fr;0696123456", "Deux contacts"),
    ],
)
def test_each_wrong_line_says_why(line: str, word: str) -> None:
    found = parse_pasted_list("Bruno\n" + line + "\nCéline")
    assert [p.name for p in found.people] == ["Bruno", "Céline"]
    assert [error.line for error in found.errors] == [2]
    assert word in found.errors[0].message


def test_duplicates_and_more_than_200() -> None:
    found = parse_pasted_list("Aline;0696 12 34 56\naline ; 0696.12.34.56\n" + "\n".join(f"Personne {n}" for n in range(205)))
    assert len(found.people) == 200
    assert found.errors[0].message == "Déjà à la ligne 1."
    assert len(found.errors) == 1 + 6
    assert "200" in found.errors[-1].message
    assert parse_pasted_list("A\n" * 1).errors == ()


@given(st.text(max_size=2000))
def test_nothing_pasted_breaks_it_and_no_line_is_lost(text: str) -> None:
    found = parse_pasted_list(text)
    lines = [p.line for p in found.people] + [e.line for e in found.errors]
    assert len(lines) == len(set(lines))
    assert all(1 <= len(p.name) <= 80 for p in found.people)
    assert not any(c in p.name for p in found.people for c in "\t\n\x00\u202e")
