"""`yole deployment tour …`. Needs neither Django nor the database."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, Output, note, print_json, to_json, write_output
from yole.kernel.errors import InputError


def tour(
    stops: Annotated[
        Path,
        typer.Argument(
            metavar="STOPS.csv",
            help="id,lat,lon[,service_min][,opens][,closes][,prize][,required][,visits][,min_gap_days][,every_days][,group][,zone]",
        ),
    ],
    vehicles: Annotated[int, typer.Option(min=1, max=200, help="Nombre de véhicules.")],
    days: Annotated[int, typer.Option(min=1, max=60, help="Nombre de jours.")],
    hours: Annotated[float, typer.Option(min=0.1, max=24, help="Durée d'une journée, route et accueil compris.")],
    depot: Annotated[str, typer.Option(help="Identifiant de la ligne d'où partent les véhicules.")],
    matrix: Annotated[Path | None, typer.Option(help="Minutes de route, matrice NumPy dans l'ordre des lignes.")] = None,
    detour: Annotated[float, typer.Option(min=1, max=5, help="Longueur de la route pour 1 km à vol d'oiseau.")] = 1.45,
    speed: Annotated[float, typer.Option(min=1, max=130, help="Vitesse moyenne, en km/h.")] = 40.0,
    start: Annotated[str, typer.Option(metavar="HH:MM", help="Début des journées.")] = "08:00",
    time_limit: Annotated[float, typer.Option(min=0.5, help="Secondes de calcul, au plus.")] = 30.0,
    seed: Annotated[int, typer.Option(min=0, help="Graine du hasard.")] = 0,
    plain: Annotated[bool, typer.Option("--plain", help="Sans PyVRP.")] = False,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    """Tournées des bus et antennes : quels arrêts, quels jours, dans quel ordre. Le meilleur plan trouvé, vérifié."""
    started = time.monotonic()
    from yole.deployment import files_tour
    from yole.deployment.engine import tour as model
    from yole.deployment.engine import tour_check, tour_run

    begins = files_tour.clock_minutes(start)
    length = int(hours * 60)
    if begins is None or begins + length > model.DAY_MINUTES:
        raise InputError("début de journée impossible", found=start, expected="une heure HH:MM, la journée finie avant minuit")
    given = files_tour.read_stops(stops)
    names = [stop.id for stop in given]
    if depot not in names:
        raise InputError("dépôt inconnu", file=str(stops), column="id", found=depot, expected="l'identifiant d'une ligne (--depot)")
    if matrix is None:
        travel = model.estimated_travel(given, detour=detour, speed_kmh=speed)
    else:
        travel = model.given_travel(given, files_tour.read_matrix(matrix, len(given)), detour=detour, source=str(matrix))
    fleet = model.Fleet(vehicles, days, begins, length)
    problem = model.Problem.of(given, names.index(depot), fleet, travel)
    # Half a second is kept for the check and the answer.
    plan = tour_run.plan_tours(
        problem, seed=seed, seconds_left=lambda: time_limit - 0.5 - (time.monotonic() - started), use_pyvrp=not plain
    )
    if missing := tour_run.missing_required(problem, plan):
        told = " ; ".join(f"{name} ({why})" for name, why in missing[:10])
        raise InputError(f"{len(missing)} arrêt(s) obligatoire(s) impossible(s) à desservir : {told}", file=str(stops), column="required")
    answer = model.as_json(problem, plan)
    wrong = tour_check.faults(given, depot, fleet, travel, answer)
    answer["seconds"] = round(time.monotonic() - started, 3)
    if output is not None:
        write_output(to_json(answer), output)
    if as_json:
        print_json(answer)
    elif output is None:
        write_output(("\n".join(_lines(answer)) + "\n").encode(), None)
    for fault in wrong:
        note(f"Vérification : {fault}")
    return UNSOUND if wrong else DONE


def _lines(answer: dict[str, Any]) -> list[str]:
    """What a person reads in the terminal."""
    lines = []
    for route in answer["routes"]:
        visits = ", ".join(f"{visit['arrive']}–{visit['leave']} {visit['id']}" for visit in route["stops"])
        lines.append(f"Jour {route['day']}, véhicule {route['vehicle']} ({route['drive_min']:.0f} min de route) : {visits}")
    lines += [f"Non desservi : {left['id']} ({left['detail']})" for left in answer["unserved"]]
    lines.append(
        f"Valeur : {answer['prize_collected']:g} sur {answer['prize_total']:g}. Meilleur plan trouvé, vérifié ; optimum non prouvé."
    )
    return lines
