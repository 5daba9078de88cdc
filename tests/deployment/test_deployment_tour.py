"""Tours: against enumeration on small instances, with and without PyVRP, every answer checked; the checker against planted faults."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from tests.deployment import deployment_brute_tours as brute
from yole.deployment.engine.tour import DAY_MINUTES, Fleet, Plan, Problem, Stop, as_json, estimated_travel, given_travel, patterns
from yole.deployment.engine.tour_check import faults
from yole.deployment.engine.tour_pyvrp import improve
from yole.deployment.engine.tour_run import missing_required, plan_tours
from yole.deployment.engine.tour_search import search


def solved(problem: Problem, **options: Any) -> tuple[Plan, dict[str, Any]]:
    plan = plan_tours(problem, seed=1, seconds_left=lambda: 4.0, **options)
    answer = as_json(problem, plan)
    assert faults(problem.stops, problem.stops[problem.depot].id, problem.fleet, problem.travel, answer) == []
    return plan, answer


def around(count: int, seed: int, **fields: Any) -> list[Stop]:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(count, 2)) * 0.1 + (14.65, -61.0)
    prizes = rng.integers(1, 20, count)
    return [Stop(f"s{i}", *map(float, point), prize=float(prizes[i]), **fields) for i, point in enumerate(points)]


def problem_of(stops: list[Stop], fleet: Fleet) -> Problem:
    return Problem.of(stops, 0, fleet, estimated_travel(stops, detour=1.45, speed_kmh=40))


@pytest.mark.parametrize("seed", range(30))
def test_small_tours_are_the_best_there_are(seed: int) -> None:
    problem = brute.instance(seed)
    prize, driving = brute.best(problem)
    for pyvrp in (False, True):
        found, drive = brute.found_by(problem, seed, pyvrp=pyvrp)
        assert found == prize
        assert drive <= driving + brute.rounding(problem)


def test_visits_gaps_recurrence_and_groups_are_kept() -> None:
    stops = [
        Stop("depot", 14.6, -61.07),
        Stop("twice", 14.7, -61.0, visits=2, gap=3, prize=50),
        Stop("weekly", 14.5, -60.9, visits=2, every=5),
    ]
    stops += [Stop("a", 14.65, -61.0, group="g", prize=2), Stop("b", 14.66, -61.0, group="g", prize=5), *around(5, 3)]
    problem = problem_of(stops, Fleet(1, 7, 480, 480))
    for use_pyvrp in (False, True):
        plan, answer = solved(problem, use_pyvrp=use_pyvrp)
        days = {problem.stops[i].id: on for i, on in plan.served().items()}
        assert days["twice"][1] - days["twice"][0] >= 3 and days["weekly"][1] - days["weekly"][0] == 5
        assert {left["id"]: left["reason"] for left in answer["unserved"]} == {"a": "group-served"}


def test_reasons_of_what_is_not_served() -> None:
    stops = [
        Stop("depot", 14.6, -61.07),
        Stop("island", 16.2, -61.5, zone="971"),
        Stop("long", 14.6, -61.0, service=700),
        Stop("evening", 14.6, -61.0, opens=17 * 60, closes=20 * 60),
        Stop("rhythm", 14.6, -61.0, visits=3, gap=2),
        Stop("good", 14.61, -61.06, service=400, prize=5),
        Stop("second", 14.61, -61.05, service=400, prize=1),
        Stop("must", 14.5, -61.0, service=700, required=True),
    ]
    problem = problem_of(stops, Fleet(1, 1, 480, 480))
    plan = search(problem, seed=0, rounds=20)
    assert {left["id"]: left["reason"] for left in as_json(problem, plan)["unserved"]} == {
        "island": "unreachable",
        "long": "too-far",
        "evening": "hours-too-short",
        "rhythm": "visits-impossible",
        "second": "no-time-left",
        "must": "too-far",
    }
    assert [name for name, _ in missing_required(problem, plan)] == ["must"]


def test_required_stops_come_before_prizes() -> None:
    stops = [
        Stop("depot", 14.6, -61.07),
        *(Stop(f"r{i}", 14.6 + i / 50, -61.0, required=True, prize=0) for i in range(3)),
        *around(8, 5, service=100),
    ]
    problem = problem_of(stops, Fleet(1, 1, 480, 480))
    for use_pyvrp in (False, True):
        plan, _ = solved(problem, use_pyvrp=use_pyvrp)
        assert missing_required(problem, plan) == []


def test_one_way_times_and_opening_hours() -> None:
    stops = [
        Stop("d", 14.6, -61.07),
        Stop("late", 14.6, -61.0, opens=660, closes=780, service=30),
        Stop("first", 14.6, -61.0, closes=600, service=30),
    ]
    minutes = np.array([[0, 10, 10], [90, 0, 200], [10, 10, 0]], dtype=float)
    problem = Problem.of(stops, 0, Fleet(1, 1, 480, 480), given_travel(stops, minutes, detour=1.4, source="matrix"))
    _, answer = solved(problem)
    (route,) = answer["routes"]
    assert [visit["id"] for visit in route["stops"]] == ["first", "late"]
    assert (route["stops"][1]["arrive"], route["returns"], route["drive_min"]) == ("11:00", "13:00", 110.0)


def test_patterns_of_days() -> None:
    assert patterns(Stop("s", 0, 0), 3) == [(0,), (1,), (2,)]
    assert patterns(Stop("s", 0, 0, visits=2, gap=2), 4) == [(0, 2), (0, 3), (1, 3)]
    assert patterns(Stop("s", 0, 0, visits=2, every=5), 7) == [(0, 5), (1, 6)]
    assert patterns(Stop("s", 0, 0, visits=3, gap=3), 6) == [] and len(patterns(Stop("s", 0, 0, visits=3, gap=3), 7)) == 1


def test_a_week_of_the_island_and_the_same_seed() -> None:
    problem = problem_of(around(30, 8), Fleet(1, 5, 480, 480))
    first, answer = solved(problem)
    assert len(answer["routes"]) == 5 and answer["prize_collected"] > 0.6 * answer["prize_total"]
    assert search(problem, seed=3, rounds=30).routes == search(problem, seed=3, rounds=30).routes
    assert improve(problem, first, seed=2, seconds=5, iterations=50) is not None


def test_the_checker_sees_what_is_wrong() -> None:
    stops = [Stop("depot", 14.6, -61.07), *around(6, 9, closes=DAY_MINUTES - 1)]
    problem = problem_of(stops, Fleet(1, 2, 480, 480))
    _, answer = solved(problem)

    def told(change: Any) -> list[str]:
        other = copy.deepcopy(answer)
        change(other["routes"][0], other)
        return faults(stops, "depot", problem.fleet, problem.travel, other)

    assert told(lambda route, _: route["stops"][0].update(arrive="08:00", leave="10:00") or route.update(leaves="08:00"))
    assert told(lambda route, _: route.update(returns="23:00"))
    assert told(lambda route, _: route.update(drive_min=1.0))
    assert told(lambda route, _: route.update(vehicle=2))
    assert told(lambda route, _: route["stops"].append(route["stops"][0]))
    assert told(lambda _, whole: whole.update(prize_collected=1e6))
    assert told(lambda _, whole: whole.update(unserved=[{"id": "ghost", "reason": "no-time-left"}]))
    assert told(lambda _, whole: whole["routes"].pop())
