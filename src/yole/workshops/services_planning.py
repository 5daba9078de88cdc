"""Writes on cohorts and sessions: create, move, cancel.

`account` is the signed-in person; None is the house itself (demonstration, import).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.bookings import services_capacity
from yole.bookings.models import Capacity
from yole.organisations.acting import allow, name_of
from yole.organisations.models import Account
from yole.places.models import Place, Stop
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory
from yole.workshops import permissions, services_messages
from yole.workshops.engine.dates import DayRange, Weekly, half_days_of, slots_of, weekly_plan
from yole.workshops.enums import HalfDay, Kind, SessionState
from yole.workshops.models import Cohort, Programme, Session
from yole.workshops.services_programmes import settings_of

LONGEST_HOURS = 12


@dataclass(frozen=True, slots=True)
class Where:
    """A place or a bus stop (the stop brings its place), and a room in words."""

    place: Place | None = None
    stop: Stop | None = None
    room: str = ""


def _capacity(
    programme: Programme, places: int, starts_at: datetime, ends_at: datetime, *, closes_at: datetime | None, overbooking_percent: int
) -> Capacity:
    chosen = settings_of(programme.territory)
    return services_capacity.make_capacity(
        places,
        starts_at=starts_at,
        ends_at=ends_at,
        closes_at=closes_at,
        offer_hours=chosen.offer_hours,
        offers_stop_hours=chosen.offers_stop_hours,
        overbooking_percent=overbooking_percent,
        names_kept_until=programme.agreement_until,
    )


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if timezone.is_naive(starts_at) or timezone.is_naive(ends_at):
        raise ValueError("naive datetime")
    if ends_at <= starts_at:
        raise Refused("La fin vient après le début.", field="ends_at", code="order")
    if (ends_at - starts_at).total_seconds() > LONGEST_HOURS * 3600:
        raise Refused(f"Une séance dure {LONGEST_HOURS} heures au plus.", field="ends_at", code="too-long")


def _refuse_same_mediator(mediator: Account | None, starts_at: datetime, ends_at: datetime, *, apart_from: int | None = None) -> None:
    """The one clash that blocks: the same person at exactly the same hours. Others (room, partial overlap) are shown, since a person
    may decide that they hold: `selectors.clashes`."""
    if mediator is None:
        return
    same = Session.objects.filter(mediator=mediator, starts_at=starts_at, ends_at=ends_at).exclude(state=SessionState.CANCELLED)
    if apart_from is not None:
        same = same.exclude(pk=apart_from)
    if same.exists():
        raise Refused(
            f"{mediator.name} anime déjà une séance à ces heures.",
            remedy="Choisissez une autre heure ou une autre personne.",
            field="mediator",
            code="clash",
        )


def _place_of(where: Where) -> dict[str, Any]:
    place = where.stop.place if where.stop is not None else where.place
    return {"place": place, "stop": where.stop, "room": " ".join(where.room.split())[:80]}


@transaction.atomic
def create_session(
    account: Account | None,
    programme: Programme,
    *,
    starts_at: datetime,
    ends_at: datetime,
    where: Where,
    capacity: int | None = None,
    kind: Kind = Kind.SINGLE,
    mediator: Account | None = None,
    half_days: Sequence[str] | None = None,
    cohort: Cohort | None = None,
    overbooking_percent: int = 0,
) -> Session:
    """One session. `capacity` is compulsory for single, 1 for an appointment, optional for drop-in, and none for a cohort's session.

    Half-days default to those that the hours touch. Enrolment by the public closes at the start (drop-in: at the end).
    """
    allow(account, permissions.PLAN, programme.territory_id)
    _check_times(starts_at, ends_at)
    _refuse_same_mediator(mediator, starts_at, ends_at)
    if (kind == Kind.COHORT) != (cohort is not None):
        raise Refused("Une séance de parcours appartient à un parcours, et elle seule.", field="kind", code="cohort")
    if kind == Kind.APPOINTMENT:
        capacity = 1
    if kind == Kind.COHORT:
        capacity = None
    elif kind == Kind.SINGLE and capacity is None:
        raise Refused("Dites combien de places il y a.", field="capacity", code="missing")
    if half_days is None:
        half_days = half_days_of(starts_at, ends_at, programme.territory.time_zone)
    if not half_days or set(half_days) - set(HalfDay.values):
        raise Refused("Choisissez au moins une demi-journée.", field="half_days", code="unknown")
    seats = None
    if capacity is not None:
        closes_at = ends_at if kind == Kind.DROP_IN else starts_at
        seats = _capacity(programme, capacity, starts_at, ends_at, closes_at=closes_at, overbooking_percent=overbooking_percent)
    return Session.objects.create(
        programme=programme,
        territory_id=programme.territory_id,
        cohort=cohort,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        half_days=list(half_days),
        capacity=seats,
        mediator=mediator,
        **_place_of(where),
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """What a recurrence made. `skipped`: days off that the pattern met; `refused`: starts at which the mediator already is elsewhere."""

    sessions: tuple[Session, ...]
    skipped: tuple[date, ...]
    refused: tuple[datetime, ...]


def _days_off(territory: Territory, first: date, last: date) -> tuple[set[date], list[DayRange]]:
    days = {
        found.day
        for year in range(first.year, last.year + 1)
        for found in territory_selectors.holidays(year, territory=territory)
        if not found.customary
    }
    ranges = [
        DayRange(date.fromisoformat(entry["from"]), date.fromisoformat(entry["to"])) for entry in settings_of(territory).school_holidays
    ]
    return days, ranges


@transaction.atomic
def create_series(
    account: Account | None,
    programme: Programme,
    *,
    first: date,
    last: date,
    pattern: Sequence[Weekly],
    where: Where,
    kind: Kind = Kind.SINGLE,
    capacity: int | None = None,
    mediator: Account | None = None,
    cohort: Cohort | None = None,
    skip_school_holidays: bool = True,
) -> Planned:
    """Sessions of a weekly pattern between two days, local hours kept across changes of clocks; public holidays are skipped, school
    holidays too unless told. Raises Refused when the pattern gives no session, or more than 400."""
    days, ranges = _days_off(programme.territory, first, last)
    try:
        plan = weekly_plan(
            first, last, pattern, programme.territory.time_zone, days_off=days, ranges_off=ranges if skip_school_holidays else ()
        )
    except ValueError as error:
        texts = {
            "last before first": "Le dernier jour vient après le premier.",
            "impossible slot": "Une séance finit après son début, un jour de la semaine.",
            "empty pattern": "Choisissez au moins un jour de la semaine.",
            "too many meetings": "Plus de 400 séances : réduisez la période.",
        }
        raise Refused(texts[str(error)], field="pattern", code="pattern") from None
    if not plan.meetings:
        raise Refused("Aucune séance ne tombe dans cette période.", field="pattern", code="empty")
    made, refused = [], []
    for starts_at, ends_at in plan.meetings:
        try:
            made.append(
                create_session(
                    account,
                    programme,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    where=where,
                    capacity=capacity,
                    kind=kind,
                    mediator=mediator,
                    cohort=cohort,
                )
            )
        except Refused as refusal:
            if refusal.code != "clash":
                raise
            refused.append(starts_at)
    return Planned(tuple(made), plan.skipped, tuple(refused))


@transaction.atomic
def create_cohort(
    account: Account | None,
    programme: Programme,
    *,
    name: str,
    first: date,
    last: date,
    pattern: Sequence[Weekly],
    capacity: int,
    where: Where,
    mediator: Account | None = None,
    skip_school_holidays: bool = True,
) -> tuple[Cohort, Planned]:
    """A cohort and its sessions: one enrolment for all, closed to the public at the first session."""
    allow(account, permissions.PROGRAMME, programme.territory_id)
    name = " ".join(name.split())
    if not name:
        raise Refused("Donnez un nom au parcours.", field="name", code="missing")
    if last < first:
        raise Refused("Le dernier jour vient après le premier.", field="last", code="order")
    zone = ZoneInfo(programme.territory.time_zone)
    opening = datetime.combine(first, time(0, 0), zone)
    seats = _capacity(programme, capacity, opening, datetime.combine(last, time(23, 59), zone), closes_at=opening, overbooking_percent=0)
    cohort = Cohort.objects.create(
        programme=programme,
        name=name[:150],
        starts_on=first,
        ends_on=last,
        pattern=[{"weekday": slot.weekday, "starts": f"{slot.starts:%H:%M}", "ends": f"{slot.ends:%H:%M}"} for slot in pattern],
        capacity=seats,
    )
    planned = create_series(
        account,
        programme,
        first=first,
        last=last,
        pattern=pattern,
        where=where,
        kind=Kind.COHORT,
        mediator=mediator,
        cohort=cohort,
        skip_school_holidays=skip_school_holidays,
    )
    _follow_sessions(cohort)
    return cohort, planned


def _follow_sessions(cohort: Cohort) -> None:
    """The cohort's capacity starts with its first session held and ends with its last."""
    times = list(cohort.sessions.exclude(state=SessionState.CANCELLED).order_by("starts_at").values_list("starts_at", "ends_at"))
    if times:
        services_capacity.move_capacity(
            cohort.capacity_id, starts_at=times[0][0], ends_at=max(end for _, end in times), closes_at=times[0][0]
        )


