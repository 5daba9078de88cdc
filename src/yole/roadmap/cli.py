"""`yole roadmap …`: the roadmap in and out, and the readings that Yole makes by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yole.base.commandline import AsJson, Output, database, note, print_json, room_commands, write_output
from yole.kernel.errors import InputError

app = room_commands("Feuille de route : export et import des engagements.")


@app.command(name="export", help="Écrit la feuille de route du territoire : une archive de tables CSV, ou un document JSON.")
def export(
    form: Annotated[str, typer.Option("--format", help="yole, public (publié) ou etat (champs de l'outil de l'État).")] = "yole",
    output: Output = None,
    as_json: Annotated[bool, typer.Option("--json", help="Un document JSON à la place d'une archive de CSV.")] = False,
) -> None:
    if form not in ("yole", "public", "etat"):
        raise InputError("valeur impossible pour « --format »", found=form, expected="yole, public ou etat")
    if form == "etat" and as_json:
        raise InputError("l'outil de l'État se lit en CSV", found="--json", expected="--format etat sans --json")
    as_json = as_json or (output is not None and output.suffix.lower() == ".json" and form != "etat")
    with database():
        from yole.roadmap import files_export
        from yole.territory.selectors import current

        territory = current()
        rows = files_export.state_tables(territory) if form == "etat" else files_export.tables(territory, public=form == "public")
        data = files_export.as_json(rows) if as_json else files_export.as_zip(rows)
        lost = files_export.losses(territory) if form == "etat" else []
    write_output(data, output)
    if lost:
        note("Sans place dans l'outil de l'État : " + ", ".join(f"{count} {label}" for label, count in lost) + ".")


@app.command(name="import", help="Lit une feuille de route : archive, dossier de CSV ou document JSON. Tout est écrit, ou rien.")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Archive .zip, dossier de CSV, ou .json.")],
    as_json: AsJson = False,
) -> None:
    with database():
        from yole.roadmap import files_import
        from yole.territory.selectors import current

        content = files_import.read(file)
        territory = current()
        if territory.pk is None:
            raise InputError("aucun territoire ici", expected="« yole territory import » d'abord")
        report = files_import.bring_in(territory, content)
    if as_json:
        print_json(report.as_json())
        return
    for title, counts in (("Ajouté", report.added), ("Mis à jour", report.changed)):
        if counts:
            print(f"{title} : " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".")
    for line in (*(f"structure créée : {name}" for name in report.structures), *report.notes):
        note(line)


@app.command(help="Lit maintenant les chiffres de Yole qui alimentent des indicateurs (chaque nuit sinon).")
def feed(as_json: AsJson = False) -> None:
    with database():
        from yole.base.scope import system_scope
        from yole.roadmap.services_readings import feed_all

        with system_scope():
            count = feed_all()
    if as_json:
        print_json({"readings": count})
        return
    print(f"{count} relevé{'s' * (count > 1)} ajouté{'s' * (count > 1)}.")
