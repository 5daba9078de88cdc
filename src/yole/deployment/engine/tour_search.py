"""Tours in plain Python: cheapest insertion, then taking out neighbours and putting them back, with 2-opt. Fit for some 60 stops."""

from __future__ import annotations

import random
from collections.abc import Callable

from yole.deployment.engine.tour import Plan, Problem, patterns, timed, value, why_never

ROUNDS = 600


def search(problem: Problem, *, seed: int, rounds: int = ROUNDS, go_on: Callable[[], bool] = lambda: True) -> Plan:
    """The best plan found. `go_on` is asked before each round; the same seed and rounds give the same plan."""
    chance = random.Random(seed)  # noqa: S311  # a search that can be repeated, no secret
    pool = _Pool(problem)
    best = pool.filled(Plan.empty(problem.fleet), pool.order(None))
    best_value = value(problem, best)
    current, current_value = best, best_value
    for _ in range(rounds):
        if not go_on() or not pool.clients:
            break
        plan = pool.filled(pool.thinned(current, chance), pool.order(chance))
        found = value(problem, plan)
        # As many prizes and a little more driving may pass, so that the search leaves a hollow.
        slack = 0.03 * abs(current_value[2]) * chance.random()
        if found[:2] > current_value[:2] or (found[:2] == current_value[:2] and found[2] >= current_value[2] - slack):
            current, current_value = plan, found
            if found > best_value:
                best, best_value = plan, found
    return shortened(problem, best)


class _Pool:
    """The stops that can be served at all, and how they are put into a plan."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.clients = [i for i in problem.clients() if why_never(problem, i) is None]
        self._patterns = {i: patterns(problem.stops[i], problem.fleet.days) for i in self.clients}

    def order(self, chance: random.Random | None) -> list[int]:
        """Required stops first, then by prize for the time it takes, with some chance; now and then by prize alone, or by chance alone.

        A stop with several visits takes much time for its prize: only the last two let it come before what fills the days better.
        """
        rule = chance.random() if chance else 1.0

        def weight(i: int) -> tuple[bool, float]:
            stop = self._problem.stops[i]
            minutes = stop.visits * (stop.service + self._problem.whole[self._problem.depot][i] / 2)
            worth = 1.0 if rule < 0.1 else stop.prize + 1e-9
            return not stop.required, -worth / (max(minutes, 1) if rule > 0.3 else 1.0) * (chance.uniform(0.5, 1.5) if chance else 1.0)

        return sorted(self.clients, key=weight)

    def thinned(self, plan: Plan, chance: random.Random) -> Plan:
        """The plan without some stops: neighbours of one, or a whole route."""
        plan = plan.copy()
        served = sorted(plan.served())
        if not served:
            return plan
        if chance.random() < 0.3:
            day = chance.choice([d for d in plan.routes if any(d)])
            out = set(chance.choice([route for route in day if route]))
        else:
            centre = chance.choice(served)
            near = sorted(served, key=lambda i: self._problem.whole[centre][i] * chance.uniform(0.7, 1.3))
            out = set(near[: chance.randint(1, max(1, min(8, len(near))))])
        plan.routes = [[[i for i in route if i not in out] for route in day] for day in plan.routes]
        return plan

    def filled(self, plan: Plan, order: list[int]) -> Plan:
        """Puts in every stop that still fits, each where it adds least driving."""
        problem = self._problem
        served = plan.served()
        groups = {problem.stops[i].group for i in served} - {""}
        for i in order:
            stop = problem.stops[i]
            if i in served or stop.group in groups:
                continue
            found = {day: self._cheapest(plan, day, i) for pattern in self._patterns[i] for day in pattern}
            by_day = {day: entry for day, entry in found.items() if entry is not None}
            choices = [
                (sum(by_day[day][0] for day in pattern), pattern) for pattern in self._patterns[i] if all(day in by_day for day in pattern)
            ]
            if not choices:
                continue
            for day in min(choices)[1]:
                _, vehicle, position = by_day[day]
                plan.routes[day][vehicle].insert(position, i)
            groups |= {stop.group} - {""}
        return plan

    def _cheapest(self, plan: Plan, day: int, i: int) -> tuple[int, int, int] | None:
        """(minutes added, vehicle, position) of the cheapest insertion on a day."""
        whole, depot = self._problem.whole, self._problem.depot
        found: list[tuple[int, int, int]] = []
        for vehicle, route in enumerate(plan.routes[day]):
            for position in range(len(route) + 1):
                before = route[position - 1] if position else depot
                after = route[position] if position < len(route) else depot
                found.append((whole[before][i] + whole[i][after] - (whole[before][after] if before != after else 0), vehicle, position))
            if not route:
                break  # the vehicles that stay in are all alike
        for entry in sorted(found):
            route = plan.routes[day][entry[1]]
            if timed(self._problem, [*route[: entry[2]], i, *route[entry[2] :]]) is not None:
                return entry
        return None


def shortened(problem: Problem, plan: Plan) -> Plan:
    """Each route by itself: turns a stretch round or moves a stop elsewhere in it while that saves driving."""
    plan = plan.copy()
    for day in plan.routes:
        for vehicle, route in enumerate(day):
            day[vehicle] = _shortest(problem, route)
    return plan


def _shortest(problem: Problem, route: list[int]) -> list[int]:
    now = timed(problem, route)
    better = now is not None
    while better and now is not None:
        better = False
        tries = [[*route[:a], *reversed(route[a:b]), *route[b:]] for a in range(len(route)) for b in range(a + 2, len(route) + 1)]
        for a in range(len(route)):
            rest = route[:a] + route[a + 1 :]
            tries += [[*rest[:b], route[a], *rest[b:]] for b in range(len(rest) + 1)]
        for other in tries:
            times = timed(problem, other)
            if times is not None and times.driving < now.driving:
                route, now, better = other, times, True
                break
    return route
