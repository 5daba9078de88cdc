"""`yole events import` and `export` as programs, on a data directory of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.events.programmes import by_hand
from yole.events.engine import document as doc
from yole.events.formats import schedule_xml
from yole.events.formats.reading import read


def run(data: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "YOLE_DATA_DIR": str(data)}
    return subprocess.run(
        [sys.executable, "-m", "yole", "events", *map(str, arguments)], capture_output=True, encoding="utf-8", env=environment, check=False
    )


def as_xml(programme: doc.Programme) -> bytes:
    return schedule_xml.write(programme, url="https://ailleurs.invalid/schedule.xml", version="1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "introuvable"),
        (b"", "vide"),
        (b"\x89PNG", "inconnu"),
        (b"<html/>", "racine"),
        (b"<!DOCTYPE schedule><schedule/>", "DOCTYPE"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "aucun événement"),
    ],
)
def test_what_cannot_be_read_is_refused_before_any_database(tmp_path: Path, content: bytes | None, said: str) -> None:
    file, data = tmp_path / "fichier", tmp_path / "data"
    if content is not None:
        file.write_bytes(content)
    done = run(data, "import", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert not data.exists()


def test_usage_errors_are_one_line(tmp_path: Path) -> None:
    done = run(tmp_path / "data", "export", "nec_2026", "--format", "pdf")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_in_and_out_on_an_empty_directory(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "programme.xml"
    programme = by_hand(8)
    file.write_bytes(as_xml(programme))
    done = run(data, "import", file, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["edition"], answer["created"], answer["new_edition"]) == ("nec_2026", 8, True)

    out = tmp_path / "sortie.json"
    done = run(data, "export", "nec_2026", "--format", "schedule-json", "-o", out)
    assert (done.returncode, done.stdout) == (0, "")
    said = read(out.read_bytes(), "sortie.json").programme
    assert [slot.title for slot in said.slots] == [slot.title for slot in programme.slots]

    again = run(data, "import", out)
    assert again.returncode == 0
    assert "0 créés, 0 mis à jour, 8 inchangés, 0 annulés" in again.stdout

    unknown = run(data, "export", "nec_1999", "--format", "ics", "-o", tmp_path / "rien.ics")
    assert (unknown.returncode, unknown.stdout, unknown.stderr.count("\n")) == (2, "", 1)
    assert "nec_1999" in unknown.stderr
    assert "nec_2026" in unknown.stderr
    assert not (tmp_path / "rien.ics").exists()

    first = programme.slots[0]
    twice = replace(
        programme, slug="nec_conflit", slots=(first, replace(programme.slots[1], day=1, room=first.room, starts_at=first.starts_at))
    )
    file.write_bytes(as_xml(doc.finish(twice)))
    done = run(data, "import", file, "--json")
    assert done.returncode == 1, done.stderr
    assert [clash["room"] for clash in json.loads(done.stdout)["clashes"]] == ["Amphithéâtre"]
    assert "conflit de salle" in done.stderr
