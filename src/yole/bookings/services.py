"""Every write on limited places. `by` is who does it, as the history shows it (« site public », a desk account's name).

Locks are always taken in the same order: the row of the capacity, then rows of bookings. Enrolment takes no lock before its conditional
update; every other act locks the capacity first. An act locks one capacity only, so two acts never wait for each other in a circle.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.bookings.contacts import Contact
from yole.bookings.engine.queue import Entry, offer_deadline, who_fits
from yole.bookings.enums import HOLDING, LIVING, Act, Need, Source, State
from yole.bookings.models import CODE_LENGTH, SIZE_MAX, Booking, BookingEvent, Capacity
from yole.bookings.signals import changed
from yole.kernel.codes import new_code
from yole.kernel.text import fold
from yole.organisations.models import Account, Structure

_TRIES = 20


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for. `idempotency_key` comes from the displayed form: the same key is the same request.

    `person`: the card that the desk enrols somebody from; the caller has checked that it may be read.
    """

    name: str
    consent_version: str
    idempotency_key: uuid.UUID
    contact: Contact = field(default_factory=Contact)
    no_contact: bool = False
    needs: Sequence[str] = ()
    needs_note: str = ""
    size: int = 1
    source: Source = Source.PUBLIC
    structure: Structure | None = None
    prescriber: Account | None = None
    prescriber_agreed: bool = False
    person: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`repeat`: "" for a new booking, "form" when the same form came again, "person" when this person already is on the list.

    For "person" the page must show neither code nor state of `booking`: whoever types a name and a telephone would learn who comes.
    """

    booking: Booking
    repeat: str = ""


class _PlaceCameFreeError(Exception):
    """A place came free between the refused update and the lock: ask again."""


def book(capacity_id: int, request: Request, *, by: str, at_desk: bool = False, now: datetime | None = None) -> Outcome:
    """Enrols, or puts on the waiting list. One conditional update decides, in the transaction of the insert.

    `at_desk`: may enrol after the public closing time, until the end. Raises Refused (field named) for a missing name, a size out of
    1..10 or larger than the whole capacity, a closed or past session.
    """
    now = now or timezone.now()
    request = _clean(request)
    capacity = Capacity.objects.filter(pk=capacity_id).first()
    if capacity is None:
        raise Refused(_("Cette séance n’existe pas."), code="unknown", status=404)
    try:
        _check_possible(capacity, request, now, at_desk=at_desk)
    except Refused:
        # Somebody who already is on the list sees the same confirmation as before, whatever happened since.
        again = _already(capacity_id, request)
        if again:
            return again
        raise
    for _attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return Outcome(_insert(capacity_id, request, by=by, now=now))
        except _PlaceCameFreeError:
            continue
        except IntegrityError:
            again = _already(capacity_id, request)
            if again:
                return again
            raise
    raise Refused(
        _("Beaucoup de personnes s’inscrivent en ce moment."), remedy=_("Essayez encore dans une minute."), code="busy", status=503
    )


def _insert(capacity_id: int, request: Request, *, by: str, now: datetime) -> Booking:
    held = Capacity.objects.filter(pk=capacity_id, closed_reason="", taken__lte=F("seats") - request.size).update(
        taken=F("taken") + request.size
    )
    if not held:
        # Who frees a place must see everybody who waits: the shared lock makes it wait for this insert, without making
        # those who join the list wait for each other.
        seats, taken, closed = _share_lock(capacity_id)
        if closed:
            raise Refused(_("Les inscriptions sont fermées."), code="closed")
        if taken + request.size <= seats:
            raise _PlaceCameFreeError
    booking = Booking.objects.create(
        capacity_id=capacity_id,
        code=new_code(CODE_LENGTH),
        name=request.name,
        email=request.contact.email,
        phone=request.contact.phone,
        no_contact=request.no_contact,
        needs=list(request.needs),
        needs_note=request.needs_note,
        consent_version=request.consent_version,
        consent_at=now,
        size=request.size,
        state=State.BOOKED if held else State.WAITING,
        idempotency_key=request.idempotency_key,
        duplicate_key=duplicate_key(request.name, request.contact),
        source=request.source,
        person_id=request.person,
        structure=request.structure,
        prescriber=request.prescriber,
        prescriber_agreed_at=now if request.prescriber_agreed else None,
        created_at=now,
    )
    _tell(booking, Act.BOOKED if held else Act.QUEUED, by=by, at=now)
    return booking


def _share_lock(capacity_id: int) -> tuple[int, int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seats, taken, closed_reason FROM bookings_capacity WHERE id = %s FOR SHARE", [capacity_id])
        row = cursor.fetchone()
    return int(row[0]), int(row[1]), str(row[2])


def duplicate_key(name: str, contact: Contact) -> str:
    """Digest by which the same person is known again; empty without contact."""
    reach = contact.email.lower() or contact.phone
    return hashlib.sha256(f"{fold(name)}|{reach}".encode()).hexdigest() if reach else ""


def _clean(request: Request) -> Request:
    name = " ".join(request.name.split())[:80]
    if not name:
        raise Refused(_("Écrivez un prénom ou un surnom."), field="name", code="missing")
    if not 1 <= request.size <= SIZE_MAX:
        raise Refused(
            _("Une inscription est pour 1 à %(most)d personnes.") % {"most": SIZE_MAX},
            remedy=_("Pour un groupe plus grand, appelez-nous."),
            field="size",
            code="size",
        )
    if not request.consent_version:
        raise Refused(_("Cochez la case pour dire que vous êtes d’accord."), field="consent", code="consent")
    if request.prescriber is not None and not request.prescriber_agreed:
        raise Refused(
            "Cochez l’accord de la personne : sans lui, vous ne pouvez pas l’orienter.", field="prescriber_agreed", code="consent"
        )
    if unknown := [need for need in request.needs if need not in Need.values]:
        raise Refused(_("Ce besoin n’est pas dans la liste : %(need)s.") % {"need": unknown[0]}, field="needs", code="unknown")
    return replace(
        request,
        name=name,
        needs=tuple(dict.fromkeys(request.needs)),
        needs_note=" ".join(request.needs_note.split())[:200],
    )


def _already(capacity_id: int, request: Request) -> Outcome | None:
    booking = Booking.objects.filter(capacity_id=capacity_id, idempotency_key=request.idempotency_key).first()
    if booking:
        return Outcome(booking, "form")
    key = duplicate_key(request.name, request.contact)
    booking = Booking.objects.filter(capacity_id=capacity_id, duplicate_key=key, state__in=LIVING).first() if key else None
    return Outcome(booking, "person") if booking else None


def _check_possible(capacity: Capacity, request: Request, now: datetime, *, at_desk: bool) -> None:
    if capacity.closed_reason:
        raise Refused(_("Les inscriptions sont fermées : %(reason)s") % {"reason": capacity.closed_reason}, code="closed")
    last = capacity.ends_at if at_desk else capacity.closes_at or capacity.starts_at
    if last is not None and now >= last:
        raise Refused(_("Cette séance est passée ou a commencé."), remedy=_("Choisissez une autre date."), code="past")
    if request.size > capacity.seats:
        raise Refused(
            _("Il y a %(seats)d places en tout. Votre groupe ne peut pas tenir.") % {"seats": capacity.seats},
            remedy=_("Appelez-nous pour prévoir une séance pour votre groupe."),
            field="size",
            code="too-large",
        )


def _tell(booking: Booking, act: Act, *, by: str, at: datetime, reason: str = "") -> None:
    BookingEvent.objects.create(booking=booking, act=act, state=booking.state, by=by[:120], reason=reason[:200], at=at)
    changed.send(sender=Booking, booking=booking, act=act)


# --- acts on an existing booking: the capacity's row is locked first --------------------------------------------------------------


def _lock(booking_id: int) -> tuple[Capacity, Booking]:
    capacity_id = Booking.objects.values_list("capacity_id", flat=True).get(pk=booking_id)
    capacity = Capacity.objects.select_for_update(no_key=True).get(pk=capacity_id)
    return capacity, Booking.objects.select_for_update(no_key=True).get(pk=booking_id)


def _free(capacity: Capacity, places: int) -> None:
    Capacity.objects.filter(pk=capacity.pk).update(taken=F("taken") - places)
    capacity.refresh_from_db(fields=["taken", "seats"])


def _take(capacity: Capacity, places: int) -> bool:
    done = Capacity.objects.filter(pk=capacity.pk, taken__lte=F("seats") - places).update(taken=F("taken") + places)
    capacity.refresh_from_db(fields=["taken", "seats"])
    return bool(done)


def _leave(capacity: Capacity, booking: Booking, act: Act, *, by: str, now: datetime, reason: str = "") -> None:
    """Cancels a living booking under the lock of its capacity; the caller promotes."""
    held = booking.holds_place
    booking.state, booking.offer_expires_at, booking.beyond_capacity = State.CANCELLED, None, False
    booking.save(update_fields=["state", "offer_expires_at", "beyond_capacity", "changed_at"])
    _tell(booking, act, by=by, at=now, reason=reason)
    if held:
        _free(capacity, booking.size)


def _promote(capacity: Capacity, *, by: str, now: datetime) -> list[Booking]:
    """Offers free places to those who wait, in order; the capacity must be locked."""
    free = capacity.seats - capacity.taken
    if free <= 0 or capacity.closed_reason:
        return []
    deadline = offer_deadline(now, capacity.starts_at, offer_hours=capacity.offer_hours, offers_stop_hours=capacity.offers_stop_hours)
    if deadline is None:
        return []
    queue = Booking.objects.filter(capacity=capacity, state=State.WAITING).order_by("priority", "created_at", "id")
    chosen = who_fits((Entry(pk, size) for pk, size in queue.values_list("pk", "size")), free)
    offered = []
    for booking in (
        Booking.objects.select_for_update(no_key=True)
        .filter(pk__in=[entry.id for entry in chosen])
        .order_by("priority", "created_at", "id")
    ):
        booking.state, booking.offer_expires_at = State.OFFERED, deadline
        booking.save(update_fields=["state", "offer_expires_at", "changed_at"])
        _take(capacity, booking.size)
        _tell(booking, Act.OFFERED, by=by, at=now)
        offered.append(booking)
    return offered


@transaction.atomic
def cancel(booking_id: int, *, by: str, reason: str = "", by_service: bool = False, now: datetime | None = None) -> Booking:
    """Cancels for good; a freed place is offered to the next in the same transaction. Cancelling twice changes nothing.

    Raises Refused once presence was noted.
    """
    now = now or timezone.now()
    capacity, booking = _lock(booking_id)
    if booking.state == State.CANCELLED:
        return booking
    if booking.state in (State.PRESENT, State.ABSENT, State.EXCUSED):
        raise Refused(_("Cette séance a eu lieu : l’inscription ne s’annule plus."), code="past")
    _leave(capacity, booking, Act.REVOKED if by_service else Act.CANCELLED, by=by, now=now, reason=reason)
    _promote(capacity, by=by, now=now)
    return booking


def accept_offer(booking_id: int, *, by: str, now: datetime | None = None) -> Booking:
    """Says yes to an offered place. Accepting twice changes nothing. Raises Refused when nothing is offered or the time is over."""
    now = now or timezone.now()
    with transaction.atomic():
        capacity, booking = _lock(booking_id)
        if booking.state == State.CONFIRMED:
            return booking
        if booking.state != State.OFFERED:
            raise Refused(_("Aucune place ne vous est proposée en ce moment."), code="no-offer")
        late = booking.offer_expires_at is not None and booking.offer_expires_at <= now
        if late:
            _leave(capacity, booking, Act.EXPIRED, by=by, now=now)
            _promote(capacity, by=by, now=now)
        else:
            booking.state, booking.offer_expires_at = State.CONFIRMED, None
            booking.save(update_fields=["state", "offer_expires_at", "changed_at"])
            _tell(booking, Act.ACCEPTED, by=by, at=now)
    if late:  # said after the commit: the place went to the next person
        raise Refused(_("Le temps pour répondre est passé."), remedy=_("Vous pouvez vous inscrire à nouveau."), code="expired")
    return booking


@transaction.atomic
def refuse_offer(booking_id: int, *, by: str, now: datetime | None = None) -> Booking:
    """Says no to an offered place: it goes to the next at once, and the person leaves the list for good. Raises Refused without offer."""
    now = now or timezone.now()
    capacity, booking = _lock(booking_id)
    if booking.state == State.CANCELLED:
        return booking
    if booking.state != State.OFFERED:
        raise Refused(_("Aucune place ne vous est proposée en ce moment."), code="no-offer")
    _leave(capacity, booking, Act.REFUSED, by=by, now=now)
    _promote(capacity, by=by, now=now)
    return booking


def expire_offers(now: datetime | None = None) -> int:
    """Ends the offers whose time is over and passes their places on; returns how many ended. One transaction per capacity."""
    now = now or timezone.now()
    overdue = Booking.objects.filter(state=State.OFFERED, offer_expires_at__lte=now)
    ended = 0
    for capacity_id in overdue.order_by("capacity_id").values_list("capacity_id", flat=True).distinct():
        with transaction.atomic():
            capacity = Capacity.objects.select_for_update(no_key=True).get(pk=capacity_id)
            late = list(overdue.select_for_update(no_key=True).filter(capacity=capacity).order_by("pk"))
            for booking in late:
                _leave(capacity, booking, Act.EXPIRED, by="Yole", now=now)
            _promote(capacity, by="Yole", now=now)
            ended += len(late)
    return ended


@transaction.atomic
def set_priority(booking_id: int, priority: int, reason: str, *, by: str, now: datetime | None = None) -> Booking:
    """Changes the rank on the waiting list (0 first, 9 last, 5 at the start). The written reason is compulsory and kept in the history."""
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("Écrivez le motif : il est gardé dans l’historique.", field="reason", code="missing")
    if not 0 <= priority <= 9:
        raise Refused("La priorité va de 0 (en premier) à 9.", field="priority", code="range")
    _capacity, booking = _lock(booking_id)
    if booking.state != State.WAITING:
        raise Refused("Cette personne n’est pas sur la liste d’attente.", code="not-waiting")
    booking.priority, booking.priority_reason = priority, reason[:200]
    booking.save(update_fields=["priority", "priority_reason", "changed_at"])
    _tell(booking, Act.PRIORITY, by=by, at=now or timezone.now(), reason=reason)
    return booking


@transaction.atomic
def change_size(booking_id: int, size: int, *, by: str, now: datetime | None = None) -> Booking:
    """Changes the number of people of a booking, all or nothing; what it had is kept when the change does not fit (Refused).

    On the waiting list the rank is kept, and a smaller household may move up at once.
    """
    now = now or timezone.now()
    if not 1 <= size <= SIZE_MAX:
        raise Refused(_("Une inscription est pour 1 à %(most)d personnes.") % {"most": SIZE_MAX}, field="size", code="size")
    capacity, booking = _lock(booking_id)
    if booking.state not in (State.BOOKED, State.OFFERED, State.CONFIRMED, State.WAITING):
        raise Refused(_("Cette inscription ne peut plus changer."), code="past")
    if size > capacity.seats:
        raise Refused(
            _("Il y a %(seats)d places en tout. Votre groupe ne peut pas tenir.") % {"seats": capacity.seats},
            field="size",
            code="too-large",
        )
    more = size - booking.size
    if not more:
        return booking
    if booking.holds_place:
        if more > 0 and not _take(capacity, more):
            raise Refused(_("Il ne reste pas assez de places. Votre inscription est gardée comme avant."), field="size", code="full")
        if more < 0:
            _free(capacity, -more)
    booking.size = size
    booking.save(update_fields=["size", "changed_at"])
    _tell(booking, Act.RESIZED, by=by, at=now)
    if more < 0:
        _promote(capacity, by=by, now=now)
        booking.refresh_from_db()
    return booking


@transaction.atomic
def change_contact(booking_id: int, contact: Contact, *, no_contact: bool, by: str, now: datetime | None = None) -> Booking:
    """Changes how somebody is reached, or keeps their wish not to be. Raises Refused when the same person is on the list twice."""
    _capacity, booking = _lock(booking_id)
    key = duplicate_key(booking.name, contact)
    if key and Booking.objects.filter(capacity_id=booking.capacity_id, duplicate_key=key, state__in=LIVING).exclude(pk=booking.pk).exists():
        raise Refused(
            _("Ce contact ne peut pas être enregistré pour cette inscription."), remedy=_("Appelez-nous."), field="contact", code="taken"
        )
    booking.email, booking.phone, booking.no_contact, booking.duplicate_key = contact.email, contact.phone, no_contact, key
    booking.save(update_fields=["email", "phone", "no_contact", "duplicate_key", "changed_at"])
    _tell(booking, Act.CONTACT, by=by, at=now or timezone.now())
    return booking


@transaction.atomic
def change_needs(booking_id: int, needs: Sequence[str], note: str) -> Booking:
    """Changes what somebody needs in order to come; the history does not keep it. Raises Refused for a need out of the list."""
    if unknown := [need for need in needs if need not in Need.values]:
        raise Refused(_("Ce besoin n’est pas dans la liste : %(need)s.") % {"need": unknown[0]}, field="needs", code="unknown")
    _capacity, booking = _lock(booking_id)
    booking.needs, booking.needs_note = list(dict.fromkeys(needs)), " ".join(note.split())[:200]
    booking.save(update_fields=["needs", "needs_note", "changed_at"])
    return booking


@transaction.atomic
def mark(booking_id: int, state: State, *, by: str, now: datetime | None = None) -> Booking:
    """Notes présent, absent or excusé. A place freed early enough (somebody excused before the day) is offered to the next.

    Somebody present after their place was lost is counted beyond capacity, never dropped. Raises Refused for a cancelled booking.
    """
    now = now or timezone.now()
    if state not in (State.PRESENT, State.ABSENT, State.EXCUSED):
        raise Refused("Une présence est : présent, absent ou excusé.", field="state", code="unknown")
    capacity, booking = _lock(booking_id)
    if booking.state == state:
        return booking
    if booking.state == State.CANCELLED:
        raise Refused("Cette inscription est annulée.", remedy="Ajoutez la personne comme venue sans inscription.", code="cancelled")
    return _move(capacity, booking, state, Act.MARKED, by=by, now=now)


@transaction.atomic
def unmark(booking_id: int, *, by: str, now: datetime | None = None) -> Booking:
    """Takes a mark back; the booking returns to the state it had. Without mark nothing changes."""
    capacity, booking = _lock(booking_id)
    if not booking.marked_from:
        return booking
    return _move(capacity, booking, State(booking.marked_from), Act.UNMARKED, by=by, now=now or timezone.now())


def _move(capacity: Capacity, booking: Booking, state: State, act: Act, *, by: str, now: datetime) -> Booking:
    held, holds = booking.holds_place, state in HOLDING
    beyond = False
    if holds and not held and not _take(capacity, booking.size):
        if state != State.PRESENT:
            # Taking an absence back when somebody else has the place: on the waiting list, in the rank of the enrolment.
            state = State.WAITING
        else:
            beyond = True
    if act == Act.MARKED:
        booking.marked_from = booking.marked_from or (State.BOOKED if booking.state == State.OFFERED else booking.state)
    else:
        booking.marked_from = ""
    booking.state, booking.beyond_capacity, booking.offer_expires_at = state, beyond, None
    booking.save(update_fields=["state", "beyond_capacity", "marked_from", "offer_expires_at", "changed_at"])
    _tell(booking, act, by=by, at=now)
    if held and not holds:
        _free(capacity, booking.size)
        _promote(capacity, by=by, now=now)
    return booking
