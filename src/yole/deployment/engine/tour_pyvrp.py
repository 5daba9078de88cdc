"""The same tours improved by PyVRP (MIT). Whole minutes throughout. Stops with several visits keep the days that the search gave them."""

from __future__ import annotations

from pyvrp import Model
from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria

from yole.deployment.engine.tour import FAR, Plan, Problem, timed, why_never

ITERATIONS = 3000
LARGE = 1 << 32  # a prize, at most: the sums stay far from 64 bits


def improve(problem: Problem, plan: Plan, *, seed: int, seconds: float, iterations: int = ITERATIONS) -> Plan | None:
    """A plan of the same problem starting from the days of `plan`; None when nothing feasible was found.

    One kind of vehicle per day. Where some stops are tied to days, each day has travel times of its own in which the stops tied to
    other days have no road.
    """
    stops, depot, fleet = problem.stops, problem.depot, problem.fleet
    able = [i for i in problem.clients() if why_never(problem, i) is None]
    days_of = plan.served()
    tied = {i: days_of[i] for i in able if stops[i].visits > 1 and i in days_of}
    copies = [(i, None) for i in able if stops[i].visits == 1] + [(i, day) for i, days in tied.items() for day in days]
    if not copies:
        return None
    model = Model()
    places = [model.add_location(0, 0) for _ in range(len(copies) + 1)]
    home = model.add_depot(places[0])
    scale = _scale(problem, able)
    groups = {name: model.add_client_group(required=False) for name in sorted({stops[i].group for i in able} - {""})}
    for place, (i, day) in zip(places[1:], copies, strict=True):
        stop = stops[i]
        group = groups.get(stop.group)
        model.add_client(
            place,
            service_duration=stop.service,
            tw_early=max(stop.opens, fleet.start),
            tw_late=min(stop.closes, problem.end) - stop.service,
            prize=LARGE if stop.required else min(LARGE, round(stop.prize * scale)),
            required=day is not None or (stop.required and group is None),
            group=group,
        )
    profiles = [model.add_profile() for _ in range(fleet.days)] if tied else [None]
    for day in range(fleet.days):
        model.add_vehicle_type(
            fleet.vehicles,
            start_depot=home,
            end_depot=home,
            tw_early=fleet.start,
            tw_late=problem.end,
            unit_distance_cost=1,
            profile=profiles[day] if tied else None,
        )
    rows = [depot, *(i for i, _ in copies)]
    for day, profile in enumerate(profiles):
        closed = {k for k, (_, only) in enumerate(copies, 1) if tied and only not in (None, day)}
        for a, frm in enumerate(rows):
            for b, to in enumerate(rows):
                if a != b:
                    leg = FAR if a in closed or b in closed else (0 if frm == to else problem.whole[frm][to])
                    model.add_edge(places[a], places[b], distance=leg, duration=leg, profile=profile)
    limit = MultipleCriteria([MaxIterations(iterations), MaxRuntime(max(0.1, seconds))])
    best = model.solve(stop=limit, seed=seed, display=False).best
    if not best.is_feasible():
        return None
    found = Plan.empty(fleet)
    used = [0] * fleet.days
    for route in best.routes():
        day = route.vehicle_type()
        found.routes[day][used[day]] = [copies[visit.idx][0] for visit in route.schedule() if visit.is_client()]
        used[day] += 1
    return found if all(timed(problem, route) is not None for day in found.routes for route in day) else None


def _scale(problem: Problem, able: list[int]) -> float:
    """Makes the smallest prize worth more than any detour of a day, as far as `LARGE` allows for the others."""
    prizes = [problem.stops[i].prize for i in able if problem.stops[i].prize > 0]
    return 2 * problem.fleet.length / min(prizes) if prizes else 0.0
