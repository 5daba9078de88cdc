"""Writes of a sitting: start, answer, stop, take up again, type in a paper form, send what was answered without a network."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.assessment import running, selectors
from yole.assessment.enums import ItemState, Mode, Purpose, SittingState, StopReason
from yole.assessment.models import CODE_LENGTH, Answer, Group, Item, ItemVersion, Result, Sitting
from yole.base.errors import Refused
from yole.kernel.codes import new_code
from yole.organisations.models import Account
from yole.territory.models import Territory

RESPONSES_MAX = 8
IDLE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as a page or a sheet gives it. `response`: ids of the options, empty for « Je ne sais pas »."""

    response: tuple[str, ...]
    assisted: bool = False
    seconds: int | None = None


@transaction.atomic
def start(
    territory: Territory,
    *,
    account: Account | None = None,
    purpose: str = Purpose.PLACEMENT,
    mode: str = Mode.ONLINE,
    group: Group | None = None,
    person_id: UUID | None = None,
    pair: UUID | None = None,
    supervised: bool = False,
    age_band: str = "",
    gender: str = "",
    uuid: UUID | None = None,
    prior_mean: float | None = None,
    is_fictional: bool = False,
) -> Sitting:
    """A new sitting with its first item. Nothing is asked about the person. Raises Refused when no item is in service.

    `prior_mean` is kept for placement alone: a supervised sitting or a before and after starts from the same point for everybody.
    """
    parameters = running.current_parameters()
    if parameters is None:
        raise Refused(
            _("Aucune question n’est en service."), remedy=_("Prévenez la coordination du territoire."), code="no-items", status=503
        )
    if supervised and account is None:
        raise Refused("Un passage surveillé demande un compte de l’équipe.", code="forbidden", status=403)
    if supervised or purpose != Purpose.PLACEMENT:
        prior_mean = None
    values: dict[str, Any] = {"uuid": uuid} if uuid else {}
    sitting = Sitting.objects.create(
        code=new_code(CODE_LENGTH),
        territory=territory,
        structure=account.structure if account else None,
        by=account,
        purpose=purpose,
        mode=mode,
        group=group,
        person_id=person_id,
        supervised=supervised,
        age_band=age_band,
        gender=gender,
        prior_mean=prior_mean,
        seed=secrets.randbits(53),
        parameters=parameters,
        is_fictional=is_fictional,
        **({"pair": pair} if pair else {}),
        **values,
    )
    if mode == Mode.ONLINE:
        _advance(sitting, [])
        if sitting.pending_id is None:
            raise Refused(_("Aucune question n’est en service."), code="no-items", status=503)
    return sitting


@transaction.atomic
def answer(sitting: Sitting, position: int, given: Given) -> Sitting:
    """Takes the answer to the question at `position` (from 1) and chooses the next, or ends the sitting.

    Sending the same answer again changes nothing. Another answer to a question that has one (a second device on the same code) is
    refused with code `answered`, and the sitting goes on where it is. Raises Refused `finished` after the end.
    """
    sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
    answers = selectors.answers(sitting)
    if position <= len(answers) and tuple(answers[position - 1].response) == tuple(given.response):
        return sitting
    if sitting.state != SittingState.OPEN:
        raise Refused(_("Ce diagnostic est terminé."), code="finished")
    if position != len(answers) + 1 or sitting.pending_id is None:
        raise Refused(_("Cette question a déjà sa réponse. Voici la suite."), code="answered")
    version = ItemVersion.objects.select_related("item").get(pk=sitting.pending_id)
    answers.append(_write(sitting, position, version, given))
    _advance(sitting, answers)
    return sitting


@transaction.atomic
def stop(sitting: Sitting) -> Sitting:
    """The person has had enough: the result is made of what was answered; with no answer the sitting is dropped."""
    sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if sitting.state == SittingState.OPEN:
        answers = selectors.answers(sitting)
        if answers:
            _finish(sitting, answers, StopReason.PERSON)
        else:
            sitting.state, sitting.pending = SittingState.EXPIRED, None
            sitting.save(update_fields=["state", "pending"])
    return sitting


@transaction.atomic
def go_on(sitting: Sitting, more: str) -> Sitting:
    """Takes a finished sitting up again: `areas` until each area can be shown, `level` for at most 5 questions more.

    The first result stays until the new one replaces it. Raises Refused when there is nothing more to learn, or a day after the end.
    """
    sitting = Sitting.objects.select_for_update().select_related("parameters").get(pk=sitting.pk)
    if sitting.state == SittingState.OPEN:
        return sitting
    answers = selectors.answers(sitting)
    if more not in selectors.more_offered(sitting, len(answers)):
        raise Refused(_("Ce diagnostic ne peut plus continuer."), remedy=_("Faites-en un nouveau."), code="finished")
    sitting.state, sitting.more, sitting.more_from = SittingState.OPEN, more, len(answers)
    sitting.save(update_fields=["state", "more", "more_from"])
    _advance(sitting, answers)
    return sitting


