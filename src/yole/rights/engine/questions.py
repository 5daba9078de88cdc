"""The question still worth asking: expected information per effort, from the rows of one run, never one that cannot matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yole.rights.engine.cohort import Bools, Floats, Ints, Outcomes
from yole.rights.engine.completions import Design, Group, path_between
from yole.rights.engine.household import FIELDS, Household, Rows, ages, gate_of, stacked
from yole.rights.engine.verdict import UNDETERMINED, Verdict, entropy, share

BINS = 8
TOLERANCE = 5.0  # EUR a month: under it the amount is not worth a question
MONTHLY = 1 / 12
_COST = {
    "birth_date": 1.0,
    "couple": 1.0,
    "children_count": 1.0,
    "children_birth_dates": 1.0,
    "commune": 1.0,
    "housing_status": 1.5,
    "activity": 1.5,
    "other_situations": 3.0,
    "wage": 2.0,
    "pension": 2.0,
    "unemployment_benefit": 2.0,
    "rent": 2.0,
    "invalidity_pension": 2.0,
    "sick_pay": 2.0,
    "alimony_received": 2.0,
    "alimony_paid": 2.0,
    "savings": 2.0,
    "ass_work_history": 2.0,
    "self_employed": 2.0,
    "nationality": 4.0,
    "residence_permit_years": 4.0,
    "disability_rate": 4.0,
    "work_restriction": 4.0,
    "pregnant": 4.0,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A field worth asking: its score (weighted bits per effort) and the benefits that it can change."""

    field: str
    score: float
    benefits: tuple[str, ...]
    amount_only: bool = False


def cost(name: str) -> float:
    return _COST[name.rpartition(".")[2]]


def candidates(
    design: Design,
    outcomes: Outcomes,
    found: Mapping[str, Verdict],
    weights: Mapping[str, float],
    paths: tuple[Design, Outcomes] | None = None,
) -> list[Candidate]:
    """The fields whose answer can change a verdict, best first. A field counts only if two rows that differ by it alone, or by what it
    opens, differ in an undecided verdict. `paths` are further such rows (see `morphs`)."""
    undecided = [name for name, verdict in found.items() if verdict.verdict == UNDETERMINED]
    source, computed = paths or (design, outcomes)
    proof = proof_of(source, {name: computed.amounts[name] > 0 for name in undecided})
    gains = {name: _gains(design, outcomes, undecided, name) for name in design.household.unknown()}
    return _ranked(design.household, proof, gains, weights, amount_only=False)


def amount_candidates(design: Design, outcomes: Outcomes, yearly: frozenset[str], hidden: frozenset[str]) -> tuple[list[Candidate], float]:
    """Once every verdict is decided: the fields that move amounts, and the width in EUR a month of the total. `hidden` amounts are left
    out (stale, or not an amount)."""
    monthly = {name: values * (MONTHLY if name in yearly else 1.0) for name, values in outcomes.amounts.items() if name not in hidden}
    total: Floats = np.sum(list(monthly.values()), axis=0)
    width = float(total.max() - total.min())
    if width <= TOLERANCE:
        return [], width
    ranges: dict[str, dict[str, float]] = {}
    for group in design.groups:
        for name, values in monthly.items():
            spread = float(np.ptp(values[group.rows]))
            if spread > 0:
                ranges.setdefault(group.field, {})[name] = max(spread, ranges.get(group.field, {}).get(name, 0.0))
    proof = {field: dict.fromkeys(spreads, 1.0) for field, spreads in ranges.items() if sum(spreads.values()) > TOLERANCE}
    return _ranked(design.household, proof, ranges, {}, amount_only=True), width


def proof_of(design: Design, flags: Mapping[str, Bools]) -> dict[str, dict[str, float]]:
    """Per field and benefit, the share of the field's groups in which the benefit's verdict moves."""
    moved: dict[str, dict[str, float]] = {}
    count: dict[str, int] = {}
    for group in design.groups:
        count[group.field] = count.get(group.field, 0) + 1
        for name, flag in flags.items():
            inside = flag[group.rows]
            if inside.any() and not inside.all():
                moved.setdefault(group.field, {}).setdefault(name, 0.0)
                moved[group.field][name] += 1
    return {field: {name: hits / count[field] for name, hits in names.items()} for field, names in moved.items()}


