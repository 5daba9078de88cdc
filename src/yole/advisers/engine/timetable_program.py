"""The programme of a timetable solved by HiGHS: whole when small; when large, a first timetable improved a few cohorts at a time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

Floats = NDArray[np.float64]

FEW, MOST = 4, 12  # cohorts set free together, at first and at most
MOVED = (0, FEW, MOST, MOST, 2 * MOST, 2 * MOST)  # cohorts placed again, tries after tries, so that one more finds room
SECONDS_A_PART = 4.0
ROUGH = 0.1  # a first timetable is improved afterwards
ENOUGH, PROVEN = 1e-6, 2e-4  # the second relative: HiGHS ends at 1e-4


@dataclass(frozen=True)
class Programme:
    """Minimise cost·x over binary x with low ≤ rows·x ≤ high."""

    cost: Floats
    rows: csr_array
    low: Floats
    high: Floats

    @cached_property
    def columns(self) -> csc_array:
        return self.rows.tocsc()


@dataclass(frozen=True, slots=True)
class Done:
    """`values` None when no point was found. `bound`: proven lower bound of the minimum, −inf when there is none."""

    optimal: bool
    infeasible: bool
    values: Floats | None
    objective: float
    bound: float


def solve(programme: Programme, seconds: float, *, first: bool = False, start: Floats | None = None, gap: float = 1e-4) -> Done:
    """`seconds` at most; `first`: any point will do. `start`: a point that holds. `gap`: relative, at which a point is good enough."""
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {"output_flag": False, "threads": 1, "time_limit": max(seconds, 0.1), "mip_rel_gap": gap}
    for name, value in (options | {"mip_max_improving_sols": 1} if first else options).items():
        highs.setOptionValue(name, value)
    n, rows = len(programme.cost), programme.columns
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n, len(programme.low)
    model.col_cost_, model.col_lower_, model.col_upper_ = programme.cost, np.zeros(n), np.ones(n)
    model.row_lower_, model.row_upper_ = programme.low, programme.high
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    model.integrality_ = [highspy.HighsVarType.kInteger] * n
    highs.passModel(model)
    if start is not None:
        point = highspy.HighsSolution()
        point.col_value = start.tolist()
        highs.setSolution(point)
    highs.run()
    info, status = highs.getInfo(), highs.getModelStatus()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = float(info.mip_dual_bound)
    return Done(
        status == highspy.HighsModelStatus.kOptimal,
        status == highspy.HighsModelStatus.kInfeasible,
        np.rint(highs.getSolution().col_value) if found else None,
        float(info.objective_function_value) if found else inf,
        bound if np.isfinite(bound) else -inf,
    )


def inserted(programme: Programme, owner: NDArray[np.int64], left: Callable[[], float]) -> Floats | None:
    """A point found by adding one cohort after the other, those with the fewest choices first; None when one finds no room.

    `owner` (columns,): number of the cohort that a column belongs to, −1 for columns of nobody.
    """
    draw = random.Random(0)  # noqa: S311 - a search, not a secret
    values = np.zeros(len(owner))
    placed: list[int] = []
    for cohort in np.argsort(np.bincount(owner[owner >= 0]), kind="stable").tolist():
        for moved in MOVED:
            if left() <= 0:
                return None
            free = _free(owner, [cohort, *draw.sample(placed, min(moved, len(placed)))])
            found = _part(programme, values, free, min(SECONDS_A_PART, left()))
            if found is not None:
                values = found
                placed.append(cohort)
                break
        else:
            return None
    return values


def improved(programme: Programme, values: Floats, owner: NDArray[np.int64], bound: float, left: Callable[[], float]) -> Floats:
    """A point at least as good as `values`: again and again some cohorts' columns are free and those of the others stay.

    Ends when `left` is used up, when `bound` is reached, or when `MOST` cohorts at a time bring nothing more.
    """
    draw = random.Random(0)  # noqa: S311 - a search, not a secret
    cohorts, wanted, waited = int(owner.max()) + 1, FEW, 0
    value = float(programme.cost @ values)
    while left() > 0 and value > bound + ENOUGH:
        own = np.bincount(owner[owner >= 0], weights=(programme.cost * values)[owner >= 0], minlength=cohorts)
        # The costly first, with some luck: a cohort is often held by one that costs nothing.
        chance = [(own[cohort] + 1.0) * draw.random() for cohort in range(cohorts)]
        found = _part(
            programme,
            values,
            _free(owner, np.argsort(chance)[-wanted:].tolist()),
            min(SECONDS_A_PART, left()),
            start=True,
        )
        waited += 1
        if found is not None and programme.cost @ found < value - ENOUGH:
            values, value, waited = found, float(programme.cost @ found), 0
        if waited * wanted > 2 * cohorts:
            if wanted >= min(MOST, cohorts):
                break
            wanted, waited = min(wanted * 2, MOST), 0
    return values


def _free(owner: NDArray[np.int64], cohorts: list[int]) -> NDArray[np.int64]:
    return np.flatnonzero(np.isin(owner, cohorts) | (owner < 0))


def _part(programme: Programme, values: Floats, free: NDArray[np.int64], seconds: float, *, start: bool = False) -> Floats | None:
    """The point where only the `free` columns change; rows without any of them are left aside. None when none was found.

    `start`: `values` holds already.
    """
    fixed = values.copy()
    fixed[free] = 0.0
    rows = programme.columns[:, free].tocsr()
    used = programme.rows @ fixed
    low, high = programme.low - used, programme.high - used
    # Rows that no choice of the free columns can break are most of them: the part is then some tens of times smaller.
    least, most = (
        csr_array((side(rows.data, 0.0), rows.indices, rows.indptr), shape=rows.shape).sum(axis=1) for side in (np.minimum, np.maximum)
    )
    some = np.flatnonzero((np.diff(rows.indptr) > 0) & ((least < low - ENOUGH) | (most > high + ENOUGH)))
    part = Programme(programme.cost[free], csr_array(rows[some]), low[some], high[some])
    done = solve(part, seconds, start=values[free]) if start else solve(part, seconds, gap=ROUGH)
    if done.values is None:
        return None
    fixed[free] = done.values
    return fixed
