"""The fields of a place as the desk shows and edits them: groups, labels, words for values. Pure: no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yole.base.typography import day as day_words
from yole.places.columns import COLUMNS, DAY, LIST, NUMBER

LABELS: dict[str, str] = {
    "name": "Nom",
    "pivot": "SIRET, RNA ou RIDET",
    "itinerance": "Fixe ou itinérant",
    "typologies": "Type de structure",
    "parent_structure": "Structure parente",
    "address": "Adresse",
    "address_extra": "Complément d’adresse",
    "postcode": "Code postal",
    "commune_name": "Commune",
    "insee_code": "Code Insee",
    "lat": "Latitude",
    "lon": "Longitude",
    "telephone": "Téléphone",
    "emails": "E-mails",
    "websites": "Sites",
    "opening_hours": "Horaires",
    "services": "Aides proposées",
    "audiences": "Publics",
    "special_care": "Prise en charge",
    "fees": "Tarif",
    "access_modes": "Comment venir",
    "support_modes": "Comment on est aidé",
    "languages": "Langues parlées",
    "accessibility_url": "Fiche Acceslibre",
    "booking_url": "Prise de rendez-vous",
    "summary": "Présentation courte",
    "detail": "Présentation longue",
    "programmes": "Programmes nationaux",
    "labels": "Labels",
    "other_labels": "Autres labels",
    "source_label": "Source",
    "updated_on": "Date de mise à jour",
    "closed_on": "Fermé le",
    "closed_reason": "Raison de la fermeture",
    "merged_into": "Réuni avec",
    "stops": "Arrêts",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Fields shown together. `freshness`: the group of confirmation that covers them, '' for none."""

    key: str
    title: str
    fields: tuple[str, ...]
    freshness: str = ""


GROUPS: tuple[Group, ...] = (
    Group("identity", "Identité", ("name", "itinerance", "typologies", "pivot", "parent_structure")),
    Group(
        "contact",
        "Adresse et contact",
        ("address", "address_extra", "postcode", "commune_name", "insee_code", "lat", "lon", "telephone", "emails", "websites"),
        "contact",
    ),
    Group("hours", "Horaires", ("opening_hours",), "hours"),
    Group(
        "services",
        "Aides et accueil",
        ("services", "audiences", "special_care", "languages", "fees", "access_modes", "support_modes", "booking_url", "accessibility_url"),
        "services",
    ),
    Group("presentation", "Présentation", ("summary", "detail", "programmes", "labels", "other_labels")),
)
EDITED: tuple[str, ...] = tuple(name for group in GROUPS for name in group.fields)
KIND_OF: dict[str, str] = {column.field: column.kind for column in COLUMNS} | {"languages": LIST, "closed_on": DAY}


def label(name: str) -> str:
    return LABELS.get(name, name)


def words(name: str, value: Any) -> str:
    """A value as a person reads it; « Non renseigné » for nothing."""
    if value is None or value == "" or value == []:
        return "Non renseigné"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    if KIND_OF.get(name) == NUMBER and isinstance(value, int | float):
        return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")
    if KIND_OF.get(name) == DAY:
        return day_words(value if isinstance(value, date) else date.fromisoformat(str(value)), year=True, weekday=False)
    return str(value)


def plain(value: Any) -> Any:
    """A value as the history keeps it (JSON)."""
    return value.isoformat() if isinstance(value, date) else value


def revived(name: str, value: Any) -> Any:
    """The value of a field from what the history kept."""
    return date.fromisoformat(value) if KIND_OF.get(name) == DAY and isinstance(value, str) else value


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The edited fields whose values differ, in the order of the screens."""
    return [name for name in EDITED if one[name] != other[name]]
