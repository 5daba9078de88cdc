"""Situations of our own: complete, they give what the full graph gives; incomplete, they stay open exactly where a completion matters."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.rights.conftest import TODAY
from tests.rights.rights_grid import completed
from yole.rights import openfisca
from yole.rights.catalog import benefits
from yole.rights.engine.cohort import stack
from yole.rights.engine.completions import design
from yole.rights.engine.verdict import NO, UNDETERMINED, YES, verdicts
from yole.rights.evaluation import read_priors
from yole.rights.situation import parse

OWN = json.loads((Path(__file__).parent / "situations_own.json").read_text(encoding="utf-8"))
BY_ID: dict[str, dict[str, Any]] = {each["id"]: each for each in OWN["situations"]}
RELIED_ON = [name for name, benefit in benefits().items() if benefit.trust in ("A", "B")]
# Where few answers are missing, fewer rows than a page takes, to keep the run short; where an answer hides others, all of them: what a rare
# pair of answers gives (a partner who is young and earns nothing) is not found by a few.
FEW = {"draws": 64, "corners": 200}
MANY_UNKNOWN = 4
# Answers taken away. "children" takes the children away with their number, "ages" their dates of birth.
INCOMPLETE = [
    ("single-28-no-income-street-fdf", "applicant.birth_date"),
    ("single-28-no-income-street-fdf", "other_situations"),
    ("single-24-no-income-free-lamentin", "children"),
    ("single-23-unemployed-nothing-hlm-fdf", "applicant.unemployment_benefit"),
    ("single-35-unemployed-880-hlm-fdf", "rent"),
    ("single-35-unemployed-880-hlm-fdf", "applicant.activity"),
    ("single-52-unemployed-ass-fdf", "applicant.ass_work_history"),
    ("single-52-unemployed-ass-fdf", "applicant.ass_work_history rent"),
    ("single-44-unemployed-2600-paris", "housing_status rent"),
    ("single-31-wage-500-furnished-schoelcher", "applicant.wage"),
    ("single-31-wage-1000-free-fdf", "housing_status"),
    ("single-31-wage-1000-free-fdf", "couple"),
    ("single-40-wage-1500-empty-robert", "applicant.wage rent"),
    ("single-40-wage-1500-empty-robert", "commune"),
    ("single-40-wage-1850-owner-robert", "applicant.birth_date applicant.wage"),
    ("single-29-wage-2600-lyon", "rent"),
    ("single-19-wage-1300-nantes", "applicant.birth_date"),
    ("single-20-student-nothing-hostel-schoelcher", "applicant.wage"),
    ("single-27-student-nothing-guadeloupe", "applicant.activity"),
    ("pensioner-72-250-owner-marin", "applicant.pension"),
    ("pensioner-72-250-owner-marin", "applicant.birth_date applicant.pension"),
    ("pensioner-80-1100-owner-sainte-marie", "applicant.pension housing_status"),
    ("pensioner-64-500-hlm-fdf", "applicant.birth_date"),
    ("pensioner-66-nothing-free-cayenne", "housing_status rent"),
    ("pensioner-68-savings-30000-fdf", "applicant.savings"),
    ("pensioners-couple-700-and-nothing-fdf", "partner.birth_date"),
    ("pensioner-70-partner-45-wage-1200-fdf", "partner.wage"),
    ("pensioner-71-haitian-permit-12-fdf", "applicant.residence_permit_years"),
    ("pensioner-71-haitian-permit-12-fdf", "applicant.nationality applicant.residence_permit_years"),
    ("disabled-85-alone-nothing-fdf", "applicant.disability_rate"),
    ("disabled-60-restricted-alone-fdf", "applicant.work_restriction"),
    ("disabled-60-restricted-alone-fdf", "applicant.disability_rate applicant.work_restriction"),
    ("invalidity-700-alone-fdf", "applicant.invalidity_pension"),
    ("sick-leave-900-wage-0-paris", "applicant.sick_pay"),
    ("pregnant-22-alone-nothing-fdf", "applicant.pregnant"),
    ("alimony-paid-300-wage-1400-fdf", "applicant.wage"),
    ("haitian-permit-7-alone-fdf", "applicant.residence_permit_years"),
    ("couple-one-wage-1450-hlm-fdf", "partner.activity"),
    ("couple-one-wage-1450-hlm-fdf", "rent housing_status"),
    ("couple-wage-3800-and-2500-paris", "applicant.wage"),
    ("single-mother-20-baby-nothing-fdf", "ages"),
    ("single-mother-33-child-8-wage-0-hlm-fdf", "applicant.unemployment_benefit applicant.activity"),
    ("single-mother-50-child-19-student-fdf", "applicant.birth_date"),
    ("couple-child-4-wage-1500-fdf", "ages"),
    ("couple-child-1-two-wages-2200-1800-robert", "applicant.wage"),
    ("couple-two-children-wages-4500-3500-paris", "rent housing_status"),
    ("couple-village-creuse-two-children-wage-1600", "ages rent"),
]  # fmt: skip


def without(value: dict[str, Any], names: str) -> dict[str, Any]:
    left = copy.deepcopy(value)
    for name in names.split():
        adult, _, short = name.rpartition(".")
        if name == "children":
            left["persons"] = [each for each in left["persons"] if each["role"] != "child"]
            left["answers"].pop("children_count", None)
        elif name == "ages":
            for each in left["persons"]:
                if each["role"] == "child":
                    each.pop("birth_date")
        elif adult:
            [person] = [each for each in left["persons"] if each["role"] == adult]
            person.pop(short, None)
        elif name == "commune":
            left.pop(name)
        else:
            left["answers"].pop(name, None)
            if name == "housing_status":
                left["answers"].pop("rent", None)
    return left


def test_the_file_is_of_these_rules_and_of_every_kind() -> None:
    if not openfisca.installed():
        pytest.skip("the rules (openfisca-france) are not installed: extra « rights »")
    assert {name: OWN[name] for name in ("openfisca_france", "openfisca_core")} == openfisca.versions()
    assert len(BY_ID) == len(OWN["situations"]) >= 60
    communes = [each["situation"]["commune"] for each in OWN["situations"]]
    assert sum(code.startswith("972") for code in communes) >= 30 and sum(not code.startswith("97") for code in communes) >= 15
    for name in RELIED_ON:
        amounts = [each["expected"][name] for each in OWN["situations"]]
        assert max(amounts) > 0 and min(amounts) == 0, name


def test_the_engine_gives_what_the_full_graph_gave(engine: Any) -> None:
    found = engine.assess([parse(each["situation"], today=TODAY) for each in OWN["situations"]], explained=False)
    compared = 0
    for case, each in zip(OWN["situations"], found, strict=True):
        for name in RELIED_ON:
            wanted, verdict = case["expected"][name], each.found[name]
            assert verdict.verdict == (YES if wanted > 0 else NO), (case["id"], name)
            assert verdict.low == verdict.likely == verdict.high == pytest.approx(wanted, abs=1.0), (case["id"], name)
            compared += 1
    assert compared == len(BY_ID) * len(RELIED_ON) >= 60 * 11


def test_no_completion_has_a_parent_as_young_as_its_child_and_one_missing_answer_makes_one_group() -> None:
    forgotten = without(BY_ID["single-mother-50-child-19-student-fdf"]["situation"], "applicant.birth_date")
    made = design(parse(forgotten, today=TODAY), read_priors())
    parents = made.rows.values["applicant.birth_date"].astype("datetime64[Y]").astype(int) + 1970
    assert parents.max() <= 2007 - 13
    assert [len(group.rows) for group in made.groups] == [len(range(32, 101))]


def test_undetermined_exactly_where_a_completion_over_the_grid_changes_the_verdict(engine: Any) -> None:
    assert len(INCOMPLETE) == len(set(INCOMPLETE)) >= 40
    households = [parse(without(BY_ID[which]["situation"], names), today=TODAY) for which, names in INCOMPLETE]
    sizes = [{} if len(household.unknown()) >= MANY_UNKNOWN else FEW for household in households]
    designs = [design(household, engine.priors, **size) for household, size in zip(households, sizes, strict=True)]
    truths = [stack([design(each, engine.priors).rows.cohort() for each in completed(household)]) for household in households]
    cohorts = [*(each.rows.cohort() for each in designs), *truths]
    outcomes = engine.rules.compute(stack(cohorts), households[0].month)
    ends = np.cumsum([0, *(cohort.households for cohort in cohorts)])
    parts = [outcomes.rows(start, stop) for start, stop in pairwise(ends)]
    wrong: list[str] = []
    still_open = 0
    for (which, names), made, of_design, truth in zip(INCOMPLETE, designs, parts, parts[len(designs) :], strict=False):
        found = verdicts(of_design, made.draws)
        for name in benefits():
            positive = truth.amounts[name] > 0
            expected = YES if positive.all() else NO if not positive.any() else UNDETERMINED
            still_open += expected == UNDETERMINED
            if found[name].verdict != expected:
                wrong.append(f"{which} without {names}, {name}: {found[name]}, {positive.sum()} of {len(positive)} completions")
    assert not wrong, "\n".join(wrong)
    assert still_open >= 60
