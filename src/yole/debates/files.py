"""Votes in and out: the wide file of `yole debates analyse`, and the files of Polis so that others can check again.

Sign: here and in every export, agree is +1. Polis's own API and database say −1 for agree; nothing in a file tells which one it
is, so `check_signs` compares the counts with those of comments.csv. Exported columns are read by name: newer exports add `xid`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yole.debates.engine.ballots import AGREE, DISAGREE, PASS, UNSEEN, Ballots
from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes
from yole.kernel.tables import Table, decode, read_table, write_table

PARTICIPANT, GROUP = "participant", "group"
CELLS = {"1": AGREE, "-1": DISAGREE, "0": PASS, "": UNSEEN}
CELLS_TOLD = "1 (d'accord), -1 (pas d'accord), 0 (passe) ou rien (pas vu)"
LONG = ("timestamp", "comment-id", "voter-id", "vote")
COMMENTS = ("comment-id", "agrees", "disagrees")
EXPORT_LEAD = ("participant", "xid", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree")


def read_votes(path: Path | str) -> Ballots:
    """The wide file: `participant`, then one column per statement; cells 1, -1, 0 or empty. Order is kept, names are text.

    Raises InputError for anything else.
    """
    return parse_votes(read_bytes(path), str(path))


def parse_votes(data: bytes, name: str) -> Ballots:
    rows = _rows(data, name)
    header = [cell.strip() for cell in next(rows, [])]
    if PARTICIPANT not in header:
        raise InputError("colonne absente", file=name, column=PARTICIPANT, expected="participant, puis une colonne par énoncé")
    if "" in header:
        raise InputError(f"la colonne {header.index('') + 1} n'a pas de nom", file=name, expected="un nom d'énoncé par colonne")
    for i, column in enumerate(header):
        if column in header[:i]:
            raise InputError("colonne présente deux fois", file=name, column=column, found=column, expected="un nom par énoncé")
    at = header.index(PARTICIPANT)
    statements = header[:at] + header[at + 1 :]
    if not statements:
        raise InputError("aucune colonne d'énoncé", file=name, found=PARTICIPANT, expected="participant, puis une colonne par énoncé")
    first_row: dict[str, int] = {}
    lines: list[np.ndarray] = []
    for number, cells in enumerate(rows, 1):
        if len(cells) != len(header):
            raise InputError(
                "ligne d'une autre longueur", file=name, row=number, found=f"{len(cells)} cellules", expected=f"{len(header)} cellules"
            )
        _new_participant(cells.pop(at).strip(), first_row, name, number)
        try:
            line = [CELLS[cell] for cell in cells]
        except KeyError:
            line = [_cell(cell, statements[j], name, number) for j, cell in enumerate(cells)]
        lines.append(np.array(line, dtype=np.int8))
    if not lines:
        raise InputError("aucune ligne de vote", file=name, expected="une ligne par participant")
    votes = np.stack(lines)
    if (votes == UNSEEN).all():
        raise InputError("aucun vote : toutes les cellules sont vides", file=name, expected="au moins une cellule 1, -1 ou 0")
    return Ballots(tuple(first_row), tuple(statements), votes)


def _rows(data: bytes, name: str) -> Iterator[list[str]]:
    """Rows of the file as they are, empty lines left out. The mark that follows `participant` tells the separator:
    statements are sentences, and a sentence has commas."""
    text = decode(data, name).lstrip("\r\n")
    if not text.strip() or "\x00" in text:
        wrong = "le fichier contient des octets nuls" if "\x00" in text else "le fichier est vide"
        raise InputError(wrong, file=name, expected="participant, puis une colonne par énoncé")
    lead = text.split("\n", 1)[0].strip().replace('"', "").removeprefix(PARTICIPANT)[:1]
    marks = (",", ";", "\t")
    delimiter = lead if lead in marks else max(marks, key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from (row for row in reader if len(row) > 1 or (row and row[0].strip()))
    except csv.Error as error:
        raise InputError(f"CSV illisible vers la ligne de texte {reader.line_num} ({error})", file=name) from None


def _new_participant(participant: str, first_row: dict[str, int], name: str, number: int) -> None:
    if not participant:
        raise InputError("participant sans identifiant", file=name, row=number, column=PARTICIPANT, expected="un identifiant")
    if participant in first_row:
        raise InputError(
            f"participant présent deux fois (déjà ligne {first_row[participant]})",
            file=name,
            row=number,
            column=PARTICIPANT,
            found=participant,
            expected="une ligne par participant",
        )
    first_row[participant] = number


def _cell(cell: str, statement: str, name: str, number: int) -> int:
    value = CELLS.get(cell.strip())
    if value is None:
        raise InputError("vote impossible", file=name, row=number, column=statement, found=cell, expected=CELLS_TOLD)
    return value


def read_groups(path: Path | str, ballots: Ballots) -> list[tuple[str, list[int]]]:
    """Groups given as `participant,group`: (name, positions in `ballots`) in order of first appearance.

    Raises InputError for a participant unknown or in two groups, or a cell left empty. A participant may be in no group.
    """
    table = read_table(path, required=(PARTICIPANT, GROUP))
    position = {participant: i for i, participant in enumerate(ballots.participants)}
    groups: dict[str, list[int]] = {}
    first_row: dict[str, int] = {}
    for number, record in enumerate(table.records(), 1):
        participant, group = record[PARTICIPANT].strip(), record[GROUP].strip()
        if participant and participant not in position:
            raise InputError(
                "participant inconnu",
                file=table.name,
                row=number,
                column=PARTICIPANT,
                found=participant,
                expected="un participant du fichier de votes",
            )
        if not group:
            raise InputError("groupe vide", file=table.name, row=number, column=GROUP, expected="le nom d'un groupe")
        _new_participant(participant, first_row, table.name, number)
        groups.setdefault(group, []).append(position[participant])
    if not groups:
        raise InputError("aucune ligne", file=table.name, expected="une ligne participant,group par personne")
    return list(groups.items())


def read_long(path: Path | str) -> Ballots:
    """Polis's `votes.csv` (`timestamp,comment-id,voter-id,vote`): of two votes of a person on a statement, the latest counts.

    Of equal times, the last in the file. Participants and statements come in order of first appearance.
    """
    table = read_table(path, required=LONG)
    dated = []
    for number, record in enumerate(table.records(), 1):
        when = _whole(record, "timestamp", table, number)
        statement, voter = (_named(record, column, table, number) for column in ("comment-id", "voter-id"))
        value = _cell(record["vote"].strip() or "vide", "vote", table.name, number)
        dated.append((when, statement, voter, value))
    voters = {voter: i for i, voter in enumerate(dict.fromkeys(row[2] for row in dated))}
    statements = {statement: j for j, statement in enumerate(dict.fromkeys(row[1] for row in dated))}
    votes = np.full((len(voters), len(statements)), UNSEEN, dtype=np.int8)
    for _, statement, voter, value in sorted(dated, key=lambda row: row[0]):
        votes[voters[voter], statements[statement]] = value
    return Ballots(tuple(voters), tuple(statements), votes)


def read_export(path: Path | str) -> tuple[Ballots, dict[str, str]]:
    """Polis's `participants-votes.csv`: ballots, and the published group of those who have one. Columns are found by name."""
    table = read_table(path, required=(PARTICIPANT,))
    statements = [column for column in table.header if column not in EXPORT_LEAD]
    first_row: dict[str, int] = {}
    lines, groups = [], {}
    for number, record in enumerate(table.records(), 1):
        participant = record[PARTICIPANT].strip()
        _new_participant(participant, first_row, table.name, number)
        lines.append([_cell(record[statement], statement, table.name, number) for statement in statements])
        if record.get("group-id", "").strip():
            groups[participant] = record["group-id"].strip()
    votes = np.array(lines, dtype=np.int8).reshape(len(lines), len(statements))
    return Ballots(tuple(first_row), tuple(statements), votes), groups


