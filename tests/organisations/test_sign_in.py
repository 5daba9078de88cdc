"""The stages of a sign-in, as a browser goes through them; what never opens; what nobody can learn."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from yole.organisations import services_factors as factors
from yole.organisations import tasks
from yole.organisations.enums import Role
from yole.organisations.models import AccessLink, Account, AccountSession

from .conftest import PASSWORD

People = Callable[..., Any]
DOOR = "/compte/connexion/"


@pytest.fixture
def somebody(house: SimpleNamespace, person: People) -> Any:
    return person("nord", Role.MEDIATOR, house.north)


def sign_in(client: Client, account: Any, password: str = PASSWORD, **more: str) -> Any:
    return client.post(DOOR, {"username": account.email, "password": password, **more})


def inside(client: Client) -> bool:
    return SESSION_KEY in client.session


def body(answer: Any) -> str:
    """The words of a page, without what differs at each request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())


@pytest.mark.parametrize("role", list(Role))
def test_a_real_account_of_any_role_is_led_to_set_up_and_can_do_nothing_else(
    house: SimpleNamespace, person: People, client: Client, role: str
) -> None:
    account = person("x", role, house.north)
    assert sign_in(client, account)["Location"] == "/compte/securite/"
    assert not inside(client)
    assert client.get("/compte/securite/").status_code == 200
    for address in ("/compte/", "/espace-pro/", "/compte/equipe/", "/compte/mot-de-passe/", "/compte/confirmer/"):
        assert client.get(address)["Location"].startswith(DOOR)
    assert client.post("/compte/securite/codes-de-secours/")["Location"].startswith(DOOR)
    assert client.get("/compte/connexion/second-facteur/")["Location"] == DOOR


def test_setting_up_the_application_opens_the_session_and_shows_the_recovery_codes(client: Client, somebody: Any) -> None:
    sign_in(client, somebody, next="/compte/equipe/")
    page = client.get("/compte/securite/application/")
    seed = re.search(r"<code>([A-Z2-7 ]+)</code>", page.content.decode())
    assert seed is not None
    wrong = client.post("/compte/securite/application/", {"code": "12"})
    assert wrong.status_code == 400 and not inside(client)
    answer = client.post("/compte/securite/application/", {"code": pyotp.TOTP(seed.group(1).replace(" ", "")).now()})
    assert answer.status_code == 200 and inside(client)
    assert len(re.findall(r"<code>\d{4} \d{4}</code>", answer.content.decode())) == 10
    assert "/compte/equipe/" in answer.content.decode()
    assert client.get("/compte/").status_code == 200


def test_password_then_code(client: Client, somebody: Any, seed: Any) -> None:
    code = pyotp.TOTP(seed(somebody))
    assert sign_in(client, somebody, next="/compte/equipe/")["Location"] == "/compte/connexion/second-facteur/"
    assert not inside(client)
    # At the door nobody adds a second factor beside the one that is asked.
    assert client.get("/compte/securite/application/")["Location"] == DOOR
    assert client.post("/compte/connexion/second-facteur/", {"code": "000"}).status_code == 400
    before = client.session.session_key
    answer = client.post("/compte/connexion/second-facteur/", {"code": code.now()})
    assert answer["Location"] == "/compte/equipe/" and inside(client)
    assert client.session.session_key != before
    assert AccountSession.objects.get().account == somebody
    again = Client()
    sign_in(again, somebody)
    assert again.post("/compte/connexion/second-facteur/", {"code": code.now()}).status_code == 400, "each step once"


def test_next_stays_on_this_site(client: Client, somebody: Any, seed: Any) -> None:
    code = pyotp.TOTP(seed(somebody))
    sign_in(client, somebody, next="https://ailleurs.invalid/")
    assert client.post("/compte/connexion/second-facteur/", {"code": code.now()})["Location"] == "/espace-pro/accueil/"


