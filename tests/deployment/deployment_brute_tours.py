"""Small random tours and the best plan of each, found by trying every one. Shared by the tests and the benchmark."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, permutations, product
from math import inf

import numpy as np

from yole.deployment.engine.tour import Fleet, Plan, Problem, Stop, as_json, estimated_travel, patterns, timed
from yole.deployment.engine.tour_check import faults
from yole.deployment.engine.tour_pyvrp import improve
from yole.deployment.engine.tour_search import search

ROUNDS, ITERATIONS = 300, 150


def instance(seed: int) -> Problem:
    """Up to five stops, one or two vehicles, up to three days; some opening hours, groups, second visits, days too short for all."""
    rng = np.random.default_rng(seed)
    stops = [Stop("depot", 14.65, -61.0)]
    days = int(rng.integers(1, 4))
    for number in range(int(rng.integers(2, 6))):
        opens = int(rng.choice([0, 0, 540, 600]))
        visits = 2 if days == 3 and rng.random() < 0.2 else 1
        stops.append(
            Stop(
                f"s{number}",
                14.65 + float(rng.normal(0, 0.1)),
                -61.0 + float(rng.normal(0, 0.1)),
                service=int(rng.choice([30, 60, 90, 120])),
                opens=opens,
                closes=opens + 180 if rng.random() < 0.25 else 1440,
                prize=float(rng.integers(1, 30)),
                visits=visits,
                gap=int(rng.integers(1, 3)),
                group="g" if visits == 1 and rng.random() < 0.25 else "",
            )
        )
    fleet = Fleet(int(rng.integers(1, 3)) if days < 3 else 1, days, 480, int(rng.choice([180, 240, 360])))
    return Problem.of(stops, 0, fleet, estimated_travel(stops, detour=1.45, speed_kmh=40))


def best(problem: Problem) -> tuple[float, float]:
    """(most prizes, then least minutes of driving) over every way to give days and vehicles to stops, and every order of each day."""
    minutes, depot = problem.travel.minutes, problem.depot

    @cache
    def cost(stops: frozenset[int]) -> float:
        orders = (order for order in permutations(sorted(stops)) if timed(problem, order) is not None)
        return min((sum(float(minutes[a, b]) for a, b in pairwise((depot, *order, depot))) for order in orders), default=inf)

    slots = [(day, vehicle) for day in range(problem.fleet.days) for vehicle in range(problem.fleet.vehicles)]
    clients = problem.clients()
    choices: list[list[tuple[tuple[int, int], ...]]] = []
    for i in clients:
        own: list[tuple[tuple[int, int], ...]] = [()]
        for pattern in patterns(problem.stops[i], problem.fleet.days):
            own += product(*([(day, vehicle) for vehicle in range(problem.fleet.vehicles)] for day in pattern))
        choices.append(own)
    found = (0.0, 0.0)
    for given in product(*choices):
        served = [i for i, own in zip(clients, given, strict=True) if own]
        groups = [problem.stops[i].group for i in served if problem.stops[i].group]
        prize = sum(problem.stops[i].prize for i in served)
        if len(set(groups)) < len(groups) or prize < found[0]:
            continue
        driving = sum(cost(frozenset(i for i, own in zip(clients, given, strict=True) if slot in own)) if served else 0.0 for slot in slots)
        if driving < inf:
            found = max(found, (prize, -driving))
    return found[0], -found[1]


def found_by(problem: Problem, seed: int, *, pyvrp: bool) -> tuple[float, float]:
    """(prizes, minutes of driving) of the search, improved by PyVRP when asked. Raises RuntimeError when the checker finds a fault."""
    plan = search(problem, seed=seed, rounds=ROUNDS)
    if pyvrp and plan.served():
        other = improve(problem, plan, seed=seed, seconds=10.0, iterations=ITERATIONS)
        if other is not None:
            _verified(problem, other)
            plan = max(plan, other, key=lambda one: _verified(problem, one))
    prize, minus = _verified(problem, plan)
    return prize, -minus


def _verified(problem: Problem, plan: Plan) -> tuple[float, float]:
    answer = as_json(problem, plan)
    wrong = faults(problem.stops, problem.stops[problem.depot].id, problem.fleet, problem.travel, answer)
    if wrong:
        raise RuntimeError("; ".join(wrong))
    return answer["prize_collected"], -sum(route["drive_min"] for route in answer["routes"])


def rounding(problem: Problem) -> float:
    """Minutes by which orders may differ because the search counts whole minutes: one a leg."""
    visits = sum(problem.stops[i].visits for i in problem.clients())
    return float(visits + problem.fleet.days * problem.fleet.vehicles)
