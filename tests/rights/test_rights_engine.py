"""Three-valued verdicts, the question worth asking, explanations: properties on the real rules, few households, vectorised."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rights.conftest import TODAY
from tests.rights.rights_worlds import adult, child, situation
from yole.rights.engine import completions, questions
from yole.rights.engine.cohort import stack
from yole.rights.engine.household import FIELDS, Household
from yole.rights.engine.verdict import NO, UNDETERMINED, YES, entropy, verdicts
from yole.rights.situation import parse


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    """The situation with some fields forgotten: "rent", "applicant.wage"…"""
    for name in names:
        adult_name, _, short = name.rpartition(".")
        if adult_name:
            value["persons"][0 if adult_name == "applicant" else 1].pop(short, None)
        elif short == "commune":
            value.pop("commune", None)
        else:
            value["answers"].pop(short, None)
    return value


def base(activity: str = "employed", **more: Any) -> dict[str, Any]:
    person = adult("applicant", "1990-06-06", activity, **more)
    return situation(person, housing_status="locataire_hlm", rent=400)


JOBLESS = "applicant.unemployment_benefit"
# Households with one field forgotten, and the values that it may truly have: each is judged by computing them all.
INCOMPLETE = [
    (lambda: without(base(wage=0), "applicant.wage"), "applicant.wage", [0, 150, 400, 700, 1000, 1300, 1700, 2100, 2600, 3500, 6000]),
    (lambda: without(base(wage=1200), "rent"), "rent", [100, 200, 300, 400, 600, 900, 1500]),
    (lambda: without(base(wage=4900), "rent"), "rent", [100, 300, 600, 1500]),
    (lambda: without(base("retired", pension=0), "applicant.pension"), "applicant.pension", [0, 300, 700, 1000, 1100, 1500, 2200, 4000]),
    (lambda: without(base("unemployed", unemployment_benefit=0), JOBLESS), JOBLESS, [0, 300, 600, 900, 1500, 3000]),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(INCOMPLETE)))
def test_undetermined_exactly_where_a_completion_changes_the_verdict(engine: Any, number: int) -> None:
    make, name, grid = INCOMPLETE[number]
    found = engine.assess([parse(make(), today=TODAY)], explained=False)[0].found
    truths = []
    for value in grid:
        whole = make()
        if name == "rent":
            whole["answers"]["rent"] = value
        else:
            whole["persons"][0][name.rpartition(".")[2]] = value
        truths.append(completions.design(parse(whole, today=TODAY), engine.priors).rows.cohort())
    amounts = engine.rules.compute(stack(truths), "2026-11").amounts
    compared = 0
    for benefit, verdict in found.items():
        positive = amounts[benefit] > 0
        if positive.any() and not positive.all():
            assert verdict.verdict == UNDETERMINED, benefit
            assert 0 < verdict.probability < 1
        elif verdict.verdict != UNDETERMINED:
            assert (verdict.verdict == YES) == bool(positive.all()), benefit
            if verdict.verdict == YES:
                assert verdict.low - 0.011 <= amounts[benefit].min() and amounts[benefit].max() <= verdict.high + 0.011, benefit
        compared += 1
    assert compared == 18


def test_nothing_known_nothing_decided_and_a_missing_answer_is_not_a_zero(engine: Any) -> None:
    result = engine.evaluate([parse({"date": "2026-11"}, today=TODAY)], TODAY)[0]
    verdict = {entry["id"]: entry["verdict"] for entry in result["benefits"]}
    assert {verdict[name] for name in ("rsa", "ppa", "aide_logement", "aspa", "aah", "af", "asf", "cf", "paje_base", "ars")} == {
        UNDETERMINED
    }
    assert all(entry["decisive"] for entry in result["benefits"] if entry["id"] in ("rsa", "aide_logement", "ars"))


def test_the_tick_list_keeps_what_it_may_change_open(engine: Any) -> None:
    whole = situation(adult("applicant", "1991-04-12", "inactive"))
    whole["answers"].pop("other_situations")
    entry = {each["id"]: each for each in engine.evaluate([parse(whole, today=TODAY)], TODAY)[0]["benefits"]}
    assert (entry["aah"]["verdict"], entry["rsa"]["verdict"]) == (UNDETERMINED, UNDETERMINED)
    assert entry["af"]["verdict"] == NO
    step = engine.next_question(parse(whole, today=TODAY), TODAY)
    assert step["question"]["field"] == "other_situations"
    assert "AAH" in step["question"]["why"]
    assert step["remaining_uncertainty"] > 0


def test_self_employed_income_is_said_not_to_be_modelled(engine: Any) -> None:
    whole = situation(
        adult("applicant", "1985-04-12", "employed", wage=0, self_employed=True), child(1, "2019-01-01"), other_situations=["self_employed"]
    )
    entry = {each["id"]: each for each in engine.evaluate([parse(whole, today=TODAY)], TODAY)[0]["benefits"]}
    assert entry["rsa"]["verdict"] == UNDETERMINED and "indépendante" in entry["rsa"]["details"]["reason"]
    assert entry["asf"]["verdict"] == YES
    assert engine.next_question(parse(whole, today=TODAY), TODAY)["question"] is None


@pytest.mark.parametrize(
    ("truth", "most"),
    [
        (situation(adult("applicant", "1991-04-12", "inactive")), 10),
        (
            situation(
                adult("applicant", "1992-08-17", "employed", wage=980), child(1, "2019-05-14"), housing_status="locataire_hlm", rent=420
            ),
            11,
        ),
    ],
)
def test_a_dialogue_ends_with_the_true_result_and_asks_nothing_twice(engine: Any, truth: dict[str, Any], most: int) -> None:
    whole = parse(truth, today=TODAY)
    played = engine.dialogue(parse({"date": "2026-11"}, today=TODAY), whole, TODAY)
    assert played["question"] is None and played["remaining_uncertainty"] == 0
    assert len(played["asked"]) == len(set(played["asked"])) <= most
    assert set(played["asked"]) <= set(FIELDS)
    expected = {each["id"]: each for each in engine.evaluate([whole], TODAY, explained=False)[0]["benefits"]}
    for entry in played["benefits"]:
        assert entry["verdict"] == expected[entry["id"]]["verdict"], entry
        if entry["amount"] and entry["verdict"] == YES and entry["period"] == "month":
            assert abs(entry["amount"]["likely"] - expected[entry["id"]]["amount"]["likely"]) <= questions.TOLERANCE + 1


def test_no_question_whose_answer_cannot_matter(engine: Any) -> None:
    """Each question offered is proved by two completions that differ by it, or by what it opens, and by a verdict."""
    households = [
        parse(without(base(wage=1200), "rent", "commune"), today=TODAY),
        parse(without(base(wage=5900), "rent", "housing_status"), today=TODAY),
        parse(without(base("retired", pension=500), "applicant.pension", "couple"), today=TODAY),
        parse({"date": "2026-11", "commune": "97209"}, today=TODAY),
    ]
    offered = 0
    for each in engine.assess(households, explained=False):
        ranked, _ = engine._candidates(each, TODAY, 0)
        for candidate in ranked:
            if candidate.amount_only:
                continue
            opened = {name for name in each.household.unknown() if candidate.field in completions.gate_of(name)} | {candidate.field}
            proofs = [
                benefit
                for group in each.design.groups
                if group.field in opened
                for benefit in candidate.benefits
                if 0 < (each.outcomes.amounts[benefit][group.rows] > 0).mean() < 1
            ]
            assert proofs, candidate.field
            offered += 1
    assert offered >= 8
    # A rent cannot change anything for a wage of 5,900 EUR, wherever one lives.
    assert engine.next_question(households[1], TODAY)["question"] is None


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), ages_known=st.booleans())
def test_a_design_keeps_what_is_known_and_moves_one_field_per_group(engine: Any, seed: int, ages_known: bool) -> None:
    known: dict[str, Any] = {"couple": False, "applicant.activity": "employed"}
    if ages_known:
        known["commune"] = "97213"
    made = completions.design(Household("2026-11", known), engine.priors, seed=seed, draws=32)
    rows = made.rows
    assert not rows.values["couple"].any()
    if ages_known:
        assert set(rows.values["commune"]) == {"97213"}
    assert made.draws == 32 and len(rows) > 32
    for group in made.groups:
        first = group.rows[0]
        for name, column in rows.values.items():
            if name != group.field:
                block = column[group.rows]
                assert ((block == column[first]) | (block != block)).all(), (group.field, name)
    again = completions.design(Household("2026-11", known), engine.priors, seed=seed, draws=32)
    assert all((again.rows.values[name] == column).all() or column.dtype.kind == "M" for name, column in rows.values.items())


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=80))
def test_information_is_never_negative_nor_above_the_entropy(pairs: list[tuple[int, bool]]) -> None:
    codes = np.array([code for code, _ in pairs])
    positive = np.array([flag for _, flag in pairs])
    gain = questions.information(codes, positive)
    assert 0 <= gain <= float(entropy(min(max(positive.mean(), 0.5 / len(pairs)), 1 - 0.5 / len(pairs)))) + 1e-9 + 2 / len(pairs)


def test_a_perfect_answer_gives_the_whole_entropy() -> None:
    codes = np.repeat([0, 1], 200)
    assert questions.information(codes, codes == 1) == pytest.approx(1.0, abs=0.01)
    assert questions.information(np.zeros(400, dtype=int), codes == 1) == 0


def test_a_corner_alone_keeps_a_verdict_open() -> None:
    from yole.rights.engine.cohort import Outcomes

    amounts = np.zeros(20)
    amounts[15] = 80.0
    found = verdicts(Outcomes({"rsa": amounts}, np.zeros(20, dtype=bool), np.zeros(20)), 10)["rsa"]
    assert (found.verdict, found.probability, found.likely) == (UNDETERMINED, 0.05, 80.0)


@pytest.mark.parametrize(
    ("tick", "short", "one"),
    [("invalidity", "invalidity_pension", 700.0), ("pregnancy", "pregnant", True), ("foreign_national", "nationality", "HT")],
)
def test_a_zero_for_one_adult_says_that_the_tick_is_about_the_other(tick: str, short: str, one: Any) -> None:
    """« Pension d’invalidité » ticked and 0 for the partner: the applicant is asked. An amount for the partner: nobody else is."""
    nothing = "FR" if short == "nationality" else type(one)(0)
    known = {"couple": True, "other_situations": frozenset({tick})}
    both = [f"{adult_name}.{short}" for adult_name in ("applicant", "partner")]

    def asked(**told: Any) -> list[str]:
        given_ones = {name.replace("__", "."): value for name, value in told.items()}
        return [name for name in Household("2026-11", {**known, **given_ones}).unknown() if name in both]

    assert asked() == both
    assert asked(**{f"partner__{short}": nothing}) == both[:1]
    assert asked(**{f"partner__{short}": one}) == []
    assert asked(**{f"partner__{short}": nothing, f"applicant__{short}": nothing}) == []
