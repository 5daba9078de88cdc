"""Rules that are late are told and show no amount; a value entered by hand needs its law and two verifiers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.rights.conftest import TODAY
from tests.rights.rights_worlds import adult, situation
from yole.kernel.errors import InputError
from yole.rights import freshness, localaids, overrides
from yole.rights.catalog import DATA, benefits
from yole.rights.engine.completions import design
from yole.rights.situation import parse

PARAMETER = "prestations_sociales.solidarite_insertion.minima_sociaux.rsa.rsa_m.montant_de_base_du_rsa"
YOUNGEST = {
    "rsa": "2026-04-01",
    "ppa": "2026-04-01",
    "aide_logement": "2026-10-01",
    "aspa": "2026-01-01",
    "aah": "2026-04-01",
    "af": "2026-04-01",
    "asf": "2026-04-01",
    "ars": "2026-01-01",
    "ass": "2026-04-01",
    "css": "2024-04-01",
    "asi": "2025-04-01",
    "contrat_engagement_jeune": "2025-04-01",
    "cheque_energie": "2021-01-01",
    "bourse_criteres_sociaux": "2023-03-31",
    "bourse_lycee": "2017-05-07",
    "bourse_college": "2017-05-07",
}


def test_dates_are_read_in_the_tree_as_the_reference_found_them(engine: Any) -> None:
    states = engine.states(TODAY)
    assert {name: states[name].youngest_parameter for name in YOUNGEST} == YOUNGEST
    late = {name for name, state in states.items() if not state.fresh}
    assert late == {name for name, benefit in benefits().items() if benefit.trust == "C"}
    assert states["af"].next_revaluation == "2027-01-01" and states["rsa"].next_revaluation == "2027-04-01"
    assert states["css"].next_revaluation == "2025-04-01"


def test_the_day_of_a_revaluation_makes_the_rule_late(engine: Any) -> None:
    assert engine.states(date(2027, 3, 31))["rsa"].fresh is True
    assert engine.states(date(2027, 4, 1))["rsa"].fresh is False
    assert engine.states(date(2027, 1, 1))["af"].fresh is False


def test_a_stale_parameter_planted_in_the_tree_is_flagged_and_its_amount_hidden(engine: Any) -> None:
    node = engine.rules.system.parameters
    for part in PARAMETER.split("."):
        node = node.children[part]
    kept = node.values_list
    person = parse(situation(adult("applicant", "1991-04-12", "inactive")), today=TODAY)

    def rsa() -> dict[str, Any]:
        return next(entry for entry in engine.evaluate([person], TODAY, explained=False)[0]["benefits"] if entry["id"] == "rsa")

    assert rsa()["amount"]["likely"] == pytest.approx(573.49)
    try:
        node.values_list = [value for value in kept if value.instant_str < "2026-01-01"]
        planted = rsa()
        assert planted["stale"] is True and planted["amount"] is None and planted["verdict"] == "yes"
        assert planted["details"]["trust"] == "C"
        assert "attendue le 2026-04-01" in engine.states(TODAY)["rsa"].reason
    finally:
        node.values_list = kept
    assert rsa()["stale"] is False


def test_next_expected_is_the_first_day_of_the_calendar_after() -> None:
    assert freshness.next_expected("2026-04-01", ("04-01",)) == "2027-04-01"
    assert freshness.next_expected("2026-04-01", ("01-01", "04-01")) == "2027-01-01"
    assert freshness.next_expected("2026-03-31", ("04-01",)) == "2026-04-01"


GOOD = {
    "parameter": PARAMETER,
    "date": date(2027, 4, 1),
    "value": 660.0,
    "law": "https://www.legifrance.gouv.fr/x",
    "entered_by": "AA",
    "verified_by": ["BB", "CC"],
}


def written(folder: Path, **changed: Any) -> Path:
    import yaml

    path = folder / "overrides.yaml"
    path.write_text(yaml.safe_dump([{**GOOD, **changed}]), encoding="utf-8")
    return path


def test_none_is_shipped() -> None:
    assert overrides.read(DATA / "overrides.yaml") == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"verified_by": ["BB"]}, "deux vérificateurs"),
        ({"verified_by": ["AA", "BB"]}, "deux vérificateurs"),
        ({"verified_by": ["BB", "BB"]}, "deux vérificateurs"),
        ({"law": "le journal"}, "source"),
        ({"value": -1}, "valeur"),
        ({"date": "demain"}, "date"),
        ({"note": "?"}, "champs"),
    ],
)
def test_an_override_without_its_guarantees_is_refused(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        overrides.read(written(tmp_path, **changed))


def test_an_override_must_be_newer_than_the_rules_and_name_a_parameter(engine: Any, tmp_path: Path) -> None:
    tree = engine.rules.system.parameters
    assert overrides.accepted(tree, overrides.read(written(tmp_path))) == ((PARAMETER, "2027-04-01", 660.0),)
    with pytest.raises(InputError, match="plus ancienne"):
        overrides.accepted(tree, overrides.read(written(tmp_path, date=date(2026, 4, 1))))
    with pytest.raises(InputError, match="paramètre inconnu"):
        overrides.accepted(tree, overrides.read(written(tmp_path, parameter="prestations_sociales.rien")))


def test_an_override_is_applied_as_a_reform_and_leaves_the_rules_alone(engine: Any) -> None:
    from yole.rights import openfisca

    changed = openfisca._reformed(engine.rules.system, ((PARAMETER, "2026-11-01", 700.0),))
    assert freshness.assess(changed.parameters, benefits()["rsa"], TODAY, frozenset({PARAMETER})).overridden is True
    newest = freshness.amounts(changed.parameters, benefits()["rsa"].components[0])[0]
    assert (newest.since, newest.value) == ("2026-11-01", 700.0)
    assert freshness.amounts(engine.rules.system.parameters, benefits()["rsa"].components[0])[0].value == 651.69


AID = """
id: essai
label: Aide d’essai (fictif)
institution: CCAS (fictif)
conditions:
  - {field: departement, is: equal, value: "972"}
