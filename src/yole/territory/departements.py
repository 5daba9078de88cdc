"""Codes and names of the départements and overseas collectivities, from the table carried by the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from yole.kernel.gazetteer import departement_of
from yole.kernel.tables import read_table

TABLE = Path(__file__).parent / "data" / "departements_bbox.csv"
CORSICA = ("2A", "2B")


@cache
def names() -> dict[str, str]:
    """Name by code: `{"972": "Martinique", …}`."""
    return {row["dep"]: row["nom"] for row in read_table(TABLE, required=["dep", "nom"]).records()}


def of_postcode(postcode: str) -> tuple[str, ...]:
    """The départements that a postcode most likely belongs to (two for Corsica), none when no département has it."""
    if postcode.startswith("20"):
        return CORSICA
    found = departement_of(postcode)
    return (found,) if found in names() else ()
