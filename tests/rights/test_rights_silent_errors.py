"""Errors that the rules do not tell: each would show a wrong right."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from tests.rights.conftest import TODAY
from tests.rights.rights_worlds import adult, child, situation
from yole.rights import openfisca
from yole.rights.engine.cohort import Outcomes, stack
from yole.rights.engine.completions import design
from yole.rights.situation import parse

FAMILY = (adult("applicant", "1992-08-17", "employed", wage=950), child(1, "2016-05-20"), child(2, "2019-12-02"))


def computed(engine: Any, *situations: dict[str, Any]) -> Outcomes:
    households = [parse(each, today=TODAY) for each in situations]
    done: Outcomes = engine.rules.compute(stack([design(each, engine.priors).rows.cohort() for each in households]), "2026-11")
    return done


def test_every_name_is_known_and_an_unknown_one_is_told_at_start(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openfisca, "CUT", (*openfisca.CUT, "remuneration_brute"))
    with pytest.raises(openfisca.RulesError, match="remuneration_brute"):
        engine.rules._check_names()


def test_old_age_allowance_reads_the_gross_pension(engine: Any) -> None:
    retired = [situation(adult("applicant", "1957-01-30", "retired", pension=pension), commune="97213") for pension in (1250, 650)]
    assert computed(engine, *retired).amounts["aspa"] == pytest.approx([0, 393.60], abs=0.01)


def test_income_feeds_what_family_benefits_read(engine: Any) -> None:
    rich = situation(adult("applicant", "1985-01-10", "employed", wage=9000), child(1, "2016-05-20"), child(2, "2019-12-02"))
    poor = situation(*FAMILY)
    amounts = computed(engine, rich, poor).amounts
    for name in ("ars", "af", "aide_logement"):
        assert amounts[name][0] < amounts[name][1] or name == "aide_logement", name
    assert amounts["ars"][0] == 0


def test_a_wrong_role_is_refused(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {**openfisca._ROLES, "foyer_fiscal": np.array(["declarant", "conjoint", "personne_a_charge"])}
    monkeypatch.setattr(openfisca, "_ROLES", wrong)
    with pytest.raises(openfisca.RulesError):
        computed(engine, situation(*FAMILY))


def test_a_result_that_is_not_a_number_is_refused(engine: Any) -> None:
    cohort = design(parse(situation(*FAMILY), today=TODAY), engine.priors).rows.cohort()
    broken = dataclasses.replace(cohort, wage=np.full(len(cohort.wage), np.nan))
    with pytest.raises(openfisca.RulesError):
        engine.rules.compute(broken, "2026-11")


def test_martinique_is_computed_in_martinique_every_month(engine: Any) -> None:
    one_child = (adult("applicant", "1992-08-17", "inactive"), child(1, "2022-05-20"))
    here, there = situation(*one_child), situation(*one_child, commune="44109")
    tenant = {"housing_status": "locataire_hlm", "rent": 500}
    single = adult("applicant", "1991-04-12", "inactive")
    amounts = computed(engine, here, there, *[situation(single, commune=code, **tenant) for code in ("97209", "44109", "75056")]).amounts
    assert amounts["af"][:2] == pytest.approx([28.12, 0])
    assert amounts["cf"][:2] == pytest.approx([298.75, 0])
    assert amounts["aide_logement"][2:] == pytest.approx([257, 277, 316])


def test_specific_solidarity_allowance_needs_the_work_history(engine: Any) -> None:
    def jobless(history: bool) -> dict[str, Any]:
        person = adult("applicant", "1975-04-12", "unemployed", unemployment_benefit=0, ass_work_history=history)
        return situation(person, other_situations=["ass"])

    amounts = computed(engine, jobless(True), jobless(False)).amounts["ass"]
    assert amounts[0] > 500 and amounts[1] == 0


def test_under_25_without_child_no_rsa(engine: Any) -> None:
    young = adult("applicant", "2004-04-12", "inactive")
    with_child = situation(young, child(1, "2025-02-01"))
    amounts = computed(engine, situation(young), with_child).amounts["rsa"]
    assert amounts[0] == 0 and amounts[1] > 0


def test_together_equals_one_by_one_and_order_changes_nothing(engine: Any) -> None:
    three = [
        situation(*FAMILY, housing_status="locataire_hlm", rent=470),
        situation(adult("applicant", "1957-01-30", "retired", pension=650), housing_status="proprietaire"),
        situation(
            adult("applicant", "1988-02-20", "employed", wage=1450), adult("partner", "1990-07-01", "inactive"), child(1, "2023-10-10")
        ),
    ]
    together, backwards = computed(engine, *three), computed(engine, *reversed(three))
    alone = computed(engine, three[0])
    turned = computed(engine, situation(FAMILY[0], FAMILY[2], FAMILY[1], housing_status="locataire_hlm", rent=470))
    for name, values in together.amounts.items():
        np.testing.assert_allclose(values, backwards.amounts[name][::-1], atol=0.005, err_msg=name)
        assert values[0] == pytest.approx(alone.amounts[name][0], abs=0.005), name
        assert values[0] == pytest.approx(turned.amounts[name][0], abs=0.005), name


def test_rsa_does_not_rise_with_income(engine: Any) -> None:
    workers = [situation(adult("applicant", "1985-01-10", "employed", wage=wage)) for wage in range(0, 1000, 100)]
    assert (np.diff(computed(engine, *workers).amounts["rsa"]) <= 0).all()


def test_individual_amounts_are_summed_by_household_whatever_their_sizes(engine: Any) -> None:
    disabled = adult("applicant", "1983-09-09", "inactive", disability_rate=85)
    families = [situation(*FAMILY), situation(disabled, other_situations=["disability"]), situation(*FAMILY)]
    assert computed(engine, *families).amounts["aah"] == pytest.approx([0, 1041.59, 0])
