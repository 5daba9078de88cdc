"""Between a row of the national schema (text in 32 columns) and the fields of a place. Pure: no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yole.places.engine.schema import split

STOPS_MARK = "Arrêts du bus : "
TEXT, LIST, NUMBER, DAY = "text", "list", "number", "day"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the schema, the field of `Place` that holds it, and how its text is read."""

    name: str
    field: str
    kind: str = TEXT


# In the order of the schema 1.0.2.
COLUMNS: tuple[Column, ...] = (
    Column("id", "source_id"),
    Column("pivot", "pivot"),
    Column("nom", "name"),
    Column("commune", "commune_name"),
    Column("code_postal", "postcode"),
    Column("code_insee", "insee_code"),
    Column("adresse", "address"),
    Column("complement_adresse", "address_extra"),
    Column("latitude", "lat", NUMBER),
    Column("longitude", "lon", NUMBER),
    Column("typologie", "typologies", LIST),
    Column("telephone", "telephone"),
    Column("courriels", "emails", LIST),
    Column("site_web", "websites", LIST),
    Column("horaires", "opening_hours"),
    Column("presentation_resume", "summary"),
    Column("presentation_detail", "detail"),
    Column("source", "source_label"),
    Column("itinerance", "itinerance", LIST),
    Column("structure_parente", "parent_structure"),
    Column("date_maj", "updated_on", DAY),
    Column("services", "services", LIST),
    Column("publics_specifiquement_adresses", "audiences", LIST),
    Column("prise_en_charge_specifique", "special_care", LIST),
    Column("frais_a_charge", "fees", LIST),
    Column("dispositif_programmes_nationaux", "programmes", LIST),
    Column("formations_labels", "labels", LIST),
    Column("autres_formations_labels", "other_labels", LIST),
    Column("modalites_acces", "access_modes", LIST),
    Column("modalites_accompagnement", "support_modes", LIST),
    Column("fiche_acces_libre", "accessibility_url"),
    Column("prise_rdv", "booking_url"),
)
HEADER: tuple[str, ...] = tuple(column.name for column in COLUMNS)
FIELDS: tuple[str, ...] = tuple(column.field for column in COLUMNS)
FIELD_OF: dict[str, str] = {column.name: column.field for column in COLUMNS}
COLUMN_OF: dict[str, str] = {column.field: column.name for column in COLUMNS}
GROUP_OF_FIELD: dict[str, str] = {
    "opening_hours": "hours",
    **dict.fromkeys(
        ("address", "address_extra", "postcode", "commune_name", "insee_code", "telephone", "emails", "websites", "lat", "lon"), "contact"
    ),
    **dict.fromkeys(("services", "audiences", "special_care", "fees", "access_modes", "support_modes"), "services"),
}


def without_stops(text: str) -> str:
    """A presentation without the list of bus stops that an export adds to it: stops have their own tables."""
    return text[: text.index(STOPS_MARK)].rstrip() if STOPS_MARK in text else text


def read_value(column: Column, text: str) -> Any:
    """The value of a cell. Raises ValueError when a number or a day cannot be read (rows are checked before)."""
    if column.kind == LIST:
        return split(text)
    text = without_stops(text).strip() if column.name == "presentation_detail" else text.strip()
    if column.kind == NUMBER:
        return float(text) if text else None
    if column.kind == DAY:
        return date.fromisoformat(text)
    return text


def fields_of(row: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a place from a checked row; an absent column is an empty one."""
    return {column.field: read_value(column, row.get(column.name) or "") for column in COLUMNS}


def write_value(column: Column, value: Any) -> str:
    """The canonical text of a value: `|` between items, a decimal point, an ISO date."""
    if value is None:
        return ""
    if column.kind == LIST:
        return "|".join(value)
    if column.kind == NUMBER:
        return repr(float(value))
    if column.kind == DAY:
        return value.isoformat() if isinstance(value, date) else str(value)
    return str(value)


def cells_of(values: Mapping[str, Any], raw: Mapping[str, str] | None = None) -> dict[str, str]:
    """The row of a place, from its fields. Where `raw` (what the source said) means the same value, its own text is kept."""
    cells: dict[str, str] = {}
    for column in COLUMNS:
        value = values[column.field]
        text = write_value(column, value)
        said = raw.get(column.name) if raw else None
        if said is not None and said != text:
            try:
                if read_value(column, said) == value:
                    text = said
            except ValueError:
                pass  # a repaired cell: the repaired form is the one to publish
        cells[column.name] = text
    return cells


def is_itinerant(itinerance: Sequence[str], typologies: Sequence[str]) -> bool:
    """A bus or a mobile antenna: « Itinérant » alone, or the type ENM (mobile digital space) without « Fixe »."""
    if "Fixe" in itinerance:
        return False
    return "Itinérant" in itinerance or "ENM" in typologies
