"""What people are told by itself: which message, to whom, through what, and when. Texts are in messages.py.

Those who can be reached only by a call are on the desk's lists: places offered, calls to make, answers to authors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.bookings import outbox
from yole.bookings.contacts import Contact, read_contact
from yole.bookings.enums import Act, Channel, State
from yole.bookings.models import Booking
from yole.bookings.outbox import Sent, channel_of
from yole.events import contacts, messages, permissions
from yole.events.enums import CONFIRM_DAYS, LIVE_STATUSES, REMINDER_HOURS, REMINDER_LATE, MessageKind, ProposalState
from yole.events.models import Edition, EventMessage, Proposal, Registration, Seat, Slot, SlotFollow
from yole.events.selectors_programme import PublicSlot, published_slot
from yole.events.services_editions import whole
from yole.organisations.acting import allow
from yole.organisations.models import Account
from yole.people.sealing import UnreadableError

_REMINDED = (State.BOOKED, State.CONFIRMED)
_TOLD_OF_CHANGE = (State.BOOKED, State.WAITING, State.OFFERED, State.CONFIRMED)
_CONFIRMED = (State.BOOKED, State.WAITING, State.CONFIRMED)
_BY_CALL = (MessageKind.REVOKED, MessageKind.MOVED, MessageKind.EDITION, MessageKind.SLOT_OFF, MessageKind.REMINDER_1D)
_BATCH = 500


def author_contact(proposal: Proposal) -> Contact:
    """How the author of a proposal asked to be answered; empty when it was erased, or cannot be read on this server."""
    author = next((one for one in proposal.speakers.all() if one.contact_sealed is not None), None)
    try:
        return read_contact(contacts.read(author)) if author is not None else Contact()
    except (UnreadableError, Refused):
        return Contact()


def _write(rows: Iterable[EventMessage]) -> int:
    """Writes messages that were not written before; the unique keys decide. Returns how many were given."""
    kept = [row for row in rows if row.channel != Channel.CALL or _called(row)]
    EventMessage.objects.bulk_create(kept, ignore_conflicts=True, batch_size=_BATCH)
    return len(kept)


def _called(row: EventMessage) -> bool:
    """Whether a message that nothing can carry is worth a call; places offered and answers to authors have lists of their own."""
    return row.kind in _BY_CALL and row.registration is not None and bool(row.registration.booking.phone)


def _to(registration: Registration, kind: MessageKind, once: str, due_at: datetime, **about: Any) -> EventMessage:
    channel = channel_of(registration.booking)
    return EventMessage(registration=registration, channel=channel, kind=kind, once=once, due_at=due_at, **about)


def _soon() -> None:
    from yole.events.tasks import send

    send.enqueue()


# Registrations


def _registration(booking: Booking) -> Registration | None:
    found = Registration.objects.select_related("booking")
    seat = Seat.objects.filter(booking=booking).values_list("registration_id", flat=True).first()
    return found.filter(pk=seat).first() if seat else found.filter(booking=booking).first()


def on_booking_changed(sender: object, booking: Booking, act: Act, **_: Any) -> None:
    """Receiver of `bookings.signals.changed`, in the transaction of the act. Other rooms' bookings are left alone."""
    if act not in (Act.OFFERED, Act.ACCEPTED, Act.REVOKED, Act.CONTACT):
        return
    with system_scope():  # who acts may be the person before on the list
        registration = _registration(booking)
        if registration is None:
            return
        now = timezone.now()
        if act == Act.CONTACT:
            pending = EventMessage.objects.filter(registration=registration, sent_at__isnull=True, cancelled_at__isnull=True)
            pending.update(channel=channel_of(booking))
        elif not registration.booking.no_contact:
            if act == Act.OFFERED:
                once = f"{MessageKind.OFFER}:{booking.pk}:{booking.offer_expires_at:%Y%m%d%H%M}"
                _write([_to(registration, MessageKind.OFFER, once, now, booking=booking)])
                transaction.on_commit(_soon)
            elif act == Act.ACCEPTED:
                confirm(registration, booking)
            else:
                once = f"{MessageKind.REVOKED}:{booking.pk}"
                _write([_to(registration, MessageKind.REVOKED, once, now, booking=booking)])


