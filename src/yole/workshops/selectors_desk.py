"""What the desk reads of one session: sheet, package for a device, calls to make, clashes, opinions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Avg, Count, QuerySet
from django.utils import timezone

from yole.bookings import selectors as booking_selectors
from yole.bookings.enums import Channel, State
from yole.bookings.models import Booking
from yole.bookings.outbox import channel_of
from yole.territory.models import Territory
from yole.workshops.enums import MessageKind
from yole.workshops.models import Attendance, Evaluation, OutboundMessage, Presence, Programme, Session
from yole.workshops.selectors import SessionRow, rows_of
from yole.workshops.services_messages import enrolled, still_true


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a session's list. `marks`: half-day -> Presence (missing when not marked). Walk-ins have no booking."""

    number: int
    name: str
    structure: str
    booking: Booking | None
    walk_in: UUID | None
    marks: dict[str, Presence]

    @property
    def double(self) -> bool:
        return any(mark.double for mark in self.marks.values())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A session's attendance: lines numbered as on paper (enrolled in the order of enrolment, then walk-ins), counts, and what to decide.

    `present` counts persons (households by their size) at any half-day; `over`: how many more came than there are places.
    """

    session: Session
    lines: list[SheetLine]
    waiting: list[booking_selectors.Queued]
    cancelled: list[Booking]
    present: int
    to_mark: int
    walk_ins: int
    over: int


def session_sheet(session: Session) -> Sheet:
    """Everything that the attendance screen, the paper sheet and the certificates need. Four queries."""
    capacity = session.cohort.capacity if session.cohort is not None else session.capacity
    bookings = list(Booking.objects.select_related("structure").filter(capacity=capacity).order_by("created_at", "pk")) if capacity else []
    presences = list(Presence.objects.filter(session=session).order_by("pk"))
    by_booking: dict[int, dict[str, Presence]] = {}
    by_walk_in: dict[UUID, dict[str, Presence]] = {}
    for presence in presences:
        if presence.booking_id:
            by_booking.setdefault(presence.booking_id, {})[presence.half_day] = presence
        elif presence.walk_in and presence.state:
            by_walk_in.setdefault(presence.walk_in, {})[presence.half_day] = presence
    lines = [
        SheetLine(0, booking.name, booking.structure.name if booking.structure else "", booking, None, by_booking.get(booking.pk, {}))
        for booking in bookings
        if booking.state not in (State.CANCELLED, State.WAITING) or any(mark.state for mark in by_booking.get(booking.pk, {}).values())
    ]
    lines += [SheetLine(0, max((m.label for m in marks.values()), key=len), "", None, key, marks) for key, marks in by_walk_in.items()]
    lines = [SheetLine(n, line.name, line.structure, line.booking, line.walk_in, line.marks) for n, line in enumerate(lines, 1)]
    here = [line for line in lines if any(mark.state == "présent" for mark in line.marks.values())]
    present = sum(line.booking.size if line.booking else 1 for line in here)
    waiting = sorted((b for b in bookings if b.state == State.WAITING), key=lambda b: (b.priority, b.created_at, b.pk))
    return Sheet(
        session=session,
        lines=lines,
        waiting=[booking_selectors.Queued(rank, booking) for rank, booking in enumerate(waiting, 1)],
        cancelled=[b for b in bookings if b.state == State.CANCELLED],
        present=present,
        to_mark=sum(
            1 for line in lines if line.booking and any(not (line.marks.get(h) and line.marks[h].state) for h in session.half_days)
        ),
        walk_ins=sum(1 for line in here if line.booking is None),
        over=max(0, present - capacity.seats) if capacity else 0,
    )


@dataclass(frozen=True, slots=True)
class Call:
    """One telephone call to make. `phone` may be empty (no contact: through `structure`). `why` is the label of the message's kind."""

    message_id: int
    booking: Booking
    session: SessionRow
    kind: str
    why: str
    due_at: datetime
    answer_before: datetime | None
    tries: int
    structure: str


def call_list(territory: Territory, now: datetime | None = None) -> list[Call]:
    """Calls to make, the most pressing first: offers, cancelled and moved sessions, reminders, of people without e-mail or SMS.

    People who do not wish to be contacted are never on it, nor is what is no longer true. Three queries.
    """
    now = now or timezone.now()
    pending = (
        OutboundMessage.objects.filter(
            channel=Channel.CALL, due_at__lte=now, sent_at__isnull=True, cancelled_at__isnull=True, session__territory=territory
        )
        .exclude(kind=MessageKind.CONFIRMATION)
        .select_related("booking__structure", "session")
        .order_by("due_at", "pk")
    )
    kept = [message for message in pending if still_true(message, now)]
    rows = {row.pk: row for row in rows_of(Session.objects.filter(pk__in={m.session_id for m in kept}), ZoneInfo(territory.time_zone))}
    calls = [
        Call(
            message_id=message.pk,
            booking=message.booking,
            session=rows[message.session_id],
            kind=message.kind,
            why=MessageKind(message.kind).label,
            due_at=message.due_at,
            answer_before=message.booking.offer_expires_at,
            tries=message.attempts,
            structure=message.booking.structure.name if message.booking.structure else "",
        )
        for message in kept
    ]
    return sorted(calls, key=lambda call: (call.answer_before or call.session.starts_at, call.message_id))


