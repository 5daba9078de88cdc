"""A household as fields: which are known, which are not, when each is asked; and many completions of it as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yole.rights.engine.cohort import ACTIVITIES, APPLICANT, CHILD, HOUSINGS, PARTNER, SCHOOLING, Bools, Cohort, Floats

ADULTS = ("applicant", "partner")
MOST_CHILDREN = 12
TENANTS = frozenset({"locataire_vide", "locataire_meuble", "locataire_hlm", "locataire_foyer", "primo_accedant"})
# Each tick of "other situations" and the person fields that it opens.
TICKS: dict[str, tuple[str, ...]] = {
    "disability": ("disability_rate", "work_restriction"),
    "pregnancy": ("pregnant",),
    "foreign_national": ("nationality", "residence_permit_years"),
    "ass": ("ass_work_history",),
    "invalidity": ("invalidity_pension",),
    "sick_leave": ("sick_pay",),
    "alimony": ("alimony_received", "alimony_paid"),
    "savings": ("savings",),
    "self_employed": ("self_employed",),
}
# What a person of working age receives, by activity.
INCOMES = {"wage": ("employed", "student"), "pension": ("retired",), "unemployment_benefit": ("unemployed",)}
ADULT_FIELDS = ("birth_date", "activity", *INCOMES, *(name for names in TICKS.values() for name in names))
BOOLEANS = frozenset({"work_restriction", "pregnant", "ass_work_history", "self_employed"})
HOUSEHOLD_FIELDS = ("commune", "couple", "children_count", "children_birth_dates", "housing_status", "rent", "other_situations")
FIELDS = (*HOUSEHOLD_FIELDS, *(f"{adult}.{name}" for adult in ADULTS for name in ADULT_FIELDS))
# Members of the European Union and of the Economic Area, and Switzerland: no residence permit is asked (ISO 3166 alpha-2).
EUROPE = frozenset(
    "FR DE AT BE BG CY HR DK ES EE FI GR HU IE IT LV LT LU MT NL PL PT CZ RO SK SI SE IS LI NO CH".split()  # noqa: SIM905
)
PERMIT_OF_EUROPEANS = 1.0  # years: the rules want three months of residence, which nobody is asked
OPEN, HIDDEN, OFF = "open", "hidden", "off"


@dataclass(frozen=True, slots=True)
class Child:
    """A listed child; without a date of birth its age is unknown."""

    birth_date: date | None = None
    activity: str = "inactive"
    wage: float = 0.0
    disability_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Household:
    """What is known of a household at `month` ("YYYY-MM").

    `known` holds a value per name of FIELDS that was given (dates as `date`, `other_situations` as a frozenset of ticks); a name that is
    absent is unknown when its condition holds. `assumptions` lists in words what was supposed without being asked.
    """

    month: str
    known: Mapping[str, Any]
    children: tuple[Child, ...] = ()
    shared_housing: bool = False
    single_room: bool = False
    landlord_is_family: bool = False
    received: frozenset[str] | None = None
    assumptions: tuple[str, ...] = field(default=())

    def state(self, name: str) -> str:
        """Whether a field counts: OPEN (its condition holds), HIDDEN (an unknown field decides), OFF (it does not)."""
        adult, _, short = name.rpartition(".")
        conditions = [self._partner_state()] if adult == "partner" else []
        if short == "rent":
            status = self.known.get("housing_status")
            conditions.append(HIDDEN if status is None else OPEN if status in TENANTS else OFF)
        elif short == "children_birth_dates":
            count = self.known.get("children_count")
            missing = count is not None and (len(self.children) < count or any(child.birth_date is None for child in self.children))
            conditions.append(HIDDEN if count is None else OPEN if missing else OFF)
        elif short in INCOMES:
            activity = self.known.get(f"{adult}.activity")
            conditions.append(HIDDEN if activity is None else OPEN if activity in INCOMES[short] else OFF)
        elif adult and short in _TICK_OF:
            conditions.append(self._tick_state(adult, short))
        return OFF if OFF in conditions else HIDDEN if HIDDEN in conditions else OPEN

    def _partner_state(self) -> str:
        couple = self.known.get("couple")
        return HIDDEN if couple is None else OPEN if couple else OFF

    def _tick_state(self, adult: str, short: str) -> str:
        ticks = self.known.get("other_situations")
        if ticks is None:
            return HIDDEN
        if _TICK_OF[short] not in ticks:
            return OFF
        if short == "work_restriction":
            rate = self.known.get(f"{adult}.disability_rate")
            if rate is None and not self._told("disability_rate"):
                return HIDDEN
            return OPEN if rate is not None and 50 <= rate < 80 else OFF
        if short == "residence_permit_years":
            nationality = self.known.get(f"{adult}.nationality")
            if nationality is None and not self._told("nationality"):
                return HIDDEN
            return OPEN if nationality is not None and nationality not in EUROPE else OFF
        # A tick concerns one of the adults: once one has it, the other is not concerned. A zero says that it is the other, or nobody.
        pair = ("alimony_received", "alimony_paid") if short.startswith("alimony") else (short,)
        return OFF if f"{adult}.{short}" not in self.known and any(self._told(name) for name in pair) else OPEN

    def _told(self, short: str) -> bool:
        """Whether one of the adults is known to have what a tick is about."""
        nothing = "FR" if short == "nationality" else 0
        return any(self.known.get(f"{adult}.{short}", nothing) != nothing for adult in ADULTS)

    def unknown(self) -> list[str]:
        """The fields that count or may count, and are not known, in the order of FIELDS."""
        return [name for name in FIELDS if name not in self.known and self.state(name) != OFF]

    def askable(self) -> list[str]:
        """The unknown fields whose condition holds."""
        return [name for name in self.unknown() if self.state(name) == OPEN]

    def answered(self) -> list[str]:
        """The fields that count and are known."""
        births = ["children_birth_dates"] if self.known.get("children_count") and self.state("children_birth_dates") == OFF else []
        return [name for name in FIELDS if name in self.known and self.state(name) == OPEN] + births

    def self_employed(self) -> bool:
        """Whether somebody works on their own account, which the rules as we drive them do not model."""
        ticks = self.known.get("other_situations") or frozenset()
        if "self_employed" not in ticks:
            return False
        told = [self.known[f"{adult}.self_employed"] for adult in ADULTS if f"{adult}.self_employed" in self.known]
        return any(told) if told else True


_TICK_OF = {name: tick for tick, names in TICKS.items() for name in names}


def gate_of(name: str) -> tuple[str, ...]:
    """The fields that decide whether a field counts, nearest last."""
    adult, _, short = name.rpartition(".")
    gates: list[str] = ["couple"] if adult == "partner" else []
    if short == "rent":
        gates.append("housing_status")
    elif short == "children_birth_dates":
        gates.append("children_count")
    elif short in INCOMES:
        gates.append(f"{adult}.activity")
    elif adult and short in _TICK_OF:
        gates.append("other_situations")
        if short == "work_restriction":
            gates.append(f"{adult}.disability_rate")
        elif short == "residence_permit_years":
            gates.append(f"{adult}.nationality")
    return tuple(gates)


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of children by row and rank: matrices (R, 12) of `activity` (index in ACTIVITIES), `wage`, `disability_rate`."""

    activity: NDArray[np.intp]
    wage: Floats
    disability_rate: Floats

    @classmethod
    def of(cls, families: Sequence[Sequence[Child]]) -> Listed:
        """One row a family; ranks without a child hold what a child is by default."""
        shape = (len(families), MOST_CHILDREN)
        found = cls(np.full(shape, ACTIVITIES.index(Child().activity)), np.zeros(shape), np.zeros(shape))
        for row, family in enumerate(families):
            for rank, child in enumerate(family):
                found.activity[row, rank] = ACTIVITIES.index(child.activity)
                found.wage[row, rank] = child.wage
                found.disability_rate[row, rank] = child.disability_rate
        return found


