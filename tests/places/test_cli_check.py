"""`yole places check` as a program: statuses, streams, JSON, start-up."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from yole.kernel.tables import read_table, write_table
from yole.places.engine.schema import COLUMNS, REQUIRED

SOUND = {
    "id": "fictif-1",
    "pivot": "43493312300029",
    "nom": "Espace numérique fictif",
    "commune": "Le Lamentin",
    "code_postal": "97232",
    "code_insee": "97213",
    "adresse": "3 rue de l'Exemple",
    "date_maj": "2026-05-04",
    "services": "Aide aux démarches administratives",
}


def run(*arguments: str | Path, data: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "YOLE_DATA_DIR": str(data)}
    return subprocess.run(
        [sys.executable, "-m", "yole", "places", "check", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )


def write(path: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    path.write_bytes(write_table(columns, [[row.get(column, "") for column in columns] for row in rows]))
    return path


def test_a_sound_list(tmp_path: Path) -> None:
    done = run(write(tmp_path / "sain.csv", SOUND), "--json", data=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"rows": 1, "valid": 1, "errors": [], "warnings": [], "duplicates": []}
    assert "Rien à signaler." in run(tmp_path / "sain.csv", data=tmp_path).stdout


def test_errors_warnings_and_duplicates(tmp_path: Path) -> None:
    rows = [SOUND, {**SOUND, "id": "fictif-2", "telephone": "0596 01 23 77"}, {**SOUND, "nom": "", "id": "fictif-1", "services": ""}]
    path = write(tmp_path / "sale.csv", *rows)
    done = run(path, "--json", data=tmp_path)
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert (answer["rows"], answer["valid"]) == (3, 1)
    assert [(e["row"], e["field"], e["code"]) for e in answer["errors"]] == [
        (2, "telephone", "telephone-format"),
        (3, "nom", "required"),
        (3, "id", "id-duplicate"),
    ]
    assert [(w["row"], w["field"], w["code"]) for w in answer["warnings"]] == [(3, "services", "services-empty")]
    assert [(d["rows"], d["score"] >= 0.8) for d in answer["duplicates"]] == [([1, 2], True)]
    assert "même adresse" in answer["duplicates"][0]["reasons"]
    read = run(path, data=tmp_path)
    assert read.returncode == 1
    assert "ligne 2, telephone [telephone-format]" in read.stdout
    assert "+596596012377" in read.stdout
    assert "lignes 1 et 2, sans doute le même lieu" in read.stdout


def test_warnings_alone_are_sound_and_dummy_pivots_are_one_note(tmp_path: Path) -> None:
    rows = [
        {**SOUND, "id": str(i), "nom": name, "pivot": "0" * 14, "services": ""}
        for i, name in enumerate(("Lieu fictif du bourg", "Autre maison"))
    ]
    done = run(write(tmp_path / "lieux.csv", *rows), "--json", data=tmp_path)
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["warnings"]) == 2
    assert done.stderr == "Note : 2 lignes portent le pivot de remplissage 00000000000000 (aucun SIRET connu).\n"


def test_optional_columns_may_be_absent_and_unknown_ones_present(tmp_path: Path) -> None:
    path = write(tmp_path / "court.csv", {**SOUND, "remarque": "x"}, columns=(*REQUIRED, "services", "remarque"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b",", b";"))
    assert run(path, data=tmp_path).returncode == 0


BAD = {
    "latin.csv": "id;nom\n1;médiathèque\n".encode("latin-1"),
    "vide.csv": b"",
    "blanc.csv": b" \n\n",
    "colonne.csv": b"id,nom\n1,x\n",
    "large.csv": (",".join(COLUMNS) + "\n" + "x," * 40 + "x\n").encode(),
    "binaire.csv": bytes(range(256)),
}


@pytest.mark.parametrize("name", [*BAD, "absent.csv"])
def test_what_cannot_be_read_is_one_line(tmp_path: Path, name: str) -> None:
    if name in BAD:
        (tmp_path / name).write_bytes(BAD[name])
    done = run(tmp_path / name, "--json", data=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert ("pivot" in done.stderr) == (name == "colonne.csv")


def test_it_starts_fast_and_without_the_framework(tmp_path: Path) -> None:
    path = write(tmp_path / "sain.csv", SOUND)
    seen = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "yole", "places", "check", str(path)], capture_output=True, encoding="utf-8", check=False
    )
    assert seen.returncode == 0
    assert "opening_hours" in seen.stderr
    assert "django" not in seen.stderr
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(path, data=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2


def test_twenty_five_thousand_rows(tmp_path: Path, shared: Path) -> None:
    table = read_table(shared / "data" / "places" / "france-services-standard.csv.gz")
    path = tmp_path / "grand.csv"
    path.write_bytes(write_table(table.header, [[f"c{copy}-{row[0]}", *row[1:]] for copy in range(9) for row in table.rows][:25_000]))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run(path, "--json", data=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["rows"] == 25_000
    assert len(answer["duplicates"]) > 90_000  # every place is there eight or nine times
    assert after.ru_utime - before.ru_utime < 30
    if before.ru_maxrss < 1024 * 1024:  # the largest child of this process so far was no larger: kilobytes
        assert after.ru_maxrss < 1024 * 1024
