"""What is known of a candidate, read from the rooms that know it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max
from django.utils import timezone

from yole.assessment.enums import SittingState, Task
from yole.assessment.models import Result, Sitting, TaskRun
from yole.bookings.models import Booking
from yole.passport.models import Level
from yole.passport.requirements import Evidence, Line, judge, sound
from yole.territory.selectors import today
from yole.workshops.enums import PresenceState, SessionState
from yole.workshops.models import Cohort, Presence, Session

TASKS = {str(value): str(label) for value, label in Task.choices}


def attendance(cohort: Cohort, booking: Booking) -> tuple[int, int]:
    """(half-days held, half-days present) of a cohort that somebody follows, up to now."""
    held = sum(
        len(halves)
        for halves in Session.objects.filter(cohort=cohort, starts_at__lte=timezone.now())
        .exclude(state=SessionState.CANCELLED)
        .values_list("half_days", flat=True)
    )
    present = (
        Presence.objects.filter(session__cohort=cohort, booking=booking, state=PresenceState.PRESENT)
        .exclude(session__state=SessionState.CANCELLED)
        .count()
    )
    return held, present


def level_on(theta: float | None, cuts: Sequence[float]) -> int | None:
    """The rank, from 1, of a measure on the scale of the diagnosis."""
    return None if theta is None else 1 + sum(theta >= cut for cut in cuts)


def evidence(sitting: Sitting | None, cohort: Cohort | None, booking: Booking | None) -> Evidence:
    """Everything that the requirements of a level are judged by."""
    held = present = None
    if cohort is not None and booking is not None:
        held, present = attendance(cohort, booking)
    result = Result.objects.filter(sitting=sitting).first() if sitting is not None else None
    if sitting is None or result is None or sitting.state != SittingState.FINISHED:
        return Evidence(held, present)
    best = TaskRun.objects.filter(sitting=sitting).order_by().values_list("task").annotate(best=Max("score"))
    return Evidence(
        held,
        present,
        [round(value, 4) for value in result.probabilities],
        sitting.supervised,
        sitting.assisted,
        sitting.finished_at.date().isoformat() if sitting.finished_at else "",
        [[row["area"], level_on(row["theta"], result.cuts), row["answered"]] for row in result.areas],
        dict(best),
    )


def proposal(levels: Sequence[Level], found: Evidence) -> Level | None:
    """The highest level whose every requirement is met; None when there is none. `levels`: weakest first."""
    proposed = None
    for level in levels:
        if sound(lines(level, found)):
            proposed = level
    return proposed


def lines(level: Level, found: Evidence) -> list[Line]:
    return judge(level.requirements, level.rank, found, today(), TASKS)
