"""Every completion of an incomplete household over a grid of its missing fields: the truth that a three-valued verdict is judged by.

Written apart from the engine's own draws: enumerations in full, amounts in steps, ages one by one; whatever an answer opens (a wage after
« employed ») is completed in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from yole.rights.engine.cohort import ACTIVITIES, HOUSINGS
from yole.rights.engine.household import TICKS, Child, Household

# Step and end of each amount, in the domains of the reference; `COARSE` when another field is missing as well.
AMOUNTS = {"wage": (100, 6000), "pension": (100, 4000), "unemployment_benefit": (100, 3000), "rent": (50, 1500)}
COARSE = 5
STEPS = {
    "disability_rate": (0, 30, 49, 50, 65, 79, 80, 100),
    "residence_permit_years": (0, 2, 4, 5, 9, 10, 20),
    "invalidity_pension": (0, 300, 700, 1050, 1600),
    "sick_pay": (0, 400, 900, 1800),
    "alimony_received": (0, 150, 400, 1200),
    "alimony_paid": (0, 150, 400, 1200),
    "savings": (0, 5000, 30000, 100000),
}
COMMUNES = ("97209", "97213", "97222", "97105", "97302", "97411", "75056", "69123", "44109", "33063", "23096", "29019")
CHILD_AGES = (0, 2, 3, 5, 6, 10, 11, 14, 15, 17, 18, 19, 20)


def born(month: str, age: int) -> date:
    """Somebody of that age since some months."""
    year, number = int(month[:4]) - age, int(month[5:]) - 4
    return date(year, number, 15) if number > 0 else date(year - 1, number + 12, 15)


def values(household: Household, name: str, *, coarse: bool) -> list[Any]:
    short = name.rpartition(".")[2]
    if short in AMOUNTS:
        step, end = AMOUNTS[short]
        return list(range(100 if short == "rent" else 0, end + 1, step * COARSE if coarse else step))
    if short in STEPS:
        return list(STEPS[short])
    if short == "birth_date":
        eldest = min((child.birth_date for child in household.children if child.birth_date), default=None)
        youngest = 16 if eldest is None else int(household.month[:4]) - eldest.year + 14
        return [born(household.month, age) for age in range(youngest, 101, 4 if coarse else 1)]
    plain: dict[str, list[Any]] = {
        "activity": list(ACTIVITIES),
        "housing_status": list(HOUSINGS),
        "commune": list(COMMUNES),
        "nationality": ["FR", "PT", "HT"],
        "children_count": [0, 1, 2, 3],
        "other_situations": [frozenset(), *(frozenset({tick}) for tick in TICKS if tick != "self_employed")],
    }
    return plain.get(short, [False, True])


def completed(household: Household, *, coarse: bool = False) -> Iterator[Household]:
    unknown = household.askable()
    if not unknown:
        assert not household.unknown()
        yield household
        return
    name = unknown[0]
    if name == "children_birth_dates":
        count = int(household.known["children_count"])
        # The eldest has each age; the others follow two or seven years apart.
        for age in CHILD_AGES:
            for gap in (2, 7) if count > 1 else (0,):
                births = [born(household.month, max(0, age - gap * rank)) for rank in range(count)]
                yield from completed(replace(household, children=tuple(Child(each) for each in births)), coarse=coarse)
        return
    coarse = coarse or len(unknown) > 1
    for value in values(household, name, coarse=coarse):
        yield from completed(replace(household, known={**household.known, name: value}), coarse=coarse)