@transaction.atomic
def receive(sitting: Sitting, given: Sequence[tuple[int, Given]], *, stop_reason: str, at: datetime | None = None) -> Sitting:
    """Answers given away from the server, (item version, answer) in order: a tablet without network, or a paper form typed in.

    The server computes the result again from the answers. Sending all again changes nothing.
    Raises Refused for an unknown item, an option that the item does not have, or the same item twice.
    """
    sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if sitting.state == SittingState.FINISHED:
        return sitting
    if not given:
        raise Refused(_("Aucune réponse n’a été reçue."), code="empty")
    if stop_reason not in StopReason.values:
        raise Refused(f"Raison d’arrêt inconnue : « {stop_reason} ».", field="stop_reason", code="unknown")
    known = {row.pk: row for row in ItemVersion.objects.select_related("item").filter(pk__in=[pk for pk, _ in given])}
    if len({pk for pk, _ in given}) != len(given):
        raise Refused("La même question figure deux fois.", field="answers", code="twice")
    existing = {row.version_id for row in selectors.answers(sitting)}
    answers = []
    for position, (pk, one) in enumerate(given, start=1):
        if pk not in known:
            raise Refused(f"Question inconnue à la position {position}.", field="answers", code="unknown")
        if pk not in existing:
            answers.append(_write(sitting, position, known[pk], one, at=at))
    Item.objects.filter(versions__pk__in=known).update(shown=F("shown") + 1)
    _finish(sitting, selectors.answers(sitting), stop_reason, at=at)
    return sitting


@transaction.atomic
def expire_idle() -> int:
    """Gives up sittings without an answer for 30 days, their answers deleted; one taken up again after a result keeps that result.

    Returns how many. For regular work, under `system_scope`.
    """
    idle = Sitting.objects.filter(state=SittingState.OPEN, last_at__lte=timezone.now() - IDLE)
    again = idle.exclude(result=None)
    count = 0
    for sitting in again.select_related("parameters"):
        _finish(sitting, selectors.answers(sitting), StopReason.PERSON, at=sitting.last_at)
        count += 1
    given_up = list(idle.filter(result=None).values_list("pk", flat=True))
    Answer.objects.filter(sitting__in=given_up).delete()
    Sitting.objects.filter(pk__in=given_up).update(state=SittingState.EXPIRED, pending=None, person=None, age_band="", gender="")
    return count + len(given_up)


def score_of(data: dict[str, Any], response: Sequence[str]) -> int:
    """0 or 1: the one right option, or exactly the right ones. Raises Refused for an option that the item does not have."""
    options = {option["id"]: int(option.get("score", 0)) for option in data["options"]}
    if len(response) > RESPONSES_MAX or len(set(response)) != len(response) or any(choice not in options for choice in response):
        raise Refused(_("Cette réponse n’existe pas pour cette question."), field="response", code="unknown")
    if data["type"] != "multi" and len(response) > 1:
        raise Refused(_("Choisissez une seule réponse."), field="response", code="several")
    right = {key for key, value in options.items() if value > 0}
    return int(bool(response) and set(response) == right)


def _write(sitting: Sitting, position: int, version: ItemVersion, given: Given, *, at: datetime | None = None) -> Answer:
    made = Answer.objects.create(
        sitting=sitting,
        position=position,
        version=version,
        response=list(given.response),
        score=score_of(version.data, given.response),
        counts=version.item.state == ItemState.LIVE,
        assisted=given.assisted,
        seconds=given.seconds,
        at=at or timezone.now(),
    )
    Item.objects.filter(pk=version.item_id).update(answered=F("answered") + 1)
    sitting.last_at = timezone.now()
    sitting.assisted = sitting.assisted or given.assisted
    sitting.save(update_fields=["last_at", "assisted"])
    return made


def _advance(sitting: Sitting, answers: Sequence[Answer]) -> None:
    rules = selectors.rules(sitting.territory_id)
    chosen = running.next_version(sitting, answers, rules)
    if chosen is None:
        session = running.replay(running.in_force(sitting.parameters_id), answers, sitting.prior_mean)
        _finish(sitting, answers, running.why_stop(session, answers, rules, sitting) or StopReason.BANK)
        return
    sitting.pending_id = chosen
    sitting.save(update_fields=["pending"])
    Item.objects.filter(versions__pk=chosen).update(shown=F("shown") + 1)


def _finish(sitting: Sitting, answers: Sequence[Answer], reason: str, *, at: datetime | None = None) -> None:
    if not answers:
        raise Refused(_("Aucune question n’est en service."), code="no-items", status=503)
    rules = selectors.rules(sitting.territory_id)
    found = running.measure(sitting, answers, rules, sitting.parameters.correlation)
    Result.objects.update_or_create(
        sitting=sitting,
        defaults={
            "theta": found.theta,
            "se": found.se,
            "level": found.level,
            "probability": found.probability,
            "probabilities": list(found.probabilities),
            "cuts": list(rules.cuts),
            "areas": [{"area": k + 1, "theta": theta, "se": se, "answered": count} for k, (theta, se, count) in enumerate(found.areas)],
            "answered": found.answered,
            "made_at": timezone.now(),
        },
    )
    sitting.state, sitting.stop_reason, sitting.pending = SittingState.FINISHED, reason, None
    sitting.finished_at = at or timezone.now()
    sitting.save(update_fields=["state", "stop_reason", "pending", "finished_at"])