@dataclass(frozen=True, slots=True)
class Signs:
    """Statements of comments.csv that are in the votes: how many have the same counts, how many have them once 1 and −1 swap."""

    compared: int
    same: int
    swapped: int

    @property
    def hold(self) -> bool:
        return self.same == self.compared

    @property
    def reversed(self) -> bool:
        """The file says −1 for agree."""
        return self.swapped > self.same


def check_signs(path: Path | str, ballots: Ballots) -> Signs:
    """Compares agrees and disagrees of each statement with `agrees` and `disagrees` of comments.csv."""
    table = read_table(path, required=COMMENTS)
    counts = ballots.counts()
    position = {statement: j for j, statement in enumerate(ballots.statements)}
    compared = same = swapped = 0
    for number, record in enumerate(table.records(), 1):
        j = position.get(_named(record, "comment-id", table, number))
        if j is None:
            continue
        told = _whole(record, "agrees", table, number), _whole(record, "disagrees", table, number)
        found = int(counts.agree[j]), int(counts.disagree[j])
        compared, same, swapped = compared + 1, same + (told == found), swapped + (told == found[::-1])
    if not compared:
        raise InputError(
            "aucun énoncé du fichier de votes", file=table.name, column="comment-id", expected="les énoncés du fichier de votes"
        )
    return Signs(compared, same, swapped)


