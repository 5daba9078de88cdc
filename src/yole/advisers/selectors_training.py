"""Training as it is read: hours done and due, what waits for somebody, the calendar, the table to export."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from yole.advisers import sealing, selectors_contracts
from yole.advisers.engine import training
from yole.advisers.enums import OPEN, ContractState, HostState, InterviewState, TrainingKind, TrainingState
from yole.advisers.models import Attendance, Contract, Course, CourseSlot, Enrolment, Host, Interview, ShownLevel, Syllabus
from yole.advisers.models_training import CERTIFICATE_LENGTH
from yole.advisers.services_training import IN_POST
from yole.base.scope import system_scope
from yole.bookings.selectors import waiting_list
from yole.kernel.codes import clean_code, is_code
from yole.organisations.models import Account
from yole.territory.models import Territory
from yole.territory.selectors import today

_AUTUMN = 10  # from October on, the continuing training of the year that is missing is told


def syllabuses(territory: Territory) -> QuerySet[Syllabus]:
    return Syllabus.objects.filter(territory=territory).annotate(used=Count("courses")).order_by("title", "-valid_from")


def courses(territory: Territory) -> QuerySet[Course]:
    """The latest first, with `enrolled`, `waiting`, `first` and `last`."""
    out = Q(enrolments__state__in=[TrainingState.LEFT, TrainingState.WAITING])
    enrolled = Count("enrolments", filter=~out, distinct=True)
    waits = Count("enrolments", filter=Q(enrolments__state=TrainingState.WAITING), distinct=True)
    rows = Course.objects.filter(territory=territory).select_related("syllabus", "trainer", "places")
    return rows.annotate(enrolled=enrolled, waiting=waits, first=Min("slots__day"), last=Max("slots__day")).order_by("-first", "-pk")


def course(account: Account, pk: int) -> Course | None:
    return courses(account.territory).filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Enrolled:
    """`minutes`: by slot key, absent where nothing was noted. `against`: what stands against a certificate. `rank`: on the waiting list."""

    enrolment: Enrolment
    name: str
    minutes: dict[int, int]
    done: int
    needed: int
    against: list[str]
    rank: int | None = None


def enrolled(of: Course) -> list[Enrolled]:
    """Those of a course, by name; those who wait last, in order."""
    noted: dict[int, dict[int, int]] = defaultdict(dict)
    for enrolment, slot, minutes in Attendance.objects.filter(enrolment__course=of).values_list("enrolment", "slot", "minutes"):
        noted[enrolment][slot] = minutes
    needed = training.required(of.syllabus.minutes, of.syllabus.attend_percent)
    with system_scope():  # bookings are read by work of the house
        ranks = {one.booking.pk: one.rank for one in waiting_list(of.places_id)}
    found = []
    for one in Enrolment.objects.filter(course=of).select_related("candidate"):
        done = sum(noted[one.pk].values())
        against = training.against(done, needed, 100, 0)
        name = sealing.unseal(one.candidate.sealed)[0]
        found.append(Enrolled(one, name, noted[one.pk], done, needed, against, ranks.get(one.booking_id)))
    return sorted(found, key=lambda row: (row.rank or 0, row.name.casefold(), row.enrolment.pk))


@dataclass(frozen=True, slots=True)
class Adviser:
    """Somebody in post. Minutes: initial training done of `initial_due`, continuing training done this year of `continuing_due`."""

    candidate: int
    name: str
    contract: Contract
    initial_done: int
    initial_due: int
    continuing: dict[int, int]
    continuing_done: int
    continuing_due: int
    certified: bool


def advisers(territory: Territory, day: date | None = None) -> list[Adviser]:
    """Those whose contract runs on a day, or starts later, by name; the contract of the day when a renewal follows it."""
    day = day or today()
    rule = selectors_contracts.rule(territory)
    rows = Contract.objects.filter(post__host__territory=territory, state__in=IN_POST, ends_on__gte=day)
    rows = rows.select_related("post__host", "relation__candidate", "previous").order_by("-starts_on")
    latest: dict[int, Contract] = {row.relation.candidate_id: row for row in rows}
    minutes: dict[int, dict[tuple[str, int], int]] = defaultdict(dict)
    noted = Attendance.objects.filter(enrolment__candidate__in=latest).values_list(
        "enrolment__candidate", "enrolment__course__syllabus__kind", "slot__day__year"
    )
    for candidate, kind, year, total in noted.annotate(total=Sum("minutes")):
        minutes[candidate][kind, year] = total
    certified = set(
        Enrolment.objects.filter(
            candidate__in=latest, state=TrainingState.CERTIFIED, course__syllabus__kind=TrainingKind.INITIAL
        ).values_list("candidate", flat=True)
    )
    first = {row.relation_id: row for row in Contract.objects.filter(relation__candidate__in=latest, previous__isnull=True)}
    found = []
    for candidate, contract in latest.items():
        signed = first.get(contract.relation_id, contract)
        hours = rule.initial_hours if signed.hours is None else signed.hours
        mine = minutes[candidate]
        years = {year: total for (kind, year), total in sorted(mine.items()) if kind == TrainingKind.CONTINUING}
        found.append(
            Adviser(
                candidate,
                sealing.unseal(contract.relation.candidate.sealed)[0],
                contract,
                sum(total for (kind, _), total in mine.items() if kind == TrainingKind.INITIAL),
                hours * 60,
                years,
                years.get(day.year, 0),
                rule.continuing_hours * 60,
                candidate in certified,
            )
        )
    return sorted(found, key=lambda one: (one.name.casefold(), one.candidate))


def of_candidate(candidate: int) -> list[Enrolment]:
    """Enrolments of one person with their half-days, for their own page; the caller opened the scope."""
    rows = Enrolment.objects.filter(candidate=candidate).exclude(state=TrainingState.LEFT)
    return list(rows.select_related("course__syllabus").prefetch_related("course__slots", "attendances").order_by("-pk"))


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that waits for somebody: what, who it is about, since or by when, and where it is done."""

    what: str
    who: str
    day: date | None
    url: str


