"""Requests at the same moment, pages loaded again, accounts shared between territories, traces that go: what a quick look does not show."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.registries import RETENTION
from yole.organisations import selectors, services, throttle
from yole.organisations import services_factors as factors
from yole.organisations import services_idle as idle
from yole.organisations import services_members as members
from yole.organisations.confirm import CONFIRMED
from yole.organisations.enums import Role, StructureType
from yole.organisations.models import Account, Attempt, Invitation, Membership, Structure

from .conftest import PASSWORD

People = Callable[..., Any]
committed = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


def at_once(count: int, act: Callable[[], str], *, held: str) -> list[str]:
    """What `act` gave in as many threads, each with its connection, as in several web processes.

    The table `held` is read and not written until every thread has come as far as it can: those that look before they write all see the
    same thing.
    """

    def run(_: int) -> str:
        try:
            return act()
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {held} IN SHARE MODE")
            asked = [pool.submit(run, number) for number in range(count)]
            time.sleep(1)
        return [one.result() for one in asked]


@committed
def test_wrong_codes_sent_together_are_five_and_no_more(house: SimpleNamespace, person: People, seed: Any) -> None:
    account = person("nord", Role.MEDIATOR, house.north)
    seed(account)
    answers = at_once(12, lambda: factors.check_code(account, "x"), held="organisations_attempt")
    assert answers.count("wrong") <= throttle.WRONG_CODES and answers.count("wrong") + answers.count("throttled") == 12
    for _ in range(throttle.WRONG_CODES - answers.count("wrong")):  # two that arrive together at the bound may both be refused
        assert code(lambda: factors.check_code(account, "x")) == "wrong"
    with pytest.raises(Refused, match="Trop d’essais"):
        factors.check_code(account, pyotp.TOTP(factors.open_seed(_sealed(account))).now())
    assert Attempt.objects.count() <= throttle.WRONG_CODES, "trying on does not make the wait longer"


def _sealed(account: Any) -> str:
    from allauth.mfa.models import Authenticator

    return str(Authenticator.objects.get(user=account, type=Authenticator.Type.TOTP).data["secret"])


@committed
def test_a_recovery_code_sent_twice_together_serves_once(house: SimpleNamespace, person: People) -> None:
    """With a passkey alone: the row of an application of codes, when there is one, already makes the others wait."""
    from allauth.mfa.models import Authenticator

    account = person("nord", Role.MEDIATOR, house.north)
    Authenticator.objects.create(user=account, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé"})
    code = factors.new_recovery_codes(account)[0]
    answers = at_once(4, lambda: factors.check_code(account, code), held="mfa_authenticator")
    assert answers.count("recovery") == 1, answers
    assert factors.recovery_codes_left(account) == 9


@committed
def test_two_people_who_add_the_same_structure_are_told(house: SimpleNamespace, person: People) -> None:
    top = person("haut", Role.TERRITORY_COORDINATOR)

    def add() -> str:
        services.add_structure(top, "Maison du numérique (fictif)", StructureType.OTHER)
        return "done"

    answers = at_once(4, add, held="organisations_structure")
    assert sorted(answers) == ["done", "taken", "taken", "taken"]
    assert Structure.objects.filter(name__startswith="Maison").count() == 1


def test_behind_a_proxy_wrong_passwords_elsewhere_do_not_close_the_door(house: SimpleNamespace, person: People, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    account = person("nord", Role.MEDIATOR, house.north)

    def sign_in(password: str, network: str) -> int:
        sent = {"username": account.email, "password": password}
        return Client().post("/compte/connexion/", sent, headers={"x-forwarded-for": network, "x-forwarded-proto": "https"}).status_code

    assert [sign_in("faux", "10.0.0.1") for _ in range(6)] == [200] * 4 + [429] * 2
    assert sign_in(PASSWORD, "10.0.0.2") == 302
    assert sign_in("faux", "n’importe quoi") == 200


def wrong(account: Any, typed: str = "", **sent: str) -> int:
    return Client().post("/compte/connexion/", {"username": typed or account.email, "password": "faux", **sent}).status_code


def test_five_wrong_passwords_close_the_door_of_one_account_alone(house: SimpleNamespace, person: People) -> None:
    """A whole team works behind one network address: the slips of one must not close the door to the others."""
    one, other = person("nord", Role.MEDIATOR, house.north), person("sud", Role.MEDIATOR, house.south)
    assert [wrong(one) for _ in range(5)] == [200] * 4 + [429]
    assert wrong(one, password=PASSWORD) == 429
    assert wrong(other, password=PASSWORD) == 302


def test_capitals_give_no_more_tries(house: SimpleNamespace, person: People) -> None:
    one = person("nord", Role.MEDIATOR, house.north)
    typed = ["Nord@exemple.invalid", "NORD@exemple.invalid", "nOrd@Exemple.invalid", " nord@exemple.invalid", "norD@exemple.invalid"]
    assert [wrong(one, text) for text in typed] == [200] * 4 + [429]
    assert wrong(one, password=PASSWORD) == 429


def test_a_right_password_forgets_the_wrong_ones(house: SimpleNamespace, person: People) -> None:
    one = person("nord", Role.MEDIATOR, house.north, fictional=True)
    for _ in range(3):
        assert [wrong(one) for _ in range(3)] == [200] * 3
        assert wrong(one, password=PASSWORD) == 302


def test_an_unknown_address_is_closed_alike(house: SimpleNamespace, person: People) -> None:
    one = person("nord", Role.MEDIATOR, house.north)
    assert [wrong(one, "personne@exemple.invalid") for _ in range(6)] == [200] * 4 + [429] * 2


def test_many_addresses_tried_from_one_network_are_stopped(house: SimpleNamespace, person: People, monkeypatch: Any) -> None:
    monkeypatch.setattr(throttle, "PASSWORDS_PER_NETWORK", 6)
    one = person("nord", Role.MEDIATOR, house.north)
    assert [wrong(one, f"a{n}@exemple.invalid") for n in range(7)] == [200] * 6 + [429]


# Setting up


def _shown_seed(client: Client) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", client.get("/compte/securite/application/").content.decode())
    assert found is not None
    return found.group(1).replace(" ", "")


def test_a_page_loaded_again_shows_the_same_seed_for_a_quarter_of_an_hour(
    house: SimpleNamespace, person: People, client: Client, monkeypatch: Any
) -> None:
    account = person("nord", Role.MEDIATOR, house.north)
    client.post("/compte/connexion/", {"username": account.email, "password": PASSWORD})
    first = _shown_seed(client)
    assert _shown_seed(client) == first, "a telephone loads the page again on the way back from the application"
    client.post("/compte/securite/application/", {"code": "12"})
    assert _shown_seed(client) == first
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr("yole.organisations.views_factors.time.time", lambda: later)
    monkeypatch.setattr("yole.organisations.services_signin.PENDING_SECONDS", 3600)
    assert _shown_seed(client) != first


def test_a_seed_is_not_shown_to_whoever_signs_in_next(house: SimpleNamespace, person: People, client: Client) -> None:
    one, other = person("nord", Role.MEDIATOR, house.north), person("sud", Role.MEDIATOR, house.south)
    seeds = []
    for account in (one, other):
        client.post("/compte/connexion/", {"username": account.email, "password": PASSWORD})
        seeds.append(_shown_seed(client))
    assert seeds[0] != seeds[1]


# Reach


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


@pytest.fixture
def shared(house: SimpleNamespace, person: People) -> Any:
    """A mediator of the North who also works in a structure of another territory."""
    account = person("partage", Role.MEDIATOR, house.north)
    Membership.objects.create(
        account=account, territory=house.elsewhere, structure=house.far, role=Role.MEDIATOR, since=timezone.now(), is_current=False
    )
    return account


def test_a_territory_does_not_close_an_account_of_two_territories(house: SimpleNamespace, person: People, place: Any, shared: Any) -> None:
    top = person("haut", Role.TERRITORY_COORDINATOR)
    assert code(lambda: members.deactivate(top, place(shared))) == "shared"
    members.end_membership(top, place(shared))
    shared.refresh_from_db()
    assert shared.is_active and shared.structure == house.far


def test_the_administrator_closes_any_account_of_an_incident(house: SimpleNamespace, person: People, place: Any, shared: Any) -> None:
    members.deactivate(person("admin", Role.ADMINISTRATOR), place(shared))
    assert not Account.objects.get(pk=shared.pk).is_active


def test_a_structure_does_not_open_again_an_account_that_others_closed(
    house: SimpleNamespace, person: People, place: Any, shared: Any
) -> None:
    chief, admin = person("chef", Role.STRUCTURE_COORDINATOR, house.north), person("admin", Role.ADMINISTRATOR)
    members.deactivate(admin, place(shared))
    assert code(lambda: members.reactivate(chief, place(shared))) == "shared"
    members.reactivate(admin, place(shared))
    assert Account.objects.get(pk=shared.pk).is_active


# Screens of the team


def test_giving_a_place_asks_again_who_is_there(house: SimpleNamespace, person: People, signed: Any) -> None:
    client = signed(person("haut", Role.TERRITORY_COORDINATOR))
    session = client.session
    session[CONFIRMED] = 0
    session.save()
    sent = {"email": "a@exemple.invalid", "role": "administrator", "structure": ""}
    assert client.post("/compte/equipe/inviter/", sent)["Location"].startswith("/compte/confirmer/")
    assert not Invitation.objects.exists()


def test_an_invitation_too_old_is_told_so(house: SimpleNamespace, person: People, signed: Any) -> None:
    top = person("haut", Role.TERRITORY_COORDINATOR)
    members.invite(top, "a@exemple.invalid", Role.MEDIATOR, house.north)
    client = signed(top)
    assert "Lien périmé" not in client.get("/compte/equipe/").content.decode()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Lien périmé" in client.get("/compte/equipe/").content.decode()


@pytest.mark.parametrize("typed", ["elodie", "ÉLODIE", "Zoé", "oeuvre"])
def test_a_name_is_found_without_its_accents(house: SimpleNamespace, person: People, typed: str) -> None:
    top, other = person("haut", Role.TERRITORY_COORDINATOR), person("nord", Role.MEDIATOR, house.north)
    Account.objects.filter(pk=other.pk).update(name={"Zoé": "Zoe Fictive", "oeuvre": "Œuvre Fictive"}.get(typed, "Élodie Fictive"))
    found = selectors.team(top, selectors.TeamFilters(text=typed, state=""))
    assert [row.account_id for row in found] == [other.pk]


def test_invitations_do_not_flood(house: SimpleNamespace, person: People, signed: Any, monkeypatch: Any, mailoutbox: Any) -> None:
    monkeypatch.setattr(throttle, "INVITATIONS", 2)
    client = signed(person("haut", Role.TERRITORY_COORDINATOR))
    sent = [
        client.post("/compte/equipe/inviter/", {"email": f"a{n}@exemple.invalid", "role": "evaluator", "structure": ""}).status_code
        for n in range(3)
    ]
    assert sent == [302, 302, 429] and Invitation.objects.count() == 2
    again = client.post(f"/compte/equipe/invitations/{Invitation.objects.first().pk}/renvoyer/")
    assert again.status_code == 429


@committed
def test_a_mail_server_that_does_not_answer_is_told_in_words(house: SimpleNamespace, person: People, signed: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9
    top = person("haut", Role.TERRITORY_COORDINATOR)
    client = signed(top)
    answer = client.post("/compte/equipe/inviter/", {"email": "a@exemple.invalid", "role": "evaluator", "structure": ""})
    assert answer.status_code == 503 and "serveur de courrier ne répond pas" in answer.content.decode()
    assert Invitation.objects.count() == 1, "it waits in the list, to be sent again"
    # What only informs does not undo nor hide the act.
    assert client.post("/compte/mot-de-passe/", {"password": "une autre phrase fictive"}).status_code == 302
    assert Account.objects.get(pk=top.pk).check_password("une autre phrase fictive")


# What is forgotten


def test_traces_of_sign_ins_and_sessions_go(house: SimpleNamespace, person: People) -> None:
    from axes.models import AccessAttempt, AccessLog
    from django.contrib.sessions.models import Session
    from django_tasks_db.models import DBTaskResult

    from yole.organisations import tasks

    account = person("nord", Role.MEDIATOR, house.north, fictional=True)
    Client().post("/compte/connexion/", {"username": account.email, "password": PASSWORD})
    Client().post("/compte/connexion/", {"username": account.email, "password": "faux"})
    tasks.send_sign_in_link.enqueue(0)
    kept = {"axes_accesslog": AccessLog, "axes_accessattempt": AccessAttempt, "django_session": Session}
    for table, model in kept.items():
        assert model.objects.exists(), table
        assert RETENTION[table].purge() == 0, table
    AccessLog.objects.update(attempt_time=timezone.now() - timedelta(days=366))
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(days=2))
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    for table, model in kept.items():
        assert RETENTION[table].purge() > 0, table
        assert not model.objects.exists(), table
    results = "django_tasks_database_dbtaskresult"
    assert RETENTION[results].purge() == 0
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=31))
    assert RETENTION[results].purge() == 1


def test_an_erased_account_leaves_no_trace_of_its_address(house: SimpleNamespace, person: People) -> None:
    from axes.models import AccessAttempt, AccessLog

    account = person("nord", Role.MEDIATOR, house.north)
    Client().post("/compte/connexion/", {"username": account.email, "password": "faux"})
    AccessLog.objects.create(username=account.email.upper(), path_info="/")
    top = person("haut", Role.TERRITORY_COORDINATOR)
    members.invite(top, account.email, Role.MEDIATOR, house.south)
    long_ago = timezone.now() - timedelta(days=900)
    Account.objects.filter(pk=account.pk).update(
        is_active=False, created_at=long_ago, last_login=long_ago, erase_notice_at=timezone.now() - timedelta(days=31)
    )
    assert idle.purge_accounts() == 1
    for table in (AccessAttempt, AccessLog, Invitation):
        assert list(table.objects.values()) == [], table


@pytest.mark.django_db
def test_tables_of_libraries_that_know_who_came_have_a_rule() -> None:
    """The test of the house reads our own models; those of libraries name people in columns of their own."""
    from django.apps import apps

    telling = {"username", "ip_address", "user_agent", "session_data", "args_kwargs"}
    unused = {"axes_accessfailurelog", "auth_user"}  # not written with our settings
    wanting = [
        model._meta.db_table
        for model in apps.get_models()
        if not model.__module__.startswith("yole.")
        and telling & {field.name for field in model._meta.get_fields()}
        and model._meta.db_table not in unused
        and model._meta.db_table not in RETENTION
    ]
    assert wanting == []
