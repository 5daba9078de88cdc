"""Verdicts, next question, dialogue: the rules and the pure engine put together. The commands and the resident process call this alone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from yole.kernel.errors import InputError
from yole.rights import freshness, localaids, openfisca, overrides, wording
from yole.rights.catalog import DATA, DISCLAIMER, Benefit, benefits, folder
from yole.rights.engine import completions, explain, questions
from yole.rights.engine.cohort import Cohort, Outcomes, stack
from yole.rights.engine.completions import Design, Priors
from yole.rights.engine.household import BOOLEANS, EUROPE, Child, Household, Rows, stacked
from yole.rights.engine.verdict import UNDETERMINED, YES, Verdict, uncertainty, verdicts, width_bits

# Benefits that do not look at income: somebody who works on their own account may still be told about them.
_WITHOUT_MEANS = frozenset({"asf"})
SELF_EMPLOYED = "le revenu d’une activité indépendante n’est pas modélisé"
ALTERNATIVES = 5


def read_priors() -> Priors:
    """The territory's priors (`rights/priors.toml` of the data directory), else those shipped. Raises InputError when they do not hold."""
    own = folder() / "priors.toml"
    path = own if own.is_file() else DATA / "priors.toml"
    try:
        return Priors(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise InputError(f"lois a priori illisibles ({error})", file=str(path), expected="les tables du fichier livré") from None


@dataclass(slots=True)
class Assessed:
    """A household with its computed design: what every answer is made from."""

    household: Household
    design: Design
    outcomes: Outcomes
    found: dict[str, Verdict]
    explained: dict[str, list[explain.Flip]] = field(default_factory=dict)


class Engine:
    """Built lazily: nothing of the rules is loaded before the first computation. One per process."""

    def __init__(self) -> None:
        self.overridden: frozenset[str] = frozenset()

    @cached_property
    def rules(self) -> openfisca.Rules:
        entries = overrides.read() if openfisca.installed() else []
        plain = openfisca.Rules()
        if not entries:
            return plain
        self.overridden = frozenset(entry["parameter"] for entry in entries)
        return openfisca.Rules(overrides.accepted(plain.system.parameters, entries))

    @cached_property
    def priors(self) -> Priors:
        return read_priors()

    def states(self, today: date) -> dict[str, freshness.Freshness]:
        return freshness.assess_all(self.rules.system.parameters, today, self.overridden)

    def warm(self, month: str) -> None:
        """Loads everything that the first computation would otherwise wait for."""
        self.rules.compute(completions.design(Household(month, {"couple": False}), self.priors, draws=4, corners=0).rows.cohort(), month)

    # Computing

    def assess(self, households: Sequence[Household], *, seed: int = 0, explained: bool = True) -> list[Assessed]:
        """Verdicts for many households, one run per month for all their rows; explanations take a second one."""
        designs = [completions.design(household, self.priors, seed=seed) for household in households]
        probed: dict[int, tuple[Rows, list[explain.Probe]]] = {}
        if explained:
            for index, each in enumerate(designs):
                if len(each.rows) == 1 and each.household.answered() and not each.household.self_employed():
                    probed[index] = explain.probes(each.household, each.rows)
        together = [stacked([each.rows, probed[index][0]]) if index in probed else each.rows for index, each in enumerate(designs)]
        computed = self._run([(rows.month, rows.cohort()) for rows in together])
        done = [self._assessed(each, outcomes.rows(0, len(each.rows))) for each, outcomes in zip(designs, computed, strict=True)]
        self._explain([(done[index], probes, computed[index].rows(1, len(together[index]))) for index, (_, probes) in probed.items()])
        return done

    def _run(self, asked: Sequence[tuple[str, Cohort]]) -> list[Outcomes]:
        results: list[Outcomes | None] = [None] * len(asked)
        for month in dict.fromkeys(month for month, _ in asked):
            chosen = [index for index, (of, _) in enumerate(asked) if of == month]
            together = stack([asked[index][1] for index in chosen])
            outcomes = self.rules.compute(together, month)
            start = 0
            for index in chosen:
                stop = start + asked[index][1].households
                results[index] = outcomes.rows(start, stop)
                start = stop
        return [outcome for outcome in results if outcome is not None]

    @staticmethod
    def _assessed(design: Design, outcomes: Outcomes) -> Assessed:
        whole = frozenset(name for name, benefit in benefits().items() if benefit.whole)
        listed = {name: outcomes.amounts[name] for name in benefits()}
        found = verdicts(replace(outcomes, amounts=listed), design.draws, whole)
        if design.household.self_employed():
            found = {name: _unmodelled(verdict) if name not in _WITHOUT_MEANS else verdict for name, verdict in found.items()}
        return Assessed(design.household, design, outcomes, found)

    def _explain(self, probed: list[tuple[Assessed, list[explain.Probe], Outcomes]]) -> None:
        """What single change of an answer would change each verdict, for households without unknowns: thresholds of amounts are made finer
        by one more run."""
        finer: list[tuple[Assessed, list[explain.Flip], Any, dict[str, bool]]] = []
        for each, probes, outcomes in probed:
            present = {name: verdict.verdict == YES for name, verdict in each.found.items()}
            changes = explain.flips(each.household, each.design.rows, present, probes, outcomes)
            finer.append((each, changes, explain.refinement(each.household, each.design.rows, changes), present))
        second = iter(self._run([(each.household.month, wanted[0].cohort()) for each, _, wanted, _ in finer if wanted]))
        for each, changes, wanted, present in finer:
            better = explain.refined(changes, wanted[1], next(second), present) if wanted else changes
            for flip in better:
                each.explained.setdefault(flip.benefit, []).append(flip)

    # Answers

    def evaluate(self, households: Sequence[Household], today: date, *, seed: int = 0, explained: bool = True) -> list[dict[str, Any]]:
        return [self.as_json(each, today, seed=seed) for each in self.assess(households, seed=seed, explained=explained)]

    def as_json(self, each: Assessed, today: date, *, seed: int = 0) -> dict[str, Any]:
        household = each.household
        day = max(today, date.fromisoformat(f"{household.month}-01"))
        states = self.states(day)
        entries = [self._benefit(each, benefit, states[name]) for name, benefit in benefits().items()]
        return {
            "date": household.month,
            "benefits": entries,
            "local": localaids.answers(each.design.rows, each.design.draws, day),
            "unknown": household.unknown(),
            "assumed": assumed(household),
            "received": sorted(household.received) if household.received is not None else None,
            "engine": {**openfisca.versions(), "seed": seed, "rows": len(each.design.rows), "priors": self.priors.dated},
            "disclaimer": DISCLAIMER,
        }

    def _benefit(self, each: Assessed, benefit: Benefit, state: freshness.Freshness) -> dict[str, Any]:
        verdict = each.found[benefit.id]
        hidden = state.stale or benefit.cover
        amount = {"low": verdict.low, "likely": verdict.likely, "high": verdict.high}
        sheet = benefit.sheets[0] if benefit.sheets else None
        trust = "C" if state.stale else "B" if state.overridden else benefit.trust
        details: dict[str, Any] = {"label": benefit.label, "trust": trust, "office": benefit.office, "freshness": state.reason}
        if benefit.assumption:
            details["assumption"] = benefit.assumption
        if benefit.cover:
            details.update(_cover(each))
        if each.household.self_employed() and benefit.id not in _WITHOUT_MEANS:
            details["reason"] = SELF_EMPLOYED
        elif verdict.verdict != UNDETERMINED and len(each.design.rows) > 1:
            details["scope"] = "sur le domaine examiné"
        if each.household.received is not None:
            details["received"] = benefit.id in each.household.received
        return {
            "id": benefit.id,
            "verdict": verdict.verdict,
            "probability": verdict.probability,
            "amount": None if hidden else amount,
            "period": benefit.period,
            "decisive": self._decisive(each, benefit.id, verdict),
            "sheet": {"url": sheet.url, "dated": sheet.dated} if sheet else None,
            "rules_dated": state.youngest_parameter,
            "stale": state.stale,
            "details": details,
        }

    @staticmethod
    def _decisive(each: Assessed, name: str, verdict: Verdict) -> list[dict[str, str]]:
        if verdict.verdict == UNDETERMINED:
            fields = explain.deciding(each.design, each.outcomes).get(name, [])
            return [{"field": field, "effect": f"{wording.label(field)} : pas encore connu, peut changer le résultat"} for field in fields]
        present = verdict.verdict == YES
        return [{"field": flip.field, "effect": wording.effect(flip, present)} for flip in each.explained.get(name, [])]

    def next_question(self, household: Household, today: date, *, seed: int = 0) -> dict[str, Any]:
        """The question worth asking, or None when nothing more would change the outcome."""
        [each] = self.assess([household], seed=seed, explained=False)
        return self.question_of(each, today, seed=seed)

    def question_of(self, each: Assessed, today: date, *, seed: int = 0) -> dict[str, Any]:
        ranked, bits = self._candidates(each, today, seed)
        asked = [self._question(candidate) for candidate in ranked]
        return {
            "question": asked[0] if asked else None,
            "remaining_uncertainty": round(bits, 4),
            "alternatives": asked[1 : 1 + ALTERNATIVES],
        }

    def _candidates(self, each: Assessed, today: date, seed: int) -> tuple[list[questions.Candidate], float]:
        if len(each.design.rows) == 1:
            return [], 0.0
        found = each.found
        if each.household.self_employed():
            found = {name: verdict for name, verdict in found.items() if name in _WITHOUT_MEANS}
        bits = uncertainty(found)
        weights = {name: benefit.weight for name, benefit in benefits().items()}
        if bits > 0:
            ranked = questions.candidates(each.design, each.outcomes, found, weights)
            for attempt in range(2):
                if ranked:
                    break
                paths = questions.morphs(each.design, each.outcomes, found, pairs=3, seed=seed + attempt)
                if paths is None:
                    break
                [computed] = self._run([(each.household.month, paths.rows.cohort())])
                ranked = questions.candidates(each.design, each.outcomes, found, weights, (paths, computed))
            return ranked, bits if ranked else 0.0
        states = self.states(today)
        hidden = frozenset(name for name, benefit in benefits().items() if benefit.cover or states[name].stale)
        yearly = frozenset(name for name, benefit in benefits().items() if benefit.period == "year")
        if each.household.self_employed():
            return [], 0.0
        ranked, width = questions.amount_candidates(each.design, each.outcomes, yearly, hidden)
        return ranked, width_bits(width, questions.TOLERANCE) if ranked else 0.0

    @staticmethod
    def _question(candidate: questions.Candidate) -> dict[str, Any]:
        labels = [benefits()[name].label for name in candidate.benefits]
        why = wording.why(labels, amount_only=candidate.amount_only)
        text = wording.question(candidate.field)
        return {
            "field": candidate.field,
            "text": text,
            "why": why,
            "benefits": list(candidate.benefits),
            "amount_only": candidate.amount_only,
        }

    def dialogue(self, start: Household, truth: Household, today: date, *, seed: int = 0) -> dict[str, Any]:
        """Plays the whole dialogue, answering from `truth`, where a field that is absent has its default."""
        household, asked = start, list[str]()
        while True:
            [each] = self.assess([household], seed=seed, explained=False)
            step = self.question_of(each, today, seed=seed)
            if step["question"] is None:
                final = self.as_json(each, today, seed=seed)
                return {"asked": asked, "question": None, "remaining_uncertainty": 0.0, "benefits": final["benefits"]}
            name = step["question"]["field"]
            if name in asked:
                raise openfisca.RulesError(f"{name} asked twice")
            asked.append(name)
            household = answered(household, name, truth)


def answered(household: Household, name: str, truth: Household) -> Household:
    """The household with one more answer, taken from another one."""
    if name == "children_birth_dates":
        count = int(household.known.get("children_count") or 0)
        listed = [*truth.children, *[Child(date(int(household.month[:4]) - 10, 1, 1))] * count][:count]
        born = [child if child.birth_date else replace(child, birth_date=date(int(household.month[:4]) - 10, 1, 1)) for child in listed]
        return replace(household, children=tuple(born))
    value = truth.known.get(name, default(name))
    return replace(household, known={**household.known, name: value})


def default(name: str) -> Any:
    """What an absent field of the true answers stands for."""
    plain: dict[str, Any] = {
        "commune": "97209",
        "couple": False,
        "children_count": 0,
        "housing_status": "loge_gratuitement",
        "activity": "inactive",
        "nationality": "FR",
        "other_situations": frozenset[str](),
        "birth_date": date(1985, 1, 1),
    }
    short = name.rpartition(".")[2]
    return plain.get(short, False if short in BOOLEANS else 0.0)


def _unmodelled(verdict: Verdict) -> Verdict:
    return Verdict(UNDETERMINED, 0.5, 0.0, verdict.likely, verdict.high)


def _cover(each: Assessed) -> dict[str, Any]:
    """Free, or what it would cost a month: said only when every row agrees."""
    free, charge = each.outcomes.css_free, each.outcomes.css_charge
    return {
        "free": bool(free[0]) if free.all() or not free.any() else None,
        "monthly_charge": float(charge[0]) if float(np.ptp(charge)) < 0.005 else None,
    }


def assumed(household: Household) -> list[dict[str, str]]:
    """What was supposed without being asked, by field, in words."""
    names = [*household.assumptions, "stationary"]
    known: Mapping[str, Any] = household.known
    if known.get("other_situations") is None:
        names.append("other_situations.self_employed")
    if known.get("couple") is not False:
        names.append("couple.married")
    if any(known.get(f"{adult}.nationality", "FR") in EUROPE - {"FR"} for adult in ("applicant", "partner")):
        names.append("europe.residence")
    names.append("schooling")
    return [{"field": name, "value": wording.ASSUMED[name]} for name in names]
