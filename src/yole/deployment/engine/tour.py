"""Tours of buses and mobile antennas: which stops, on which days, in which order. All times in whole minutes.

A stop is served with all its visits or not at all, and its prize counts once. Prizes come first, then driving. The result is the
best found, not a proven optimum; `tour_check` verifies it from the inputs alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, islice, pairwise
from math import ceil, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yole.kernel.geo import great_circle_km

MOST_PATTERNS = 300
DAY_MINUTES = 24 * 60
FAR = 1_000_000  # minutes: no road

UNREACHABLE, TOO_LONG, CLOSED, NO_RHYTHM, ALTERNATIVE, NO_TIME = (
    "unreachable",
    "too-far",
    "hours-too-short",
    "visits-impossible",
    "group-served",
    "no-time-left",
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to serve. `service`: minutes; `opens`, `closes`: minutes of the day; `visits`: days on which it is served, at least `gap`
    days apart, or exactly `every` days apart when not 0; `group`: at most one stop of a group is served."""

    id: str
    lat: float
    lon: float
    service: int = 120
    opens: int = 0
    closes: int = DAY_MINUTES
    prize: float = 1.0
    required: bool = False
    visits: int = 1
    gap: int = 1
    every: int = 0
    group: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Fleet:
    """Vehicles × days, each day from `start` (minute of the day) during `length` minutes, driving and stops included."""

    vehicles: int
    days: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Travel:
    """`minutes` and `km`: n × n, row = from; an infinite time where there is no road. `model`: how they were made, for the reader."""

    minutes: NDArray[np.float64]
    km: NDArray[np.float64]
    model: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """`stops[depot]` is where every vehicle-day begins and ends; it is not served."""

    stops: Sequence[Stop]
    depot: int
    fleet: Fleet
    travel: Travel
    whole: list[list[int]]  # travel in whole minutes, rounded up

    @classmethod
    def of(cls, stops: Sequence[Stop], depot: int, fleet: Fleet, travel: Travel) -> Problem:
        whole = [[FAR if value == inf else ceil(value - 1e-9) for value in row] for row in travel.minutes.tolist()]
        return cls(stops, depot, fleet, travel, whole)

    @property
    def end(self) -> int:
        return self.fleet.start + self.fleet.length

    def clients(self) -> list[int]:
        return [i for i in range(len(self.stops)) if i != self.depot]


def estimated_travel(stops: Sequence[Stop], *, detour: float, speed_kmh: float) -> Travel:
    """Great circle × detour at a constant speed; no road between zones."""
    n = len(stops)
    km, minutes = np.zeros((n, n)), np.zeros((n, n))
    for i, a in enumerate(stops):
        for j, b in enumerate(stops):
            if i != j:
                km[i, j] = great_circle_km(a.lat, a.lon, b.lat, b.lon) * detour
                minutes[i, j] = km[i, j] / speed_kmh * 60 if a.zone == b.zone else inf
    return Travel(minutes, km, {"detour": detour, "speed_kmh": speed_kmh, "source": "great-circle"})


def given_travel(stops: Sequence[Stop], minutes: NDArray[np.float64], *, detour: float, source: str) -> Travel:
    """A matrix of minutes; kilometres stay great circle × detour."""
    km = estimated_travel(stops, detour=detour, speed_kmh=1.0).km
    return Travel(minutes, km, {"detour": detour, "speed_kmh": None, "source": source})


@dataclass(frozen=True, slots=True)
class Timed:
    """A route with its times: service of stop i from `starts[i]`; away from the depot from `leaves` to `returns`; minutes of driving."""

    starts: list[int]
    leaves: int
    returns: int
    driving: int


def timed(problem: Problem, route: Sequence[int]) -> Timed | None:
    """The earliest times of a route within hours and day, None when it does not fit. The departure is as late as the first stop allows."""
    if not route:
        return Timed([], problem.fleet.start, problem.fleet.start, 0)
    stops, whole, depot = problem.stops, problem.whole, problem.depot
    at, clock, driving, starts = depot, problem.fleet.start, 0, []
    for i in route:
        leg = whole[at][i]
        start = max(clock + leg, stops[i].opens)
        clock = start + stops[i].service
        if clock > stops[i].closes or clock > problem.end:
            return None
        driving += leg
        starts.append(start)
        at = i
    back = whole[at][depot]
    if clock + back > problem.end:
        return None
    return Timed(starts, starts[0] - whole[depot][route[0]], clock + back, driving + back)