def confirm(registration: Registration, booking: Booking | None = None) -> bool:
    """Has the holder told of what they have: a place, or a rank on the list; `booking`: of the registration, or of one session.

    A confirmation not sent yet is replaced. Nobody is called for it: the screen or the team has said it. Returns whether a message leaves.
    """
    held = booking or registration.booking
    if registration.booking.no_contact:
        return False
    kind = MessageKind.REGISTERED
    pending = EventMessage.objects.filter(registration=registration, booking=held, kind=kind, sent_at__isnull=True, claimed_at__isnull=True)
    pending.filter(cancelled_at__isnull=True).update(cancelled_at=timezone.now())
    return bool(_write([_to(registration, kind, f"{kind}:{held.pk}:{held.state}", timezone.now(), booking=held)]))


def reached_by(slot: Slot) -> list[tuple[Registration, Booking | None]]:
    """Who is told about a session: its people with their booking, those who wait too; then those who follow it, without one."""
    seats = Seat.objects.filter(slot=slot, booking__state__in=_TOLD_OF_CHANGE, registration__booking__no_contact=False)
    found: dict[int, tuple[Registration, Booking | None]] = {
        seat.registration_id: (seat.registration, seat.booking) for seat in seats.select_related("registration__booking", "booking")
    }
    for registration in followers(slot):
        found.setdefault(registration.pk, (registration, None))
    return list(found.values())


def followers(slot: Slot) -> list[Registration]:
    """Registrations whose holders asked to be told about a free-entry slot, and may be."""
    rows = SlotFollow.objects.filter(slot=slot, registration__booking__state__in=_TOLD_OF_CHANGE, registration__booking__no_contact=False)
    return [row.registration for row in rows.select_related("registration__booking")]


def tell_moved(moved: Sequence[tuple[Slot, PublicSlot, PublicSlot]]) -> int:
    """For each session (its row, as readers saw it, as they see it now): its people are told of the new hour or room, those who wait too.

    A message not sent yet is replaced and keeps what it said of the place before; a session put back where it was needs none.
    """
    now, rows = timezone.now(), []
    for slot, before, after in moved:
        pending = EventMessage.objects.filter(slot=slot, kind=MessageKind.MOVED, sent_at__isnull=True, claimed_at__isnull=True)
        said = dict(pending.filter(cancelled_at__isnull=True).values_list("registration_id", "before"))
        pending.filter(cancelled_at__isnull=True).update(cancelled_at=now)
        if after.starts_at is None or after.starts_at <= now:
            continue
        words = messages.place_words(before)
        for registration, booking in reached_by(slot):
            first = said.get(registration.pk, words)
            if first != messages.place_words(after):
                once = f"{MessageKind.MOVED}:{slot.pk}:{slot.sequence}"
                rows.append(_to(registration, MessageKind.MOVED, once, now, slot=slot, booking=booking, before=first[:200]))
    return _write(rows)


def moves(before: PublicSlot, after: PublicSlot) -> bool:
    """Whether people who hold a place in a session must be told: another hour, another length, another room."""
    return not after.cancelled and messages.place_of(before) != messages.place_of(after)


def slot_cancelled(slot: Slot, *, tell: bool) -> int:
    """A session was just cancelled, in this transaction: those who follow it are told. Without `tell` nobody is, those who had a place
    neither. Returns how many followers are told."""
    if not tell:
        withdraw_revoked(slot.capacity_id)
        return 0
    once = f"{MessageKind.SLOT_OFF}:{slot.pk}"
    return _write(_to(one, MessageKind.SLOT_OFF, once, timezone.now(), slot=slot) for one in followers(slot))


def withdraw_revoked(capacity_id: int | None) -> None:
    """The organisers chose to tell nobody that these places are closed: the messages written in this transaction do not leave."""
    if capacity_id is None:
        return
    rows = EventMessage.objects.filter(kind=MessageKind.REVOKED, booking__capacity_id=capacity_id, sent_at__isnull=True)
    rows.filter(claimed_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=timezone.now())


