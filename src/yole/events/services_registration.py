"""Registration for an edition and its limited slots, on the places of `bookings`: the same acts as for workshops.

A registration is one booking of the edition, whose code opens everything, and one booking per limited slot. Locks are taken in one order:
the places of the edition, then those of the slots by number of their capacity; two people never wait for each other in a circle.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.bookings import services as bookings
from yole.bookings.contacts import read_contact
from yole.bookings.engine.pasted import PastedError, PastedPerson
from yole.bookings.enums import LIVING, Source, State
from yole.bookings.groups import each_person
from yole.bookings.models import Booking
from yole.bookings.services import Request
from yole.events import permissions, services_messages
from yole.events.enums import LIVE_STATUSES, Profile, Sex
from yole.events.models import Edition, Invitation, Registration, Seat, Slot, SlotFollow
from yole.events.services_editions import note, whole
from yole.journal.references import reference
from yole.kernel.codes import clean_code
from yole.organisations.acting import allow, name_of
from yole.organisations.models import Account
from yole.territory import selectors as territory_selectors
from yole.territory.models import Commune

CONSENT_VERSION = "evenements-2026-11"
PUBLIC = "Site public"


def consent_text() -> str:
    """What a person agrees to when they register, in the version CONSENT_VERSION."""
    return _(
        "Vos réponses servent à cet événement et à vous prévenir. Elles sont effacées 30 jours après. Nous gardons des comptes, sans nom."
    )


@dataclass(frozen=True, slots=True)
class Form:
    """What a person fills in. `contact` is as typed; `key` comes with the displayed form; `slots`: numbers of limited slots.

    `sex` is declared or not communicated; `commune`: what was typed, empty for nothing; `invitation`: code of an invitation.
    """

    name: str
    key: uuid.UUID
    contact: str = ""
    no_contact: bool = False
    needs: Sequence[str] = ()
    needs_note: str = ""
    size: int = 1
    consent: bool = False
    slots: Sequence[int] = ()
    sex: str = Sex.UNKNOWN
    profile: str = Profile.OTHER
    commune: str = ""
    organisation: str = ""
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`repeat`: "" for a new registration, "form" for the same form again, "person" for somebody who already is on the list.

    For "person" the page must show neither code nor state: whoever types a name and a telephone would learn who comes.
    """

    registration: Registration | None
    seats: tuple[Seat, ...] = ()
    repeat: str = ""


class _Again(Exception):  # noqa: N818  # a repeated request is an answer, not an error
    """Somebody already has this booking: the transaction writes nothing."""

    def __init__(self, booking: Booking, repeat: str) -> None:
        super().__init__(repeat)
        self.booking, self.repeat = booking, repeat


def register(of: Edition, form: Form) -> Outcome:
    """Somebody registers by themselves. Raises Refused as `bookings.services.book` does, and when registration is not open."""
    return _register(of, form, source=Source.PUBLIC, by=PUBLIC)


def register_at_desk(account: Account, of: Edition, form: Form) -> Outcome:
    """The team registers somebody, also at the door, until the end of the edition."""
    allow(account, permissions.REGISTER, of.territory_id)
    return _register(of, form, source=Source.DESK, by=name_of(account), account=account)


@system_scope()  # a waiting list is for everybody on it
def _register(of: Edition, form: Form, *, source: Source, by: str, account: Account | None = None) -> Outcome:
    invitation = _invitation(of, form.invitation)
    _check_open(of, invitation, at_desk=account is not None)
    slots = _slots(of, form.slots)
    if form.sex not in Sex.values or form.profile not in Profile.values:
        raise Refused(_("Choisissez une réponse de la liste."), field="sex", code="unknown")
    commune = _commune(form.commune)
    at_desk = account is not None
    try:
        with transaction.atomic():
            outcome = bookings.book(_capacity(of), _request(form, source, account), by=by, at_desk=at_desk)
            if outcome.repeat:
                raise _Again(outcome.booking, outcome.repeat)
            registration = Registration.objects.create(
                edition=of,
                booking=outcome.booking,
                sex=form.sex,
                profile=form.profile,
                commune=commune,
                organisation=" ".join(form.organisation.split())[:120],
                invitation=_use(invitation),
            )
            # Somebody who waits for the edition holds no place in a slot: they may not come at all.
            seats = [_sit(registration, slot, form.key, by=by, at_desk=at_desk) for slot in slots] if outcome.booking.holds_place else []
            if not at_desk or timezone.now() < whole(of)[0]:  # somebody registered at the door stands there
                services_messages.confirm(registration)
    except _Again as again:
        if again.repeat == "person":
            return Outcome(None, (), "person")
        found = Registration.objects.select_related("booking").get(booking=again.booking)
        return Outcome(found, tuple(found.seats.select_related("booking", "slot")), "form")
    return Outcome(registration, tuple(seats))


