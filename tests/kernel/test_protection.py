"""What is hidden cannot be worked out: an independent attacker (linear programming) tries every hidden cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from yole.kernel.protection import Mask, protect_line, protect_overlapping, protect_table

COUNTS = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 80))
TABLES = st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(COUNTS, min_size=width, max_size=width), min_size=1, max_size=5))


def attack_line(values: list[int], hidden: list[bool], total_hidden: bool) -> list[tuple[float, float]]:
    """What each hidden cell may be, for somebody who sees the rest."""
    if total_hidden:
        return [(0, np.inf) for out in hidden if out]
    rest = sum(value for value, out in zip(values, hidden, strict=True) if out)
    return [(rest, rest) if sum(hidden) == 1 else (0, rest) for out in hidden if out]


def attack_table(values: list[list[int]], mask: Mask) -> dict[tuple[int, int], tuple[float, float]]:
    """Bounds of each hidden cell and total by linear programming: shown cells and totals fixed, totals add up, nothing negative."""
    height, width = len(values), len(values[0])
    grid = np.array(values)
    full = np.zeros((height + 1, width + 1))
    full[:height, :width], full[:height, width], full[height, :width] = grid, grid.sum(1), grid.sum(0)
    full[height, width] = grid.sum()
    out = np.zeros((height + 1, width + 1), bool)
    out[:height, :width] = mask.cells
    out[:height, width], out[height, :width], out[height, width] = mask.rows, mask.columns, mask.total
    equations = []
    for i in range(height + 1):
        row = np.zeros_like(full)
        row[i, :width], row[i, width] = 1, -1
        equations.append(row.ravel())
    for j in range(width + 1):
        column = np.zeros_like(full)
        column[:height, j], column[height, j] = 1, -1
        equations.append(column.ravel())
    bounds = [(0, None) if hide else (value, value) for value, hide in zip(full.ravel(), out.ravel(), strict=True)]
    found = {}
    for place in np.argwhere(out):
        aim = np.zeros_like(full)
        aim[tuple(place)] = 1
        low = linprog(aim.ravel(), A_eq=np.array(equations), b_eq=np.zeros(len(equations)), bounds=bounds)
        high = linprog(-aim.ravel(), A_eq=np.array(equations), b_eq=np.zeros(len(equations)), bounds=bounds)
        assert low.status == 0
        assert high.status in (0, 3), high.message  # 3: unbounded
        found[int(place[0]), int(place[1])] = (low.fun, np.inf if high.status == 3 else -high.fun)
    return found


@settings(max_examples=120, deadline=None)
@given(TABLES, st.integers(3, 8))
def test_no_hidden_cell_of_a_table_can_be_computed(values: list[list[int]], threshold: int) -> None:
    mask = protect_table(values, threshold)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            assert mask.cells[i][j] or not 0 < value < threshold
            assert value or not mask.cells[i][j]  # a zero is nobody
    for place, (low, high) in attack_table(values, mask).items():
        assert high - low > 0.5, f"cell {place} is known: {low} to {high}"


@settings(max_examples=200, deadline=None)
@given(TABLES, st.integers(3, 8))
def test_public_sum_of_the_hidden_cells_of_a_line_holds_enough_persons(values: list[list[int]], threshold: int) -> None:
    mask = protect_table(values, threshold)
    for row, out, total_out in zip(values, mask.cells, mask.rows, strict=True):
        gone = sum(value for value, hide in zip(row, out, strict=True) if hide)
        assert total_out or not any(out) or gone >= threshold
    for j, total_out in enumerate(mask.columns):
        gone = sum(row[j] for row, out in zip(values, mask.cells, strict=True) if out[j])
        assert total_out or not any(out[j] for out in mask.cells) or gone >= threshold


@given(st.lists(COUNTS, max_size=9), st.integers(2, 8))
def test_no_hidden_cell_of_a_line_can_be_computed(values: list[int], threshold: int) -> None:
    hidden, total_hidden = protect_line(values, threshold)
    assert all(out or not 0 < value < threshold for value, out in zip(values, hidden, strict=True))
    assert all(high > low for low, high in attack_line(values, hidden, total_hidden))
    gone = sum(value for value, out in zip(values, hidden, strict=True) if out)
    assert total_hidden or not any(hidden) or gone >= threshold


@given(st.lists(st.integers(5, 90), min_size=1), st.integers(2, 5))
def test_nothing_is_hidden_without_a_small_count(values: list[int], threshold: int) -> None:
    assert protect_line(values, threshold) == ([False] * len(values), False)
    assert protect_table([values], threshold).hidden == 0


def test_two_cells_of_one_person_are_not_enough() -> None:
    hidden, total_hidden = protect_line([1, 1, 40, 12], 5)
    assert (hidden, total_hidden) == ([True, True, False, True], False)


def test_a_line_of_small_counts_loses_its_total() -> None:
    assert protect_line([3, 0, 0], 5) == ([True, False, False], True)
    assert protect_line([0, 0], 5) == ([False, False], False)


def test_persons_behind_decide_not_the_value() -> None:
    assert protect_line([2, 30], 5, persons=[40, 30]) == ([False, False], False)
    assert protect_line([30, 50, 60], 5, persons=[2, 50, 70]) == ([True, True, False], False)
    assert protect_overlapping([2, 30], 5, persons=[40, 3]) == [False, True]


def test_one_small_cell_hides_a_rectangle_and_no_total() -> None:
    mask = protect_table([[2, 20, 30], [9, 25, 35], [40, 45, 50]], 5)
    assert mask.cells == ((True, True, False), (True, True, False), (False, False, False))
    assert not any(mask.rows) and not any(mask.columns) and not mask.total


def test_not_much_more_than_needed_is_hidden() -> None:
    """At most twice what a good heuristic hides in tables of 96 cells with some 9 small ones (observatory.md § 6: 15)."""
    draw = np.random.default_rng(4)
    numbers = draw.integers(8, 200, (12, 8))
    numbers.ravel()[draw.choice(96, 9, replace=False)] = draw.integers(1, 5, 9)
    assert protect_table(numbers.tolist(), 5).hidden <= 30


@pytest.mark.parametrize(
    ("values", "threshold", "persons"), [([[1, 2]], 1, None), ([[1], [1, 2]], 5, None), ([[-1]], 5, None), ([[1, 2]], 5, [[1]])]
)
def test_impossible_tables_are_refused(values: list[list[int]], threshold: int, persons: list[list[int]] | None) -> None:
    with pytest.raises(ValueError, match=r"threshold|lengths|counts"):
        protect_table(values, threshold, persons=persons)
