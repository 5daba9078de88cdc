"""`yole assessment …`: files in and out, and every fault told in one line with its place."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.assessment.draws import bank, draw
from yole.assessment.engine.model import METRIC
from yole.assessment.files import read_responses
from yole.cli import run


def responses(folder: Path, *, persons: int = 300, items: int = 6, name: str = "r.csv", fill: float = 0.9, seed: int = 3) -> Path:
    answers, *_ = draw(persons, items, fill=fill, seed=seed)
    path = folder / name
    rows = [["person", *(f"q{i}" for i in range(items))]]
    rows += [[f"p{i}", *("" if cell < 0 else str(cell) for cell in row)] for i, row in enumerate(answers)]
    path.write_text("\n".join(",".join(row) for row in rows) + "\n")
    return path


def parameters(folder: Path, many: int = 40, *, areas: int = 0, **changes: Any) -> Path:
    the_bank = bank(many, areas=areas)
    entries: list[dict[str, Any]] = [
        {"id": item, "a": a, "b": -d / a, "d": d} for item, a, d in zip(the_bank.ids, the_bank.a.tolist(), the_bank.d.tolist(), strict=True)
    ]
    if the_bank.area is not None:
        for entry, area in zip(entries, the_bank.area.tolist(), strict=True):
            entry["area"] = area
    path = folder / "items.json"
    path.write_text(json.dumps({"model": "2pl", "metric": METRIC, "items": entries, **changes}))
    return path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path, says: tuple[str, ...]) -> None:
    assert run([str(argument) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for word in says:
        assert word in err, err


def test_calibrate_then_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, items, scores = responses(tmp_path), tmp_path / "items.json", tmp_path / "scores.csv"
    assert run(["assessment", "calibrate", str(path), "-o", str(items)]) == 0
    assert capsys.readouterr().out == ""
    content = json.loads(items.read_text())
    assert list(content) == ["model", "metric", "persons", "log_likelihood", "converged", "iterations", "items"]
    assert (content["model"], content["metric"], content["persons"], content["converged"]) == ("2pl", METRIC, 300, True)
    for entry in content["items"]:
        assert list(entry) == ["id", "a", "b", "d", "se_a", "se_b", "n"]
        assert entry["b"] == pytest.approx(-entry["d"] / entry["a"])
    assert run(["assessment", "score", str(items), str(path), "-o", str(scores)]) == 0
    rows = list(csv.DictReader(scores.open()))
    assert list(rows[0]) == ["person", "theta", "se", "answered"]
    assert [row["person"] for row in rows] == [f"p{i}" for i in range(300)]
    assert sum(int(row["answered"]) for row in rows) == sum(entry["n"] for entry in content["items"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["items.json", "r.csv", "scores.csv"]


@pytest.mark.parametrize("model", ["1pl", "rasch"])
def test_other_models_and_standard_output(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assessment", "calibrate", str(responses(tmp_path)), "--model", model]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["model"] == model
    assert len({entry["a"] for entry in content["items"]}) == 1


def test_score_takes_columns_by_name_in_any_order_and_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = parameters(tmp_path, 4)
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text("q0,q1,q2,q3\n1,0,,1\n,,,\n0,0,0,0\n")
    other.write_text("﻿q3;q1;q0\r\n1;0;1\r\n;;\r\n", encoding="utf-8")
    found = []
    for path in (one, other):
        assert run(["assessment", "score", str(items), str(path), "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out)["scores"])
    assert found[0][0] == found[1][0]
    assert found[0][1] == {"person": "2", "theta": 0.0, "se": 1.0, "answered": 0}
    assert len(found[0]) == 3


def test_simulate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = parameters(tmp_path, 100, areas=5)
    arguments = ["assessment", "simulate", str(items), "--examinees", "800", "--cuts", "-1,0,1", "--json", "--seed", "4"]
    reports = []
    for _ in range(2):
        assert run(arguments) == 0
        reports.append(json.loads(capsys.readouterr().out))
    keys = ["examinees", "bias", "rmse", "mean_items", "max_exposure", "items_never_used", "misclassified", "misclassified_predicted"]
    assert list(reports[0]) == [*keys, "examinees_per_second"]
    assert [reports[0][key] for key in keys] == [reports[1][key] for key in keys]
    assert reports[0]["misclassified"] == pytest.approx(reports[0]["misclassified_predicted"], abs=0.04)
    assert run(["assessment", "simulate", str(items), "--examinees", "50", "--criterion", "variance", "--easy-start"]) == 0
    assert "50 personnes simulées" in capsys.readouterr().out


def test_dif_joins_groups_by_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = responses(tmp_path, persons=500)
    labels = {f"p{i}": "zoé" if i % 2 else "Ada" for i in range(500)}
    in_order, mixed, bare = (tmp_path / name for name in ("g.csv", "mixed.csv", "bare.csv"))
    in_order.write_text("person,group\n" + "".join(f"{p},{g}\n" for p, g in labels.items()))
    shuffled = np.random.default_rng(0).permutation(list(labels))
    mixed.write_text("group;person\n" + "".join(f"{labels[str(p)]};{p}\n" for p in shuffled) + "Ada;somebody else\n")
    bare.write_text("group\n" + "".join(f"{g}\n" for g in labels.values()))
    reports = []
    for groups in (in_order, mixed, bare):
        assert run(["assessment", "dif", str(path), "--groups", str(groups), "--json"]) == 0
        reports.append(json.loads(capsys.readouterr().out))
    assert reports[0] == reports[1] == reports[2]
    assert (reports[0]["reference"], reports[0]["focal"]) == ("Ada", "zoé")
    assert list(reports[0]["items"][0]) == ["id", "alpha_mh", "delta_mh", "chi2", "p", "ets_class"]
    assert run(["assessment", "dif", str(path), "--groups", str(in_order), "--reference", "zoé", "--logistic", "--json"]) == 0
    swapped = json.loads(capsys.readouterr().out)
    assert swapped["reference"] == "zoé"
    assert swapped["items"][0]["delta_mh"] == pytest.approx(-reports[0]["items"][0]["delta_mh"])
    assert set(swapped["items"][0]["logistic"]) == {"log_odds", "uniform_chi2", "uniform_p", "nonuniform_chi2", "nonuniform_p"}
    assert run(["assessment", "dif", str(path), "--groups", str(in_order)]) == 0
    assert "Référence « Ada »" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("person,q1,q2\na,1,0\nb,2,1\n", ("ligne 2", "colonne « q1 »", "trouvé : « 2 »", "0, 1 ou vide")),
        ("person,q1,q2\na,1,0\nb,1.0,1\n", ("ligne 2", "colonne « q1 »", "1.0")),
        ("person,q1,q2\na,oui,0\nb,1,1\n", ("ligne 1", "colonne « q1 »", "oui")),
        ('person,q1,q2\na,1,NA\n"b",1,1\n', ("ligne 1", "colonne « q2 »", "NA")),
        ("person,q1,q2\na,1,0\na,0,1\n", ("ligne 2", "« person »", "deux fois")),
        ("person,q1,q2\na,1,0\n,0,1\n", ("ligne 2", "« person »", "sans identifiant")),
        ("person,q1,q1\na,1,0\nb,0,1\n", ("« q1 »", "deux fois")),
        ("person,q1,\na,1,0\nb,0,1\n", ("colonne 3",)),
        ("person,q1,q2\na,1,1\nb,0,1\n", ("« q2 »", "égales")),
        ("person,q1,q2\na,1,\nb,0,\n", ("« q2 »", "aucune réponse")),
        ("person,q1,q2\na,1,0\n", ("une seule personne",)),
        ("person,q1,q2\n", ("aucune ligne",)),
        ("person\na\nb\n", ("aucune colonne de question",)),
        ("person,q1,q2\na,1\nb,0,1\n", ("ligne 1", "2 cellules au lieu de 3")),
        ("person,q1,q2\na,1,0,1\nb,0,1\n", ("ligne 1", "4 cellules au lieu de 3")),
        ("", ("vide",)),
        ("\n \n", ("vide",)),
        ("a,b\n\x00,1\n", ("octets nuls",)),
    ],
)
def test_bad_responses(content: str, says: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content)
    refused(capsys, "assessment", "calibrate", path, "-o", tmp_path / "out.json", says=("bad.csv", *says))
    assert [p.name for p in tmp_path.iterdir()] == ["bad.csv"]


def test_other_bad_requests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, items, noise = responses(tmp_path), parameters(tmp_path), tmp_path / "noise.csv"
    noise.write_bytes(np.random.default_rng(0).bytes(100_000))
    refused(capsys, "assessment", "calibrate", noise, says=("noise.csv",))
    refused(capsys, "assessment", "calibrate", tmp_path / "none.csv", says=("none.csv", "introuvable"))
    refused(capsys, "assessment", "calibrate", good, "--model", "3pl", says=("--model", "3pl", "rasch"))
    refused(capsys, "assessment", "calibrate", good, "-o", tmp_path / "no" / "x.json", says=("x.json", "écriture impossible"))
    refused(capsys, "assessment", "calibrate", good, "--colour", says=("--colour",))
    refused(capsys, "assessment", "score", items, tmp_path / "none.csv", says=("none.csv",))
    refused(capsys, "assessment", "simulate", items, says=("--examinees",))
    refused(capsys, "assessment", "simulate", items, "--examinees", "0", says=("--examinees", "1"))
    for cuts in ("1,0,-1", "0,0", "a,b", "", "nan"):
        refused(capsys, "assessment", "simulate", items, "--examinees", "5", "--cuts", cuts, says=("--cuts",))
    refused(capsys, "assessment", "simulate", items, "--examinees", "5", "--se", "-1", says=("--se",))
    refused(capsys, "assessment", "simulate", items, "--examinees", "5", "--exposure", "0", says=("--exposure",))
    refused(capsys, "assessment", "simulate", items, "--examinees", "5", "--criterion", "luck", says=("--criterion",))
    strange = tmp_path / "strange.csv"
    strange.write_text("person,q1,unknown\na,1,0\n")
    refused(capsys, "assessment", "score", items, strange, "-o", tmp_path / "s.csv", says=("strange.csv", "« unknown »"))
    assert not (tmp_path / "s.csv").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"metric": "normal ogive"}, ("metric", "normal ogive")),
        ({"items": []}, ("items",)),
        ({"items": {}}, ("items",)),
        ({"items": [3]}, ("ligne 1",)),
        ({"items": [{"a": 1, "b": 0}]}, ("« id »",)),
        ({"items": [{"id": "x", "a": 0, "b": 0}]}, ("« x »", "« a »", "au-dessus de 0")),
        ({"items": [{"id": "x", "a": -1.5, "b": 0}]}, ("« x »", "-1.5")),
        ({"items": [{"id": "x", "a": None, "b": 0}]}, ("« x »", "« a »", "null")),
        ({"items": [{"id": "x", "b": 0}]}, ("« x »", "« a »")),
        ({"items": [{"id": "x", "a": True, "b": 0}]}, ("« x »", "« a »")),
        ({"items": [{"id": "x", "a": 1, "b": "0"}]}, ("« x »", "« b »")),
        ({"items": [{"id": "x", "a": 1, "b": float("nan")}]}, ("« x »", "« b »")),
        ({"items": [{"id": "x", "a": 1}]}, ("« x »", "« b »")),
        ({"items": [{"id": "x", "a": 1, "b": 1, "d": 1}]}, ("« x »", "contredisent")),
        ({"items": [{"id": "x", "a": 1, "b": 1}, {"id": "x", "a": 1, "b": 1}]}, ("« x »", "deux fois")),
    ],
)
def test_bad_parameters(change: dict[str, Any], says: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = parameters(tmp_path, **change)
    refused(capsys, "assessment", "simulate", items, "--examinees", "5", "--json", says=("items.json", *says))


def test_parameters_that_are_not_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "items.json"
    for content, says in (
        (b'{"items": [', "JSON illisible"),
        (b"[]", "items"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"", "JSON"),
        (b"[" * 100_000, "JSON"),
    ):
        path.write_bytes(content)
        refused(capsys, "assessment", "simulate", path, "--examinees", "5", says=("items.json", says))


def test_a_bank_without_metric_is_read_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "items.json"
    path.write_text('{"items": [{"id": "x", "a": 1, "b": 0.5}]}')
    assert run(["assessment", "simulate", str(path), "--examinees", "20", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["max_exposure"] == 1.0
    assert "metric" in err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("person,group\na,x\nb,y\nc,z\nd,x\n", ("3 groupes", "exactement deux")),
        ("person,group\na,x\nb,x\nc,x\nd,x\n", ("1 groupe",)),
        ("person,group\na,x\nb,y\nc,\nd,x\n", ("« c »", "ligne 3", "« group »")),
        ("person,group\na,x\nb,y\nd,x\n", ("personne absente", "trouvé : « c »", "ligne 3")),
        ("person,group\na,x\nb,y\nc,x\nc,y\nd,x\n", ("deux fois", "ligne 4")),
        ("person,sex\na,x\nb,y\nc,x\nd,x\n", ("« group »",)),
        ("group\nx\ny\nx\n", ("3 lignes", "4 personnes")),
        ("", ("vide",)),
    ],
)
def test_bad_groups(content: str, says: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers, groups = tmp_path / "r.csv", tmp_path / "g.csv"
    answers.write_text("person,q1,q2\na,1,0\nb,0,1\nc,1,1\nd,0,0\n")
    groups.write_text(content)
    refused(capsys, "assessment", "dif", answers, "--groups", groups, "--json", says=says)
    groups.write_text("group\nx\ny\nx\ny\n")
    refused(capsys, "assessment", "dif", answers, "--groups", groups, "--reference", "z", says=("référence", "« z »"))
    answers.write_text("person,q1,q2\na,1,0\nb,1,1\nc,1,1\nd,1,0\n")
    refused(capsys, "assessment", "dif", answers, "--groups", groups, says=("« q1 »", "égales"))


def test_both_readers_agree(tmp_path: Path) -> None:
    """Quotes send a file to the slow reader; the answers are the same. So for .gz, tabs and a column of persons that is not first."""
    path = responses(tmp_path, persons=40)
    plain = read_responses(path)
    rows = list(csv.reader(path.open()))
    quoted, tabs, packed, moved = (tmp_path / name for name in ("q.csv", "t.csv", "p.csv.gz", "m.csv"))
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    quoted.write_text(out.getvalue())
    tabs.write_text("\n".join("\t".join(row) for row in rows))
    packed.write_bytes(gzip.compress(path.read_bytes()))
    moved.write_text("\n".join(",".join([*row[1:], row[0]]) for row in rows))
    for other in (quoted, tabs, packed, moved):
        found = read_responses(other)
        assert (found.persons, found.items) == (plain.persons, plain.items)
        np.testing.assert_array_equal(found.answers, plain.answers)


def test_empty_lines(tmp_path: Path) -> None:
    """Skipped, unless the file has one question and no persons: there, an empty line is an answer not given."""
    path = tmp_path / "r.csv"
    path.write_text("person,q1\na,1\n\nb,0\n\n")
    assert read_responses(path).answers.tolist() == [[1], [0]]
    path.write_text("q1\n1\n\n0\n\n")
    assert read_responses(path).answers.tolist() == [[1], [-1], [0]]


def test_a_large_file_is_read_fast(tmp_path: Path) -> None:
    path = responses(tmp_path, persons=4000, items=150)
    start = time.process_time()
    assert read_responses(path).answers.shape == (4000, 150)
    assert time.process_time() - start < 1.0


def test_commands_start_without_django(tmp_path: Path) -> None:
    items = parameters(tmp_path)
    command = ["assessment", "simulate", str(items), "--examinees", "20", "--json"]
    code = f"import sys; from yole.cli import run; run({command}); print('django' in sys.modules, 'scipy' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False False"
