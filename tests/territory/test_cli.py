"""`yole territory`: exit statuses, one-line errors, counts."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from yole.cli import run
from yole.territory.models import Commune, Territory

REUNION = Path(__file__).parent / "reunion.csv"


@pytest.fixture
def open_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> Path:
    """The commands use the database of the tests, and write their files in a folder of their own, which is returned."""
    monkeypatch.setattr("yole.territory.cli.database", nullcontext)
    monkeypatch.setenv("YOLE_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("the database was opened before the input was checked")

    monkeypatch.setattr("yole.territory.cli.database", refuse)


def test_import_from_a_folder_twice(open_database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["territory", "import", "--from", str(REUNION)]) == 0
    first = capsys.readouterr()
    assert "Communes : 3 créées, 0 mises à jour, 0 inchangées." in first.out
    assert "La Réunion" in first.err
    assert (
        (open_database / "territory" / "communes.csv")
        .read_text(encoding="utf-8")
        .startswith("insee,nom,lat,lon,km2,population,codes_postaux\n97411,")
    )
    assert run(["territory", "import", "--from", str(REUNION), "--departement", "974", "--json"]) == 0
    second = capsys.readouterr()
    assert json.loads(second.out) == {
        "communes": {"created": 0, "updated": 0, "unchanged": 3},
        "contours": {"written": 0, "unchanged": 0},
        "used": ["reunion.csv"],
        "notes": [],
    }
    assert second.err == ""
    assert Territory.objects.get().time_zone == "Indian/Reunion"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "absent"], "introuvable"),
        (["--from", str(REUNION), "--departement", "972"], "« 972 »"),
        (["--departement", "999"], "« 999 »"),
        (["--departement", "972", "--all"], "l'un ou l'autre"),
        (["--nonsense"], "nonsense"),
    ],
)
def test_a_request_that_cannot_be_served(no_database: None, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert run(["territory", "import", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert said in captured.err


def test_a_bad_file_is_refused_before_the_database(no_database: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "communes.csv"
    bad.write_text(REUNION.read_text(encoding="utf-8").replace("-21.38", "95"), encoding="utf-8")
    assert run(["territory", "import", "--from", str(tmp_path)]) == 2
    line = capsys.readouterr().err
    assert all(words in line for words in ("communes.csv", "ligne 2", "« lat »", "« 95 »", "de -90 à 90"))


def test_a_silent_api_changes_nothing(no_database: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("YOLE_GEO_API_URL", "http://127.0.0.1:9")
    assert run(["territory", "import", "--departement", "972"]) == 2
    assert "--from DOSSIER" in capsys.readouterr().err


def test_nothing_asked_and_no_territory(open_database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["territory", "import"]) == 2
    assert "--departement 972" in capsys.readouterr().err
    assert not Commune.objects.exists()


def test_show_and_set(open_database: Path, martinique: Territory, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["territory", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["set_up"], shown["communes"], shown["departements"], shown["small_count_threshold"]) == (True, 34, ["972"], 5)
    assert run(["territory", "show"]) == 0
    assert "easter-24=Mi-Carême" in capsys.readouterr().out
    assert run(["territory", "set", "small_count_threshold", "11"]) == 0
    assert capsys.readouterr().out == "small_count_threshold : 11 (changé)\n"
    assert run(["territory", "set", "small_count_threshold", "11", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] is False
    assert run(["territory", "set", "time_zone", "Mars/Base"]) == 2
    refused = capsys.readouterr()
    assert refused.out == ""
    assert "time_zone" in refused.err
    assert "« Mars/Base »" in refused.err
    assert Territory.objects.get().time_zone == "America/Martinique"


def test_show_without_territory_says_so(open_database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["territory", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["set_up"] is False


def test_what_show_prints_can_be_given_back(open_database: Path, martinique: Territory, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["territory", "show"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(("communes", "quartiers", "last_import"))]
    assert len(lines) == 12
    for line in lines:
        key, value = line[:24].strip(), line[24:]
        assert run(["territory", "set", key, value]) == 0
        assert "inchangé" in capsys.readouterr().out, line
