"""Reading CSV with places of errors, and writing it. UTF-8; comma, semicolon or tab; first row is the header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes

csv.field_size_limit(10 * 1024 * 1024)
_RUN = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file as text: `header` names, `rows` of the same length (missing trailing cells are empty)."""

    name: str
    header: tuple[str, ...]
    rows: list[list[str]]
    delimiter: str

    def records(self) -> Iterator[dict[str, str]]:
        for row in self.rows:
            yield dict(zip(self.header, row, strict=True))


def decode(data: bytes, name: str) -> str:
    """UTF-8 text (byte-order mark dropped). Raises InputError naming the line of the first bad byte."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = data[error.start : error.start + 1].hex()
        raise InputError(
            f"le fichier n'est pas en UTF-8 (octet 0x{column} au rang {error.start}, ligne de texte {line})",
            file=name,
            expected="un fichier enregistré en UTF-8",
        ) from None


def _delimiter(first_line: str) -> str:
    counts = {mark: first_line.count(mark) for mark in (",", ";", "\t")}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def parse_table(data: bytes, name: str, *, required: Sequence[str] = ()) -> Table:
    """Parses CSV bytes. Raises InputError: empty file, not UTF-8, repeated or missing column, row longer than the header."""
    text = decode(data, name)
    if not text.strip():
        raise InputError("le fichier est vide", file=name, expected="une ligne d'en-tête puis des lignes")
    if "\x00" in text:
        raise InputError("le fichier contient des octets nuls", file=name, expected="un fichier CSV en UTF-8")
    lead = text.lstrip("\r\n")
    delimiter = _delimiter(lead.split("\n", 1)[0])
    reader = csv.reader(io.StringIO(lead, newline=""), delimiter=delimiter, strict=False)
    header = tuple(cell.strip() for cell in next(reader))
    seen: set[str] = set()
    for column in header:
        if column and column in seen:
            raise InputError("colonne présente deux fois", file=name, column=column)
        seen.add(column)
    for column in required:
        if column not in seen:
            raise InputError("colonne absente", file=name, column=column, expected=f"les colonnes {', '.join(required)}")
    rows: list[list[str]] = []
    width = len(header)
    try:
        for row in reader:
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            if len(row) > width:
                if any(cell.strip() for cell in row[width:]):
                    raise InputError(
                        f"{len(row)} cellules",
                        file=name,
                        row=len(rows) + 1,
                        found=row[width],
                        expected=f"{width} cellules au plus (guillemets autour d'un texte qui contient « {delimiter} »)",
                    )
                row = row[:width]
            elif len(row) < width:
                row = row + [""] * (width - len(row))
            rows.append(row)
    except csv.Error as error:
        raise InputError(f"CSV illisible ({error})", file=name, row=len(rows) + 1) from None
    return Table(name, header, rows, delimiter)


def read_table(path: Path | str, *, required: Sequence[str] = (), limit: int | None = None) -> Table:
    """`parse_table` on a file (.gz accepted); the file name in errors is the path as given."""
    return parse_table(read_bytes(path, limit=limit), str(path), required=required)


def write_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV bytes: UTF-8, comma, CRLF-free, quotes only where needed. None becomes an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    # The writer does not quote a lone carriage return, and every reader takes it for the end of a row.
    quoting = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    for row in rows:
        cells = ["" if cell is None else cell for cell in row]
        (quoting if any(isinstance(cell, str) and "\r" in cell for cell in cells) else writer).writerow(cells)
    return out.getvalue().encode("utf-8")


def escaped(cell: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe, which `unescaped` takes away; anything else stays."""
    return f"'{cell}" if isinstance(cell, str) and _RUN.match(cell) else cell


def unescaped(text: str) -> str:
    """What `escaped` was given."""
    return text[1:] if text.startswith("'") and _RUN.match(text) else text


def write_safe_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """`write_table` for a list that people open in a spreadsheet and in which others wrote: no cell of it can run."""
    return write_table(header, ([escaped(cell) for cell in row] for row in rows))


def write_french_sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV as a spreadsheet set in French opens it with a double click: semicolons, CRLF, byte-order mark, no cell that can run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else escaped(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
