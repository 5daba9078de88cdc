"""Labels by interval, and breakdowns that name nobody."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.debates.engine import honesty
from yole.kernel.shares import wilson


@pytest.mark.parametrize(
    ("agree", "seen", "low", "high", "label"),
    [
        (19, 30, 0.455136, 0.781261, "partagé"),
        (20, 30, 0.487801, 0.807695, "partagé"),
        (21, 30, 0.521242, 0.833353, "plutôt d'accord"),
        (25, 30, 0.664356, 0.926635, "plutôt d'accord"),
        (26, 30, 0.703187, 0.946903, "accord large"),
        (10, 12, 0.551969, 0.953035, "plutôt d'accord"),
        (38, 60, 0.506830, 0.743791, "plutôt d'accord"),
        (48, 60, 0.682182, 0.881715, "accord large"),
    ],
)
def test_reference_values(agree: int, seen: int, low: float, high: float, label: str) -> None:
    assert wilson(agree, seen) == pytest.approx((low, high), abs=1e-6)
    assert honesty.label(agree, seen - agree, seen) == label
    assert honesty.label(agree, 0, seen) == label


def test_labels_of_disagreement_and_of_few_answers() -> None:
    assert [honesty.label(0, d, 30) for d in (20, 21, 26)] == ["partagé", "plutôt en désaccord", "désaccord large"]
    assert (honesty.label(9, 0, 9), honesty.label(10, 0, 10)) == ("peu de réponses", "accord large")
    assert honesty.label(0, 0, 30) == "partagé"
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share(agree: int, others: int) -> None:
    low, high = wilson(agree, agree + others)
    assert 0 <= low <= high <= 1
    if agree + others:
        assert low <= agree / (agree + others) + 1e-12 and agree / (agree + others) <= high + 1e-12
        assert wilson(others, agree + others) == pytest.approx((1 - high, 1 - low))


def test_a_row_with_a_small_cell_takes_another_with_it() -> None:
    assert honesty.publishable_rows([[10, 9], [8, 20], [6, 7]]) == [True, True, True]
    assert honesty.publishable_rows([[10, 9], [8, 20], [4, 7]]) == [False, True, False]
    assert honesty.publishable_rows([[12, 0], [8, 20]]) == [False, False]
    assert honesty.publishable_rows([[1, 2], [2, 2], [30, 30], [40, 40]]) == [False, False, False, True]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=8))
def test_nothing_small_can_be_subtracted(counts: list[tuple[int, int, int]]) -> None:
    shown = np.array(honesty.publishable_rows(counts))
    table = np.array(counts)
    assert (table[shown] >= 5).all()
    if shown.any() and not shown.all():
        assert (~shown).sum() >= 2
        assert (table[~shown].sum(axis=0) >= 5).all()
