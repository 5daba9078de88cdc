"""The call for proposals: somebody proposes without an account, readers score, organisers decide, speakers confirm, anybody withdraws.

The author knows a proposal by its code; the acts of the public are done on behalf of the house, since nobody is signed in.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.bookings.contacts import read_contact
from yole.events import contacts, permissions, services_messages
from yole.events.enums import OPEN_PROPOSALS, PROPOSABLE, TAKEN_PROPOSALS, EditionStatus, ProposalState, Sex
from yole.events.models import CODE_LENGTH, Edition, Proposal, Review, Speaker, Track
from yole.events.services_editions import note
from yole.journal.references import reference
from yole.kernel.codes import new_code
from yole.organisations.acting import allow
from yole.organisations.models import Account

SPEAKERS_MAX = 8
DECISIONS = (ProposalState.TO_COMPLETE, ProposalState.ACCEPTED, ProposalState.REFUSED)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form of the call holds. `name`, `contact`, `biography`, `organisation`: the author's; `others`: names of who speaks too."""

    title: str
    abstract: str
    kind: str
    minutes: int
    name: str
    contact: str
    key: uuid.UUID
    biography: str = ""
    organisation: str = ""
    others: Sequence[str] = ()
    wanted_capacity: int | None = None
    needs: str = ""
    step_free: bool = False
    languages: Sequence[str] = ("fr",)
    available: Sequence[str] = ()
    track: Track | None = None


def call_is_open(of: Edition, today: date) -> bool:
    return of.status == EditionStatus.CALL_OPEN and (of.call_closes_on is None or today <= of.call_closes_on)


def _clean(of: Edition, draft: Draft) -> list[str]:
    """Names of the speakers, the author first. Raises Refused for what is missing or out of range."""
    if not draft.title.strip():
        raise Refused(_("Écrivez un titre."), field="title", code="missing")
    if draft.kind not in PROPOSABLE:
        raise Refused(_("Choisissez un format de la liste."), field="kind", code="unknown")
    if not 5 <= draft.minutes <= 240:
        raise Refused(_("Une séance dure de 5 à 240 minutes."), field="minutes", code="range")
    if draft.track is not None and draft.track.edition_id != of.pk:
        raise Refused(_("Ce thème est celui d’une autre édition."), field="track", code="unknown")
    contact = read_contact(draft.contact)
    if not (contact.email or contact.phone):
        raise Refused(_("Écrivez un e-mail ou un téléphone, pour la réponse."), field="contact", code="missing")
    names = [" ".join(name.split())[:120] for name in (draft.name, *draft.others)]
    if not names[0]:
        raise Refused(_("Écrivez votre nom."), field="name", code="missing")
    names = list(dict.fromkeys(name for name in names if name))
    if len(names) > SPEAKERS_MAX:
        raise Refused(_("%(most)d personnes au plus par proposition.") % {"most": SPEAKERS_MAX}, field="others", code="range")
    return names


def _fill(proposal: Proposal, draft: Draft) -> None:
    proposal.title = " ".join(draft.title.split())[:150]
    proposal.abstract = draft.abstract.strip()[:2000]
    proposal.kind, proposal.minutes, proposal.track = draft.kind, draft.minutes, draft.track
    proposal.wanted_capacity, proposal.needs, proposal.step_free = draft.wanted_capacity, draft.needs.strip()[:300], draft.step_free
    proposal.languages, proposal.available = list(draft.languages), list(draft.available)


def _set_speakers(proposal: Proposal, names: Sequence[str], draft: Draft) -> None:
    """The author is the one with a contact; the others are kept by name, added or taken away."""
    known = {speaker.name: speaker for speaker in proposal.speakers.all()}
    author = next((one for one in known.values() if one.contact_sealed is not None), None) or Speaker(edition_id=proposal.edition_id)
    author.name, author.biography, author.organisation = names[0], draft.biography.strip()[:2000], draft.organisation.strip()[:150]
    contacts.seal(author, draft.contact.strip())
    author.save()
    kept = [author]
    for name in names[1:]:
        other = known.get(name)
        if other is None or other.pk == author.pk:
            other = Speaker.objects.create(edition_id=proposal.edition_id, name=name)
        kept.append(other)
    gone = [one.pk for one in known.values() if one.pk not in {speaker.pk for speaker in kept}]
    proposal.speakers.set(kept)
    Speaker.objects.filter(pk__in=gone, proposals__isnull=True, slot_speakers__isnull=True).delete()


@system_scope()
def submit(of: Edition, draft: Draft) -> Proposal:
    """Somebody proposes. The same `key` is the same proposal. Raises Refused when the call is closed or something is missing (field)."""
    again = Proposal.objects.filter(key=draft.key, edition=of).first()
    if again is not None:
        return again
    if not call_is_open(of, timezone.localdate()):
        raise Refused(_("L’appel à propositions est fermé."), remedy=_("Écrivez à l’organisation."), code="closed")
    names = _clean(of, draft)
    for _attempt in range(5):
        try:
            with transaction.atomic():
                proposal = Proposal(edition=of, code=new_code(CODE_LENGTH), key=draft.key)
                _fill(proposal, draft)
                proposal.save()
                _set_speakers(proposal, names, draft)
                return proposal
        except IntegrityError:
            again = Proposal.objects.filter(key=draft.key).first()
            if again is not None:
                return again
    raise Refused(_("Essayez encore dans une minute."), code="busy", status=503)


