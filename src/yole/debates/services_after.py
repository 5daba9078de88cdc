"""After the café: who wants to know what came of it, the message they get, ideas that go to the roadmap."""

from __future__ import annotations

import json
import logging
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.addresses import site_address
from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.base.typography import NBSP, french
from yole.bookings import outbox
from yole.bookings.contacts import Contact, read_contact
from yole.bookings.enums import Channel
from yole.bookings.outbox import Text
from yole.debates import permissions
from yole.debates.enums import CafeState, Moderation
from yole.debates.guards import hosted
from yole.debates.models import Cafe, CafeContact, SentIdea
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.acting import actor
from yole.organisations.models import Account
from yole.people import sealing

CONSENT = "cafe-1"
TABLE = "debates_cafecontact"
_BATCH = 50
_log = logging.getLogger("yole.debates")


@transaction.atomic
def leave_contact(cafe_id: int, typed: str, *, agreed: bool) -> None:
    """Keeps an e-mail address or a mobile number, sealed, to tell what came of the café. Tied to the café alone: no text, no ballot, no
    hour. Raises Refused, also for a landline: nothing can be sent to it.
    """
    cafe = Cafe.objects.select_for_update(no_key=True).filter(pk=cafe_id, state=CafeState.OPEN).first()
    if cafe is None:
        raise Refused(_("La salle est fermée."), code="closed")
    if not agreed:
        raise Refused(_("Cochez la case pour que nous puissions vous écrire."), field="agreed", code="consent")
    contact = read_contact(typed)
    channel = outbox.channel_of(contact)
    if channel == Channel.CALL:
        raise Refused(
            _("Écrivez une adresse e-mail ou un numéro de mobile."), remedy=_("Exemple : 06 96 12 34 56"), field="contact", code="contact"
        )
    with system_scope():
        if cafe.contacts.count() >= max(2 * (cafe.people_counted or cafe.people_expected), 30):
            raise Refused(_("La salle a déjà laissé beaucoup d’adresses."), code="full")
        pk = uuid4()
        key, wrapped = sealing.new_key(TABLE, pk)
        sealed = sealing.seal_bytes(key, json.dumps({str(channel): contact.email or contact.phone}).encode(), TABLE, pk)
        CafeContact.objects.create(
            id=pk, cafe=cafe, wrapped_key=wrapped, sealed=sealed, consent_version=CONSENT, consent_on=timezone.localdate()
        )


def _left(contact: CafeContact) -> tuple[str, Contact]:
    """Through what somebody is told, and the address or number."""
    key = sealing.unwrap(bytes(contact.wrapped_key), TABLE, contact.pk)
    ((channel, to),) = json.loads(sealing.open_bytes(key, bytes(contact.sealed), TABLE, contact.pk)).items()
    return channel, Contact(email=to) if channel == Channel.EMAIL else Contact(phone=to)


@transaction.atomic
def ask_to_tell(account: Account | None, cafe_id: int) -> int:
    """Has a message sent to everybody who left an address, once each. Returns how many wait. Raises Refused before the closing."""
    cafe = hosted(account, cafe_id, states=[CafeState.CLOSED])
    if not cafe.orientations.exists():
        raise Refused("Dites d’abord ce qui a été décidé.", remedy="Ajoutez au moins une suite.", code="nothing-to-tell")
    with system_scope():
        waiting = cafe.contacts.filter(informed_at__isnull=True, asked_at__isnull=True).update(asked_at=timezone.now())
    if not waiting:
        raise Refused("Personne n’attend de message.", code="nobody")
    record("debates.tell", actor(account), reference("cafe", cafe.pk), {"contacts": waiting})
    return waiting


def send_due() -> int:
    """Sends the messages asked for, each claimed and committed before it is sent, so that none goes twice. Returns how many were sent."""
    sent = 0
    with system_scope():
        while True:
            now = timezone.now()
            with transaction.atomic():
                batch = list(
                    CafeContact.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
                    .filter(asked_at__isnull=False, informed_at__isnull=True, claimed_at__isnull=True)
                    .order_by("asked_at", "pk")[:_BATCH]
                )
                CafeContact.objects.filter(pk__in=[one.pk for one in batch]).update(claimed_at=now)
            if not batch:
                return sent
            for contact in CafeContact.objects.select_related("cafe").filter(pk__in=[one.pk for one in batch]):
                sent += _tell(contact)


