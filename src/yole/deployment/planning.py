"""A scenario computed: its plan, checked by other code, and what a person asks of it next (before and after, why here, and if?).

The result is plain JSON; numbers are people (or the weight of the file), kilometres and shares from 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from yole.deployment.clock import Clock
from yole.deployment.engine import cover as covering
from yole.deployment.engine import exact, measures
from yole.deployment.engine.model import Problem, core_of
from yole.deployment.engine.quota import quotas
from yole.deployment.enums import Rule
from yole.deployment.siting import checked

ENGINE = "yole.deployment 1 (HiGHS)"
SECONDS, SECONDS_A_VARIANT = 60.0, 8.0
WORST = 10
CHANGE = 0.2
CURVE = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A scenario without its row."""

    inputs: dict[str, Any]
    keeps_today: bool
    count: int
    radius_km: float
    rule: str
    by_quota: bool
    seed: int


@dataclass(frozen=True, slots=True)
class Plan:
    sites: list[int]
    covered: float
    upper_bound: float
    stopped: bool
    worst_rate: float | None = None
    worst_rate_bound: float | None = None


def problem_of(asked: Question) -> Problem:
    rows = asked.inputs["points"]
    points = np.array([[row[2], row[3]] for row in rows], dtype=np.float64)
    weights = np.array([row[4] for row in rows], dtype=np.float64)
    today = np.array([[row[2], row[3]] for row in asked.inputs["today"]], dtype=np.float64).reshape(-1, 2)
    names = groups_of(asked)
    group = np.array([names.index(row[5]) for row in rows], dtype=np.int64)
    quota = None
    if asked.by_quota:
        weight_of = {name: float(weights[group == i].sum()) for i, name in enumerate(names)}
        shares = quotas(asked.count, weight_of, {name: int((group == i).sum()) for i, name in enumerate(names)})
        quota = np.array([shares[name] for name in names], dtype=np.int64)
    return Problem(
        points=points,
        weights=weights,
        sites=points,
        count=asked.count,
        radius_km=asked.radius_km,
        existing=today if asked.keeps_today else np.empty((0, 2)),
        site_group=group if quota is not None else None,
        quota=quota,
        point_group=group,
    )


def groups_of(asked: Question) -> list[str]:
    return sorted({row[5] for row in asked.inputs["points"]})


def small_enough_to_be_fair(asked: Question) -> bool:
    return exact.small(core_of(problem_of(asked)))


def compute(asked: Question, ask: Callable[[], bool], progress: Callable[[int], None]) -> dict[str, Any]:
    """The result of a scenario. `ask` tells whether a stop was asked, `progress` is told a share out of 100."""
    stages = {"bound": (0, 20), "search": (20, 50), "proof": (50, 60)}

    def watch(stage: str, share: float, best: float | None) -> None:
        low, high = stages[stage]
        progress(int(low + (high - low) * min(1.0, share)))

    problem = problem_of(asked)
    clock = Clock(SECONDS, ask=ask, watch=watch)
    plan = _plan(problem, asked, clock)
    covered, base = checked(problem, plan.sites, plan.covered)
    bound = max(plan.upper_bound, covered)
    result = {
        "covered": covered,
        "covered_by_existing": base,
        "upper_bound": bound,
        "gap": (bound - covered) / bound if bound else 0.0,
        "stopped": plan.stopped,
        "sites": _sites(problem, plan.sites, asked),
        "seconds": round(clock.seconds(), 2),
        "engine": ENGINE,
        **_before_and_after(problem, plan.sites, asked),
    }
    if plan.worst_rate is not None:
        result["worst_rate"], result["worst_rate_bound"] = plan.worst_rate, plan.worst_rate_bound
    progress(60)
    result["variants"] = [] if plan.stopped else _variants(asked, problem, plan, covered, ask, progress)
    result["curve"] = [] if plan.stopped else _curve(problem, asked, plan, ask)
    return result


def _plan(problem: Problem, asked: Question, clock: Clock, known: list[int] | None = None) -> Plan:
    if asked.rule == Rule.FAIR:
        fair = covering.fair_cover(problem, clock)
        return Plan(fair.cover.sites, fair.cover.covered, fair.cover.upper_bound, fair.cover.stopped, fair.rate, fair.rate_bound)
    plan = covering.cover(problem, clock, asked.seed, known)
    return Plan(plan.sites, plan.covered, plan.upper_bound, plan.stopped)


def _sites(problem: Problem, sites: list[int], asked: Question) -> list[dict[str, Any]]:
    """Each site with what it covers, and what it alone covers: the reason why it is there."""
    where = problem.sites[sites]
    only = measures.alone(problem.points, problem.weights, where, problem.existing, problem.radius_km)
    near = measures.reached(problem.points, problem.weights, where, problem.radius_km)
    told = []
    for site, alone, reach in zip(sites, only.tolist(), near.tolist(), strict=True):
        row = asked.inputs["points"][site]
        told.append({"id": row[0], "name": row[1], "lat": row[2], "lon": row[3], "group": row[5], "reach": reach, "alone": alone})
    return sorted(told, key=lambda one: (-one["alone"], one["name"]))


