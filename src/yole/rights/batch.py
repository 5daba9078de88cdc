"""Many households from a CSV, pseudonymous in and out: read, computed and written chunk by chunk, so that memory does not grow."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import numpy as np

from yole.kernel.errors import InputError
from yole.kernel.text import fold_name
from yole.rights import situation
from yole.rights.catalog import allow_list, benefits
from yole.rights.engine import completions
from yole.rights.engine.cohort import stack
from yole.rights.engine.household import ADULT_FIELDS, ADULTS, BOOLEANS, MOST_CHILDREN, Household, Rows
from yole.rights.engine.verdict import NO, UNDETERMINED, YES, share
from yole.rights.evaluation import Engine

HEADER = ("household", "benefit", "verdict", "probability", "amount_low", "amount_likely", "amount_high", "period", "stale")
COLUMNS = (
    *("household", "date", "commune", "couple", "children_count", "children_birth_dates"),
    *(f"{adult}_{name}" for adult in ADULTS for name in ADULT_FIELDS),
    *("housing_status", "rent", "other_situations", "received"),
)
# A list to screen never names anybody.
NAMING = frozenset(
    {"nom", "prenom", "prénom", "nir", "email", "courriel", "mail", "telephone", "téléphone", "name", "firstname", "adresse"}
)
ROWS_AT_ONCE = 3000  # rows of a run, completions counted
COMPLETIONS = 16
KEPT = 10_000  # households of a list kept in memory between its check and its computation
WHOLE = frozenset({"children_count", "residence_permit_years"})
MOST_BYTES = 512 * 1024 * 1024
_TRUE, _FALSE = frozenset({"1", "true"}), frozenset({"0", "false"})


@dataclass(frozen=True, slots=True)
class Line:
    """One household of the file: its row (from 1 after the header), its pseudonym, what it says."""

    row: int
    household: str
    known: Household


def read(path: Path, *, today: date | None = None) -> Iterator[Line]:
    """The households of a file, one at a time. Raises InputError naming row, column, value and remedy."""
    try:
        with path.open("r", encoding="utf-8-sig", newline="") as stream:
            yield from lines(stream, str(path), today=today)
    except FileNotFoundError:
        raise InputError("fichier introuvable", file=str(path), expected="un fichier qui existe") from None
    except IsADirectoryError:
        raise InputError("c'est un dossier", file=str(path), expected="un fichier") from None
    except UnicodeDecodeError:
        raise InputError("le fichier n'est pas en UTF-8", file=str(path), expected="un fichier enregistré en UTF-8") from None


def lines(stream: IO[str], name: str, *, today: date | None = None) -> Iterator[Line]:
    """The households of an open text. Raises InputError as `read` does."""
    first = stream.readline()
    if not first.strip():
        raise InputError("le fichier est vide", file=name, expected="une ligne d'en-tête puis des lignes")
    delimiter = max((",", ";", "\t"), key=first.count)
    header = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter))]
    _check_header(header, name)
    seen: set[int] = set()
    for number, row in enumerate(_rows(csv.reader(stream, delimiter=delimiter), name), 1):
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            raise InputError(f"{len(row)} cellules", file=name, row=number, found=row[len(header)], expected=f"{len(header)} au plus")
        record = {column: cell.strip() for column, cell in zip(header, row, strict=False) if cell.strip()}
        household = record.get("household", "")
        if not household:
            raise InputError("identifiant absent", file=name, row=number, column="household", expected="un pseudonyme")
        if (key := hash(household)) in seen:
            raise InputError(
                "identifiant présent deux fois", file=name, row=number, column="household", found=household, expected="un par ligne"
            )
        seen.add(key)
        yield Line(number, household, parse(record, name, number, today))


def _rows(reader: Any, name: str) -> Iterator[list[str]]:
    count = 0
    try:
        for row in reader:
            if row and any(cell.strip() for cell in row):
                count += 1
                yield row
    except csv.Error as error:
        raise InputError(f"CSV illisible ({error})", file=name, row=count + 1) from None


def _check_header(header: list[str], name: str) -> None:
    for column in header:
        if header.count(column) > 1:
            raise InputError("colonne présente deux fois", file=name, column=column)
        if fold_name(column) in {fold_name(each) for each in NAMING}:
            raise InputError(
                "colonne qui désigne une personne", file=name, column=column, expected="un pseudonyme seul, colonne « household »"
            )
        if column not in COLUMNS:
            raise InputError("colonne inconnue", file=name, column=column, expected=", ".join(COLUMNS))
    if "household" not in header:
        raise InputError("colonne absente", file=name, column="household", expected="un pseudonyme par ligne")


def parse(record: dict[str, str], name: str, row: int, today: date | None = None) -> Household:
    """A household from the cells of a row that are not empty."""

    def refuse(column: str, found: str, expected: str) -> InputError:
        return InputError("valeur impossible", file=name, row=row, column=column, found=found, expected=expected)

    def cell(column: str, kind: str) -> Any:
        text = record[column]
        if kind in BOOLEANS or kind == "couple":
            if text.lower() not in _TRUE | _FALSE:
                raise refuse(column, text, "0 ou 1")
            return text.lower() in _TRUE
        if kind in situation.MOST or kind == "children_count":
            try:
                number = float(text)
            except ValueError:
                raise refuse(column, text, "un nombre, avec un point décimal") from None
            return int(number) if kind in WHOLE and number == int(number) else number
        return text

    persons: list[dict[str, Any]] = [{"id": "applicant", "role": "applicant"}]
    answers: dict[str, Any] = {}
    if any(column.startswith("partner_") for column in record):
        persons.append({"id": "partner", "role": "partner"})
    for column in record:
        adult, _, field = column.partition("_")
        if adult in ADULTS:
            persons[ADULTS.index(adult)][field] = cell(column, field)
        elif column in ("couple", "children_count", "housing_status", "rent"):
            answers[column] = cell(column, column)
    for column in ("other_situations", "received"):
        if column in record:
            answers[column] = [] if record[column] == "none" else record[column].split()
    births = record.get("children_birth_dates", "").split()
    if len(births) > MOST_CHILDREN:
        raise refuse("children_birth_dates", record["children_birth_dates"], f"{MOST_CHILDREN} dates au plus")
    persons += [{"id": f"child{rank}", "role": "child", "birth_date": born} for rank, born in enumerate(births, 1)]
    whole = {"commune": record.get("commune"), "persons": persons, "answers": answers}
    if "date" in record:
        whole["date"] = record["date"]
    return situation.parse(whole, file=name, row=row, today=today)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines to compute in one run per month. `drawn` are the completions of those with unknowns, by position."""

    lines: list[Line]
    drawn: dict[int, Rows]


