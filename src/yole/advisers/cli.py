"""`yole advisers …`. Needs neither Django nor the database; numpy is imported only when a command runs."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, Output, note, print_json, room_commands, to_json, write_output
from yole.kernel.errors import InputError
from yole.kernel.files import atomic_write

app = room_commands("Conseillers : rapprocher candidats et postes, et dire pourquoi.")


@app.callback()
def _advisers() -> None:
    """Keeps each command a command of the group."""


@app.command()
def match(
    candidates: Annotated[
        Path,
        typer.Argument(metavar="CANDIDATES.csv", help="id,lat,lon,max_distance_km,available_from,experience[,eligible][,skills][,zones]"),
    ],
    posts: Annotated[Path, typer.Argument(metavar="POSTS.csv", help="id,lat,lon,starts_on,places[,skills]")],
    report: Annotated[Path | None, typer.Option(help="Rapport JSON : stabilité, raisons, comparaison.")] = None,
    preferences: Annotated[Path | None, typer.Option(help="Préférences données : side,id,rank,other.")] = None,
    corsica_apart: Annotated[bool, typer.Option("--corsica-apart", help="La Corse est une zone à part.")] = False,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    """Rapproche candidats et postes : stable, sous des règles publiques, avec la raison de chaque absence."""
    started = time.monotonic()
    from yole.advisers import files
    from yole.advisers.engine import match_report

    if output is not None and report is not None and output.absolute() == report.absolute():
        raise InputError("le même fichier pour deux résultats", file=str(report), expected="deux fichiers différents")
    problem = files.read_problem(candidates, posts, preferences, corsica_apart=corsica_apart)
    done = match_report.run(problem)
    told = match_report.report(done)
    matches = files.write_matches(done.placements())
    told["seconds"] = round(time.monotonic() - started, 3)
    with ExitStack() as written:
        # Both files or neither: each is renamed when the block ends well.
        for path, data in ((output, matches), (report, to_json(told))):
            if path is not None:
                written.enter_context(atomic_write(path)).write(data)
    if as_json:
        print_json(
            told if output else told | {"matches": [{"candidate": c, "post": p, "distance_km": km} for c, p, km in done.placements()]}
        )
    elif output is None:
        write_output(matches, None)
    _summary(told)
    for broken in done.check.broken:
        note(f"Règle enfreinte : {broken}")
    return DONE if done.sound else UNSOUND


def _summary(told: dict[str, Any]) -> None:
    baseline = told["baseline"]
    note(
        f"Placements : {told['matched']}, pour {told['candidates']} candidatures et {told['places']} places ; "
        f"couples bloquants : {told['blocking_pairs']}. Règle des trois plus proches : placements {baseline['matched']}, "
        f"couples bloquants {baseline['blocking_pairs']}."
    )


@app.command()
def timetable(
    demand: Annotated[Path, typer.Argument(metavar="FILE.json", help="slots, rooms, advisers, cohorts[, travel][, locked][, previous]")],
    time_limit: Annotated[float, typer.Option(min=1, help="Secondes de calcul, au plus.")] = 30.0,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    """Emploi du temps des ateliers de plusieurs groupes ; quand il n'y en a pas, ce qui l'empêche."""
    started = time.monotonic()
    from yole.advisers import files_timetable
    from yole.advisers.engine import timetable_check, timetable_solve

    asked = files_timetable.read_timetable(demand)

    def seconds_left() -> float:
        return time_limit - (time.monotonic() - started)

    answer = timetable_solve.solve(asked, seconds_left=seconds_left)
    told = files_timetable.as_json(asked, answer, lambda: timetable_solve.causes(asked, seconds_left=seconds_left))
    wrong = timetable_check.faults(asked, answer.meetings) if answer.meetings else []
    told["seconds"] = round(time.monotonic() - started, 3)
    if output is not None:
        write_output(to_json(told), output)
    if as_json:
        print_json(told)
    elif output is None:
        for session in told["sessions"]:
            print(
                f"{session['date']} {session['start']}–{session['end']} : {session['cohort']}, {session['theme']}, "
                f"{session['room']}, {session['adviser']}"
            )
    for line in [*told["causes"], *wrong]:
        note(line)
    return DONE if answer.meetings and not wrong else UNSOUND