@dataclass(slots=True)
class Rows:
    """R completions of one household. `values` has a column of length R per name of FIELDS, before conditions are applied (a wage stands
    there even for who does not work); `children_birth_dates` is a matrix (R, 12) and `other_situations` one of booleans (R, ticks)."""

    month: str
    values: dict[str, NDArray[Any]]
    shared_housing: bool | Bools = False
    single_room: bool | Bools = False
    landlord_is_family: bool | Bools = False
    children: tuple[Child, ...] = ()

    def __len__(self) -> int:
        return len(self.values["commune"])

    def effective(self, name: str) -> NDArray[Any]:
        """A column after its conditions: zero, false or "FR" where the field does not count."""
        column = self.values[name]
        adult, _, short = name.rpartition(".")
        if short == "rent":
            return np.where(np.isin(self.values["housing_status"], _TENANT_CODES), column, 0.0)
        if short in INCOMES:
            codes = [ACTIVITIES.index(activity) for activity in INCOMES[short]]
            return np.where(np.isin(self.values[f"{adult}.activity"], codes), column, 0.0)
        if adult and short in _TICK_OF:
            return self._ticked(adult, short, column)
        return column

    def _ticked(self, adult: str, short: str, column: NDArray[Any]) -> NDArray[Any]:
        ticked: Bools = self.values["other_situations"][:, list(TICKS).index(_TICK_OF[short])]
        if short == "nationality":
            return np.where(ticked, column, "FR")
        if short == "work_restriction":
            rate = self.values[f"{adult}.disability_rate"]
            ticked = ticked & (rate >= 50) & (rate < 80)
        if short == "residence_permit_years":
            nationality = self.effective(f"{adult}.nationality")
            european = np.isin(nationality, list(EUROPE))
            return np.where(european, np.where(nationality == "FR", 0.0, PERMIT_OF_EUROPEANS), column)
        return np.where(ticked, column, np.zeros(1, dtype=column.dtype))

    def take(self, rows: NDArray[np.intp]) -> Rows:
        values = {name: column[rows] for name, column in self.values.items()}
        return Rows(self.month, values, self.shared_housing, self.single_room, self.landlord_is_family, self.children)

    def listed(self) -> Listed:
        """What is known of the listed children, in every row."""
        shape = (len(self), MOST_CHILDREN)
        one = Listed.of([self.children])
        wage, rate = np.broadcast_to(one.wage, shape), np.broadcast_to(one.disability_rate, shape)
        return Listed(np.broadcast_to(one.activity, shape), wage, rate)

    def cohort(self) -> Cohort:
        """The rows as households of a cohort: the applicant of each, then the partners, then the children."""
        size = len(self)
        couple = self.values["couple"].astype(bool)
        count = self.values["children_count"]
        rank = np.arange(MOST_CHILDREN)[None, :]
        kids, order = np.nonzero(rank < count[:, None])
        births = self.values["children_birth_dates"][kids, order]
        listed = self.listed()
        with_partner = np.nonzero(couple)[0]
        everyone = np.arange(size)

        def people(short: str, of_children: NDArray[Any]) -> NDArray[Any]:
            return np.concatenate([self.effective(f"applicant.{short}"), self.effective(f"partner.{short}")[with_partner], of_children])

        nothing, no = np.zeros(len(kids)), np.zeros(len(kids), dtype=bool)
        activity = people("activity", listed.activity[kids, order])
        birth = people("birth_date", births).astype("datetime64[D]")
        household = np.concatenate([everyone, with_partner, kids])
        role = np.repeat([APPLICANT, PARTNER, CHILD], [size, len(with_partner), len(kids)])
        return Cohort(
            commune=self.values["commune"],
            housing=self.values["housing_status"],
            rent=self.effective("rent"),
            shared_housing=np.full(size, self.shared_housing),
            single_room=np.full(size, self.single_room),
            landlord_is_family=np.full(size, self.landlord_is_family),
            household=household,
            role=role,
            birth=birth,
            activity=activity,
            wage=people("wage", listed.wage[kids, order]),
            pension=people("pension", nothing),
            unemployment_benefit=people("unemployment_benefit", nothing),
            disability_rate=people("disability_rate", listed.disability_rate[kids, order]),
            work_restriction=people("work_restriction", no).astype(bool),
            pregnant=people("pregnant", no).astype(bool),
            nationality=people("nationality", np.full(len(kids), "FR")),
            residence_permit_years=people("residence_permit_years", nothing),
            ass_work_history=people("ass_work_history", no).astype(bool),
            invalidity_pension=people("invalidity_pension", nothing),
            sick_pay=people("sick_pay", nothing),
            alimony_received=people("alimony_received", nothing),
            alimony_paid=people("alimony_paid", nothing),
            savings=people("savings", nothing),
            schooling=_schooling(self.month, role, birth, activity),
        )


