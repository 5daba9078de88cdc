"""`yole places …`. Heavy imports are inside the commands: `check` must answer without Django."""

from __future__ import annotations

from typing import Annotated

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, note, print_json, room_commands
from yole.places import transfer

app = room_commands("Lieux de médiation : vérifier, importer, exporter.")


@app.command(
    help="Vérifie une liste de lieux contre le schéma national 1.0.2 et les règles plus strictes de Yole, et cherche les doublons."
)
def check(file: Annotated[str, typer.Argument(metavar="FILE.csv", help="La liste, en CSV.")], as_json: AsJson = False) -> None:
    from datetime import date

    from yole.kernel.tables import read_table
    from yole.places.engine import checks, duplicates, report, rows, schema
    from yole.territory.carried import load_gazetteer

    places = rows.read(read_table(file, required=schema.REQUIRED).records())
    findings = checks.check(places, load_gazetteer(), date.today())
    pairs = duplicates.duplicates(places)
    if findings.dummy_pivots:
        note(report.dummy_pivot_note(findings))
    if as_json:
        print_json(report.as_json(findings, pairs))
    else:
        print("\n".join(report.as_text(findings, pairs, places)))
    raise typer.Exit(UNSOUND if findings.errors else DONE)


app.command("import")(transfer.import_)
app.command("export")(transfer.export)
