"""The pages of the journal: who reads them, what they show, what they hand over."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.journal.conftest import record_some
from yole.journal import keys, references, services
from yole.journal.engine.checking import read_kept_head, verify_stream
from yole.journal.models import Entry
from yole.organisations.enums import Role

READERS = {"data-protection-officer", "territory-coordinator"}


@pytest.fixture
def officer(account: Callable[[str], Any], client: Client) -> Any:
    made = account("data-protection-officer")
    client.force_login(made)
    return made


def page(client: Client, **query: str) -> str:
    answer = client.get(reverse("journal:entries"), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", [*Role.values, None])
@pytest.mark.parametrize(("name", "method"), [("entries", "get"), ("head", "get"), ("export", "post")])
def test_who_reads_the_journal(account: Callable[[str], Any], client: Client, role: str | None, name: str, method: str) -> None:
    if role is not None:
        client.force_login(account(role))
    answer = getattr(client, method)(reverse(f"journal:{name}"))
    assert answer.status_code == (302 if role is None else 200 if role in READERS else 403)
    assert Entry.objects.exclude(action="access.refused").exists() == (role in READERS and name == "export")
    assert Entry.objects.filter(action="access.refused").exists() == (role is not None and role not in READERS)


@pytest.mark.django_db
def test_the_public_key_is_for_anyone(client: Client) -> None:
    answer = client.get(reverse("journal:key"))
    assert answer.json() == keys.public_key()
    assert set(answer.json()) == {"publicKeyMultibase", "controller"}


@pytest.mark.django_db
def test_the_last_head_is_for_anyone_who_keeps_it(client: Client) -> None:
    assert client.get(reverse("journal:public-head")).status_code == 404
    record_some(2)
    head = services.sign_head()
    assert read_kept_head(client.get(reverse("journal:public-head")).content) == head


def test_an_empty_journal_says_so(officer: Any, client: Client) -> None:
    text = page(client)
    assert "Aucun acte pour l’instant" in text
    assert "Aucune tête n’est encore signée" in text
    assert "Aucune tête n’est encore signée" in client.get(reverse("journal:head")).content.decode()


def test_the_list_the_menu_and_the_head(officer: Any, client: Client, django_assert_max_num_queries: Any) -> None:
    record_some(55)
    head = services.sign_head()
    record_some(1)
    with django_assert_max_num_queries(14):
        text = page(client)
    assert f'<a href="{reverse("journal:entries")}" aria-current="page">Journal</a>' in text
    assert text.count('<th scope="row">') == 50
    assert "Page 1 sur 2" in text
    assert head.root in text
    assert head.key in text
    assert "1 acte attend" in text.replace("\u00a0", " ")
    assert Entry.objects.order_by("-seq")[0].fingerprint in text
    assert page(client, page="2").count('<th scope="row">') == 6


def test_filters(officer: Any, client: Client) -> None:
    record_some(3)
    services.record("person.merge", "agent:2", "person:9", {"into": "person:8"})
    assert page(client, action="person.merge").count('<th scope="row">') == 1
    assert page(client, action="mandate.use", subject_ref="person:1").count('<th scope="row">') == 1
    assert page(client, actor="agent:2 ").count('<th scope="row">') == 1
    assert page(client, start="2000-01-01", end="2000-01-02").count('<th scope="row">') == 0
    assert "Aucun acte ne répond" in page(client, end="2000-01-02")
    assert page(client, start="2000-01-01").count('<th scope="row">') == 4
    wrong = page(client, start="2026-02-01", end="2026-01-01", action="nothing.known")
    assert "La fin est avant le début" in wrong
    assert page(client, actor="<script>alert(1)</script>").count("<script>alert") == 0


def test_days_are_those_of_the_territory(officer: Any, client: Client) -> None:
    from django.utils import timezone

    services.record("person.merge", "agent:2", "person:9")
    at = Entry.objects.get().at
    with timezone.override("America/Martinique"):
        today = timezone.localtime(at).date().isoformat()
    assert page(client, start=today, end=today).count('<th scope="row">') == 1


def test_the_sheet_to_keep_has_the_line_that_verify_reads(officer: Any, client: Client) -> None:
    record_some(2)
    head = services.sign_head()
    text = client.get(reverse("journal:head")).content.decode()
    from html import unescape

    assert head.line().decode().strip() in unescape(text)
    assert "Une autre clé est en service" not in text
    assert 'class="qr"' in text


def test_the_download_verifies_and_is_noted(officer: Any, client: Client) -> None:
    record_some(3)
    assert client.get(reverse("journal:export")).status_code == 405
    answer = client.post(reverse("journal:export"))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="journal-')
    text = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # the test client's type hides it
    verdict = verify_stream(io.BytesIO(text), key=keys.public_key()["publicKeyMultibase"])
    assert verdict.reasons == []
    assert verdict.entries == 4
    last = json.loads(text.splitlines()[-2])
    assert (last["action"], last["actor"]) == ("journal.export", references.reference("account", officer.pk))
    assert officer.email not in text.decode()
