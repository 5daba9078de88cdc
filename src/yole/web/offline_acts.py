"""What each kind of act made without a network does when it is delivered, and what makes a person decide.

Each handler reads its payload strictly, calls one service of a room and answers without personal data (base/deliveries.py keeps it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, timedelta
from functools import wraps
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from yole.base.deliveries import Answer, Conflict, Envelope
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.bookings import services as bookings
from yole.bookings.contacts import read_contact
from yole.bookings.enums import Source, State
from yole.organisations.acting import name_of
from yole.organisations.models import Account
from yole.workshops import permissions as workshop_acts
from yole.workshops import selectors as workshop_selectors
from yole.workshops.enums import AttendanceKind, PresenceState
from yole.workshops.models import Presence, Session
from yole.workshops.selectors import Filters
from yole.workshops.services_attendance import DRIFT_MAX, Act, record
from yole.workshops.services_enrolment import CONSENT_VERSION

OTHERS_SHOWN = 5
_STATE_OF = {
    AttendanceKind.ARRIVAL: PresenceState.PRESENT,
    AttendanceKind.ABSENT: PresenceState.ABSENT,
    AttendanceKind.EXCUSED: PresenceState.EXCUSED,
    AttendanceKind.UNDO: PresenceState.UNKNOWN,
}

Handle = Callable[[Account, Envelope], Answer]


def strict(handle: Handle) -> Handle:
    """A payload that is not what this version sends is refused in words; it never becomes an error that is tried for ever."""

    @wraps(handle)
    def guarded(account: Account, envelope: Envelope) -> Answer:
        try:
            return handle(account, envelope)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refused("Le contenu de cet acte n’est pas lisible.", code="unreadable", status=400) from error

    return guarded


def _number(payload: Mapping[str, Any], name: str) -> int:
    value = payload[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise ValueError(name)
    return value


def _text(payload: Mapping[str, Any], name: str, most: int) -> str:
    value = payload.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(name)
    return value.strip()


def _session(account: Account, pk: int) -> Session:
    found = workshop_selectors.session(account.territory, pk)
    if found is None:
        raise Refused("Cette séance n’existe plus.", code="unknown", status=404)
    return found


# --- attendance ------------------------------------------------------------------------------------------------------------------------


@strict
def attendance(account: Account, envelope: Envelope) -> Answer:
    """`{session, half_day, kind, seen, booking | walk_in + label}`: one act at the door, added to those of the other devices.

    `seen` is the state that the device showed before. Somebody already present through another device is a « double passage »: kept,
    and a person says whether it is the same visit (`same`) or somebody else (`two`). Another mark made meanwhile is not overwritten:
    a person chooses `mine` or `theirs`.
    """
    payload = envelope.payload
    session = _session(account, _number(payload, "session"))
    half_day, kind, seen = _text(payload, "half_day", 20), _text(payload, "kind", 20), _text(payload, "seen", 20)
    booking_id = _number(payload, "booking") if payload.get("booking") is not None else None
    walk_in = UUID(str(payload["walk_in"])) if payload.get("walk_in") is not None else None
    if envelope.decision in ("same", "theirs"):
        return Answer({"code": envelope.decision})
    if envelope.decision == "two":
        other = Act(
            **_stamp(envelope, "two"),
            half_day=half_day,
            kind=AttendanceKind.ARRIVAL,
            walk_in=uuid5(envelope.uuid, "walk-in"),
            walk_in_label="Deuxième personne au même nom",
        )
        _record(account, session, other)
        return Answer({"code": "two"})
    if booking_id is not None and envelope.decision != "mine":
        present = Presence.objects.filter(session=session, half_day=half_day, booking_id=booking_id).first()
        now_is = present.state if present else ""
        wanted = _STATE_OF.get(AttendanceKind(kind), PresenceState.UNKNOWN)
        if now_is not in (seen, wanted.value):
            at = present.arrived_at.isoformat() if present and present.arrived_at else ""
            raise Conflict(
                "attendance",
                "Un autre appareil a noté autre chose pour cette personne.",
                {"session": session.pk, "booking": booking_id, "theirs": now_is, "mine": wanted.value, "at": at},
            )
    before = _doubles(session, half_day, booking_id)
    person: dict[str, Any] = {"booking_id": booking_id, "walk_in": walk_in, "walk_in_label": _text(payload, "label", 80)}
    _record(account, session, Act(**_stamp(envelope, ""), half_day=half_day, kind=kind, **person))
    if envelope.decision == "mine" and booking_id is not None and _state(session, half_day, booking_id) != _STATE_OF[AttendanceKind(kind)]:
        # The other mark is later than this one and would win: what a person decides now is a correction made now.
        now = {"device_time": timezone.now().astimezone(UTC), "clock_drift": 0}
        _record(account, session, Act(**{**_stamp(envelope, "mine"), **now}, half_day=half_day, kind=kind, **person))
    if booking_id is not None and _doubles(session, half_day, booking_id) and not before:
        first = Presence.objects.get(session=session, half_day=half_day, booking_id=booking_id).arrived_at
        at = first.isoformat() if first else ""
        return Answer(
            {"code": "double", "session": session.pk, "booking": booking_id, "at": at, "mine": envelope.at.isoformat()}, conflict=True
        )
    return Answer({"session": session.pk})


def _stamp(envelope: Envelope, part: str) -> dict[str, Any]:
    """The envelope's identity and time as an act at the door has them; a time that was out of bounds is already the server's."""
    exact = not envelope.doubtful and abs(envelope.drift) <= DRIFT_MAX
    return {
        "uuid": uuid5(envelope.uuid, part) if part else envelope.uuid,
        "device": envelope.device,
        "sequence": envelope.sequence,
        "device_time": envelope.made_at if exact else envelope.at,
        "clock_drift": envelope.drift if exact else 0,
    }


def _record(account: Account, session: Session, act: Act) -> None:
    received = record(account, session.pk, [act])
    if received.refused:
        raise Refused(next(iter(received.refused.values())), code="attendance", status=422)


def _state(session: Session, half_day: str, booking_id: int) -> str:
    found = Presence.objects.filter(session=session, half_day=half_day, booking_id=booking_id).values_list("state", flat=True)
    return str(found.first() or "")


def _doubles(session: Session, half_day: str, booking_id: int | None) -> bool:
    return (
        booking_id is not None and Presence.objects.filter(session=session, half_day=half_day, booking_id=booking_id, double=True).exists()
    )


# --- enrolment at the desk ---------------------------------------------------------------------------------------------------------------


@strict
def enrolment(account: Account, envelope: Envelope) -> Answer:
    """`{session, name, contact, no_contact, size, consent}`: somebody enrolled at the desk, at the hour when it was done.

    A session that filled meanwhile is a conflict: `waiting` (the waiting list), `over` (came anyway, counted beyond the places), or
    `other` (the payload then names another session).
    """
    require(account, workshop_acts.ENROL)
    payload = envelope.payload
    session = _session(account, _number(payload, "session"))
    name = _text(payload, "name", 200)
    if envelope.decision == "over":
        return _beyond(account, envelope, session, name)
    capacity = session.cohort.capacity if session.cohort is not None else session.capacity
    if capacity is None:
        raise Refused("Cette séance est sans inscription : notez la personne à son arrivée.", code="drop-in")
    request = bookings.Request(
        name=name,
        consent_version=CONSENT_VERSION if payload.get("consent") is True else "",
        idempotency_key=envelope.uuid,
        contact=read_contact(_text(payload, "contact", 254)),
        no_contact=payload.get("no_contact") is True,
        size=_number(payload, "size") if "size" in payload else 1,
        source=Source.DESK,
        structure=account.structure,
    )
    outcome = bookings.book(capacity.pk, request, by=name_of(account), at_desk=True, now=envelope.at)
    if outcome.booking.state == State.WAITING and not outcome.repeat and envelope.decision != "waiting":
        # Undone with the transaction: on a waiting list only if a person says so.
        raise Conflict("full", "Il n’y a plus de place.", _full(account, session, request.size))
    return Answer({"session": session.pk, "state": outcome.booking.state, "again": outcome.repeat == "person"})


def _full(account: Account, session: Session, size: int) -> dict[str, Any]:
    """The places of the session, and the next sessions of its programme that have room."""
    row = workshop_selectors.session_row(account.territory, session.pk)
    today = workshop_selectors.zone_of(account.territory)
    coming = workshop_selectors.desk_sessions(
        account.territory,
        Filters(programme_id=session.programme_id, places_left=True),
        first=session.starts_at.astimezone(today).date(),
        size=OTHERS_SHOWN + 1,
    ).rows
    others = [
        {"id": one.pk, "at": one.starts_at.isoformat(), "place": one.place, "left": one.left}
        for one in coming
        if one.pk != session.pk and one.left is not None and one.left >= size
    ]
    return {
        "session": session.pk,
        "seats": row.seats if row else None,
        "taken": row.taken if row else None,
        "waiting": row.waiting if row else 0,
        "others": others[:OTHERS_SHOWN],
    }


def _beyond(account: Account, envelope: Envelope, session: Session, name: str) -> Answer:
    """Came although the session is full: present without enrolment, so that the count says how many more than the places."""
    if abs(session.starts_at - envelope.at) > timedelta(hours=24):
        raise Refused(
            "La séance n’est pas ce jour-là : personne ne peut y être présent.", remedy="Choisissez la liste d’attente.", code="another-day"
        )
    act = Act(
        **_stamp(envelope, ""),
        half_day=session.half_days[0],
        kind=AttendanceKind.ARRIVAL,
        walk_in=uuid5(envelope.uuid, "walk-in"),
        walk_in_label=name[:80],
    )
    _record(account, session, act)
    return Answer({"session": session.pk, "state": "over"})
