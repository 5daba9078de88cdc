"""The first account, from the command line."""

from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from yole.kernel.errors import InputError
from yole.organisations import cli
from yole.organisations.models import Account


@pytest.fixture(autouse=True)
def _database_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "database", contextlib.nullcontext)


def test_the_first_coordination_chooses_a_password_then_a_second_factor(house: SimpleNamespace, capsys: Any) -> None:
    cli.create("premiere@exemple.invalid", name="Première (fictif)", as_json=True)
    said = json.loads(capsys.readouterr().out)
    account = Account.objects.get()
    assert (account.role, account.territory) == ("territory-coordinator", house.territory)
    assert not account.has_usable_password()
    client = Client()
    path = said["link"][said["link"].index("/compte/") :]
    assert client.post(path, {"password": "une phrase fictive assez longue"})["Location"] == "/compte/securite/"
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize(
    ("email", "role"),
    [("pas une adresse", "territory-coordinator"), ("a@exemple.invalid", "chef"), ("a@exemple.invalid", "mediator")],
)
def test_nonsense_is_refused(house: SimpleNamespace, email: str, role: str) -> None:
    with pytest.raises(InputError):
        cli.create(email, name="X (fictif)", role=role)
    assert not Account.objects.exists()


def test_an_address_is_taken_once(house: SimpleNamespace, capsys: Any) -> None:
    cli.create("premiere@exemple.invalid", name="Première (fictif)")
    assert "/compte/reinitialiser/" in capsys.readouterr().out
    with pytest.raises(InputError, match="déjà"):
        cli.create("PREMIERE@exemple.invalid", name="Autre (fictif)")


@pytest.mark.django_db
def test_without_a_territory_it_says_what_to_do() -> None:
    with pytest.raises(InputError, match="territoire"):
        cli.create("a@exemple.invalid", name="X (fictif)")
