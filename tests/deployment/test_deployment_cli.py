"""`yole deployment cover` and `median`: stored values, refusals with their place, limits and interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from yole.cli import run

POINTS = """id,lat,lon,population,zone,places
a,14.60,-61.00,10,nord,4
b,14.61,-61.00,20,nord,100
c,14.80,-61.00,5,sud,100
d,14.80,-61.01,5,sud,1
e,14.40,-60.90,7,sud,100
"""


@pytest.fixture
def points(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_text(POINTS)
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert run(["deployment", *(str(argument) for argument in arguments), "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run(["deployment", *(str(argument) for argument in arguments), "--json"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


def test_a_plan_is_told_with_its_proof(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "cover", points, "--count", 2, "--radius-km", 2)
    assert told["count"] == 2
    assert (told["covered"], told["total"], told["upper_bound"], told["gap"]) == (40, 47, 40, 0)
    assert set(told["sites"]) & {"a", "b"} and set(told["sites"]) & {"c", "d"}
    assert told["covered_by_existing"] == 0
    assert told["stopped"] is False
    assert 0 < told["seconds"] < 30


def test_existing_sites_cover_and_do_not_count(points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    existing = tmp_path / "existing.csv"
    existing.write_text("lon;lat;id\n-61.0;14.605;x\n")
    told = answer(capsys, "cover", points, "--count", 1, "--radius-km", 2, "--existing", existing)
    assert (told["covered_by_existing"], told["covered"], told["upper_bound"]) == (30, 40, 40)
    assert told["sites"] in (["c"], ["d"])


def test_quotas_come_from_the_weights_or_from_a_file(points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "cover", points, "--count", 3, "--radius-km", 2, "--quota-by", "zone")
    assert told["quotas"] == {"nord": 2, "sud": 1}
    assert (told["covered"], told["upper_bound"]) == (40, 40)
    quotas = tmp_path / "quotas.csv"
    quotas.write_text("group\tcount\nsud\t2\nnord\t1\n")
    told = answer(capsys, "cover", points, "--count", 3, "--radius-km", 2, "--quota-by", "zone", "--quotas", quotas)
    assert (told["quotas"], told["covered"]) == ({"nord": 1, "sud": 2}, 47)
    quotas.write_text("group,count\nsud,3\nnord,1\n")
    told_no = refusal(capsys, "cover", points, "--count", 3, "--radius-km", 2, "--quota-by", "zone", "--quotas", quotas)
    assert "4 lieux, plus que les 3" in told_no


def test_capacity_limits_what_a_site_serves(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "cover", points, "--count", 5, "--radius-km", 0.1, "--capacity", "places")
    assert (told["covered"], told["upper_bound"]) == (4 + 20 + 5 + 1 + 7, 37)


def test_fairness_serves_the_worst_group_first(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "cover", points, "--count", 2, "--radius-km", 2, "--fairness", "max-min", "--fairness-by", "zone")
    assert told["fairness"]["worst_rate"] == pytest.approx(10 / 17)
    assert told["fairness"]["rates"] == {"nord": 1.0, "sud": pytest.approx(10 / 17)}


@pytest.mark.parametrize(
    ("change", "options", "expected"),
    [
        (("a,14.60", "a,95"), (), "ligne 1, colonne « lat » : coordonnée impossible ; trouvé : « 95 »"),
        (("-60.90", "-190"), (), "ligne 5, colonne « lon »"),
        (("b,14.61", "a,14.61"), (), "ligne 2, colonne « id » : identifiant présent deux fois (déjà ligne 1)"),
        (("-61.00,20", "-61.00,-20"), (), "ligne 2, colonne « population » : nombre négatif"),
        (("-61.00,20", "-61.00,nan"), (), "ligne 2, colonne « population » : nombre impossible"),
        (("-61.00,20", "-61.00,inf"), (), "trouvé : « inf »"),
        (("a,14.60", 'a,"14,60"'), (), "ligne 1, colonne « lat » : nombre impossible ; trouvé : « 14,60 »"),
        (("-61.00,5,", "-61.00,,"), (), "ligne 3, colonne « population » : cellule vide"),
        (("", ""), ("--weight", "habitants"), "colonne « habitants » : colonne absente"),
        (("", ""), ("--quota-by", "region"), "colonne « region » : colonne absente"),
        (("", ""), ("--capacity", "postes"), "colonne « postes » : colonne absente"),
        (("", ""), ("--count", "6"), "6 lieux demandés, 5 lieux possibles"),
        (("", ""), ("--count", "0"), "nombre de lieux impossible"),
        (("", ""), ("--count", "-1"), "nombre de lieux impossible"),
        (("", ""), ("--radius-km", "-3"), "rayon impossible"),
        (("", ""), ("--radius-km", "nan"), "rayon impossible"),
        (("", ""), ("--time-limit", "0"), "--time-limit"),
        (("", ""), ("--sites", "absent.csv"), "absent.csv : fichier introuvable"),
        (("", ""), ("--fairness", "max-min"), "--fairness sans groupes"),
        (("", ""), ("--count", "deux"), "valeur impossible pour « --count »"),
    ],
)
def test_bad_input_is_refused_with_its_place(
    change: tuple[str, str], options: tuple[str, ...], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "points.csv"
    path.write_text(POINTS.replace(*change, 1) if change[0] else POINTS)
    output = tmp_path / "plan.json"
    asked = {"--count": "2", "--radius-km": "2"} | dict(zip(options[::2], options[1::2], strict=True))
    told = refusal(capsys, "cover", path, *(part for pair in asked.items() for part in pair), "-o", output)
    assert expected in told
    assert sorted(file.name for file in tmp_path.iterdir()) == ["points.csv"]


def test_all_sites_may_be_asked(points: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "cover", points, "--count", 5, "--radius-km", 0)
    assert (told["sites"], told["covered"], told["gap"]) == (["a", "b", "c", "d", "e"], 47, 0)


def test_the_stored_instances_are_solved_to_their_optimum(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shared / "data" / "deployment"
    told = answer(capsys, "cover", folder / "demand-300.csv", "--count", 12, "--radius-km", 3)
    assert (told["covered"], told["upper_bound"], told["total"]) == (102_175, 102_175, 207_347)
    told = answer(capsys, "median", folder / "median-100.npy", "--weights", folder / "median-100-weights.npy", "--count", 8)
    assert told["cost"] == pytest.approx(17_946.22225)
    assert told["lower_bound"] <= 17_946.22225
    assert told["gap"] == pytest.approx((told["cost"] - told["lower_bound"]) / told["cost"])


def test_a_thousand_points_stay_within_their_limit(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demand = shared / "data" / "deployment" / "demand-1000.csv"
    for options, best in (((), 534_388), (("--quota-by", "departement"), 527_164)):
        told = answer(capsys, "cover", demand, "--count", 60, "--radius-km", 5, "--time-limit", 4, *options)
        assert told["upper_bound"] >= best >= told["covered"]
        assert told["gap"] <= 0.01
        assert told["gap"] == pytest.approx((told["upper_bound"] - told["covered"]) / told["upper_bound"])
    assert told["quotas"] == {"69": 33, "972": 27}


def test_matrices_are_refused_with_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.npy"
    cases: list[tuple[np.ndarray, int, str]] = [
        (np.zeros((3, 4)), 1, "matrice non carrée ; trouvé : « 3 × 4 »"),
        (np.array([[0.0, 1.0], [np.nan, 0.0]]), 1, "ligne 1, colonne 0, comptées de 0"),
        (np.array([[0.0, -1.0], [1.0, 0.0]]), 1, "ligne 0, colonne 1"),
        (np.zeros((3, 3)), 4, "4 lieux demandés, 3 points"),
        (np.zeros((3, 3)), 0, "nombre de lieux impossible"),
        (np.array([["a"]]), 1, "tableau sans nombres"),
    ]
    for matrix, count, expected in cases:
        np.save(path, matrix)
        assert expected in refusal(capsys, "median", path, "--count", count)
    path.write_bytes(b"no array")
    assert "fichier illisible" in refusal(capsys, "median", path, "--count", 1)
    np.save(path, np.zeros((3, 3)))
    weights = tmp_path / "w.npy"
    np.save(weights, np.ones(2))
    assert "nombre de poids" in refusal(capsys, "median", path, "--count", 1, "--weights", weights)


def test_rows_are_demand_and_columns_are_sites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.npy"
    np.save(path, np.array([[1, 5, 9], [1, 5, 9], [4, 5, 9]]))
    told = answer(capsys, "median", path, "--count", 1)
    assert (told["medians"], told["cost"], told["lower_bound"]) == ([0], 6, 6)


def test_an_interrupt_ends_well_with_the_best_plan(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    where, weights = rng.normal(0, 0.4, (9000, 2)) + np.array([14.6, -61.0]), rng.integers(1, 99, 9000)
    rows = "".join(f"p{i},{lat:.5f},{lon:.5f},{w}\n" for i, ((lat, lon), w) in enumerate(zip(where, weights, strict=True)))
    path = tmp_path / "many.csv"
    path.write_text("id,lat,lon,population\n" + rows)
    command = [
        sys.executable,
        "-m",
        "yole",
        "deployment",
        "cover",
        str(path),
        "--count",
        "700",
        "--radius-km",
        "2",
        "--time-limit",
        "60",
        "--json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - asked < 15
    assert process.returncode == 0, err
    told = json.loads(out)
    assert told["stopped"] is True
    assert len(told["sites"]) == 700
    assert told["covered"] <= told["upper_bound"]