def _ranked(
    household: Household,
    proof: Mapping[str, Mapping[str, float]],
    gains: Mapping[str, Mapping[str, float]],
    weights: Mapping[str, float],
    *,
    amount_only: bool,
) -> list[Candidate]:
    found: list[Candidate] = []
    unknown = household.unknown()
    hidden_by: dict[str, list[str]] = {}
    for name in unknown:
        for gate in gate_of(name):
            if gate in unknown:
                hidden_by.setdefault(gate, []).append(name)
    for name in household.askable():
        # A gate inherits from what it opens.
        family = [name, *hidden_by.get(name, [])]
        touched: dict[str, float] = {}
        for member in family:
            for benefit, strength in proof.get(member, {}).items():
                touched[benefit] = max(touched.get(benefit, 0.0), strength)
        if not touched:
            continue
        heaviest = max(weights.values(), default=1.0)
        score = 0.0
        for benefit, strength in touched.items():
            own = gains.get(name, {}).get(benefit, 0.0)
            opened = max((gains.get(member, {}).get(benefit, 0.0) for member in family[1:]), default=0.0)
            # A proof is worth a little even where draws are too few to measure the information.
            score += weights.get(benefit, heaviest) / heaviest * (own + opened + 0.01 * strength)
        ordered = sorted(touched, key=lambda benefit: -weights.get(benefit, 1.0))
        found.append(Candidate(name, score / cost(name), tuple(ordered), amount_only))
    return sorted(found, key=lambda each: (-each.score, FIELDS.index(each.field)))


def _gains(design: Design, outcomes: Outcomes, undecided: list[str], name: str) -> dict[str, float]:
    codes = _codes(design, name)
    return {benefit: information(codes, outcomes.amounts[benefit][: design.draws] > 0) for benefit in undecided}


def information(codes: Ints, positive: Bools) -> float:
    """Mutual information in bits between an answer and a verdict, with the Miller-Madow correction (never below 0)."""
    size = len(codes)
    if size == 0 or positive.all() or not positive.any():
        return 0.0
    count = np.bincount(codes)
    yes = np.bincount(codes, weights=positive.astype(float), minlength=len(count))
    used = count > 0
    inside = (count[used] / size * entropy(yes[used] / count[used])).sum()
    cells = int(((yes > 0) & used).sum() + ((count - yes > 0) & used).sum())
    bias = (cells - int(used.sum()) - 2 + 1) / (2 * size * np.log(2))
    return max(0.0, float(entropy(share(positive)) - inside - bias))


def _codes(design: Design, name: str) -> Ints:
    """The answers to a field among the draws, as small integers; amounts and ages in 8 bins of equal count."""
    rows = design.rows.take(np.arange(design.draws))
    short = name.rpartition(".")[2]
    if short == "other_situations":
        ticks = rows.values[name]
        return _dense(ticks @ (1 << np.arange(ticks.shape[1])))
    if short == "children_birth_dates":
        age = ages(design.household.month, rows.values[name])
        inside = np.arange(age.shape[1])[None, :] < rows.values["children_count"][:, None]
        youngest = np.where(inside, age, 99).min(axis=1)
        eldest = np.where(inside, age, -1).max(axis=1)
        steps = [0, 3, 6, 11, 15, 18, 21]
        return _dense(np.searchsorted(steps, youngest, side="right") * 10 + np.searchsorted(steps, eldest, side="right"))
    column = rows.effective(name)
    if short == "birth_date":
        column = ages(design.household.month, column)
    if column.dtype.kind == "f":
        edges = np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1)[1:-1]))
        return np.searchsorted(edges, column, side="right").astype(np.intp)
    return _dense(column)


def _dense(column: NDArray[Any]) -> Ints:
    return np.unique(column, return_inverse=True)[1].reshape(-1).astype(np.intp)


def morphs(design: Design, outcomes: Outcomes, found: Mapping[str, Verdict], *, pairs: int, seed: int) -> Design | None:
    """For each undecided benefit, paths from a row without it to a row with it, one unknown field changed at a time: on each path some step
    flips the verdict, which proves that the field of that step can matter. The paths come as a design without draws, a group per step."""
    random = np.random.default_rng(seed)
    unknown = design.household.unknown()
    parts: list[Rows] = []
    groups: list[Group] = []
    position = 0
    for name, verdict in found.items():
        if verdict.verdict != UNDETERMINED:
            continue
        positive = outcomes.amounts[name] > 0
        if positive.all() or not positive.any():
            continue
        with_it, without = np.nonzero(positive)[0], np.nonzero(~positive)[0]
        for _ in range(pairs):
            order = [unknown[index] for index in random.permutation(len(unknown))]
            parts.append(path_between(design.rows, int(random.choice(without)), int(random.choice(with_it)), order))
            groups += [Group(field, np.array([position + step, position + step + 1])) for step, field in enumerate(order)]
            position += len(order) + 1
    return Design(design.household, stacked(parts), 0, groups) if parts else None
