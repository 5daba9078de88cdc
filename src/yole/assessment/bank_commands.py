"""`yole assessment bank …`: checks a bank of questions, writes it in another format; needs no database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, Output, note, print_json, room_commands, write_output
from yole.kernel.errors import InputError

app = room_commands("Questions du diagnostic : contrôler une banque, l’exporter.")

FORMATS = ("json", "gift", "qti", "parameters")
_SHOWN = 5

Source = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="Questions : .json, .gift, .txt (GIFT) ou .zip (QTI 3.0) ; sans fichier, celles de Yole."),
]


def _read(source: Path | None) -> Any:
    from yole.assessment.bank import files, load_bank
    from yole.assessment.bank.gift import read_gift
    from yole.assessment.bank.qti import read_qti

    if source is None:
        return files.Imported(load_bank().items)
    readers = {".json": files.read_items, ".gift": read_gift, ".txt": read_gift, ".zip": read_qti}
    if source.suffix.lower() not in readers:
        raise InputError("format de fichier inconnu", file=str(source), found=source.suffix, expected=".json, .gift, .txt ou .zip")
    return readers[source.suffix.lower()](source)


@app.command(help="Contrôle chaque question : réponse juste, longueur des phrases, compétence, images… et l’équilibre de la banque.")
def check(file: Source = None, as_json: AsJson = False) -> int:
    from yole.assessment.bank import DRAWINGS
    from yole.assessment.bank.checks import check_bank

    imported = _read(file)
    findings = check_bank(imported.items, drawings=DRAWINGS)
    report: dict[str, Any] = {"items": len(imported.items) + len(imported.refused), "valid": 0, "errors": [], "warnings": []}
    for error in imported.refused:
        report["errors"].append(
            {"row": error.row, "id": "", "field": error.column or "", "code": "unreadable", "message": error.one_line()}
        )
    for finding in findings:
        entry = {"row": finding.row, "id": finding.item, "field": finding.place, "code": finding.code, "message": finding.one_line()}
        report["errors" if finding.severity == "error" else "warnings"].append(entry)
    report["valid"] = len(imported.items) - len({finding.row for finding in findings if finding.severity == "error"})
    if as_json:
        print_json(report)
    else:
        lines = [f"Erreur. {entry['message']}" for entry in report["errors"]] + [
            f"À revoir. {entry['message']}" for entry in report["warnings"]
        ]
        lines.append(f"{report['items']} questions, {report['valid']} sans erreur, {len(report['warnings'])} remarques.")
        write_output(("\n".join(lines) + "\n").encode(), None)
    return UNSOUND if report["errors"] else DONE


@app.command(help="Écrit une banque en JSON, en GIFT (Moodle), en paquet QTI 3.0, ou ses paramètres pour « simulate ».")
def export(
    file: Source = None,
    form: Annotated[str, typer.Option("--format", help="json, gift, qti, ou parameters.")] = "json",
    output: Output = None,
) -> int:
    from yole.assessment.bank import DRAWINGS
    from yole.assessment.bank.checks import check_bank, errors
    from yole.assessment.bank.files import write_items, write_parameters
    from yole.assessment.bank.gift import write_gift
    from yole.assessment.bank.qti import write_qti

    if form not in FORMATS:
        raise InputError("valeur impossible pour « --format »", found=form, expected="json, gift, qti ou parameters")
    imported = _read(file)
    items = imported.or_raise()
    for line in imported.notes[:_SHOWN]:
        note(f"yole : {line}")
    if len(imported.notes) > _SHOWN:
        note(f"yole : … et {len(imported.notes) - _SHOWN} autres brouillons")
    # JSON is where a draft is finished: it may hold errors, the exchange formats may not.
    if form == "json":
        write_output(write_items(items), output)
        return DONE
    if wrong := errors(check_bank(items, drawings=DRAWINGS)):
        first = wrong[0]
        raise InputError(f"{first.item} : {first.message}", file=str(file), row=first.row, column=first.place, expected=first.remedy)
    if form == "parameters":
        write_output(write_parameters(items), output)
        return DONE
    data, left_out = write_gift(items) if form == "gift" else write_qti(items, DRAWINGS)
    if left_out:
        note(f"yole : {len(left_out)} tâches laissées de côté, sans forme dans ce format : {', '.join(left_out[:_SHOWN])}")
    write_output(data, output)
    return DONE