def _check_open(of: Edition, invitation: Invitation | None, *, at_desk: bool) -> None:
    if of.capacity_id is None or not (of.status in LIVE_STATUSES or at_desk or invitation is not None):
        raise Refused(_("Les inscriptions ne sont pas ouvertes."), remedy=_("Revenez quand le programme aura paru."), code="closed")


def _capacity(of: Edition) -> int:
    if of.capacity_id is None:
        raise Refused(_("Les inscriptions ne sont pas ouvertes."), code="closed")
    return of.capacity_id


def _request(form: Form, source: Source, account: Account | None) -> Request:
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
        structure=account.structure if account else None,
    )


def _slots(of: Edition, numbers: Sequence[int]) -> list[Slot]:
    """The limited slots asked for, in the order of their locks. Raises Refused for a slot that has no places to give, or two at once."""
    found = list(
        Slot.objects.filter(edition=of, number__in=set(numbers), capacity__isnull=False, first_version__isnull=False).order_by(
            "capacity_id"
        )
    )
    if len(found) != len(set(numbers)):
        raise Refused(_("Une des séances choisies n’est plus ouverte."), remedy=_("Choisissez encore."), field="slots", code="unknown")
    for slot in found:
        if slot.cancelled_at is not None:
            raise Refused(_("« %(title)s » est annulé.") % {"title": slot.title}, field="slots", code="cancelled")
    for first, second in combinations(found, 2):
        if _meet(first, second):
            raise Refused(
                _("« %(first)s » et « %(second)s » sont à la même heure.") % {"first": first.title, "second": second.title},
                remedy=_("Gardez-en une."),
                field="slots",
                code="overlap",
            )
    return found


def _meet(first: Slot, second: Slot) -> bool:
    if first.starts_at is None or second.starts_at is None:
        return False
    gap = (second.starts_at - first.starts_at).total_seconds() / 60
    return -second.minutes < gap < first.minutes


def _commune(typed: str) -> Commune | None:
    """The commune that was typed, None for nothing. Raises Refused for one that we do not know."""
    if not typed.strip():
        return None
    outcome = territory_selectors.search_communes(typed)
    code = outcome.place.code if outcome.place else ""
    found = Commune.objects.filter(pk=code).first() if code else None
    if found is None:
        raise Refused(
            _("Nous ne connaissons pas « %(typed)s ».") % {"typed": typed.strip()[:40]},
            remedy=_("Écrivez le nom d’une commune, ou rien."),
            field="commune",
            code="unknown",
        )
    return found


def _invitation(of: Edition, typed: str) -> Invitation | None:
    if not typed.strip():
        return None
    found = Invitation.objects.filter(edition=of, code=clean_code(typed), withdrawn_at__isnull=True).first()
    if found is None:
        raise Refused(_("Ce code d’invitation n’est pas le bon."), remedy=_("Vérifiez chaque lettre."), field="invitation", code="unknown")
    return found


def _use(invitation: Invitation | None) -> Invitation | None:
    if invitation is None:
        return None
    if not Invitation.objects.filter(pk=invitation.pk, withdrawn_at__isnull=True, used__lt=F("places")).update(used=F("used") + 1):
        raise Refused(_("Cette invitation a servi autant de fois que prévu."), field="invitation", code="used")
    return invitation


def _sit(registration: Registration, slot: Slot, key: uuid.UUID, *, by: str, at_desk: bool) -> Seat:
    """One booking of a slot: the name and the number of people alone; contact and needs stay with the booking of the edition."""
    held = registration.booking
    if slot.capacity_id is None:
        raise Refused(_("Cette séance est en entrée libre."), field="slots", code="free")
    request = Request(
        name=held.name,
        consent_version=held.consent_version,
        idempotency_key=uuid.uuid5(key, str(slot.guid)),
        size=held.size,
        no_contact=True,
        source=Source(held.source),
        structure=held.structure,
    )
    outcome = bookings.book(slot.capacity_id, request, by=by, at_desk=at_desk)
    return Seat.objects.create(registration=registration, slot=slot, booking=outcome.booking)


# Acts by the person, who has the code


@system_scope()
@transaction.atomic
def add_seat(registration: Registration, number: int, key: uuid.UUID) -> Seat:
    """Asks for a place in one more slot. Raises Refused for a slot already held, at the same time as another, or not open."""
    booking = Booking.objects.select_for_update(no_key=True).get(pk=registration.booking_id)
    again = registration.seats.filter(slot__number=number, booking__state__in=LIVING).first()
    if again is not None:
        return again
    if not booking.holds_place:
        raise Refused(_("Il faut d’abord une place à l’événement."), code="waiting")
    others = [seat.slot for seat in registration.seats.select_related("slot").filter(booking__state__in=LIVING)]
    (slot,) = _slots(registration.edition, [number])
    for other in others:
        if _meet(other, slot):
            raise Refused(_("Vous êtes à « %(title)s » à la même heure.") % {"title": other.title}, field="slots", code="overlap")
    registration.booking = booking
    return _sit(registration, slot, key, by=PUBLIC, at_desk=False)


