"""Regular work of the roll-ups: what changed at once, everything compared every night."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from yole.activities import rollups
from yole.activities.models import Mark, RollupRun
from yole.territory import selectors as territory_selectors

_NIGHT = range(1, 5)  # hours of the territory's clock
_PAUSE = 10.0  # seconds between two requests of one process: the task does all that waits


@task()
def refresh() -> int:
    """Computes again what changed before it began; returns how many marks were done. What comes meanwhile waits for the next one."""
    done = 0
    while count := rollups.refresh():
        done += count
        if count < rollups.BATCH:
            break
    return done


@task()
def recount() -> int:
    """Compares everything; returns how many rows differ."""
    return rollups.recount().differences


class WhenMarked:
    """The refresh, put in the queue only when something waits."""

    @staticmethod
    def enqueue() -> None:
        if Mark.objects.exists():
            refresh.enqueue()


class AtNight:
    """The recount, once a night of the territory: it holds refreshes back while it lasts."""

    @staticmethod
    def enqueue() -> None:
        lately = timezone.now() - timedelta(hours=20)
        done = RollupRun.objects.filter(kind=RollupRun.Kind.RECOUNT, finished_at__gte=lately).exists()
        if not done and territory_selectors.now().hour in _NIGHT:
            recount.enqueue()


PERIODIC = (
    ("activities.rollup", timedelta(seconds=20), WhenMarked),
    ("activities.recount", timedelta(minutes=30), AtNight),
)

_asked = 0.0


def _enqueue() -> None:
    global _asked
    now = time.monotonic()
    if now - _asked >= _PAUSE:
        _asked = now
        refresh.enqueue()


def on_changed(sender: object, **kwargs: object) -> None:
    """A report changed: the task runs once the change is saved. The periodic run catches what several changes in a second leave."""
    transaction.on_commit(partial(_enqueue), robust=True)
