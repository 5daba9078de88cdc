"""`yole debates analyse` as a program: statuses, streams, exact keys, start-up."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from yole.debates import files

from .rooms import EXAMPLE, planted, write

GROUPS = "participant,group\n" + "".join(f"{who},{'A' if who in 'abc' else 'B'}\n" for who in "abcdefg")


def run(*arguments: str | Path, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "yole", "debates", "analyse", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "YOLE_DATA_DIR": str(data)},
        check=False,
    )


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    return write(tmp_path / "votes.csv", files.write_votes(EXAMPLE).decode())


def test_json_has_the_keys_of_the_contract(votes: Path, tmp_path: Path) -> None:
    done = run(votes, "--groups", write(tmp_path / "g.csv", GROUPS), "--json", data=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert list(answer) == [
        "participants",
        "statements",
        "groups",
        "consensus",
        "group_aware_consensus",
        "groups_shown",
        "why_not_shown",
        "projection",
        "results",
    ]
    assert (answer["participants"], answer["statements"], answer["groups_shown"]) == (7, 3, False)
    assert [(group["id"], group["members"]) for group in answer["groups"]] == [("A", ["a", "b", "c"]), ("B", ["d", "e", "f", "g"])]
    assert list(answer["groups"][0]["representative"][0]) == ["statement", "direction", "repness", "z"]
    assert list(answer["results"][0]) == ["statement", "agree", "disagree", "pass", "seen", "low", "high", "label"]
    assert answer["results"][0]["label"] == "peu de réponses"


def test_without_groups_nothing_of_groups_is_in_the_file(votes: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run(votes, "-o", out, data=tmp_path)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert used.ru_utime - start.ru_utime < 2
    answer = json.loads(out.read_text(encoding="utf-8"))
    assert (answer["groups"], answer["group_aware_consensus"], answer["projection"]) == ([], {}, {})
    assert "sous 60" in answer["why_not_shown"]


def test_shown_groups_same_seed_same_output(tmp_path: Path) -> None:
    ballots, _ = planted(np.random.default_rng(4), 70, 20, 2, 0.0)
    path = write(tmp_path / "v.csv", files.write_votes(ballots).decode() + "vide" + "," * 20 + "\n")
    done = run(path, "--json", "--seed", "5", data=tmp_path)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["groups_shown"], answer["participants"], len(answer["projection"])) == (0, True, 71, 70)
    assert "1 participant sans aucun vote" in done.stderr
    assert run(path, "--json", "--seed", "5", data=tmp_path).stdout == done.stdout


def test_text_for_a_person(votes: Path, tmp_path: Path) -> None:
    done = run(votes, "--groups", write(tmp_path / "g.csv", GROUPS), data=tmp_path)
    assert "s1 : peu de réponses (3 d'accord, 4 pas d'accord, 0 passent, sur 7)" in done.stdout
    assert "Groupes non montrés" in done.stdout and "Groupe A :" not in done.stdout and "consensus" not in done.stdout


def test_counts_that_do_not_hold_are_status_one(votes: Path, tmp_path: Path) -> None:
    comments = tmp_path / "comments.csv"
    comments.write_bytes(files.write_comments(EXAMPLE, [1, 1, 1]))
    assert run(votes, "--json", "--comments", comments, data=tmp_path).returncode == 0
    write(comments, "comment-id,agrees,disagrees\ns1,4,3\ns2,1,3\n")
    done = run(votes, "--json", "--comments", comments, data=tmp_path)
    assert done.returncode == 1 and "1 et -1 semblent inversés" in done.stderr
    assert json.loads(done.stdout)["participants"] == 7


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("participant,s1\na,2\n", (), "ligne 1, colonne « s1 » : vote impossible ; trouvé : « 2 » ; attendu : 1 (d'accord)"),
        ("participant,s1\na,1\n", ("--k-max", "1"), "--k-max"),
        ("participant,s1\na,1\n", ("--groups", "absent.csv"), "introuvable"),
        ("participant,s1\na,1\n", ("--nothing",), "--nothing"),
    ],
)
def test_refusals_are_one_line(tmp_path: Path, text: str, options: tuple[str, ...], told: str) -> None:
    out = tmp_path / "out.json"
    done = run(write(tmp_path / "v.csv", text), *options, "-o", out, data=tmp_path)
    assert (done.returncode, done.stdout, out.exists()) == (2, "", False)
    assert told in done.stderr and done.stderr.count("\n") == 1


def test_no_framework_is_loaded(votes: Path) -> None:
    code = "import sys; from yole.cli import run; run(['debates', 'analyse', sys.argv[1], '--json']); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, str(votes)], capture_output=True, check=False).returncode == 0
