"""A list on its way in: repaired, checked, read into fields, before any database is opened. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from yole.kernel.gazetteer import Gazetteer
from yole.kernel.text import fold, sort_key
from yole.places.columns import COLUMNS, is_itinerant, read_value
from yole.places.engine.checks import check
from yole.places.engine.normalise import address_key, name_key
from yole.places.engine.repairs import Repair, repair
from yole.places.engine.rows import read

# Longest texts that the tables hold, by column; lists: each item.
LIMITS: dict[str, int] = {
    "id": 200,
    "nom": 300,
    "commune": 150,
    "adresse": 300,
    "complement_adresse": 300,
    "telephone": 20,
    "structure_parente": 300,
    "source": 120,
    "fiche_acces_libre": 500,
    "prise_rdv": 500,
}
ITEM_LIMIT = 300
TEXT_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is not imported: row from 1 after the header, column as in the file, reason in French."""

    row: int
    field: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row that can be imported. `values`: fields of `Place` for the columns present in the file; `raw`: every cell as it was."""

    row: int
    source: str
    source_id: str
    values: dict[str, Any]
    raw: dict[str, str]
    repairs: tuple[Repair, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.source_id

    def repairs_as_json(self) -> list[dict[str, str]]:
        return [asdict(done) for done in self.repairs]


@dataclass(slots=True)
class Prepared:
    """A whole list, ready: `rows` can be imported, `refusals` say what cannot (several per row when several things are wrong)."""

    rows: list[Incoming] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        return len({refusal.row for refusal in self.refusals})

    @property
    def repairs(self) -> list[tuple[int, Repair]]:
        return [(incoming.row, done) for incoming in self.rows for done in incoming.repairs]


def _unfit(cells: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(column, code, reason) of texts that the tables cannot hold."""
    found = [
        (name, "unreadable", "la cellule contient un caractère nul ; attendu : du texte") for name, text in cells.items() if "\x00" in text
    ]
    for column in COLUMNS:
        text = cells.get(column.name) or ""
        if column.kind == "list":
            longest = max((len(item.strip()) for item in text.split("|")), default=0)
            limit = ITEM_LIMIT
        else:
            longest, limit = len(text.strip()), LIMITS.get(column.name, TEXT_LIMIT)
        if longest > limit:
            found.append((column.name, "too-long", f"{longest} caractères ; attendu : {limit} au plus"))
    return found


def derived(values: Mapping[str, Any]) -> dict[str, Any]:
    """The normal forms and the kind that go with the fields of a place."""
    name, address = values["name"], values["address"]
    return {
        "slug": fold(name).replace(" ", "-")[:120].strip("-") or "lieu",
        "sort_key": sort_key(name)[:300],
        "name_key": name_key(name)[:300],
        "address_key": address_key(address)[:300],
        "kind": "itinerant" if is_itinerant(values["itinerance"], values["typologies"]) else "fixed",
    }


def prepare(rows: Iterable[Mapping[str, str | None]], gazetteer: Gazetteer, today: date, *, source: str = "") -> Prepared:
    """Repairs what is certain, checks the rest and reads the rows without error.

    `source` names the list for rows whose column `source` is empty; with `id` it is the key of a place.
    """
    originals = [dict(row.cells) for row in read(rows)]
    repaired = [repair(cells) for cells in originals]
    numbered = read([cells for cells, _ in repaired])
    findings = check(numbered, gazetteer, today)
    result = Prepared([], [Refusal(error.row, error.field, error.code, error.message) for error in findings.errors])
    wrong = {error.row for error in findings.errors}
    for row, original, (cells, repairs) in zip(numbered, originals, repaired, strict=True):
        unfit = _unfit(cells)
        result.refusals += [Refusal(row.number, name, code, reason) for name, code, reason in unfit]
        if row.number in wrong or unfit:
            continue
        values = {column.field: read_value(column, cells[column.name]) for column in COLUMNS if column.name in cells}
        values["source_label"] = cells.get("source", "").strip() or source
        result.rows.append(Incoming(row.number, values["source_label"], values["source_id"], values, original, tuple(repairs)))
    result.refusals.sort(key=lambda refusal: refusal.row)
    return result
