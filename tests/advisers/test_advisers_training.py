"""Training: programmes, courses, hours done and due, certificates and their check, calendar, figures, export."""

from __future__ import annotations

import io
from datetime import date, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.advisers.engine import training
from yole.advisers.engine.training import Slot, TypedError

from .conftest import hired, make_candidate


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(6, 20), st.integers(1, 6)), max_size=9))
def test_typed_half_days_are_read_back(days: list[tuple[date, int, int]]) -> None:
    kept = {(day, training.half_of(time(hour))): (day, hour, hour + length) for day, hour, length in days if hour + length < 24}
    typed = "\n".join(f"{day:%d/%m/%Y} {start} h - {end}h30" if end - start < 6 else f"{day:%d/%m/%Y} {start}:00 à {end} h"
                      for day, start, end in kept.values())  # fmt: skip
    found = training.slots_of(typed)
    assert [(slot.day, slot.starts.hour) for slot in found] == sorted((day, start) for day, start, _ in kept.values())
    assert all(slot.minutes == (end - start) * 60 + (30 if end - start < 6 else 0) for slot in found
               for day, start, end in kept.values() if (day, start) == (slot.day, slot.starts.hour))  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    ["demain", "31/02/2027 8 h - 12 h", "12/01/2027 12 h - 8 h", "12/01/2027 8 h - 15 h", "12/01/2027 8 h - 9 h\n12/01/2027 10 h - 11 h"],
)
def test_half_days_that_cannot_be(typed: str) -> None:
    with pytest.raises(TypedError) as told:
        training.slots_of(typed)
    assert told.value.line == typed.count("\n") + 1


def test_modules_and_what_stands_against_a_certificate() -> None:
    assert training.modules_of("Vérifier une réponse : 3 h 30\n\nLe droit : trois mots ; 2h") == [
        {"title": "Vérifier une réponse", "minutes": 210},
        {"title": "Le droit : trois mots", "minutes": 120},
    ]
    for wrong in ("Sans durée", "Module : 0 h", "Module : 3 h 75"):
        with pytest.raises(TypedError):
            training.modules_of(wrong)
    assert training.required(1260, 85) == 1071 and training.required(7, 50) == 4
    assert training.against(1259, 1260, 90, 85) == ["Il manque 0 h 01 : 20 h 59 sur 21 h."]
    assert training.against(1260, 1260, 85, 85) == [] and training.against(1260, 1260, None, 0) == []
    assert len(training.against(0, 60, 84, 85)) == 2


def make_course(bureau: SimpleNamespace, *, ai: bool = True, days: int = -20, capacity: int = 2, trainer: int | None = None) -> Any:
    """The 21-hour course on six half-days, or one day of initial training; the first one so many days from today."""
    from yole.advisers import programmes
    from yole.advisers.models import Syllabus
    from yole.advisers.services_training import CourseData, SyllabusData, add_all, add_syllabus, open_course
    from yole.territory.selectors import today

    if not Syllabus.objects.exists():
        add_all(bureau.coordinator, programmes.STARTING)
        short = SyllabusData("initiale", "Une journée", [{"title": "Tout", "minutes": 420}], 100, 0, date(2020, 1, 1), "essai")
        add_syllabus(bureau.coordinator, short)
    first = today() + timedelta(days=days)
    hours = (time(8, 30), time(12))
    if ai:
        slots = [Slot(first + timedelta(days=more), "matin", *hours) for more in range(6)]
    else:
        slots = [Slot(first, "matin", *hours), Slot(first, "apres_midi", time(13), time(16, 30))]
    syllabus = Syllabus.objects.get(title=programmes.AI.title if ai else "Une journée")
    data = CourseData(syllabus.pk, False, "Salle (fictif)", "Organisme (fictif)", trainer, capacity, slots)
    return open_course(bureau.coordinator, data)


