"""Training of advisers: programmes, courses and their half-days, enrolments, hours done, certificates.

Places are those of `bookings`. Locks are taken in one order: the course, its places, the enrolments. Bookings hold no name and are read
by work of the house alone: the acts here open that scope once the account is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from yole.advisers import mails, permissions
from yole.advisers.engine import life, training
from yole.advisers.engine.training import Slot
from yole.advisers.enums import LIVING, ContractState, TrainingKind, TrainingState
from yole.advisers.models import Attendance, Candidate, Contract, Course, CourseSlot, Enrolment, Syllabus, TrainingRule
from yole.advisers.models_training import CERTIFICATE_LENGTH
from yole.base.errors import Refused
from yole.base.permissions import may, require
from yole.base.scope import system_scope
from yole.bookings import services as bookings
from yole.bookings import services_capacity
from yole.bookings.enums import Act, Source
from yole.bookings.models import Booking
from yole.bookings.services import Request
from yole.journal.references import SYSTEM, reference
from yole.journal.services import record
from yole.kernel.codes import new_code
from yole.organisations.models import Account
from yole.territory.selectors import today

IN_POST = (*LIVING, ContractState.RENEWED)
CONSENT_VERSION = "formation-2026-11"
PRESENT_STATES = (TrainingState.ENROLLED, TrainingState.ADJOURNED)  # whose presence is noted
OFFERS_STOP_HOURS = 1  # nobody moves up from the waiting list in the hour before the course


@dataclass(frozen=True, slots=True)
class SyllabusData:
    """`modules`: see `Syllabus`."""

    kind: str
    title: str
    modules: Sequence[Mapping[str, int | str]]
    attend_percent: int
    pass_percent: int
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class CourseData:
    syllabus: int
    remote: bool
    place: str
    trainer_name: str
    trainer: int | None
    capacity: int
    slots: Sequence[Slot]


def _actor(account: Account) -> str:
    return reference("account", account.pk)


@transaction.atomic
def save_rule(account: Account, *, initial_hours: int, continuing_hours: int, warn_months: int) -> TrainingRule:
    """What the territory asks: hours of initial training by default, of continuing training a year, months before the end of a contract."""
    require(account, permissions.ADMIT)
    values = {"initial_hours": initial_hours, "continuing_hours": continuing_hours, "warn_months": warn_months}
    made, _new = TrainingRule.objects.update_or_create(territory=account.territory, defaults=values)
    record("advisers.training-rule", _actor(account), reference("territory", account.territory_id), values)
    return made


@transaction.atomic
def add_syllabus(account: Account, data: SyllabusData) -> Syllabus:
    """A programme, or the next version of one with the same title, which ends the day before. Raises Refused."""
    require(account, permissions.TRAIN)
    _whole(data)
    older = Syllabus.objects.select_for_update().filter(territory=account.territory, title=data.title.strip())
    if older.filter(valid_from__gte=data.valid_from).exists():
        raise Refused("Une version de ce programme commence déjà ce jour-là, ou après.", field="valid_from", code="dates")
    older.filter(valid_until__isnull=True).update(valid_until=data.valid_from - timedelta(days=1))
    made = Syllabus.objects.create(
        territory=account.territory,
        kind=data.kind,
        title=data.title.strip(),
        modules=[dict(one) for one in data.modules],
        attend_percent=data.attend_percent,
        pass_percent=data.pass_percent,
        valid_from=data.valid_from,
        source=data.source.strip(),
    )
    record("advisers.syllabus", _actor(account), reference("syllabus", made.pk), {"minutes": made.minutes, "kind": made.kind})
    return made


@transaction.atomic
def add_all(account: Account, programmes: Sequence[SyllabusData]) -> None:
    """Several programmes at once, for a territory that has none. Raises Refused for one that has some."""
    if Syllabus.objects.filter(territory=account.territory).exists():
        raise Refused("Ce territoire a déjà des programmes.", code="twice")
    for data in programmes:
        add_syllabus(account, data)


@transaction.atomic
def change_syllabus(account: Account, pk: int, data: SyllabusData) -> Syllabus:
    """Corrects a programme that no course uses yet. Raises Refused for one in use: a new version is added then."""
    require(account, permissions.TRAIN)
    found = Syllabus.objects.select_for_update().filter(pk=pk, territory=account.territory).first()
    if found is None:
        raise Refused("Ce programme n’existe pas.", code="unknown", status=404)
    if found.courses.exists():
        raise Refused("Un cours suit déjà ce programme.", remedy="Ajoutez une nouvelle version, avec sa date.", code="used")
    _whole(data)
    same = Syllabus.objects.filter(territory=account.territory, title=data.title.strip(), valid_from=data.valid_from)
    if same.exclude(pk=pk).exists():
        raise Refused("Ce programme existe déjà à cette date.", field="valid_from", code="dates")
    if found.valid_until is not None and data.valid_from > found.valid_until:
        raise Refused("Cette version finit avant cette date.", field="valid_from", code="dates")
    found.kind, found.title, found.modules = data.kind, data.title.strip(), [dict(one) for one in data.modules]
    found.attend_percent, found.pass_percent = data.attend_percent, data.pass_percent
    found.valid_from, found.source = data.valid_from, data.source.strip()
    found.save()
    record("advisers.syllabus", _actor(account), reference("syllabus", pk), {"minutes": found.minutes, "kind": found.kind})
    return found


def _whole(data: SyllabusData) -> None:
    if data.kind not in TrainingKind.values or not data.title.strip() or not data.source.strip():
        raise Refused("Un programme a un type, un titre et une source.", field="title", code="syllabus")
    if not data.modules:
        raise Refused("Un programme a un module au moins.", field="modules", code="modules")
    if not (1 <= data.attend_percent <= 100 and 0 <= data.pass_percent <= 100):
        raise Refused("Une part va de 1 à 100 %.", field="attend_percent", code="percent")


@transaction.atomic
def open_course(account: Account, data: CourseData, *, is_fictional: bool = False) -> Course:
    """A course on its half-days, which together last the programme at least. Raises Refused."""
    require(account, permissions.TRAIN)
    syllabus = Syllabus.objects.filter(pk=data.syllabus, territory=account.territory).first()
    if syllabus is None:
        raise Refused("Ce programme n’existe pas.", field="syllabus", code="unknown")
    if not data.slots:
        raise Refused("Un cours a une demi-journée au moins.", field="slots", code="slots")
    total = sum(slot.minutes for slot in data.slots)
    if total < syllabus.minutes:
        raise Refused(
            f"Les demi-journées durent {training.clock(total)} ; le programme en demande {training.clock(syllabus.minutes)}.",
            field="slots",
            code="short",
        )
    first = data.slots[0].day
    if first < syllabus.valid_from or (syllabus.valid_until is not None and first > syllabus.valid_until):
        raise Refused("Ce programme n’est pas en vigueur le premier jour du cours.", field="syllabus", code="dates")
    if not 1 <= data.capacity <= 200:
        raise Refused("Un cours a de 1 à 200 places.", field="capacity", code="capacity")
    trainer = Account.objects.filter(pk=data.trainer, territory=account.territory).first() if data.trainer else None
    if data.trainer and trainer is None:
        raise Refused("Ce compte n’existe pas.", field="trainer", code="unknown")
    if not data.place.strip() or not data.trainer_name.strip():
        raise Refused("Dites où, et qui forme.", field="place", code="place")
    starts_at = datetime.combine(first, data.slots[0].starts, ZoneInfo(account.territory.time_zone))
    made = Course.objects.create(
        territory=account.territory,
        syllabus=syllabus,
        remote=data.remote,
        place=data.place.strip(),
        trainer_name=data.trainer_name.strip(),
        trainer=trainer,
        # Without an end: somebody who came is written down afterwards too.
        places=services_capacity.make_capacity(data.capacity, starts_at=starts_at, ends_at=None, offers_stop_hours=OFFERS_STOP_HOURS),
        is_fictional=is_fictional,
    )
    CourseSlot.objects.bulk_create(
        CourseSlot(course=made, day=slot.day, half=slot.half, starts=slot.starts, ends=slot.ends) for slot in data.slots
    )
    record("advisers.course", _actor(account), reference("course", made.pk), {"syllabus": syllabus.pk, "slots": len(data.slots)})
    return made


def _course(account: Account, pk: int) -> Course:
    require(account, permissions.TRAIN)
    return _locked(account, pk)


def _locked(account: Account, pk: int) -> Course:
    rows = Course.objects.select_for_update(of=("self",)).select_related("syllabus", "places", "territory")
    found = rows.filter(pk=pk, territory=account.territory).first()
    if found is None:
        raise Refused("Ce cours n’existe pas.", code="unknown", status=404)
    return found


def _to_note(account: Account, pk: int) -> Course:
    """A course whose presences the account may note: who trains notes those of the course that they give."""
    found = _locked(account, pk)
    require(account, permissions.OWN if found.trainer_id == account.pk and not may(account, permissions.TRAIN) else permissions.TRAIN)
    return found


@transaction.atomic
def cancel_course(account: Account, pk: int, reason: str) -> Course:
    """A course that will not take place; hours already noted stay. Raises Refused without a reason."""
    course = _course(account, pk)
    if course.cancelled:
        raise Refused("Ce cours est déjà annulé.", code="move")
    if not reason.strip():
        raise Refused("Une annulation demande une raison.", field="reason", code="reason")
    course.cancelled, course.changed_at = reason.strip()[:200], timezone.now()
    course.save(update_fields=["cancelled", "changed_at"])
    with system_scope():
        mails.course_cancelled(course)
        services_capacity.close_capacity(course.places_id, course.cancelled, by=account.name)
    record("advisers.course-cancel", _actor(account), reference("course", pk), {})
    return course


@transaction.atomic
def enrol(account: Account, course_pk: int, candidate_pk: int) -> Enrolment:
    """Enrols a recruited adviser, or puts them on the waiting list when every place is taken: the state says which. Raises Refused: not in
    post, already there, already elsewhere at one of the half-days."""
    course = _course(account, course_pk)
    if course.cancelled:
        raise Refused("Ce cours est annulé.", code="cancelled")
    candidate = Candidate.objects.filter(pk=candidate_pk, territory=account.territory).first()
    if candidate is None or not Contract.objects.filter(relation__candidate=candidate, state__in=IN_POST).exists():
        raise Refused("Seule une personne recrutée s’inscrit.", field="candidate", code="not-in-post")
    already = Enrolment.objects.select_for_update().filter(course=course, candidate=candidate).first()
    if already is not None and already.state != TrainingState.LEFT:
        raise Refused("Cette personne est déjà inscrite à ce cours.", field="candidate", code="twice")
    mine = CourseSlot.objects.filter(course__enrolments__candidate=candidate, course__cancelled="").exclude(course=course)
    mine = mine.exclude(course__enrolments__in=Enrolment.objects.filter(candidate=candidate, state=TrainingState.LEFT))
    for slot in course.slots.all():
        if mine.filter(day=slot.day, starts__lt=slot.ends, ends__gt=slot.starts).exists():
            raise Refused(f"Cette personne suit déjà un autre cours le {slot.day:%d/%m/%Y}.", field="candidate", code="overlap")
    booking = _book(account, course, candidate)
    state = TrainingState.ENROLLED if booking.holds_place else TrainingState.WAITING
    if already is None:
        already = Enrolment.objects.create(course=course, candidate=candidate, booking=booking, state=state)
    else:
        _shift(already, state)
        already.reason, already.booking, already.at = "", booking, timezone.now()
        already.save(update_fields=["state", "reason", "booking", "at"])
    (mails.enrolled if booking.holds_place else mails.waiting)(candidate, course)
    record("advisers.enrol", _actor(account), reference("enrolment", already.pk), {"course": course.pk, "state": state})
    return already


@system_scope()
def _book(account: Account, course: Course, candidate: Candidate) -> Booking:
    """One place or one rank. The booking names a file, never a person: who it is stays sealed with the application."""
    request = Request(
        name=f"Dossier {candidate.pk}",
        consent_version=CONSENT_VERSION,
        idempotency_key=uuid4(),
        no_contact=True,
        source=Source.DESK,
    )
    return bookings.book(course.places_id, request, by=account.name, at_desk=True).booking


def on_booking_changed(sender: object, booking: Booking, act: Act, **_: Any) -> None:
    """Receiver of `bookings.signals.changed`: a freed place goes to the first who waits, who is enrolled at once and told. Somebody who no
    longer wants it says so to the team: nobody has to answer in two days what an employer decides."""
    if act != Act.OFFERED:
        return
    enrolment = Enrolment.objects.select_related("course__syllabus", "candidate").filter(booking_id=booking.pk).first()
    if enrolment is None:
        return
    bookings.accept_offer(booking.pk, by="Yole")
    _shift(enrolment, TrainingState.ENROLLED)
    enrolment.save(update_fields=["state"])
    mails.enrolled(enrolment.candidate, enrolment.course)
    record("advisers.promoted", SYSTEM, reference("enrolment", enrolment.pk), {"course": enrolment.course_id})


@transaction.atomic
def change_places(account: Account, pk: int, places: int) -> Course:
    """More places go at once to those who wait, in order; fewer than are taken are refused. Raises Refused."""
    course = _course(account, pk)
    if course.cancelled:
        raise Refused("Ce cours est annulé.", code="cancelled")
    if not 1 <= places <= 200:
        raise Refused("Un cours a de 1 à 200 places.", field="places", code="capacity")
    with system_scope():
        course.places = services_capacity.change_capacity(course.places_id, places, by=account.name)
    record("advisers.places", _actor(account), reference("course", pk), {"places": places})
    return course


def _shift(enrolment: Enrolment, to: str) -> str:
    if not life.may_move(life.TRAINING, enrolment.state, to):
        raise Refused(f"Cette inscription est « {enrolment.get_state_display()} ».", code="move")
    before, enrolment.state = enrolment.state, to
    return before


@transaction.atomic
def note_attendance(account: Account, course_pk: int, slot_pk: int, minutes: Mapping[int, int | None]) -> int:
    """Minutes of each enrolment at a half-day; None: not noted. By the team, or by the account that trains. Returns how many are noted.
    Raises Refused for a day to come."""
    course = _to_note(account, course_pk)
    slot = course.slots.filter(pk=slot_pk).first()
    if slot is None or course.cancelled:
        raise Refused("Cette demi-journée n’existe pas.", code="unknown", status=404)
    if slot.day > today():
        raise Refused("Cette demi-journée n’a pas encore eu lieu.", code="early")
    kept = 0
    with system_scope():
        for enrolment in Enrolment.objects.filter(course=course, pk__in=list(minutes), state__in=PRESENT_STATES):
            given = minutes[enrolment.pk]
            if given is None:
                Attendance.objects.filter(enrolment=enrolment, slot=slot).delete()
                continue
            if not 0 <= given <= slot.minutes:
                raise Refused(f"Une demi-journée va de 0 à {slot.minutes} minutes.", code="minutes")
            values = {"minutes": given, "by": account, "at": timezone.now()}
            Attendance.objects.update_or_create(enrolment=enrolment, slot=slot, defaults=values)
            kept += 1
    record("advisers.attendance", _actor(account), reference("course", course.pk), {"slot": slot.pk, "noted": kept})
    return kept


def needed(enrolment: Enrolment) -> int:
    """Minutes to attend at this course before a certificate."""
    syllabus = enrolment.course.syllabus
    return training.required(syllabus.minutes, syllabus.attend_percent)


def attended(enrolment: Enrolment) -> int:
    return enrolment.attendances.aggregate(total=Sum("minutes"))["total"] or 0


@transaction.atomic
def decide(account: Account, pk: int, to: str, *, score: int | None = None, reason: str = "") -> Enrolment:
    """Certificate, to take again, or left. A certificate asks for the hours and, where there is a test, for its result, given by somebody
    else than the trainer. Raises Refused."""
    require(account, permissions.TRAIN)
    course = Enrolment.objects.filter(pk=pk).values_list("course", flat=True).first()
    if course is None or not Course.objects.filter(pk=course, territory=account.territory).exists():
        raise Refused("Cette inscription n’existe pas.", code="unknown", status=404)
    _locked(account, course)
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("course__syllabus", "candidate").get(pk=pk)
    if to not in TrainingState.values or to in (TrainingState.ENROLLED, TrainingState.WAITING):
        raise Refused("Choisissez une décision.", field="to", code="to")
    if score is not None and not 0 <= score <= 100:
        raise Refused("Un résultat va de 0 à 100 %.", field="score", code="score")
    before = _shift(enrolment, to)
    syllabus = enrolment.course.syllabus
    enrolment.score, enrolment.reason, enrolment.decided_on, enrolment.decided_by = score, reason.strip()[:200], today(), account
    if to == TrainingState.CERTIFIED:
        if against := training.against(attended(enrolment), needed(enrolment), score, syllabus.pass_percent):
            raise Refused(" ".join(against), field="to", code="short")
        if syllabus.pass_percent and enrolment.course.trainer_id == account.pk:
            raise Refused("La personne qui forme ne décide pas du résultat.", remedy="Demandez à une autre personne.", code="same-person")
        if not bytes(enrolment.candidate.sealed):
            raise Refused("Le nom a été effacé : l’attestation ne peut plus être faite.", code="erased")
        enrolment.code = new_code(CERTIFICATE_LENGTH)
    elif not enrolment.reason:
        raise Refused("Cette décision demande une raison.", field="reason", code="reason")
    enrolment.save()
    if to == TrainingState.LEFT:
        with system_scope():
            bookings.cancel(enrolment.booking_id, by=account.name)
    record("advisers.training", _actor(account), reference("enrolment", pk), {"from": before, "to": to})
    return enrolment


@transaction.atomic
def set_hours(account: Account, contract_pk: int, hours: int) -> Contract:
    """Initial training due by an adviser, after the initial positioning. Raises Refused out of 0 to 1,000 hours."""
    require(account, permissions.TRAIN)
    found = Contract.objects.select_for_update().filter(pk=contract_pk, post__host__territory=account.territory).first()
    if found is None:
        raise Refused("Ce contrat n’existe pas.", code="unknown", status=404)
    if not 0 <= hours <= 1000:
        raise Refused("De 0 à 1 000 heures.", field="hours", code="hours")
    found.hours = hours
    found.save(update_fields=["hours"])
    record("advisers.hours", _actor(account), reference("contract", found.pk), {"hours": hours})
    return found
