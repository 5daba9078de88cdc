"""Rows of a list of places, numbered as the person counts them: from 1 after the header."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yole.places.engine.schema import NUMBER


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file. `cells` holds every column as text, known to the schema or not."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell as it stands, '' when the column is absent."""
        return self.cells.get(column, "")


def read(rows: Iterable[Mapping[str, str | None]]) -> list[Row]:
    """Numbers the rows; a missing value becomes empty text."""
    return [Row(number, {name: value or "" for name, value in row.items() if name}) for number, row in enumerate(rows, 1)]


def number(text: str) -> float | None:
    """The number that a cell holds (decimal point, spaces around allowed), None when empty or not a number."""
    text = text.strip()
    return float(text) if NUMBER.fullmatch(text) else None


def coordinates(row: Row) -> tuple[float, float] | None:
    """Latitude and longitude in degrees when both are given, usable and not the 0, 0 that some exports write for "unknown"."""
    lat, lon = number(row["latitude"]), number(row["longitude"])
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        return None
    return lat, lon