@dataclass(slots=True)
class Crowd(Rows):
    """One row each of many households without unknowns: the flags are columns, `families` the listed children of each."""

    families: Sequence[Sequence[Child]] = ()

    def listed(self) -> Listed:
        return Listed.of(self.families)


_TENANT_CODES = [index for index, status in enumerate(HOUSINGS) if status in TENANTS]


def ages(month: str, births: NDArray[np.datetime64]) -> Floats:
    """Whole years reached on the first day of the month; -1 or less for a birth after it."""
    born = births.astype("datetime64[M]").astype(int)
    late = (births.astype("datetime64[D]") - births.astype("datetime64[M]").astype("datetime64[D]")).astype(int) > 0
    months = np.datetime64(month, "M").astype(int) - born - late
    years: Floats = np.floor_divide(months, 12).astype(float)
    return years


def _schooling(month: str, role: NDArray[np.intp], birth: NDArray[np.datetime64], activity: NDArray[np.intp]) -> NDArray[np.intp]:
    """Collège from 11, lycée from 15 to 17 for children, higher education for adults who study: supposed, not asked."""
    age = ages(month, birth)
    child, student = role == CHILD, activity == ACTIVITIES.index("student")
    school = np.select(
        [child & (age >= 11) & (age < 15), child & (age >= 15) & (age < 18), student & (age >= 18)],
        [SCHOOLING.index("college"), SCHOOLING.index("lycee"), SCHOOLING.index("enseignement_superieur")],
        SCHOOLING.index("inconnue"),
    )
    return school.astype(np.intp)


def stacked(parts: list[Rows]) -> Rows:
    """Rows of the same household, one block after another."""
    values = {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values}
    first = parts[0]
    return Rows(first.month, values, first.shared_housing, first.single_room, first.landlord_is_family, first.children)
