"""Small-count protection of published tables: primary suppression, then secondary so that no hidden cell can be worked out.

A cell is hidden first when 1 to threshold − 1 persons are behind it. An attacker knows every shown cell, every shown total, that totals
add up and that nothing is negative. Further cells are hidden until no hidden value can be computed from those, and until the hidden
cells of a line whose total is shown hold `threshold` persons together (their sum is public).

A table is a circulation: each cell is an arc from its row to its column, each total closes the loop. A hidden cell can take another value
exactly when some cycle of hidden arcs goes through it, so a cell in danger is given the cheapest such cycle.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

Arc = tuple[int, int]  # (row, column); row R and column C hold the totals
Node = tuple[str, int]
_TOTAL_COST = 1000  # hiding a total costs far more than hiding a cell


@dataclass(frozen=True, slots=True)
class Mask:
    """What is hidden: `cells[i][j]`, `rows[i]` (totals of rows), `columns[j]` (totals of columns), `total`."""

    cells: tuple[tuple[bool, ...], ...]
    rows: tuple[bool, ...]
    columns: tuple[bool, ...]
    total: bool

    @property
    def hidden(self) -> int:
        return sum(map(sum, self.cells)) + sum(self.rows) + sum(self.columns) + self.total


def _checked(values: Sequence[int], persons: Sequence[int], threshold: int) -> None:
    if threshold < 2:
        raise ValueError("threshold under 2")
    if len(values) != len(persons) or any(number < 0 for number in (*values, *persons)):
        raise ValueError("values and persons must be counts of the same cells")


def protect_line(values: Sequence[int], threshold: int, *, persons: Sequence[int] | None = None) -> tuple[list[bool], bool]:
    """(hidden cells, hidden total) of a list of counts whose total is published.

    `persons`: how many persons are behind each cell, the values themselves by default. Raises ValueError for a threshold under 2,
    a negative count, or lists of two lengths.
    """
    behind = list(values if persons is None else persons)
    _checked(values, behind, threshold)
    hidden = [0 < count < threshold for count in behind]
    total_hidden = 0 < sum(behind) < threshold
    spare = sorted((i for i, value in enumerate(values) if value and not hidden[i]), key=lambda i: (behind[i], values[i], i))

    def exposed() -> bool:
        # What is hidden sums up to a public number; a small cell never reaches the threshold alone, so two at least are hidden.
        return any(hidden) and sum(behind[i] for i, out in enumerate(hidden) if out) < threshold

    while exposed() and spare:
        hidden[spare.pop(0)] = True
    return hidden, total_hidden or exposed()


def protect_overlapping(values: Sequence[int], threshold: int, *, persons: Sequence[int] | None = None) -> list[bool]:
    """Hidden cells of a list that adds up to nothing published (themes: an activity counts in several)."""
    behind = list(values if persons is None else persons)
    _checked(values, behind, threshold)
    return [0 < count < threshold for count in behind]


def protect_table(values: Sequence[Sequence[int]], threshold: int, *, persons: Sequence[Sequence[int]] | None = None) -> Mask:
    """What to hide of a table of counts published with the totals of its rows, of its columns, and its grand total.

    Raises ValueError as `protect_line` does, and for rows of different lengths.
    """
    behind = values if persons is None else persons
    width = len(values[0]) if values else 0
    if any(len(row) != width for row in (*values, *behind)) or len(values) != len(behind):
        raise ValueError("rows of different lengths")
    _checked([v for row in values for v in row], [p for row in behind for p in row], threshold)
    return _Table(_with_totals(values), _with_totals(behind), threshold).protected()


def _with_totals(table: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in table]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)] if rows else [0]]


class _Table:
    """A table with its totals in the last row and the last column."""

    def __init__(self, values: list[list[int]], persons: list[list[int]], threshold: int) -> None:
        self.values, self.persons, self.threshold = values, persons, threshold
        self.height, self.width = len(values) - 1, len(values[0]) - 1
        self.arcs = [(i, j) for i in range(self.height + 1) for j in range(self.width + 1)]
        self.hidden = {arc for arc in self.arcs if 0 < self._persons(arc) < threshold}

    def _persons(self, arc: Arc) -> int:
        return self.persons[arc[0]][arc[1]]

    def _value(self, arc: Arc) -> int:
        return self.values[arc[0]][arc[1]]

    def _ends(self, arc: Arc) -> tuple[Node, Node]:
        """Row to column for a cell, column to the row of totals, column of totals to row: flow is kept at every node."""
        i, j = arc
        row, column = ("row", i), ("column", j)
        return (column, row) if (i == self.height) != (j == self.width) else (row, column)

    def protected(self) -> Mask:
        while self._extend_lines() or self._close_cycles():
            pass
        h, w, out = self.height, self.width, self.hidden
        return Mask(
            tuple(tuple((i, j) in out for j in range(w)) for i in range(h)),
            tuple((i, w) in out for i in range(h)),
            tuple((h, j) in out for j in range(w)),
            (h, w) in out,
        )

    def _lines(self) -> list[tuple[list[Arc], Arc]]:
        """Each line of cells with its total: rows (the row of totals included), then columns."""
        h, w = self.height, self.width
        rows = [([(i, j) for j in range(w)], (i, w)) for i in range(h + 1)]
        return rows + [([(i, j) for i in range(h)], (h, j)) for j in range(w + 1)]

    def _extend_lines(self) -> bool:
        """Hides more where the public sum of the hidden cells of a line stands for too few persons."""
        changed = False
        for cells, total in self._lines():
            if total in self.hidden:
                continue
            out = [arc for arc in cells if arc in self.hidden]
            spare = sorted((arc for arc in cells if arc not in self.hidden and self._value(arc)), key=lambda arc: (self._persons(arc), arc))
            while out and sum(map(self._persons, out)) < self.threshold:
                extra = spare.pop(0) if spare else total
                self.hidden.add(extra)
                changed = True
                if extra == total:
                    break
                out.append(extra)
        return changed

    def _close_cycles(self) -> bool:
        """Gives each hidden cell that could be computed the cheapest cycle of cells, and hides that cycle."""
        changed = False
        for arc in sorted(self.hidden, key=lambda arc: (-self._persons(arc), arc)):
            extra = self._cheapest_cycle(arc)
            if extra:
                self.hidden |= extra
                changed = True
        return changed

    def _cheapest_cycle(self, arc: Arc) -> set[Arc]:
        """Cells to hide so that `arc` lies on a cycle of hidden cells; empty when it already does. Zeros stay shown."""
        links: dict[Node, list[tuple[Node, Arc, int]]] = {}
        for other in self.arcs:
            if other == arc or not (self._value(other) or other in self.hidden):
                continue
            is_total = self.height == other[0] or self.width == other[1]
            cost = 0 if other in self.hidden else (1 + self._persons(other)) * (_TOTAL_COST if is_total else 1)
            tail, head = self._ends(other)
            links.setdefault(tail, []).append((head, other, cost))
            links.setdefault(head, []).append((tail, other, cost))
        start, goal = self._ends(arc)
        best: dict[Node, tuple[int, Arc | None, Node | None]] = {start: (0, None, None)}
        queue: list[tuple[int, Node]] = [(0, start)]
        while queue:
            cost, node = heapq.heappop(queue)
            if node == goal:
                break
            if cost > best[node][0]:
                continue
            for there, other, price in links.get(node, []):
                if there not in best or cost + price < best[there][0]:
                    best[there] = (cost + price, other, node)
                    heapq.heappush(queue, (cost + price, there))
        path: set[Arc] = set()
        node = goal
        while node in best and (step := best[node])[1] is not None and step[2] is not None:
            path.add(step[1])
            node = step[2]
        return path - self.hidden
