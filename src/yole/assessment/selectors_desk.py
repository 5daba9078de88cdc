"""Reads of the desk: sittings of the structure, one result for a professional, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yole.assessment import selectors
from yole.assessment.engine.progress import GroupProgress, group_progress
from yole.assessment.engine.score import progress
from yole.assessment.enums import Purpose, SittingState
from yole.assessment.models import Answer, Group, Sitting, Triage
from yole.assessment.words import AREAS
from yole.base.permissions import may
from yole.base.scope import system_scope
from yole.kernel.codes import clean_code
from yole.organisations.models import Account
from yole.people import permissions as people_acts
from yole.people import selectors as people

PAGE = 25
INTERVAL = 1.645  # 90 %


@dataclass(frozen=True, slots=True)
class Filters:
    code: str = ""
    state: str = ""
    purpose: str = ""
    mode: str = ""
    group: int | None = None


def visible(account: Account) -> QuerySet[Sitting]:
    """Sittings of the account's structure; for whoever coordinates the territory, those of the territory that name nobody."""
    if account.structure_id is not None:
        return Sitting.objects.filter(structure_id=account.structure_id)
    return Sitting.objects.filter(territory_id=account.territory_id, person__isnull=True)


def sittings(account: Account, filters: Filters) -> QuerySet[Sitting]:
    found = visible(account).select_related("result", "group", "by").order_by("-started_at", "pk")
    found = found.filter(state=filters.state) if filters.state else found.exclude(state=SittingState.EXPIRED)
    if filters.code:
        found = found.filter(code__startswith=clean_code(filters.code))
    if filters.purpose:
        found = found.filter(purpose=filters.purpose)
    if filters.mode:
        found = found.filter(mode=filters.mode)
    return found.filter(group_id=filters.group) if filters.group is not None else found


def sitting(account: Account, pk: UUID) -> Sitting | None:
    rows = visible(account).select_related("result", "group", "by", "parameters", "territory", "structure")
    return rows.filter(pk=pk).exclude(state=SittingState.EXPIRED).first()


def triages(account: Account) -> QuerySet[Triage]:
    found = Triage.objects.filter(territory_id=account.territory_id)
    return found.filter(structure_id=account.structure_id) if account.structure_id is not None else found.filter(by=account)


def groups(account: Account) -> QuerySet[Group]:
    found = Group.objects.filter(territory_id=account.territory_id).order_by("-created_at", "pk")
    return found.filter(structure_id=account.structure_id) if account.structure_id is not None else found


