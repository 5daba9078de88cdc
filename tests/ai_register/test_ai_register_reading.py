"""Entries to read again: rules that changed since, twelve months, told once to the people in charge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from .test_ai_register import USE
from .test_ai_register import house as house


@pytest.fixture
def kept(house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Every algorithm recorded and read: `other_rules(text)` makes « droits » another one and records it."""
    from yole.ai_register import services
    from yole.base.registries import ALGORITHMS
    from yole.territory.selectors import today

    for name, one in list(ALGORITHMS.items()):
        monkeypatch.setitem(ALGORITHMS, name, replace(one, risk_on=today() - timedelta(days=10)))
    services.record_declared()

    def other_rules(text: str, **more: Any) -> None:
        sound = replace(ALGORITHMS["droits"], versions=lambda: {"règles": text}, **more)
        monkeypatch.setitem(ALGORITHMS, "droits", sound)
        assert services.record_declared() == 1

    house.other_rules = other_rules
    return house


def line(of: SimpleNamespace, key: str = "droits", territory: Any = None) -> Any:
    from yole.ai_register import selectors

    return selectors.line(territory or of.territory, key)


def remind(capture: Any) -> int:
    from yole.ai_register import services

    with capture(execute=True):
        return services.remind()


def test_rules_that_changed_are_to_read_until_somebody_of_the_territory_does(kept: SimpleNamespace) -> None:
    from yole.ai_register import selectors, services
    from yole.journal.models import Entry as JournalEntry
    from yole.territory.selectors import today

    assert not line(kept).to_review and selectors.health()[0]
    kept.other_rules("openfisca-france 999")
    found = line(kept)
    assert found.to_review and found.changed_on == today() and not found.stale
    assert selectors.health() == (False, "1 à relire : droits")
    services.mark_read(kept.coordinator, "droits")
    assert not line(kept).to_review and line(kept).read_on == today()
    assert line(kept, territory=kept.elsewhere).to_review, "another territory reads for itself"
    assert JournalEntry.objects.filter(action="ai-register.read").count() == 1
    kept.other_rules("openfisca-france 1000")
    assert line(kept).to_review


def test_what_is_no_change(kept: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.metadata

    from yole.ai_register import services
    from yole.base.registries import ALGORITHMS
    from yole.territory.selectors import today

    plain = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "99.0" if name == "yole" else plain(name))
    assert services.record_declared() == len(ALGORITHMS)
    assert line(kept).number == 2 and not line(kept).to_review  # the platform has another number, the rules are the same
    kept.other_rules("openfisca-france 999")
    kept.other_rules("openfisca-france 999", risk_on=today())  # whoever keeps the code did the analysis again
    assert not line(kept).to_review
    kept.other_rules("openfisca-france 1")
    assert line(kept).to_review


def test_the_people_in_charge_are_told_once_for_each_version(kept: SimpleNamespace, django_capture_on_commit_callbacks: Any) -> None:
    from django.core import mail

    from yole.ai_register import services
    from yole.organisations.models import Account

    Account.objects.filter(pk=kept.far.pk).update(is_active=False)
    assert remind(django_capture_on_commit_callbacks) == 0
    kept.other_rules("openfisca-france 999")
    assert [remind(django_capture_on_commit_callbacks) for _ in range(2)] == [1, 0]
    assert [one.to for one in mail.outbox] == [["coordination@exemple.invalid"]]
    told = str(mail.outbox[0].body)
    assert line(kept).content["name"] in told and "/registre/equipe/" in told and "coordination" not in told
    kept.other_rules("openfisca-france 1000")
    assert remind(django_capture_on_commit_callbacks) == 1 and len(mail.outbox) == 2
    services.mark_read(kept.coordinator, "droits")
    assert remind(django_capture_on_commit_callbacks) == 0
    # The other territory has nobody in charge yet: it is told when there is somebody.
    Account.objects.filter(pk=kept.far.pk).update(is_active=True)
    assert remind(django_capture_on_commit_callbacks) == 1 and mail.outbox[-1].to == ["loin@exemple.invalid"]


def test_an_old_entry_is_told_to_the_one_who_keeps_it_and_again_a_year_after_a_reading(
    kept: SimpleNamespace, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core import mail

    from yole.ai_register import selectors, services
    from yole.ai_register.models import Entry, Reading
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account
    from yole.territory.selectors import today

    create_account(
        email="protection@exemple.invalid", name="Protection (fictif)", role=Role.DATA_PROTECTION_OFFICER, territory=kept.territory,
        password="x" * 14, structure=None,
    )  # fmt: skip
    own = services.add_entry(kept.coordinator, kept.territory, **USE)
    now = today()
    monkeypatch.setattr(selectors, "today", lambda: now + timedelta(days=400))
    services.remind()
    mail.outbox.clear()
    Reading.objects.all().delete()
    Entry.objects.exclude(pk=own.pk).update(stopped_on=now)
    monkeypatch.setattr(selectors.declared, "contents", dict)
    assert [remind(django_capture_on_commit_callbacks) for _ in range(2)] == [1, 0]
    assert [one.to for one in mail.outbox] == [["coordination@exemple.invalid"]]
    assert line(kept, own.key).to_review
    monkeypatch.setattr(selectors, "today", lambda: now)
    services.change_entry(kept.coordinator, own, **{**USE, "limits": "Encore"})
    assert not line(kept, own.key).to_review


def test_only_who_keeps_the_register_reads_and_only_what_the_platform_keeps(kept: SimpleNamespace, client: Any) -> None:
    from yole.ai_register import services
    from yole.base.errors import Refused

    kept.other_rules("openfisca-france 999")
    with pytest.raises(Refused):
        services.mark_read(kept.evaluator, "droits")
    own = services.add_entry(kept.coordinator, kept.territory, **USE)
    for key in (own.key, "inconnu"):
        with pytest.raises(Refused) as refused:
            services.mark_read(kept.coordinator, key)
        assert refused.value.status == 404
    client.force_login(kept.coordinator, backend="yole.organisations.backends.AccountBackend")
    page = client.get("/registre/equipe/").content.decode()
    assert "règles changées le" in page and "J’ai relu" in page
    assert "Règles changées depuis la relecture" in client.get("/registre/droits/").content.decode()
    assert client.post("/registre/equipe/droits/relue/").status_code == 302
    assert "règles changées le" not in client.get("/registre/equipe/").content.decode()