@transaction.atomic
def create_appointments(
    account: Account | None,
    programme: Programme,
    *,
    day: date,
    starts: time,
    ends: time,
    minutes: int,
    where: Where,
    mediator: Account | None = None,
    pause: int = 0,
) -> Planned:
    """Individual slots of `minutes` on one day (local hours), one person each. Raises Refused when none fits."""
    try:
        slots = slots_of(day, starts, ends, minutes, programme.territory.time_zone, pause=pause)
    except ValueError:
        raise Refused("Un rendez-vous dure de 5 minutes à 8 heures.", field="minutes", code="range") from None
    if not slots:
        raise Refused("Aucun rendez-vous ne tient entre ces heures.", field="ends", code="empty")
    made, refused = [], []
    for starts_at, ends_at in slots:
        try:
            made.append(
                create_session(
                    account, programme, starts_at=starts_at, ends_at=ends_at, where=where, kind=Kind.APPOINTMENT, mediator=mediator
                )
            )
        except Refused as refusal:
            if refusal.code != "clash":
                raise
            refused.append(starts_at)
    return Planned(tuple(made), (), tuple(refused))


def _held(session_id: int) -> Session:
    session = (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme__territory", "cohort", "mediator")
        .get(pk=session_id)
    )
    if session.state == SessionState.CANCELLED:
        raise Refused("Cette séance est annulée.", code="cancelled")
    return session


