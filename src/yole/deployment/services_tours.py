"""Acts on tours of buses: computed, edited by hand, published as stops of the itinerant places, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.deployment.models_tours import TourPlan, TourState
from yole.deployment.permissions import PLAN
from yole.deployment.tours import DEPOT, MOST_STOPS, WEEKDAYS, WORKING_DAYS, Board, Candidate, day_words
from yole.journal import services as journal
from yole.journal.references import reference
from yole.organisations.models import Account
from yole.places import desk_services_bus as buses_desk
from yole.places.models import Place, Stop, StopTime

Routes = list[list[list[str]]]


def create(
    by: Account,
    *,
    title: str,
    buses: Sequence[Place],
    depot: Candidate,
    candidates: Sequence[Candidate],
    day_starts: time,
    hours: float,
    weeks: int = 1,
    detour: float = 1.45,
    speed_kmh: float = 40,
    is_fictional: bool = False,
) -> TourPlan:
    """Keeps the question and the best plan found. Raises Refused: no bus, no stop, too many, two of one name, day past midnight."""
    require(by, PLAN)
    if not buses or any(bus.territory_id != by.territory_id for bus in buses):
        raise Refused("Choisissez au moins un bus du territoire.", field="buses", code="bus")
    if not candidates:
        raise Refused("Il n’y a aucun arrêt possible.", remedy="Baissez la distance, ou donnez un fichier d’arrêts.", field="stops")
    if len(candidates) > MOST_STOPS:
        raise Refused(f"{len(candidates)} arrêts possibles.", remedy=f"{MOST_STOPS} au plus.", field="stops")
    names = [one.name for one in candidates]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Refused(f"Deux arrêts ont le même nom : {twice[0]}.", remedy="Changez un des deux noms.", field="stops", code="name")
    if day_starts.hour * 60 + day_starts.minute + round(hours * 60) > 24 * 60:
        raise Refused("La journée finit après minuit.", remedy="Commencez plus tôt, ou raccourcissez-la.", field="hours", code="midnight")
    rows = [replace(depot, id=DEPOT, prize=0.0, service=0, opens=0, closes=24 * 60), *candidates]
    with transaction.atomic():
        plan = TourPlan.objects.create(
            territory=by.territory, title=title, weeks=weeks, day_starts=day_starts, hours=hours, detour=detour, speed_kmh=speed_kmh,
            stops=[one.as_row() for one in rows], author=by, is_fictional=is_fictional,
        )  # fmt: skip
        plan.buses.set(buses)
        plan.routes = Board(plan).computed()
        plan.save(update_fields=["routes", "changed_at"])
        journal.record("deployment.tour", reference("account", by.pk), reference("tour", plan.pk), {"stops": len(candidates)})
    return plan


def _draft(by: Account, pk: int) -> TourPlan:
    require(by, PLAN)
    plan = TourPlan.objects.select_for_update().get(pk=pk, territory_id=by.territory_id)
    if plan.state != TourState.DRAFT:
        raise Refused("Ce plan est publié.", remedy="Retirez-le d’abord, puis changez-le.", code="published")
    return plan


@transaction.atomic
def recompute(by: Account, pk: int) -> TourPlan:
    """The best plan found again, what was edited by hand lost."""
    plan = _draft(by, pk)
    plan.routes, plan.edited = Board(plan).computed(), False
    plan.save(update_fields=["routes", "edited", "changed_at"])
    return plan


def _known(plan: TourPlan, key: str) -> None:
    if key == DEPOT or all(row["id"] != key for row in plan.stops):
        raise Refused("Cet arrêt n’est pas dans le plan.", remedy="Rechargez la page.", code="stop", status=422)


def _without(routes: Routes, key: str, day: int | None = None) -> Routes:
    return [
        [[one for one in route if one != key or (day is not None and number != day)] for route in vehicles]
        for number, vehicles in enumerate(routes)
    ]


@transaction.atomic
def put(by: Account, pk: int, key: str, *, day: int, bus: int = 0, rank: int = 0, from_day: int | None = None) -> TourPlan:
    """Puts a stop at a rank (0: last) of a day of a bus; `from_day`: moved from that day, else added. What no longer holds is shown."""
    plan = _draft(by, pk)
    _known(plan, key)
    days, vehicles = WORKING_DAYS * plan.weeks, plan.buses.count()
    if not (0 <= day < days and 0 <= bus < vehicles):
        raise Refused("Ce jour n’est pas dans le plan.", remedy="Choisissez-le dans la liste.", field="day", code="day")
    routes = _without(plan.routes, key, from_day) if from_day is not None else [[list(route) for route in one] for one in plan.routes]
    if any(key in route for route in routes[day]):
        raise Refused("Cet arrêt est déjà servi ce jour-là.", remedy="Choisissez un autre jour.", field="day", code="twice")
    route = routes[day][bus]
    route.insert(len(route) if rank <= 0 else min(rank - 1, len(route)), key)
    plan.routes, plan.edited = routes, True
    plan.save(update_fields=["routes", "edited", "changed_at"])
    return plan


@transaction.atomic
def take_off(by: Account, pk: int, key: str, *, day: int | None = None) -> TourPlan:
    """Takes a stop off one day, or off the whole plan."""
    plan = _draft(by, pk)
    _known(plan, key)
    plan.routes, plan.edited = _without(plan.routes, key, day), True
    plan.save(update_fields=["routes", "edited", "changed_at"])
    return plan


@transaction.atomic
def set_stop(by: Account, pk: int, key: str, *, name: str, service: int, opens: int, closes: int, visits: int, required: bool) -> TourPlan:
    """Changes what a stop asks: its name, hours, visits. The routes stay; what no longer holds is shown."""
    plan = _draft(by, pk)
    _known(plan, key)
    if closes - opens < service:
        raise Refused("L’accueil ne tient pas entre ces heures.", remedy="Raccourcissez-le, ou élargissez les heures.", field="service")
    if any(row["name"] == name and row["id"] != key for row in plan.stops):
        raise Refused("Un autre arrêt a déjà ce nom.", field="name", code="name")
    changed = {"name": name, "service": service, "opens": opens, "closes": closes, "visits": visits, "required": required}
    plan.stops = [row | changed if row["id"] == key else row for row in plan.stops]
    plan.save(update_fields=["stops", "changed_at"])
    return plan


@transaction.atomic
def remove(by: Account, pk: int) -> None:
    _draft(by, pk).delete()


# --- publishing --------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(by: Account, pk: int, *, first_monday: date, until: date | None, replaces: bool) -> TourPlan:
    """Writes the stops and their times in the itinerant places, from a Monday on. `replaces`: what those buses did until then ends the day
    before. Raises Refused: a plan that cannot be driven, an empty one, a first day that is no Monday, an end before the start."""
    plan = _draft(by, pk)
    board = Board(plan)
    if board.faults:
        raise Refused(f"Ce plan ne tient pas : {board.faults[0]}.", remedy="Corrigez-le, puis publiez.", code="faults")
    if not board.rounds:
        raise Refused("Ce plan ne sert aucun arrêt.", remedy="Ajoutez des arrêts.", code="empty")
    if first_monday.weekday() != 0:
        raise Refused("Le premier jour doit être un lundi.", field="first_monday", code="monday")
    if until is not None and until < first_monday:
        raise Refused("La fin vient avant le début.", field="until", code="order")
    cut = _end_before(by, board.buses, first_monday) if replaces else []
    lines: list[int] = []
    for one in board.rounds:
        for visit in one.visits:
            stop = _stop(by, one.bus, visit.candidate)
            starts = first_monday + timedelta(days=7 * (one.day // WORKING_DAYS))
            line = buses_desk.save_time(
                stop, by=by, starts=_time(visit.arrive), ends=_time(visit.leave), weekday=WEEKDAYS[one.day % WORKING_DAYS].value,
                every_weeks=plan.weeks, valid_from=starts, valid_until=until,
            )  # fmt: skip
            lines.append(line.pk)
    plan.state, plan.first_monday, plan.until = TourState.PUBLISHED, first_monday, until
    plan.written = {"lines": lines, "cut": cut}
    plan.save(update_fields=["state", "first_monday", "until", "written", "changed_at"])
    body = {"lines": len(lines), "first_monday": first_monday.isoformat()}
    journal.record("deployment.tour-publish", reference("account", by.pk), reference("tour", plan.pk), body)
    return plan


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _stop(by: Account, bus: Place, candidate: Candidate) -> Stop:
    kept = Stop.objects.filter(place=bus, name=candidate.name).first()
    if kept is not None:
        return kept
    return buses_desk.save_stop(bus, by=by, name=candidate.name, insee_code=candidate.insee, lat=candidate.lat, lon=candidate.lon)


def _end_before(by: Account, buses: Iterable[Place], first: date) -> list[dict[str, Any]]:
    """Ends the day before `first` what these buses do each week, and removes what would only begin later; returns what to put back."""
    cut = []
    weekly = StopTime.objects.filter(stop__place__in=list(buses), on_date__isnull=True)
    lines = weekly.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=first))
    for line in lines.select_related("stop"):
        kept = {name: getattr(line, name) for name in _LINE}
        if line.valid_from is not None and line.valid_from >= first:
            buses_desk.remove_time(line, by=by)
            cut.append({"stop": line.stop_id, "line": None} | _plain(kept))
        else:
            buses_desk.save_time(line.stop, by=by, line=line, **(kept | {"valid_until": first - timedelta(days=1)}))
            cut.append({"stop": line.stop_id, "line": line.pk} | _plain(kept))
    return cut


_LINE = ("weekday", "every_weeks", "starts", "ends", "valid_from", "valid_until", "on_holidays")


def _plain(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date | time) else value for name, value in kept.items()}


def _read(row: dict[str, Any]) -> dict[str, Any]:
    day = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_until")}
    clock = {name: time.fromisoformat(row[name]) for name in ("starts", "ends")}
    return {"weekday": row["weekday"], "every_weeks": row["every_weeks"], "on_holidays": row["on_holidays"], **day, **clock}


@transaction.atomic
def withdraw(by: Account, pk: int) -> TourPlan:
    """Takes back what publishing wrote, and puts back what it ended. Stops that it added stay: somebody may use them by now."""
    require(by, PLAN)
    plan = TourPlan.objects.select_for_update().get(pk=pk, territory_id=by.territory_id)
    if plan.state != TourState.PUBLISHED:
        raise Refused("Ce plan n’est pas publié.", code="draft")
    for line in StopTime.objects.filter(pk__in=plan.written.get("lines", [])).select_related("stop__place"):
        buses_desk.remove_time(line, by=by)
    stops = {stop.pk: stop for stop in Stop.objects.filter(pk__in=[row["stop"] for row in plan.written.get("cut", [])])}
    for row in plan.written.get("cut", []):
        stop = stops.get(row["stop"])
        changed = StopTime.objects.filter(pk=row["line"]).first() if row["line"] else None
        if stop is not None and (changed is not None or row["line"] is None):
            buses_desk.save_time(stop, by=by, line=changed, **_read(row))
    plan.state, plan.written = TourState.DRAFT, {}
    plan.save(update_fields=["state", "written", "changed_at"])
    journal.record("deployment.tour-withdraw", reference("account", by.pk), reference("tour", plan.pk), {})
    return plan


def describe(plan: TourPlan) -> list[list[str]]:
    """Rows of the exported plan: day, bus, order, stop, commune code, arrival, departure, inhabitants."""
    return [
        [day_words(one.day), one.bus.name, str(rank), visit.candidate.name, visit.candidate.insee, f"{_time(visit.arrive):%H:%M}",
         f"{_time(visit.leave):%H:%M}", f"{visit.candidate.prize:g}"]
        for one in Board(plan).rounds
        for rank, visit in enumerate(one.visits, 1)
    ]  # fmt: skip
