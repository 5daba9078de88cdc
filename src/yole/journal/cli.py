"""`yole journal`: verify, export, sign. `verify FILE` needs neither the database nor Django."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, Output, database, note, print_json, room_commands, write_output
from yole.kernel.errors import InputError

if TYPE_CHECKING:
    from yole.journal.engine.checking import Verdict
    from yole.journal.engine.entries import TreeHead

app = room_commands("Journal de preuve : vérifier la chaîne, exporter, signer.")
_SMALL = 1024 * 1024  # bytes of a key or of a head


def _read_key(path: Path) -> str:
    """The multibase public key of PUBLIC.json."""
    from yole.journal.engine import multibase
    from yole.journal.engine.canonical import FaultError, read_json
    from yole.kernel.files import read_bytes

    expected = "un objet JSON avec le membre « publicKeyMultibase » (z6Mk…)"
    try:
        members = read_json(read_bytes(path, limit=_SMALL))
    except FaultError as fault:
        raise InputError(str(fault), file=str(path), expected=expected) from None
    text = members.get("publicKeyMultibase") if isinstance(members, dict) else None
    if not isinstance(text, str):
        raise InputError("ce fichier n’est pas une clé publique", file=str(path), expected=expected)
    try:
        multibase.read_public(text)
    except ValueError:
        raise InputError(
            "clé publique illisible", file=str(path), column="publicKeyMultibase", found=text, expected="une clé Ed25519 (z6Mk…)"
        ) from None
    return text


def _read_kept(path: Path) -> TreeHead:
    from yole.journal.engine.canonical import FaultError
    from yole.journal.engine.checking import read_kept_head
    from yole.kernel.files import read_bytes

    try:
        return read_kept_head(read_bytes(path, limit=_SMALL))
    except FaultError as fault:
        raise InputError(str(fault), file=str(path), expected="une ligne « tree_head » d’un export du journal") from None


def _verify_file(path: Path, key: str | None, kept: TreeHead | None) -> Verdict:
    from yole.journal.engine.checking import NotAJournalError, verify_stream

    try:
        with path.open("rb") as stream:
            return verify_stream(stream, key=key, kept=kept)
    except FileNotFoundError:
        raise InputError("fichier introuvable", file=str(path), expected="un export du journal") from None
    except IsADirectoryError:
        raise InputError("c’est un dossier", file=str(path), expected="un export du journal") from None
    except OSError as error:
        raise InputError(f"lecture impossible ({error.__class__.__name__})", file=str(path)) from None
    except NotAJournalError:
        what = "le fichier est vide" if path.stat().st_size == 0 else "ce fichier n’est pas un journal"
        raise InputError(what, file=str(path), expected="un export du journal : un objet JSON par ligne, actes et têtes signées") from None


def _verify_live(key: str | None, kept: TreeHead | None) -> Verdict:
    with database():
        from yole.journal import keys, selectors

        return selectors.verify(key=key or keys.public_key()["publicKeyMultibase"], kept=kept)


@app.command(help="Vérifie le journal de la base, ou un fichier exporté, sans faire confiance au serveur.")
def verify(
    file: Annotated[Path | None, typer.Argument(help="Export du journal (lignes JSON) ; sans lui, le journal de la base.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Clé publique attendue : toute autre signature est refusée.")] = None,
    head: Annotated[Path | None, typer.Option("--head", help="Tête signée gardée ailleurs : le journal doit la contenir.")] = None,
    as_json: AsJson = False,
) -> None:
    expected = _read_key(key) if key is not None else None
    kept = _read_kept(head) if head is not None else None
    verdict = _verify_file(file, expected, kept) if file is not None else _verify_live(expected, kept)
    if as_json:
        print_json(_shown(verdict))
    else:
        _print(verdict)
    if verdict.verified and file is not None and expected is None:
        note("yole : sans --key, une autre clé peut avoir tout signé à nouveau ; comparez la clé à celle qui est publiée.")
    if verdict.verified and file is not None and kept is None:
        note("yole : sans --head, un export coupé à une tête plus ancienne ne se voit pas.")
    if verdict.verified and verdict.since:
        note(f"yole : {verdict.since} actes attendent la prochaine tête signée.")
    raise typer.Exit(DONE if verdict.verified else UNSOUND)


def _shown(verdict: Verdict) -> dict[str, Any]:
    return {
        "verified": verdict.verified,
        "entries": verdict.entries,
        "heads": verdict.heads,
        "root": verdict.root,
        "key": verdict.key,
        "reasons": verdict.reasons,
    }


def _print(verdict: Verdict) -> None:
    print(f"Le journal {'tient' if verdict.verified else 'NE TIENT PAS'} : {verdict.entries} actes, {verdict.heads} têtes signées.")
    for reason in verdict.reasons:
        print(f"- {reason}")
    print(f"Racine : {verdict.root}")
    print(f"Clé de la dernière tête : {verdict.key or 'aucune'}")


@app.command(help="Signe une tête, puis écrit tout le journal en lignes JSON : ce que « verify » relit.")
def export(output: Output = None) -> None:
    from yole.kernel.files import atomic_write

    with database():
        from yole.journal import selectors

        head = _signed()
        lines = selectors.export(head)
        if output is None:
            for line in lines:
                write_output(line, None)
            return
        with atomic_write(output) as stream:
            stream.writelines(lines)
        note(f"yole : {head.size} actes dans {output}, tête signée par {head.key}.")


def _signed() -> TreeHead:
    """A new head. Raises InputError when the chain does not hold."""
    from yole.base.errors import Refused
    from yole.journal import services

    try:
        return services.sign_head()
    except Refused as refusal:
        raise InputError(str(refusal)) from None


@app.command(help="Signe une tête et l’écrit : une ligne à garder ailleurs.")
def head(output: Output = None) -> None:
    with database():
        line = _signed().line()
    write_output(line, output)


@app.command(help="La clé publique qui signe les têtes, en JSON : à publier, et à donner à « verify --key ».")
def key(output: Output = None) -> None:
    from yole.base.commandline import to_json
    from yole.journal import keys

    write_output(to_json(keys.public_key()), output)