def screen(engine: Engine, source: Iterator[Line], today: date, *, seed: int = 0) -> Iterator[list[list[Any]]]:
    """Blocks of result rows, in the order of the source; each block is computed in one run per month."""
    block = _Block([], {})
    size = 0
    for line in source:
        if line.known.unknown():
            design = completions.design(line.known, engine.priors, seed=seed + line.row, draws=COMPLETIONS, corners=0)
            block.drawn[len(block.lines)] = design.rows
        block.lines.append(line)
        size += COMPLETIONS if len(block.lines) - 1 in block.drawn else 1
        if size >= ROWS_AT_ONCE:
            yield _results(engine, block, today)
            block, size = _Block([], {}), 0
    if block.lines:
        yield _results(engine, block, today)


def _results(engine: Engine, block: _Block, today: date) -> list[list[Any]]:
    result: dict[int, list[list[Any]]] = {}
    for month in dict.fromkeys(line.known.month for line in block.lines):
        chosen = [index for index, line in enumerate(block.lines) if line.known.month == month]
        states = engine.states(max(today, date.fromisoformat(f"{month}-01")))
        whole = [index for index in chosen if index not in block.drawn]
        drawn = [index for index in chosen if index in block.drawn]
        parts = [completions.crowd([block.lines[index].known for index in whole])] if whole else []
        cohort = stack([part.cohort() for part in (*parts, *(block.drawn[index] for index in drawn))])
        outcomes = engine.rules.compute(cohort, month)
        hidden = {name: states[name].stale or benefits()[name].cover for name in allow_list()}
        ends = {name: [benefits()[name].period, int(states[name].stale)] for name in allow_list()}
        amounts = {name: outcomes.amounts[name] for name in allow_list()}
        exact = {name: values[: len(whole)].tolist() for name, values in amounts.items()}
        for position, index in enumerate(whole):
            line = block.lines[index]
            result[index] = [
                [line.household, name, *_exact(line.known, name, exact[name][position], hide=hidden[name]), *ends[name]] for name in amounts
            ]
        for rank, index in enumerate(drawn):
            line = block.lines[index]
            inside = slice(len(whole) + rank * COMPLETIONS, len(whole) + (rank + 1) * COMPLETIONS)
            result[index] = [
                [line.household, name, *_cells(line.known, name, values[inside], hide=hidden[name]), *ends[name]]
                for name, values in amounts.items()
            ]
    return [row for index in range(len(block.lines)) for row in result[index]]


def _not_modelled(household: Household, name: str) -> bool:
    return name != "asf" and household.self_employed()


def _exact(household: Household, name: str, amount: float, *, hide: bool) -> list[Any]:
    """Verdict, probability and amounts of a household without unknowns."""
    if _not_modelled(household, name):
        return [UNDETERMINED, 0.5, "", "", ""]
    verdict, probability = (YES, 1.0) if amount > 0 else (NO, 0.0)
    if hide:
        return [verdict, probability, "", "", ""]
    shown = round(amount, 0 if benefits()[name].whole else 2)
    return [verdict, probability, shown, shown, shown]


def _cells(household: Household, name: str, amounts: Any, *, hide: bool) -> list[Any]:
    positive = amounts > 0
    verdict = YES if positive.all() else UNDETERMINED if positive.any() else NO
    if _not_modelled(household, name):
        return [UNDETERMINED, 0.5, "", "", ""]
    probability = {YES: 1.0, NO: 0.0}.get(verdict) if verdict != UNDETERMINED else round(share(positive), 4)
    if hide:
        return [verdict, probability, "", "", ""]
    if verdict == NO:
        return [verdict, probability, 0.0, 0.0, 0.0]
    values = amounts[positive]
    ends = (values.min(), np.median(values), values.max()) if verdict == YES else np.quantile(values, [0.1, 0.5, 0.9])
    digits = 0 if benefits()[name].whole else 2
    return [verdict, probability, *(round(float(value), digits) for value in ends)]


def write_csv(blocks: Iterator[list[list[Any]]], stream: IO[bytes]) -> int:
    """Writes the header and each block as it comes; returns the number of result rows."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    count = 0
    for block in blocks:
        writer.writerows(block)
        count += len(block)
    text.flush()
    text.detach()
    return count


@contextmanager
def destination(output: Path | None) -> Iterator[IO[bytes]]:
    """The file to write, renamed into place only at the end, or a temporary file poured on standard output at the end."""
    import shutil
    import sys
    import tempfile

    from yole.kernel.files import atomic_write

    if output is not None:
        with atomic_write(output) as stream:
            yield stream
        return
    with tempfile.TemporaryFile() as stream:
        yield stream
        stream.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()
