"""Small-count protection of published tables: no cell from which a few persons could be recognised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of persons `total`, of whom `part` have a property; both None once hidden."""

    key: str
    total: int | None
    part: int | None


def _small(cell: Cell, threshold: int) -> bool:
    """Whether a cell would show a group of 1 to threshold − 1 persons, with the property, without it, or together."""
    total, part = cell.total or 0, cell.part or 0
    return any(0 < count < threshold for count in (total, part, total - part))


def protect(cells: Sequence[Cell], threshold: int, *, adds_up: bool) -> list[Cell]:
    """The cells in order, small ones hidden.

    `adds_up`: the cells partition a published total, so one hidden cell alone could be found by subtraction; then the smallest
    shown cell with persons is hidden too, until what is hidden holds at least two cells and `threshold` persons.
    Raises ValueError for a threshold under 2 or a part greater than its total.
    """
    if threshold < 2:
        raise ValueError("threshold under 2")
    for cell in cells:
        if not 0 <= (cell.part or 0) <= (cell.total or 0):
            raise ValueError(f"impossible cell {cell.key}")
    hidden = {i for i, cell in enumerate(cells) if _small(cell, threshold)}
    if adds_up and hidden:
        others = sorted(
            (i for i, cell in enumerate(cells) if i not in hidden and cell.total), key=lambda i: (cells[i].total or 0, cells[i].key)
        )
        while others and (len(hidden) < 2 or sum(cells[i].total or 0 for i in hidden) < threshold):
            hidden.add(others.pop(0))
    return [Cell(cell.key, None, None) if i in hidden else cell for i, cell in enumerate(cells)]
