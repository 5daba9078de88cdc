"""A new address for an account: proved, told to the old one, and nobody learns who has an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yole.journal.models import Entry
from yole.organisations import services_email, tasks
from yole.organisations.confirm import CONFIRMED
from yole.organisations.enums import Role
from yole.organisations.models import AccessLink, Account

from .conftest import PASSWORD

ASK = "/compte/adresse/"


@pytest.fixture
def somebody(house: SimpleNamespace, person: Callable[..., Any]) -> Any:
    return person("nord", Role.MEDIATOR, house.north)


def words(answer: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|<time[^>]*>|[a-z]+@exemple.invalid', "", answer.content.decode())


@pytest.fixture
def link(somebody: Any, link_in: Any) -> str:
    return str(link_in(lambda: services_email.ask(somebody, "nouvelle@exemple.invalid")))


def test_the_address_changes_once_by_the_button(somebody: Any, signed: Any, link: str, mailoutbox: Any, link_in: Any) -> None:
    client = signed(somebody)
    old_link = link_in(lambda: tasks.send_sign_in_link.func(somebody.pk))
    assert "nouvelle" not in link and "nord" not in link
    for _ in range(2):
        assert "nouvelle@exemple.invalid" in client.get(link).content.decode()
    somebody.refresh_from_db()
    assert somebody.email == "nord@exemple.invalid"
    client.post(link)
    somebody.refresh_from_db()
    assert somebody.email == "nouvelle@exemple.invalid"
    assert client.get("/compte/").status_code == 200, "the session goes on"
    assert client.post(link).status_code == 410 and Client().get(link).status_code == 410
    assert Client().post(old_link).status_code == 410
    assert not AccessLink.objects.filter(used_at=None).exists()
    assert Client().post("/compte/connexion/", {"username": "nouvelle@exemple.invalid", "password": PASSWORD}).status_code == 302
    entry = Entry.objects.get(action="accounts.email")
    assert "exemple" not in entry.body


def test_the_old_address_is_told(somebody: Any, link: str, mailoutbox: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services_email.use(link.rstrip("/").rsplit("/", 1)[1])
    assert mailoutbox[-1].to == ["nord@exemple.invalid"] and "autre adresse" in mailoutbox[-1].body


def test_a_taken_address_and_a_free_one_look_the_same(
    house: SimpleNamespace, person: Callable[..., Any], somebody: Any, signed: Any, mailoutbox: Any
) -> None:
    other = person("sud", Role.MEDIATOR, house.south)
    client = signed(somebody)
    client.get(ASK)
    answers, counts = [], []
    for address in (other.email, "libre@exemple.invalid"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(ASK, {"email": address})
        counts.append(len(queries))
        answers.append((answer.status_code, words(client.get(answer["Location"]))))
    assert answers[0] == answers[1] and counts[0] == counts[1]
    assert [message.to for message in mailoutbox] == [[other.email], ["libre@exemple.invalid"]]
    assert "http" not in mailoutbox[0].body, "whoever has the address gets no link to give it away"


def test_an_address_taken_since_the_link_left_stays_where_it_is(
    house: SimpleNamespace, person: Callable[..., Any], somebody: Any, link: str
) -> None:
    person("nouvelle", Role.MEDIATOR, house.south)
    assert Client().post(link).status_code == 410
    assert Account.objects.get(pk=somebody.pk).email == "nord@exemple.invalid"


def test_a_link_lasts_a_day_and_dies_with_the_account(somebody: Any, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/compte/adresse/inconnu/").status_code == 410
    Account.objects.filter(pk=somebody.pk).update(is_active=False)
    assert Client().post(link).status_code == 410
    Account.objects.filter(pk=somebody.pk).update(is_active=True)
    assert Client().get(link).status_code == 200
    monkeypatch.setattr(services_email, "LIFE", timedelta(seconds=-1))
    assert Client().get(link).status_code == 410


def test_it_asks_who_is_there_and_not_too_often(somebody: Any, signed: Any) -> None:
    client = signed(somebody)
    assert client.post(ASK, {"email": "Nord@Exemple.invalid"}).status_code == 400, "one's own address"
    statuses = [client.post(ASK, {"email": f"a{n}@exemple.invalid"}).status_code for n in range(4)]
    assert statuses == [302, 302, 302, 429]
    session = client.session
    session[CONFIRMED] = 0
    session.save()
    assert client.get(ASK)["Location"].startswith("/compte/confirmer/")