def _named(record: Mapping[str, str], column: str, table: Table, number: int) -> str:
    value = record[column].strip()
    if not value:
        raise InputError("cellule vide", file=table.name, row=number, column=column, expected="un identifiant")
    return value


def _whole(record: Mapping[str, str], column: str, table: Table, number: int) -> int:
    try:
        return int(record[column])
    except ValueError:
        raise InputError(
            "nombre impossible", file=table.name, row=number, column=column, found=record[column], expected="un nombre entier"
        ) from None


def write_votes(ballots: Ballots) -> bytes:
    """The wide file that `read_votes` reads."""
    shown = {AGREE: "1", DISAGREE: "-1", PASS: "0", UNSEEN: ""}
    rows = zip(ballots.participants, ballots.votes.tolist(), strict=True)
    return write_table((PARTICIPANT, *ballots.statements), ([who, *(shown[vote] for vote in votes)] for who, votes in rows))


def write_export(ballots: Ballots, groups: Mapping[str, str], authored: Mapping[str, int]) -> bytes:
    """`participants-votes.csv` with Polis's usual columns. `groups`: only those that may be shown; `authored`: statements written."""
    shown = {AGREE: "1", DISAGREE: "-1", PASS: "0", UNSEEN: ""}
    lead = [column for column in EXPORT_LEAD if column != "xid"]
    rows = [
        [
            who,
            groups.get(who),
            authored.get(who, 0),
            len(votes) - votes.count(UNSEEN),
            votes.count(AGREE),
            votes.count(DISAGREE),
            *(shown[vote] for vote in votes),
        ]
        for who, votes in zip(ballots.participants, ballots.votes.tolist(), strict=True)
    ]
    return write_table((*lead, *ballots.statements), rows)


def write_comments(ballots: Ballots, moderated: Sequence[int]) -> bytes:
    """`comments.csv`: `comment-id,agrees,disagrees,passes,moderated` (1 kept, 0 not read, −1 out), one row per statement."""
    counts = ballots.counts()
    rows = zip(
        ballots.statements,
        counts.agree.tolist(),
        counts.disagree.tolist(),
        (counts.seen - counts.agree - counts.disagree).tolist(),
        moderated,
        strict=True,
    )
    return write_table(("comment-id", "agrees", "disagrees", "passes", "moderated"), rows)
