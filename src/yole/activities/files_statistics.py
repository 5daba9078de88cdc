"""Files of statistics: one dashboard as CSV or as a workbook, and the open data of a year. Same question, same state: same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from yole.activities import indicators as ind
from yole.activities import indicators_read as read
from yole.activities.indicators import Breakdown
from yole.activities.indicators_read import Question
from yole.activities.statistics import Dashboard
from yole.kernel import periods
from yole.kernel.indicators import Value
from yole.kernel.protection import protect_table
from yole.kernel.tables import escaped, write_safe_table, write_table
from yole.territory.models import Territory

HEADER = (
    "indicateur",
    "tableau",
    "ligne",
    "valeur",
    "unite",
    "part_pour_cent",
    "denominateur",
    "periode",
    "perimetre",
    "masque",
    "note",
    "etat_au",
)
INTERNAL = "Chiffres non protégés : usage interne, ne pas publier."


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes")


def _number(value: float | None) -> float | int | None:
    return None if value is None else int(value) if float(value).is_integer() else round(value, 2)


def _table_rows(table: Breakdown, period: str, scope: str, state: str, note: str) -> list[tuple[Any, ...]]:
    """Lines of a table, then its total when the lines add up to it."""
    rows = [(row.key, row.label, row.value, row.share) for row in table.rows]
    if table.adds_up:
        rows.append(("total", "Total", table.total, None))
    return [
        (
            ind.BREAKDOWN.id, table.title, label, value, table.unit, None if share is None else round(share, 1), table.denominator,
            period, scope,            "oui" if value is None else "non", " ".join(part for part in (table.note, note) if part), state,
        )
        for _, label, value, share in rows
    ]  # fmt: skip


def _value_row(value: Value, scope: str, state: str, warning: str) -> tuple[Any, ...]:
    one = value.indicator
    note = " ".join(part for part in (value.note, warning) if part)
    masked = "oui" if value.masked else "non"
    return (one.id, "", one.name, _number(value.value), one.unit, None, "", value.period.key, scope, masked, note, state)


def rows(board: Dashboard) -> list[tuple[Any, ...]]:
    """Lines shaped as HEADER: the numbers, then every table."""
    question, state = board.question, _moment(board.as_of)
    warning = "" if question.protected else INTERNAL
    found: list[tuple[Any, ...]] = []
    for one in board.numbers:
        found.append(_value_row(one.now, board.words, state, warning))
    for table in board.tables:
        found += _table_rows(table, question.period.key, board.words, state, warning)
    return [tuple(escaped(cell) for cell in row) for row in found]


def csv(board: Dashboard) -> bytes:
    return write_table(HEADER, rows(board))


def xlsx(board: Dashboard) -> bytes:
    """Three sheets: numbers, tables, definitions. Nothing in it depends on the clock."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    lines = rows(board)
    sheets = (
        ("Chiffres", HEADER, [row for row in lines if row[0] != ind.BREAKDOWN.id]),
        ("Tableaux", HEADER, [row for row in lines if row[0] == ind.BREAKDOWN.id]),
        ("Définitions", ("indicateur", "nom", "definition", "unite", "population", "calcul", "source"), definitions()),
    )
    for i, (name, header, content) in enumerate(sheets):
        sheet: Any = book.active if i == 0 else book.create_sheet()
        sheet.title = name
        for row in (header, *content):
            sheet.append([escaped(cell) for cell in row])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for column, width in zip("ABCDEFGHIJKL", (26, 22, 34, 12, 18, 14, 26, 18, 30, 9, 50, 24), strict=True):
            sheet.column_dimensions[column].width = width
    state = timezone.localtime(board.as_of).replace(tzinfo=None, microsecond=0)
    book.properties.created = book.properties.modified = state
    book.properties.creator = "Yole"
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue(), state)


def _without_clock(data: bytes, state: datetime) -> bytes:
    """The same archive, every member dated of the state of the data (the library writes the present moment)."""
    stamp = (max(state.year, 1980), state.month, state.day, state.hour, state.minute, 0)
    modified = f"{state:%Y-%m-%dT%H:%M:%S}Z".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + modified, content)
            target.writestr(zipfile.ZipInfo(member.filename, stamp), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def definitions() -> list[tuple[str, ...]]:
    return [(one.id, one.name, one.definition, one.unit, one.population, one.how_computed, one.source) for one in ind.INDICATORS.values()]


# --- open data --------------------------------------------------------------------------------------------------------------------


def open_question(territory: Territory, year: int) -> Question:
    """What open data and the public API answer: the whole territory over a calendar year. Nothing finer is published, so that
    subtracting one publication from another gives nothing."""
    return Question(territory, periods.year(year), protected=True)


def open_numbers(territory: Territory, year: int) -> tuple[ind.Measured, list[Any], list[Breakdown]]:
    """What was measured, the values, and the tables that are published."""
    found = ind.measure(open_question(territory, year))
    values = [function(found) for function in ind.NUMBERS.values()]
    published = [ind.grouped(found, "kind"), ind.by_theme(found), ind.by_theme(found, administrative=True), ind.by_duration(found)]
    return found, values, [*published, ind.by_age(found), ind.by_gender(found), ind.by_status(found)]


def communes_by_quarter(territory: Territory, year: int) -> tuple[list[str], list[str], list[list[int | None]]]:
    """(communes and « Total », quarters and « année », accompaniments): a two-way table protected as a whole with its totals."""
    quarters = [Question(territory, periods.quarter(year, n), protected=True) for n in range(1, 5)]
    sums = [read.grouped(question, "commune", read.shared(question)) for question in quarters]
    codes = sorted({code for one in sums for code in one})
    names = read.names("commune", codes)
    codes.sort(key=lambda code: names[code])
    values = [[one.get(code, {}).get("accompaniments", 0) for one in sums] for code in codes]
    heads = [question.period.key for question in quarters] + [str(year)]
    if not values:
        return [], heads, []
    mask = protect_table(values, territory.small_count_threshold)
    table = [[None if out else v for v, out in zip(row, outs, strict=True)] for row, outs in zip(values, mask.cells, strict=True)]
    table = [[*row, None if out else sum(all_)] for row, out, all_ in zip(table, mask.rows, values, strict=True)]
    totals = [None if out else sum(column) for column, out in zip(zip(*values, strict=True), mask.columns, strict=True)]
    return [*(names[code] for code in codes), "Total"], heads, [*table, [*totals, None if mask.total else sum(map(sum, values))]]


def years(territory: Territory, today: date) -> Sequence[int]:
    """Years that have activities, latest first."""
    months = read.months_known(territory)
    return sorted({index // 12 for index in months if index // 12 <= today.year}, reverse=True)


def open_csv(territory: Territory, year: int) -> bytes:
    """Every published line of a year, shaped as HEADER."""
    found, values, published = open_numbers(territory, year)
    state = _moment(found.as_of)
    lines = [_value_row(value, found.words, state, "") for value in values]
    for table in published:
        lines += _table_rows(table, str(year), found.words, state, "")
    communes, heads, cells = communes_by_quarter(territory, year)
    for commune, row in zip(communes, cells, strict=True):
        for head, value in zip(heads, row, strict=True):
            lines.append((
                ind.ACCOMPANIMENTS.id, "Communes et trimestres", commune, value, "accompagnements", None, "", head, found.words,
                "oui" if value is None else "non", "", state,
            ))  # fmt: skip
    return write_safe_table(HEADER, lines)
