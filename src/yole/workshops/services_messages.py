"""What people are told: which message, to whom, through what, and when; sending. Texts are in messages.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.bookings import outbox
from yole.bookings.enums import Act, Channel, State
from yole.bookings.models import Booking
from yole.bookings.outbox import Sent, channel_of
from yole.organisations.models import Account
from yole.workshops import messages, permissions
from yole.workshops.enums import REMINDER_HOURS, REMINDER_LATE, CallOutcome, MessageKind, SessionState
from yole.workshops.models import OutboundMessage, Session, WorkshopSettings, every_reminder

_TOLD_OF_CHANGE = (State.BOOKED, State.WAITING, State.OFFERED, State.CONFIRMED)
_REMINDED = (State.BOOKED, State.CONFIRMED)
_BATCH = 500


def _message(booking: Booking, session: Session, kind: MessageKind, once: str, due_at: datetime) -> OutboundMessage:
    return OutboundMessage(booking=booking, session=session, channel=channel_of(booking), kind=kind, once=once, due_at=due_at)


def _write(rows: Iterable[OutboundMessage]) -> int:
    """Writes messages that were not written before; the unique key (booking, once) decides. Returns how many were given."""
    rows = list(rows)
    OutboundMessage.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)
    return len(rows)


def _own_session(booking: Booking) -> Session | None:
    """The session of a booking, or the next one of its cohort."""
    one = Session.objects.filter(capacity_id=booking.capacity_id).first()
    if one is not None:
        return one
    held = Session.objects.filter(cohort__capacity_id=booking.capacity_id).exclude(state=SessionState.CANCELLED).order_by("starts_at")
    return held.filter(starts_at__gt=timezone.now()).first() or held.first()


def on_booking_changed(sender: type[Booking], booking: Booking, act: Act, **_: Any) -> None:
    """Receiver of bookings.signals.changed, inside the transaction of the act."""
    now = timezone.now()
    if act in (Act.CANCELLED, Act.REFUSED, Act.EXPIRED, Act.REVOKED):
        # What was still to say is no longer true, except that the service cancelled.
        pending = OutboundMessage.objects.filter(booking=booking, sent_at__isnull=True, cancelled_at__isnull=True)
        pending.exclude(kind=MessageKind.CANCELLED).update(cancelled_at=now)
    elif act == Act.CONTACT:
        pending = OutboundMessage.objects.filter(booking=booking, sent_at__isnull=True, cancelled_at__isnull=True)
        if booking.no_contact:
            pending.update(cancelled_at=now)
        else:
            pending.update(channel=channel_of(booking))
    elif act == Act.OFFERED and not booking.no_contact:
        session = _own_session(booking)
        if session is not None:
            _write([_message(booking, session, MessageKind.OFFER, f"offer:{booking.offer_expires_at:%Y%m%d%H%M}", now)])
    elif act in (Act.BOOKED, Act.QUEUED) and booking.email and not booking.no_contact:
        # A written confirmation only by e-mail: on a telephone the code is on the screen, and an SMS more is an SMS too many.
        session = _own_session(booking)
        if session is not None:
            _write([_message(booking, session, MessageKind.CONFIRMATION, "confirmation", now)])


def enrolled(session: Session) -> list[Booking]:
    """Whoever is told of a change: enrolled, waiting or offered a place."""
    capacity_id = session.cohort.capacity_id if session.cohort is not None else session.capacity_id
    return list(Booking.objects.filter(capacity_id=capacity_id, state__in=_TOLD_OF_CHANGE)) if capacity_id else []


def _tell_all(session: Session, kind: MessageKind) -> int:
    now = timezone.now()
    OutboundMessage.objects.filter(
        session=session, sent_at__isnull=True, cancelled_at__isnull=True, kind__in=[*REMINDER_HOURS, MessageKind.MOVED]
    ).update(cancelled_at=now)
    if session.ends_at <= now:
        return 0
    once = f"{kind}:{session.pk}:{session.sequence}"
    return _write(_message(booking, session, kind, once, now) for booking in enrolled(session) if not booking.no_contact)


def tell_moved(session: Session) -> int:
    """Tells everybody enrolled or waiting that a session moved; an earlier such message not sent yet is replaced."""
    return _tell_all(session, MessageKind.MOVED)


def tell_cancelled(session: Session) -> int:
    """Tells everybody enrolled or waiting that a session is cancelled; its other messages are withdrawn. Returns how many."""
    return _tell_all(session, MessageKind.CANCELLED)


# --- reminders -----------------------------------------------------------------------------------------------------------------------


def plan_reminders(now: datetime | None = None) -> int:
    """Writes the reminders that are due. Of several due at once, only the nearest to the start; none that was due before the enrolment.

    The rules are the programme's, else the territory's. Returns how many were written.
    """
    now = now or timezone.now()
    horizon = now + timedelta(hours=max(REMINDER_HOURS.values()))
    sessions = (
        Session.objects.filter(starts_at__gt=now, starts_at__lte=horizon)
        .exclude(state=SessionState.CANCELLED)
        .select_related("programme", "cohort")
        .order_by("starts_at", "pk")
    )
    chosen = {row.territory_id: row.reminders for row in WorkshopSettings.objects.all()}
    due: dict[int, list[tuple[Session, MessageKind, datetime]]] = {}
    for session in sessions:
        own = session.programme.reminders
        rules = own if own is not None else chosen.get(session.territory_id, every_reminder())
        moments = sorted((session.starts_at - timedelta(hours=REMINDER_HOURS[MessageKind(rule)]), MessageKind(rule)) for rule in rules)
        passed = [(at, kind) for at, kind in moments if at <= now < at + timedelta(hours=REMINDER_LATE[kind])]
        capacity_id = session.cohort.capacity_id if session.cohort is not None else session.capacity_id
        if passed and capacity_id:
            at, kind = passed[-1]
            due.setdefault(capacity_id, []).append((session, kind, at))
    rows = []
    reached = Booking.objects.filter(capacity_id__in=due, state__in=_REMINDED, no_contact=False)
    for booking in reached.only("pk", "capacity_id", "email", "phone", "created_at").iterator(chunk_size=2000):
        for session, kind, at in due[booking.capacity_id]:
            if booking.created_at <= at:
                rows.append(_message(booking, session, kind, f"{kind}:{session.pk}:{session.starts_at:%Y%m%d%H%M}", now))
    known = set(
        OutboundMessage.objects.filter(session__in={row.session_id for row in rows}, kind__in=REMINDER_HOURS).values_list(
            "booking_id", "once"
        )
    )
    return _write(row for row in rows if (row.booking_id, row.once) not in known)


def send_due(now: datetime | None = None) -> Sent:
    """Sends what is due by e-mail and SMS, each message once."""
    rows = OutboundMessage.objects.select_related("booking", "session__programme__territory", "session__place", "session__stop")
    return outbox.send_due(rows, still_true=still_true, deliver=_deliver, now=now)


def still_true(message: OutboundMessage, now: datetime) -> bool:
    """Whether a message is still to be said, looked at again at the last moment."""
    booking, session = message.booking, message.session
    if booking.no_contact or booking.erased_at is not None:
        return False
    if not (booking.email if message.channel == Channel.EMAIL else booking.phone or message.channel == Channel.CALL):
        return False
    kind = MessageKind(message.kind)
    if kind == MessageKind.CANCELLED:
        return session.state == SessionState.CANCELLED and session.ends_at > now
    if session.state == SessionState.CANCELLED or session.ends_at <= now:
        return False
    if kind in REMINDER_HOURS:
        return booking.state in _REMINDED and session.starts_at > now
    if kind == MessageKind.OFFER:
        return booking.state == State.OFFERED and booking.offer_expires_at is not None and booking.offer_expires_at > now
    return booking.state in _TOLD_OF_CHANGE


def _deliver(message: OutboundMessage) -> None:
    outbox.send(message.channel, message.booking, messages.write(message))


def remind(now: datetime | None = None) -> tuple[int, Sent]:
    """Plans the reminders that are due, then sends everything that is due. Returns (planned, what sending did)."""
    return plan_reminders(now), send_due(now)


@transaction.atomic
def note_call(account: Account, message_id: int, outcome: CallOutcome) -> OutboundMessage:
    """What came of a telephone call. Reached and unreachable end it; no answer leaves it on the list."""
    require(account, permissions.CALL)
    message = OutboundMessage.objects.select_for_update(of=("self",), no_key=True).select_related("session").get(pk=message_id)
    if message.session.territory_id != account.territory_id:
        raise Refused("Votre compte est celui d’un autre territoire.", code="forbidden", status=403)
    if message.channel != Channel.CALL or message.cancelled_at is not None:
        raise Refused("Cet appel n’est plus à faire.", code="over")
    if outcome not in CallOutcome.values:
        raise Refused("Choisissez ce que l’appel a donné.", field="outcome", code="unknown")
    message.call_outcome, message.called_by, message.attempts = outcome, account.name, message.attempts + 1
    if outcome != CallOutcome.NO_ANSWER:
        message.sent_at = message.sent_at or timezone.now()
    message.save(update_fields=["call_outcome", "called_by", "attempts", "sent_at"])
    return message
