"""Enrolment as people and desks do it: one person, a household, a pasted list, somebody sent by a partner; answers to offers; cancelling.

Public acts know a booking by its code or by a signed link; desk acts by the booking's id and the account.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.bookings import services as bookings
from yole.bookings.contacts import read_contact
from yole.bookings.engine.pasted import PastedError, PastedPerson
from yole.bookings.enums import Source
from yole.bookings.groups import each_person
from yole.bookings.models import Booking, Capacity
from yole.bookings.services import Outcome, Request
from yole.journal import services as journal
from yole.journal.references import reference
from yole.organisations.acting import allow, name_of
from yole.organisations.models import Account, Structure
from yole.people import selectors as people
from yole.workshops import permissions
from yole.workshops.enums import SessionState
from yole.workshops.models import Cohort, Session

CONSENT_VERSION = "ateliers-2026-11"
PUBLIC = "Site public"


def consent_text() -> str:
    """What a person agrees to when they enrol, in the version CONSENT_VERSION."""
    return _(
        "Vos réponses servent à cet atelier et à vous prévenir. Elles sont effacées 30 jours après. "
        "Quand l’atelier est financé, la feuille de présence garde votre nom jusqu’à la date prévue par le financeur."
    )


@dataclass(frozen=True, slots=True)
class Form:
    """What a person fills in. `contact` is as typed (e-mail or telephone, or empty); `key` comes with the displayed form."""

    name: str
    key: uuid.UUID
    contact: str = ""
    no_contact: bool = False
    needs: Sequence[str] = ()
    needs_note: str = ""
    size: int = 1
    consent: bool = False


def _target(of: Session | Cohort) -> int:
    """The capacity that an enrolment is for; a cohort's session stands for its cohort. Raises Refused when there is none."""
    if isinstance(of, Session):
        if of.state == SessionState.CANCELLED:
            raise Refused(
                _("Cette séance est annulée : %(reason)s") % {"reason": of.state_reason},
                remedy=_("Choisissez une autre date."),
                code="cancelled",
            )
        if of.cohort is not None:
            return of.cohort.capacity_id
        if of.capacity_id is None:
            raise Refused(_("Venez sans inscription : la porte est ouverte."), code="drop-in")
        return of.capacity_id
    return of.capacity_id


def _request(form: Form, source: Source, **more: object) -> Request:
    return Request(
        name=form.name,
        consent_version=CONSENT_VERSION if form.consent else "",
        idempotency_key=form.key,
        contact=read_contact(form.contact),
        no_contact=form.no_contact,
        needs=form.needs,
        needs_note=form.needs_note,
        size=form.size,
        source=source,
        **more,  # type: ignore[arg-type]  # structure, prescriber, prescriber_agreed, person of the callers below
    )


@system_scope()
def enrol(of: Session | Cohort, form: Form) -> Outcome:
    """Somebody enrols by themselves. See bookings.services.book for what is refused, and Outcome for a repeated request."""
    return bookings.book(_target(of), _request(form, Source.PUBLIC), by=PUBLIC)


def enrol_at_desk(
    account: Account, of: Session | Cohort, form: Form, *, structure: Structure | None = None, person: uuid.UUID | None = None
) -> Outcome:
    """An adviser enrols somebody, until the end of the session; `person`: from the card that their structure has of them."""
    _allow(account, permissions.ENROL, of)
    if person is not None and not people.visible(account).filter(pk=person, anonymised_at__isnull=True).exists():
        raise Refused(
            "Cette personne n’est pas suivie par votre structure.", remedy="Inscrivez-la sans sa fiche.", code="person", status=403
        )
    request = _request(form, Source.DESK, structure=structure or account.structure, person=person)
    return bookings.book(_target(of), request, by=name_of(account), at_desk=True)


def prescribe(account: Account, of: Session | Cohort, form: Form, *, agreed: bool) -> Outcome:
    """A partner sends somebody, with their agreement that the partner learns whether they came, and only that."""
    _allow(account, permissions.PRESCRIBE, of)
    request = _request(form, Source.PRESCRIPTION, structure=account.structure, prescriber=account, prescriber_agreed=agreed)
    return bookings.book(_target(of), request, by=name_of(account), at_desk=True)


