"""`yole people`: bad requests are one line, and nothing is erased without a yes."""

from __future__ import annotations

import uuid

import pytest

from yole.cli import COMMANDS, run


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "people", ("yole.people.cli", "app", "Personnes."))


@pytest.mark.usefixtures("command")
def test_bad_requests(capsys: pytest.CaptureFixture[str]) -> None:
    for words, expected in (
        (["people", "export", "pas-un-code"], "ni une clé ni un code de carte"),
        (["people", "erase", "pas-un-code", "--yes"], "ni une clé ni un code de carte"),
        (["people", "erase", str(uuid.uuid4())], "--yes"),
        (["people", "export"], "il manque"),
    ):
        assert run(words) == 2
        lines = capsys.readouterr().err.strip().splitlines()
        assert len(lines) == 1 and expected in lines[0], lines
