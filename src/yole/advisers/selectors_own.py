"""What an account reads of its own: the file linked to it with its training and dates, and the courses that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yole.advisers import selectors_training
from yole.advisers.engine.training import clock
from yole.advisers.enums import TrainingKind, TrainingState
from yole.advisers.models import Candidate, Course, CourseSlot, Enrolment
from yole.advisers.services_training import attended, needed
from yole.base.scope import system_scope
from yole.organisations.models import Account
from yole.territory.selectors import today


@dataclass(frozen=True, slots=True)
class Own:
    """Hours in words: `done` of `due` for each training; `continuing` done this year, of `continuing_due` minutes in words."""

    candidate: Candidate
    trainings: list[tuple[Enrolment, str, str]]
    coming: list[CourseSlot]
    initial: str
    initial_due: str
    continuing: str
    continuing_due: str


@system_scope()  # the rows of this account alone
def own(account: Account, day: date | None = None) -> Own | None:
    """The training of an account's own file, None while no file is linked to it."""
    candidate = Candidate.objects.filter(account=account, erased_at__isnull=True).first()
    if candidate is None:
        return None
    day = day or today()
    rows = selectors_training.of_candidate(candidate.pk)
    going = [row for row in rows if row.state != TrainingState.WAITING and not row.course.cancelled]
    coming = sorted(
        (slot for row in going for slot in row.course.slots.all() if slot.day >= day), key=lambda slot: (slot.day, slot.starts, slot.pk)
    )
    one = next((one for one in selectors_training.advisers(candidate.territory, day) if one.candidate == candidate.pk), None)
    minutes = (one.initial_done, one.initial_due, one.continuing_done, one.continuing_due) if one else _noted(rows, day)
    return Own(candidate, [(row, clock(attended(row)), clock(needed(row))) for row in rows], coming, *map(clock, minutes))


def _noted(rows: list[Enrolment], day: date) -> tuple[int, int, int, int]:
    """Hours noted of somebody whose contract is over: nothing is due any more."""
    done = dict.fromkeys(TrainingKind.values, 0)
    for row in rows:
        kind = row.course.syllabus.kind
        done[kind] += sum(one.minutes for one in row.attendances.all() if kind == TrainingKind.INITIAL or one.slot.day.year == day.year)
    return done[TrainingKind.INITIAL], 0, done[TrainingKind.CONTINUING], 0


@system_scope()  # how many come to the courses of this account
def given(account: Account) -> list[Course]:
    """Courses that the account gives and that take place, the latest first, with their half-days."""
    rows = selectors_training.courses(account.territory).filter(trainer=account, cancelled="")
    return list(rows.prefetch_related("slots"))


@system_scope()
def given_course(account: Account, pk: int) -> Course | None:
    return selectors_training.courses(account.territory).filter(pk=pk, trainer=account).first()


@system_scope()  # the certificate of this account's own file
def certificate(account: Account, pk: int) -> Enrolment | None:
    rows = Enrolment.objects.select_related("candidate", "course__syllabus", "course__territory")
    return rows.filter(pk=pk, candidate__account=account, code__isnull=False).first()
