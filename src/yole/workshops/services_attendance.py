"""Attendance at the door, offline or not, and evaluation. Events are only added; what they come to is in Presence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.bookings import services as bookings
from yole.bookings.enums import State
from yole.bookings.models import Booking
from yole.organisations.acting import allow, name_of
from yole.organisations.models import Account
from yole.workshops import permissions
from yole.workshops.engine.attendance import Event, fold
from yole.workshops.enums import AttendanceKind, PresenceState, SessionState
from yole.workshops.models import Attendance, Evaluation, Presence, Session

DRIFT_MAX = 7 * 24 * 3600
_STATES = {PresenceState.PRESENT: State.PRESENT, PresenceState.ABSENT: State.ABSENT, PresenceState.EXCUSED: State.EXCUSED}


@dataclass(frozen=True, slots=True)
class Act:
    """One act at the door, as a device sends it. Give `booking_id`, or `walk_in` (a key drawn by the device) with its label.

    `kind`: arrivée, départ, absent, excusé, annulation. `clock_drift`: seconds by which the device is ahead of the server.
    """

    uuid: UUID
    half_day: str
    kind: str
    device: str
    sequence: int
    device_time: datetime
    booking_id: int | None = None
    walk_in: UUID | None = None
    walk_in_label: str = ""
    clock_drift: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """`added`: uuids written now; `known`: already here; `refused`: uuid -> reason in words. Sending all again is harmless."""

    added: tuple[UUID, ...]
    known: tuple[UUID, ...]
    refused: dict[UUID, str]


def record(account: Account, session_id: int, acts: Iterable[Act]) -> Received:
    """Writes the acts of a device in one transaction, in any order, any number of times; wrong ones are told one by one.

    Booking states follow for sessions that have their own capacity (a cohort's booking covers many sessions and stays as it is).
    """
    require(account, permissions.CHECK_IN)
    with transaction.atomic():
        # The session's row makes two devices that send together write one after the other.
        session = Session.objects.select_for_update(of=("self",), no_key=True).select_related("cohort").get(pk=session_id)
        if session.territory_id != account.territory_id:
            raise Refused("Votre compte est celui d’un autre territoire.", code="forbidden", status=403)
        if session.state == SessionState.CANCELLED:
            raise Refused("Cette séance est annulée.", code="cancelled")
        return _write(session, list(acts), by=name_of(account))


def _write(session: Session, acts: list[Act], *, by: str) -> Received:
    capacity_id = session.cohort.capacity_id if session.cohort is not None else session.capacity_id
    wanted = {act.booking_id for act in acts if act.booking_id is not None}
    here = set(Booking.objects.filter(pk__in=wanted, capacity_id=capacity_id).values_list("pk", flat=True)) if capacity_id else set()
    known = set(Attendance.objects.filter(uuid__in=[act.uuid for act in acts]).values_list("uuid", flat=True))
    refused: dict[UUID, str] = {}
    rows: dict[UUID, Attendance] = {}
    for act in acts:
        if act.uuid in known or act.uuid in rows:
            continue
        reason = _why_not(act, session, here)
        if reason:
            refused[act.uuid] = reason
            continue
        rows[act.uuid] = Attendance(
            uuid=act.uuid,
            session=session,
            half_day=act.half_day,
            booking_id=act.booking_id,
            walk_in=act.walk_in,
            walk_in_label=" ".join(act.walk_in_label.split())[:80],
            kind=act.kind,
            device=act.device[:40],
            sequence=act.sequence,
            device_time=act.device_time,
            clock_drift=act.clock_drift,
            by=by[:120],
        )
    Attendance.objects.bulk_create(rows.values())
    for half_day, booking_id, walk_in in dict.fromkeys((row.half_day, row.booking_id, row.walk_in) for row in rows.values()):
        _rebuild(session, half_day, booking_id, walk_in)
    if session.capacity_id:
        for booking_id in sorted({row.booking_id for row in rows.values() if row.booking_id}):
            _follow(session, booking_id, by=by)
    return Received(tuple(rows), tuple(act.uuid for act in acts if act.uuid in known), refused)


def _why_not(act: Act, session: Session, bookings_here: set[int]) -> str:
    if act.kind not in AttendanceKind.values:
        return "Acte inconnu."
    if act.half_day not in session.half_days:
        return "Cette demi-journée n’est pas celle de la séance."
    if (act.booking_id is None) == (act.walk_in is None):
        return "Dites qui : une inscription, ou une personne venue sans inscription."
    if act.booking_id is not None and act.booking_id not in bookings_here:
        return "Cette inscription n’est pas celle de cette séance."
    if act.walk_in is not None and act.kind == AttendanceKind.ARRIVAL and not act.walk_in_label.strip():
        return "Écrivez un nom ou un surnom."
    if timezone.is_naive(act.device_time) or act.sequence < 0 or abs(act.clock_drift) > DRIFT_MAX:
        return "Heure ou numéro d’appareil impossible."
    return ""


def _rebuild(session: Session, half_day: str, booking_id: int | None, walk_in: UUID | None) -> None:
    person: dict[str, Any] = {"walk_in": walk_in, "booking": None} if booking_id is None else {"walk_in": None, "booking_id": booking_id}
    rows = list(Attendance.objects.filter(session=session, half_day=half_day, **person))
    standing = fold(Event(str(row.uuid), row.kind, row.device, row.sequence, row.device_time, row.clock_drift) for row in rows)
    labels = [row.walk_in_label for row in sorted(rows, key=lambda row: row.device_time) if row.walk_in_label]
    Presence.objects.update_or_create(
        session=session,
        half_day=half_day,
        **person,
        defaults={
            "state": standing.state,
            "arrived_at": standing.arrived_at,
            "left_at": standing.left_at,
            "double": bool(standing.doubles),
            "label": labels[-1] if labels else "",
        },
    )


def _follow(session: Session, booking_id: int, *, by: str) -> None:
    """The booking of a single session is présent when present at any half-day, else absent or excusé."""
    states = set(Presence.objects.filter(session=session, booking_id=booking_id).values_list("state", flat=True))
    for presence in (PresenceState.PRESENT, PresenceState.EXCUSED, PresenceState.ABSENT):
        if presence in states:
            booking = Booking.objects.only("state").get(pk=booking_id)
            if booking.state != State.CANCELLED:
                bookings.mark(booking_id, _STATES[presence], by=by)
            return
    bookings.unmark(booking_id, by=by)


def mark(
    account: Account,
    session_id: int,
    half_day: str,
    kind: str,
    *,
    booking_id: int | None = None,
    walk_in: UUID | None = None,
    label: str = "",
    key: UUID | None = None,
) -> Received:
    """One act typed at the desk. `key` is the form's: a double click writes one act. A walk-in without `walk_in` gets a new key.

    Raises Refused with the reason when the act cannot be written.
    """
    key = key or uuid4()
    if booking_id is None and walk_in is None:
        walk_in = uuid5(key, "walk-in")
    now = timezone.now()
    act = Act(
        uuid=key,
        half_day=half_day,
        kind=kind,
        device="desk",
        sequence=0,
        device_time=now.astimezone(UTC),
        booking_id=booking_id,
        walk_in=walk_in,
        walk_in_label=label,
    )
    received = record(account, session_id, [act])
    if received.refused:
        raise Refused(next(iter(received.refused.values())), code="attendance")
    return received


@system_scope()
def evaluate(session: Session, *, smiley: int, line: str = "", key: UUID, booking: Booking | None = None) -> Evaluation:
    """A smiley (1 bad, 2 fair, 3 good) and one line of at most 200 characters, by somebody enrolled or from a paper (no booking).

    The same `key`, or the same booking for the same session, changes nothing more. Raises Refused before the session starts,
    for a booking of another session, a smiley out of 1..3, a longer line.
    """
    line = " ".join(line.split())
    if smiley not in (1, 2, 3):
        raise Refused(_("Choisissez un des trois visages."), field="smiley", code="missing")
    if len(line) > 200:
        raise Refused(_("Une ligne de 200 caractères au plus."), field="line", code="too-long")
    if timezone.now() < session.starts_at:
        raise Refused(_("Vous pourrez donner votre avis après la séance."), code="early")
    capacity_id = session.cohort.capacity_id if session.cohort is not None else session.capacity_id
    if booking is not None and booking.capacity_id != capacity_id:
        raise Refused(_("Ce code n’est pas celui de cette séance."), code="other")
    with transaction.atomic():
        Session.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=session.pk)
        again = Evaluation.objects.filter(key=key).first() or (
            Evaluation.objects.filter(session=session, booking=booking).first() if booking else None
        )
        return again or Evaluation.objects.create(session=session, booking=booking, smiley=smiley, line=line, key=key)


def evaluate_from_paper(account: Account, session: Session, *, counts: dict[int, int], key: UUID) -> int:
    """The tally of a paper: smiley -> how many. Sending the form again adds nothing. Returns how many were added."""
    allow(account, permissions.CHECK_IN, session.territory_id)
    if set(counts) - {1, 2, 3} or any(not 0 <= count <= 200 for count in counts.values()):
        raise Refused("Un nombre va de 0 à 200.", field="counts", code="range")
    rows = [
        Evaluation(session=session, smiley=smiley, key=uuid5(key, f"{smiley}-{n}"))
        for smiley, count in counts.items()
        for n in range(count)
    ]
    before = Evaluation.objects.filter(session=session).count()
    Evaluation.objects.bulk_create(rows, ignore_conflicts=True)
    return Evaluation.objects.filter(session=session).count() - before
