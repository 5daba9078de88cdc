"""`yole activities`: the roll-ups that statistics read."""

from __future__ import annotations

from typing import Annotated

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, database, print_json, room_commands

app = room_commands("Activités : tables des statistiques.")


@app.callback()
def _activities() -> None:
    """Keeps `rollup` a command of a group: alone in it, its name would be dropped."""


@app.command(help="Met à jour les tables des statistiques puis les recompte ; code 1 si une ligne diffère des activités.")
def rollup(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Refait tout à partir des activités.")] = False,
    as_json: AsJson = False,
) -> int:
    with database():
        from yole.activities import rollups

        outcome = rollups.rebuild() if rebuild else rollups.recount()
    if as_json:
        print_json(
            {
                "rebuilt": rebuild,
                "activities": outcome.activities,
                "seconds": round(outcome.seconds, 2),
                "differences": outcome.differences,
            }
        )
    else:
        done = "reconstruites" if rebuild else "recomptées"
        words = "aucune différence" if not outcome.differences else f"{outcome.differences} lignes fausses ; ajoutez --rebuild"
        print(f"{outcome.activities} activités {done} en {outcome.seconds:.1f} s" + ("." if rebuild else f" : {words}."))
    return UNSOUND if outcome.differences else DONE
