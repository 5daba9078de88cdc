"""`yole reference …`: loads of sheets, search in everyday words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yole.base.commandline import AsJson, database, note, print_json, room_commands
from yole.kernel.errors import InputError

app = room_commands("Fiches de démarches : import et recherche.")


@app.command("import", help="Lit des fiches officielles (XML lecomarquage, ou ZIP) ; sans fichier, les fiches du projet.")
def import_(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Fiche .xml ou archive .zip.")] = None,
    as_json: AsJson = False,
) -> None:
    from yole.reference import files

    if file is not None:
        if not file.is_file():
            raise InputError("fichier introuvable", file=str(file), expected="une fiche XML ou une archive ZIP")
        records = list(files.read_official(file))
        if not records:
            raise InputError("aucune fiche dans l'archive", file=str(file), expected="des documents Publication")
    with database():
        from yole.reference import services
        from yole.reference.enums import Origin

        done = services.load_own() if file is None else services.store(records, Origin.OFFICIAL, file.name)
    if as_json:
        print_json({"added": done.added, "changed": done.changed, "same": done.same})
    else:
        note(f"Fiches ajoutées : {done.added}. Changées : {done.changed}. Pareilles : {done.same}.")


@app.command(help="Cherche avec les mots de tous les jours ; la réponse cite une fiche, ou dit qu’aucune ne répond.")
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="La question.")],
    limit: Annotated[int, typer.Option(min=1, max=10, help="Nombre de passages, au plus.")] = 3,
    as_json: AsJson = False,
) -> None:
    if not text.strip():
        raise InputError("la question est vide", column="TEXT", expected="quelques mots")
    with database():
        from yole.reference import selectors

        answer = selectors.search(text, limit=limit)
    if as_json:
        print_json(selectors.as_json(answer))
    elif not answer.hits:
        print("Aucune fiche ne répond.")
    for hit in () if as_json else answer.hits:
        when = f"vérifiée le {hit.verified_on:%d/%m/%Y}" if hit.verified_on else "jamais vérifiée"
        print(f"« {hit.quote} »\n  {hit.title}, fiche {hit.code}, version {hit.version}, {when}\n")
