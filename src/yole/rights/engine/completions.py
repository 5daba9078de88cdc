"""Completions of an incomplete household: draws from priors, and corner rows where one unknown field alone moves.

A draw fixes every unknown at once, structure included (partner, children). The corner rows come in groups: a group takes one draw as its
anchor and gives one field each value of its grid, all else equal. Two rows of a group with different outcomes prove that the field can
matter; random draws alone would confuse a field with those that go with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yole.rights.engine.cohort import ACTIVITIES, HOUSINGS, Bools, Floats, Ints
from yole.rights.engine.household import (
    ADULTS,
    BOOLEANS,
    FIELDS,
    HIDDEN,
    MOST_CHILDREN,
    TICKS,
    Crowd,
    Household,
    Rows,
    ages,
    gate_of,
    stacked,
)

DRAWS = 512
CORNERS = 420  # rows, all groups together
OLDEST_CHILD = 20
_SOME_DAY = date(1990, 1, 15)  # of birth, where nothing is known
TICK_NAMES = tuple(TICKS)
# Both ends of each domain and both sides of the thresholds that we know of (EUR a month, years, per cent).
_AGES = (16, 18, 19, 20, 24, 25, 26, 29, 30, 40, 50, 55, 60, 61, 62, 63, 64, 65, 66, 67, 75, 100)
_GRIDS: dict[str, tuple[float, ...]] = {
    "wage": (0, 200, 450, 700, 950, 1200, 1450, 1700, 2000, 2400, 3000, 4000, 6000),
    "pension": (0, 400, 700, 900, 1040, 1060, 1300, 1700, 2400, 4000),
    "unemployment_benefit": (0, 300, 550, 700, 900, 1200, 1700, 3000),
    "rent": (100, 200, 300, 450, 600, 900, 1500),
    "disability_rate": (0, 30, 50, 79, 80, 100),
    "residence_permit_years": (0, 4, 5, 9, 10, 20),
    "invalidity_pension": (0, 300, 700, 1050, 1600),
    "sick_pay": (0, 400, 900, 1800),
    "alimony_received": (0, 150, 400, 1200),
    "alimony_paid": (0, 150, 400, 1200),
    "savings": (0, 5000, 30000, 100000),
}
_ENDS = {name: (grid[0], grid[-1]) for name, grid in _GRIDS.items()}
_FAMILIES = ((0, 0, 0), (2, 4, 6), (4, 9, 12), (8, 8, 8), (12, 14, 16), (16, 17, 17), (18, 19, 19), (20, 20, 20), (3, 7, 17), (1, 10, 15))
# A tick of self-employment is not drawn: what the rules cannot model is said as an assumption, not guessed.
NOT_DRAWN = frozenset({"self_employed"})


@dataclass(frozen=True, slots=True)
class Priors:
    """What is supposed before anything is said: shares, and bands [low, high, share] of amounts. `source` and `dated` are shown."""

    source: str
    dated: str
    couple: float
    commune: Mapping[str, float]
    children: Mapping[str, float]
    age: Mapping[str, float]
    activity: Mapping[str, Mapping[str, float]]
    housing: Mapping[str, float]
    ticks: Mapping[str, float]
    bands: Mapping[str, list[list[float]]]
    nationality: Mapping[str, float]
    booleans: Mapping[str, float]


@dataclass(slots=True)
class Group:
    """Rows of the design where only `field` moves. `rows` are positions in the design, `values` the codes of the field there."""

    field: str
    rows: Ints


@dataclass(slots=True)
class Design:
    """`rows` to compute; the first `draws` are draws from the priors (one each when nothing is unknown), the others belong to groups."""

    household: Household
    rows: Rows
    draws: int
    groups: list[Group]


def _base(households: Sequence[Household]) -> dict[str, NDArray[Any]]:
    """Columns with the known values of each household, and the default where nothing is known."""
    everyone = [household.known for household in households]
    values: dict[str, NDArray[Any]] = {}
    for name in FIELDS:
        short = name.rpartition(".")[2]
        told = [known.get(name) for known in everyone]
        if short == "commune":
            values[name] = np.array([value or "97209" for value in told])
        elif short == "housing_status":
            values[name] = np.array([HOUSINGS.index(value or "loge_gratuitement") for value in told])
        elif short == "activity":
            values[name] = np.array([ACTIVITIES.index(value or "inactive") for value in told])
        elif short == "nationality":
            values[name] = np.array([value or "FR" for value in told])
        elif short == "birth_date":
            values[name] = np.array([value or _SOME_DAY for value in told], dtype="datetime64[D]")
        elif short == "other_situations":
            values[name] = np.array([[tick in (value or ()) for tick in TICK_NAMES] for value in told])
        elif short == "children_birth_dates":
            births = np.full((len(households), MOST_CHILDREN), np.datetime64("NaT", "D"))
            for row, household in enumerate(households):
                for rank, child in enumerate(household.children):
                    if child.birth_date:
                        births[row, rank] = child.birth_date
            values[name] = births
        elif short in BOOLEANS or short == "couple":
            values[name] = np.array([bool(value) for value in told])
        elif short == "children_count":
            values[name] = np.array([int(value or 0) for value in told])
        else:
            values[name] = np.array([float(value or 0.0) for value in told])
    return values


def crowd(households: Sequence[Household]) -> Crowd:
    """One row each of households of the same month that have no unknown: what `design` gives for each, made at once."""
    return Crowd(
        households[0].month,
        _base(households),
        shared_housing=np.array([each.shared_housing for each in households]),
        single_room=np.array([each.single_room for each in households]),
        landlord_is_family=np.array([each.landlord_is_family for each in households]),
        families=[each.children for each in households],
    )


def _rows(household: Household, values: dict[str, NDArray[Any]]) -> Rows:
    flags = (household.shared_housing, household.single_room, household.landlord_is_family)
    return Rows(household.month, values, *flags, children=household.children)


class _Sampler:
    """Latin hypercube: each column has one value in each of `size` equal slices of its distribution."""

    def __init__(self, household: Household, priors: Priors, size: int, seed: int) -> None:
        self.household, self.priors, self.size = household, priors, size
        self.random = np.random.default_rng(seed)
        self.values = {name: np.repeat(column, size, axis=0) for name, column in _base([household]).items()}
        # In the order of FIELDS: a set would draw in another order in each process, and the seed would mean nothing.
        self.unknown = dict.fromkeys(household.unknown())

    def uniform(self) -> Floats:
        """`size` numbers of [0, 1), one in each of `size` equal parts, in random order: the draws spread evenly."""
        return (self.random.permutation(self.size) + self.random.random(self.size)) / self.size

    def choice(self, shares: Mapping[str, float]) -> Ints:
        """Positions among `shares`, as often as they say (they need not add up to 1)."""
        edges = np.cumsum(list(shares.values()))
        return np.minimum(np.searchsorted(edges / edges[-1], self.uniform(), side="right"), len(shares) - 1)

    def banded(self, bands: list[list[float]], ends: tuple[float, float]) -> Floats:
        """Seven draws in eight from the bands, one in eight anywhere in the domain."""
        table = np.array(bands, dtype=float)
        edges = np.cumsum(table[:, 2]) / table[:, 2].sum()
        uniform = self.uniform()
        band = np.minimum(np.searchsorted(edges, uniform, side="right"), len(table) - 1)
        within = self.random.random(self.size)
        drawn = table[band, 0] + within * (table[band, 1] - table[band, 0])
        anywhere = ends[0] + self.uniform() * (ends[1] - ends[0])
        mixed = np.where(self.random.random(self.size) < 0.125, anywhere, drawn)
        rounded: Floats = np.round(mixed)
        return rounded

    def draw(self) -> Rows:
        """`size` completions of the household; what it said is kept as it was said."""
        priors, values, unknown = self.priors, self.values, self.unknown
        if "commune" in unknown:
            values["commune"] = np.array(list(priors.commune))[self.choice(priors.commune)]
        if "couple" in unknown:
            values["couple"] = self.uniform() < priors.couple
        for adult in ADULTS:
            self.adult(adult)
        self.children()
        if "housing_status" in unknown:
            names = list(priors.housing)
            values["housing_status"] = np.array([HOUSINGS.index(name) for name in names])[self.choice(priors.housing)]
        if "rent" in unknown:
            values["rent"] = self.banded(priors.bands["rent"], _ENDS["rent"])
        if "other_situations" in unknown:
            for index, tick in enumerate(TICK_NAMES):
                if tick not in NOT_DRAWN:
                    values["other_situations"][:, index] = self.uniform() < priors.ticks[tick]
        return _rows(self.household, values)

    def adult(self, adult: str) -> None:
        """Draws what one adult did not say: the age first, then what depends on it."""
        priors, values, unknown = self.priors, self.values, self.unknown
        birth, activity = f"{adult}.birth_date", f"{adult}.activity"
        if birth in unknown:
            values[birth] = self.births(self.adult_ages(adult))
        if activity in unknown:
            age = ages(self.household.month, values[birth])
            values[activity] = np.zeros(self.size, dtype=int)
            for band, of_band in (("young", age < 30), ("middle", (age >= 30) & (age < 60)), ("late", age >= 60)):
                shares = priors.activity[band]
                codes = np.array([ACTIVITIES.index(name) for name in shares])
                values[activity] = np.where(of_band, codes[self.choice(shares)], values[activity])
        for name in unknown:
            if not name.startswith(f"{adult}.") or name in (birth, activity):
                continue
            short = name.rpartition(".")[2]
            if short in BOOLEANS:
                values[name] = self.uniform() < priors.booleans.get(short, 0.0)
            elif short == "nationality":
                values[name] = np.array(list(priors.nationality))[self.choice(priors.nationality)]
            else:
                values[name] = self.banded(priors.bands[short], _ENDS[short])

    def adult_ages(self, adult: str) -> Floats:
        """Ages by bands; a known activity makes the ages that go with it likelier; a listed child makes the adult older than it."""
        starts = np.array([float(first) for first in self.priors.age])
        ends = np.append(starts[1:], 101.0)
        shares = np.array(list(self.priors.age.values()))
        activity = self.household.known.get(f"{adult}.activity")
        if activity is not None:
            band = np.where(starts < 30, 0, np.where(starts < 60, 1, 2))
            factor = np.array([self.priors.activity[name].get(activity, 0.0) for name in ("young", "middle", "late")])
            shares = shares * np.maximum(factor, 0.02)[band]
        edges = np.cumsum(shares) / shares.sum()
        uniform = self.uniform()
        index = np.minimum(np.searchsorted(edges, uniform, side="right"), len(starts) - 1)
        drawn = starts[index] + self.random.random(self.size) * (ends - starts)[index]
        older: Floats = np.maximum(drawn, _youngest_parent(self.household))
        return older

    def births(self, age: Floats) -> NDArray[np.datetime64]:
        """First day of the month of birth for ages in years."""
        months = np.datetime64(self.household.month, "M") - np.floor(age * 12).astype(int).astype("timedelta64[M]")
        return months.astype("datetime64[D]")

    def children(self) -> None:
        """Draws how many children there are and the births that are not known."""
        priors, values, unknown = self.priors, self.values, self.unknown
        if "children_count" in unknown:
            values["children_count"] = np.array([int(name) for name in priors.children])[self.choice(priors.children)]
        births = values["children_birth_dates"]
        for rank in range(MOST_CHILDREN):
            missing = np.isnat(births[:, rank])
            if missing.any():
                births[missing, rank] = self.births(self.uniform() * (OLDEST_CHILD + 0.99))[missing]


def design(household: Household, priors: Priors, *, seed: int = 0, draws: int = DRAWS, corners: int = CORNERS) -> Design:
    """The rows to compute for a household: one row when nothing is unknown, else `draws` draws and about `corners` corner rows."""
    unknown = household.unknown()
    if not unknown:
        return Design(household, _rows(household, _base([household])), 1, [])
    drawn = _Sampler(household, priors, draws, seed).draw()
    if corners == 0:
        return Design(household, drawn, draws, [])
    extra, groups = _corner_rows(household, drawn, unknown, corners, np.random.default_rng(seed + 1))
    return Design(household, stacked([drawn, *extra]), draws, groups)


def _corner_rows(
    household: Household, drawn: Rows, unknown: list[str], corners: int, random: np.random.Generator
) -> tuple[list[Rows], list[Group]]:
    coarse = sum(len(grid(name, household)) for name in unknown)
    # Around a single unknown field every anchor would be the same household: one of them, with a finer grid.
    anchors = 1 if len(unknown) == 1 else max(2, min(12, corners // coarse))
    fineness = max(1, corners // (anchors * coarse))
    parts: list[Rows] = []
    groups: list[Group] = []
    position = len(drawn)
    for name in unknown:
        codes = grid(name, household, fineness)
        able = np.nonzero(_counts(drawn, household, name))[0]
        if not len(able):
            continue
        for anchor in random.choice(able, size=min(anchors, len(able)), replace=False):
            block = with_values(drawn, int(anchor), name, codes, household)
            parts.append(block)
            groups.append(Group(name, np.arange(position, position + len(codes))))
            position += len(codes)
    return parts, groups


def _counts(rows: Rows, household: Household, name: str) -> Bools:
    """The rows in which a field counts."""
    counts = np.ones(len(rows), dtype=bool)
    if household.state(name) != HIDDEN:
        return counts
    for gate in gate_of(name):
        if gate == "couple":
            counts &= rows.values["couple"].astype(bool)
        elif gate == "children_count":
            counts &= rows.values["children_count"] > 0
    short = name.rpartition(".")[2]
    if gate_of(name)[-1:] and gate_of(name)[-1] not in ("couple", "children_count"):
        probe = Rows(rows.month, {**rows.values, name: _marker(rows.values[name], short)})
        effective = probe.effective(name)
        counts &= effective == probe.values[name]
    return counts


def _marker(column: NDArray[Any], short: str) -> NDArray[Any]:
    if short == "nationality":
        return np.full(len(column), "HT")
    return np.full(len(column), True) if column.dtype == bool else np.full(len(column), 1.5)


def grid(name: str, household: Household, fineness: int = 1) -> list[Any]:
    """The values that a field takes in a group. `fineness` adds that many times more points between the ends of an amount."""
    short = name.rpartition(".")[2]
    if short in _GRIDS:
        if fineness == 1:
            return list(_GRIDS[short])
        low, high = _ENDS[short]
        fine = np.round(np.linspace(low, high, min(len(_GRIDS[short]) * fineness, 160)))
        return sorted({*map(float, _GRIDS[short]), *fine.tolist()})
    if short == "birth_date":
        youngest = _youngest_parent(household)
        return [age for age in (_AGES if fineness == 1 else range(16, 101)) if age >= youngest]
    if short == "activity":
        return list(range(len(ACTIVITIES)))
    if short == "housing_status":
        return list(range(len(HOUSINGS)))
    if short == "commune":
        return ["97209", "97105", "97302", "97411", "75056", "44109", "23096"]
    if short == "nationality":
        return ["FR", "PT", "HT"]
    if short == "children_count":
        return list(range(len(household.children), max(7, len(household.children) + 1)))
    if short == "children_birth_dates":
        return list(_FAMILIES)
    if short == "other_situations":
        return [frozenset[str](), *({tick} for tick in TICK_NAMES if tick not in NOT_DRAWN)]
    return [False, True]


def _youngest_parent(household: Household) -> float:
    """The least age of an adult: some years more than the eldest listed child."""
    born = [np.datetime64(child.birth_date, "D") for child in household.children if child.birth_date]
    return float(ages(household.month, np.array([min(born)]))[0] + 13) if born else 16.0


def with_values(rows: Rows, anchor: int, name: str, codes: list[Any], household: Household) -> Rows:
    """A row repeated with each value of one field."""
    block = rows.take(np.full(len(codes), anchor))
    short = name.rpartition(".")[2]
    column = block.values[name].copy()
    if short == "birth_date":
        column[:] = [_born(household.month, age) for age in codes]
    elif short == "other_situations":
        for index, ticks in enumerate(codes):
            column[index] = [tick in ticks for tick in TICK_NAMES]
    elif short == "children_birth_dates":
        known = len([child for child in household.children if child.birth_date])
        for index, family in enumerate(codes):
            for rank in range(MOST_CHILDREN):
                if rank >= known or np.isnat(column[index, rank]):
                    column[index, rank] = _born(household.month, family[min(rank, len(family) - 1)])
    else:
        column[:] = codes
    block.values[name] = column
    return block


def _born(month: str, age: float) -> np.datetime64:
    """The date of birth of somebody who reached an age some months before."""
    return np.datetime64(str(np.datetime64(month, "M") - np.timedelta64(int(age) * 12 + 3, "M")), "D")


def path_between(rows: Rows, start: int, end: int, fields: list[str]) -> Rows:
    """From one row to another, one field changed at a time in the order given: len(fields) + 1 rows."""
    steps = rows.take(np.full(len(fields) + 1, start))
    for index, name in enumerate(fields, 1):
        column = steps.values[name].copy()
        column[index:] = rows.values[name][end]
        steps.values[name] = column
    return steps
