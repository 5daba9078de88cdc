"""Acts on follow-ups: opened with the person's agreement, moved on step by step, told by a named person. Nothing here decides a right."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account, Structure
from yole.people import selectors as people
from yole.people.models import Person
from yole.rights import permissions, selectors
from yole.rights.catalog import benefits
from yole.rights.enums import Answer, Outcome, Step
from yole.rights.models import FollowUp, Screening
from yole.territory.selectors import today

REMIND_AFTER = {
    Step.IDENTIFIED: timedelta(days=14),
    Step.PREPARED: timedelta(days=14),
    Step.FILED: timedelta(days=60),
    Step.APPEAL: timedelta(days=60),
}
_NEXT = {
    Step.IDENTIFIED: {Step.PREPARED, Step.FILED, Step.CLOSED},
    Step.PREPARED: {Step.FILED, Step.CLOSED},
    Step.FILED: {Step.ANSWERED, Step.CLOSED},
    Step.ANSWERED: {Step.APPEAL},
    Step.APPEAL: {Step.ANSWERED},
    Step.CLOSED: frozenset(),
}


def _act(account: Account, action: str, row: FollowUp, body: dict[str, Any]) -> None:
    """The journal knows the benefit, the step and the versions, by references; never an answer, never a name."""
    organisation = reference("structure", row.structure_id)
    plain = {"benefit": row.benefit, "step": str(row.step), **body}
    record(action, reference("account", account.pk), reference("right", row.pk), plain, organisation=organisation)


@transaction.atomic
def open_follow_ups(
    account: Account, code: str, chosen: list[str], result: dict[str, Any], *, inputs_hash: str, commune: str, agreed: bool
) -> list[FollowUp]:
    """Follows the chosen rights of a person, known by the code of their card. `result` is the evaluation that was shown.

    Raises Refused: no agreement, unknown card, nothing chosen, a benefit that the result does not hold, one already followed.
    """
    require(account, permissions.FOLLOW)
    if not agreed:
        raise Refused(
            "Il faut l’accord de la personne.",
            field="agreed",
            code="no-agreement",
            remedy="Sans accord, imprimez la feuille : rien n’est gardé.",
        )
    person = people.by_code(account, code)
    if person is None or account.structure is None:
        raise Refused(
            "Cette carte n’est pas connue de votre structure.",
            field="code",
            code="unknown-card",
            remedy="Vérifiez le code, en haut de la carte.",
        )
    found = {entry["id"]: entry for entry in result["benefits"]}
    if not chosen:
        raise Refused("Choisissez au moins un droit à suivre.", field="chosen", code="nothing-chosen")
    if any(name not in found or found[name]["verdict"] == "no" for name in chosen):
        raise Refused("Ce droit n’est pas dans le résultat.", field="chosen", code="not-in-result")
    made = []
    for name in dict.fromkeys(chosen):
        made.append(_open(account, account.structure, person, found[name], result, inputs_hash, commune))
    for row in made:
        versions = {"inputs": inputs_hash, "engine": row.engine, "rules": row.rules_dated.isoformat(), "verdict": row.verdict}
        _act(account, "rights.follow", row, {**versions, "seed": int(result["engine"]["seed"])})
    return made


def _open(
    account: Account, structure: Structure, person: Person, entry: dict[str, Any], result: dict[str, Any], inputs_hash: str, commune: str
) -> FollowUp:
    engine = result["engine"]
    try:
        with transaction.atomic():
            return FollowUp.objects.create(
                territory=account.territory,
                structure=structure,
                person=person,
                benefit=entry["id"],
                commune=commune,
                identified_on=today(),
                remind_on=today() + REMIND_AFTER[Step.IDENTIFIED],
                period=entry["period"],
                verdict=entry["verdict"],
                probability=entry["probability"],
                inputs_hash=inputs_hash,
                engine=f"openfisca-france {engine['openfisca_france']}, core {engine['openfisca_core']}",
                rules_dated=date.fromisoformat(entry["rules_dated"]),
                told_by=account,
                is_fictional=person.is_fictional,
            )
    except IntegrityError:
        label = benefits()[entry["id"]].label
        raise Refused(f"{label} : ce droit est déjà suivi pour cette personne.", field="chosen", code="already-followed") from None


def _locked(account: Account, pk: UUID) -> FollowUp:
    require(account, permissions.FOLLOW)
    found = selectors.follow_up(account, pk)
    row = FollowUp.objects.select_for_update().get(pk=found.pk) if found is not None else None
    if row is None:
        raise Refused("Ce suivi n’existe pas, ou votre structure ne le tient pas.", code="not-found", status=404)
    return row


def _move(row: FollowUp, step: Step, day: date) -> None:
    if step not in _NEXT[Step(row.step)]:
        raise Refused(f"Ce suivi en est à « {row.get_step_display()} » : cette étape n’est pas la suivante.", code="wrong-step")
    if day > today():
        raise Refused("Cette date est dans le futur.", field="day", code="future")
    if day < row.identified_on:
        raise Refused(
            "Cette date est avant le repérage du droit.",
            field="day",
            code="too-early",
            remedy=f"Au plus tôt le {row.identified_on:%d/%m/%Y}.",
        )
    row.step, row.changed_at = step, timezone.now()
    row.remind_on = day + REMIND_AFTER[step] if step in REMIND_AFTER else None


@transaction.atomic
def prepare(account: Account, pk: UUID, day: date) -> FollowUp:
    """The papers of the claim are together. Raises Refused for another's follow-up, another step, or an impossible day."""
    row = _locked(account, pk)
    _move(row, Step.PREPARED, day)
    row.prepared_on = day
    row.save()
    _act(account, "rights.prepare", row, {"on": day.isoformat()})
    return row