def _before_and_after(problem: Problem, sites: list[int], asked: Question) -> dict[str, Any]:
    rows = asked.inputs["points"]
    today = np.array([[row[2], row[3]] for row in asked.inputs["today"]], dtype=np.float64).reshape(-1, 2)
    then = np.vstack((problem.existing, problem.sites[sites]))
    kept = {"before": today, "after": then}
    km = {when: measures.nearest_km(problem.points, places) for when, places in kept.items()}
    reached = {when: measures.covered(problem.points, places, problem.radius_km) for when, places in kept.items()}
    inhabited = problem.weights > 0
    order = sorted(np.flatnonzero(inhabited).tolist(), key=lambda i: (-km["after"][i], -problem.weights[i], rows[i][1]))
    groups = groups_of(asked)
    return {
        "total": float(problem.weights.sum()),
        "before": float(problem.weights[reached["before"]].sum()),
        "points": int(inhabited.sum()),
        "uncovered_before": int((inhabited & ~reached["before"]).sum()),
        "uncovered_after": int((inhabited & ~reached["after"]).sum()),
        "farthest_before": _kilometres(km["before"][inhabited]),
        "farthest_after": _kilometres(km["after"][inhabited]),
        "worst": [
            {
                "name": rows[i][1],
                "weight": float(problem.weights[i]),
                "before": _kilometres(km["before"][[i]]),
                "after": _kilometres(km["after"][[i]]),
                "covered": bool(reached["after"][i]),
            }
            for i in order[:WORST]
        ],
        "groups": [
            {
                "name": name,
                "total": float(problem.weights[member].sum()),
                "before": float(problem.weights[member & reached["before"]].sum()),
                "after": float(problem.weights[member & reached["after"]].sum()),
            }
            for member, name in ((np.array([row[5] == name for row in rows]), name) for name in groups)
        ],
    }


def _kilometres(values: np.ndarray) -> float | None:
    worst = float(values.max(initial=0.0))
    return round(worst, 3) if math.isfinite(worst) else None


def _variants(
    asked: Question, problem: Problem, plan: Plan, covered: float, ask: Callable[[], bool], progress: Callable[[int], None]
) -> list[dict[str, Any]]:
    """The same question with one thing changed: one site more or less, 20 % more or fewer sites or kilometres.

    Each starts from the plan itself, so that more sites or kilometres never cover less. Where a plan is too large to be proven best, one
    site more or less is not sought anew: the difference would be what a longer search gains, not what a site is worth.
    """
    alone = measures.alone(problem.points, problem.weights, problem.sites[plan.sites], problem.existing, problem.radius_km)
    known = [plan.sites[i] for i in np.argsort(-alone, kind="stable").tolist()]
    searched = exact.small(core_of(problem))
    available = len(asked.inputs["points"])
    step = max(1, round(CHANGE * asked.count))
    wanted = [("count", asked.count + change) for change in dict.fromkeys((1, -1, step, -step)) if 1 <= asked.count + change <= available]
    changed: list[tuple[str, float, Question]] = [(kind, value, replace(asked, count=value)) for kind, value in wanted]
    for share in (1 + CHANGE, 1 - CHANGE):
        radius = round(asked.radius_km * share, 3)
        changed.append(("radius_km", radius, replace(asked, radius_km=radius)))
    told = []
    for number, (kind, value, other) in enumerate(changed):
        if ask():
            break
        changed_problem = problem_of(other)
        one_site = kind == "count" and abs(value - asked.count) == 1
        seconds = SECONDS_A_VARIANT if searched or not one_site else 0.0
        found = _plan(changed_problem, other, Clock(seconds, ask=ask), known)
        also, _ = checked(changed_problem, found.sites, found.covered)
        told.append({"kind": kind, "value": value, "covered": also, "change": also - covered, "upper_bound": max(also, found.upper_bound)})
        progress(60 + 35 * (number + 1) // len(changed))
    return told


def _curve(problem: Problem, asked: Question, plan: Plan, ask: Callable[[], bool]) -> list[dict[str, float]]:
    """What each least rate of the worst group costs in people covered; empty with one group or a large instance."""
    if len(groups_of(asked)) < 2 or not exact.small(core_of(problem)):
        return []
    clock = Clock(SECONDS_A_VARIANT, ask=ask)
    free = covering.cover(problem, clock, asked.seed)
    fair = covering.fair_cover(problem, Clock(SECONDS_A_VARIANT, ask=ask))
    low = float(np.nanmin(covering.rates(problem, free.sites)))
    if fair.rate <= low + 1e-9:
        return [{"floor": low, "covered": free.covered}]
    floors = [low + (fair.rate - low) * part / (CURVE - 1) - 1e-9 for part in range(CURVE)]
    found = covering.trade_off(problem, floors, Clock(SECONDS_A_VARIANT, ask=ask))
    return [{"floor": max(0.0, floor), "covered": value} for floor, value in found]
