"""Linear and mixed-integer programmes for HiGHS: minimise c·x, rows and columns between bounds, the first columns integer."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_matrix

from yole.deployment.engine.pace import Pace
from yole.deployment.engine.reach import Floats

INTERIOR_TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Program:
    cost: Floats
    lower: Floats
    upper: Floats
    rows: csc_matrix
    row_lower: Floats
    row_upper: Floats
    integers: int = 0


@dataclass(frozen=True, slots=True)
class Solved:
    """`values` and `row_duals` are None when HiGHS has no point. `bound`: proven lower bound of the minimum (MIP or optimal LP only)."""

    optimal: bool
    infeasible: bool
    values: Floats | None
    row_duals: Floats | None
    objective: float
    bound: float


def solve(
    program: Program,
    pace: Pace,
    seconds: float,
    *,
    start: Floats | None = None,
    absolute_gap: float = 0.0,
    watched: bool = True,
    interior: bool = False,
) -> Solved:
    """Runs HiGHS for `seconds` at most; asked to stop, it ends with what it has. `start`: a feasible point for a MIP.

    `interior`: an LP by the interior point without crossover. Its point is near the optimum only: good for multipliers, no bound by itself.
    """
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("time_limit", max(0.0, min(seconds, pace.left())))
    if program.integers:
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", absolute_gap)
    if interior:
        for name, value in (("solver", "ipm"), ("run_crossover", "off"), ("ipm_optimality_tolerance", INTERIOR_TOLERANCE)):
            highs.setOptionValue(name, value)
    highs.passModel(_model(program))
    if watched:

        def ask(event: Any) -> None:
            if pace.stopped():
                event.interrupt()

        highs.cbMipInterrupt += ask
        highs.cbSimplexInterrupt += ask
        highs.cbIpmInterrupt += ask
    if start is not None:
        point = highspy.HighsSolution()
        point.col_value = start.tolist()
        highs.setSolution(point)
    highs.run()
    return _read(highs, program)


def _model(program: Program) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.cost), len(program.row_lower)
    model.col_cost_, model.col_lower_, model.col_upper_ = program.cost, program.lower, program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    rows = program.rows
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    if program.integers:
        kinds = [highspy.HighsVarType.kInteger] * program.integers
        model.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (len(program.cost) - program.integers)
    return model


def _read(highs: highspy.Highs, program: Program) -> Solved:
    status, info, solution = highs.getModelStatus(), highs.getInfo(), highs.getSolution()
    optimal = status == highspy.HighsModelStatus.kOptimal
    infeasible = status == highspy.HighsModelStatus.kInfeasible
    values = np.array(solution.col_value) if solution.value_valid and len(solution.col_value) else None
    duals = np.array(solution.row_dual) if solution.dual_valid and len(solution.row_dual) else None
    if program.integers:
        bound = float(info.mip_dual_bound)
        has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = values if has_point else None
    else:
        bound = float(info.objective_function_value) if optimal else -inf
    objective = float(info.objective_function_value) if values is not None else inf
    return Solved(optimal, infeasible, values, duals, objective, bound if np.isfinite(bound) else -inf)