@system_scope()
def leave_seat(seat: Seat) -> Booking:
    """Gives back one slot; the place goes to the next. Twice changes nothing."""
    return bookings.cancel(seat.booking_id, by=PUBLIC)


@system_scope()
def follow(registration: Registration, number: int) -> SlotFollow:
    """The holder asks to be told if a free-entry slot moves or is cancelled. Twice changes nothing. Raises Refused without a way to be
    reached, and for a slot that has places to take or is not in the programme."""
    booking = registration.booking
    if booking.state not in LIVING or booking.no_contact or not (booking.email or booking.phone):
        raise Refused(_("Nous n’avons pas de quoi vous prévenir."), remedy=_("Appelez-nous pour laisser un contact."), code="contact")
    slot = Slot.objects.filter(
        edition=registration.edition_id, number=number, capacity__isnull=True, first_version__isnull=False, cancelled_at__isnull=True
    ).first()
    if slot is None:
        raise Refused(_("Une des séances choisies n’est plus ouverte."), remedy=_("Choisissez encore."), field="slots", code="unknown")
    return SlotFollow.objects.get_or_create(registration=registration, slot=slot)[0]


@system_scope()
def unfollow(registration: Registration, number: int) -> None:
    """The holder no longer asks to be told. Twice changes nothing."""
    registration.follows.filter(slot__number=number).delete()


@system_scope()
def accept_seat(seat: Seat) -> Booking:
    return bookings.accept_offer(seat.booking_id, by=PUBLIC)


@system_scope()
def accept_by_person(registration: Registration) -> Booking:
    """Says yes to an offered place at the event."""
    return bookings.accept_offer(registration.booking_id, by=PUBLIC)


def cancel_by_person(registration: Registration) -> Booking:
    """Cancels the event and every slot; each place goes to the next. Twice changes nothing."""
    return _cancel(registration, by=PUBLIC, by_service=False)


@system_scope()
@transaction.atomic
def _cancel(registration: Registration, *, by: str, by_service: bool) -> Booking:
    booking = bookings.cancel(registration.booking_id, by=by, by_service=by_service)
    for seat in registration.seats.select_related("booking").order_by("booking__capacity_id"):
        if seat.booking.state in (State.BOOKED, State.WAITING, State.OFFERED, State.CONFIRMED):
            bookings.cancel(seat.booking_id, by=by, by_service=by_service)
    return booking


# Acts at the desk


def cancel_at_desk(account: Account, registration: Registration, *, by_service: bool = False) -> Booking:
    allow(account, permissions.REGISTER, registration.edition.territory_id)
    return _cancel(registration, by=name_of(account), by_service=by_service)


def accept_at_desk(account: Account, booking: Booking, of: Edition) -> Booking:
    """The team telephoned, and the person says yes to an offered place."""
    allow(account, permissions.REGISTER, of.territory_id)
    return bookings.accept_offer(booking.pk, by=name_of(account))


@transaction.atomic
def set_priority(account: Account, booking: Booking, of: Edition, priority: int, reason: str) -> Booking:
    """Rank on a waiting list; the written reason is compulsory, and the act is in the journal without it."""
    allow(account, permissions.REGISTER, of.territory_id)
    changed = bookings.set_priority(booking.pk, priority, reason, by=name_of(account))
    note(account, "events.priority", of, reference("booking", booking.pk), {"priority": priority})
    return changed


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One person of a pasted list; `again`: was already registered."""

    line: int
    name: str
    code: str
    state: str
    again: bool


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    lines: tuple[GroupLine, ...]
    errors: tuple[PastedError, ...]


def register_group(account: Account, of: Edition, text: str, *, key: uuid.UUID, consent: bool, organisation: str = "") -> GroupOutcome:
    """Registers every usable line of a pasted list and reports the others. `key` is the form's: sent again it registers nobody twice."""
    allow(account, permissions.REGISTER, of.territory_id)

    def one(person: PastedPerson, own: uuid.UUID) -> GroupLine:
        form = Form(name=person.name, contact=person.contact, key=own, consent=True, organisation=organisation)
        outcome = _register(of, form, source=Source.GROUP, by=name_of(account), account=account)
        booking = outcome.registration.booking if outcome.registration else None
        code, state = (booking.code, booking.state) if booking else ("", "")
        return GroupLine(person.line, person.name, code, state, bool(outcome.repeat))

    return GroupOutcome(*each_person(text, key, one, consent=consent))