profiles:
  - [{field: age, is: at_least, value: 60}]
  - [{field: children_count, is: at_least, value: 2}]
amount: 120
period: year
url: https://exemple.invalid
valid_from: 2026-01-01
valid_to: 2026-12-31
verified_on: 2026-09-01
verified_by: CCAS
"""


def test_a_local_aid_is_three_valued_dated_and_hidden_when_expired(engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rights" / "aids" / "essai.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(AID, encoding="utf-8")
    monkeypatch.setenv("YOLE_DATA_DIR", str(tmp_path))

    def verdict(value: dict[str, Any], today: date = TODAY) -> Any:
        made = design(parse(value, today=TODAY), engine.priors)
        return next(({**each} for each in localaids.answers(made.rows, made.draws, today) if each["id"] == "essai"), None)

    old = situation(adult("applicant", "1950-01-01", "retired", pension=700))
    assert (verdict(old)["verdict"], verdict(old)["amount"]) == ("yes", 120.0)
    young = situation(adult("applicant", "1990-01-01", "inactive"))
    assert verdict(young)["verdict"] == "no"
    del young["answers"]["children_count"]
    assert verdict(young)["verdict"] == "undetermined"
    assert verdict(old, date(2027, 1, 1)) is None
    aid = localaids.read(path)
    assert aid.amber(date(2026, 11, 1)) is False and aid.amber(date(2027, 9, 2)) is True


def test_shipped_aids_of_the_territory_are_to_verify_and_have_no_amount() -> None:
    shipped = [localaids.read(path) for path in sorted((DATA / "aids").glob("*.yaml"))]
    assert len(shipped) == 3
    assert all(aid.amount is None and aid.amber(TODAY) for aid in shipped)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("is: equal", "is: over", "conditions.is"),
        ("field: age", "field: religion", "conditions.field"),
        ("period: year", "period: week", "period"),
        ("verified_on: 2026-09-01", "verified_on: null", "amount"),
        ("amount: 120", "amount: beaucoup", "amount"),
        ("url: https", "adresse: https", "adresse"),
    ],
)
def test_a_bad_local_aid_is_refused_with_its_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(AID.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        localaids.read(path)