def test_the_place_between_two_stages_does_not_last(client: Client, somebody: Any, seed: Any, monkeypatch: Any) -> None:
    code = pyotp.TOTP(seed(somebody)).now()
    sign_in(client, somebody)
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr("yole.organisations.services_signin.time.time", lambda: later)
    assert client.post("/compte/connexion/second-facteur/", {"code": code})["Location"] == DOOR
    assert not inside(client)


def test_an_account_closed_between_two_stages_does_not_enter(client: Client, somebody: Any, seed: Any) -> None:
    code = pyotp.TOTP(seed(somebody)).now()
    sign_in(client, somebody)
    Account.objects.filter(pk=somebody.pk).update(is_active=False)
    assert client.post("/compte/connexion/second-facteur/", {"code": code})["Location"] == DOOR
    assert not inside(client)


def test_a_demonstration_account_skips_until_it_has_one(house: SimpleNamespace, person: People, client: Client, seed: Any) -> None:
    demo = person("demo", Role.MEDIATOR, house.north, fictional=True)
    answer = client.post(DOOR, {"username": demo.email, "password": PASSWORD}, follow=True)
    assert inside(client)
    assert "Compte de démonstration\u00a0: second facteur non demandé." in answer.content.decode()
    seed(demo)
    again = Client()
    assert sign_in(again, demo)["Location"] == "/compte/connexion/second-facteur/"
    assert not inside(again)


def test_a_real_account_does_not_skip_by_asking(client: Client, somebody: Any) -> None:
    sign_in(client, somebody, is_fictional="on", skip="1", second_factor="0")
    assert not inside(client)
    somebody.refresh_from_db()
    assert not somebody.is_fictional


def test_five_wrong_codes_answer_429(client: Client, somebody: Any, seed: Any) -> None:
    seed(somebody)
    sign_in(client, somebody)
    statuses = [client.post("/compte/connexion/second-facteur/", {"code": "x"}).status_code for _ in range(6)]
    assert statuses == [400] * 5 + [429]


def test_the_door_is_in_french_whatever_the_browser_prefers(db: None, client: Client) -> None:
    for address in (DOOR, "/compte/connexion/lien/", "/compte/connexion/lien/envoye/", "/compte/connexion/lien/x/"):
        answer = client.get(address, headers={"accept-language": "en"})
        assert '<html lang="fr">' in answer.content.decode() and answer["Content-Language"] == "fr"
        assert "no-store" in answer["Cache-Control"]


# Link by e-mail


def ask(client: Client, email: str, **more: Any) -> Any:
    return client.post("/compte/connexion/lien/", {"email": email}, follow=True, **more)


@pytest.fixture
def link(somebody: Any, link_in: Any) -> str:
    return str(link_in(lambda: tasks.send_sign_in_link.func(somebody.pk)))


def test_asking_for_a_link_says_the_same_whoever_it_is(client: Client, somebody: Any, house: SimpleNamespace, person: People) -> None:
    closed = person("ferme", Role.MEDIATOR, house.north)
    Account.objects.filter(pk=closed.pk).update(is_active=False)
    known, unknown, disabled = (ask(client, email) for email in (somebody.email, "personne@exemple.invalid", closed.email))
    assert known.status_code == unknown.status_code == disabled.status_code == 200
    assert body(known) == body(unknown) == body(disabled)


