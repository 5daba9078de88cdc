"""Small counts are hidden, and cannot be found again by subtraction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.kernel.counts import Cell, protect


def shown(cells: list[Cell], **more: object) -> list[str]:
    return [cell.key for cell in protect(cells, 5, **{"adds_up": False, **more}) if cell.total is not None]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("total", "part", "visible"),
    [(0, 0, True), (4, 0, False), (5, 0, True), (10, 4, False), (10, 5, True), (9, 5, False), (20, 20, True), (1, 1, False)],
)
def test_both_ends_of_the_threshold(total: int, part: int, visible: bool) -> None:
    assert (shown([Cell("x", total, part)]) == ["x"]) is visible


def test_one_hidden_cell_of_a_sum_takes_another_with_it() -> None:
    cells = [Cell("a", 50, 20), Cell("b", 12, 6), Cell("c", 3, 1)]
    assert shown(cells) == ["a", "b"]
    assert shown(cells, adds_up=True) == ["a"]


def test_impossible_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="impossible"):
        protect([Cell("x", 3, 4)], 5, adds_up=False)
    with pytest.raises(ValueError, match="threshold"):
        protect([], 1, adds_up=False)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=10))
def test_what_is_hidden_in_a_sum_holds_two_cells_and_enough_persons_or_all(counts: list[tuple[int, int]]) -> None:
    cells = [Cell(str(n), max(pair), min(pair)) for n, pair in enumerate(counts)]
    safe = protect(cells, 5, adds_up=True)
    hidden = [cell for cell, out in zip(cells, safe, strict=True) if out.total is None]
    left = [out for out in safe if out.total]
    assert not hidden or not left or (len(hidden) >= 2 and sum(cell.total or 0 for cell in hidden) >= 5)
    assert [cell.key for cell in safe] == [cell.key for cell in cells]