def patterns(stop: Stop, days: int) -> list[tuple[int, ...]]:
    """Sets of days (0…days−1) on which the visits may fall; at most `MOST_PATTERNS`, none when they cannot fit."""
    if stop.every:
        reach = (stop.visits - 1) * stop.every
        return [tuple(first + k * stop.every for k in range(stop.visits)) for first in range(days - reach)]
    if (stop.visits - 1) * max(stop.gap, 1) >= days:
        return []
    # Visits a day apart at least: shrinking the gaps turns spaced sets into plain combinations, so that none is tried in vain.
    spare = max(stop.gap, 1) - 1
    shrunk = combinations(range(days - (stop.visits - 1) * spare), stop.visits)
    return [tuple(day + k * spare for k, day in enumerate(chosen)) for chosen in islice(shrunk, MOST_PATTERNS)]


def why_never(problem: Problem, i: int) -> tuple[str, str] | None:
    """(code, sentence) when a stop cannot be served even alone, whatever the others are; None when it can."""
    stop, whole, depot = problem.stops[i], problem.whole, problem.depot
    there, back = whole[depot][i], whole[i][depot]
    if there >= FAR or back >= FAR:
        return UNREACHABLE, "aucune route depuis le dépôt : une autre île, ou un temps infini dans la matrice"
    total = there + stop.service + back
    if total > problem.fleet.length:
        return TOO_LONG, f"aller, accueil et retour font {total} min, la journée {problem.fleet.length} min"
    if timed(problem, [i]) is None:
        return CLOSED, f"l’accueil de {stop.service} min ne tient pas dans les heures d’ouverture, trajets compris"
    if not patterns(stop, problem.fleet.days):
        apart = f"tous les {stop.every} jours" if stop.every else f"espacées de {stop.gap} jours"
        return NO_RHYTHM, f"{stop.visits} visites {apart} ne tiennent pas en {problem.fleet.days} jours"
    return None


@dataclass(slots=True)
class Plan:
    """`routes[day][vehicle]`: stops in order."""

    routes: list[list[list[int]]]

    @classmethod
    def empty(cls, fleet: Fleet) -> Plan:
        return cls([[[] for _ in range(fleet.vehicles)] for _ in range(fleet.days)])

    def copy(self) -> Plan:
        return Plan([[list(route) for route in day] for day in self.routes])

    def served(self) -> dict[int, list[int]]:
        """Days of each stop served."""
        found: dict[int, list[int]] = {}
        for number, day in enumerate(self.routes):
            for route in day:
                for i in route:
                    found.setdefault(i, []).append(number)
        return found


def value(problem: Problem, plan: Plan) -> tuple[int, float, float]:
    """Compared in order, larger is better: required stops served, prizes, minus the minutes of driving (not rounded)."""
    served = plan.served()
    driving = 0.0
    minutes, depot = problem.travel.minutes, problem.depot
    for day in plan.routes:
        for route in day:
            legs = [depot, *route, depot]
            driving += sum(float(minutes[a, b]) for a, b in pairwise(legs) if a != b)
    return sum(problem.stops[i].required for i in served), round(sum(problem.stops[i].prize for i in served), 9), -driving


def as_json(problem: Problem, plan: Plan) -> dict[str, Any]:
    """The answer of the contract, without `seconds`."""
    routes = []
    minutes, km, depot = problem.travel.minutes, problem.travel.km, problem.depot
    for number, day in enumerate(plan.routes):
        for vehicle, route in enumerate(day):
            if not route:
                continue
            times = timed(problem, route)
            if times is None:
                raise ValueError("a route that does not fit its day")
            legs = [depot, *route, depot]
            routes.append(
                {
                    "vehicle": vehicle + 1,
                    "day": number + 1,
                    "leaves": clock(times.leaves),
                    "returns": clock(times.returns),
                    "stops": [
                        {"id": problem.stops[i].id, "arrive": clock(start), "leave": clock(start + problem.stops[i].service)}
                        for i, start in zip(route, times.starts, strict=True)
                    ],
                    "drive_min": round(sum(float(minutes[a, b]) for a, b in pairwise(legs)), 2),
                    "work_min": times.returns - times.leaves,
                    "km": round(sum(float(km[a, b]) for a, b in pairwise(legs)), 2),
                }
            )
    served = plan.served()
    groups = {problem.stops[i].group: problem.stops[i].id for i in served if problem.stops[i].group}
    unserved = []
    for i in problem.clients():
        if i in served:
            continue
        stop = problem.stops[i]
        reason = why_never(problem, i) or (
            (ALTERNATIVE, f"{groups[stop.group]}, du même groupe, est desservi")
            if stop.group in groups
            else (NO_TIME, "plus assez de temps dans les journées, une fois servis les arrêts qui comptent davantage")
        )
        unserved.append({"id": stop.id, "reason": reason[0], "detail": reason[1]})
    return {
        "routes": routes,
        "unserved": unserved,
        "prize_collected": round(sum(problem.stops[i].prize for i in served), 9),
        "prize_total": round(sum(problem.stops[i].prize for i in problem.clients()), 9),
        "travel_model": problem.travel.model,
    }


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