def test_asking_for_a_link_is_the_same_work(client: Client, somebody: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django_tasks_db.models import DBTaskResult

    client.get("/compte/connexion/lien/")  # the territory is read once
    counts = []
    for email in (somebody.email, "personne@exemple.invalid"):
        with CaptureQueriesContext(connection) as queries:
            client.post("/compte/connexion/lien/", {"email": email})
        counts.append([re.sub(r"\W.*", "", query["sql"]) for query in queries.captured_queries])
    assert counts[0] == counts[1]
    waiting = [row.args_kwargs for row in DBTaskResult.objects.filter(task_path__contains="send_sign_in_link").order_by("enqueued_at")]
    assert [row["args"] for row in waiting] == [[somebody.pk], [0]]
    assert somebody.email not in str(waiting)


def test_opening_a_link_uses_nothing_up_and_the_button_does_once(client: Client, somebody: Any, link: str) -> None:
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert client.post(link)["Location"] == "/compte/securite/"
    assert not inside(client)
    again = Client().post(link)
    assert again.status_code == 410
    wrong = Client().post("/compte/connexion/lien/inconnu/")
    assert body(again) == body(wrong)
    assert Client().get("/compte/connexion/lien/inconnu/").status_code == 200, "opening says nothing about a link"


def test_a_link_lasts_fifteen_minutes_and_falls_with_the_next_one(client: Client, somebody: Any, link: str, link_in: Any) -> None:
    second = link_in(lambda: tasks.send_sign_in_link.func(somebody.pk))
    assert client.post(link).status_code == 410
    AccessLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(second).status_code == 410
    assert AccessLink.objects.filter(token_hash__contains=second[-20:]).count() == 0


def test_a_link_does_not_replace_the_second_factor(client: Client, somebody: Any, seed: Any, link: str) -> None:
    seed(somebody)
    assert client.post(link)["Location"] == "/compte/connexion/second-facteur/"
    assert not inside(client)


def test_links_are_throttled_per_address_without_a_word_and_per_network_aloud(client: Client, somebody: Any) -> None:
    from django_tasks_db.models import DBTaskResult

    answers = [ask(client, somebody.email) for _ in range(5)]
    assert len({body(answer) for answer in answers}) == 1
    sent = [row.args_kwargs["args"][0] for row in DBTaskResult.objects.filter(task_path__contains="send_sign_in_link")]
    assert sorted(sent) == [0, 0, *[somebody.pk] * 3]
    statuses = [ask(client, f"a{n}@exemple.invalid").status_code for n in range(17)]
    assert statuses == [200] * 15 + [429] * 2
    assert ask(client, "b@exemple.invalid", REMOTE_ADDR="10.1.2.3").status_code == 200


def test_a_link_for_a_closed_account_sends_nothing(somebody: Any, mailoutbox: Any) -> None:
    Account.objects.filter(pk=somebody.pk).update(is_active=False)
    assert tasks.send_sign_in_link.func(somebody.pk) is False
    assert tasks.send_sign_in_link.func(0) is False
    assert mailoutbox == []


# No enumeration


def test_a_wrong_password_says_the_same_whoever_it_is(house: SimpleNamespace, person: People, somebody: Any) -> None:
    closed = person("ferme", Role.MEDIATOR, house.north)
    Account.objects.filter(pk=closed.pk).update(is_active=False)
    answers = [
        Client().post(DOOR, {"username": email, "password": "faux faux faux"})
        for email in (somebody.email, "personne@exemple.invalid", closed.email)
    ]
    answers.append(Client().post(DOOR, {"username": closed.email, "password": PASSWORD}))
    texts = [re.sub(r'value="[^"@]*@exemple.invalid"', "", body(answer)) for answer in answers]
    assert {answer.status_code for answer in answers} == {200}
    assert len(set(texts)) == 1


# Sessions


def test_a_session_ends_after_twelve_hours_used_or_not(signed: Any, somebody: Any) -> None:
    client = signed(somebody)
    row = Session.objects.get(session_key=client.session.session_key)
    assert timedelta(hours=11, minutes=59) < row.expire_date - timezone.now() <= timedelta(hours=12)
    client.get("/compte/securite/application/")  # writes in the session
    assert Session.objects.get(session_key=client.session.session_key).expire_date == row.expire_date


def test_ending_the_other_sessions(house: SimpleNamespace, person: People) -> None:
    demo = person("demo", Role.MEDIATOR, house.north, fictional=True)
    here, there = Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14) Chrome/130.0"), Client()
    for client in (here, there):
        sign_in(client, demo)
    page = here.get("/compte/").content.decode()
    assert "Chrome, Android" in page and AccountSession.objects.count() == 2
    here.post("/compte/sessions/fermer/")
    assert here.get("/compte/").status_code == 200
    assert there.get("/compte/").status_code == 302
    assert AccountSession.objects.count() == 1
    here.post("/compte/deconnexion/")
    assert AccountSession.objects.count() == 0