def person_titles(account: Account, person_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """How linked persons are called for this account; those who may not be told, and None, are not in it."""
    asked = {key for key in person_ids if key is not None}
    if not asked or not may(account, people_acts.SEE):
        return {}
    return {key: people.card(person).title for key, person in people.get_several(account, asked).items()}


def person_title(account: Account, person_id: UUID | None) -> str:
    """How a linked person is called for this account, empty when it may not be told."""
    return person_titles(account, [person_id]).get(person_id, "")


def level_of(theta: float, cuts: Sequence[float]) -> int:
    """Rank, from 1, of a measure."""
    return 1 + sum(theta >= cut for cut in cuts)


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area for a professional: levels (from 1) at the ends of the 90 % interval; None under 3 answers."""

    name: object
    answered: int
    theta: float | None
    se: float
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    position: int
    question: str
    given: tuple[str, ...]
    right: bool
    expected: tuple[str, ...]
    feedback: str
    assisted: bool
    counts: bool
    competence: str


@dataclass(frozen=True, slots=True)
class Report:
    """A result for a professional. `assisted`: answers given with somebody; `levels`: (name, percentage), weakest first."""

    level: int
    name: str
    per_hundred: int
    levels: tuple[tuple[str, int], ...]
    areas: tuple[AreaRow, ...]
    answers: tuple[AnswerRow, ...]
    assisted: int
    unknown: int


def report(found: Sitting) -> Report:
    """The sitting must be finished, its result loaded."""
    result = found.result
    rows = selectors.answers(found)
    names = selectors.level_names(found.territory_id, len(result.probabilities))
    return Report(
        level=result.level + 1,
        name=names[result.level],
        per_hundred=min(99, round(100 * result.probability)),
        levels=tuple((name, round(100 * p)) for name, p in zip(names, result.probabilities, strict=True)),
        areas=tuple(_area(row, result.cuts) for row in result.areas),
        answers=tuple(_answer(row) for row in rows),
        assisted=sum(row.assisted for row in rows),
        unknown=sum(not row.response for row in rows),
    )


def _area(row: dict[str, Any], cuts: Sequence[float]) -> AreaRow:
    theta, se = row["theta"], row["se"]
    ends = (None, None) if theta is None else (level_of(theta - INTERVAL * se, cuts), level_of(theta + INTERVAL * se, cuts))
    return AreaRow(AREAS[row["area"]].name, row["answered"], theta, se, *ends)


def _answer(row: Answer) -> AnswerRow:
    data = row.version.data
    options = {option["id"]: option for option in data["options"]}
    chosen = [options[one] for one in row.response if one in options]
    said = " ".join(option["feedback"] for option in chosen if option.get("feedback"))
    return AnswerRow(
        position=row.position,
        question=data["stem"]["text"],
        given=tuple(option["text"] for option in chosen),
        right=row.score > 0,
        expected=tuple(option["text"] for option in data["options"] if int(option.get("score", 0)) > 0),
        feedback=said or data.get("feedback", ""),
        assisted=row.assisted,
        counts=row.counts,
        competence=row.version.item.competence,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """From one sitting to another of the same person. `clear`: beyond 1.64 times its error."""

    before: Sitting
    after: Sitting
    difference: float
    error: float
    clear: bool


def change(before: Sitting, after: Sitting) -> Change:
    one, two = before.result, after.result
    difference, error, clear = progress((one.theta, one.se), (two.theta, two.se))
    return Change(before, after, difference, error, clear)


def history(found: Sitting) -> list[Sitting]:
    """Finished sittings of the same person (same pair, or same linked person), oldest first; one started from a triage is not compared."""
    same = Q(pair=found.pair)
    if found.person_id is not None:
        same |= Q(person_id__in=people.group(found.person_id))
    rows = Sitting.objects.filter(same, state=SittingState.FINISHED, prior_mean__isnull=True, territory_id=found.territory_id)
    return list(rows.select_related("result").order_by("finished_at", "pk"))


def change_up_to(found: Sitting) -> Change | None:
    """From the first sitting of the person to this one, when there are two that compare."""
    rows = history(found)
    if len(rows) < 2 or found.pk not in {row.pk for row in rows} or rows[0].pk == found.pk:
        return None
    return change(rows[0], next(row for row in rows if row.pk == found.pk))


def of_person(account: Account, person: UUID) -> list[Sitting]:
    """Sittings of a person that the account may see, latest first."""
    rows = visible(account).filter(person__in=people.group(person)).exclude(state=SittingState.EXPIRED)
    return list(rows.select_related("result", "territory", "group").order_by("-started_at", "pk"))


@dataclass(frozen=True, slots=True)
class GroupReport:
    """Before and after of a group. `progress`: None under 5 pairs. Rows are there for the structure alone."""

    befores: int
    afters: int
    pairs: int
    progress: GroupProgress | None
    changes: tuple[Change, ...]
    missing: tuple[Sitting, ...]


def group_report(account: Account, group: Group) -> GroupReport:
    """Figures count everybody; rows are those that the account may see."""
    wanted = Q(group=group, state=SittingState.FINISHED)
    with system_scope():
        rows = list(Sitting.objects.filter(wanted).select_related("result").order_by("finished_at", "pk"))
    # The first before and the last after of each person.
    befores = {row.pair: row for row in reversed(rows) if row.purpose == Purpose.BEFORE}
    afters = {row.pair: row for row in rows if row.purpose == Purpose.AFTER}
    both = [pair for pair in befores if pair in afters]
    mine = account.structure_id is not None and account.structure_id == group.structure_id
    return GroupReport(
        befores=len(befores),
        afters=len(afters),
        pairs=len(both),
        progress=group_progress([(befores[pair].result.theta, afters[pair].result.theta) for pair in both]),
        changes=tuple(change(befores[pair], afters[pair]) for pair in both) if mine else (),
        missing=tuple(row for pair, row in befores.items() if pair not in afters) if mine else (),
    )
