"""Points and distances in: `id,lat,lon` files with named columns, and .npy matrices. Everything is refused with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yole.kernel.errors import InputError
from yole.kernel.tables import Table, read_table

Floats = NDArray[np.float64]
BOUNDS = {"lat": 90.0, "lon": 180.0}
GIVEN_TWICE = "identifiant présent deux fois"


@dataclass(frozen=True, slots=True)
class Points:
    """`ids` in file order, `where` (n, 2) latitudes and longitudes in degrees; other columns are read from `table` when asked."""

    table: Table
    ids: list[str]
    where: Floats

    def numbers(self, column: str) -> Floats:
        """Numbers ≥ 0 of a column. Raises InputError: unknown column, cell empty, negative, not finite, with a decimal comma."""
        at = self._at(column)
        return np.array([self._number(row[at], number, column) for number, row in enumerate(self.table.rows, 1)], dtype=np.float64)

    def names(self, column: str) -> list[str]:
        """Texts of a column, none of them empty."""
        at = self._at(column)
        names = [row[at].strip() for row in self.table.rows]
        if "" in names:
            raise InputError("cellule vide", file=self.table.name, row=names.index("") + 1, column=column, expected="le nom d'un groupe")
        return names

    def _at(self, column: str) -> int:
        if column not in self.table.header:
            known = ", ".join(self.table.header)
            raise InputError("colonne absente", file=self.table.name, column=column, expected=f"une colonne du fichier ({known})")
        return self.table.header.index(column)

    def _number(self, cell: str, number: int, column: str) -> float:
        value = _finite(cell, self.table.name, number, column)
        if value < 0:
            raise InputError("nombre négatif", file=self.table.name, row=number, column=column, found=cell, expected="un nombre ≥ 0")
        return value


def read_points(path: Path | str, identifier: str = "id") -> Points:
    """A file of points; columns are found by name. Raises InputError: no row, empty or repeated id, impossible coordinates."""
    return points_of(read_table(path, required=(identifier, "lat", "lon")), identifier)


def points_of(table: Table, identifier: str = "id") -> Points:
    if not table.rows:
        raise InputError("aucune ligne", file=table.name, expected="une ligne par point")
    at = {column: table.header.index(column) for column in (identifier, "lat", "lon")}
    first_row: dict[str, int] = {}
    where = np.empty((len(table.rows), 2))
    for number, row in enumerate(table.rows, 1):
        name = row[at[identifier]].strip()
        if not name:
            raise InputError("cellule vide", file=table.name, row=number, column=identifier, expected="un identifiant")
        if name in first_row:
            told = f"{GIVEN_TWICE} (déjà ligne {first_row[name]})"
            raise InputError(told, file=table.name, row=number, column=identifier, found=name, expected="un identifiant par ligne")
        first_row[name] = number
        for axis, column in enumerate(("lat", "lon")):
            value = _finite(row[at[column]], table.name, number, column)
            if abs(value) > BOUNDS[column]:
                limit = f"{BOUNDS[column]:g}"
                raise InputError(
                    "coordonnée impossible",
                    file=table.name,
                    row=number,
                    column=column,
                    found=row[at[column]],
                    expected=f"entre -{limit} et {limit}",
                )
            where[number - 1, axis] = value
    return Points(table, list(first_row), where)


def _finite(cell: str, name: str, row: int, column: str) -> float:
    text = cell.strip()
    if not text:
        raise InputError("cellule vide", file=name, row=row, column=column, expected="un nombre")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or "_" in text:
        raise InputError(
            "nombre impossible", file=name, row=row, column=column, found=text, expected="un nombre avec un point pour les décimales"
        )
    return value


def read_quotas(path: Path | str, groups: Sequence[str], count: int) -> dict[str, int]:
    """`group,count`: how many sites each group receives; groups left out receive none. Raises InputError unless they add up to `count`."""
    table = read_table(path, required=("group", "count"))
    quotas = dict.fromkeys(sorted(set(groups)), 0)
    seen: set[str] = set()
    for number, record in enumerate(table.records(), 1):
        group, told = record["group"].strip(), record["count"].strip()
        if group not in quotas:
            known = ", ".join(quotas)
            raise InputError("groupe inconnu", file=table.name, row=number, column="group", found=group, expected=f"un groupe ({known})")
        if group in seen:
            raise InputError("groupe présent deux fois", file=table.name, row=number, column="group", found=group, expected="une ligne")
        if not (told.isascii() and told.isdigit()):
            raise InputError("nombre impossible", file=table.name, row=number, column="count", found=told, expected="un entier ≥ 0")
        available = sum(1 for name in groups if name == group)
        if int(told) > available:
            raise InputError(
                f"plus de lieux que le groupe « {group} » n'en a",
                file=table.name,
                row=number,
                column="count",
                found=told,
                expected=f"{available} au plus",
            )
        seen.add(group)
        quotas[group] = int(told)
    if (total := sum(quotas.values())) != count:
        more = "plus" if total > count else "moins"
        raise InputError(
            f"les quotas font {total} lieux, {more} que les {count} demandés",
            file=table.name,
            column="count",
            found=total,
            expected=f"{count} en tout ; changez les quotas ou --count",
        )
    return quotas


def read_matrix(path: Path | str) -> Floats:
    """A square matrix of distances, row = demand, column = site. Raises InputError: not .npy, not square, a cell not finite or negative."""
    matrix = _array(path)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.shape[0]:
        shape = " × ".join(str(side) for side in matrix.shape)
        raise InputError("matrice non carrée", file=str(path), found=shape, expected="autant de lignes que de colonnes, au moins une")
    _refuse_cells(matrix, path)
    return matrix


def read_weights(path: Path | str, points: int) -> Floats:
    """One weight ≥ 0 per point."""
    weights = _array(path)
    if weights.shape != (points,):
        shape = " × ".join(str(side) for side in weights.shape)
        raise InputError("nombre de poids", file=str(path), found=shape, expected=f"{points}, un par ligne de la matrice")
    _refuse_cells(weights, path)
    return weights


def _array(path: Path | str) -> Floats:
    try:
        found = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise InputError("fichier introuvable", file=str(path), expected="un fichier qui existe") from None
    except (OSError, ValueError, EOFError):
        raise InputError("fichier illisible", file=str(path), expected="un tableau .npy de nombres") from None
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "fiu":
        kind = found.dtype if isinstance(found, np.ndarray) else "archive"
        raise InputError("tableau sans nombres", file=str(path), found=kind, expected="un tableau .npy de nombres")
    return np.asarray(found, dtype=np.float64)


def _refuse_cells(values: Floats, path: Path | str) -> None:
    """Rows and columns are told from 0, as the indices of the answer."""
    wrong = np.argwhere(~(np.isfinite(values) & (values >= 0)))
    if not len(wrong):
        return
    place = tuple(int(index) for index in wrong[0])
    column = f"colonne {place[1]}, " if len(place) > 1 else ""
    told = f"ligne {place[0]}, {column}comptées de 0" if column else f"rang {place[0]}, compté de 0"
    raise InputError(f"nombre impossible ({told})", file=str(path), found=values[place], expected="un nombre fini ≥ 0")
