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
