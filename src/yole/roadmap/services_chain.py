"""From what was said to what is promised: takeaways, proposals, public answers, reviews. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from yole.base.errors import Refused
from yole.base.registries import TAKEAWAYS
from yole.base.registries import Takeaway as Offer
from yole.debates.selectors import SOURCE as CAFES
from yole.debates.services_after import note_taken
from yole.organisations.acting import allow
from yole.organisations.models import Account
from yole.roadmap import permissions
from yole.roadmap.enums import Answer
from yole.roadmap.models import Commitment, Committed, Committee, Proposal, ProposalAnswer, Review, ReviewDecision, Roadmap, Takeaway
from yole.roadmap.models_owned import new_uid
from yole.roadmap.services import filled, prove, same_territory
from yole.roadmap.services_commitments import change_commitment
from yole.territory.models import Territory
from yole.territory.selectors import today

TYPED = "saisie"


def _share(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 2)))


@transaction.atomic
def keep_offer(account: Account | None, territory: Territory, source: str, key: str) -> Takeaway:
    """Keeps a takeaway that another room offers, once, as it was said. Raises Refused when the room no longer offers it."""
    allow(account, permissions.GATHER, territory.pk)
    known = Takeaway.objects.filter(territory=territory, source=source, key=key).first()
    if known is not None:
        return known
    read = TAKEAWAYS.get(source)
    found: Offer | None = next((one for one in read(territory.pk) if one.key == key), None) if read is not None else None
    if found is None:
        raise Refused("Cet enseignement n’est plus proposé.", remedy="Rechargez la page.", code="gone")
    return Takeaway.objects.create(
        territory=territory, source=source, key=key, label=found.label[:250], day=found.day, words=found.text[:1000], agree=found.agree,
        voters=found.voters, low=_share(found.low), high=_share(found.high), url=found.url if len(found.url) <= 300 else "",
        is_fictional="fictif" in found.label,
    )  # fmt: skip


@transaction.atomic
def add_takeaway(
    account: Account | None, territory: Territory, *, words: str, label: str, day: date, is_fictional: bool = False
) -> Takeaway:
    """A takeaway noted by hand: what was said, where, when. It names nobody. Raises Refused."""
    allow(account, permissions.GATHER, territory.pk)
    if day > today():
        raise Refused("Ce jour n’est pas encore venu.", field="day", code="future")
    return Takeaway.objects.create(
        territory=territory, source=TYPED, key=new_uid(), words=filled(words, "words", "Écrivez ce qui a été dit."),
        label=filled(label, "label", "Dites où cela a été dit."), day=day, is_fictional=is_fictional,
    )  # fmt: skip


@transaction.atomic
def create_proposal(
    account: Account | None, territory: Territory, *, title: str, takeaways: Sequence[Takeaway], details: str = "",
    is_fictional: bool = False,
) -> Proposal:  # fmt: skip
    """One proposal out of one takeaway or several that say the same. Raises Refused without any."""
    allow(account, permissions.GATHER, territory.pk)
    if not takeaways:
        raise Refused("Choisissez au moins un enseignement.", remedy="Une proposition vient de ce qui a été dit.", code="missing")
    for one in takeaways:
        same_territory(territory.pk, takeaways=one)
    made = Proposal.objects.create(
        territory=territory, title=filled(title, "title", "Écrivez la proposition en une phrase."), details=details.strip(),
        is_fictional=is_fictional,
    )  # fmt: skip
    made.takeaways.set(takeaways)
    _tell_cafes(made, takeaways)
    return made


def _tell_cafes(proposal: Proposal, takeaways: Sequence[Takeaway]) -> None:
    """A café knows that its idea went into a proposal. Raises Refused for an idea that it took back meanwhile."""
    for one in takeaways:
        if one.source == CAFES and one.key.isascii() and one.key.isdigit():
            note_taken(int(one.key), f"proposition:{proposal.pk}")


@transaction.atomic
def merge_takeaways(account: Account | None, proposal: Proposal, takeaways: Sequence[Takeaway]) -> Proposal:
    """Adds takeaways to a proposal that nobody answered yet."""
    allow(account, permissions.GATHER, proposal.territory_id)
    if proposal.answer != Answer.WAITING:
        raise Refused("Cette proposition a déjà une réponse.", remedy="Faites-en une autre.", code="answered")
    for one in takeaways:
        same_territory(proposal.territory_id, takeaways=one)
    proposal.takeaways.add(*takeaways)
    _tell_cafes(proposal, takeaways)
    return proposal


@transaction.atomic
def answer(account: Account | None, proposal: Proposal, *, answer: str, reason: str, committee: Committee, day: date) -> ProposalAnswer:
    """The public answer of a committee. Another one may follow; every one stays. Raises Refused."""
    allow(account, permissions.ANSWER, proposal.territory_id)
    same_territory(proposal.territory_id, committee=committee)
    if answer not in (Answer.RETAINED, Answer.STUDIED, Answer.REJECTED):
        raise Refused("Choisissez une réponse.", field="answer", code="unknown")
    if day > today():
        raise Refused("Ce jour n’est pas encore venu.", field="day", code="future")
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if answer != Answer.RETAINED and Committed.objects.filter(proposal=locked).exists():
        raise Refused("Cette proposition est devenue un engagement.", remedy="Abandonnez d’abord l’engagement.", code="committed")
    made = ProposalAnswer.objects.create(
        territory_id=locked.territory_id, proposal=locked, answer=answer, committee=committee, day=day,
        reason=filled(reason, "reason", "Écrivez la raison : elle est publique."), author=account.pk if account is not None else None,
    )  # fmt: skip
    locked.answer = answer
    locked.save(update_fields=["answer"])
    prove("answer", account, "proposal", locked.pk, {"answer": answer})
    return made


@transaction.atomic
def link(account: Account | None, proposal: Proposal, commitment: Commitment) -> None:
    """The proposal became this commitment. Raises Refused unless it was retained."""
    allow(account, permissions.WRITE, proposal.territory_id)
    same_territory(proposal.territory_id, commitment=commitment)
    if Proposal.objects.select_for_update().get(pk=proposal.pk).answer != Answer.RETAINED:
        raise Refused("Cette proposition n’est pas retenue.", remedy="Le comité répond d’abord.", code="not-retained")
    Committed.objects.get_or_create(proposal=proposal, commitment=commitment)


@transaction.atomic
def hold_review(
    account: Account | None, roadmap: Roadmap, *, title: str, held_on: date, decision: str, committee: Committee | None = None,
    next_on: date | None = None, is_fictional: bool = False,
) -> Review:  # fmt: skip
    """A meeting that looked at the commitments. Raises Refused."""
    allow(account, permissions.WRITE, roadmap.territory_id)
    same_territory(roadmap.territory_id, committee=committee)
    if next_on is not None and next_on <= held_on:
        raise Refused("La prochaine réunion vient après celle-ci.", field="next_on", code="order")
    return Review.objects.create(
        territory_id=roadmap.territory_id, roadmap=roadmap, committee=committee, title=filled(title, "title", "Écrivez un titre."),
        held_on=held_on, decision=filled(decision, "decision", "Écrivez ce qui a été décidé."), next_on=next_on, is_fictional=is_fictional,
    )  # fmt: skip


@transaction.atomic
def decide(account: Account | None, review: Review, commitment: Commitment, *, words: str, due_on: date | None = None) -> ReviewDecision:
    """What a review decided of a commitment. A moved deadline keeps the old one in its history. Raises Refused."""
    allow(account, permissions.WRITE, review.territory_id)
    if commitment.roadmap_id != review.roadmap_id:
        raise Refused("Cet engagement est d’une autre feuille de route.", field="commitment", code="elsewhere")
    if ReviewDecision.objects.filter(review=review, commitment=commitment).exists():
        raise Refused("Cette revue a déjà décidé de cet engagement.", code="done")
    text = filled(words, "words", "Écrivez la décision.")
    made = ReviewDecision.objects.create(territory_id=review.territory_id, review=review, commitment=commitment, words=text)
    fields: dict[str, Any] = {"due_on": due_on} if due_on is not None and due_on != commitment.due_on else {}
    if fields:
        change_commitment(account, commitment, reason=text[:400], review=review, **fields)
    return made
