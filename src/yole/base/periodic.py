"""Work done regularly: each room declares a task and how often; several workers never run one twice in its period."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

_log = logging.getLogger("yole.periodic")


@dataclass(frozen=True, slots=True)
class Periodic:
    """`enqueue` puts one run in the queue; it is called at most once per `every`."""

    name: str
    every: timedelta
    enqueue: Callable[[], object]


_PERIODIC: dict[str, Periodic] = {}


def declare_periodic(name: str, every: timedelta, enqueue: Callable[[], object]) -> None:
    _PERIODIC[name] = Periodic(name, every, enqueue)


def enqueue_due() -> list[str]:
    """Enqueues what is due and returns the names. One conditional update decides which worker does it."""
    from django.utils import timezone

    from yole.base.models import PeriodicRun

    now = timezone.now()
    due = []
    for task in _PERIODIC.values():
        run, created = PeriodicRun.objects.get_or_create(name=task.name, defaults={"last_run": now})
        if created or PeriodicRun.objects.filter(pk=run.pk, last_run__lte=now - task.every).update(last_run=now):
            task.enqueue()
            due.append(task.name)
    return due


def keep_enqueuing(done: threading.Event, seconds: float = 20) -> None:
    """The clock of a worker: looks for due work until `done` is set. An error is logged and tried again later."""
    from django.db import close_old_connections

    while not done.wait(seconds):
        close_old_connections()
        try:
            enqueue_due()
        except Exception:
            _log.exception("periodic work could not be enqueued")
