"""The reference values: that we drive the rules right. They do not prove what an office would pay."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.rights.conftest import TODAY
from tests.rights.rights_worlds import random_situation
from yole.rights import batch
from yole.rights.catalog import benefits
from yole.rights.engine.cohort import stack
from yole.rights.engine.completions import design
from yole.rights.situation import parse


@pytest.fixture(scope="module")
def results(engine: Any, cases: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    households = [parse(case["situation"], today=TODAY) for case in cases]
    done = engine.evaluate(households, TODAY)
    return {case["id"]: {entry["id"]: entry for entry in result["benefits"]} for case, result in zip(cases, done, strict=True)}


def test_worked_situations(results: dict[str, dict[str, Any]], cases: list[dict[str, Any]]) -> None:
    compared = 0
    for case in cases:
        for name, expected in case["expected"].items():
            entry = results[case["id"]][name]
            assert entry["verdict"] == expected["verdict"], (case["id"], name, entry)
            if "amount" in expected:
                amount = entry["amount"]
                assert amount["low"] == amount["likely"] == amount["high"]
                assert amount["likely"] == pytest.approx(expected["amount"], abs=0.011), (case["id"], name)
            compared += 1
    assert compared == 121


def test_the_health_cover_is_told_without_an_amount(results: dict[str, dict[str, Any]], cases: list[dict[str, Any]]) -> None:
    for case in cases:
        if "css" in case:
            css = results[case["id"]]["css"]
            assert css["amount"] is None and css["stale"] is True
            assert css["details"]["free"] == case["css"]["free"]
            assert css["details"]["monthly_charge"] == case["css"]["monthly_charge"]


def test_the_shape_of_an_answer(results: dict[str, dict[str, Any]]) -> None:
    entries = results["couple-2-children-fort-de-france"]
    assert list(entries) == list(benefits())
    for entry in entries.values():
        assert set(entry) == {"id", "verdict", "probability", "amount", "period", "decisive", "sheet", "rules_dated", "stale", "details"}
        assert entry["verdict"] in ("yes", "no", "undetermined")
        assert (entry["amount"] is None) == entry["stale"]
        assert entry["period"] == ("year" if entry["id"] in ("ars", "cheque_energie", "bourse_lycee", "bourse_college") else "month")
    wage = [each for each in entries["ppa"]["decisive"] if each["field"] == "applicant.wage"]
    assert wage and "le droit disparaîtrait" in wage[0]["effect"]


def test_200_households_of_the_screen(engine: Any, shared: Path) -> None:
    folder = shared / "data" / "rights"
    rows = [row for block in batch.screen(engine, batch.read(folder / "households-200.csv"), TODAY) for row in block]
    with (folder / "households-200-expected.csv").open(encoding="utf-8") as stream:
        expected = {row["household"]: row for row in csv.DictReader(stream)}
    compared = 0
    for household, name, verdict, _, _, likely, _, _, _ in rows:
        if name in expected[household]:
            wanted = float(expected[household][name])
            assert (verdict == "yes") == (wanted > 0), (household, name, verdict)
            assert likely == pytest.approx(wanted, abs=0.011), (household, name)
            compared += 1
    assert compared == 2200


def test_the_cut_graph_gives_what_the_full_graph_gives(engine: Any) -> None:
    households = [parse(random_situation(seed), today=TODAY) for seed in range(24)]
    cohort = stack([design(each, engine.priors).rows.cohort() for each in households if not each.unknown()])
    assert cohort.households >= 20
    cut, full = engine.rules.compute(cohort, "2026-11"), engine.rules.compute(cohort, "2026-11", full=True)
    positive = 0
    for name, values in full.amounts.items():
        np.testing.assert_allclose(cut.amounts[name], values, atol=0.005, err_msg=name)
        positive += int((values > 0).any())
    np.testing.assert_array_equal(cut.css_charge, full.css_charge)
    assert positive >= 9