def pending(territory: Territory, day: date | None = None) -> list[Pending]:
    """What is to be done, by kind then by date."""
    day = day or today()
    found = [
        Pending("Convention à signer", host.name, host.decided_on, reverse("advisers:host", args=[host.pk]))
        for host in Host.objects.filter(territory=territory, state=HostState.ACCEPTED, convention_on__isnull=True).order_by("decided_on")
    ]
    for held in selectors_contracts.held(territory, day):
        url = reverse("advisers:contract", args=[held.contract.pk])
        if held.contract.state == ContractState.RENEWING:
            found.append(Pending("Renouvellement à décider", held.name, held.contract.ends_on, url))
        elif held.near:
            found.append(Pending("Contrat qui finit", held.name, held.contract.ends_on, url))
    for one in advisers(territory, day):
        url = reverse("advisers:contract", args=[one.contract.pk])
        begun = one.contract.previous_id is not None or one.contract.starts_on <= day
        if begun and one.initial_due and not one.initial_done:
            found.append(Pending("Formation initiale pas commencée", one.name, one.contract.starts_on, url))
        if begun and day.month >= _AUTUMN and one.continuing_done < one.continuing_due and one.initial_done >= one.initial_due:
            found.append(Pending("Formation continue de l’année à compléter", one.name, date(day.year, 12, 31), url))
    return [*found, *_of_courses(territory, day), *_of_interviews(territory), *_of_documents(territory)]


def _of_courses(territory: Territory, day: date) -> list[Pending]:
    enrolled_now = Count("course__enrolments", filter=Q(course__enrolments__state=TrainingState.ENROLLED), distinct=True)
    noted = Count("attendances", filter=Q(attendances__enrolment__state=TrainingState.ENROLLED), distinct=True)
    past = CourseSlot.objects.filter(course__territory=territory, course__cancelled="", day__lt=day).select_related("course__syllabus")
    found = [
        Pending("Présences à noter", slot.course.syllabus.title, slot.day, reverse("advisers:course", args=[slot.course_id]))
        for slot in past.annotate(expected=enrolled_now, noted=noted).filter(noted__lt=F("expected")).order_by("day", "starts", "course")
    ]
    over = Course.objects.filter(territory=territory, cancelled="", enrolments__state=TrainingState.ENROLLED).select_related("syllabus")
    for of in over.annotate(over=Max("slots__day")).filter(over__lt=day).order_by("over", "pk"):
        url = reverse("advisers:course", args=[of.pk])
        ready = [row for row in enrolled(of) if row.enrolment.state == TrainingState.ENROLLED and not row.against]
        found += [Pending("Attestation à donner", row.name, of.over, url) for row in ready]
    return found


def _of_interviews(territory: Territory) -> list[Pending]:
    live = Interview.objects.filter(relation__round__territory=territory, relation__state__in=OPEN)
    rows = live.filter(state=InterviewState.OTHER_ASKED)
    late = live.filter(state=InterviewState.ACCEPTED, starts_at__lt=timezone.now())
    found = []
    for what, group in (("Autre créneau d’entretien demandé", rows), ("Suite d’un entretien à dire", late)):
        for one in group.select_related("relation__post__host").order_by("starts_at"):
            url = reverse("advisers:round", args=[one.relation.round_id])
            found.append(Pending(what, one.relation.post.host.name, timezone.localtime(one.starts_at).date(), url))
    return found


def _of_documents(territory: Territory) -> list[Pending]:
    rows = ShownLevel.objects.filter(candidate__territory=territory, checked_at__isnull=True).select_related("candidate")
    url = reverse("advisers:candidates")
    return [Pending("Score Pix à vérifier", sealing.unseal(row.candidate.sealed)[0], row.dated, url) for row in rows]


def slots_between(territory: Territory, first: date, last: date) -> list[CourseSlot]:
    """Half-days of a period, cancelled courses included and said."""
    rows = CourseSlot.objects.filter(course__territory=territory, day__range=(first, last))
    return list(rows.select_related("course__syllabus").order_by("day", "starts", "course"))


EXPORT_HEADER = (
    "nom", "structure", "contrat_debut", "contrat_fin", "initiale_faites_h", "initiale_dues_h", "initiale_attestee",
    "continue_annee_h", "continue_dues_h", "continue_par_annee",
)  # fmt: skip


def export_rows(territory: Territory) -> list[list[str]]:
    """One row per adviser in post; hours with a decimal point."""
    return [
        [
            one.name,
            one.contract.post.host.name,
            one.contract.starts_on.isoformat(),
            one.contract.ends_on.isoformat(),
            f"{one.initial_done / 60:.2f}",
            f"{one.initial_due / 60:.2f}",
            "oui" if one.certified else "non",
            f"{one.continuing_done / 60:.2f}",
            f"{one.continuing_due / 60:.2f}",
            " ".join(f"{year}:{minutes / 60:.2f}" for year, minutes in one.continuing.items()),
        ]
        for one in advisers(territory)
    ]


def certificate(typed: str) -> Enrolment | None:
    """The certificate of a number as a person types it; the caller opened the scope."""
    code = clean_code(typed)
    if not is_code(code, CERTIFICATE_LENGTH):
        return None
    return Enrolment.objects.filter(code=code).select_related("candidate", "course__syllabus", "course__territory").first()
