"""The common rules of the command line: exit statuses, one line of French, lazy rooms."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from yole.cli import COMMANDS, run


def yole(*arguments: str, data: Path | None = None, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ} | ({"YOLE_DATA_DIR": str(data)} if data else {})
    return subprocess.run(
        [sys.executable, "-m", "yole", *arguments], capture_output=True, text=True, env=environment, timeout=timeout, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve", "--foo"], "option inconnue « --foo »"),
        (["nowhere"], "commande inconnue « nowhere »"),
        (["serve", "--port", "abc"], "un nombre entier est attendu"),
        (["serve", "--port", "0"], "au moins 1"),
        (["serve", "--port", "65536"], "au plus 65535"),
        (["serve", "--port"], "il manque la valeur de « --port »"),
        (["serve", "x"], "argument en trop « x »"),
        (["backup"], "il manque"),
        (["places", "check", "/nowhere/file.csv"], "/nowhere/file.csv"),
        (["restore", "/nowhere/copy"], "introuvable"),
    ],
)
def test_usage_errors_are_one_line_on_standard_error(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


def test_help_lists_every_command_without_importing_a_room() -> None:
    code = "import sys; from yole.cli import run; run(['--help']); print([m for m in sys.modules if m in ('yole.places', 'django')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_loads_and_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name == "manage":
        return  # passes its help on to Django
    assert run([name, "--help"]) == 0
    assert "Usage: yole" in capsys.readouterr().out


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = yole("serve", "--port", str(other.getsockname()[1]), data=tmp_path / "data")
    assert done.returncode == 2
    assert "est déjà pris" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("YOLE_DATABASE_URL", "mysql://x", "YOLE_DATABASE_URL"),
        ("YOLE_WEB_THREADS", "65", "de 1 à 64"),
        ("YOLE_DEBUG", "perhaps", "1 ou 0"),
        ("YOLE_BASE_URL", "ftp://x", "YOLE_BASE_URL"),
        ("YOLE_EMAIL_URL", "http://x", "smtp://"),
        ("YOLE_EMAIL_FROM", "nobody", "YOLE_EMAIL_FROM"),
        ("YOLE_SMS_BACKEND", "pigeon", "file ou console"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(name: str, value: str, words: str, tmp_path: Path) -> None:
    environment = {**os.environ, "YOLE_DATA_DIR": str(tmp_path / "data"), name: value}
    code = "from yole.kernel.errors import InputError\ntry:\n import yole.config.settings\nexcept InputError as error:\n print(error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert words in done.stdout, done.stderr


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    environment = {**os.environ, "YOLE_DATA_DIR": str(tmp_path / "data"), "YOLE_DATABASE_URL": f"postgresql://nobody@127.0.0.1:{port}/none"}
    done = subprocess.run([sys.executable, "-m", "yole", "check"], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "ne répond pas" in done.stdout
    assert "Traceback" not in done.stderr