def test_a_new_password_ends_the_other_sessions(signed: Any, somebody: Any, mailoutbox: Any) -> None:
    here, there = signed(somebody), signed(somebody)
    assert here.post("/compte/mot-de-passe/", {"password": "court"}).status_code == 400
    assert here.post("/compte/mot-de-passe/", {"password": "une autre phrase fictive"}).status_code == 302
    assert here.get("/compte/").status_code == 200
    assert there.get("/compte/").status_code == 302
    assert "mot de passe" in mailoutbox[-1].body


# Confirmation


def age(client: Client, minutes: int) -> None:
    session = client.session
    session["confirmed-at"] = int(time.time()) - minutes * 60 - 1
    session.save()


def test_a_sensitive_act_asks_again_after_fifteen_minutes(signed: Any, somebody: Any, seed: Any) -> None:
    client = signed(somebody)
    code = pyotp.TOTP(seed(somebody))
    assert client.get("/compte/mot-de-passe/").status_code == 200
    age(client, 15)
    answer = client.get("/compte/mot-de-passe/")
    assert answer["Location"] == "/compte/confirmer/?next=%2Fcompte%2Fmot-de-passe%2F"
    late = client.post("/compte/securite/codes-de-secours/", headers={"referer": "http://testserver/compte/?a=1"})
    assert late["Location"] == "/compte/confirmer/?next=%2Fcompte%2F%3Fa%3D1"
    assert client.post("/compte/confirmer/", {"password": "faux", "next": "/compte/mot-de-passe/"}).status_code == 400
    assert client.post("/compte/confirmer/", {}).status_code == 400
    assert client.get("/compte/mot-de-passe/").status_code == 302
    assert client.post("/compte/confirmer/", {"password": PASSWORD, "next": "/compte/mot-de-passe/"})["Location"] == "/compte/mot-de-passe/"
    assert client.get("/compte/mot-de-passe/").status_code == 200
    age(client, 15)
    assert client.post("/compte/confirmer/", {"code": code.now(), "next": "https://ailleurs.invalid"})["Location"] == "/espace-pro/accueil/"
    assert client.get("/compte/mot-de-passe/").status_code == 200


def test_a_proof_from_the_future_proves_nothing(signed: Any, somebody: Any) -> None:
    client = signed(somebody)
    age(client, -60)
    assert client.get("/compte/mot-de-passe/").status_code == 302


def test_wrong_passwords_at_the_confirmation_are_counted(signed: Any, somebody: Any) -> None:
    client = signed(somebody)
    statuses = [client.post("/compte/confirmer/", {"password": "faux"}).status_code for _ in range(5)]
    assert statuses == [400] * 5
    assert client.post("/compte/confirmer/", {"password": PASSWORD}).status_code == 429


def test_second_factors_from_the_page_of_the_account(signed: Any, somebody: Any, seed: Any, mailoutbox: Any) -> None:
    client = signed(somebody)
    seed(somebody)
    row = Authenticator.objects.get(user=somebody)
    assert client.post(f"/compte/securite/{row.pk}/retirer/").status_code == 409
    page = client.post("/compte/securite/codes-de-secours/").content.decode()
    assert len(re.findall(r"<code>\d{4} \d{4}</code>", page)) == 10
    assert "10\u00a0codes de secours" in client.get("/compte/").content.decode()
    replaced = client.get("/compte/securite/application/").content.decode()
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", replaced)
    assert found is not None
    client.post("/compte/securite/application/", {"code": pyotp.TOTP(found.group(1).replace(" ", "")).now()})
    assert len(factors.factors(somebody)) == 1
    assert "second facteur" in mailoutbox[-1].body


def test_nobody_removes_the_factor_of_somebody_else(house: SimpleNamespace, person: People, signed: Any, somebody: Any, seed: Any) -> None:
    seed(somebody)
    other = person("autre", Role.ADMINISTRATOR)
    row = Authenticator.objects.get(user=somebody)
    assert signed(other).post(f"/compte/securite/{row.pk}/retirer/").status_code == 404
    assert factors.has_factor(somebody)
