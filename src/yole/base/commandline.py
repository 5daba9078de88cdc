"""Common rules of every command: exit statuses, one-line errors, atomic output, JSON, progress. Never imports Django.

0 done and sound; 1 done, and what was checked does not hold; 2 the request cannot be served.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from yole.kernel.errors import InputError
from yole.kernel.files import atomic_write

DONE, UNSOUND, REFUSED = 0, 1, 2

T = TypeVar("T")

Output = Annotated[Path | None, typer.Option("-o", "--output", help="Fichier à écrire ; sans elle, la sortie standard.")]
AsJson = Annotated[bool, typer.Option("--json", help="Un objet JSON sur la sortie standard, et rien d'autre.")]


def room_commands(help_text: str) -> typer.Typer:
    """The command group of a room, with the settings that every group shares."""
    return typer.Typer(help=help_text, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def note(message: str) -> None:
    """A note for the person, on standard error."""
    print(message, file=sys.stderr, flush=True)


def write_output(data: bytes, output: Path | None) -> None:
    """Writes the result to a file (atomically) or to standard output."""
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with atomic_write(output) as stream:
        stream.write(data)


def to_json(value: Any) -> bytes:
    """JSON as every command prints it: UTF-8, readable, numbers as numbers (NaN refused)."""
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")


def print_json(value: Any) -> None:
    write_output(to_json(value), None)


def progress(items: Iterable[T], *, total: int | None, label: str) -> Iterator[T]:
    """The items, with a bar (rate and remaining time) on standard error when it is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        for item in items:
            yield item
            bar.advance(task)


@contextmanager
def database(*, migrate: bool = True) -> Iterator[None]:
    """Starts the database and Django for the length of a command; call it after input files were read and checked."""
    from yole.base.database import database_session

    with database_session(migrate=migrate):
        yield


def one_line(error: InputError) -> str:
    return f"yole : {error.one_line()}"
