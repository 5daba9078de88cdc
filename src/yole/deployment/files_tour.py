"""Stops of a tour from CSV, travel times from a matrix of NumPy."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yole.advisers.engine.match_zones import zone_of_point
from yole.advisers.files import Row, zone_boxes
from yole.deployment.engine.tour import DAY_MINUTES, Stop
from yole.kernel.errors import InputError
from yole.kernel.tables import Table, read_table
from yole.kernel.text import fold

COLUMNS = ("id", "lat", "lon")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


def clock_minutes(text: str) -> int | None:
    """Minutes of the day of `HH:MM` (24:00 allowed), None when it is not one."""
    found = _CLOCK.fullmatch(text.strip())
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    return minutes if minutes <= DAY_MINUTES else None


def read_stops(path: Path) -> list[Stop]:
    """The stops of a file: see `parse_stops`."""
    return parse_stops(read_table(path, required=COLUMNS))


def parse_stops(table: Table) -> list[Stop]:
    """The stops in the order of the table, the depot among them. Raises InputError with row, column, value found and value expected."""
    boxes = zone_boxes()
    rows: dict[str, int] = {}
    stops: list[Stop] = []
    required_of: dict[str, str] = {}
    for number, record in enumerate(table.records(), 1):
        row = Row(table, number, record)
        name = row.text("id")
        if not name or name in rows:
            raise row.wrong("id", "un identifiant par ligne", "identifiant vide" if not name else f"déjà présent ligne {rows[name]}")
        rows[name] = number
        lat = row.number("lat", "une latitude de -90 à 90", -90, 90)
        lon = row.number("lon", "une longitude de -180 à 180", -180, 180)
        stop = Stop(
            name,
            lat,
            lon,
            service=_whole(row, "service_min", 120, 0),
            opens=_clock(row, "opens", 0),
            closes=_clock(row, "closes", DAY_MINUTES),
            prize=row.number("prize", "un nombre, 0 ou plus", 0) if row.text("prize") else 1.0,
            required=_flag(row, "required"),
            visits=_whole(row, "visits", 1, 1),
            gap=_whole(row, "min_gap_days", 1, 0),
            every=_whole(row, "every_days", 0, 0),
            group=row.text("group"),
            zone=fold(row.text("zone")) or zone_of_point(lat, lon, boxes),
        )
        if stop.closes <= stop.opens:
            raise row.wrong("closes", "une heure après « opens »")
        if stop.group and stop.visits > 1:
            raise row.wrong("visits", "1, dans un groupe")
        if stop.group and stop.required:
            if stop.group in required_of:
                raise row.wrong("required", f"un seul arrêt obligatoire par groupe (déjà {required_of[stop.group]})")
            required_of[stop.group] = name
        stops.append(stop)
    _complete(table, stops)
    return stops


def _complete(table: Table, stops: list[Stop]) -> None:
    if not stops:
        raise InputError("aucun arrêt", file=table.name, expected="une ligne par arrêt, dont le dépôt")


def _whole(row: Row, column: str, default: int, low: int) -> int:
    return row.whole(column, f"un nombre entier, {low} ou plus", low) if row.text(column) else default


def _clock(row: Row, column: str, default: int) -> int:
    if not row.text(column):
        return default
    found = clock_minutes(row.text(column))
    if found is None:
        raise row.wrong(column, "une heure HH:MM", "heure impossible")
    return found


def _flag(row: Row, column: str) -> bool:
    text = row.text(column).lower()
    if text not in ("", "0", "1", "oui", "non", "true", "false"):
        raise row.wrong(column, "1, 0 ou rien (0)")
    return text in ("1", "oui", "true")


def read_matrix(path: Path, count: int) -> NDArray[np.float64]:
    """Minutes from row to column, in the order of the stops; infinite where there is no road. Raises InputError."""
    try:
        loaded = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise InputError("fichier introuvable", file=str(path), expected="un fichier qui existe") from None
    except (OSError, ValueError, EOFError):
        raise InputError("ce n'est pas une matrice NumPy", file=str(path), expected="un fichier .npy de nombres") from None
    if not isinstance(loaded, np.ndarray) or loaded.dtype.kind not in "fiu":
        raise InputError("ce n'est pas une matrice de nombres", file=str(path), expected="un fichier .npy de nombres")
    if loaded.shape != (count, count):
        shape = " × ".join(map(str, loaded.shape))
        raise InputError("matrice d'une autre taille", file=str(path), found=shape, expected=f"{count} × {count}, comme les arrêts")
    matrix = loaded.astype(np.float64)
    for wrong, expected in ((np.isnan(matrix), "un nombre de minutes"), (matrix < 0, "0 minute ou plus")):
        if wrong.any():
            i, j = (int(x) for x in np.argwhere(wrong)[0])
            raise InputError(
                f"valeur impossible, ligne {i}, colonne {j} (comptées de 0)", file=str(path), found=matrix[i, j], expected=expected
            )
    np.fill_diagonal(matrix, 0.0)
    return matrix
