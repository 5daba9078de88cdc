"""Why this verdict: each answer changed alone, all else equal, and what the rules then give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yole.rights.engine.cohort import Outcomes
from yole.rights.engine.completions import Design, Group, grid, with_values
from yole.rights.engine.household import Household, Rows, ages, stacked

AMOUNTS = frozenset(
    {
        *("wage", "pension", "unemployment_benefit", "rent", "disability_rate", "residence_permit_years", "invalidity_pension"),
        *("sick_pay", "alimony_received", "alimony_paid", "savings", "birth_date"),
    }
)
REFINED = 12  # points of the second grid, around a change


@dataclass(slots=True)
class Probe:
    """One answered field of a household without unknowns, with the other values tried: `rows` are positions in the flipped design."""

    field: str
    codes: list[Any]
    rows: Group


@dataclass(frozen=True, slots=True)
class Flip:
    """A benefit's verdict changes when `field` does: for an amount or an age beyond `above` or under `below` (None: not that way), else
    with one of `values` (codes of the grid)."""

    field: str
    benefit: str
    above: float | None = None
    below: float | None = None
    values: tuple[Any, ...] = ()


def short(name: str) -> str:
    return name.rpartition(".")[2]


def probes(household: Household, base: Rows) -> tuple[Rows, list[Probe]]:
    """The rows with one answer changed, for every answered field. `base` is the single row of the household."""
    parts: list[Rows] = []
    found: list[Probe] = []
    position = 0
    for name in household.answered():
        codes = grid(name, household)
        parts.append(with_values(base, 0, name, codes, household))
        found.append(Probe(name, codes, Group(name, np.arange(position, position + len(codes)))))
        position += len(codes)
    return stacked(parts), found


def flips(household: Household, base: Rows, verdict: Mapping[str, bool], found: list[Probe], outcomes: Outcomes) -> list[Flip]:
    """Which single changes flip which verdict. `verdict` is the benefit's present one; thresholds are as fine as the grid."""
    changes: list[Flip] = []
    for probe in found:
        for benefit, present in verdict.items():
            inside = outcomes.amounts[benefit][probe.rows.rows] > 0
            other = inside != present
            if not other.any():
                continue
            if short(probe.field) in AMOUNTS:
                now = current(household, base, probe.field)
                above = [code for code, changed in zip(probe.codes, other, strict=True) if changed and code > now]
                below = [code for code, changed in zip(probe.codes, other, strict=True) if changed and code < now]
                if above or below:
                    changes.append(Flip(probe.field, benefit, min(above, default=None), max(below, default=None)))
            else:
                values = tuple(code for code, changed in zip(probe.codes, other, strict=True) if changed)
                changes.append(Flip(probe.field, benefit, values=values))
    return changes


def current(household: Household, base: Rows, name: str) -> float:
    """The present value of an amount, or the present age."""
    column = base.values[name]
    return float(ages(household.month, column)[0]) if short(name) == "birth_date" else float(column[0])


def refinement(household: Household, base: Rows, changes: list[Flip]) -> tuple[Rows, list[tuple[Flip, str, list[float], Group]]] | None:
    """A second grid between the last value that changes nothing and the first that does, for every threshold in EUR."""
    parts: list[Rows] = []
    wanted: list[tuple[Flip, str, list[float], Group]] = []
    position = 0
    for flip in changes:
        for side, edge in (("above", flip.above), ("below", flip.below)):
            if edge is None or short(flip.field) not in AMOUNTS or short(flip.field) == "birth_date":
                continue
            now = current(household, base, flip.field)
            codes = [float(code) for code in grid(flip.field, household)]
            if side == "above":
                nearest = max([now, *(code for code in codes if now <= code < edge)])
            else:
                nearest = min([now, *(code for code in codes if edge < code <= now)])
            points = np.round(np.linspace(nearest, edge, REFINED), 0).tolist()
            parts.append(with_values(base, 0, flip.field, points, household))
            wanted.append((flip, side, points, Group(flip.field, np.arange(position, position + len(points)))))
            position += len(points)
    return (stacked(parts), wanted) if parts else None


def refined(
    changes: list[Flip], wanted: list[tuple[Flip, str, list[float], Group]], outcomes: Outcomes, verdict: Mapping[str, bool]
) -> list[Flip]:
    """The same changes with finer thresholds."""
    finer: dict[tuple[str, str], dict[str, float]] = {}
    for flip, side, points, group in wanted:
        inside = outcomes.amounts[flip.benefit][group.rows] > 0
        changed = [point for point, positive in zip(points, inside, strict=True) if positive != verdict[flip.benefit]]
        if changed:
            finer.setdefault((flip.field, flip.benefit), {})[side] = changed[0]
    result: list[Flip] = []
    for flip in changes:
        better = finer.get((flip.field, flip.benefit), {})
        result.append(Flip(flip.field, flip.benefit, better.get("above", flip.above), better.get("below", flip.below), flip.values))
    return result


def deciding(design: Design, outcomes: Outcomes) -> dict[str, list[str]]:
    """For a household with unknowns: per benefit, the unknown fields that alone can change its verdict."""
    found: dict[str, list[str]] = {}
    for group in design.groups:
        for benefit, amounts in outcomes.amounts.items():
            inside = amounts[group.rows] > 0
            if inside.any() and not inside.all() and group.field not in found.setdefault(benefit, []):
                found[benefit].append(group.field)
    return found
