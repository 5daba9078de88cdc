"""Reads of the hands-on tasks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Avg, Count, Q, QuerySet

from yole.assessment import tasks_words
from yole.assessment.enums import Task
from yole.assessment.models import Sitting, TaskRun
from yole.organisations.enums import Role
from yole.organisations.models import Account

WHOLE_TERRITORY = {Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR, Role.EVALUATOR}
SHOWN = 50


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in words. `words` never says a number."""

    run: TaskRun
    name: object
    words: object


@dataclass(frozen=True, slots=True)
class TaskCount:
    """Runs of one task done without « Faire avec moi », by score, and its mean number of hints; `together` counts the others."""

    name: object
    alone: int
    by_score: tuple[int, int, int]
    together: int
    hints: float | None


def _line(run: TaskRun) -> RunLine:
    return RunLine(run, Task(run.task).label, tasks_words.TOGETHER if run.assisted else tasks_words.SCORES[run.score])


def of_sitting(sitting: Sitting) -> list[RunLine]:
    """Every run of a sitting, youngest first."""
    return [_line(run) for run in TaskRun.objects.filter(sitting=sitting).order_by("-made_at", "uuid")]


def latest(sitting: Sitting) -> list[RunLine]:
    """The last run of each task of a sitting, in the order of the list of tasks."""
    found: dict[str, RunLine] = {}
    for line in of_sitting(sitting):
        found.setdefault(line.run.task, line)
    return [found[task] for task in Task.values if task in found]


def evidence(sittings: Iterable[Sitting]) -> list[TaskRun]:
    """Runs that may count for a certificate: supervised, done without « Faire avec moi ». Best score of each task, youngest first."""
    runs = TaskRun.objects.filter(sitting__in=list(sittings), sitting__supervised=True, assisted=False).order_by(
        "task", "-score", "-made_at"
    )
    return sorted(runs.distinct("task"), key=lambda run: run.made_at, reverse=True)


def _seen(account: Account) -> QuerySet[TaskRun]:
    """Runs joined to a diagnosis of the account's territory, or of its structure for a role of a structure."""
    runs = TaskRun.objects.filter(sitting__territory=account.territory_id)
    return (
        runs if account.role in WHOLE_TERRITORY else runs.filter(sitting__structure=account.structure_id, sitting__structure__isnull=False)
    )


def recent(account: Account) -> list[RunLine]:
    return [_line(run) for run in _seen(account).select_related("sitting").order_by("-made_at", "uuid")[:SHOWN]]


def counts(account: Account) -> list[TaskCount]:
    """One line per task that has runs."""
    alone = Q(assisted=False)
    rows = (
        _seen(account)
        .values("task")
        .annotate(
            n=Count("uuid", filter=alone),
            zero=Count("uuid", filter=alone & Q(score=0)),
            one=Count("uuid", filter=alone & Q(score=1)),
            two=Count("uuid", filter=alone & Q(score=2)),
            together=Count("uuid", filter=Q(assisted=True)),
            mean_hints=Avg("hints", filter=alone),
        )
    )
    by_task = {row["task"]: row for row in rows}
    return [
        TaskCount(Task(task).label, row["n"], (row["zero"], row["one"], row["two"]), row["together"], row["mean_hints"])
        for task in Task.values
        if (row := by_task.get(task))
    ]
