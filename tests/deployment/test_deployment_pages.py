"""What the pages of a national plan say: figures that can be read, dots that can be seen; and what a polished plan keeps."""

from __future__ import annotations

import numpy as np
import pytest

from yole.deployment import pages
from yole.deployment.clock import Clock
from yole.deployment.engine import bound as bounds
from yole.deployment.engine.greedy import greedy
from yole.deployment.engine.model import Problem, core_of
from yole.deployment.engine.polish import merged, polished


@pytest.mark.parametrize(
    ("covered", "bound", "words"),
    [(1_000_000, 1_000_010, "moins de 0,01 point"), (1_000_000, 1_000_000, "0,00 point"), (900_000, 1_000_000, "5,00 point")],
)
def test_a_gap_that_two_decimals_would_hide_is_said(covered: int, bound: int, words: str) -> None:
    told = pages._gap({"covered": covered, "upper_bound": bound, "total": 2_000_000})
    assert told.replace("\u00a0", " ") == words


def test_dots_of_many_places_are_squares_drawn_once() -> None:
    assert pages._dots([(10, 10), (10, 10), (20, 30)], 4) == "M8 8h4v4h-4zM18 28h4v4h-4z"
    assert pages._dots([(10, 10)], 8) == "M6 6h8v8h-8z"


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("everywhere", [False, True])
def test_a_polished_plan_is_never_worse_and_keeps_the_quotas(apart: bool, everywhere: bool) -> None:
    rng = np.random.default_rng(4)
    where = np.column_stack((45 + rng.random(220), 5 + rng.random(220)))
    group = (where[:, 1] > 5.5).astype(np.int64)
    quota = np.array([9, 7])
    problem = Problem(where, np.floor(rng.pareto(1.2, 220) * 100) + 1, where, 16, 9.0, np.empty((0, 2)), group, quota)
    core = core_of(problem)
    start, last = greedy(core)
    bound = bounds.tight(core, last, Clock(5), rng)
    better = polished(core, start, bound, Clock(1.5), np.random.default_rng(1), apart=apart, everywhere=everywhere)
    assert core.value(start) <= core.value(better) <= bound.value
    assert (np.bincount(core.group[better], minlength=2) <= quota).all() and len(set(better)) == len(better)
    both = merged(core, [start, better], Clock(2))
    assert core.value(both) >= core.value(better)
