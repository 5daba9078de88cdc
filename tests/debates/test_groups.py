"""The map, the groups, and when they may be shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.debates import files
from yole.debates.engine import cluster, honesty, space
from yole.debates.engine.analysis import ALIKE, CHANCE, SMALL_GROUP, analyse, as_json, find_groups
from yole.debates.engine.ballots import Ballots

from .rooms import EXAMPLE, N, noise, planted, room, same_partition

HIDDEN = {"groups": [], "group_aware_consensus": {}, "projection": {}, "groups_shown": False}


def hidden(done: dict[str, object]) -> bool:
    return all(done[key] == value for key, value in HIDDEN.items()) and bool(done["why_not_shown"])


def test_axes_and_points_against_a_plain_decomposition() -> None:
    """Against numpy's SVD of the filled matrix, on both shapes (more people than statements, and fewer)."""
    for people, statements in ((40, 12), (12, 40)):
        ballots = noise(np.random.default_rng(3), people, statements, missing=0.3)
        filled = np.where(ballots.seen, ballots.votes, np.nan)
        filled = np.where(ballots.seen, filled, np.nanmean(filled, axis=0))
        expected = np.linalg.svd(filled - filled.mean(axis=0), full_matrices=False)[2][:2]
        matrix = space.centred(ballots.votes.astype(float), ballots.seen)
        axes = space.components(matrix)
        signs = np.sign((axes * expected).sum(axis=1))[:, None]
        assert axes == pytest.approx(expected * signs, abs=1e-9)
        assert all(axis[np.argmax(np.abs(axis))] > 0 for axis in axes)
        points = space.project(matrix, ballots.votes_cast.astype(float), axes)
        i = 5
        seen = ballots.seen[i]
        by_hand = (ballots.votes[i, seen] - np.nanmean(np.where(ballots.seen, ballots.votes, np.nan), axis=0)[seen]) @ axes[:, seen].T
        assert points[i] == pytest.approx(by_hand * np.sqrt(statements / seen.sum()))


def test_silhouette_by_hand() -> None:
    """0, 1 | 10 on a line: a = 1, b = 10 and 9; the person alone counts for 0."""
    points = np.array([[0.0, 0.0], [1.0, 0.0], [10.0, 0.0]])
    judge = cluster._Silhouette(points, np.random.default_rng(0))
    assert judge.mean(np.array([0, 0, 1]), 2) == pytest.approx((9 / 10 + 8 / 9 + 0) / 3)


def test_the_number_of_groups_sought() -> None:
    assert [cluster.most_groups(people, 5) for people in (11, 12, 24, 36, 500)] == [2, 3, 4, 5, 5]
    assert cluster.most_groups(500, 2) == 2


@pytest.mark.parametrize(("camps", "missing"), [(2, 0.15), (2, 0.6), (3, 0.15), (3, 0.6), (4, 0.15), (4, 0.6)])
def test_planted_camps_are_found(camps: int, missing: float) -> None:
    ballots, camp = planted(np.random.default_rng(camps), 160, 80, camps, missing)
    chart = find_groups(ballots, seed=1)
    assert chart.clustering is not None and chart.clustering.k == camps
    assert same_partition(camp[chart.rows], chart.clustering.labels) >= 0.95


def test_planted_camps_are_shown() -> None:
    ballots, camp = planted(np.random.default_rng(3), 120, 40, 3, 0.4)
    done = analyse(ballots, seed=1)
    assert (done.groups_shown, done.why_not_shown) == (True, "")
    assert [len(group.members) for group in done.groups] == [40, 40, 40]
    assert len({frozenset(camp[list(group.members)].tolist()) for group in done.groups}) == 3
    assert all(1 <= len(group.representative) <= 5 for group in done.groups)


def test_above_a_thousand_people() -> None:
    ballots, camp = planted(np.random.default_rng(8), 1400, 30, 3, 0.3)
    chart = find_groups(ballots)
    assert chart.clustering is not None
    assert same_partition(camp[chart.rows], chart.clustering.labels) >= 0.95


def test_rooms_without_structure_show_no_groups() -> None:
    """Some rooms of each size; the benchmark counts a hundred."""
    rng = np.random.default_rng(7)
    assert not any(analyse(noise(rng, 30, 20), seed=i).groups_shown for i in range(20))
    shown = [analyse(noise(rng, int(rng.integers(60, 151)), 20, missing=0.2), seed=i).groups_shown for i in range(12)]
    assert sum(shown) <= 1


