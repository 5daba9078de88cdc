"""`yole journal`: exit statuses, one-line errors, JSON; verifying a file needs no database."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.journal import samples
from tests.journal.conftest import record_some
from yole.cli import run
from yole.journal import keys, services

SOUND = samples.journal()


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("the database was opened")

    monkeypatch.setattr("yole.journal.cli.database", refuse)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr("yole.journal.cli.database", nullcontext)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound export, the public key, an early head and the last one."""
    (tmp_path / "journal.jsonl").write_bytes(samples.lines(SOUND))
    (tmp_path / "public.json").write_text(json.dumps({"publicKeyMultibase": samples.public(), "controller": "x"}))
    (tmp_path / "other.json").write_text(json.dumps({"publicKeyMultibase": samples.public(samples.OTHER_KEY)}))
    (tmp_path / "early.json").write_bytes(samples.lines([SOUND[4]]))
    (tmp_path / "last.json").write_text(json.dumps(SOUND[-1], indent=2))
    (tmp_path / "cut.jsonl").write_bytes(samples.lines(SOUND[:5]))
    (tmp_path / "edited.jsonl").write_bytes(samples.lines(SOUND).replace(b"12.50", b"12.51", 1))
    return tmp_path


def verify(folder: Path, file: str, *options: str) -> int:
    return run(["journal", "verify", str(folder / file), *(str(folder / one) if one.endswith(".json") else one for one in options)])


def test_a_sound_file(no_database: None, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(folder, "journal.jsonl", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "verified": True,
        "entries": 9,
        "heads": 2,
        "root": SOUND[-1]["tree_head"]["root"],
        "key": samples.public(),
        "reasons": [],
    }
    assert verify(folder, "journal.jsonl", "--key", "public.json", "--head", "early.json") == 0
    shown = capsys.readouterr()
    assert "Le journal tient : 9 actes, 2 têtes signées." in shown.out
    assert samples.public() in shown.out
    assert shown.err == ""
    assert verify(folder, "journal.jsonl") == 0
    assert "--key" in capsys.readouterr().err


def test_a_file_that_does_not_hold(no_database: None, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(folder, "edited.jsonl", "--json") == 1
    shown = json.loads(capsys.readouterr().out)
    assert shown["verified"] is False
    assert shown["reasons"][0] == "ligne 1 : « hash » n’est pas l’empreinte du contenu : l’acte a été modifié"
    assert verify(folder, "edited.jsonl") == 1
    assert "NE TIENT PAS" in capsys.readouterr().out
    assert verify(folder, "journal.jsonl", "--key", "other.json") == 1
    assert verify(folder, "cut.jsonl") == 0
    assert verify(folder, "cut.jsonl", "--head", "last.json") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.jsonl"], "absent.jsonl : fichier introuvable"),
        (["."], "c’est un dossier"),
        (["empty"], "le fichier est vide"),
        (["text"], "n’est pas un journal"),
        (["journal.jsonl", "--key", "absent.json"], "introuvable"),
        (["journal.jsonl", "--key", "early.json"], "publicKeyMultibase"),
        (["journal.jsonl", "--key", "bad-key.json"], "colonne « publicKeyMultibase »"),
        (["journal.jsonl", "--key", "text"], "JSON"),
        (["journal.jsonl", "--head", "public.json"], "tree_head"),
        (["journal.jsonl", "--head", "journal.jsonl"], "JSON"),
        (["journal.jsonl", "--head", "empty"], "vide"),
    ],
)
def test_what_cannot_be_served(
    no_database: None, folder: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").touch()
    (folder / "text").write_text("nom,commune\nA,B\n")
    (folder / "bad-key.json").write_text('{"publicKeyMultibase": "z6MkNon"}')
    assert run(["journal", "verify", *(one if one.startswith("--") else str(folder / one) for one in arguments)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert shown.err.count("\n") == 1


def test_a_file_is_verified_without_django(folder: Path) -> None:
    code = "import sys; from yole.cli import run; run(sys.argv[1:]); print([name for name in ('django', 'psycopg') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code, "journal", "verify", str(folder / "journal.jsonl")], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_export_then_verify_and_the_live_journal(live: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record_some(4)
    for name, *options in (("head.json", "head"), ("key.json", "key"), ("journal.jsonl", "export")):
        assert run(["journal", *options, "-o", str(tmp_path / name)]) == 0
    assert json.loads((tmp_path / "key.json").read_text()) == keys.public_key()
    capsys.readouterr()
    assert verify(tmp_path, "journal.jsonl", "--key", "key.json", "--head", "head.json", "--json") == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 4
    record_some(2)
    assert run(["journal", "verify", "--head", str(tmp_path / "head.json")]) == 0
    shown = capsys.readouterr()
    assert "6 actes, 2 têtes" in shown.out
    assert "2 actes attendent" in shown.err
    assert run(["journal", "export"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 9
    assert run(["journal", "head"]) == 0
    assert json.loads(capsys.readouterr().out)["tree_head"]["size"] == 6


def test_the_live_journal_must_be_signed_by_this_server(live: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_some(2)
    services.sign_head()
    assert run(["journal", "verify"]) == 0
    monkeypatch.setenv("YOLE_DATA_DIR", str(tmp_path))
    assert run(["journal", "verify"]) == 1
