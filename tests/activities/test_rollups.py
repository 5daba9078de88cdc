"""The roll-ups follow every change exactly: refreshing gives what rebuilding gives, and both what a plain count gives."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Any:
    from tests.activities.statistics_world import make_world

    return make_world()


def reach(world: Any, first: int, last: int, **narrowed: Any) -> int | None:
    """Different people of a run of months, as every screen reads them."""
    from yole.activities.indicators_read import Question, persons
    from yole.kernel.periods import Kind, Period, first_day

    return persons(Question(world.territory, Period(Kind.FREE, first_day(first), first_day(last + 1) - timedelta(days=1)), **narrowed))


def plain_persons(first: date, last: date, **only: Any) -> int:
    """Different people, counted one by one from the reports."""
    from yole.activities.models import Participation

    rows = Participation.objects.filter(
        activity__deleted_at__isnull=True, activity__date__range=(first, last), person__isnull=False, **only
    ).select_related("person")
    return len({row.person.canonical_id or row.person_id for row in rows})


@pytest.mark.parametrize("seed", range(6))
def test_refreshing_gives_what_a_plain_count_gives(world: Any, seed: int) -> None:
    from tests.activities.statistics_world import make_session, scramble
    from yole.activities import rollups
    from yole.activities.models import Activity, Cell, ThemeCell, Total
    from yole.kernel.periods import first_day, month_index

    draw = random.Random(seed)
    sessions = [None, make_session(world, date(2026, 3, 3)), make_session(world, date(2026, 4, 4))]
    for _ in range(5):
        for _ in range(draw.randrange(1, 14)):
            scramble(world, draw, sessions)
        while rollups.refresh():
            pass
        assert rollups.recount().differences == 0

        live = Activity.objects.filter(deleted_at__isnull=True)
        by_month: dict[int, int] = defaultdict(int)
        for one in live:
            by_month[month_index(one.date)] += 1
        assert dict(Total.objects.filter(dim="").values_list("month", "activities")) == by_month
        assert sum(Cell.objects.values_list("minutes", flat=True)) == sum(one.minutes for one in live)
        assert (
            sum(ThemeCell.objects.filter(theme="email").values_list("activities", flat=True))
            == live.filter(themes__contains=["email"]).count()
        )
        for _ in range(6):
            start = month_index(date(2025, 8, 1)) + draw.randrange(14)
            end = start + draw.randrange(14)
            days = (first_day(start), first_day(end + 1) - timedelta(days=1))
            structure, place = draw.choice(world.structures), draw.choice(world.places)
            assert reach(world, start, end) == plain_persons(*days)
            assert reach(world, start, end, structure=structure.pk) == plain_persons(*days, activity__structure=structure)
            mediator = draw.choice(world.mediators)
            assert reach(world, start, end, mediator=mediator.pk) == plain_persons(*days, activity__mediator=mediator)
            assert reach(world, start, end, theme="email") == plain_persons(*days, activity__themes__contains=["email"])
            assert reach(world, start, end, structure=structure.pk, place=place.pk) == plain_persons(
                *days, activity__structure=structure, activity__place=place
            )
    stored = [list(model.objects.order_by("pk").values_list()) for model in (Cell, Total)]
    outcome = rollups.rebuild()
    assert outcome.activities == live.count()
    assert rollups.recount().differences == 0
    assert [len(rows) for rows in stored] == [model.objects.count() for model in (Cell, Total)]


def test_a_recount_tells_a_wrong_row(world: Any, caplog: pytest.LogCaptureFixture) -> None:
    from yole.activities import rollups
    from yole.activities.models import Reach, Total

    world.report(date(2026, 3, 3), ["A"])
    rollups.refresh()
    assert rollups.recount().differences == 0
    assert rollups.health()[0]
    Total.objects.filter(dim="").update(minutes=31)
    Reach.objects.filter(level="mediator").update(persons=[2])
    assert rollups.recount().differences == 4  # each wrong row is there and should not be, its right one should be and is not
    assert "rebuild" in caplog.text
    right, words = rollups.health()
    assert not right
    assert "4 lignes fausses" in words
    rollups.rebuild()
    assert rollups.recount().differences == 0
    assert rollups.health()[0]


def test_marks_are_written_by_every_path(world: Any) -> None:
    from yole.activities import rollups
    from yole.activities.models import Activity, Mark, Participation

    def marked() -> set[tuple[int, int]]:
        found = set(Mark.objects.values_list("mediator", "month"))
        Mark.objects.all().delete()
        return found

    index = 2026 * 12 + 2
    first, second = (world.mediators[i].pk for i in (0, 1))
    report = world.report(date(2026, 3, 3), ["A", "B"])
    assert marked() == {(first, index)}
    Activity.objects.filter(pk=report.pk).update(mediator=second, date=date(2026, 4, 1))
    assert marked() == {(first, index), (second, index + 1)}
    Participation.objects.filter(activity=report).update(age_band="soixante_dix_plus")
    assert marked() == {(second, index + 1)}
    world.merge("A", "B")
    assert marked() == {(second, index + 1)}
    world.merge("A", None)
    assert marked() == {(second, index + 1)}
    world.person("B").delete()  # erased: the link goes, the count stays
    assert marked() == {(second, index + 1)}
    report.delete()
    assert marked() == {(second, index + 1)}
    assert rollups.refresh() == 0


def test_old_changes_that_wait_are_told(world: Any) -> None:
    from django.utils import timezone

    from yole.activities import rollups
    from yole.activities.models import Mark

    world.report(date(2026, 3, 3), ["A"])
    assert rollups.health()[0]
    Mark.objects.update(at=timezone.now() - timedelta(minutes=30))
    right, words = rollups.health()
    assert not right
    assert "attendent" in words


def test_command(world: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from yole.activities import cli
    from yole.activities.models import Total

    monkeypatch.setattr(cli, "database", nullcontext)
    world.report(date(2026, 3, 3), ["A"])
    assert cli.rollup(rebuild=True, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["activities"] == 1
    Total.objects.update(minutes=31)
    assert cli.rollup() == 1
    assert "lignes fausses" in capsys.readouterr().out


def test_who_was_met_where_is_for_the_task_alone(world: Any) -> None:
    from yole.activities import rollups
    from yole.activities.models import Seen
    from yole.base.scope import scope, scope_of, system_scope

    world.report(date(2026, 3, 3), ["A"])
    rollups.refresh()
    with scope(scope_of(world.mediators[0])):
        assert not Seen.objects.exists()
    with system_scope():
        assert Seen.objects.count() == 1


def test_a_change_asks_for_the_task_once_saved(world: Any, django_capture_on_commit_callbacks: Any) -> None:
    from django_tasks_db.models import DBTaskResult

    from yole.activities import rollups_tasks

    rollups_tasks._asked = 0.0
    with django_capture_on_commit_callbacks(execute=True):
        rollups_tasks.on_changed(None)
        assert not DBTaskResult.objects.exists()
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize(("hour", "asked"), [(2, 1), (14, 0)])
def test_the_recount_is_asked_for_once_a_night(world: Any, monkeypatch: pytest.MonkeyPatch, hour: int, asked: int) -> None:
    from datetime import UTC, datetime

    from django_tasks_db.models import DBTaskResult

    from yole.activities import rollups, rollups_tasks

    monkeypatch.setattr(rollups_tasks.territory_selectors, "now", lambda: datetime(2026, 11, 22, hour, tzinfo=UTC))
    rollups_tasks.AtNight.enqueue()
    assert DBTaskResult.objects.count() == asked
    rollups.recount()
    rollups_tasks.AtNight.enqueue()
    assert DBTaskResult.objects.count() == asked


def test_the_refresh_is_asked_for_when_something_waits(world: Any) -> None:
    from django_tasks_db.models import DBTaskResult

    from yole.activities import rollups, rollups_tasks

    rollups_tasks.WhenMarked.enqueue()
    assert not DBTaskResult.objects.exists()
    world.report(date(2026, 3, 3), ["A"])
    rollups_tasks.WhenMarked.enqueue()
    assert DBTaskResult.objects.count() == 1
    assert rollups_tasks.refresh.func() == 2  # the report, then its person
    assert rollups_tasks.refresh.func() == 0
    assert rollups.oldest_mark() is None