def test_two_camps_of_a_room_of_thirty_are_not_shown() -> None:
    ballots, _ = planted(np.random.default_rng(1), 30, 20, 2, 0.1)
    done = as_json(analyse(ballots))
    assert hidden(done)
    assert "30 personnes ont assez voté ; sous 60" in done["why_not_shown"]


def test_latecomers_are_not_a_group() -> None:
    """Half of the room saw only the last statements: the mask is kept in the shuffle."""
    rng = np.random.default_rng(11)
    shown = 0
    for i in range(8):
        votes = noise(rng, 100, 24).votes.copy()
        votes[50:, :16] = N
        shown += analyse(room(votes), seed=i).groups_shown
    assert shown <= 1


def test_votes_change_places_only_among_those_who_saw_the_statement() -> None:
    seen = np.array([[1, 1], [1, 0], [0, 1], [1, 1], [1, 0]], dtype=bool)
    cells = [(column, rows.tolist()) for column, rows in honesty._exchangeable(seen, np.array([0, 0, 0, 1, 1]))]
    assert cells == [(0, [0, 1]), (0, [3, 4]), (1, [0, 2])]


def test_rooms_that_differ_are_not_groups_once_they_are_strata() -> None:
    """Two pooled cafés that lean each its way on everything: a difference of cafés, not camps among people."""
    rng = np.random.default_rng(4)
    votes = np.where(rng.random((120, 20)) < np.where(np.arange(120) < 60, 0.85, 0.15)[:, None], 1, -1)
    cafes = [0] * 60 + [1] * 60
    assert analyse(room(votes)).groups_shown
    assert analyse(room(votes), strata=cafes).why_not_shown == CHANCE


def test_one_lone_opponent_is_not_a_group() -> None:
    votes = np.ones((80, 10), dtype=np.int8)
    votes[17] = -1
    done = as_json(analyse(room(votes)))
    assert hidden(done)
    assert done["why_not_shown"] == SMALL_GROUP


def test_a_group_under_one_in_ten_is_not_shown() -> None:
    assert honesty.too_small([6, 74], 80) and honesty.too_small([4, 4], 8)
    assert not honesty.too_small([8, 72], 80) and not honesty.too_small([5, 5], 10)


@pytest.mark.parametrize(
    "votes",
    [
        np.ones((80, 10)),
        np.zeros((80, 10)),
        np.tile([1, -1, 0, N], (80, 3)),
        np.full((80, 4), N),
        np.ones((1, 1)),
        np.ones((70, 1)),
        np.where(np.arange(70)[:, None] % 2, 1, -1),
    ],
    ids=["all agree", "all pass", "constant columns and one unseen", "no vote", "one participant", "one statement", "one split statement"],
)
def test_degenerate_rooms(votes: np.ndarray) -> None:
    done = as_json(analyse(room(votes)))
    json.dumps(done, allow_nan=False)
    assert hidden(done)
    assert len(done["results"]) == votes.shape[1]


def test_everybody_alike_says_so() -> None:
    assert analyse(room(np.ones((80, 10)))).why_not_shown == ALIKE


def test_order_names_and_sign_change_nothing() -> None:
    """Shuffled rows, shuffled columns, every vote reversed: same groups, same test, mirrored map."""
    ballots, _ = planted(np.random.default_rng(5), 90, 30, 3, 0.3)
    names = dict(zip(ballots.participants, ballots.votes, strict=True))
    done = analyse(ballots, seed=2)
    assert done.groups_shown
    members = [{ballots.participants[i] for i in group.members} for group in done.groups]
    rng = np.random.default_rng(9)
    rows, columns = rng.permutation(90), rng.permutation(30)
    other = Ballots(
        tuple(ballots.participants[i] for i in rows), tuple(ballots.statements[j] for j in columns), ballots.votes[np.ix_(rows, columns)]
    )
    moved = analyse(other, seed=2)
    assert [{other.participants[i] for i in group.members} for group in moved.groups] == members
    at = {name: i for i, name in enumerate(other.participants)}
    for i, name in enumerate(names):
        assert moved.projection[at[name]] == pytest.approx(done.projection[i], abs=1e-9)
    mirrored = analyse(room(np.where(ballots.votes == N, N, -ballots.votes)), seed=2)
    assert {frozenset(group.members) for group in mirrored.groups} == {frozenset(group.members) for group in done.groups}
    assert all(mirrored.projection[i] == pytest.approx((-x, -y), abs=1e-9) for i, (x, y) in done.projection.items())


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(3, 40), st.integers(1, 15))
def test_found_groups_do_not_depend_on_order(seed: int, people: int, statements: int) -> None:
    rng = np.random.default_rng(seed)
    ballots = noise(rng, people, statements, missing=0.3)
    rows, columns = rng.permutation(people), rng.permutation(statements)
    turned = Ballots(
        tuple(ballots.participants[i] for i in rows), tuple(ballots.statements[j] for j in columns), ballots.votes[np.ix_(rows, columns)]
    )
    first, second = find_groups(ballots), find_groups(turned)
    reversed_votes = np.where(ballots.votes == N, N, -ballots.votes)
    mirrored = find_groups(room(reversed_votes))
    placed = ballots.votes[first.rows]
    # Where every statement is as often agreed as disagreed, nothing says which of the two maps is the mirror.
    if first.clustering and np.where(placed == N, 0, placed).sum(axis=0).any():
        assert mirrored.clustering is not None and mirrored.clustering.silhouette == first.clustering.silhouette
        assert (mirrored.points == -first.points).all()
    assert np.isfinite(first.points).all()
    assert (first.clustering is None) == (second.clustering is None)
    if first.clustering and second.clustering:
        assert first.clustering.silhouette == second.clustering.silhouette
        assert (ballots.votes[first.rows] == turned.votes[second.rows][:, np.argsort(columns)]).all()
        assert (first.clustering.labels == second.clustering.labels).all()


