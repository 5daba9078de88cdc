"""The desk: agenda, planning, one session, enrolment, attendance, messages, statistics."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yole.bookings.models import Booking
from yole.workshops.models import Cohort, Programme, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(world: Any) -> Client:
    return world.client(world.mediator)


def test_every_desk_page_answers(world: Any, desk: Client) -> None:
    booking = world.book(world.session, "Aline fictive", contact="0596 00 00 01", needs=["lecture"])
    boss = world.client(world.coordinator)
    session, programme = [world.session.pk], [world.programme.pk]
    pages = [
        *(
            ("desk-agenda", []),
            ("desk-sessions-csv", []),
            ("desk-programmes", []),
            ("desk-programme-new", []),
            ("desk-programme", programme),
        ),
        *(
            ("desk-programme-edit", programme),
            ("desk-session-new", programme),
            ("desk-cohort-new", programme),
            ("desk-appointments-new", programme),
        ),
        *(
            (name, session)
            for name in ("desk-session", "desk-move", "desk-cancel", "desk-places", "desk-enrol", "desk-group", "desk-prescribe")
        ),
        *((name, session) for name in ("desk-attendance", "desk-sheet", "desk-enrolments-csv", "desk-tally")),
        *(
            ("desk-booking", [booking.pk]),
            ("desk-card", [booking.pk]),
            ("desk-prescriptions", []),
            ("desk-calls", []),
            ("desk-calls-pdf", []),
        ),
        *(("desk-outbox", []), ("desk-statistics", []), ("desk-statistics-csv", [])),
    ]
    for name, arguments in pages:
        answer = desk.get(reverse(f"workshops:{name}", args=arguments))
        assert answer.status_code == 200, name
        assert answer.headers["Cache-Control"] == "no-store", name
    assert boss.get(reverse("workshops:desk-settings")).status_code == 200
    for vue in ("jour", "semaine", "mois", "liste"):
        assert desk.get(reverse("workshops:desk-agenda"), {"vue": vue}).status_code == 200


def test_programme_and_weekly_sessions(world: Any, desk: Client) -> None:
    made = desk.post(
        reverse("workshops:desk-programme-new"),
        {
            "title": "Aide aux devoirs",
            "themes": ["scolarite_et_numerique"],
            "level": "debutant",
            "audiences": ["11-14"],
            "sessions_planned": "1",
            "aims": "un\n\ndeux",
            "published": "on",
        },
    )
    programme = Programme.objects.get(title="Aide aux devoirs")
    assert made.status_code == 302
    assert programme.aims == ["un", "deux"]
    data = {
        "kind": "drop-in",
        "day": "2027-04-26",
        "starts": "17:00",
        "ends": "19:00",
        "until": "2027-05-10",
        "weekdays": ["0", "5"],
        "place": f"p{world.place.pk}",
        "form_key": str(uuid.uuid4()),
    }
    answer = desk.post(reverse("workshops:desk-session-new", args=[programme.pk]), data, follow=True)
    text = answer.content.decode()
    # Three Mondays; 1 and 8 May 2027 are Saturdays, both public holidays.
    assert Session.objects.filter(programme=programme).count() == 3
    assert "Jours sautés" in text
    assert "1er mai 2027" in text.replace("<sup>er</sup>", "er").replace("\u00a0", " ")
    again = desk.post(reverse("workshops:desk-session-new", args=[programme.pk]), data, follow=True)
    assert "a déjà été envoyé" in again.content.decode()
    assert Session.objects.filter(programme=programme).count() == 3


def test_cohort_from_march_to_july(world: Any, desk: Client) -> None:
    data = {
        "name": "Passeport",
        "first": "2027-03-01",
        "last": "2027-07-09",
        "capacity": "12",
        "place": f"p{world.place.pk}",
        "day1": "0",
        "starts1": "09:00",
        "ends1": "12:00",
        "day2": "2",
        "starts2": "09:00",
        "ends2": "12:00",
        "day3": "4",
        "starts3": "14:00",
        "ends3": "17:00",
    }
    assert desk.post(reverse("workshops:desk-cohort-new", args=[world.programme.pk]), data).status_code == 302
    cohort = Cohort.objects.get()
    days = {session.starts_at.date() for session in cohort.sessions.all()}
    assert 40 < len(days) < 58
    wrong = desk.post(reverse("workshops:desk-cohort-new", args=[world.programme.pk]), {**data, "ends2": "", "name": ""})
    assert wrong.status_code == 422
    assert "Donnez l’heure." in wrong.content.decode()


def test_appointments_are_one_person_each(world: Any, desk: Client) -> None:
    data = {
        "day": "2027-03-02",
        "starts": "09:00",
        "ends": "10:30",
        "minutes": "30",
        "pause": "",
        "place": "",
        "mediator": str(world.mediator.pk),
    }
    desk.post(reverse("workshops:desk-appointments-new", args=[world.programme.pk]), data)
    made = Session.objects.filter(kind="appointment")
    assert made.count() == 3
    assert all(session.capacity.capacity == 1 for session in made)


def test_move_and_cancel_say_who_is_told(world: Any, desk: Client) -> None:
    world.book(world.session, "Aline", contact="a@exemple.invalid")
    world.book(world.session, "Bruno", contact="0696 00 00 01")
    world.book(world.session, "Céline", contact="0596 00 00 02", no_contact=True)
    url = reverse("workshops:desk-move", args=[world.session.pk])
    page = desk.get(url).content.decode()
    assert "1 personne par e-mail".replace(" ", "") in page.replace("\u00a0", "").replace(" ", "")
    assert "pas être contactée" in page
    day = (world.session.starts_at + timedelta(days=2)).date().isoformat()
    refused = desk.post(
        url,
        {
            "day": day,
            "starts": "18:00",
            "ends": "20:00",
            "place": f"p{world.place.pk}",
            "room": "Salle 2",
            "mediator": str(world.mediator.pk),
            "reason": "",
        },
    )
    assert refused.status_code == 422
    done = desk.post(
        url,
        {
            "day": day,
            "starts": "18:00",
            "ends": "20:00",
            "place": f"p{world.place.pk}",
            "room": "Salle 2",
            "mediator": str(world.mediator.pk),
            "reason": "Salle prise",
        },
        follow=True,
    )
    assert "2 personnes sont prévenues" in done.content.decode()
    cancel = reverse("workshops:desk-cancel", args=[world.session.pk])
    assert "C’est définitif" in desk.get(cancel).content.decode()
    desk.post(cancel, {"reason": "Panne"})
    world.session.refresh_from_db()
    assert world.session.state == "cancelled"
    assert set(Booking.objects.values_list("state", flat=True)) == {"annulé"}


def test_clashes_are_shown_to_the_desk_and_never_to_the_public(world: Any, desk: Client, client: Client) -> None:
    world.make_session(mediator=world.mediator, starts_at=world.session.starts_at + timedelta(hours=1))
    day = {"vue": "jour", "jour": world.session.starts_at.date().isoformat()}
    assert "même personne à deux endroits" in desk.get(reverse("workshops:desk-agenda"), day).content.decode()
    assert "deux endroits" not in client.get(reverse("workshops:calendar"), day).content.decode()
    assert "Médiatrice fictive" not in client.get(reverse("workshops:calendar"), day).content.decode()


PASTED = (
    "Nom\tTéléphone\r\nAline Un\t0696 00 00 01\r\n\r\nBruno Deux;bruno@exemple.invalid\n\t\n"
    "Céline Trois\t0696 12\n=Dédé Quatre\nAline Un\t0696 00 00 01\n"
)


def test_pasted_list_is_checked_line_by_line_and_nothing_is_lost(world: Any, desk: Client) -> None:
    session = world.make_session(capacity=20, starts_at=world.session.starts_at + timedelta(days=1))
    url = reverse("workshops:desk-group", args=[session.pk])
    data = {"text": PASTED, "consent": "on", "key": str(uuid.uuid4())}
    checked = desk.post(url, data)
    text = checked.content.decode()
    assert "3 lignes justes" in text.replace("\u00a0", " ")
    assert "Ligne 6" in text
    assert "Il manque" in text
    assert "Céline Trois\t0696 12" in text  # the box keeps everything
    assert not session.capacity.bookings.exists()
    done = desk.post(url, {**data, "confirm": "1"})
    assert session.capacity.bookings.count() == 3
    text = done.content.decode()
    assert "3 personnes inscrites" in text.replace("\u00a0", " ")
    assert "Céline Trois\t0696 12" in text
    assert "Bruno Deux;" not in text
    desk.post(url, {**data, "confirm": "1"})
    assert session.capacity.bookings.count() == 3


def test_no_consent_or_empty_list_keeps_the_box(world: Any, desk: Client) -> None:
    url = reverse("workshops:desk-group", args=[world.session.pk])
    answer = desk.post(url, {"text": "Aline Un", "key": str(uuid.uuid4())})
    assert answer.status_code == 422
    assert "Aline Un</textarea>" in answer.content.decode().replace("\r\n", "")
    assert "La liste est vide" in desk.post(url, {"text": " \t\n;\n", "consent": "on", "key": str(uuid.uuid4())}).content.decode()


def test_prescription_needs_the_agreement_and_says_whether_they_came(world: Any, desk: Client) -> None:
    url = reverse("workshops:desk-prescribe", args=[world.session.pk])
    data = {"name": "Aline fictive", "contact": "", "size": "1", "needs_note": "", "consent": "on", "key": str(uuid.uuid4())}
    refused = desk.post(url, data)
    assert refused.status_code == 422
    assert "sans lui, vous ne pouvez pas" in refused.content.decode()
    sent = desk.post(url, {**data, "agreed": "on"}, follow=True)
    assert "pas encore noté" in sent.content.decode()
    booking = Booking.objects.get()
    world.past(world.session)
    desk.post(
        reverse("workshops:desk-attendance", args=[world.session.pk]),
        {"key": str(uuid.uuid4()), f"b{booking.pk}-matin": "p", f"was-b{booking.pk}-matin": ""},
    )
    assert "Oui" in desk.get(reverse("workshops:desk-prescriptions")).content.decode()
    other = world.client(world.coordinator)
    assert "Aline fictive" not in other.get(reverse("workshops:desk-prescriptions")).content.decode()


def test_acts_on_one_enrolment(world: Any, desk: Client) -> None:
    first = [world.book(world.session, f"Fictif {n}") for n in range(3)]
    second, third = world.book(world.session, "Seconde"), world.book(world.session, "Troisième")
    url = reverse("workshops:desk-booking", args=[third.pk])
    refused = desk.post(url, {"act": "priority", "priority": "1", "reason": ""})
    assert refused.status_code == 422
    assert desk.post(url, {"act": "priority", "priority": "1", "reason": "Entretien d’embauche"}).status_code == 302
    page = desk.get(reverse("workshops:desk-session", args=[world.session.pk])).content.decode()
    assert "Motif : Entretien d’embauche".replace(" :", "\u00a0:") in page
    desk.post(reverse("workshops:desk-booking", args=[first[0].pk]), {"act": "cancel", "reason": "a téléphoné"})
    third.refresh_from_db()
    assert third.state == "proposé"
    desk.post(url, {"act": "accept"})
    third.refresh_from_db()
    second.refresh_from_db()
    assert (third.state, second.state) == ("confirmé", "en_attente")
    too_many = desk.post(url, {"act": "size", "size": "500"})
    assert too_many.status_code == 422
    assert "1 à 10 personnes" in too_many.content.decode().replace("\u00a0", " ")
    assert desk.post(url, {"act": "nothing"}).status_code == 422


def test_more_places_promote_and_fewer_are_refused(world: Any, desk: Client) -> None:
    for n in range(4):
        world.book(world.session, f"Fictif {n}")
    url = reverse("workshops:desk-places", args=[world.session.pk])
    assert "déjà prises" in desk.post(url, {"capacity": "2", "overbooking_percent": "0"}).content.decode()
    assert desk.post(url, {"capacity": "4", "overbooking_percent": "0"}).status_code == 302
    assert Booking.objects.filter(state="proposé").count() == 1


def test_attendance_marks_all_corrects_and_shows_it(world: Any, desk: Client) -> None:
    bookings = [world.book(world.session, name) for name in ("Aline", "Bruno", "Céline")]
    world.past(world.session)
    url = reverse("workshops:desk-attendance", args=[world.session.pk])
    fields = {f"was-b{booking.pk}-matin": "" for booking in bookings}
    key = str(uuid.uuid4())
    desk.post(url, {**fields, "key": key, "do": "tous", f"b{bookings[1].pk}-matin": "a"})
    desk.post(url, {**fields, "key": key, "do": "tous", f"b{bookings[1].pk}-matin": "a"})
    states = [booking.presences.get().state for booking in bookings]
    assert states == ["présent", "absent", "présent"]
    assert world.session.attendance.count() == 3
    # A page that was open before shows « absent » unchanged: it does not undo what somebody corrected meanwhile.
    desk.post(url, {"key": str(uuid.uuid4()), f"was-b{bookings[1].pk}-matin": "a", f"b{bookings[1].pk}-matin": "p"})
    desk.post(url, {"key": str(uuid.uuid4()), f"was-b{bookings[1].pk}-matin": "a", f"b{bookings[1].pk}-matin": "a", "walk_in": "Dédé"})
    assert bookings[1].presences.get().state == "présent"
    desk.post(url, {"key": str(uuid.uuid4()), f"was-b{bookings[0].pk}-matin": "p", "undo": f"b{bookings[0].pk}-matin"})
    assert bookings[0].presences.get().state == ""
    page = desk.get(url).content.decode()
    assert "Annulation" in page
    assert "Dédé" in page
    assert page.count('class="trio"') == 4


def test_tally_from_paper_counts_once(world: Any, desk: Client) -> None:
    world.past(world.session)
    url = reverse("workshops:desk-tally", args=[world.session.pk])
    data = {"good": "5", "fair": "1", "bad": "0", "key": str(uuid.uuid4())}
    desk.post(url, data)
    desk.post(url, data)
    assert world.session.evaluations.count() == 6
    assert desk.post(url, {**data, "good": "900"}).status_code == 422


def test_outbox_shows_the_text(world: Any, desk: Client) -> None:
    booking = world.book(world.session, "Aline", contact="a@exemple.invalid")
    message = booking.messages.get()
    assert "Inscription" in desk.get(reverse("workshops:desk-outbox"), {"seance": world.session.pk}).content.decode()
    text = desk.get(reverse("workshops:desk-message", args=[message.pk])).content.decode()
    assert "Mes mots de passe" in text
    assert "/ateliers/annuler/" in text


def test_calls_are_noted(world: Any, desk: Client) -> None:
    first = [world.book(world.session, f"Fictif {n}") for n in range(3)]
    world.book(world.session, "Sans contact")
    desk.post(reverse("workshops:desk-booking", args=[first[0].pk]), {"act": "cancel"})
    url = reverse("workshops:desk-calls")
    page = desk.get(url).content.decode()
    assert "Sans contact" in page
    message = Booking.objects.get(name="Sans contact").messages.get(kind="offer")
    assert desk.post(url, {"outcome": f"reached:{message.pk}"}).status_code == 302
    assert "Sans contact" not in desk.get(url).content.decode()
    assert desk.post(url, {"outcome": "x:1"}).status_code == 422


def test_settings_say_which_line_is_wrong(world: Any) -> None:
    boss = world.client(world.coordinator)
    url = reverse("workshops:desk-settings")
    data = {"reminders": ["J-1"], "offer_hours": "24", "offers_stop_hours": "2", "school_holidays": "2026-12-18 2027-01-03 Noël\nbientôt"}
    assert "Ligne 2" in boss.post(url, data).content.decode().replace("\u00a0", " ")
    assert boss.post(url, {**data, "school_holidays": "2026-12-18 2027-01-03 Noël"}).status_code == 302