def tell_edition(of: Edition, before: str) -> int:
    """Everybody registered is told of the new days, hours or place of the whole event. `before`: in words, what they were.

    A message not sent yet is replaced and keeps what it said first; an event put back as it was needs none. Returns how many are told.
    """
    now = timezone.now()
    kind = MessageKind.EDITION
    pending = EventMessage.objects.filter(registration__edition=of, kind=kind, sent_at__isnull=True, claimed_at__isnull=True)
    said = dict(pending.filter(cancelled_at__isnull=True).values_list("registration_id", "before"))
    pending.filter(cancelled_at__isnull=True).update(cancelled_at=now)
    after = messages.edition_words(of)
    rows = []
    for one in registered(of).iterator(chunk_size=2000):
        first = said.get(one.pk, before)
        if first != after:
            rows.append(_to(one, kind, f"{kind}:{now.isoformat()}", now, before=first[:200]))
    return _write(rows)


def registered(of: Edition) -> QuerySet[Registration, Any]:
    """Whoever holds or awaits a place at the event and may be contacted."""
    return Registration.objects.filter(edition=of, booking__state__in=_TOLD_OF_CHANGE, booking__no_contact=False).select_related("booking")


# Proposals


def tell_author(proposal: Proposal, now: datetime | None = None) -> bool:
    """Has the author told of the decision just made; an answer not sent yet is replaced. Returns whether a message leaves."""
    now = now or timezone.now()
    EventMessage.objects.filter(proposal=proposal, sent_at__isnull=True, claimed_at__isnull=True, cancelled_at__isnull=True).update(
        cancelled_at=now
    )
    told = _write([_author_message(proposal, MessageKind.DECIDED, f"{proposal.state}:{now.isoformat()}", now)])
    if told:
        transaction.on_commit(_soon)
    return bool(told)


def _author_message(proposal: Proposal, kind: MessageKind, once: str, due_at: datetime) -> EventMessage:
    channel = channel_of(author_contact(proposal))
    return EventMessage(proposal=proposal, channel=channel, kind=kind, once=once, due_at=due_at, decision=proposal.state)


# What comes due


def _due_reminder(of: Edition, now: datetime) -> tuple[MessageKind, datetime, datetime] | None:
    """Of the reminders due for an edition, the nearest to its start: (kind, when it came due, start)."""
    starts_at, _ends_at = whole(of)
    if starts_at <= now:
        return None
    moments = sorted((starts_at - timedelta(hours=hours), kind) for kind, hours in REMINDER_HOURS.items())
    passed = [(at, kind) for at, kind in moments if at <= now < at + timedelta(hours=REMINDER_LATE[kind])]
    return (passed[-1][1], passed[-1][0], starts_at) if passed else None


def _reminders(now: datetime) -> list[EventMessage]:
    rows: list[EventMessage] = []
    near = timezone.localdate(now) + timedelta(hours=max(REMINDER_HOURS.values()) + 48)
    for of in Edition.objects.filter(status__in=LIVE_STATUSES, ends_on__gte=timezone.localdate(now), starts_on__lte=near):
        due = _due_reminder(of, now)
        if due is None:
            continue
        kind, at, starts_at = due
        once = f"{kind}:{starts_at:%Y%m%d%H%M}"
        reached = Registration.objects.filter(
            edition=of, booking__state__in=_REMINDED, booking__no_contact=False, booking__created_at__lte=at
        ).exclude(messages__once=once)
        rows += [_to(one, kind, once, now) for one in reached.select_related("booking").iterator(chunk_size=2000)]
    return rows


def _confirmations(now: datetime) -> list[EventMessage]:
    late = Proposal.objects.filter(
        state=ProposalState.ACCEPTED, decided_at__lte=now - timedelta(days=CONFIRM_DAYS), edition__ends_on__gte=timezone.localdate(now)
    ).prefetch_related("speakers")
    keys = {one.pk: f"{MessageKind.CONFIRM}:{one.decided_at:%Y%m%d%H%M%S}" for one in late}
    known = set(EventMessage.objects.filter(proposal__in=keys, once__in=set(keys.values())).values_list("proposal_id", flat=True))
    return [_author_message(one, MessageKind.CONFIRM, keys[one.pk], now) for one in late if one.pk not in known]


@system_scope()
def plan(now: datetime | None = None) -> int:
    """Writes the reminders of editions and the confirmations still awaited. Of two reminders due at once only the nearest to the start;
    none that came due before the registration. Twice writes nothing twice. Returns how many were written."""
    now = now or timezone.now()
    return _write([*_reminders(now), *_confirmations(now)])


