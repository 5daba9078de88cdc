"""Reads of the room."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from yole.base import components
from yole.organisations.models import Account
from yole.rights.catalog import benefits
from yole.rights.enums import Step
from yole.rights.models import FollowUp

OPEN = (Step.IDENTIFIED, Step.PREPARED, Step.FILED, Step.APPEAL)


def follow_ups(account: Account, *, step: str = "") -> QuerySet[FollowUp]:
    """The follow-ups of the account's structure, latest change first."""
    if account.structure_id is None:
        return FollowUp.objects.none()
    rows = FollowUp.objects.filter(structure_id=account.structure_id).select_related("person", "told_by")
    return rows.filter(step=step) if step in Step.values else rows


def follow_up(account: Account, pk: UUID) -> FollowUp | None:
    return follow_ups(account).select_related("reviewed_by").filter(pk=pk).first()


def due(account: Account, day: date) -> int:
    """How many follow-ups should be taken up again by that day."""
    return follow_ups(account).filter(step__in=OPEN, remind_on__lte=day).count()


def milestones(row: FollowUp) -> list[components.Step]:
    """The steps of a follow-up, done, present or to come, with their days."""
    days = [row.identified_on, row.prepared_on, row.filed_on, row.answered_on]
    labels = [Step.IDENTIFIED.label, Step.PREPARED.label, Step.FILED.label, Step.ANSWERED.label]
    last = max(index for index, day in enumerate(days) if day is not None)
    found = []
    for index, (words, day) in enumerate(zip(labels, days, strict=True)):
        following = index == last + 1 and row.step in OPEN
        found.append(
            components.Step(words, "done" if index <= last else "current" if following else "todo", f"{day:%d/%m/%Y}" if day else "")
        )
    return [*found, components.Step(Step.APPEAL.label, "done", f"{row.appeal_on:%d/%m/%Y}")] if row.appeal_on else found


def label(name: str) -> str:
    benefit = benefits().get(name)
    return benefit.label if benefit else name


def of_person(account: Account, keys: list[UUID]) -> list[FollowUp]:
    return list(follow_ups(account).filter(person_id__in=keys))
