"""Many households at once, as columns: what the rules are computed on, and what they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

APPLICANT, PARTNER, CHILD = 0, 1, 2
SCHOOLING = ("inconnue", "college", "lycee", "enseignement_superieur")

ACTIVITIES = ("employed", "unemployed", "student", "retired", "inactive")
HOUSINGS = (
    "locataire_vide",
    "locataire_meuble",
    "locataire_hlm",
    "locataire_foyer",
    "primo_accedant",
    "proprietaire",
    "loge_gratuitement",
    "sans_domicile",
)


@dataclass(frozen=True, slots=True)
class Cohort:
    """N households and their P persons, all at the same month.

    Household columns have length N: `commune` (INSEE codes), `housing` (index in HOUSINGS), `rent` (EUR/month), the three flags.
    Person columns have length P: `household` (0..N-1, any order), `role` (0 applicant, 1 partner, 2 child; one applicant per household),
    `birth` (datetime64[D]), `activity` (index in ACTIVITIES), money in EUR/month, `savings` in EUR, `disability_rate` 0..100,
    `schooling` (index in SCHOOLING).
    """

    commune: NDArray[np.str_]
    housing: Ints
    rent: Floats
    shared_housing: Bools
    single_room: Bools
    landlord_is_family: Bools
    household: Ints
    role: Ints
    birth: NDArray[np.datetime64]
    activity: Ints
    wage: Floats
    pension: Floats
    unemployment_benefit: Floats
    disability_rate: Floats
    work_restriction: Bools
    pregnant: Bools
    nationality: NDArray[np.str_]
    residence_permit_years: Floats
    ass_work_history: Bools
    invalidity_pension: Floats
    sick_pay: Floats
    alimony_received: Floats
    alimony_paid: Floats
    savings: Floats
    schooling: Ints

    @property
    def households(self) -> int:
        return len(self.commune)

    def chunk(self, start: int, stop: int) -> Cohort:
        """The households start..stop-1 with their persons."""
        inside = (self.household >= start) & (self.household < stop)
        columns: dict[str, NDArray[np.generic]] = {}
        for item in fields(self):
            column = getattr(self, item.name)
            columns[item.name] = column[start:stop] if item.name in HOUSEHOLD_COLUMNS else column[inside]
        columns["household"] = columns["household"] - start
        return Cohort(**columns)  # type: ignore[arg-type]


HOUSEHOLD_COLUMNS = frozenset({"commune", "housing", "rent", "shared_housing", "single_room", "landlord_is_family"})


def stack(parts: Sequence[Cohort]) -> Cohort:
    """Several cohorts of the same month, one after another."""
    columns: dict[str, NDArray[np.generic]] = {}
    offsets = np.cumsum([0, *(part.households for part in parts)])
    for item in fields(Cohort):
        pieces = [getattr(part, item.name) for part in parts]
        if item.name == "household":
            pieces = [piece + offset for piece, offset in zip(pieces, offsets[:-1], strict=True)]
        columns[item.name] = np.concatenate(pieces)
    return Cohort(**columns)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the rules give for N households: per benefit its amount (EUR per month, or per year where the catalogue says so), length N.

    `css_charge` is what the household would pay each month for the complémentaire santé solidaire when it is not free; it is a cost.
    In `amounts["css"]` 1.0 stands for a cover, free or paid for, and 0.0 for none.
    """

    amounts: dict[str, Floats]
    css_free: Bools
    css_charge: Floats

    def rows(self, start: int, stop: int) -> Outcomes:
        return Outcomes(
            {name: values[start:stop] for name, values in self.amounts.items()}, self.css_free[start:stop], self.css_charge[start:stop]
        )


def join(parts: Sequence[Outcomes]) -> Outcomes:
    """The outcomes of several blocks of rows as one, in their order; all have the same benefits."""
    return Outcomes(
        {name: np.concatenate([part.amounts[name] for part in parts]) for name in parts[0].amounts},
        np.concatenate([part.css_free for part in parts]),
        np.concatenate([part.css_charge for part in parts]),
    )


def blank() -> Cohort:
    """One household of one adult of whom everything is ordinary: its columns show the types."""
    zero, no = np.zeros(1), np.zeros(1, dtype=bool)
    first = np.zeros(1, dtype=np.intp)
    birth = np.array(["1990-01-01"], dtype="datetime64[D]")
    where = np.array(["97209"])
    house = (
        where,
        first + HOUSINGS.index("loge_gratuitement"),
        zero,
        no,
        no,
        no,
        first,
        first,
        birth,
        first + ACTIVITIES.index("inactive"),
    )
    return Cohort(*house, zero, zero, zero, zero, no, no, np.array(["FR"]), zero, no, zero, zero, zero, zero, zero, first)