def test_the_same_seed_gives_the_same_file_and_an_empty_ballot_counts_for_nothing() -> None:
    ballots, _ = planted(np.random.default_rng(6), 80, 20, 2, 0.2)
    first, again = as_json(analyse(ballots, seed=3)), as_json(analyse(ballots, seed=3))
    assert first["groups_shown"] and first == again
    more = room(np.vstack([ballots.votes, np.full((1, 20), N, dtype=np.int8)]))
    assert as_json(analyse(more, seed=3)) == {**first, "participants": 81}


def test_people_with_few_votes_are_off_the_map() -> None:
    ballots, _ = planted(np.random.default_rng(6), 80, 20, 2, 0.0)
    votes = ballots.votes.copy()
    votes[3, 6:] = N
    votes[4, 7:] = N
    done = as_json(analyse(room(votes)))
    assert "p3" not in done["projection"] and "p4" in done["projection"]
    assert not any("p3" in group["members"] for group in done["groups"])


def test_given_groups() -> None:
    """Figures always; shown from five people each; no points for fewer than sixty people on the map."""
    small = as_json(analyse(EXAMPLE, groups=[("A", [0, 1, 2]), ("B", [3, 4, 5, 6])]))
    assert (small["groups_shown"], small["projection"]) == (False, {})
    assert small["groups"] and small["group_aware_consensus"] and "« A » compte 3 personnes" in small["why_not_shown"]
    ballots, camp = planted(np.random.default_rng(2), 60, 12, 2, 0.0)
    groups = [(str(c), np.flatnonzero(camp == c).tolist()) for c in (0, 1)]
    large = as_json(analyse(ballots, groups=groups))
    assert (large["groups_shown"], large["why_not_shown"], len(large["projection"])) == (True, "", 60)
    fewer = as_json(analyse(room(ballots.votes[:59]), groups=[(name, [i for i in rows if i < 59]) for name, rows in groups]))
    assert (fewer["groups_shown"], fewer["projection"]) == (True, {})


@pytest.mark.parametrize("groups", [[("A", [0]), ("B", [0])], [("A", [])], [("A", [0]), ("A", [1])]])
def test_impossible_given_groups(groups: list[tuple[str, list[int]]]) -> None:
    with pytest.raises(ValueError, match="given group"):
        analyse(EXAMPLE, groups=groups)
    with pytest.raises(ValueError, match="k_max"):
        analyse(EXAMPLE, k_max=1)


def test_signs_and_columns_of_an_open_data_set(shared: Path) -> None:
    """bg2050: exported columns by name, agree = +1; its group of eight, under one in ten, would not be shown here."""
    folder = shared / "data" / "debates" / "bg2050-volunteers"
    ballots, published = files.read_export(folder / "participants-votes.csv")
    assert ballots.votes.shape == (126, 371)
    assert sorted({list(published.values()).count(group) for group in set(published.values())}) == [8, 100]
    assert not files.check_signs(folder / "comments.csv", ballots).reversed
    long = files.read_long(folder / "votes.csv")
    order = [long.statements.index(statement) for statement in ballots.statements]
    rows = [long.participants.index(participant) for participant in ballots.participants]
    assert (long.votes[np.ix_(rows, order)] == ballots.votes).mean() > 0.999
    assert hidden(as_json(analyse(ballots)))
