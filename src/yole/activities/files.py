"""Bytes of a file of reports to a table of texts, and back: CSV and XLSX, bounded, with the place of each error.

Nothing is guessed: merged cells, formulas and workbooks of another calendar are refused. Text that a spreadsheet would run as a formula
is written with an apostrophe before it, and read without it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from yole.base.errors import Refused
from yole.kernel.errors import InputError
from yole.kernel.tables import escaped, parse_table, unescaped, write_safe_table

FILE_LIMIT = 10 * 1024 * 1024
ROW_LIMIT = 10_000
COLUMN_LIMIT = 200
UNPACKED_LIMIT = 120 * 1024 * 1024
RATIO_LIMIT = 200
SHEET_NAME = "Activités"
_SHEET_PATH = re.compile(r"xl/worksheets/[^/]+\.xml")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as text. `rows`: (number of the row in the file, {column: text}). `serials`: whether a bare number may be an Excel day.
    `days`: (row, column) of the cells that a spreadsheet holds as days, not as texts."""

    header: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    serials: bool = False
    days: frozenset[tuple[int, str]] = frozenset()


def _no(reason: str, remedy: str, code: str) -> Refused:
    return Refused(reason, remedy=remedy, field="file", code=code, status=422)


def read_sheet(data: bytes, name: str) -> Sheet:
    """The table in a file received from a person. Raises Refused, in words for somebody who made it with a spreadsheet."""
    if len(data) > FILE_LIMIT:
        raise _no(f"Ce fichier pèse {len(data) // 1048576} Mo.", "La limite est de 10 Mo. Coupez-le en deux.", "size")
    if not data.strip():
        raise _no("Ce fichier est vide.", "Choisissez le fichier de vos activités.", "empty")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _no("Ce classeur est dans un format ancien (.xls).", "Enregistrez-le en .xlsx ou en CSV UTF-8.", "old-format")
    sheet = _read_xlsx(data) if data.startswith(b"PK\x03\x04") else _read_csv(data, name)
    if not sheet.rows:
        raise _no("Ce fichier n’a qu’un en-tête.", "Il faut au moins une ligne sous les noms de colonnes.", "empty")
    return sheet


def _too_long(count: int) -> Refused:
    return _no(f"Ce fichier a plus de {count} lignes.", "Coupez-le en plusieurs fichiers.", "rows")


def _read_csv(data: bytes, name: str) -> Sheet:
    try:
        table = parse_table(data, name)
    except InputError as error:
        where = f" Ligne {error.row + 1}." if error.row else f" Colonne « {error.column} »." if error.column else ""
        raise _no(
            f"{error.message[:1].upper()}{error.message[1:]}.{where}",
            f"Attendu : {error.expected}." if error.expected else "Enregistrez le fichier en « CSV UTF-8 ».",
            "csv",
        ) from None
    if len(table.rows) > ROW_LIMIT:
        raise _too_long(ROW_LIMIT)
    if len(table.header) > COLUMN_LIMIT:
        raise _no(f"Ce fichier a {len(table.header)} colonnes.", f"La limite est de {COLUMN_LIMIT}.", "columns")
    rows = [
        (number, {column: unescaped(text.strip()) for column, text in zip(table.header, row, strict=True) if column})
        for number, row in enumerate(table.rows, 2)
    ]
    return Sheet(tuple(column for column in table.header if column), rows)


def _bounded(data: bytes) -> zipfile.ZipFile:
    """The archive of a workbook, refused when it would unpack to far more than it weighs."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except zipfile.BadZipFile:
        raise _no("Ce classeur est abîmé.", "Ouvrez-le, enregistrez-le de nouveau en .xlsx.", "broken") from None
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > 500 or unpacked > UNPACKED_LIMIT or unpacked > RATIO_LIMIT * max(len(data), 1024):
        raise _no("Ce classeur est trop grand une fois ouvert.", "Gardez une seule feuille, ou enregistrez-la en CSV UTF-8.", "bomb")
    return archive


def _merged(archive: zipfile.ZipFile) -> str:
    """The first range of merged cells of the workbook, empty when there is none."""
    for path in archive.namelist():
        if _SHEET_PATH.fullmatch(path):
            with archive.open(path) as stream:
                for _, element in iterparse(stream, events=("end",)):
                    if element.tag.endswith("}mergeCell"):
                        return str(element.get("ref", ""))
                    element.clear()
    return ""


def _read_xlsx(data: bytes) -> Sheet:
    from openpyxl import load_workbook
    from openpyxl.utils.datetime import WINDOWS_EPOCH

    archive = _bounded(data)
    try:
        if merged := _merged(archive):
            raise _no(
                f"Les cellules {merged} sont fusionnées.", "Défusionnez-les : une ligne par activité, une cellule par réponse.", "merged"
            )
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
            if not sheets:
                raise _no("Ce classeur n’a aucune feuille visible.", "Affichez la feuille des activités.", "empty")
            sheet = next((one for one in sheets if one.title == SHEET_NAME), sheets[0])
            return _rows_of(sheet, serials=workbook.epoch == WINDOWS_EPOCH)
        finally:
            workbook.close()
    except Refused:
        raise
    except (DefusedXmlException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, EOFError, SyntaxError):
        raise _no("Ce classeur ne peut pas être lu.", "Ouvrez-le, enregistrez-le de nouveau en .xlsx ou en CSV UTF-8.", "broken") from None


def _rows_of(sheet: Any, *, serials: bool) -> Sheet:
    header: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    days: set[tuple[int, str]] = set()
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMN_LIMIT), 1):
        if not header:
            header = [str(cell.value).strip() if cell.value is not None else "" for cell in cells]
            if not any(header):
                header = []
                if number > 20:
                    raise _no("La ligne des noms de colonnes manque.", "Mettez-la en première ligne.", "header")
                continue
            if twice := next((name for name in header if name and header.count(name) > 1), ""):
                raise _no(f"La colonne « {twice} » est présente deux fois.", "Gardez-en une.", "twice")
            continue
        texts = [cell_text(cell) for cell in cells]
        if not any(texts):
            continue
        if len(rows) >= ROW_LIMIT:
            raise _too_long(ROW_LIMIT)
        if len(texts) > len(header) and any(texts[len(header) :]):
            raise _no(f"La ligne {number} a des cellules sans nom de colonne.", "Donnez un nom à chaque colonne.", "header")
        rows.append((number, {name: text for name, text in zip(header, texts, strict=False) if name}))
        days |= {(number, name) for name, cell in zip(header, cells, strict=False) if name and isinstance(cell.value, date)}
    return Sheet(tuple(name for name in header if name), rows, serials, frozenset(days))


def cell_text(cell: Any) -> str:
    """What a cell says, as text: days in ISO form, whole numbers without point. Raises Refused for a formula or an error."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f" or cell.data_type == "e":
        what = "une formule" if cell.data_type == "f" else "une erreur"
        raise _no(f"La cellule {cell.coordinate} contient {what}.", "Remplacez-la par sa valeur (collage spécial, valeurs).", "formula")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 60:g} min"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return unescaped(str(value).strip())


def to_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    return write_safe_table(header, rows)


def to_xlsx(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of texts: codes keep their zeros and nothing is a formula."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(SHEET_NAME)
    sheet.append(list(header))
    for row in rows:
        sheet.append([escaped(_printable(cell)) for cell in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _printable(text: str) -> str:
    """Without the control characters that a workbook cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\n\t")
