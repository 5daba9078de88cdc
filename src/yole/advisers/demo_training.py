"""An adviser of the demonstration who is already in post: contract near its end, courses followed and to come. Invented, and says so."""

from __future__ import annotations

from datetime import date, time, timedelta

from yole.advisers import (
    programmes,
    services_candidates,
    services_contracts,
    services_hosts,
    services_ledger,
    services_own,
    services_rounds,
    services_training,
)
from yole.advisers.engine.training import Slot
from yole.advisers.enums import CandidateState, HostKind, HostState, Opinion, Rule, Situation, TrainingState
from yole.advisers.models import Course, Host, Relation
from yole.organisations.enums import Role
from yole.organisations.models import Account
from yole.territory.models import Commune, Territory
from yole.territory.selectors import today

_HOURS = (("matin", time(8, 30), time(12)), ("apres_midi", time(13, 30), time(17)))


def load(territory: Territory, coordinator: Account, commune: Commune, siret: str) -> Host:
    """Before the other candidates exist, so that its round proposes this one alone."""
    start = today() - timedelta(days=250)
    form = services_hosts.HostForm(
        "Espace numérique de démonstration (fictif)", siret, HostKind.COMMUNE, commune, "Une permanence chaque jour (fictif).", 1, start,
        "Personne fictive", "espace@exemple.invalid",
    )  # fmt: skip
    host = services_hosts.apply(territory, form, is_fictional=True)
    services_hosts.give_opinion(coordinator, host.pk, Opinion.FAVOURABLE, "Besoin avéré (fictif).")
    services_hosts.decide(coordinator, host.pk, HostState.ACCEPTED, "COSELEC-DEMO-0", granted=1)
    services_hosts.sign_convention(coordinator, host.pk, today(), "CONV-DEMO-0")
    person = services_candidates.CandidateForm(
        "Maëlle (fictif)", "maelle@exemple.invalid", commune, 20, start, Situation.LOOKING, 3, consent=True
    )
    candidate = services_candidates.apply(territory, person, is_fictional=True)
    services_candidates.by_candidate(candidate, CandidateState.AVAILABLE)
    services_rounds.publish(coordinator, Rule.EXPERIENCE)
    relation = Relation.objects.get(candidate=candidate)
    services_rounds.answer(relation.pk, of=candidate, yes=True)
    services_rounds.answer(relation.pk, of=host, yes=True)
    contract = services_rounds.hire(coordinator, relation.pk, start, today() + timedelta(days=80))
    services_ledger.pay(coordinator, contract.post, 2_500_000, "Premier versement (fictif)")
    services_contracts.ask_renewal(coordinator, contract.pk)
    _trained(coordinator, candidate.pk, start)
    adviser = Account.objects.filter(is_fictional=True, role=Role.MEDIATOR, territory=territory).order_by("-pk").first()
    if adviser is not None:
        services_own.link(adviser, candidate.code)
    return host


def _trained(coordinator: Account, candidate: int, start: date) -> None:
    initial, ai = (services_training.add_syllabus(coordinator, data) for data in programmes.STARTING)
    first = _course(coordinator, initial.pk, _working_days(start, 15), 30, remote=False)
    enrolment = services_training.enrol(coordinator, first.pk, candidate)
    for slot in first.slots.all():
        services_training.note_attendance(coordinator, first.pk, slot.pk, {enrolment.pk: slot.minutes})
    services_training.decide(coordinator, enrolment.pk, TrainingState.CERTIFIED)
    second = _course(coordinator, ai.pk, [today() + timedelta(weeks=week, days=-12) for week in range(6)], 6, remote=True)
    enrolment = services_training.enrol(coordinator, second.pk, candidate)
    slot = second.slots.earliest("day")
    services_training.note_attendance(coordinator, second.pk, slot.pk, {enrolment.pk: slot.minutes})


def _working_days(start: date, count: int) -> list[date]:
    days = (start + timedelta(days=more) for more in range(1, 3 * count))
    return [day for day in days if day.weekday() < 5][:count]


def _course(coordinator: Account, syllabus: int, days: list[date], half_days: int, *, remote: bool) -> Course:
    trainer = Account.objects.filter(is_fictional=True, role=Role.MEDIATOR, territory=coordinator.territory).order_by("pk").first()
    slots = [Slot(day, half, starts, ends) for day in days for half, starts, ends in _HOURS[: half_days // len(days)]]
    data = services_training.CourseData(
        syllabus, remote, "https://formation.exemple.invalid/salle" if remote else "Espace numérique (fictif), Fort-de-France",
        "Organisme de démonstration (fictif)", trainer.pk if remote and trainer else None, 12, slots,
    )  # fmt: skip
    return services_training.open_course(coordinator, data, is_fictional=True)
