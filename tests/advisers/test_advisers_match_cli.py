"""`yole advisers match` as a program: statuses, streams, exact keys, every refusal in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from yole.advisers import files
from yole.kernel.errors import InputError

HEADER = "id,lat,lon,max_distance_km,available_from,experience,eligible\n"
PEOPLE = HEADER + "c1,14.61,-61.07,20,2026-02-01,3,1\nc2,14.62,-61.07,20,2026-02-01,oui,1\n"
POSTS = "id,lat,lon,starts_on,places\np1,14.61,-61.06,2026-03-01,1\n"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "c.csv").write_text(PEOPLE)
    (folder / "p.csv").write_text(POSTS)
    return subprocess.run(
        [sys.executable, "-m", "yole", "advisers", "match", *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "YOLE_DATA_DIR": str(folder)},
        check=False,
    )


def test_files_and_keys(tmp_path: Path) -> None:
    done = run(tmp_path, "c.csv", "p.csv", "-o", "m.csv", "--report", "r.json")
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "m.csv").read_text() == "candidate,post,distance_km\nc1,p1,1.076\n"
    assert list(json.loads((tmp_path / "r.json").read_text())) == [
        "stable",
        "blocking_pairs",
        "candidates",
        "posts",
        "places",
        "matched",
        "places_filled",
        "mean_distance_km",
        "unmatched_candidates",
        "unmatched_posts",
        "baseline",
        "sensitivity",
        "seconds",
    ]


def test_one_object_on_standard_output_and_nothing_half_written(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, "c.csv", "p.csv", "--json").stdout)["matches"] == [
        {"candidate": "c1", "post": "p1", "distance_km": 1.076}
    ]
    refused = run(tmp_path, "c.csv", "p.csv", "-o", "m.csv", "--report", "nowhere/r.json")
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (2, "", 1)
    assert not (tmp_path / "m.csv").exists()


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("c", "14.61,-61.07", "95,-61.07", "ligne 1, colonne « lat »"),
        ("c", "14.61,-61.07", "14.61,-190", "ligne 1, colonne « lon »"),
        ("c", ",20,2026-02-01,3", ",-1,2026-02-01,3", "ligne 1, colonne « max_distance_km »"),
        ("c", ",20,2026-02-01,3", ",nan,2026-02-01,3", "colonne « max_distance_km »"),
        ("c", ",20,2026-02-01,3", ",20,2026-02-30,3", "colonne « available_from » : date impossible"),
        ("c", ",20,2026-02-01,3", ",20,2026-02-01,beaucoup", "colonne « experience »"),
        ("c", "3,1", "3,peut-être", "colonne « eligible »"),
        ("c", "c2", "c1", "ligne 2, colonne « id » : identifiant présent deux fois"),
        ("c", "experience", "experiences", "colonne « experience » : colonne absente"),
        ("p", "2026-03-01,1", "2026-03-01,-1", "colonne « places »"),
        ("p", "2026-03-01,1", "2026-03-01,1.5", "colonne « places »"),
        ("p", "starts_on", "start", "colonne « starts_on » : colonne absente"),
    ],
)
def test_refusals(tmp_path: Path, name: str, before: str, after: str, told: str) -> None:
    texts = {"c": PEOPLE, "p": POSTS}
    assert before in texts[name]
    texts[name] = texts[name].replace(before, after, 1)
    for key, text in texts.items():
        (tmp_path / f"{key}.csv").write_text(text)
    with pytest.raises(InputError) as refused:
        files.read_problem(tmp_path / "c.csv", tmp_path / "p.csv")
    assert told in str(refused.value) and f"{name}.csv" in str(refused.value)


def test_a_decimal_comma_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(PEOPLE.replace(",", ";").replace("14.62", "14,62"))
    (tmp_path / "p.csv").write_text(POSTS.replace(",", "\t"))
    with pytest.raises(InputError, match=r"ligne 2, colonne « lat ».*14,62.*point décimal"):
        files.read_problem(tmp_path / "c.csv", tmp_path / "p.csv")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("candidate,c9,1,p1", "colonne « id » : identifiant inconnu"),
        ("candidate,c1,1,p9", "colonne « other » : identifiant inconnu"),
        ("candidate,c1,0,p1", "colonne « rank »"),
        ("candidat,c1,1,p1", "colonne « side »"),
        ("post,p1,1,c1\npost,p1,2,c1", "ligne 2, colonne « other » : couple présent deux fois"),
    ],
)
def test_refused_preferences(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "c.csv").write_text(PEOPLE)
    (tmp_path / "p.csv").write_text(POSTS)
    (tmp_path / "prefs.csv").write_text(f"side,id,rank,other\n{line}\n")
    with pytest.raises(InputError) as refused:
        files.read_problem(tmp_path / "c.csv", tmp_path / "p.csv", tmp_path / "prefs.csv")
    assert told in str(refused.value)