@transaction.atomic
def file_claim(account: Account, pk: UUID, day: date) -> FollowUp:
    """The claim was filed with the office, by the person or with a mandate."""
    row = _locked(account, pk)
    _move(row, Step.FILED, day)
    row.filed_on = day
    row.save()
    _act(account, "rights.file", row, {"on": day.isoformat()})
    return row


@transaction.atomic
def note_answer(
    account: Account, pk: UUID, day: date, answer: str, *, amount: Decimal | None = None, refusal_reason: str = "", outcome: str = ""
) -> FollowUp:
    """What the office answered. Raises Refused for an amount with a refusal, or a refusal without a reason."""
    row = _locked(account, pk)
    if answer not in Answer.values:
        raise Refused("Choisissez la réponse de l’organisme.", field="answer", code="no-answer")
    if answer == Answer.REFUSED and not refusal_reason:
        raise Refused(
            "Dites le motif donné par l’organisme.",
            field="refusal_reason",
            code="no-reason",
            remedy="« Motif non communiqué » est possible.",
        )
    if answer == Answer.REFUSED and amount is not None:
        raise Refused("Un refus n’a pas de montant.", field="amount", code="amount-with-refusal")
    _move(row, Step.ANSWERED, day)
    if row.filed_on and day < row.filed_on:
        raise Refused("La réponse est avant la demande.", field="day", code="before-claim")
    row.answer, row.answered_on = answer, day
    row.amount = amount if answer == Answer.GRANTED else None
    row.refusal_reason = refusal_reason if answer == Answer.REFUSED else ""
    row.outcome = outcome
    row.save()
    _act(
        account,
        "rights.answer",
        row,
        {"on": day.isoformat(), "answer": str(answer), "amount": "" if row.amount is None else str(row.amount)},
    )
    return row


@transaction.atomic
def appeal(account: Account, pk: UUID, day: date) -> FollowUp:
    """The person contests a refusal. Raises Refused when the office did not refuse."""
    row = _locked(account, pk)
    if row.answer != Answer.REFUSED:
        raise Refused("Un recours suit un refus de l’organisme.", code="no-refusal")
    _move(row, Step.APPEAL, day)
    row.appeal_on = day
    row.save()
    _act(account, "rights.appeal", row, {"on": day.isoformat()})
    return row


@transaction.atomic
def close(account: Account, pk: UUID, outcome: str, reason: str = "") -> FollowUp:
    """Ends a follow-up without a claim, saying why. Raises Refused without a reason when the person does not wish to claim."""
    row = _locked(account, pk)
    if outcome not in Outcome.values:
        raise Refused("Dites pourquoi il n’y a pas de demande.", field="outcome", code="no-outcome")
    if outcome == Outcome.NOT_ASKED and not reason:
        raise Refused("Dites la raison que donne la personne.", field="reason", code="no-reason", remedy="« Autre raison » est possible.")
    _move(row, Step.CLOSED, today())
    row.outcome, row.reason = outcome, reason
    row.save()
    _act(account, "rights.close", row, {"outcome": outcome})
    return row


@transaction.atomic
def contest(account: Account, pk: UUID) -> FollowUp:
    """The person disagrees with what was told: somebody else of the structure has to check it."""
    row = _locked(account, pk)
    if row.contested_at and not row.reviewed_at:
        raise Refused("Une vérification est déjà demandée.", code="already-contested")
    row.contested_at, row.reviewed_by, row.reviewed_at = timezone.now(), None, None
    row.save()
    _act(account, "rights.contest", row, {})
    return row


@transaction.atomic
def review(account: Account, pk: UUID, words: str) -> FollowUp:
    """A second named person checked what was told; `words` says what they found, and why the result is overruled if it is."""
    row = _locked(account, pk)
    if row.contested_at is None or row.reviewed_at is not None:
        raise Refused("Aucune vérification n’est demandée.", code="not-contested")
    if row.told_by_id == account.pk:
        raise Refused("Une autre personne que celle qui a donné le résultat doit vérifier.", code="same-person")
    if not words.strip():
        raise Refused("Dites ce que vous avez trouvé.", field="words", code="no-words")
    row.reviewed_by, row.reviewed_at, row.overruled = account, timezone.now(), words.strip()[:300]
    row.save()
    _act(account, "rights.review", row, {})
    return row


@transaction.atomic
def note_screening(account: Account, purpose: str, households: int) -> Screening:
    """That a list was screened, for which purpose; the list itself is not kept."""
    require(account, permissions.SCREEN)
    if account.structure_id is None:
        raise Refused("Une liste est examinée par une structure.", code="no-structure", status=403)
    made = Screening.objects.create(
        territory=account.territory, structure_id=account.structure_id, by=account, purpose=purpose, households=households
    )
    organisation = reference("structure", account.structure_id)
    body = {"purpose": str(purpose), "households": households}
    record("rights.screen", reference("account", account.pk), reference("screening", made.pk), body, organisation=organisation)
    return made
