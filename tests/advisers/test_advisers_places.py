"""Places of a course: never more than there are, a list that moves up by itself; one's own training and courses, from an account."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from .conftest import hired, make_bureau, make_candidate
from .test_advisers_training import make_course


def people(bureau: SimpleNamespace, count: int) -> list[Any]:
    """Advisers in post, written straight: one round for each would be long."""
    from yole.advisers.models import Contract, Post, Relation, Round
    from yole.advisers.services_candidates import CandidateForm, apply
    from yole.territory.selectors import today

    first = hired(bureau)
    day, found = today(), [first.relation.candidate]  # type: ignore[attr-defined]
    host, of = first.post.host, Round.objects.get()  # type: ignore[attr-defined]
    for number in range(1, count):
        town = bureau.communes["97209"]
        form = CandidateForm(f"Personne {number} (fictif)", f"p{number}@exemple.invalid", town, 20, day, "looking", 1, consent=True)
        one = apply(bureau.territory, form, is_fictional=True)
        type(one).objects.filter(pk=one.pk).update(state="recrute")
        post = Post.objects.create(host=host, number=100 + number, starts_on=day, grant=1, state="occupe")
        relation = Relation.objects.create(
            round=of, candidate=one, post=post, metres=1, state="recrutee", candidate_yes_at=of.at, host_yes_at=of.at
        )
        Contract.objects.create(relation=relation, post=post, starts_on=day, ends_on=day + timedelta(days=90), grant=1)
        found.append(one)
    return found


def states(course: Any) -> list[str]:
    from yole.advisers.models import Enrolment

    return list(Enrolment.objects.filter(course=course).order_by("pk").values_list("state", flat=True))


def test_a_full_course_has_a_list_that_moves_up_in_order(bureau: SimpleNamespace, django_capture_on_commit_callbacks: Any) -> None:
    from django.core import mail

    from yole.advisers.models import Enrolment
    from yole.advisers.selectors_training import courses, enrolled
    from yole.advisers.services_training import change_places, decide, enrol
    from yole.base.errors import Refused

    course = make_course(bureau, days=9, capacity=2)
    rows = [enrol(bureau.recruiter, course.pk, one.pk) for one in people(bureau, 5)]
    assert states(course) == ["inscrit", "inscrit", "attente", "attente", "attente"]
    assert [row.rank for row in enrolled(course)] == [None, None, 1, 2, 3]
    shown = courses(bureau.territory).get(pk=course.pk)
    assert (shown.enrolled, shown.waiting, shown.places.taken) == (2, 3, 2)
    type(rows[2].candidate).objects.update(is_fictional=False)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        decide(bureau.recruiter, rows[0].pk, "abandon", reason="Autre projet")
    assert states(course) == ["abandon", "inscrit", "inscrit", "attente", "attente"]
    assert [(one.to, "agenda.ics" in one.body) for one in mail.outbox] == [(["p2@exemple.invalid"], True)]
    # Who left comes back at the end of the list, as somebody new.
    assert enrol(bureau.recruiter, course.pk, rows[0].candidate_id).state == "attente"
    change_places(bureau.recruiter, course.pk, 4)
    assert states(course) == ["attente", "inscrit", "inscrit", "inscrit", "inscrit"]
    with pytest.raises(Refused, match="4 places sont déjà prises"):
        change_places(bureau.recruiter, course.pk, 3)
    with pytest.raises(Refused):
        change_places(bureau.mediator, course.pk, 9)
    # Who waits has no place: neither a certificate nor presences, but may leave.
    waits = Enrolment.objects.get(pk=rows[0].pk)
    with pytest.raises(Refused):
        decide(bureau.recruiter, waits.pk, "certifie", score=100)
    decide(bureau.recruiter, waits.pk, "abandon", reason="Ne veut plus")
    course.places.refresh_from_db()
    assert course.places.taken == 4


def test_nobody_moves_up_once_the_course_began_and_nobody_is_kept_out_of_the_past(bureau: SimpleNamespace) -> None:
    from yole.advisers.services_training import decide, enrol

    course = make_course(bureau, days=-3, capacity=1)
    first, second = (enrol(bureau.recruiter, course.pk, one.pk) for one in people(bureau, 2))
    decide(bureau.recruiter, first.pk, "abandon", reason="Malentendu")
    assert states(course) == ["abandon", "attente"] and second.state == "attente"


def test_a_cancelled_course_takes_nobody_and_tells_those_who_wait(bureau: SimpleNamespace, django_capture_on_commit_callbacks: Any) -> None:
    from django.core import mail

    from yole.advisers.services_training import cancel_course, change_places, enrol
    from yole.base.errors import Refused

    course = make_course(bureau, days=9, capacity=1)
    rows = people(bureau, 2)
    for one in rows:
        enrol(bureau.recruiter, course.pk, one.pk)
    type(rows[0]).objects.update(is_fictional=False)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        cancel_course(bureau.recruiter, course.pk, "Salle fermée")
    assert len(mail.outbox) == 2 and states(course) == ["inscrit", "attente"]
    with pytest.raises(Refused, match="annulé"):
        change_places(bureau.recruiter, course.pk, 5)


def test_the_list_holds_no_name_and_is_erased_with_the_file(bureau: SimpleNamespace) -> None:
    from django.utils import timezone

    from yole.advisers.models import Contract
    from yole.advisers.retention import purge_candidates
    from yole.advisers.services_training import enrol
    from yole.base import scope
    from yole.bookings.models import Booking

    course = make_course(bureau, days=9)
    one = people(bureau, 1)[0]
    booking = enrol(bureau.recruiter, course.pk, one.pk).booking
    assert booking.name == f"Dossier {one.pk}" and not (booking.email or booking.phone)
    for account in (bureau.recruiter, bureau.mediator, bureau.coordinator):
        with scope.scope(scope.scope_of(account)):
            assert not Booking.objects.filter(pk=booking.pk).exists()
    Contract.objects.update(state="terminee_naturelle", starts_on="2020-01-01", ends_on="2021-01-01")
    type(one).objects.update(changed_at=timezone.now() - timedelta(days=1000))
    assert purge_candidates() == 1
    booking.refresh_from_db()
    assert booking.name == "" and booking.erased_at is not None


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_twelve_people_at_once_for_five_places_then_four_leave_at_once() -> None:
    """Both ends of the limit: never a sixth place, never one left empty while somebody waits."""
    from django.db import connections

    from yole.advisers.models import Enrolment
    from yole.advisers.services_training import decide, enrol
    from yole.bookings.models import Booking, Capacity
    from yole.bookings.services_capacity import recount

    bureau = make_bureau()
    course = make_course(bureau, days=9, capacity=5)
    everybody = people(bureau, 12)

    def at_once(act: Any, rows: list[Any]) -> None:
        def one(row: Any) -> None:
            try:
                act(row)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(one, rows))

    at_once(lambda one: enrol(bureau.recruiter, course.pk, one.pk), everybody)
    assert Counter(states(course)) == {"inscrit": 5, "attente": 7}
    first = list(Enrolment.objects.filter(state="inscrit").order_by("pk")[:4])
    waited = list(Enrolment.objects.filter(state="attente").order_by("booking__created_at", "booking_id").values_list("pk", flat=True))
    at_once(lambda row: decide(bureau.recruiter, row.pk, "abandon", reason="Autre projet"), first)
    assert Counter(states(course)) == {"inscrit": 5, "attente": 3, "abandon": 4}
    assert list(Enrolment.objects.filter(pk__in=waited, state="attente").order_by("booking__created_at", "booking_id")
                .values_list("pk", flat=True)) == waited[4:]  # fmt: skip
    held = Booking.objects.filter(state__in=["inscrit", "confirmé"]).count()
    assert held == 5 == Capacity.objects.get(pk=course.places_id).taken and recount() == []


# From an account


@pytest.fixture
def mine(bureau: SimpleNamespace) -> SimpleNamespace:
    """`candidate` in post, enrolled at a course to come; the mediator is the account of that person and trains another course, over."""
    from yole.advisers.services_training import enrol

    bureau.candidate = people(bureau, 1)[0]
    bureau.course = make_course(bureau, days=9)
    bureau.enrolment = enrol(bureau.recruiter, bureau.course.pk, bureau.candidate.pk)
    bureau.given = make_course(bureau, ai=False, days=-3, trainer=bureau.mediator.pk)
    return bureau


def signed_in(client: Any, account: Any) -> Any:
    client.force_login(account, backend="yole.organisations.backends.AccountBackend")
    return client


def test_an_adviser_links_their_file_once_and_reads_their_training(mine: SimpleNamespace, client: Any) -> None:
    from yole.advisers.models import Candidate
    from yole.advisers.services_training import decide, note_attendance
    from yole.territory.selectors import today

    page = signed_in(client, mine.mediator).get("/conseillers/equipe/ma-formation/")
    assert page.status_code == 200 and "Relier mon dossier" in page.content.decode()
    path = "/conseillers/equipe/ma-formation/"
    assert client.post(path, {"code": "AAAAAAAAAA"}).status_code == 422
    assert client.post(path, {"code": mine.candidate.code.lower()}).status_code == 302
    words = client.get(path).content.decode().replace("\u00a0", " ")
    assert "Mes heures" in words and "0 h sur 105 h" in words and "0 h sur 21 h" in words and "/agenda.ics" in words
    first = mine.course.slots.first()
    assert f"{first.day.day} " in words and "Salle (fictif)" in words and mine.candidate.code not in words
    for number, slot in enumerate(mine.course.slots.order_by("pk")):
        type(slot).objects.filter(pk=slot.pk).update(day=today() - timedelta(days=number + 1))
        note_attendance(mine.recruiter, mine.course.pk, slot.pk, {mine.enrolment.pk: 210})
    done = decide(mine.recruiter, mine.enrolment.pk, "certifie", score=90)
    words = client.get(path).content.decode().replace("\u00a0", " ")
    assert "21 h sur 21 h" in words and f"attestation/{done.pk}/" in words
    assert client.get(f"{path}attestation/{done.pk}/").content.startswith(b"%PDF")
    assert signed_in(client, mine.coordinator).get(path).status_code == 403
    assert client.get(f"{path}attestation/{done.pk}/").status_code == 403
    signed_in(client, mine.mediator).post(f"{path}detacher/")
    assert Candidate.objects.get(pk=mine.candidate.pk).account_id is None
    assert client.get(f"{path}attestation/{done.pk}/").status_code == 404


def test_who_may_not_link_what(mine: SimpleNamespace) -> None:
    from yole.advisers.services_own import link
    from yole.base.errors import Refused
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure

    structure = create_structure(mine.territory, "Autre (fictif)")
    far = create_structure(mine.elsewhere, "Loin (fictif)")

    def account(name: str, territory: Any, of: Any) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=name, role=Role.MEDIATOR, territory=territory, password="x" * 14, structure=of
        )

    other, away = account("autre", mine.territory, structure), account("ailleurs", mine.elsewhere, far)
    looking = make_candidate(mine, 8)
    for who, code, words in (
        (away, mine.candidate.code, "Aucun dossier"),
        (other, looking.code, "pas celui d’une personne en poste"),
        (mine.recruiter, mine.candidate.code, "ne permet pas"),
    ):
        with pytest.raises(Refused, match=words):
            link(who, code)
    link(mine.mediator, mine.candidate.code)
    link(mine.mediator, mine.candidate.code)
    with pytest.raises(Refused, match="déjà relié à un compte"):
        link(other, mine.candidate.code)
    type(looking).objects.filter(pk=looking.pk).update(state="recrute")
    with pytest.raises(Refused, match="déjà relié à un dossier"):
        link(mine.mediator, looking.code)


def test_who_trains_notes_the_presences_of_their_course_alone(mine: SimpleNamespace, client: Any) -> None:
    from yole.advisers.models import Attendance
    from yole.advisers.services_training import enrol, note_attendance
    from yole.base.errors import Refused

    enrolment = enrol(mine.recruiter, mine.given.pk, mine.candidate.pk)
    slot, other = mine.given.slots.first(), mine.course.slots.first()
    path = "/conseillers/equipe/ma-formation/"
    page = signed_in(client, mine.mediator).get(path).content.decode()
    assert "Les cours que je donne" in page and "Une journée" in page and "Inscrits\u00a0: 1 sur 2" in page
    sheet = f"{path}cours/{mine.given.pk}/presences/{slot.pk}/"
    assert "Personne 0 (fictif)" in client.get(sheet).content.decode()
    assert client.post(sheet, {f"m_{enrolment.pk}": "180"}).status_code == 302
    assert Attendance.objects.get().minutes == 180
    assert client.post(sheet, {f"m_{enrolment.pk}": "999"}).status_code == 422
    assert client.get(f"{path}cours/{mine.course.pk}/presences/{other.pk}/").status_code == 404
    with pytest.raises(Refused):
        note_attendance(mine.mediator, mine.course.pk, other.pk, {mine.enrolment.pk: 10})
