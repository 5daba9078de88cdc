"""From a tour plan to the engine and back: candidate stops, times of a plan edited by hand, what does not hold. Writes nothing.

Days of a plan are working days: day 0 is the Monday of the first week, day 5 that of the second.
"""

from __future__ import annotations

import time as clocks
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import time
from functools import cached_property
from itertools import pairwise
from typing import Any

from yole.base import typography
from yole.base.errors import Refused
from yole.deployment.engine import tour as model
from yole.deployment.engine import tour_check, tour_run
from yole.deployment.models_tours import TourPlan
from yole.kernel.geo import great_circle_km
from yole.kernel.text import fold
from yole.places.enums import Weekday
from yole.places.models import Place
from yole.territory import selectors as territory_selectors
from yole.territory.models import Commune, Quartier, Territory

DEPOT = "depot"
WORKING_DAYS = 5
SECONDS = 4.0  # of computation: at this size the plan no longer changes after the first
MOST_STOPS = 80
WEEKDAYS = list(Weekday)[:WORKING_DAYS]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible stop. Times in minutes of the day; `prize`: inhabitants with no open place near; `every`: working days between visits."""

    id: str
    name: str
    insee: str
    lat: float
    lon: float
    service: int = 120
    opens: int = 8 * 60
    closes: int = 18 * 60
    prize: float = 1.0
    required: bool = False
    visits: int = 1
    every: int = 0

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Visit:
    """A stop in a day of a bus, as the page shows it. `arrive`, `leave`: minutes of the day."""

    candidate: Candidate
    arrive: int
    leave: int

    @property
    def hours(self) -> str:
        return f"{_clock(self.arrive)} – {_clock(self.leave)}"


@dataclass(frozen=True, slots=True)
class Round:
    """One day of one bus."""

    day: int
    bus: Place
    visits: list[Visit]
    driving: float
    km: float
    leaves: int
    returns: int

    @property
    def title(self) -> str:
        return day_words(self.day)

    @property
    def drive_words(self) -> str:
        return f"{typography.duration(round(self.driving))} de route, {round(self.km)} km, retour à {_clock(self.returns)}"


def day_words(day: int) -> str:
    """« Lundi » ; « Lundi de la 2e semaine » from the sixth working day."""
    name = str(WEEKDAYS[day % WORKING_DAYS].label).capitalize()
    return name if day < WORKING_DAYS else f"{name} de la 2e semaine"


def _clock(minute: int) -> str:
    return typography.clock(time(minute // 60 % 24, minute % 60))


class Board:
    """One plan with what follows from it. Reads the row, computes times, says what does not hold."""

    def __init__(self, plan: TourPlan) -> None:
        self.plan = plan
        self.buses = list(plan.buses.order_by("sort_key", "pk"))
        self.candidates = [Candidate(**row) for row in plan.stops]

    @cached_property
    def by_id(self) -> dict[str, Candidate]:
        return {one.id: one for one in self.candidates}

    @property
    def days(self) -> int:
        return WORKING_DAYS * self.plan.weeks

    @cached_property
    def problem(self) -> model.Problem:
        stops = [
            model.Stop(
                one.id, one.lat, one.lon, service=one.service, opens=one.opens, closes=one.closes, prize=one.prize, required=one.required,
                visits=one.visits, every=one.every,
            )
            for one in self.candidates
        ]  # fmt: skip
        start = self.plan.day_starts.hour * 60 + self.plan.day_starts.minute
        fleet = model.Fleet(len(self.buses), self.days, start, round(self.plan.hours * 60))
        return model.Problem.of(stops, 0, fleet, model.estimated_travel(stops, detour=self.plan.detour, speed_kmh=self.plan.speed_kmh))

    def computed(self) -> list[list[list[str]]]:
        """Routes of the best plan found. Raises Refused when a required stop cannot be served."""
        started = clocks.monotonic()
        left = lambda: SECONDS - (clocks.monotonic() - started)  # noqa: E731  # the engine asks for it between rounds
        plan = tour_run.plan_tours(self.problem, seed=self.plan.seed, seconds_left=left)
        if missing := tour_run.missing_required(self.problem, plan):
            told = " ; ".join(f"{self.by_id[key].name} ({why})" for key, why in missing[:5])
            raise Refused(
                f"Impossible de servir tous les arrêts obligatoires : {told}.", remedy="Allongez la journée, ou levez l’obligation."
            )
        return [[[self.candidates[i].id for i in route] for route in day] for day in plan.routes]

    def _indexes(self, route: Iterable[str]) -> list[int]:
        row = {one.id: i for i, one in enumerate(self.candidates)}
        return [row[key] for key in route]

    def _round(self, day: int, bus: int, route: Sequence[str]) -> Round:
        """Times of a route, even when it does not fit its day: a plan edited by hand is shown as it is, with what is wrong."""
        problem, indexes = self.problem, self._indexes(route)
        fits = model.timed(problem, indexes)
        legs = [0, *indexes, 0]
        driving = sum(float(problem.travel.minutes[a, b]) for a, b in pairwise(legs))
        km = sum(float(problem.travel.km[a, b]) for a, b in pairwise(legs))
        if fits is not None:
            starts, leaves, returns = fits.starts, fits.leaves, fits.returns
        else:
            starts, clock, at = [], problem.fleet.start, 0
            for i in indexes:
                clock = max(clock + problem.whole[at][i], problem.stops[i].opens)
                starts.append(clock)
                clock += problem.stops[i].service
                at = i
            leaves, returns = problem.fleet.start, clock + problem.whole[at][0]
        visits = [Visit(self.candidates[i], start, start + self.candidates[i].service) for i, start in zip(indexes, starts, strict=True)]
        return Round(day, self.buses[bus], visits, driving, km, leaves, returns)

    @cached_property
    def rounds(self) -> list[Round]:
        """The days with stops, in order."""
        return [
            self._round(day, bus, route)
            for day, vehicles in enumerate(self.plan.routes)
            for bus, route in enumerate(vehicles[: len(self.buses)])
            if route
        ]

    @cached_property
    def served(self) -> set[str]:
        return {visit.candidate.id for one in self.rounds for visit in one.visits}

    @property
    def left(self) -> list[tuple[Candidate, str]]:
        """Stops that nobody serves, the most useful first, with the reason."""
        problem = self.problem
        found = []
        for i in problem.clients():
            one = self.candidates[i]
            if one.id not in self.served:
                alone = model.why_never(problem, i)
                found.append((one, alone[1] if alone else "plus assez de temps dans les journées"))
        return sorted(found, key=lambda pair: (-pair[0].prize, pair[0].name))

    @property
    def prize(self) -> float:
        return sum(self.by_id[key].prize for key in self.served)

    @property
    def prize_total(self) -> float:
        return sum(one.prize for one in self.candidates[1:])

    @cached_property
    def faults(self) -> list[str]:
        """What does not hold, found by the checker that knows nothing of the search; empty when the tours can be driven."""
        answer = {
            "routes": [
                {
                    "vehicle": self.buses.index(one.bus) + 1,
                    "day": one.day + 1,
                    "leaves": model.clock(one.leaves),
                    "returns": model.clock(one.returns),
                    "stops": [
                        {"id": visit.candidate.id, "arrive": model.clock(visit.arrive), "leave": model.clock(visit.leave)}
                        for visit in one.visits
                    ],
                    "drive_min": round(one.driving, 2),
                    "work_min": one.returns - one.leaves,
                }
                for one in self.rounds
            ],
            "unserved": [{"id": one.id} for one, _ in self.left],
            "prize_collected": self.prize,
        }
        told = tour_check.faults(self.problem.stops, DEPOT, self.problem.fleet, self.problem.travel, answer)
        return [self._in_words(one) for one in told]

    def _in_words(self, fault: str) -> str:
        for bus, one in enumerate(self.buses, 1):
            for day in range(self.days):
                fault = fault.replace(f"véhicule {bus}, jour {day + 1},", f"{one.name}, {day_words(day).lower()},").replace(
                    f"véhicule {bus}, jour {day + 1} ", f"{one.name}, {day_words(day).lower()} "
                )
        for candidate in self.candidates:
            fault = fault.replace(f", {candidate.id} :", f", {candidate.name} :").replace(f"{candidate.id} : ", f"{candidate.name} : ")
        return fault[:1].upper() + fault[1:]


def suggested(territory: Territory, *, near_km: float, service: int) -> list[Candidate]:
    """Communes and named quartiers from which no open place is within `near_km`, with the inhabitants concerned. The population of a
    commune is shared equally between its centre and its quartiers: no finer count is held."""
    fixed = list(
        Place.objects.filter(territory=territory, closed_on__isnull=True, merged_into__isnull=True, lat__isnull=False)
        .exclude(kind="itinerant")
        .values_list("lat", "lon")
    )
    communes = Commune.objects.filter(lat__isnull=False, population__gt=0).order_by("code")
    if territory.departements:
        communes = communes.filter(departement__in=territory.departements)
    quartiers: dict[str, list[Quartier]] = {}
    for quartier in territory_selectors.quartiers_listed(territory).filter(lat__isnull=False):
        quartiers.setdefault(quartier.commune_id, []).append(quartier)
    found = []
    for one in communes:
        named = quartiers.get(one.code, [])
        here = [(f"c{one.code}", one.name, one.lat, one.lon), *((f"q{q.pk}", f"{q.name}, {one.name}", q.lat, q.lon) for q in named)]
        for key, name, lat, lon in here:
            if lat is None or lon is None or any(great_circle_km(lat, lon, a or 0.0, b or 0.0) <= near_km for a, b in fixed):
                continue
            found.append(Candidate(key, name, one.code, lat, lon, service=service, prize=round((one.population or 0) / len(here))))
    return sorted(found, key=lambda candidate: -candidate.prize)[:MOST_STOPS]


def typed(data: bytes, name: str) -> list[Candidate]:
    """Stops of a CSV in the columns of `yole deployment tour`, and `name`, `insee`. Raises InputError with row and column."""
    from yole.deployment.files_tour import parse_stops
    from yole.kernel.tables import parse_table

    table = parse_table(data, name, required=("id", "lat", "lon"))
    names = [row[table.header.index("name")].strip() if "name" in table.header else "" for row in table.rows]
    codes = [row[table.header.index("insee")].strip() if "insee" in table.header else "" for row in table.rows]
    found = []
    for stop, words, code in zip(parse_stops(table), names, codes, strict=True):
        near = territory_selectors.nearest_commune(stop.lat, stop.lon)
        insee = code or (near.place.code if near is not None else "")
        found.append(
            Candidate(
                fold(stop.id).replace(" ", "-"), words or stop.id, insee, stop.lat, stop.lon, service=stop.service, opens=stop.opens,
                closes=stop.closes, prize=stop.prize, required=stop.required, visits=stop.visits, every=stop.every,
            )
        )  # fmt: skip
    return found