def _tell(contact: CafeContact) -> int:
    try:
        channel, to = _left(contact)
        outbox.send(channel, to, message(contact.cafe))
    except Exception:
        # The transport's words may hold the address: they stay out of the log. The claim stays: a doubtful sending is not repeated.
        _log.warning("message about café %s could not be sent", contact.cafe_id)
        return 0
    CafeContact.objects.filter(pk=contact.pk).update(informed_at=timezone.now())
    return 1


def message(cafe: Cafe) -> Text:
    """The message: what was decided, and where everything can be read; by SMS the address alone."""
    names = {"title": cafe.title}
    lines = [_("Bonjour,"), "", _("Vous étiez au Café IA « %(title)s ». Voici ce qui a été décidé :") % names, ""]
    for one in cafe.orientations.all():
        lines.append(f"- {one.what}" + (f" ({one.who})" if one.who else ""))
    address = site_address("debates:result", cafe.pk)
    lines += ["", _("Ce que la salle a dit :"), address, "", _("Votre adresse sert à ce message seulement. Elle est effacée ensuite.")]
    subject = french(_("Ce que devient le Café IA « %(title)s »") % names)
    return Text(subject, french("\n".join(lines)) + "\n", f"{subject}{NBSP}: {address}")


@transaction.atomic
def send_idea(account: Account | None, cafe_id: int, *, contribution_id: int | None = None, statement_id: int | None = None) -> SentIdea:
    """Sends one published text, or one voted statement, to the roadmap with its figures. Raises Refused."""
    cafe = hosted(account, cafe_id, act=permissions.ROADMAP, states=[CafeState.CLOSED])
    contribution = statement = None
    if (contribution_id is None) == (statement_id is None):
        raise Refused("Choisissez un texte ou une phrase votée.", code="missing")
    if statement_id is not None:
        statement = cafe.statements.filter(pk=statement_id).first()
        if statement is None or cafe.vote_closed_at is None:
            raise Refused("Cette phrase n’a pas été votée ici.", code="unknown", status=404)
    elif contribution_id is not None:
        contribution = cafe.contributions.filter(pk=contribution_id, moderation=Moderation.PUBLISHED, merged_into__isnull=True).first()
        if contribution is None or not contribution.text:
            raise Refused("Ce texte n’est pas publié.", code="unknown", status=404)
    if SentIdea.objects.filter(contribution=contribution, statement=statement, withdrawn_at__isnull=True).exists():
        raise Refused("Cette idée est déjà partie à la feuille de route.", code="twice")
    sent = SentIdea.objects.create(cafe=cafe, contribution=contribution, statement=statement, sent_by=account)
    record("debates.send-idea", actor(account), reference("cafe-idea", sent.pk), {"cafe": reference("cafe", cafe.pk)})
    return sent


@transaction.atomic
def withdraw_idea(account: Account | None, cafe_id: int, sent_id: int) -> SentIdea:
    """Takes an idea back before the roadmap has taken it. Raises Refused."""
    cafe = hosted(account, cafe_id, act=permissions.ROADMAP)
    sent = cafe.sent_ideas.select_for_update().filter(pk=sent_id, withdrawn_at__isnull=True).first()
    if sent is None:
        raise Refused("Cette idée n’est pas à la feuille de route.", code="unknown", status=404)
    if sent.taken_as:
        raise Refused("La feuille de route a déjà repris cette idée.", code="taken")
    sent.withdrawn_at = timezone.now()
    sent.save(update_fields=["withdrawn_at"])
    record("debates.withdraw-idea", actor(account), reference("cafe-idea", sent.pk))
    return sent


@transaction.atomic
def note_taken(sent_id: int, taken_as: str) -> SentIdea | None:
    """For the roadmap: the reference that it gave to an idea (`proposition:12`), the first one kept; the café no longer takes it back.

    None for an idea that is not of this house (a roadmap read from a file). Raises Refused for one that was withdrawn.
    """
    sent = SentIdea.objects.select_for_update().filter(pk=sent_id).first()
    if sent is None:
        return None
    if sent.withdrawn_at is not None:
        raise Refused("Le café a repris une de ces idées.", remedy="Choisissez-en une autre.", code="withdrawn")
    if not sent.taken_as:
        sent.taken_as = taken_as[:80]
        sent.save(update_fields=["taken_as"])
    return sent
