"""Exchange files of the room: wide response tables, item parameters, groups, scores. Every fault is told with its place."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from yole.assessment.engine.calibrate import Calibration
from yole.assessment.engine.model import METRIC, MISSING, Answers, Bank, Flags, Indices
from yole.assessment.engine.score import Scores
from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes
from yole.kernel.tables import decode, parse_table, write_table

PERSON, GROUP = "person", "group"
_CELL = "0, 1 ou vide"


@dataclass(frozen=True, slots=True)
class Responses:
    """A response file: `answers` (persons, items) as the engine takes them. `named` is false when persons are only numbered."""

    file: str
    persons: tuple[str, ...]
    items: tuple[str, ...]
    answers: Answers
    named: bool


def read_responses(path: Path | str) -> Responses:
    """Reads RESPONSES.csv (comma, semicolon or tab; byte-order mark and .gz accepted; blank lines skipped).

    Raises InputError: missing, empty or binary file, no item column, no row, repeated or unnamed column, ragged row, cell other than
    0, 1 or empty, empty or repeated person.
    """
    name = str(path)
    data = read_bytes(path)
    if not data.strip(b"\xef\xbb\xbf \r\n\t"):
        raise InputError("le fichier est vide", file=name, expected="une ligne d’en-tête puis une ligne par personne")
    text = decode(data, name)
    if "\x00" in text:
        raise InputError("le fichier contient des octets nuls", file=name, expected="un fichier CSV en UTF-8")
    body = text.encode("utf-8").replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    first, _, rest = body.partition(b"\n")
    # The kernel's reader judges the header (separator, quotes, repeated columns), alone: rows are ours.
    head = parse_table(first + b"\n", name)
    columns = head.header
    _check_columns(columns, name)
    fast = None if b'"' in rest else _parse_fast(rest, len(columns), head.delimiter, _person_column(columns))
    persons, answers = fast if fast is not None else _parse_slowly(rest.rstrip(b"\n").decode("utf-8"), columns, head.delimiter, name)
    if len(answers) == 0:
        raise InputError("aucune ligne après l’en-tête", file=name, expected="au moins une personne")
    _check_persons(persons, name)
    items = tuple(column for column in columns if column != PERSON)
    return Responses(name, persons or tuple(str(i + 1) for i in range(len(answers))), items, answers, bool(persons))


def _person_column(columns: tuple[str, ...]) -> int | None:
    return columns.index(PERSON) if PERSON in columns else None


def _check_columns(columns: tuple[str, ...], name: str) -> None:
    for rank, column in enumerate(columns, start=1):
        if not column:
            raise InputError(f"la colonne {rank} n’a pas de nom", file=name, expected="un identifiant de question par colonne")
    if not any(column != PERSON for column in columns):
        raise InputError("aucune colonne de question", file=name, found=",".join(columns), expected="une colonne par question")


def _check_persons(persons: tuple[str, ...], name: str) -> None:
    seen: dict[str, int] = {}
    for row, person in enumerate(persons, start=1):
        if not person:
            raise InputError("personne sans identifiant", file=name, row=row, column=PERSON, found="", expected="un identifiant par ligne")
        if person in seen:
            raise InputError(
                "personne présente deux fois",
                file=name,
                row=row,
                column=PERSON,
                found=person,
                expected=f"une seule ligne par personne (déjà ligne {seen[person]})",
            )
        seen[person] = row


def _parse_fast(rest: bytes, width: int, delimiter: str, person: int | None) -> tuple[tuple[str, ...], Answers] | None:
    """Parses rows with array operations; None when anything is unusual, and the slow reader then says what."""
    body = rest.rstrip(b"\n") + b"\n"
    if body == b"\n":
        return (), np.zeros((0, width - (person is not None)), dtype=np.int8)
    raw = np.frombuffer(body, dtype=np.uint8)
    marks = np.flatnonzero((raw == ord(delimiter)) | (raw == ord("\n")))
    if len(marks) % width:
        return None
    ends = marks.reshape(-1, width)
    is_end = raw[ends] == ord("\n")
    if not is_end[:, -1].all() or is_end[:, :-1].any():
        return None
    starts = np.concatenate([[0], marks[:-1] + 1]).reshape(-1, width)
    if width == 1 and (starts == ends).any():
        return None
    names: tuple[str, ...] = ()
    if person is not None:
        names = tuple(body[s:e].decode("utf-8").strip() for s, e in zip(starts[:, person].tolist(), ends[:, person].tolist(), strict=True))
        starts, ends = np.delete(starts, person, axis=1), np.delete(ends, person, axis=1)
    length = ends - starts
    cell = raw[starts]
    one, zero, empty = (length == 1) & (cell == ord("1")), (length == 1) & (cell == ord("0")), length == 0
    if not (one | zero | empty).all():
        return None
    return names, np.where(empty, np.int8(MISSING), one.astype(np.int8))


def _parse_slowly(text: str, columns: tuple[str, ...], delimiter: str, name: str) -> tuple[tuple[str, ...], Answers]:
    """Cell by cell, with quotes; the reader that finds the place of a fault."""
    import csv
    import io

    person = _person_column(columns)
    persons: list[str] = []
    rows: list[list[int]] = []
    codes = {"": MISSING, "0": 0, "1": 1}
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            row = len(rows) + 1
            if not cells:
                if len(columns) > 1 or person is not None:
                    continue
                # In a file of one question without persons, an empty line is somebody who did not answer.
                cells = [""]
            if len(cells) != len(columns):
                raise InputError(
                    f"{len(cells)} cellules au lieu de {len(columns)}",
                    file=name,
                    row=row,
                    found=delimiter.join(cells),
                    expected=f"{len(columns)} cellules, comme l’en-tête",
                )
            values = []
            for rank, (column, cell) in enumerate(zip(columns, cells, strict=True)):
                if rank == person:
                    persons.append(cell.strip())
                    continue
                code = codes.get(cell.strip())
                if code is None:
                    raise InputError("réponse impossible", file=name, row=row, column=column, found=cell, expected=_CELL)
                values.append(code)
            rows.append(values)
    except csv.Error as error:
        raise InputError(f"CSV illisible ({error})", file=name, row=len(rows) + 1) from None
    return tuple(persons), np.array(rows, dtype=np.int8).reshape(len(rows), len(columns) - (person is not None))


def items_as_json(result: Calibration, ids: tuple[str, ...]) -> dict[str, Any]:
    """ITEMS.json, as the contract gives it; `regularised` only on items that needed a prior."""
    items = []
    for i, item in enumerate(ids):
        entry: dict[str, Any] = {"id": item}
        for key, values in (("a", result.a), ("b", result.b), ("d", result.d), ("se_a", result.se_a), ("se_b", result.se_b)):
            entry[key] = round(float(values[i]), 10) + 0.0
        entry["n"] = int(result.n[i])
        if result.regularised[i]:
            entry["regularised"] = True
        items.append(entry)
    return {
        "model": result.model,
        "metric": METRIC,
        "persons": result.persons,
        "log_likelihood": result.log_likelihood,
        "converged": result.converged,
        "iterations": result.iterations,
        "items": items,
    }


def read_bank(path: Path | str) -> tuple[Bank, list[str]]:
    """(bank, notes for the person) from ITEMS.json. An `area` on every item (any text or number) becomes the areas of the bank.

    Raises InputError: not JSON, another metric, no item, an item without id or present twice, a, b or d absent, not a number or not
    finite, a <= 0, b and d that contradict each other.
    """
    name = str(path)
    content = _json(read_bytes(path), name)
    if not isinstance(content, dict) or not isinstance(content.get("items"), list):
        raise InputError(
            "le champ « items » manque ou n’est pas une liste", file=name, expected="un fichier écrit par « yole assessment calibrate »"
        )
    notes = []
    if "metric" not in content:
        notes.append(f"{name} : champ « metric » absent ; les paramètres sont lus comme « {METRIC} ».")
    elif content["metric"] != METRIC:
        raise InputError("autre métrique", file=name, column="metric", found=content["metric"], expected=f"« {METRIC} »")
    entries = content["items"]
    if not entries:
        raise InputError("aucune question", file=name, column="items", expected="au moins une question calibrée")
    ids: list[str] = []
    known: set[str] = set()
    slopes: list[float] = []
    intercepts: list[float] = []
    for rank, entry in enumerate(entries, start=1):
        item, a, d = _item(entry, rank, name)
        if item in known:
            raise InputError(
                f"question « {item} » présente deux fois",
                file=name,
                row=rank,
                column="id",
                found=item,
                expected="un identifiant par question",
            )
        known.add(item)
        ids.append(item)
        slopes.append(a)
        intercepts.append(d)
    areas = [entry.get("area") for entry in entries]
    area: Indices | None = None
    if all(isinstance(value, (str, int)) and not isinstance(value, bool) for value in areas):
        _, area = np.unique(np.array([str(value) for value in areas]), return_inverse=True)
    return Bank(tuple(ids), np.array(slopes), np.array(intercepts), area), notes


def _json(data: bytes, name: str) -> Any:
    text = decode(data, name)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"JSON illisible, ligne de texte {error.lineno}, caractère {error.colno}", file=name, expected="un objet JSON"
        ) from None
    except RecursionError:
        raise InputError("JSON illisible, trop de niveaux", file=name, expected="un objet JSON") from None


def _item(entry: Any, rank: int, name: str) -> tuple[str, float, float]:
    if not isinstance(entry, dict):
        raise InputError(
            "question qui n’est pas un objet", file=name, row=rank, column="items", found=entry, expected='{"id", "a", "b", "d"}'
        )
    item = entry.get("id")
    if not isinstance(item, str) or not item:
        raise InputError("question sans identifiant", file=name, row=rank, column="id", found=item, expected="un texte")
    a = _number(entry, "a", item, rank, name)
    if a <= 0:
        raise InputError(
            f"question « {item} », pente impossible", file=name, row=rank, column="a", found=entry["a"], expected="un nombre au-dessus de 0"
        )
    if "d" not in entry and "b" not in entry:
        raise InputError(f"question « {item} », difficulté absente", file=name, row=rank, column="b", expected="« b » ou « d »")
    d = _number(entry, "d", item, rank, name) if "d" in entry else -a * _number(entry, "b", item, rank, name)
    if "d" in entry and "b" in entry:
        b = _number(entry, "b", item, rank, name)
        if abs(d + a * b) > 0.02 * (1.0 + abs(d) + a):
            raise InputError(
                f"question « {item} », « b » et « d » se contredisent",
                file=name,
                row=rank,
                column="d",
                found=entry["d"],
                expected=f"d = −a·b = {-a * b:.4f}",
            )
    return item, a, d


def _number(entry: dict[str, Any], key: str, item: str, rank: int, name: str) -> float:
    value = entry.get(key)
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e6 and math.isfinite(value)
    if not good:
        found = "null" if value is None and key in entry else "rien" if value is None else value
        raise InputError(f"question « {item} », valeur impossible", file=name, row=rank, column=key, found=found, expected="un nombre")
    return float(value)  # type: ignore[arg-type]


def match_columns(responses: Responses, bank: Bank) -> Answers:
    """Answers with one column per item of the bank, by identifier whatever the order. Raises InputError naming a column the bank lacks."""
    place = {item: rank for rank, item in enumerate(bank.ids)}
    answers = np.full((len(responses.answers), len(bank.ids)), MISSING, dtype=np.int8)
    for rank, item in enumerate(responses.items):
        if item not in place:
            raise InputError(
                "question absente des paramètres",
                file=responses.file,
                column=item,
                found=item,
                expected="une question du fichier de paramètres",
            )
        answers[:, place[item]] = responses.answers[:, rank]
    return answers


def read_groups(path: Path | str, responses: Responses, reference: str | None) -> tuple[str, str, Flags]:
    """(reference label, focal label, focal flag (persons,)) from GROUPS.csv: joined by person, or in row order without a person column.

    Raises InputError: column `group` absent, person twice or without group, another number of rows, not exactly two groups,
    unknown reference.
    """
    name = str(path)
    table = parse_table(read_bytes(path), name)
    if GROUP not in table.header:
        raise InputError(
            "colonne absente", file=name, column=GROUP, found=",".join(table.header), expected="les colonnes person,group ou group"
        )
    at = table.header.index(GROUP)
    labels = [row[at].strip() for row in table.rows]
    if PERSON in table.header:
        people = [row[table.header.index(PERSON)].strip() for row in table.rows]
        _check_persons(tuple(people), name)
        by_person = dict(zip(people, labels, strict=True))
        rows = {person: row for row, person in enumerate(people, start=1)}
        for row, person in enumerate(responses.persons, start=1):
            if person not in by_person:
                raise InputError(
                    f"personne absente de {name}",
                    file=responses.file,
                    row=row,
                    column=PERSON,
                    found=person,
                    expected="un groupe par personne",
                )
            if not by_person[person]:
                raise InputError(
                    f"personne « {person} » sans groupe",
                    file=name,
                    row=rows[person],
                    column=GROUP,
                    found="",
                    expected="un groupe par personne",
                )
        labels = [by_person[person] for person in responses.persons]
    else:
        if len(labels) != len(responses.persons):
            raise InputError(
                f"{len(labels)} lignes de groupe pour {len(responses.persons)} personnes",
                file=name,
                column=GROUP,
                found=len(labels),
                expected=f"{len(responses.persons)} lignes, dans l’ordre de {responses.file}",
            )
        for row, label in enumerate(labels, start=1):
            if not label:
                raise InputError("personne sans groupe", file=name, row=row, column=GROUP, found="", expected="un groupe par personne")
    names = sorted(set(labels))
    if len(names) != 2:
        raise InputError(
            f"{len(names)} groupe{'s' if len(names) > 1 else ''}",
            file=name,
            column=GROUP,
            found=", ".join(names[:5]),
            expected="exactement deux groupes",
        )
    first = names[0] if reference is None else reference
    if first not in names:
        raise InputError("groupe de référence inconnu", file=name, column=GROUP, found=first, expected=f"« {names[0]} » ou « {names[1]} »")
    focal = names[1] if first == names[0] else names[0]
    return first, focal, np.array([label == focal for label in labels])


def scores_as_rows(persons: tuple[str, ...], scores: Scores) -> list[dict[str, Any]]:
    """One record per person: person, theta, se, answered."""
    return [
        {"person": person, "theta": round(float(theta), 6) + 0.0, "se": round(float(se), 6), "answered": int(answered)}
        for person, theta, se, answered in zip(persons, scores.theta, scores.se, scores.answered, strict=True)
    ]


def scores_as_csv(rows: list[dict[str, Any]]) -> bytes:
    """SCORES.csv."""
    header = ("person", "theta", "se", "answered")
    return write_table(header, ([row["person"], f"{row['theta']:.6f}", f"{row['se']:.6f}", row["answered"]] for row in rows))
