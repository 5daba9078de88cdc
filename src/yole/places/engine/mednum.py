"""Writing a list of places in the national schema: 32 columns, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yole.kernel.tables import write_table
from yole.places.engine.schema import COLUMNS


def write(rows: Iterable[Mapping[str, str]]) -> bytes:
    """CSV bytes (UTF-8, comma): the columns of the schema in its order; an absent one is empty, others are left out."""
    return write_table(COLUMNS, ([row.get(column) or "" for column in COLUMNS] for row in rows))
