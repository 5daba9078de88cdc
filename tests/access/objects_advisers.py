"""Objects of the room advisers, all of the territory of `own`. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from tests.access.fixtures import OWN, World


def town(world: World) -> Any:
    from yole.territory.models import Commune

    return Commune.objects.create(
        code="97209", name="Fort-de-France", sort_key="fort-de-france", search_key="fort-de-france", departement="972",
        lat=14.61, lon=-61.07, source="essai", source_date="2026",
    )  # fmt: skip


def employer(world: World) -> Any:
    """A structure with one post, granted."""
    from yole.advisers.demo import siret
    from yole.advisers.models import GrantRate
    from yole.advisers.services_hosts import HostForm, apply, decide, give_opinion
    from yole.advisers.services_ledger import open_envelope
    from yole.territory.selectors import today

    GrantRate.objects.create(private=False, valid_from=date(2020, 1, 1), cents=5_000_000, source="essai")
    open_envelope(None, world.territory, "postes", 20_000_000, "essai")
    start = today() + timedelta(days=60)
    form = HostForm("Mairie (fictif)", siret(1), "COMMUNE", world.thing(town), "Besoin", 1, start, "Fictif", "m@exemple.invalid")
    made, by = apply(world.territory, form), world.account("territory-coordinator", OWN)
    give_opinion(by, made.pk, "favorable", "Besoin")
    return decide(by, made.pk, "VALIDATION_COSELEC", "CR-1", granted=1)


def local_rate(world: World) -> Any:
    from yole.advisers.services_rates import RateData, add

    data = RateData("prive", 4_000_000, date(2021, 1, 1), None, "essai")
    return add(world.account("territory-coordinator", OWN), data)


def applicant(world: World) -> Any:
    from yole.advisers.services_candidates import CandidateForm, apply, by_candidate
    from yole.territory.selectors import today

    form = CandidateForm("Personne (fictif)", "p@exemple.invalid", world.thing(town), 20, today(), "looking", 2, consent=True)
    return by_candidate(apply(world.territory, form, is_fictional=True), "disponible")


def offer(world: World) -> Any:
    """A proposal that waits for two answers."""
    from yole.advisers.services_rounds import publish

    world.thing(employer)
    world.thing(applicant)
    return publish(world.account("territory-coordinator", OWN), "experience").relations.get()


def token(world: World) -> str:
    from yole.advisers.services_candidates import token_of

    return token_of(world.thing(applicant))


def held(world: World) -> Any:
    """A contract that runs, in a structure of its own; written straight, so that no round is run."""
    from yole.advisers.demo import siret
    from yole.advisers.models import Candidate, Contract, Post, Relation, Round
    from yole.advisers.services_candidates import CandidateForm, apply
    from yole.advisers.services_hosts import HostForm, decide, give_opinion
    from yole.advisers.services_hosts import apply as apply_host
    from yole.territory.selectors import today

    world.thing(employer)
    day, by, here = today(), world.account("territory-coordinator", OWN), world.thing(town)
    form = HostForm("Autre (fictif)", siret(2), "COMMUNE", here, "Besoin", 1, day - timedelta(days=100), "Fictif", "o@exemple.invalid")
    host = apply_host(world.territory, form)
    give_opinion(by, host.pk, "favorable", "Besoin")
    decide(by, host.pk, "VALIDATION_COSELEC", "CR-2", granted=1)
    person = CandidateForm("Autre (fictif)", "q@exemple.invalid", here, 20, day, "looking", 2, consent=True)
    candidate = apply(world.territory, person, is_fictional=True)
    Candidate.objects.filter(pk=candidate.pk).update(state="recrute")
    post = host.posts.get()
    Post.objects.filter(pk=post.pk).update(state="occupe")
    made = Round.objects.create(territory=world.territory, rule="experience", figures={}, answer_before=day)
    now = made.at
    relation = Relation.objects.create(
        round=made, candidate=candidate, post=post, metres=1, state="recrutee", candidate_yes_at=now, host_yes_at=now
    )
    return Contract.objects.create(relation=relation, post=post, starts_on=day - timedelta(days=100), ends_on=day + timedelta(days=60))


def certified(world: World) -> Any:
    """Somebody in post at a course that is over, with a certificate."""
    from yole.advisers.engine.training import Slot
    from yole.advisers.services_training import CourseData, SyllabusData, add_syllabus, decide, enrol, note_attendance, open_course
    from yole.territory.selectors import today

    by = world.account("territory-coordinator", OWN)
    modules = [{"title": "Tout", "minutes": 60}]
    syllabus = add_syllabus(by, SyllabusData("continue", "Cours (fictif)", modules, 100, 0, date(2020, 1, 1), "essai"))
    slots = [Slot(today() - timedelta(days=1), "matin", time(9), time(10))]
    course = open_course(by, CourseData(syllabus.pk, False, "Ici", "Fictif", None, 3, slots))
    enrolment = enrol(by, course.pk, world.thing(held).relation.candidate_id)
    note_attendance(by, course.pk, course.slots.get().pk, {enrolment.pk: 60})
    return decide(by, enrolment.pk, "certifie")


def interview(world: World) -> Any:
    from django.utils import timezone

    from yole.advisers.services_interviews import InterviewData, propose

    data = InterviewData(timezone.now() + timedelta(days=3), 30, "telephone")
    return propose(world.account("territory-coordinator", OWN), world.thing(offer).pk, data)


def declared(world: World) -> Any:
    """A Pix score whose document was not seen yet."""
    from yole.advisers.services_shown import show_pix
    from yole.territory.selectors import today

    return show_pix(world.thing(applicant), 700, "PIX-1 (fictif)", today(), consent=True)


def answer_token(world: World) -> str:
    from yole.advisers.links import address

    return address(world.thing(offer)).rstrip("/").rsplit("/", 1)[1]


def feed_token(world: World) -> str:
    from yole.advisers.feeds import address

    return address(world.thing(applicant)).rsplit("/", 2)[1]


def of_certificate(world: World) -> dict[str, Any]:
    return {"pk": world.thing(certified).pk}


def of_course(world: World) -> dict[str, Any]:
    enrolment = world.thing(certified)
    return {"pk": enrolment.course_id, "slot": enrolment.course.slots.get().pk, "enrolment": enrolment.pk}


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("conseillers/candidature/confirmer/<str:token>", lambda w: {"token": token(w)}),
    ("conseillers/suivi/<slug:code>/proposition", lambda w: {"code": w.thing(employer).code, "pk": w.thing(offer).pk}),
    ("conseillers/suivi/<slug:code>/contrat", lambda w: {"code": w.thing(held).post.host.code, "pk": w.thing(held).pk}),
    ("conseillers/suivi/<slug:code>/entretien", lambda w: {"code": w.thing(applicant).code, "pk": w.thing(interview).pk}),
    (
        "conseillers/suivi/<slug:code>/attestation",
        lambda w: {"code": w.thing(certified).candidate.code, "pk": w.thing(certified).pk},
    ),
    ("conseillers/reponse/<str:token>", lambda w: {"token": answer_token(w), "pk": w.thing(interview).pk}),
    ("conseillers/agenda/<str:token>", lambda w: {"token": feed_token(w)}),
    ("conseillers/equipe/candidatures/<int:pk>/niveau-vu", lambda w: {"pk": w.thing(declared).pk}),
    ("conseillers/equipe/ma-formation/attestation/<int:pk>", of_certificate),
    ("conseillers/equipe/ma-formation/cours/<int:pk>", of_course),
    ("conseillers/equipe/contrats/<int:pk>", lambda w: {"pk": w.thing(held).pk}),
    ("conseillers/equipe/formation/export.<slug:kind>", lambda w: {"kind": "csv"}),
    ("conseillers/equipe/formation/programmes/<int:pk>", lambda w: {"pk": w.thing(certified).course.syllabus_id}),
    ("conseillers/equipe/formation/cours/<int:pk>", of_course),
    ("conseillers/suivi/<slug:code>", lambda w: {"code": w.thing(applicant).code, "pk": w.thing(offer).pk}),
    ("conseillers/equipe/structure/<int:pk>", lambda w: {"pk": w.thing(employer).pk}),
    ("conseillers/equipe/poste/<int:pk>", lambda w: {"pk": w.thing(employer).posts.get().pk}),
    ("conseillers/equipe/baremes/<int:pk>", lambda w: {"pk": w.thing(local_rate).pk}),
    ("conseillers/equipe/candidatures/<int:pk>", lambda w: {"pk": w.thing(applicant).pk}),
    ("conseillers/equipe/tour/<int:pk>", lambda w: {"pk": w.thing(offer).round_id, "relation": w.thing(offer).pk}),
]