@system_scope()
@transaction.atomic
def change_by_author(proposal: Proposal, draft: Draft) -> Proposal:
    """The author completes or corrects, as long as nothing is decided. What was « à compléter » is received again."""
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state not in OPEN_PROPOSALS:
        raise Refused(_("Une décision est prise : la proposition ne change plus."), remedy=_("Écrivez à l’organisation."), code="decided")
    names = _clean(row.edition, draft)
    _fill(row, draft)
    row.state = ProposalState.SUBMITTED
    row.save()
    _set_speakers(row, names, draft)
    return row


@system_scope()
@transaction.atomic
def withdraw(proposal: Proposal) -> Proposal:
    """The author withdraws; twice changes nothing. A slot that comes from it stays in the programme until an organiser takes it away."""
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state in (ProposalState.WITHDRAWN, ProposalState.REFUSED):
        return row
    row.state = ProposalState.WITHDRAWN
    row.save(update_fields=["state", "changed_at"])
    return row


@dataclass(frozen=True, slots=True)
class Consent:
    """What one speaker agrees to when the session is confirmed. `sex` is declared, optional, counted only."""

    speaker: uuid.UUID
    publication: bool
    recording: bool
    sex: str = Sex.UNKNOWN


@system_scope()
@transaction.atomic
def confirm(proposal: Proposal, consents: Sequence[Consent]) -> Proposal:
    """The author confirms an accepted proposal and says, for each speaker, what they agree to. Raises Refused unless it was accepted."""
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state not in TAKEN_PROPOSALS:
        raise Refused(_("Cette proposition n’attend pas de confirmation."), code="step")
    speakers = {speaker.pk: speaker for speaker in row.speakers.all()}
    if {one.speaker for one in consents} != set(speakers):
        raise Refused(_("Répondez pour chaque personne qui intervient."), code="missing")
    now = timezone.now()
    for one in consents:
        if one.sex not in Sex.values:
            raise Refused(_("Choisissez une réponse de la liste."), field="sex", code="unknown")
        speaker = speakers[one.speaker]
        speaker.publication_agreed_at = (speaker.publication_agreed_at or now) if one.publication else None
        speaker.recording_agreed_at = (speaker.recording_agreed_at or now) if one.recording else None
        speaker.sex = one.sex
        speaker.save(update_fields=["publication_agreed_at", "recording_agreed_at", "sex"])
    row.state = ProposalState.CONFIRMED
    row.save(update_fields=["state", "changed_at"])
    return row


# Readers and organisers


@transaction.atomic
def review(account: Account, proposal: Proposal, *, score: int | None, comment: str = "", conflict: bool = False) -> Review:
    """What a reader thinks, once per reader, changed as long as nothing is decided. A conflict of interest has no score."""
    allow(account, permissions.REVIEW, proposal.edition.territory_id)
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state not in OPEN_PROPOSALS:
        raise Refused("Une décision est prise : les avis ne changent plus.", code="decided")
    if conflict:
        score = None
    elif score is None or not 1 <= score <= 5:
        raise Refused("Donnez une note de 1 à 5, ou dites votre conflit d’intérêts.", field="score", code="range")
    made, _created = Review.objects.update_or_create(
        proposal=row,
        account=account,
        defaults={"score": score, "comment": comment.strip()[:1000], "conflict": conflict, "at": timezone.now()},
    )
    return made


@transaction.atomic
def decide(account: Account | None, proposal: Proposal, state: str, *, answer: str = "") -> Proposal:
    """Accepts, refuses with an answer, or asks to complete, and has the author told. Whoever declared a conflict of interest does not."""
    allow(account, permissions.DECIDE, proposal.edition.territory_id)
    if state not in DECISIONS:
        raise Refused("Choisissez une décision.", field="state", code="unknown")
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state in (ProposalState.WITHDRAWN, ProposalState.CONFIRMED):
        raise Refused(f"La proposition est « {ProposalState(row.state).label} » : elle ne se décide plus.", code="step")
    if account is not None and row.reviews.filter(account=account, conflict=True).exists():
        raise Refused("Vous avez dit un conflit d’intérêts : une autre personne décide.", code="conflict", status=403)
    answer = answer.strip()[:1000]
    if state != ProposalState.ACCEPTED and not answer:
        raise Refused("Écrivez la réponse : l’auteur la lira.", field="answer", code="missing")
    if (row.state, row.answer) == (state, answer):
        return row  # a double click is one decision
    row.state, row.answer = state, answer
    row.decided_at = None if state == ProposalState.TO_COMPLETE else timezone.now()
    row.save(update_fields=["state", "answer", "decided_at", "changed_at"])
    note(
        account,
        "events.decide",
        row.edition,
        reference("proposal", row.pk),
        {"decision": state, "told": services_messages.tell_author(row)},
    )
    return row