@dataclass(frozen=True, slots=True)
class Clash:
    """Two sessions that overlap. `kind` is `mediator` or `room`."""

    kind: str
    first: int
    second: int


def clashes(session_ids: Iterable[int]) -> list[Clash]:
    """Overlaps of the same mediator, or of the same room at the same place, between the given sessions and all others. One query.

    A room without a name clashes with nothing: several groups can share a place.
    """
    ids = sorted(set(session_ids))
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            # Both sides are read once, bounded by the index on the start (a session lasts twelve hours at most).
            "WITH a AS MATERIALIZED (SELECT id, starts_at, ends_at, mediator_id, place_id, lower(room) AS room FROM workshops_session "
            "WHERE id = ANY(%s) AND state <> 'cancelled'), "
            "b AS MATERIALIZED (SELECT id, starts_at, ends_at, mediator_id, place_id, lower(room) AS room FROM workshops_session "
            "WHERE starts_at > (SELECT min(starts_at) FROM a) - interval '12 hours' AND starts_at < (SELECT max(ends_at) FROM a) "
            "AND state <> 'cancelled'), "
            "found AS (SELECT a.id AS x, b.id AS y, true AS mediator FROM a JOIN b ON a.mediator_id = b.mediator_id "
            "AND a.id <> b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at "
            "UNION ALL SELECT a.id, b.id, false FROM a JOIN b ON a.place_id = b.place_id AND a.room = b.room AND a.room <> '' "
            "AND a.id <> b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at) "
            "SELECT LEAST(x, y), GREATEST(x, y), bool_or(mediator), bool_or(NOT mediator) FROM found GROUP BY 1, 2 ORDER BY 1, 2",
            [ids],
        )
        rows = cursor.fetchall()
    found = []
    for first, second, mediator, room in rows:
        found += [Clash("mediator", first, second)] if mediator else []
        found += [Clash("room", first, second)] if room else []
    return found


@dataclass(frozen=True, slots=True)
class Opinions:
    """Evaluations of a programme: `counts` smiley -> how many, mean from 1 to 3 (None without any), last lines written."""

    counts: dict[int, int]
    mean: float | None
    lines: list[tuple[int, str, datetime]]


def opinions(programme: Programme, *, session_id: int | None = None) -> Opinions:
    """For the team's page of a programme, or of one session."""
    rows = Evaluation.objects.filter(session__programme=programme)
    if session_id:
        rows = rows.filter(session_id=session_id)
    counts = {1: 0, 2: 0, 3: 0} | dict(rows.order_by().values_list("smiley").annotate(n=Count("pk")))
    lines = list(rows.exclude(line="").order_by("-created_at").values_list("smiley", "line", "created_at")[:50])
    return Opinions(counts, rows.aggregate(m=Avg("smiley"))["m"], lines)


def journal(session_id: int, limit: int = 300) -> list[Attendance]:
    """Every act of attendance of a session, newest first: corrections stay visible beside what they correct."""
    return list(
        Attendance.objects.filter(session_id=session_id).select_related("booking").order_by("-received_at", "-sequence", "-pk")[:limit]
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Who would be told that a session moves or is cancelled, by channel; `silent`: people who do not wish to be contacted."""

    email: list[Booking]
    sms: list[Booking]
    call: list[Booking]
    silent: list[Booking]

    @property
    def total(self) -> int:
        return len(self.email) + len(self.sms) + len(self.call)


def who_is_told(session: Session) -> Told:
    """The preview of services_messages.tell_moved and tell_cancelled. One query."""
    told = Told([], [], [], [])
    groups = {Channel.EMAIL: told.email, Channel.SMS: told.sms, Channel.CALL: told.call}
    for booking in enrolled(session):
        (told.silent if booking.no_contact else groups[channel_of(booking)]).append(booking)
    return told


OUTBOX_STATES = {"a-envoyer": "À envoyer", "envoye": "Envoyés", "retire": "Retirés", "echec": "En échec"}


def outbox(territory: Territory, state: str = "", session_id: int | None = None) -> QuerySet[OutboundMessage]:
    """Messages of the territory, newest first, with what their page shows. `state` is a key of OUTBOX_STATES, empty for all."""
    found = OutboundMessage.objects.filter(session__territory=territory).select_related(
        "booking", "session__programme__territory", "session__place", "session__stop"
    )
    if session_id is not None:
        found = found.filter(session_id=session_id)
    if state == "a-envoyer":
        found = found.filter(sent_at__isnull=True, cancelled_at__isnull=True, failed=False)
    elif state == "envoye":
        found = found.filter(sent_at__isnull=False)
    elif state == "retire":
        found = found.filter(cancelled_at__isnull=False)
    elif state == "echec":
        found = found.filter(failed=True, sent_at__isnull=True)
    return found.order_by("-due_at", "-pk")
