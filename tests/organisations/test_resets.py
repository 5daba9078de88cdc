"""An account starts again when one person asks and another agrees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from yole.base.errors import Refused
from yole.journal.models import Entry
from yole.organisations import services_factors as factors
from yole.organisations import services_members as members
from yole.organisations import services_resets as resets
from yole.organisations.enums import Role
from yole.organisations.models import Account, ResetRequest

from .conftest import PASSWORD

People = Callable[..., Any]
NEW = "une nouvelle phrase fictive"


@pytest.fixture
def cast(house: SimpleNamespace, person: People, place: Any) -> SimpleNamespace:
    lost = person("perdue", Role.MEDIATOR, house.north)
    return SimpleNamespace(
        lost=lost,
        row=place(lost),
        chief=person("chef", Role.STRUCTURE_COORDINATOR, house.north),
        top=person("haut", Role.TERRITORY_COORDINATOR),
        admin=person("admin", Role.ADMINISTRATOR),
        far=person("loin", Role.ADMINISTRATOR, territory=house.elsewhere),
    )


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def test_two_people_a_link_a_password_then_a_second_factor(cast: SimpleNamespace, seed: Any, signed: Any, link_in: Any) -> None:
    seed(cast.lost)
    client = signed(cast.lost)
    waiting = resets.ask(cast.chief, cast.row)
    assert client.get("/compte/").status_code == 200 and factors.has_factor(cast.lost), "asking changes nothing"
    path = link_in(lambda: resets.agree(cast.top, waiting))
    assert client.get("/compte/").status_code == 302
    assert not factors.has_factor(cast.lost)
    assert not Account.objects.get(pk=cast.lost.pk).check_password(PASSWORD)
    fresh = Client()
    assert fresh.get(path).status_code == 200
    assert fresh.post(path, {"password": "court"}).status_code == 400
    assert fresh.post(path, {"password": NEW})["Location"] == "/compte/securite/"
    assert SESSION_KEY not in fresh.session
    assert Client().post(path, {"password": NEW}).status_code == 410
    assert Account.objects.get(pk=cast.lost.pk).check_password(NEW)
    assert list(Entry.objects.order_by("seq").values_list("action", flat=True)) == [
        "accounts.reset-ask",
        "accounts.reset-agree",
        "accounts.reset-done",
    ]


def test_the_second_person_is_somebody_else(cast: SimpleNamespace, place: Any) -> None:
    waiting = resets.ask(cast.admin, cast.row)
    assert code(lambda: resets.agree(cast.admin, waiting)) == "second-person"
    assert code(lambda: resets.agree(cast.chief, waiting)) == "forbidden"
    assert code(lambda: resets.agree(cast.far, waiting)) == "absent"
    own = resets.ask(cast.top, place(cast.admin))
    assert code(lambda: resets.agree(cast.admin, own)) == "second-person"
    with pytest.raises(IntegrityError), transaction.atomic():
        ResetRequest.objects.filter(pk=own.pk).update(agreed_by=cast.admin)
    resets.agree(cast.top, waiting)
    assert code(lambda: resets.agree(cast.top, waiting)) == "absent"


def test_who_may_ask(cast: SimpleNamespace, house: SimpleNamespace, person: People, place: Any) -> None:
    assert code(lambda: resets.ask(cast.top, place(cast.top))) == "own"
    assert code(lambda: resets.ask(cast.chief, place(person("sud", Role.MEDIATOR, house.south)))) == "absent"
    assert code(lambda: resets.ask(cast.chief, place(person("v", Role.EVALUATOR, house.north)))) == "rank"
    assert code(lambda: resets.ask(cast.far, cast.row)) == "absent"
    assert code(lambda: resets.ask(person("m", Role.MEDIATOR, house.north), cast.row)) == "forbidden"


def test_a_request_waits_48_hours_once_and_can_be_withdrawn(cast: SimpleNamespace) -> None:
    waiting = resets.ask(cast.chief, cast.row)
    assert code(lambda: resets.ask(cast.admin, cast.row)) == "waiting"
    ResetRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert code(lambda: resets.agree(cast.top, waiting)) == "absent"
    again = resets.ask(cast.admin, cast.row)
    assert code(lambda: resets.withdraw(cast.chief, again)) == "other"
    resets.withdraw(cast.admin, again)
    assert code(lambda: resets.agree(cast.top, again)) == "absent"


def test_a_request_falls_when_an_account_closes(cast: SimpleNamespace, place: Any) -> None:
    waiting = resets.ask(cast.chief, cast.row)
    members.deactivate(cast.top, place(cast.chief))
    assert code(lambda: resets.agree(cast.admin, waiting)) == "inactive"
    members.deactivate(cast.top, cast.row)
    assert code(lambda: resets.agree(cast.admin, waiting)) == "absent"


def test_from_the_screens(cast: SimpleNamespace, signed: Any, mailoutbox: Any, django_capture_on_commit_callbacks: Any) -> None:
    chief, top = signed(cast.chief), signed(cast.top)
    assert chief.post(f"/compte/equipe/{cast.row.pk}/reinitialiser/").status_code == 302
    waiting = ResetRequest.objects.get()
    assert f"/reinitialisations/{waiting.pk}/accepter/" not in chief.get("/compte/equipe/").content.decode()
    assert chief.post(f"/compte/equipe/reinitialisations/{waiting.pk}/accepter/").status_code == 403
    assert f"/reinitialisations/{waiting.pk}/accepter/" in top.get("/compte/equipe/").content.decode()
    assert signed(cast.far).post(f"/compte/equipe/reinitialisations/{waiting.pk}/accepter/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert top.post(f"/compte/equipe/reinitialisations/{waiting.pk}/accepter/").status_code == 302
    assert mailoutbox[-1].to == [cast.lost.email]
