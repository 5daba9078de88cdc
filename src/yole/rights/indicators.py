"""The counts that the room publishes: small ones are hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from django.db.models import QuerySet

from yole.base.scope import system_scope
from yole.kernel.protection import protect_line
from yole.organisations.models import Account
from yole.rights.catalog import benefits
from yole.rights.enums import Answer
from yole.rights.models import FollowUp
from yole.territory import selectors as territory

THRESHOLD = 11
HIDDEN = None


@dataclass(frozen=True, slots=True)
class Line:
    """Counts of one benefit, commune or month; None where fewer than 11 persons are behind a count. `euros` is per year."""

    label: str
    identified: int | None
    filed: int | None
    opened: int | None
    euros: int | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    by_benefit: list[Line]
    by_commune: list[Line]
    by_month: list[Line]
    total: Line


def figures(account: Account) -> Figures:
    """Rights identified, claims filed, rights opened, euros a year and median days from claim to answer, for the account's structure or
    territory. Reads counts as the house; no row leaves this function."""
    with system_scope():
        rows = FollowUp.objects.filter(territory=account.territory)
        if account.structure_id is not None:
            rows = rows.filter(structure_id=account.structure_id)
        found = list(_plain(rows))
    months = sorted({row.identified_on.strftime("%Y-%m") for row in found}, reverse=True)
    communes = sorted({row.commune for row in found})
    return Figures(
        _lines([(benefit.label, [row for row in found if row.benefit == name]) for name, benefit in benefits().items()]),
        _lines([(_commune(code), [row for row in found if row.commune == code]) for code in communes]),
        _lines([(_month(name), [row for row in found if row.identified_on.strftime("%Y-%m") == name]) for name in months]),
        _lines([("Ensemble", found)], keep_empty=True)[0],
    )


def _plain(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.only("benefit", "commune", "identified_on", "filed_on", "answered_on", "answer", "amount", "period")


def _lines(groups: list[tuple[str, list[FollowUp]]], *, keep_empty: bool = False) -> list[Line]:
    used = [(label, rows) for label, rows in groups if rows or keep_empty]
    opened = [[row for row in rows if row.answer == Answer.GRANTED] for _, rows in used]
    filed = [[row for row in rows if row.filed_on] for _, rows in used]
    columns = []
    for counts in ([len(rows) for _, rows in used], [len(rows) for rows in filed], [len(rows) for rows in opened]):
        hidden, _ = protect_line(counts, THRESHOLD)
        columns.append([HIDDEN if out else count for count, out in zip(counts, hidden, strict=True)])
    lines = []
    for index, (label, _) in enumerate(used):
        shown = columns[2][index] is not HIDDEN and bool(opened[index])
        delays = [(row.answered_on - row.filed_on).days for row in opened[index] if row.filed_on and row.answered_on]
        euros = int(sum((_yearly(row) for row in opened[index]), Decimal(0))) if shown else None
        lines.append(
            Line(label, columns[0][index], columns[1][index], columns[2][index], euros, round(median(delays)) if shown and delays else None)
        )
    return lines


def _yearly(row: FollowUp) -> Decimal:
    return (row.amount or Decimal(0)) * (12 if row.period == "month" else 1)


def _commune(code: str) -> str:
    found = territory.place(code) if code else None
    return found.name if found else code or "Commune non dite"


def _month(name: str) -> str:
    return f"{date.fromisoformat(name + '-01'):%m/%Y}"
