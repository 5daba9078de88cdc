"""`yole backup`, `yole restore`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from yole.base.commandline import AsJson, note, print_json
from yole.base.database import database_session, urls_for_settings
from yole.kernel.errors import InputError


def backup(file: Annotated[Path, typer.Argument(help="Fichier à écrire.")], json: AsJson = False) -> None:
    if not file.absolute().parent.is_dir():
        raise InputError("le dossier n'existe pas", file=str(file), expected="un dossier qui existe")
    from yole.base.backup import write_backup

    with database_session():
        done = write_backup(urls_for_settings(), file)
    if json:
        print_json(done)
    what = f"{done['rows']} lignes de {done['tables']} tables et {done['files']} fichiers"
    note(f"yole : {what} dans {file}. Ce fichier contient les clés : gardez-le comme un secret.")


def restore(file: Annotated[Path, typer.Argument(help="Copie écrite par « yole backup ».")], json: AsJson = False) -> None:
    from yole.base.backup import restore_backup, verify_backup
    from yole.base.registries import RESTORE_HOOKS

    with tempfile.TemporaryDirectory(prefix="yole-verify-") as scratch:
        verify_backup(file, Path(scratch))  # before the database is opened
    with database_session():
        for hook in RESTORE_HOOKS.values():
            hook.before()
        done = restore_backup(urls_for_settings(), file)
        for hook in RESTORE_HOOKS.values():
            hook.after()
    if json:
        print_json(done)
    note(f"yole : {done['rows']} lignes de {done['tables']} tables et {done['files']} fichiers remis en place.")
