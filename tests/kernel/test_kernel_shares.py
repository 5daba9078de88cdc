"""Wilson's interval against values computed elsewhere, and its two ends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.kernel.shares import wilson


@pytest.mark.parametrize(("part", "total", "low", "high"), [(0, 10, 0.0, 0.277533), (5, 10, 0.236593, 0.763407), (10, 10, 0.722467, 1.0)])
def test_known_values(part: int, total: int, low: float, high: float) -> None:
    assert wilson(part, total) == pytest.approx((low, high), abs=1e-6)


def test_nobody_counted_and_impossible_counts() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    for part, total in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="impossible share"):
            wilson(part, total)


@given(st.integers(0, 10**6).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
@settings(deadline=None, max_examples=60)
def test_the_interval_holds_the_share(counts: tuple[int, int]) -> None:
    part, total = counts
    low, high = wilson(part, total)
    assert 0 <= low <= high <= 1
    assert not total or low <= part / total <= high
