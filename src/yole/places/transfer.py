"""`yole places import` and `yole places export`: lists in and out on the command line. Django is loaded only inside the commands."""

from __future__ import annotations

import urllib.error
import urllib.request
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, Output, database, note, print_json, to_json, write_output
from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes
from yole.kernel.gazetteer import departement_of
from yole.kernel.tables import parse_table
from yole.places.engine.schema import REQUIRED

FILE_LIMIT = 200 * 1024 * 1024
TIMEOUT_SECONDS = 60


class Format(StrEnum):
    MEDNUM = "mednum"
    DATA_INCLUSION = "data-inclusion"


def _fetch(address: str) -> bytes:
    """The body behind an address. Raises InputError in words for every way it can fail."""
    request = urllib.request.Request(address, headers={"User-Agent": "Yole (annuaire de lieux)"})  # noqa: S310  # http and https only, checked by the caller
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  # same
            data: bytes = answer.read(FILE_LIMIT + 1)
    except urllib.error.HTTPError as error:
        raise InputError(f"l'adresse répond {error.code}", file=address, expected="l'adresse d'un fichier CSV") from None
    except (urllib.error.URLError, TimeoutError, OSError, ValueError) as error:
        raise InputError(
            f"adresse injoignable ({getattr(error, 'reason', error)})", file=address, expected="une adresse qui répond, ou un fichier"
        ) from None
    if len(data) > FILE_LIMIT:
        raise InputError("fichier trop grand", file=address, expected=f"au plus {FILE_LIMIT // (1024 * 1024)} Mo")
    return data


def import_(
    file: Annotated[str, typer.Argument(metavar="FICHIER|ADRESSE", help="Liste CSV au schéma national 1.0.2, ou son adresse.")],
    source: Annotated[str, typer.Option(help="Nom de la liste, pour les lignes dont la colonne « source » est vide.")] = "",
    as_json: AsJson = False,
) -> None:
    """Importe une liste de lieux : crée, met à jour, et dit chaque ligne refusée."""
    from datetime import UTC, datetime

    from yole.places.incoming import prepare
    from yole.territory.carried import load_gazetteer

    source = source.strip()
    if len(source) > 120:
        raise InputError("option --source trop longue", found=source, expected="120 caractères au plus")
    data = _fetch(file) if file.startswith(("http://", "https://")) else read_bytes(file, limit=FILE_LIMIT)
    table = parse_table(data, file, required=REQUIRED)
    prepared = prepare(table.records(), load_gazetteer(), datetime.now(UTC).date(), source=source)
    with database():
        from yole.places.importing import import_prepared
        from yole.territory import services

        # On an empty directory the list itself tells the territory: its one département, or else the whole of France.
        here = {departement_of(row.values.get("insee_code") or row.values["postcode"]) for row in prepared.rows}
        territory, made = services.ensure_default(sorted(here) if len(here) == 1 else [])
        if made:
            note(f"yole : territoire créé : {territory.name}. Ses communes : yole territory import")
        result = import_prepared(territory, prepared, why=f"Import de {Path(file).name}"[:200])
    refusals = [{"row": r.row, "field": r.field, "code": r.code, "reason": r.reason} for r in result.refusals]
    if as_json:
        print_json({**result.counts(), "refusals": refusals, "repairs": result.repairs, "kept": result.kept})
    else:
        lines = [f"{result.created} créés, {result.updated} mis à jour, {result.unchanged} inchangés, {result.refused} refusés"]
        lines += [f"ligne {refusal['row']}, colonne « {refusal['field']} » : {refusal['reason']}" for refusal in refusals]
        write_output(("\n".join(lines) + "\n").encode("utf-8"), None)
    for done in result.repairs[:20]:
        note(f"réparé, ligne {done['row']}, colonne « {done['field']} » : « {done['before']} » devient « {done['after']} » ({done['why']})")
    if len(result.repairs) > 20:
        note(f"… et {len(result.repairs) - 20} autres réparations (toutes avec --json).")
    raise typer.Exit(UNSOUND if result.refused else DONE)


def export(
    to: Annotated[Format, typer.Option("--format", help="mednum : CSV du schéma national ; data-inclusion : JSON du schéma v1.")],
    output: Output = None,
) -> None:
    """Écrit les lieux affichés dans un format ouvert, et dit ce que ce format perd."""
    with database():
        from yole.places.files import data_inclusion, mednum_csv
        from yole.territory import selectors

        territory = selectors.current()
        losses: list[str] = []
        if to is Format.MEDNUM:
            content = mednum_csv(territory)
        else:
            document, report = data_inclusion(territory, selectors.today())
            content, losses = to_json(document), report.lines() or ["Rien n'est perdu dans ce format."]
    write_output(content, output)
    for line in losses:
        note(line)
