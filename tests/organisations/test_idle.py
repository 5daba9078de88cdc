"""Accounts nobody uses, and what is forgotten: run twice, the second time finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from yole.base.registries import RETENTION
from yole.organisations import services_factors as factors
from yole.organisations import services_idle as idle
from yole.organisations import services_members as members
from yole.organisations import throttle
from yole.organisations.enums import Role
from yole.organisations.models import Account, AccountSession, Attempt, Invitation, Membership

People = Callable[..., Any]


def age(account: Any, **fields: int) -> None:
    """Dates of an account, in days before now."""
    Account.objects.filter(pk=account.pk).update(**{name: timezone.now() - timedelta(days=days) for name, days in fields.items()})


@pytest.fixture
def somebody(house: SimpleNamespace, person: People) -> Any:
    return person("nord", Role.MEDIATOR, house.north)


def test_a_message_comes_once_thirty_days_before(somebody: Any, mailoutbox: Any) -> None:
    age(somebody, created_at=400, last_login=151)
    assert idle.warn() == 0
    age(somebody, last_login=153)
    assert idle.warn() == 1 and idle.warn() == 0
    assert mailoutbox[0].to == [somebody.email] and "30 jours" in mailoutbox[0].subject


def test_a_message_that_did_not_leave_does_not_count(somebody: Any, settings: Any, mailoutbox: Any) -> None:
    usual = settings.EMAIL_BACKEND
    age(somebody, created_at=400, last_login=153)
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9
    assert idle.warn() == 0
    assert Account.objects.get(pk=somebody.pk).idle_notice_at is None
    settings.EMAIL_BACKEND = usual
    assert idle.warn() == 1 and len(mailoutbox) == 1


def test_nothing_is_disabled_without_its_message(somebody: Any, mailoutbox: Any) -> None:
    age(somebody, created_at=900, last_login=800)
    assert idle.purge_accounts() == 0
    idle.warn()
    assert idle.purge_accounts() == 0
    age(somebody, idle_notice_at=31)
    assert (idle.purge_accounts(), idle.purge_accounts()) == (1, 0)
    assert not Account.objects.get(pk=somebody.pk).is_active


def test_a_sign_in_starts_again_from_zero(somebody: Any, signed: Any, mailoutbox: Any) -> None:
    age(somebody, created_at=400, last_login=200, idle_notice_at=31)
    signed(Account.objects.get(pk=somebody.pk))
    assert idle.purge_accounts() == 0
    assert Account.objects.get(pk=somebody.pk).idle_notice_at is None


def test_a_reactivated_account_has_six_months_again(
    house: SimpleNamespace, person: People, somebody: Any, place: Any, mailoutbox: Any
) -> None:
    top = person("haut", Role.TERRITORY_COORDINATOR)
    age(somebody, created_at=400, last_login=200, idle_notice_at=31)
    assert idle.purge_accounts() == 1
    members.reactivate(top, place(somebody))
    assert (idle.warn(), idle.purge_accounts()) == (0, 0)


def test_a_year_later_nothing_says_who_it_was(somebody: Any, seed: Any, mailoutbox: Any) -> None:
    seed(somebody)
    age(somebody, created_at=900, last_login=370, idle_notice_at=200)
    assert idle.purge_accounts() == 1
    assert idle.warn() == 1
    assert idle.purge_accounts() == 0
    age(somebody, erase_notice_at=31)
    assert (idle.purge_accounts(), idle.purge_accounts()) == (1, 0)
    kept = Account.objects.get(pk=somebody.pk)
    assert "nord" not in kept.name + kept.email and not kept.has_usable_password()
    assert not factors.has_factor(kept)
    assert not Membership.objects.filter(account=kept, until=None).exists()
    assert (idle.warn(), idle.purge_accounts()) == (0, 0)


def test_the_last_coordination_and_fictional_accounts_stay(house: SimpleNamespace, person: People, mailoutbox: Any) -> None:
    top = person("haut", Role.TERRITORY_COORDINATOR)
    demo = person("demo", Role.MEDIATOR, house.north, fictional=True)
    for account in (top, demo):
        age(account, created_at=900, last_login=800, idle_notice_at=100)
    assert idle.purge_accounts() == 0
    assert Account.objects.filter(is_active=True).count() == 2
    person("second", Role.TERRITORY_COORDINATOR)
    assert idle.purge_accounts() == 1


def test_invitations_sessions_and_attempts_go(house: SimpleNamespace, person: People, somebody: Any) -> None:
    top = person("haut", Role.TERRITORY_COORDINATOR)
    members.invite(top, "a@exemple.invalid", Role.MEDIATOR, house.north)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=31))
    AccountSession.objects.create(account=somebody, key_hash="x", device="Linux", expires_at=timezone.now() - timedelta(hours=1))
    throttle.count("code", somebody.pk)
    Attempt.objects.update(at=timezone.now() - timedelta(days=2))
    for table in ("organisations_invitation", "organisations_accountsession", "organisations_attempt"):
        assert (RETENTION[table].purge(), RETENTION[table].purge()) == (1, 0)


def test_every_table_of_the_room_about_people_has_a_rule() -> None:
    from django.apps import apps

    tables = {model._meta.db_table for model in apps.get_app_config("organisations").get_models()}
    assert tables - set(RETENTION) == {"organisations_structure"}
