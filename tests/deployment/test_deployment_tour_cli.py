"""The command `tour`: keys, statuses, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.main import get_command

from yole.deployment.cli_tour import tour
from yole.kernel.errors import InputError

HEADER = "id,lat,lon,service_min,opens,closes,prize,required\n"
STOPS = HEADER + "d,14.6,-61.07,,,,,\na,14.65,-61.0,60,09:00,12:00,5,1\nb,14.7,-61.1,60,,,3,\nc,16.2,-61.5,60,,,9,\n"


def run(folder: Path, *options: str, stops: str = STOPS) -> Any:
    (folder / "s.csv").write_text(stops)
    single = typer.Typer()
    single.command()(tour)
    arguments = [str(folder / "s.csv"), "--vehicles", "1", "--days", "1", "--hours", "8", "--depot", "d", "--time-limit", "3", *options]
    return get_command(single).main(args=arguments, standalone_mode=False)


def test_the_answer_has_the_keys_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--json", "-o", str(tmp_path / "t.json")) == 0
    answer = json.loads(capsys.readouterr().out)
    assert json.loads((tmp_path / "t.json").read_text()) == answer
    assert list(answer) == ["routes", "unserved", "prize_collected", "prize_total", "travel_model", "seconds"]
    assert {"vehicle", "day", "stops", "drive_min", "work_min", "km"} <= set(answer["routes"][0])
    assert answer["travel_model"] == {"detour": 1.45, "speed_kmh": 40.0, "source": "great-circle"}
    assert [(left["id"], left["reason"]) for left in answer["unserved"]] == [("c", "unreachable")]
    assert (answer["prize_collected"], answer["prize_total"]) == (8.0, 17.0)


def test_a_matrix_replaces_the_estimate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "m.npy", np.full((4, 4), 12.0))
    assert run(tmp_path, "--matrix", str(tmp_path / "m.npy"), "--plain", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["unserved"] == [] and answer["routes"][0]["drive_min"] == 48.0


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("14.65", "95", "ligne 2, colonne « lat »"),
        ("b,14.7", "a,14.7", "ligne 3, colonne « id »"),
        ("09:00", "9h", "colonne « opens » : heure impossible"),
        ("12:00", "08:00", "colonne « closes »"),
        ("60,,,3", "60,,,-3", "colonne « prize »"),
        ("d,14.6", "x,14.6", "dépôt inconnu"),
        ("60,,,9,", "60,,,9,1", "1 arrêt(s) obligatoire(s) impossible(s) à desservir : c (aucune route"),
    ],
)
def test_refusals(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in STOPS
    with pytest.raises(InputError) as refused:
        run(tmp_path, "-o", str(tmp_path / "out.json"), stops=STOPS.replace(before, after, 1))
    assert told in str(refused.value) and not (tmp_path / "out.json").exists()


@pytest.mark.parametrize("matrix", [np.zeros((3, 3)), np.full((4, 4), np.nan), np.full((4, 4), -1.0), np.array(["a"])])
def test_refused_matrices(tmp_path: Path, matrix: Any) -> None:
    np.save(tmp_path / "m.npy", matrix)
    with pytest.raises(InputError):
        run(tmp_path, "--matrix", str(tmp_path / "m.npy"))
