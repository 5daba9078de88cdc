"""Conditions of a local aid on the rows of a household."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yole.rights.engine.cohort import ACTIVITIES, HOUSINGS, Bools
from yole.rights.engine.household import MOST_CHILDREN, Rows, ages

OPERATORS = ("equal", "at_least", "at_most", "one_of")
FIELDS = ("departement", "commune", "age", "activity", "housing_status", "children_count", "couple", "wage", "pension", "youngest_child")


@dataclass(frozen=True, slots=True)
class Condition:
    """`field` one of FIELDS, `operator` one of OPERATORS, `value` a number, a text, a boolean, or a tuple of texts for one_of."""

    field: str
    operator: str
    value: Any


def column(rows: Rows, name: str) -> NDArray[Any]:
    """The values of a field of FIELDS, of the applicant where it is a person's."""
    if name == "departement":
        return np.array([code[:3] if code.startswith("97") else code[:2] for code in rows.values["commune"]])
    if name == "age":
        return ages(rows.month, rows.values["applicant.birth_date"])
    if name == "activity":
        return np.take(np.array(ACTIVITIES), rows.values["applicant.activity"])
    if name == "housing_status":
        return np.take(np.array(HOUSINGS), rows.values["housing_status"])
    if name in ("wage", "pension"):
        return rows.effective(f"applicant.{name}")
    if name == "youngest_child":
        inside = np.arange(MOST_CHILDREN)[None, :] < rows.values["children_count"][:, None]
        youngest: NDArray[Any] = np.min(np.where(inside, ages(rows.month, rows.values["children_birth_dates"]), np.inf), axis=1)
        return youngest
    return rows.values[name]


def _holds(rows: Rows, condition: Condition) -> Bools:
    values = column(rows, condition.field)
    if condition.operator == "at_least":
        return np.asarray(values >= condition.value)
    if condition.operator == "at_most":
        return np.asarray(values <= condition.value)
    if condition.operator == "one_of":
        return np.isin(values, list(condition.value))
    return np.asarray(values == condition.value)


def meets(rows: Rows, conditions: tuple[Condition, ...], profiles: tuple[tuple[Condition, ...], ...]) -> Bools:
    """Every general condition, and one profile at least when there are profiles."""
    result = np.ones(len(rows), dtype=bool)
    for condition in conditions:
        result &= _holds(rows, condition)
    if profiles:
        any_profile = np.zeros(len(rows), dtype=bool)
        for profile in profiles:
            inside = np.ones(len(rows), dtype=bool)
            for condition in profile:
                inside &= _holds(rows, condition)
            any_profile |= inside
        result &= any_profile
    return result
