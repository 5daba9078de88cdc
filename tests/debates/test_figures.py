"""Figures of statements, consensus and representatives: values by hand, then published conversations."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.debates import files
from yole.debates.engine import figures
from yole.debates.engine.analysis import analyse, as_json
from yole.debates.engine.ballots import Ballots, Counts

from .rooms import EXAMPLE, EXAMPLE_GROUPS, N, room


def counts(agree: int, disagree: int, seen: int) -> Counts:
    return Counts(*(np.array([value], dtype=np.int64) for value in (agree, disagree, seen)))


@pytest.mark.parametrize(
    ("agree", "p", "z"),
    [(19, 0.625, 1.616448), (20, 0.656250, 1.975658), (21, 0.6875, 2.334869), (25, 0.8125, 3.771711), (26, 0.84375, 4.130922)],
)
def test_share_and_test_of_thirty(agree: int, p: float, z: float) -> None:
    kept = figures.consensus(counts(agree, 30 - agree, 30))[0]
    assert kept == [figures.Agreed(0, pytest.approx(p, abs=1e-6), pytest.approx(z, abs=1e-6))]


def test_eighteen_of_thirty_is_under_the_threshold() -> None:
    c = counts(18, 12, 30)
    assert figures.one_proportion(c.agree, c.seen)[0] == pytest.approx(1.257237, abs=1e-6)
    assert figures.consensus(c) == ([], [])


def test_a_pass_counts_as_seen() -> None:
    assert figures.share(*_one(10, 12))[0] == pytest.approx(11 / 14)
    assert figures.one_proportion(*_one(10, 12))[0] == pytest.approx(2.496151, abs=1e-6)
    assert room([[1], [0], [N]]).counts().seen.tolist() == [2]


def _one(successes: int, seen: int) -> tuple[np.ndarray, np.ndarray]:
    return np.array([successes]), np.array([seen])


def test_worked_example() -> None:
    a, b = (EXAMPLE.counts(rows) for _, rows in EXAMPLE_GROUPS)
    assert figures.group_aware_consensus([a, b]) == pytest.approx([2 / 15, 0.3, 0.15])
    of_a, of_b = figures.compare(a, b), figures.compare(b, a)
    assert (of_a.pa[0], of_a.pat[0], of_a.ra[0], of_a.rat[0]) == pytest.approx((0.8, 2, 4.8, 2.4))
    assert (of_a.ra[1], of_a.rat[1], of_a.ra[2], of_a.rat[2]) == pytest.approx((1.2, 0.474342, 3.75, 1.984313), abs=1e-6)
    assert (of_b.pdt[0], of_b.rd[0], of_b.rdt[0]) == pytest.approx((2.236068, 4.166667, 2.371708), abs=1e-6)
    assert (of_b.rd[2], of_b.rdt[2]) == pytest.approx((3.2, 1.932184), abs=1e-6)
    done = as_json(analyse(EXAMPLE, groups=EXAMPLE_GROUPS))
    chosen = {g["id"]: [(item["statement"], item["direction"]) for item in g["representative"]] for g in done["groups"]}
    assert chosen == {"A": [("s1", "agree"), ("s3", "agree")], "B": [("s1", "disagree"), ("s3", "disagree")]}
    assert done["consensus"] == {"agree": [], "disagree": []}
    assert done["group_aware_consensus"] == pytest.approx({"s1": 2 / 15, "s2": 0.3, "s3": 0.15})


def test_people_in_no_group_are_outside_nothing() -> None:
    more = Ballots((*EXAMPLE.participants, "z"), EXAMPLE.statements, np.vstack([EXAMPLE.votes, [[1, 1, 1]]]).astype(np.int8))
    first, second = (analyse(ballots, groups=EXAMPLE_GROUPS) for ballots in (EXAMPLE, more))
    assert first.groups == second.groups and first.group_aware == second.group_aware
    assert first.results != second.results


def test_consensus_order_ties_and_length() -> None:
    """Seven statements: five kept, by p·z, equal ones in file order."""
    agree = [12, 20, 20, 18, 19, 20, 17]
    votes = [[1 if i < a else -1 for a in agree] for i in range(20)]
    done = analyse(room(votes))
    assert [item.statement for item in done.agree] == [1, 2, 5, 4, 3]
    assert [item.statement for item in analyse(room(-np.array(votes))).disagree] == [1, 2, 5, 4, 3]


def test_pooled_share_of_one_is_no_difference() -> None:
    z = figures.two_proportions(np.array([4]), np.array([4]), np.array([7]), np.array([7]))
    assert z.tolist() == [0.0]


def test_unseen_statement_is_one_half_per_group() -> None:
    nobody = counts(0, 0, 0)
    assert figures.group_aware_consensus([nobody, nobody, nobody])[0] == 0.125


def test_best_agree_is_kept_by_one_pass() -> None:
    """Statement 0 starts with ra ≤ 1 and is replaced on pa·pat alone; once ra > 1, only a larger ra·rat·pa·pat replaces."""
    inside = Counts(np.array([8, 9, 10]), np.array([1, 1, 0]), np.array([10, 10, 10]))
    outside = Counts(np.array([9, 5, 10]), np.array([0, 5, 0]), np.array([10, 10, 10]))
    f = figures.compare(inside, outside)
    assert f.ra[0] < 1 < f.ra[1] and f.ra[2] == 1
    assert f.pa[2] * f.pat[2] > f.pa[1] * f.pat[1]
    assert [(item.statement, item.agrees) for item in figures.representatives(inside, outside)] == [(1, True)]


def test_while_ra_is_not_above_one_shares_decide() -> None:
    """Statement 1 has the better repness and the smaller share: it does not replace statement 0."""
    inside = Counts(np.array([9, 5]), np.array([1, 5]), np.array([10, 10]))
    outside = Counts(np.array([10, 0]), np.array([0, 10]), np.array([10, 10]))
    f = figures.compare(inside, outside)
    assert f.ra[0] < 1 < f.ra[1] and f.pat[1] < figures.THRESHOLD
    assert [item.statement for item in figures.representatives(inside, outside)] == [0]


def test_agrees_come_before_disagrees() -> None:
    """By metric the disagreement comes second; in the list it comes last."""
    inside = Counts(np.array([10, 0, 8]), np.array([0, 10, 2]), np.array([10, 10, 10]))
    outside = Counts(np.array([0, 10, 3]), np.array([10, 0, 7]), np.array([10, 10, 10]))
    assert [(item.statement, item.agrees) for item in figures.representatives(inside, outside)] == [(0, True), (2, True), (1, False)]


def test_a_group_without_candidate_gets_one_statement() -> None:
    inside = Counts(np.array([0, 0]), np.array([1, 2]), np.array([4, 4]))
    outside = Counts(np.array([0, 0]), np.array([1, 0]), np.array([4, 4]))
    assert [(item.statement, item.agrees) for item in figures.representatives(inside, outside)] == [(1, False)]


def test_best_agree_can_be_listed_as_disagree() -> None:
    """Its direction is that of any statement: the larger of rat and rdt."""
    inside = Counts(np.array([8]), np.array([2]), np.array([10]))
    outside = Counts(np.array([10]), np.array([0]), np.array([10]))
    assert [(item.statement, item.agrees) for item in figures.representatives(inside, outside)] == [(0, False)]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(1, 8), st.integers(1, 3))
def test_properties_of_figures(seed: int, people: int, statements: int, group_count: int) -> None:
    rng = np.random.default_rng(seed)
    votes = rng.choice(np.array([1, -1, 0, N], dtype=np.int8), size=(people, statements))
    groups = [(str(g), list(range(g, people, group_count))) for g in range(min(group_count, people))]
    ballots = room(votes)
    done = as_json(analyse(ballots, groups=groups))
    json.dumps(done, allow_nan=False)

    # Reading rows in another order changes nothing but the order of members.
    rows = rng.permutation(people)
    shuffled = Ballots(tuple(ballots.participants[i] for i in rows), ballots.statements, votes[rows])
    back = {name: i for i, name in enumerate(shuffled.participants)}
    moved = as_json(analyse(shuffled, groups=[(name, [back[f"p{i}"] for i in members]) for name, members in groups]))
    for item in moved["groups"]:
        item["members"].sort(key=lambda name: int(name[1:]))
    assert moved == done

    # Columns: values per statement follow their name.
    columns = rng.permutation(statements)
    turned = Ballots(ballots.participants, tuple(ballots.statements[j] for j in columns), votes[:, columns])
    other = as_json(analyse(turned, groups=groups))
    assert other["group_aware_consensus"] == done["group_aware_consensus"]
    assert sorted(other["results"], key=lambda r: r["statement"]) == sorted(done["results"], key=lambda r: r["statement"])

    # Swapping agree and disagree mirrors consensus.
    mirrored = as_json(analyse(room(np.where(votes == N, N, -votes)), groups=groups))
    assert mirrored["consensus"] == {"agree": done["consensus"]["disagree"], "disagree": done["consensus"]["agree"]}

    # Somebody who voted on nothing changes nothing but the number of participants.
    empty = as_json(analyse(room(np.vstack([votes, np.full((1, statements), N, dtype=np.int8)])), groups=groups))
    assert empty == {**done, "participants": people + 1}
    assert all(math.isfinite(value) for value in done["group_aware_consensus"].values())


@pytest.mark.parametrize(("name", "groups"), [("polis-37people", 3), ("polis-267people", 4)])
def test_published_conversations(shared: Path, name: str, groups: int) -> None:
    """Every number that Polis published, given its groups. Published tests of repness are rounded to some seven digits."""
    folder = shared / "data" / "debates" / name
    published = json.loads((folder / "math.json").read_text())
    ballots = files.read_votes(folder / "votes-wide.csv")
    given_groups = files.read_groups(folder / "groups.csv", ballots)
    everything = as_json(analyse(ballots, groups=given_groups))
    assert len(everything["groups"]) == groups
    assert everything["group_aware_consensus"] == pytest.approx(published["group-aware-consensus"], abs=1e-12)

    out = {str(statement) for statement in published["mod-out"]}
    kept = [j for j, statement in enumerate(ballots.statements) if statement not in out]
    moderated = Ballots(ballots.participants, tuple(ballots.statements[j] for j in kept), ballots.votes[:, kept])
    done = as_json(analyse(moderated, groups=given_groups))
    for side in ("agree", "disagree"):
        expected = [{"statement": str(c["tid"]), "p": c["p-success"], "z": c["p-test"]} for c in published["consensus"][side]]
        assert [item["statement"] for item in done["consensus"][side]] == [item["statement"] for item in expected]
        for item, told in zip(done["consensus"][side], expected, strict=True):
            assert item == pytest.approx(told, abs=1e-6)
    for group in done["groups"]:
        told = published["repness"][group["id"]]
        assert [(r["statement"], r["direction"]) for r in group["representative"]] == [(str(r["tid"]), r["repful-for"]) for r in told]
        for item, value in zip(group["representative"], told, strict=True):
            assert (item["repness"], item["z"]) == pytest.approx((value["repness"], value["repness-test"]), abs=1e-6)


def test_zeroed_columns_leave_consensus_as_dropped_ones(shared: Path) -> None:
    folder = shared / "data" / "debates" / "polis-267people"
    out = {str(statement) for statement in json.loads((folder / "math.json").read_text())["mod-out"]}
    ballots = files.read_votes(folder / "votes-wide.csv")
    votes = ballots.votes.copy()
    votes[:, [statement in out for statement in ballots.statements]] = 0
    zeroed = as_json(analyse(Ballots(ballots.participants, ballots.statements, votes), groups=[("x", [0])]))
    assert [item["statement"] for item in zeroed["consensus"]["agree"]] == ["20", "37", "36", "31", "1"]
