"""The merge of several doors: any order, any repetition, the same result; nobody counted twice, nothing dropped."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from yole.events.engine.checkin import Entry, digest, double_passages, merge, over_share, present, share_out, union

START = datetime(2026, 12, 12, 12, tzinfo=UTC)


def act(n: int, who: str = "b:1", kind: str = "arrivée", device: str = "nord", minute: int = 0, offset: int = 0, size: int = 1) -> Entry:
    return Entry(UUID(int=n), who, "porte", kind, device, n, START + timedelta(minutes=minute, seconds=offset), offset, size)


ACTS = st.lists(
    st.builds(
        act,
        st.integers(1, 40),
        st.sampled_from(["b:1", "b:2", "w:1"]),
        st.sampled_from(["arrivée", "arrivée", "départ", "annulation", "impression"]),
        st.sampled_from(["nord", "sud"]),
        st.integers(0, 5),
        st.integers(-300, 300),
        st.integers(1, 3),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=150)
@given(ACTS, st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_and_repetition_change_nothing(acts: list[Entry], chance: random.Random, times: int) -> None:
    shuffled = acts * times
    chance.shuffle(shuffled)
    half = len(shuffled) // 2
    assert merge(shuffled[:half], shuffled[half:], shuffled) == merge(acts)


@settings(deadline=None, max_examples=100)
@given(ACTS)
def test_nothing_is_dropped_and_nobody_counts_twice(acts: list[Entry]) -> None:
    made = merge(acts)
    assert {entry.nonce for entry in union(acts)} == {entry.nonce for entry in acts}
    for one in made.values():
        assert not one.doubles or one.came
        assert len({entry.nonce for entry in one.doubles}) == len(one.doubles)
    if not any(entry.kind == "annulation" for entry in acts):
        arrived = {entry.who for entry in union(acts) if entry.kind == "arrivée"}
        assert {one.who for one in made.values() if one.came} == arrived


def test_the_first_wins_and_the_second_is_a_double_passage() -> None:
    north, south = act(1, minute=14), act(2, device="sud", minute=12)
    one = merge([north], [south])[("b:1", "porte")]
    assert one.first == south
    assert one.doubles == [north]
    assert present([one], "porte") == 1
    assert [(standing.who, entry.device) for standing, entry in double_passages([one])] == [("b:1", "nord")]


def test_a_clock_that_is_wrong_is_put_right() -> None:
    late = act(1, minute=10)
    fast = act(2, device="sud", minute=5, offset=3600)  # its clock says one hour more
    assert merge([late, fast])[("b:1", "porte")].first == fast
    assert fast.at == START + timedelta(minutes=5)


def test_somebody_who_leaves_and_comes_back_is_no_double() -> None:
    one = merge([act(1), act(2, kind="départ", minute=1), act(3, minute=2, device="sud")])[("b:1", "porte")]
    assert (one.inside, one.doubles, one.left_at) == (True, [], None)


def test_undoing_one_of_two_passages_leaves_the_other() -> None:
    acts = [act(1), act(2, device="sud", minute=1), act(3, kind="annulation", device="nord", minute=2)]
    one = merge(acts)[("b:1", "porte")]
    assert (one.first, one.doubles, one.inside) == (acts[1], [], True)
    alone = merge([act(1), act(3, kind="annulation", minute=2)])[("b:1", "porte")]
    assert (alone.came, alone.inside) == (False, False)


def test_shares_of_two_doors() -> None:
    assert share_out(9, 2) == [5, 4]
    assert share_out(-3, 2) == [0, 0]
    assert share_out(5, 0) == []
    walk_ins = [act(n, who=f"w:{n}", device="nord", minute=n) for n in range(1, 5)]
    made = merge(walk_ins).values()
    assert [entry.sequence for entry in over_share(made, "porte", {"nord": 2})] == [3, 4]
    household = merge([replace(walk_ins[0], size=3)]).values()
    assert len(over_share(household, "porte", {"nord": 2})) == 1


def test_a_device_holds_no_code() -> None:
    assert digest("4TQ8M2KX7B", "sel") != digest("4TQ8M2KX7B", "autre")
    assert len(digest("4TQ8M2KX7B", "sel")) == 64
