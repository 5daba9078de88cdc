"""The commands: exact keys, exit statuses, one line for a refusal, nothing half written."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.rights.rights_worlds import adult, situation
from yole.cli import run


@pytest.fixture
def built(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find the session's rules already built: building them is tried by the reference tests."""
    from yole.rights import evaluation

    monkeypatch.setattr(evaluation.Engine, "rules", engine.rules)


def put(path: Path, value: Any) -> str:
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def test_evaluate_one_and_an_array(built: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    one = situation(adult("applicant", "1991-04-12", "inactive"))
    assert run(["rights", "evaluate", put(tmp_path / "s.json", one), "--json"]) == 0
    result = json.loads(capfd.readouterr().out)
    assert {"date", "benefits", "engine", "disclaimer"} <= set(result)
    assert result["engine"]["openfisca_france"] == "176.1.8"
    assert run(["rights", "evaluate", put(tmp_path / "a.json", [one, one]), "--json"]) == 0
    results = json.loads(capfd.readouterr().out)
    assert isinstance(results, list) and len(results) == 2
    assert results[0]["benefits"] == result["benefits"]
    assert run(["rights", "evaluate", str(tmp_path / "s.json")]) == 0
    words = capfd.readouterr().out
    assert "RSA : possible" in words and "éligible" not in words


def test_next_question_and_its_end(built: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    start = put(tmp_path / "start.json", {"date": "2026-11", "persons": [{"id": "applicant", "role": "applicant"}]})
    assert run(["rights", "next", start, "--json"]) == 0
    step = json.loads(capfd.readouterr().out)
    assert {"field", "text", "why"} <= set(step["question"]) and step["remaining_uncertainty"] > 0
    assert step["alternatives"] and step["question"]["field"] not in [each["field"] for each in step["alternatives"]]
    done = put(tmp_path / "done.json", situation(adult("applicant", "1991-04-12", "inactive")))
    assert run(["rights", "next", done, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["question"] is None


def test_screen_writes_the_result_and_leaves_nothing_when_refused(built: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    good, bad, out = tmp_path / "good.csv", tmp_path / "bad.csv", tmp_path / "out.csv"
    header = "household;date;commune;couple;children_count;applicant_birth_date;applicant_activity;applicant_wage;housing_status"
    header += ";other_situations\n"
    lines = "b;2026-11;97209;0;0;1991-04-12;inactive;;loge_gratuitement;none\n"
    lines += "a;2026-11;97209;0;0;1991-04-12;employed;;loge_gratuitement;none\n"
    good.write_text(header + lines, encoding="utf-8")
    assert run(["rights", "screen", str(good), "-o", str(out)]) == 0
    with out.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [
        "household",
        "benefit",
        "verdict",
        "probability",
        "amount_low",
        "amount_likely",
        "amount_high",
        "period",
        "stale",
    ]
    assert [row["household"] for row in rows] == ["b"] * 18 + ["a"] * 18
    rsa = {row["household"]: row for row in rows if row["benefit"] == "rsa"}
    assert (rsa["b"]["verdict"], rsa["b"]["amount_likely"], rsa["a"]["verdict"]) == ("yes", "573.49", "undetermined")
    css = next(row for row in rows if row["benefit"] == "css")
    assert (css["stale"], css["amount_likely"]) == ("1", "")
    capfd.readouterr()
    out.unlink()
    for change, said in (
        ((";2026-11;97209;0;0;1991-04-12;employed", ";2026-11;97209;0;0;1991-02-30;employed"), ["ligne 2", "birth_date", "1991-02-30"]),
        (("applicant_wage", "salaire"), ["salaire", "colonne inconnue"]),
        (("applicant_wage", "prenom"), ["prenom", "désigne une personne"]),
        (("\na;", "\nb;"), ["ligne 2", "household", "deux fois"]),
        ((";97209;", ";97611;"), ["ligne 1", "commune", "Mayotte"]),
    ):
        bad.write_text((header + lines).replace(*change), encoding="utf-8")
        assert run(["rights", "screen", str(bad), "-o", str(out)]) == 2
        told = capfd.readouterr()
        assert told.out == "" and told.err.count("\n") == 1
        for part in (str(bad), *said):
            assert part in told.err, told.err
        assert not out.exists()


def test_freshness_exits_with_1_when_a_rule_is_late(built: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["rights", "freshness", "--json"]) == 1
    told = json.loads(capfd.readouterr().out)
    assert set(told) == {"at", "benefits"} and len(told["benefits"]) == 18
    assert set(told["benefits"][0]) == {"id", "youngest_parameter", "next_revaluation", "fresh", "overridden", "reason"}


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '"x"', "[{}, 4]", '{"persons": {}}'])
def test_a_file_that_is_no_situation_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str], content: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(content, encoding="utf-8")
    assert run(["rights", "evaluate", str(path), "--json"]) == 2
    told = capfd.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and str(path) in told.err
    assert run(["rights", "evaluate", str(tmp_path / "absent.json")]) == 2
    assert "introuvable" in capfd.readouterr().err
