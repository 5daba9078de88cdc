"""The engine of conflicts: each kind once, then its general rules."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.events.engine.conflicts import Clash, Placed, Talker, blocking, conflicts
from yole.events.engine.shares import parity
from yole.kernel.shares import wilson

START = datetime(2026, 12, 12, 13, tzinfo=UTC)
OPENS = (START - timedelta(hours=1), START + timedelta(hours=9))


def slot(key: str, at: int = 0, minutes: int = 45, **more: object) -> Placed:
    fields = {"room": "a", "room_name": "Amphi", "room_capacity": 100, "opens": OPENS, **more}
    return Placed(key=key, title=key, start=START + timedelta(minutes=at), minutes=minutes, **fields)  # type: ignore[arg-type]  # test data


def kinds(*slots: Placed) -> list[Clash]:
    return [one.kind for one in conflicts(slots)]


def test_two_slots_that_touch_do_not_meet() -> None:
    assert kinds(slot("a"), slot("b", 45)) == []


@pytest.mark.parametrize("at", [0, 1, 44, -44])
def test_same_room(at: int) -> None:
    assert kinds(slot("a"), slot("b", at)) == [Clash.ROOM]
    assert kinds(slot("a"), slot("b", at, room="b")) == []


def test_a_long_slot_meets_each_of_the_short_ones_inside() -> None:
    found = conflicts([slot("long", 0, 180), slot("b", 10, 20), slot("c", 60, 20), slot("d", 120, 20)])
    assert [one.slots for one in found] == [("long", "b"), ("long", "c"), ("long", "d")]


def test_same_speaker_names_the_person_and_blocks() -> None:
    talker = (Talker("1", "Aline Exemple"),)
    found = conflicts([slot("a", speakers=talker), slot("b", 30, room="b", speakers=talker)])
    assert [one.kind for one in found] == [Clash.SPEAKER]
    assert found[0].blocking and "Aline Exemple" in found[0].words


def test_two_speakers_of_one_name_are_two_people() -> None:
    assert kinds(slot("a", speakers=(Talker("1", "Aline"),)), slot("b", room="b", speakers=(Talker("2", "Aline"),))) == []


def test_what_concerns_one_slot() -> None:
    away = Talker("1", "Aline", unavailable=((START + timedelta(minutes=30), START + timedelta(hours=2)),))
    assert kinds(slot("a", speakers=(away,))) == [Clash.UNAVAILABLE]
    assert kinds(slot("a", -40, speakers=(away,))) == []
    assert kinds(slot("a", wanted=101)) == [Clash.CAPACITY]
    assert kinds(slot("a", wanted=100)) == []
    assert kinds(slot("a", step_free=True, room_step_free=False)) == [Clash.STEP_FREE]
    assert kinds(slot("a", speakers=(Talker("1", "Aline", step_free=True),), room_step_free=False)) == [Clash.STEP_FREE]
    assert kinds(slot("a", -61)) == [Clash.OUTSIDE]
    assert kinds(slot("a", 500, 60)) == [Clash.OUTSIDE]
    assert kinds(slot("a", opens=None)) == [Clash.OUTSIDE]
    assert kinds(slot("a", windows=((START + timedelta(hours=3), START + timedelta(hours=6)),))) == [Clash.UNAVAILABLE]
    assert kinds(slot("a", windows=(OPENS,))) == []


def test_track_and_public_are_warnings() -> None:
    found = conflicts([slot("a", track="1", audience="jeunes"), slot("b", room="b", track="1", audience="jeunes")])
    assert [one.kind for one in found] == [Clash.TRACK, Clash.AUDIENCE]
    assert blocking(found) == []


_slots = st.lists(
    st.builds(
        lambda at, minutes, room, speaker: (at, minutes, room, speaker),
        st.integers(0, 300),
        st.integers(1, 120),
        st.sampled_from("abc"),
        st.sampled_from("123"),
    ),
    max_size=12,
)


@given(_slots, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_the_sweep_finds_what_every_pair_says(rows: list[tuple[int, int, str, str]], mixer: random.Random) -> None:
    """Against the plain definition: two slots clash when they share a room (a speaker) and an instant. Order changes nothing."""
    slots = [slot(f"s{rank}", at, minutes, room=room, speakers=(Talker(who, who),)) for rank, (at, minutes, room, who) in enumerate(rows)]
    expected = set()
    for i, one in enumerate(slots):
        for other in slots[i + 1 :]:
            if one.start < other.end and other.start < one.end:
                pair = frozenset((one.key, other.key))
                expected |= {(Clash.ROOM, pair)} if one.room == other.room else set()
                expected |= {(Clash.SPEAKER, pair)} if one.speakers == other.speakers else set()
    found = conflicts(slots)
    assert {(one.kind, frozenset(one.slots)) for one in blocking(found)} == expected
    shuffled = list(slots)
    mixer.shuffle(shuffled)
    assert conflicts(shuffled) == found


def test_moving_apart_mends() -> None:
    first, second = slot("a"), slot("b")
    assert blocking(conflicts([first, second]))
    assert not blocking(conflicts([first, replace(second, room="b")]))


def test_wilson_and_parity() -> None:
    """Reference values: 19, 20 and 21 out of 30."""
    for part, low, high in ((19, 0.455136, 0.781261), (20, 0.487801, 0.807695), (21, 0.521242, 0.833353)):
        assert wilson(part, 30) == pytest.approx((low, high), abs=1e-6)
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="impossible"):
        wilson(3, 2)
    shown = parity(20, 10, 7, 5)
    assert shown.share == pytest.approx(2 / 3) and shown.unknown == 7 and shown.people == 37
    assert shown.low == pytest.approx(0.487801, abs=1e-6)
    for women, men, unknown in ((4, 20, 0), (20, 4, 0), (20, 20, 3), (0, 0, 9)):
        assert parity(women, men, unknown, 5).share is None