def test_the_21_hours_from_enrolment_to_a_certificate_that_can_be_checked(bureau: SimpleNamespace, client: Any) -> None:
    from pypdf import PdfReader

    from yole.advisers.models import Candidate, Enrolment, Syllabus
    from yole.advisers.retention import purge_candidates
    from yole.advisers.selectors_training import advisers, pending
    from yole.advisers.services_training import decide, enrol, note_attendance
    from yole.base.errors import Refused

    contract = hired(bureau)
    one = contract.relation.candidate
    course = make_course(bureau, trainer=bureau.coordinator.pk)
    assert Syllabus.objects.get(pk=course.syllabus_id).minutes == 21 * 60
    enrolment = enrol(bureau.recruiter, course.pk, one.pk)
    slots = list(course.slots.all())
    to_come = make_course(bureau, days=0)  # the first of its half-days is today: none of them waits yet
    enrol(bureau.recruiter, to_come.pk, one.pk)

    def waiting(what: str) -> list[date | None]:
        return [line.day for line in pending(bureau.territory) if line.what == what]

    assert waiting("Présences à noter") == [slot.day for slot in slots] and waiting("Formation initiale pas commencée")
    for slot in slots[:5]:
        note_attendance(bureau.recruiter, course.pk, slot.pk, {enrolment.pk: 210})
    assert waiting("Présences à noter") == [slots[5].day] and not waiting("Attestation à donner")
    with pytest.raises(Refused, match="Il manque 3 h 30 : 17 h 30 sur 21 h"):
        decide(bureau.recruiter, enrolment.pk, "certifie", score=90)
    note_attendance(bureau.recruiter, course.pk, slots[5].pk, {enrolment.pk: 200})
    note_attendance(bureau.recruiter, course.pk, slots[5].pk, {enrolment.pk: 210})
    assert waiting("Présences à noter") == [] and waiting("Attestation à donner") == [slots[5].day]
    with pytest.raises(Refused, match="85 %"):
        decide(bureau.recruiter, enrolment.pk, "certifie", score=84)
    with pytest.raises(Refused, match="ne décide pas"):
        decide(bureau.coordinator, enrolment.pk, "certifie", score=90)
    done = decide(bureau.recruiter, enrolment.pk, "certifie", score=90)
    (row,) = advisers(bureau.territory)
    assert row.continuing == {slots[0].day.year: 1260} or sum(row.continuing.values()) == 1260
    assert (row.initial_done, row.initial_due, row.certified) == (0, 105 * 60, False)
    with pytest.raises(Refused, match="Attestation remise"):
        decide(bureau.recruiter, enrolment.pk, "abandon", reason="x")

    page = client.get(f"/conseillers/suivi/{one.code}/").content.decode()
    assert "Mon attestation" in page and "21\u00a0h" in page
    pdf = client.get(f"/conseillers/suivi/{one.code}/attestation/{done.pk}/")
    root = PdfReader(io.BytesIO(pdf.content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and b"pdfuaid" in root["/Metadata"].get_data()
    words = _text(pdf.content)
    assert "Personne 0" in words and done.code in words and "21 h" in words
    check = "/conseillers/attestation/"
    good = client.post(check, {"number": done.code.lower(), "name": "(FICTIF) personne 0"})
    assert good.status_code == 200 and "porte ce nom" in good.content.decode() and "Personne 0" not in good.content.decode()
    assert client.post(check, {"number": done.code, "name": "Quelqu’un"}).status_code == 422
    assert client.post(check, {"number": "AAAAAAAAAA", "name": "Personne 0"}).status_code == 422
    # The name is erased two years after the contract, not before; the certificate then says so.
    from django.utils import timezone

    Candidate.objects.update(changed_at=timezone.now() - timedelta(days=1000))
    assert purge_candidates() == 0
    type(contract).objects.update(state="terminee_naturelle", starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1))
    assert purge_candidates() == 1
    assert "effacé" in client.post(check, {"number": done.code, "name": "x"}).content.decode()
    assert Enrolment.objects.get(course=course).code == done.code


def _text(data: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_what_a_course_refuses(bureau: SimpleNamespace) -> None:
    from yole.advisers.models import Enrolment, Syllabus
    from yole.advisers.services_training import CourseData, cancel_course, decide, enrol, note_attendance, open_course
    from yole.base.errors import Refused
    from yole.territory.selectors import today

    one, other, third = (hired(bureau, number, granted=1, kind="PRIVATE").relation.candidate for number in range(3))
    free = make_candidate(bureau, 7)
    course, same_days = make_course(bureau, days=3), make_course(bureau, days=5)
    enrolment = enrol(bureau.recruiter, course.pk, one.pk)
    enrol(bureau.recruiter, course.pk, other.pk)
    slot = course.slots.first()
    short = CourseData(course.syllabus_id, False, "x", "y", None, 5, [Slot(today(), "matin", time(8), time(9))])
    for words, act in (
        ("1 h ; le programme en demande 21 h", lambda: open_course(bureau.coordinator, short)),
        ("ne permet pas", lambda: open_course(bureau.mediator, short)),
        ("n’existe pas", lambda: open_course(bureau.far_recruiter, short)),
        ("personne recrutée", lambda: enrol(bureau.recruiter, course.pk, free.pk)),
        ("déjà inscrite", lambda: enrol(bureau.recruiter, course.pk, one.pk)),
        ("déjà un autre cours", lambda: enrol(bureau.recruiter, same_days.pk, one.pk)),
        ("n’existe pas", lambda: enrol(bureau.far_recruiter, course.pk, one.pk)),
        ("pas encore eu lieu", lambda: note_attendance(bureau.recruiter, course.pk, slot.pk, {enrolment.pk: 5})),
        ("demande une raison", lambda: decide(bureau.recruiter, enrolment.pk, "abandon")),
        ("demande une raison", lambda: cancel_course(bureau.recruiter, course.pk, " ")),
    ):
        with pytest.raises(Refused, match=words):
            act()
    decide(bureau.recruiter, enrolment.pk, "abandon", reason="Autre projet")
    assert enrol(bureau.recruiter, same_days.pk, one.pk).state == "inscrit"
    enrol(bureau.recruiter, course.pk, third.pk)
    cancel_course(bureau.recruiter, course.pk, "Salle fermée")
    with pytest.raises(Refused, match="annulé"):
        enrol(bureau.recruiter, course.pk, one.pk)
    past = make_course(bureau, ai=False, days=-3)
    noted = enrol(bureau.recruiter, past.pk, one.pk)
    half = past.slots.first()
    with pytest.raises(Refused, match="0 à 210"):
        note_attendance(bureau.recruiter, past.pk, half.pk, {noted.pk: 211})
    note_attendance(bureau.recruiter, past.pk, half.pk, {noted.pk: 100})
    assert note_attendance(bureau.recruiter, past.pk, half.pk, {noted.pk: None}) == 0 and not noted.attendances.exists()
    assert Syllabus.objects.count() == 3 and Enrolment.objects.count() == 5


def test_advisers_are_told_of_their_courses(bureau: SimpleNamespace, django_capture_on_commit_callbacks: Any) -> None:
    from django.core import mail

    from yole.advisers.services_training import cancel_course, enrol

    one = hired(bureau).relation.candidate
    course = make_course(bureau, days=9)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        enrol(bureau.recruiter, course.pk, one.pk)
        cancel_course(bureau.recruiter, course.pk, "Salle fermée")
    told = [message.body for message in mail.outbox]
    assert len(told) == 2 and "/agenda.ics" in told[0] and "Salle fermée" in told[1]
    assert {address for message in mail.outbox for address in message.to} == {"p0@exemple.invalid"} and one.code not in "".join(told)


def test_every_move_of_an_enrolment(bureau: SimpleNamespace) -> None:
    from yole.advisers.engine.life import TRAINING
    from yole.advisers.models import Enrolment
    from yole.advisers.services_training import decide, enrol
    from yole.base.errors import Refused
    from yole.territory.selectors import today

    course = make_course(bureau)
    enrolment = enrol(bureau.recruiter, course.pk, hired(bureau).relation.candidate_id)
    for now, allowed in TRAINING.items():
        more = {"code": "ABCDEFGHJK", "decided_on": today()} if now == "certifie" else {"code": None}
        Enrolment.objects.update(state=now, **more)
        for to in ("certifie", "ajourne", "abandon"):
            if to not in allowed:
                with pytest.raises(Refused):
                    decide(bureau.recruiter, enrolment.pk, to, score=100, reason="x")


def test_a_programme_changes_until_a_course_uses_it(bureau: SimpleNamespace, client: Any) -> None:
    from yole.advisers.models import Syllabus

    client.force_login(bureau.coordinator, backend="yole.organisations.backends.AccountBackend")
    base = "/conseillers/equipe/formation/"
    assert "programmes de départ" in client.get(base).content.decode()
    assert client.post(base + "programmes/depart/").status_code == 302
    assert client.post(base + "programmes/depart/").status_code == 409
    ai = Syllabus.objects.get(kind="continue")
    address = f"{base}programmes/{ai.pk}/"
    assert "Vérifier une réponse et sa date : 3 h 30" in client.get(address).content.decode().replace("\u00a0", " ")
    form = {
        "kind": "continue", "title": ai.title, "modules": "Un : 14 h\nDeux : 7 h", "attend_percent": "90", "pass_percent": "80",
        "valid_from": "2026-01-01", "source": "Délibération (fictif)",
    }  # fmt: skip
    assert "Ligne 2" in client.post(address, {**form, "modules": "Un : 14 h\nDeux"}).content.decode()
    assert client.post(address, form).status_code == 302
    ai.refresh_from_db()
    assert (ai.minutes, ai.attend_percent, len(ai.modules)) == (1260, 90, 2)
    days = "\n".join(f"{day:02d}/02/2027 8 h 30 - 12 h" for day in range(1, 7))
    course = {"syllabus": ai.pk, "slots": days, "place": "Ici", "trainer_name": "Organisme", "capacity": "5"}
    assert client.post(base + "cours/nouveau/", {**course, "slots": "x"}).status_code == 422
    assert client.post(base + "cours/nouveau/", course).status_code == 302
    assert client.post(address, form).status_code == 422  # used: a new version is added instead
    assert client.post(base + "programmes/nouveau/", {**form, "valid_from": "2026-01-01"}).status_code == 422
    assert client.post(base + "programmes/nouveau/", {**form, "valid_from": "2028-01-01"}).status_code == 302
    ai.refresh_from_db()
    assert ai.valid_until == date(2027, 12, 31)
    assert client.post(base + "regles/", {"initial_hours": 120, "continuing_hours": 14, "warn_months": 13}).status_code == 422
    assert client.post(base + "regles/", {"initial_hours": 120, "continuing_hours": 14, "warn_months": 6}).status_code == 302
    assert ai.title in client.get(base + "agenda/?mois=2027-02").content.decode().replace("\u00a0", " ")
    assert client.get(base + "agenda/?mois=2027-13").status_code == 404


def test_pages_of_a_course_and_its_calendar(bureau: SimpleNamespace, client: Any) -> None:
    from icalendar import Calendar
    from openpyxl import load_workbook

    client.force_login(bureau.recruiter, backend="yole.organisations.backends.AccountBackend")
    contract = hired(bureau)
    one = contract.relation.candidate
    course = make_course(bureau)
    base = f"/conseillers/equipe/formation/cours/{course.pk}/"
    assert client.post(base + "inscrire/", {"candidate": one.pk}).status_code == 302
    assert client.post(base + "inscrire/", {"candidate": one.pk}).status_code == 422
    slot = course.slots.first()
    enrolment = course.enrolments.get()
    name = f"m_{enrolment.pk}"
    assert f'name="{name}"' in client.get(f"{base}presences/{slot.pk}/").content.decode()
    assert client.post(f"{base}presences/{slot.pk}/", {name: "211"}).status_code == 422
    assert client.post(f"{base}presences/{slot.pk}/", {name: "²"}).status_code == 422
    assert client.post(f"{base}presences/{slot.pk}/", {name: "200"}).status_code == 302
    assert client.post(f"{base}decision/{enrolment.pk}/", {"to": "certifie", "score": "90"}).status_code == 422
    assert client.get(f"{base}attestation/{enrolment.pk}/").status_code == 409
    assert client.post(f"/conseillers/equipe/contrats/{contract.pk}/heures/", {"hours": "210"}).status_code == 302
    page = client.get("/conseillers/equipe/formation/").content.decode().replace("\u00a0", " ")
    assert "0 h sur 210 h" in page and "3 h 20 sur 21 h" in page
    csv = client.get("/conseillers/equipe/formation/export.csv").content.decode()
    assert "Personne 0 (fictif)" in csv and "3.33" in csv
    book = load_workbook(io.BytesIO(client.get("/conseillers/equipe/formation/export.xlsx").content))
    assert next(iter(book.active.iter_rows(min_row=2, values_only=True)))[5] == "210.00"
    assert client.get("/conseillers/equipe/formation/export.pdf").status_code == 404

    from yole.advisers.feeds import address

    path = address(one).split("/conseillers/")[1]
    answer = client.get(f"/conseillers/{path}")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) == 6 and b"Personne" not in answer.content and one.code.encode() not in answer.content
    assert events[0]["dtstart"].dt.isoformat() == f"{slot.day.isoformat()}T08:30:00-04:00"
    assert client.get(f"/conseillers/{path.replace('candidate-', 'host-')}").status_code == 404
    assert client.post(base + "annuler/", {"reason": "Salle fermée"}).status_code == 302
    events = Calendar.from_ical(client.get(f"/conseillers/{path}").content).walk("VEVENT")
    assert {str(event["status"]) for event in events} == {"CANCELLED"}


def test_figures_hide_small_groups(bureau: SimpleNamespace) -> None:
    from yole.advisers.indicators import trained_share, training_hours
    from yole.advisers.services_training import decide, enrol, note_attendance
    from yole.kernel.periods import Kind, Period
    from yole.territory.selectors import today

    period = Period(Kind.FREE, today() - timedelta(days=30), today())
    assert training_hours(bureau.territory, period).value == 0 and trained_share(bureau.territory, period).note
    people = [hired(bureau, number, kind="PRIVATE").relation.candidate for number in range(3)]
    course = make_course(bureau, ai=False, capacity=9)
    for one in people[:1]:
        enrolment = enrol(bureau.recruiter, course.pk, one.pk)
        for slot in course.slots.all():
            note_attendance(bureau.recruiter, course.pk, slot.pk, {enrolment.pk: 210})
        decide(bureau.recruiter, enrolment.pk, "certifie")
    assert training_hours(bureau.territory, period).masked and trained_share(bureau.territory, period).masked
    bureau.territory.small_count_threshold = 0
    assert (training_hours(bureau.territory, period).value, trained_share(bureau.territory, period).value) == (7.0, 33.3)


def test_rows_of_training_are_shown_to_recruitment_of_the_territory_alone(bureau: SimpleNamespace) -> None:
    from yole.advisers.models import Attendance, Enrolment
    from yole.advisers.services_training import enrol, note_attendance
    from yole.base.scope import scope, scope_of

    course = make_course(bureau)
    enrolment = enrol(bureau.recruiter, course.pk, hired(bureau).relation.candidate_id)
    note_attendance(bureau.recruiter, course.pk, course.slots.first().pk, {enrolment.pk: 5})
    for account, seen in ((bureau.recruiter, 1), (bureau.coordinator, 1), (bureau.far_recruiter, 0), (bureau.mediator, 0)):
        with scope(scope_of(account)):
            assert [model.objects.count() for model in (Enrolment, Attendance)] == [seen, seen], account
