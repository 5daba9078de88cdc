"""Interviews of a proposal: a structure offers a slot, the person accepts it or asks for another, the structure says what comes next.

An outcome is a word and a reason: it closes nothing and ranks nobody. Each side still says yes or no to the proposal itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.advisers import mails, permissions
from yole.advisers.engine import life
from yole.advisers.enums import OPEN, InterviewState, MeetingMode, Outcome
from yole.advisers.models import Candidate, Host, Interview, Relation
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account

LIVE = (InterviewState.PROPOSED, InterviewState.ACCEPTED, InterviewState.OTHER_ASKED)


@dataclass(frozen=True, slots=True)
class InterviewData:
    starts_at: datetime
    minutes: int
    mode: str
    where: str = ""


def propose(by: Host | Account, relation_pk: int, data: InterviewData) -> Interview:
    """A slot from a structure by its code, or from recruitment. A slot that waits is replaced. Raises Refused."""
    with transaction.atomic(), system_scope():
        rows = Relation.objects.select_for_update(of=("self",)).select_related("post__host", "candidate")
        if isinstance(by, Account):
            require(by, permissions.ROUND)
            relation = rows.filter(pk=relation_pk, round__territory=by.territory).first()
        else:
            relation = rows.filter(pk=relation_pk, post__host=by).first()
        if relation is None:
            raise Refused(_("Cette proposition n’existe pas."), code="unknown", status=404)
        if relation.state not in OPEN:
            raise Refused(_("Cette proposition est « %(state)s ».") % {"state": relation.get_state_display()}, code="move")
        _whole(data)
        for old in relation.interviews.select_for_update().filter(state__in=LIVE):
            _shift(old, InterviewState.REPLACED)
        made = Interview.objects.create(
            relation=relation, starts_at=data.starts_at, minutes=data.minutes, mode=data.mode, where=data.where.strip()[:200]
        )
        mails.interview_proposed(made)
        _told(by, made, "", {"mode": made.mode})
        return made


def _whole(data: InterviewData) -> None:
    if data.starts_at <= timezone.now():
        raise Refused(_("Ce créneau est passé."), field="day", code="late")
    if data.mode not in MeetingMode.values or not 5 <= data.minutes <= 480:
        raise Refused(_("Dites comment, et de 5 minutes à 8 heures."), field="mode", code="mode")
    if data.mode != MeetingMode.PHONE and not data.where.strip():
        raise Refused(_("Donnez l’adresse, ou le lien."), field="where", code="where")


def _shift(one: Interview, to: str) -> str:
    if not life.may_move(life.INTERVIEW, one.state, to):
        raise Refused(_("Cet entretien est « %(state)s ».") % {"state": one.get_state_display()}, code="move")
    before, one.state = one.state, to
    one.sequence += 1
    one.changed_at = timezone.now()
    one.save()
    return before


def _told(by: Candidate | Host | Account, one: Interview, before: str, more: dict[str, str] | None = None) -> None:
    kind = type(by).__name__.lower()
    body = {"from": before, "to": one.state, **(more or {})}
    record("advisers.interview", reference(kind, by.pk), reference("interview", one.pk), body)


def _mine(of: Candidate | Host, pk: int) -> Interview:
    rows = Interview.objects.select_for_update(of=("self",)).select_related("relation__post__host", "relation__candidate")
    found = rows.filter(pk=pk).first()
    mine = found is not None and (found.relation.candidate_id if isinstance(of, Candidate) else found.relation.post.host_id) == of.pk
    if found is None or not mine:
        raise Refused(_("Cet entretien n’existe pas."), code="unknown", status=404)
    return found


def answer(candidate: Candidate, pk: int, *, wish: str = "") -> Interview:
    """The person accepts the slot, or asks for another one in their words. Raises Refused for a slot that is over."""
    with transaction.atomic(), system_scope():
        found = _mine(candidate, pk)
        if found.relation.state not in OPEN:
            raise Refused(_("Cette proposition est « %(state)s ».") % {"state": found.relation.get_state_display()}, code="move")
        if found.starts_at <= timezone.now():
            raise Refused(_("Ce créneau est passé."), code="late")
        found.wish = wish.strip()[:200]
        before = _shift(found, InterviewState.OTHER_ASKED if found.wish else InterviewState.ACCEPTED)
        mails.interview_answered(found)
        _told(candidate, found, before)
        return found


def cancel(host: Host, pk: int) -> Interview:
    """The structure takes the slot back."""
    with transaction.atomic(), system_scope():
        found = _mine(host, pk)
        before = _shift(found, InterviewState.CANCELLED)
        mails.interview_proposed(found)
        _told(host, found, before)
        return found


def tell_outcome(host: Host, pk: int, outcome: str, reason: str) -> Interview:
    """What the structure says after the interview, with its reason. Raises Refused before the slot has begun, or without a reason."""
    with transaction.atomic(), system_scope():
        found = _mine(host, pk)
        if outcome not in Outcome.values:
            raise Refused(_("Choisissez ce que l’entretien a donné."), field="outcome", code="outcome")
        if not reason.strip():
            raise Refused(_("Dites pourquoi, en une phrase : la personne le lira."), field="reason", code="reason")
        if found.starts_at > timezone.now():
            raise Refused(_("L’entretien n’a pas encore eu lieu."), code="early")
        found.outcome, found.reason = outcome, reason.strip()[:200]
        before = _shift(found, InterviewState.DONE)
        _told(host, found, before, {"outcome": outcome})
        return found