@system_scope()
def send_due(now: datetime | None = None) -> Sent:
    """Sends what is due by e-mail and SMS, each message once."""
    rows = EventMessage.objects.select_related(
        "registration__booking", "registration__edition", "proposal__edition", "booking", "slot__edition"
    )
    return outbox.send_due(rows, still_true=still_true, deliver=_deliver, now=now)


def still_true(message: EventMessage, now: datetime) -> bool:
    """Whether a message is still to be said, looked at again at the last moment."""
    if message.proposal is not None:
        return message.proposal.state == message.decision and bool(_reached(message))
    registration, booking, kind = message.registration, message.booking, message.kind
    if registration is None or registration.booking.no_contact or not _reached(message):
        return False
    holder = registration.booking
    if kind == MessageKind.OFFER:
        return (
            booking is not None
            and booking.state == State.OFFERED
            and booking.offer_expires_at is not None
            and booking.offer_expires_at > now
        )
    if kind == MessageKind.REVOKED:
        # One message says that everything is cancelled: those of the sessions are not sent beside it.
        whole_one = booking is not None and booking.pk == holder.pk
        return booking is not None and booking.state == State.CANCELLED and (whole_one or holder.state != State.CANCELLED)
    if kind == MessageKind.REGISTERED:
        return booking is not None and booking.state in _CONFIRMED and whole(registration.edition)[1] > now
    if kind == MessageKind.EDITION:
        return holder.state in _TOLD_OF_CHANGE and registration.edition.cancelled_at is None and whole(registration.edition)[1] > now
    if kind == MessageKind.SLOT_OFF:
        return holder.state in _TOLD_OF_CHANGE and whole(registration.edition)[1] > now
    if kind == MessageKind.MOVED:
        slot = message.slot
        shown = published_slot(slot.edition, slot.number) if slot is not None else None
        alive = (booking or holder).state in _TOLD_OF_CHANGE
        return alive and shown is not None and not shown.cancelled and shown.starts_at is not None and shown.starts_at > now
    return holder.state in _REMINDED and registration.edition.status in LIVE_STATUSES and whole(registration.edition)[0] > now


def _reached(message: EventMessage) -> str:
    """The address or the number that the message goes to, empty when it is gone."""
    to: Booking | Contact = Contact()
    if message.proposal is not None:
        to = author_contact(message.proposal)
    elif message.registration is not None and message.registration.booking.erased_at is None:
        to = message.registration.booking
    return to.email if message.channel == Channel.EMAIL else to.phone


def _deliver(message: EventMessage) -> None:
    reached = _reached(message)
    to = Contact(email=reached) if message.channel == Channel.EMAIL else Contact(phone=reached)
    outbox.send(message.channel, to, messages.write(message))


def to_call(of: Edition, now: datetime | None = None) -> list[tuple[EventMessage, str]]:
    """Calls still to make for an edition, the oldest first, with what there is to say."""
    now = now or timezone.now()
    rows = EventMessage.objects.filter(
        registration__edition=of, channel=Channel.CALL, due_at__lte=now, sent_at__isnull=True, cancelled_at__isnull=True
    ).select_related("registration__booking", "registration__edition", "booking", "slot__edition")
    return [(one, messages.said(one)) for one in rows.order_by("due_at", "pk") if still_true(one, now)]


@transaction.atomic
def note_called(account: Account, of: Edition, pk: int) -> EventMessage:
    """The team has called: the call leaves the list. Raises Refused when it is not on it."""
    allow(account, permissions.REGISTER, of.territory_id)
    found = EventMessage.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=pk, registration__edition=of, channel=Channel.CALL, sent_at__isnull=True, cancelled_at__isnull=True
    )
    row = found.first()
    if row is None:
        raise Refused("Cet appel n’est plus à faire.", code="over")
    row.sent_at = timezone.now()
    row.save(update_fields=["sent_at"])
    return row


def run(now: datetime | None = None) -> tuple[int, Sent]:
    """Plans what came due, then sends everything that is due. Returns (planned, what sending did)."""
    return plan(now), send_due(now)