def _allow(account: Account, act: str, of: Session | Cohort) -> None:
    allow(account, act, of.territory_id if isinstance(of, Session) else of.programme.territory_id)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One person of a pasted list. `code` and `state` of the booking; `again`: was already enrolled."""

    line: int
    name: str
    booking: Booking
    again: bool


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    lines: tuple[GroupLine, ...]
    errors: tuple[PastedError, ...]


def enrol_group(
    account: Account, of: Session | Cohort, text: str, *, key: uuid.UUID, consent: bool, structure: Structure | None = None
) -> GroupOutcome:
    """Enrols every usable line of a pasted list and reports the others; nothing is lost when a line is wrong.

    `key` is the form's: sending it again enrols nobody twice. `consent`: the structure says that each person agreed.
    """
    _allow(account, permissions.ENROL, of)
    target = _target(of)

    def book(person: PastedPerson, own: uuid.UUID) -> GroupLine:
        request = Request(
            name=person.name,
            consent_version=CONSENT_VERSION,
            idempotency_key=own,
            contact=read_contact(person.contact),
            source=Source.GROUP,
            structure=structure or account.structure,
        )
        outcome = bookings.book(target, request, by=name_of(account), at_desk=True)
        return GroupLine(person.line, person.name, outcome.booking, bool(outcome.repeat))

    return GroupOutcome(*each_person(text, key, book, consent=consent))


# --- acts by the person, who has the code or the signed link ------------------------------------------------------------------------
# One waiting list is for everybody on it: an act by one person may move others up, so it is done on behalf of the house.


@system_scope()
def cancel_by_person(booking: Booking) -> Booking:
    """Cancels for good; the place goes to the next. Twice changes nothing."""
    return bookings.cancel(booking.pk, by=PUBLIC)


@system_scope()
def accept_by_person(booking: Booking) -> Booking:
    return bookings.accept_offer(booking.pk, by=PUBLIC)


@system_scope()
def refuse_by_person(booking: Booking) -> Booking:
    return bookings.refuse_offer(booking.pk, by=PUBLIC)


@system_scope()
@transaction.atomic
def change_by_person(booking: Booking, *, size: int, contact: str, no_contact: bool, needs: Sequence[str], needs_note: str) -> Booking:
    """Everything that the page « modifier » holds, all or nothing: what is refused leaves the enrolment as it was."""
    reach = read_contact(contact)
    if (reach.email, reach.phone, no_contact) != (booking.email, booking.phone, booking.no_contact):
        booking = bookings.change_contact(booking.pk, reach, no_contact=no_contact, by=PUBLIC)
    if list(needs) != booking.needs or needs_note != booking.needs_note:
        booking = bookings.change_needs(booking.pk, needs, needs_note)
    return bookings.change_size(booking.pk, size, by=PUBLIC) if size != booking.size else booking


# --- acts at the desk ----------------------------------------------------------------------------------------------------------------


def _at_desk(account: Account, act: str, booking_id: int) -> None:
    require(account, act)
    here = Capacity.objects.filter(bookings=booking_id)
    if not (
        here.filter(session__territory=account.territory_id).exists()
        or here.filter(cohort__programme__territory=account.territory_id).exists()
    ):
        raise Refused("Votre compte est celui d’un autre territoire.", code="forbidden", status=403)


def cancel_at_desk(account: Account, booking_id: int, *, reason: str = "", by_service: bool = False) -> Booking:
    _at_desk(account, permissions.ENROL, booking_id)
    return bookings.cancel(booking_id, by=name_of(account), reason=reason, by_service=by_service)


def accept_at_desk(account: Account, booking_id: int) -> Booking:
    """The adviser telephoned, and the person says yes."""
    _at_desk(account, permissions.ENROL, booking_id)
    return bookings.accept_offer(booking_id, by=name_of(account))


def refuse_at_desk(account: Account, booking_id: int) -> Booking:
    _at_desk(account, permissions.ENROL, booking_id)
    return bookings.refuse_offer(booking_id, by=name_of(account))


def set_priority(account: Account, booking_id: int, priority: int, reason: str) -> Booking:
    """Rank on the waiting list: 0 first, 9 last, 5 at the start; the written reason is compulsory, and the act is in the journal."""
    _at_desk(account, permissions.PRIORITY, booking_id)
    with transaction.atomic():
        booking = bookings.set_priority(booking_id, priority, reason, by=name_of(account))
        # The reason stays in the booking's history, where it can be erased; the journal proves who changed what, and when.
        journal.record("workshops.priority", reference("account", account.pk), reference("booking", booking_id), {"priority": priority})
    return booking


def change_size_at_desk(account: Account, booking_id: int, size: int) -> Booking:
    _at_desk(account, permissions.ENROL, booking_id)
    return bookings.change_size(booking_id, size, by=name_of(account))


def change_contact_at_desk(account: Account, booking_id: int, contact: str, *, no_contact: bool) -> Booking:
    _at_desk(account, permissions.ENROL, booking_id)
    return bookings.change_contact(booking_id, read_contact(contact), no_contact=no_contact, by=name_of(account))