@transaction.atomic
def move_session(
    account: Account | None,
    session_id: int,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    where: Where | None = None,
    mediator: Account | None = None,
    reason: str,
) -> tuple[Session, int]:
    """Another date, hour, place or mediator; what is not given stays. Everybody enrolled or waiting is told, except who refused contact.

    Returns the session and how many persons are told. Raises Refused without reason, for a past new date, a cancelled session, a clash.
    """
    session = _held(session_id)
    allow(account, permissions.PLAN, session.territory_id)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise Refused("Écrivez le motif : les personnes inscrites le liront.", field="reason", code="missing")
    length = session.ends_at - session.starts_at
    new_start = starts_at or session.starts_at
    new_end = ends_at or (new_start + length if starts_at else session.ends_at)
    _check_times(new_start, new_end)
    if starts_at is not None and new_start <= timezone.now():
        raise Refused("La nouvelle date est passée.", field="starts_at", code="past")
    person = mediator or session.mediator
    _refuse_same_mediator(person, new_start, new_end, apart_from=session.pk)
    moved_in_time = (new_start, new_end) != (session.starts_at, session.ends_at)
    if moved_in_time:
        session.previous_starts_at = session.previous_starts_at or session.starts_at
        session.half_days = half_days_of(new_start, new_end, session.programme.territory.time_zone)
    session.starts_at, session.ends_at, session.mediator = new_start, new_end, person
    if where is not None:
        for name, value in _place_of(where).items():
            setattr(session, name, value)
    session.state, session.state_reason, session.sequence = SessionState.MOVED, reason, session.sequence + 1
    session.save()
    if moved_in_time:
        if session.capacity_id:
            closes_at = new_end if session.kind == Kind.DROP_IN else new_start
            services_capacity.move_capacity(session.capacity_id, starts_at=new_start, ends_at=new_end, closes_at=closes_at)
        elif session.cohort is not None:
            _follow_sessions(session.cohort)
    return session, services_messages.tell_moved(session)


@transaction.atomic
def cancel_session(account: Account | None, session_id: int, *, reason: str) -> tuple[Session, int]:
    """Cancels a session; everybody enrolled or waiting is told, except who refused contact. A cohort's enrolments stay.

    Returns the session and how many persons are told. Raises Refused without reason or when it already is cancelled.
    """
    session = _held(session_id)
    allow(account, permissions.PLAN, session.territory_id)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise Refused("Écrivez le motif : les personnes inscrites le liront.", field="reason", code="missing")
    session.state, session.state_reason, session.sequence = SessionState.CANCELLED, reason, session.sequence + 1
    session.save()
    told = services_messages.tell_cancelled(session)
    if session.capacity_id:
        services_capacity.close_capacity(session.capacity_id, reason, by=name_of(account))
    elif session.cohort is not None:
        _follow_sessions(session.cohort)
    return session, told


def change_places(account: Account | None, session: Session | Cohort, capacity: int, *, overbooking_percent: int | None = None) -> Capacity:
    """More or fewer places; see bookings.services_capacity.change_capacity. Raises Refused for a session without enrolment."""
    territory_id = session.territory_id if isinstance(session, Session) else session.programme.territory_id
    allow(account, permissions.PLAN, territory_id)
    if session.capacity_id is None:
        raise Refused("Cette séance est sans inscription.", code="drop-in")
    return services_capacity.change_capacity(session.capacity_id, capacity, by=name_of(account), overbooking_percent=overbooking_percent)
