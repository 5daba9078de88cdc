"""`yole places import` and `export` as a person runs them: exit statuses, one-line errors, loss report, nothing half-done."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.places.factories import row
from yole.cli import run
from yole.kernel.tables import write_table
from yole.places.models import Place
from yole.territory.models import Territory


@pytest.fixture(autouse=True)
def _same_database(territory: Territory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works on the database of the test."""

    @contextmanager
    def already_open() -> Iterator[None]:
        yield

    monkeypatch.setattr("yole.places.transfer.database", already_open)


def write(path: Path, *rows: dict[str, str]) -> Path:
    header = list(dict.fromkeys(name for one in rows for name in one))
    path.write_bytes(write_table(header, [[one.get(name, "") for name in header] for one in rows]))
    return path


def test_import_says_what_it_did(tmp_path: Path, capsys: Any) -> None:
    file = write(tmp_path / "liste.csv", row(), row(id="a2", telephone="9" * 40))
    assert run(["places", "import", str(file)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("1 créés, 0 mis à jour, 0 inchangés, 1 refusés\n")
    assert "ligne 2, colonne « telephone »" in out
    assert run(["places", "import", str(file), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in ("created", "updated", "unchanged", "refused")} == {
        "created": 0,
        "updated": 0,
        "unchanged": 1,
        "refused": 1,
    }
    assert {(r["row"], r["field"]) for r in told["refusals"]} == {(2, "telephone")}


def test_a_sound_list_ends_with_0(tmp_path: Path, capsys: Any) -> None:
    file = write(tmp_path / "liste.csv", row(telephone="0596 57 48 69"))
    assert run(["places", "import", str(file), "--source", "à nous"]) == 0
    assert "réparé, ligne 1, colonne « telephone »" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "introuvable"),
        (b"", "vide"),
        ("id,nom\nÉ".encode("latin-1"), "UTF-8"),
        (b"id,nom\n1,x\n", "pivot"),
        (b"x" * 2000 + b"\xff" * 100, "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_2(tmp_path: Path, capsys: Any, content: bytes | None, said: str) -> None:
    file = tmp_path / "liste.csv"
    if content is not None:
        file.write_bytes(content)
    assert run(["places", "import", str(file)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert not Place.objects.exists()


def test_import_from_an_address(tmp_path: Path, capsys: Any) -> None:
    body = write(tmp_path / "x.csv", row()).read_bytes()

    class Serve(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/liste.csv" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        assert run(["places", "import", f"{base}/liste.csv"]) == 0
        assert run(["places", "import", f"{base}/absent.csv"]) == 2
        server.shutdown()
    assert "répond 404" in capsys.readouterr().err
    assert Place.objects.count() == 1


def test_exports(tmp_path: Path, capsys: Any) -> None:
    file = write(tmp_path / "liste.csv", row(typologie="BIB", presentation_detail="Une « citation », l’été"))
    run(["places", "import", str(file)])
    capsys.readouterr()
    out = tmp_path / "sortie.csv"
    assert run(["places", "export", "--format", "mednum", "-o", str(out)]) == 0
    assert run(["places", "import", str(out)]) == 0
    assert "0 créés, 0 mis à jour, 1 inchangés, 0 refusés" in capsys.readouterr().out
    assert run(["places", "export", "--format", "data-inclusion"]) == 0
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["structures"][0]["id"] == "yole--a1"
    assert "typologie : 1 abandonnée" in captured.err
    assert run(["places", "export", "--format", "xml"]) == 2
    assert run(["places", "export", "--format", "mednum", "-o", str(tmp_path / "absent" / "x.csv")]) == 2
    assert not (tmp_path / "absent").exists()


def test_on_an_empty_database_the_list_tells_the_territory(tmp_path: Path, capsys: Any) -> None:
    from yole.territory import selectors

    Territory.objects.all().delete()
    selectors.forget_cached()
    assert run(["places", "import", str(write(tmp_path / "liste.csv", row()))]) == 0
    assert Territory.objects.get(is_default=True).departements == ["972"]
    assert "territoire créé" in capsys.readouterr().err
