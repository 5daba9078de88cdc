"""Plans against every plan: small random instances, then properties that hold at any size."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path

from tests.deployment import deployment_brute as brute
from yole.deployment.engine import bound, check
from yole.deployment.engine.cover import cover, fair_cover, rates, trade_off
from yole.deployment.engine.greedy import greedy, refilled
from yole.deployment.engine.median import median
from yole.deployment.engine.model import Problem, core_of
from yole.deployment.engine.polish import merged, polished
from yole.deployment.engine.quota import largest_remainder, quotas
from yole.deployment.engine.reach import within

PACE = brute.Minute()


@pytest.mark.parametrize("seed", range(100))
def test_a_small_cover_is_the_best_of_all_plans(seed: int) -> None:
    problem = brute.instance(seed)
    plan = cover(problem, PACE, seed)
    recomputed, _, broken = check.recompute(problem, plan.sites)
    assert not broken
    assert plan.covered == pytest.approx(recomputed, abs=1e-6)
    top = brute.best(problem)
    assert plan.covered == pytest.approx(top, rel=1e-9, abs=1e-6)
    assert top - 1e-6 <= plan.upper_bound <= top * (1 + 1e-6) + 1e-6
    # The bound on its own, before the plan's value lifts it: honest, and near on instances this small.
    core = core_of(problem)
    alone = bound.tight(core, greedy(core)[1], PACE, np.random.default_rng(seed)).value
    assert top - 1e-6 <= alone <= 1.2 * top + 1e-6


@pytest.mark.parametrize("seed", range(40))
def test_sites_with_a_capacity_serve_the_most_they_can(seed: int) -> None:
    problem = brute.instance(1000 + seed, capacity=True)
    plan = cover(problem, PACE, seed)
    top = brute.best(problem)
    assert not check.recompute(problem, plan.sites)[2]
    assert plan.covered == pytest.approx(top, abs=1e-5)
    assert top - 1e-6 <= plan.upper_bound <= top + 1e-3


@pytest.mark.parametrize("seed", range(40))
def test_the_fairest_plan_is_the_fairest_of_all(seed: int) -> None:
    problem = brute.instance(2000 + seed)
    found = fair_cover(problem, PACE)
    rate, weight = brute.fairest(problem)
    assert found.rate == pytest.approx(rate, abs=1e-6)
    assert found.rate_bound >= rate - 1e-9
    assert found.cover.covered == pytest.approx(weight, abs=1e-4)
    assert np.nanmin(np.append(found.rates, 1.0)) == pytest.approx(rate, abs=1e-6)


@pytest.mark.parametrize("seed", range(100))
def test_a_small_median_is_the_best_of_all_choices(seed: int) -> None:
    distances, weights, count = brute.matrix(seed)
    found = median(distances, weights, count, PACE, seed)
    best = brute.best_median(distances, weights, count)
    assert len(set(found.medians)) == count
    assert found.cost == pytest.approx(best, abs=1e-6)
    assert found.lower_bound <= best + 1e-6
    assert found.lower_bound == pytest.approx(best, abs=1e-3)


def random_problem(seed: int, n: int = 400, count: int = 25) -> Problem:
    rng = np.random.default_rng(seed)
    points = np.array([14.65, -61.0]) + rng.normal(0, 0.12, (n, 2))
    return Problem(points, rng.integers(1, 500, n).astype(float), points, count, 3.0, np.empty((0, 2)))


@given(seed=st.integers(0, 10_000), multipliers=st.integers(0, 1_000_000))
@settings(max_examples=20, deadline=None)
def test_any_multipliers_bound_any_plan(seed: int, multipliers: int) -> None:
    problem = random_problem(seed, n=120, count=8)
    core = core_of(problem)
    rng = np.random.default_rng(multipliers)
    limit = bound.value_of(core, rng.random(len(core.weights)) * core.weights)
    for sites in (rng.choice(120, 8, replace=False).tolist(), core.sites[greedy(core)[0]].tolist()):
        covered = check.covered_by(problem.sites[sites], problem.points, problem.radius_km)
        assert limit >= problem.weights[covered].sum() - 1e-6


@given(seed=st.integers(0, 10_000))
@settings(max_examples=6, deadline=None)
def test_row_order_and_longitude_180_change_nothing(seed: int) -> None:
    problem = random_problem(seed, n=150, count=6)
    order = np.random.default_rng(seed).permutation(150)
    shuffled = replace(problem, points=problem.points[order], weights=problem.weights[order], sites=problem.sites[order])
    moved = problem.points + np.array([0.0, 180.0 + 61.0])
    moved[:, 1] = (moved[:, 1] + 180) % 360 - 180
    assert (moved[:, 1] < 0).any()
    assert (moved[:, 1] > 0).any()
    across = replace(problem, points=moved, sites=moved)
    value = cover(problem, PACE).covered
    assert cover(shuffled, PACE).covered == value
    assert cover(across, PACE).covered == value


@given(seed=st.integers(0, 10_000))
@settings(max_examples=6, deadline=None)
def test_points_at_the_same_place_count_once_each_and_zero_weights_not_at_all(seed: int) -> None:
    problem = random_problem(seed, n=100, count=4)
    twice = replace(
        problem,
        points=np.vstack((problem.points, problem.points)),
        weights=np.concatenate((problem.weights, problem.weights)),
    )
    padded = replace(
        problem,
        points=np.vstack((problem.points, problem.points + 0.01)),
        weights=np.concatenate((problem.weights, np.zeros(100))),
    )
    value = cover(problem, PACE).covered
    assert cover(twice, PACE).covered == 2 * value
    assert cover(padded, PACE).covered == value


def test_nothing_to_cover_is_no_error() -> None:
    problem = replace(random_problem(1, n=20, count=3), weights=np.zeros(20))
    plan = cover(problem, PACE)
    assert (plan.covered, plan.upper_bound, len(plan.sites)) == (0, 0, 3)


def test_the_radius_itself_counts_and_a_metre_more_does_not() -> None:
    from yole.kernel.geo import great_circle_km

    here, there = np.array([[14.6, -61.0]]), np.array([[14.63, -61.04]])
    exact = great_circle_km(14.6, -61.0, 14.63, -61.04)
    for radius, expected in ((exact, 1), (round(exact, 4) - 0.0001, 0), (exact + 0.001, 1), (exact - 0.001, 0)):
        assert within(here, there, radius).nnz == expected
        assert check.covered_by(here, there, radius).sum() == expected


def test_poles_and_antipodes_are_measured_on_the_sphere() -> None:
    places = np.array([[90.0, 0.0], [89.99, 120.0], [89.99, -60.0], [-90.0, 50.0]])
    assert within(places, places, 2.3).toarray().tolist() == [[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]]
    assert within(places, places, 20_020).nnz == 16


def test_largest_remainder_breaks_ties_by_name_and_caps_short_groups() -> None:
    assert largest_remainder(3, {"b": 1.0, "a": 1.0}) == {"a": 2, "b": 1}
    votes = {"a": 47_000.0, "b": 16_000.0, "c": 15_900.0, "d": 12_000.0, "e": 6_000.0, "f": 3_100.0}
    assert list(largest_remainder(10, votes).values()) == [5, 2, 1, 1, 1, 0]
    assert quotas(10, {"a": 60.0, "b": 30.0, "c": 10.0}, {"a": 20, "b": 20, "c": 20}) == {"a": 6, "b": 3, "c": 1}
    assert quotas(10, {"a": 60.0, "b": 30.0, "c": 10.0}, {"a": 2, "b": 20, "c": 20}) == {"a": 2, "b": 6, "c": 2}
    assert quotas(4, {"a": 0.0}, {"a": 2, "b": 2}) == {"a": 2, "b": 2}


def test_blocks_and_the_interior_point_bound_nearly_as_well_as_the_simplex(monkeypatch: pytest.MonkeyPatch) -> None:
    core = core_of(random_problem(3, n=1500, count=90))
    last = greedy(core)[1]
    monkeypatch.setattr(bound, "WHOLE_PAIRS", core.reach.nnz)
    whole = bound.tight(core, last, PACE, np.random.default_rng(0))
    monkeypatch.setattr(bound, "WHOLE_PAIRS", 0)
    monkeypatch.setattr(bound, "INTERIOR_PAIRS", core.reach.nnz)
    interior = bound.tight(core, last, PACE, np.random.default_rng(0))
    assert whole.value * (1 - 1e-9) <= interior.value <= whole.value * 1.0001
    assert interior.opened.sum() == pytest.approx(90, rel=1e-3)
    monkeypatch.setattr(bound, "INTERIOR_PAIRS", 0)
    blocks = bound.tight(core, last, PACE, np.random.default_rng(0))
    assert interior.value < blocks.value <= whole.value * 1.01


@pytest.mark.parametrize("seed", range(3))
def test_neighbourhoods_and_joined_plans_are_never_worse_and_keep_the_quotas(seed: int) -> None:
    problem = random_problem(seed, n=300, count=20)
    problem = replace(problem, site_group=np.arange(300) % 2, quota=np.array([12, 8]))
    core = core_of(problem)
    start = greedy(core)[0]
    weak = start[: len(start) // 2]
    plans = [greedy(core, weak[:keep])[0] for keep in (0, len(weak))]
    best = max(core.value(plan) for plan in plans)
    joined = merged(core, plans, PACE)
    better = polished(core, joined, bound.tight(core, greedy(core)[1], PACE, np.random.default_rng(0)), PACE, np.random.default_rng(0))
    for plan, at_least in ((joined, best), (better, core.value(joined))):
        assert core.value(plan) >= at_least
        assert len(plan) == len(set(plan))
        assert (np.bincount(core.group[plan], minlength=2) <= core.quota).all()


def test_a_site_that_serves_nobody_alone_is_put_to_use() -> None:
    points = np.array([[14.6, -61.0], [14.601, -61.0], [14.8, -61.0]])
    core = core_of(Problem(points, np.array([5.0, 4.0, 3.0]), points, 2, 1.0, np.empty((0, 2)), site_group=np.array([0, 0, 0])))
    wide = replace(core, reach=csr_matrix(np.array([[1.0, 1, 0], [0, 1, 0], [0, 0, 1]])), group=np.zeros(3, dtype=np.int64))
    wide = replace(wide, by_point=wide.reach.tocsc(), weights=np.array([5.0, 4.0, 3.0]))
    assert sorted(refilled(wide, [0, 1])) == [0, 2]


class Over(brute.Minute):
    def left(self) -> float:
        return 0.0


@pytest.mark.parametrize("seed", range(5))
def test_a_known_plan_is_never_lost_even_without_time(seed: int) -> None:
    problem = random_problem(seed, n=200, count=15)
    plan = cover(problem, PACE, seed)
    assert cover(problem, Over(), known=plan.sites).covered >= plan.covered
    assert cover(replace(problem, count=16), Over(), known=plan.sites).covered >= plan.covered
    assert cover(replace(problem, radius_km=3.2), Over(), known=plan.sites).covered >= plan.covered
    fewer = cover(replace(problem, count=10), Over(), known=plan.sites)
    assert len(fewer.sites) == 10 and fewer.covered <= fewer.upper_bound


def test_a_trade_off_curve_falls_as_the_worst_group_rises() -> None:
    rng = np.random.default_rng(5)
    problem = replace(random_problem(5, n=60, count=5), point_group=rng.integers(0, 4, 60).astype(np.int64))
    free, fair = cover(problem, PACE), fair_cover(problem, PACE)
    worst = float(rates(problem, free.sites).min())
    curve = trade_off(problem, [worst, (worst + fair.rate) / 2, fair.rate - 1e-9, 1.0], PACE)
    assert [floor for floor, _ in curve] == [worst, (worst + fair.rate) / 2, fair.rate - 1e-9]
    values = [value for _, value in curve]
    assert values == sorted(values, reverse=True)
    assert values[0] == free.covered
    assert values[-1] == fair.cover.covered


@pytest.mark.parametrize("name", ["pmed1.txt", "pmed4.txt", "pmed8.txt"])
def test_graphs_of_the_or_library_are_solved_to_their_optimum(name: str, shared: Path) -> None:
    folder = shared / "data" / "deployment"
    with (folder / "pmed_optima.csv").open(newline="") as stream:
        optimum = next(float(row["optimum"]) for row in csv.DictReader(stream) if row["file"] == name)
    n, edges, count, *rest = (int(word) for word in (folder / name).read_text().split())
    graph = np.full((n, n), np.inf)
    for u, v, cost in zip(rest[0 : 3 * edges : 3], rest[1 : 3 * edges : 3], rest[2 : 3 * edges : 3], strict=True):
        graph[u - 1, v - 1] = graph[v - 1, u - 1] = cost  # a repeated edge takes its last cost
    np.fill_diagonal(graph, 0)
    found = median(shortest_path(graph, directed=False), np.ones(n), count, PACE)
    assert found.cost == optimum
    assert optimum * 0.98 <= found.lower_bound <= optimum


def test_the_orientation_of_the_matrix_matters(shared: Path) -> None:
    folder = shared / "data" / "deployment"
    distances, weights = np.load(folder / "median-100.npy"), np.load(folder / "median-100-weights.npy")
    assert median(distances, weights, 8, PACE).cost == pytest.approx(17_946.22225)
    assert median(distances.T.copy(), weights, 8, PACE).cost == pytest.approx(18_087.90135)
