"""The checks of a list of places: everything the national schema refuses, and what a person should look at.

Errors stop a row; warnings do not. Staleness is never an alarm here. Pure: the day of the check is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from yole.kernel.gazetteer import Gazetteer
from yole.places.engine import closures, fields, geography, hours, schema
from yole.places.engine.fields import Told
from yole.places.engine.rows import Row


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or doubtful: row from 1, column as in the file, code of the contract, message in French."""

    row: int
    field: str
    code: str
    message: str


@dataclass(slots=True)
class Findings:
    """What a check found. `rows`: rows read; `valid`: rows without error; `dummy_pivots`: rows whose pivot is fourteen zeros."""

    rows: int = 0
    valid: int = 0
    dummy_pivots: int = 0
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def check(rows: Iterable[Row], gazetteer: Gazetteer, today: date) -> Findings:
    """Checks every row. `today` is the day after which a `date_maj` is in the future."""
    found = Findings()
    first_with: dict[str, int] = {}
    for row in rows:
        found.rows += 1
        wrong = False
        for level, column, code, message in row_findings(row, gazetteer, today):
            wrong = wrong or level == fields.ERROR
            (found.errors if level == fields.ERROR else found.warnings).append(Finding(row.number, column, code, message))
        local = row["id"].strip()
        if local and first_with.setdefault(local, row.number) != row.number:
            wrong = True
            message = f"l'identifiant « {local} » est déjà celui de la ligne {first_with[local]} ; attendu : un identifiant par lieu"
            found.errors.append(Finding(row.number, "id", "id-duplicate", message))
        found.dummy_pivots += row["pivot"] == schema.DUMMY_PIVOT
        found.valid += not wrong
    return found


def row_findings(row: Row, gazetteer: Gazetteer, today: date) -> list[Told]:
    """What can be said of one row by itself: (level, column, code, message). Repeated identifiers need the whole file."""
    told: list[Told] = []
    for column in schema.REQUIRED:
        if not row[column].strip():
            told.append((fields.ERROR, column, "required", "la cellule est vide ; attendu : une valeur"))
    told += fields.pivot(row["pivot"], row["code_insee"])
    told += geography.codes(row, gazetteer)
    told += geography.position(row, gazetteer)
    told += fields.telephone(row["telephone"], row["code_postal"])
    told += fields.emails(row["courriels"])
    for column in schema.URL_FIELDS:
        told += fields.urls(column, row[column])
    told += fields.opening_hours(row["horaires"])
    told += fields.summary(row["presentation_resume"])
    told += fields.updated_on(row["date_maj"], today)
    for column in schema.ENUMERATIONS:
        told += fields.enumeration(column, row[column])
    detail = row["presentation_detail"]
    if detail and (said := closures.closure_said(detail)) and hours.ever_open(row["horaires"]):
        told.append(
            (
                fields.WARNING,
                "presentation_detail",
                "closed-in-text",
                f"le texte annonce une fermeture (« {said} ») alors que « horaires » dit le lieu ouvert",
            )
        )
    for column in schema.TEXT_FIELDS:
        told += fields.broken_letters(column, row[column])
    return told
