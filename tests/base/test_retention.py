"""One mechanism runs every rule; a dry run changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from yole.base import periodic, retention
from yole.base.models import PeriodicRun
from yole.base.registries import RETENTION, Retention

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def purge() -> int:
        return PeriodicRun.objects.filter(name="ancien").delete()[0]

    monkeypatch.setitem(RETENTION, "base_periodicrun", Retention("base_periodicrun", "test", "test", timedelta(1), "supprimé", purge))


@pytest.mark.usefixtures("rule")
def test_a_dry_run_counts_and_changes_nothing_then_a_run_does_it_once() -> None:
    PeriodicRun.objects.create(name="ancien", last_run=timezone.now())
    assert retention.forget(dry_run=True)["base_periodicrun"] == 1
    assert retention.forget()["base_periodicrun"] == 1
    assert retention.forget()["base_periodicrun"] == 0


def test_every_rule_of_the_house_runs_on_empty_tables_and_has_words_for_the_public() -> None:
    assert set(retention.forget().values()) == {0}
    assert [table for table, rule in RETENTION.items() if not rule.label] == []


def test_a_rule_that_fails_does_not_hold_the_others_back(rule: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        PeriodicRun.objects.create(name="à moitié", last_run=timezone.now())
        raise OSError("no disc")

    monkeypatch.setitem(RETENTION, "aaa_first", Retention("aaa_first", "test", "test", timedelta(1), "supprimé", broken))
    PeriodicRun.objects.create(name="ancien", last_run=timezone.now())
    with pytest.raises(RuntimeError, match="aaa_first"):
        retention.forget()
    assert not PeriodicRun.objects.filter(name__in=["ancien", "à moitié", retention.DONE]).exists()


def test_health_tells_a_night_without_retention(monkeypatch: pytest.MonkeyPatch) -> None:
    assert retention.health() == (True, "aucun passage pour l’instant")
    now = timezone.now()
    asked = PeriodicRun.objects.create(name=retention.ASKED, last_run=now - timedelta(hours=1))
    assert retention.health()[0]
    PeriodicRun.objects.filter(pk=asked.pk).update(last_run=now - timedelta(hours=3))
    assert not retention.health()[0]
    retention.forget()
    assert retention.health() == (True, "règles passées il y a 0 h")
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=51))
    right, words = retention.health()
    assert not right and "yole worker" in words


def test_regular_work_is_claimed_once_per_period(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    task = periodic.Periodic("base.essai", timedelta(minutes=5), lambda: done.append("run"))
    monkeypatch.setattr(periodic, "_PERIODIC", {"base.essai": task})
    assert periodic.enqueue_due() == ["base.essai"]
    assert periodic.enqueue_due() == []
    PeriodicRun.objects.update(last_run=timezone.now() - timedelta(minutes=4, seconds=50))
    assert periodic.enqueue_due() == []
    PeriodicRun.objects.update(last_run=timezone.now() - timedelta(minutes=5))
    assert periodic.enqueue_due() == ["base.essai"]
    assert done == ["run", "run"]
