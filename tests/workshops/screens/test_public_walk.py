"""List, session, enrolment, code, change, cancel: as a person without JavaScript does it."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yole.bookings.models import Booking
from yole.kernel.codes import show_code

pytestmark = pytest.mark.django_db


def test_walk_from_list_to_cancellation(world: Any, client: Client, session_url: str, enrol_data: Any) -> None:
    page = client.get(reverse("workshops:list"))
    assert page.status_code == 200
    assert session_url in page.content.decode()
    form = client.get(session_url)
    assert "Il reste 3 places sur 3." in form.content.decode()
    sent = client.post(session_url, enrol_data(world.session, contact="0696 12 34 56", needs=["transport"]))
    assert sent.status_code == 302
    confirmation = client.get(sent.headers["Location"]).content.decode()
    booking = Booking.objects.get()
    assert show_code(booking.code) in confirmation
    assert 'class="qr"' in confirmation
    assert booking.phone == "+596696123456"

    other = Client()  # another day, another computer
    wrong_way = show_code(booking.code).lower().replace("-", " ")
    opened = other.post(reverse("workshops:code"), {"code": wrong_way})
    assert opened.status_code == 302
    mine = other.get(opened.headers["Location"]).content.decode()
    assert "Votre place est gardée" in mine
    change = reverse("workshops:change")
    assert other.get(change).status_code == 200
    done = other.post(change, {"size": "2", "contact": "", "needs": ["lecture"], "needs_note": ""})
    assert done.status_code == 302
    booking.refresh_from_db()
    assert (booking.size, booking.phone, booking.needs) == (2, "", ["lecture"])
    cancel = reverse("workshops:cancel-mine")
    assert "Oui, j’annule" in other.get(cancel).content.decode()
    booking.refresh_from_db()
    assert booking.state == "inscrit"
    other.post(cancel)
    booking.refresh_from_db()
    assert booking.state == "annulé"
    assert "Inscription annulée" in other.get(reverse("workshops:mine")).content.decode()
    other.post(reverse("workshops:close"))
    assert other.get(reverse("workshops:mine")).status_code == 302


def test_full_date_tells_before_anything_is_sent(world: Any, client: Client, session_url: str, enrol_data: Any) -> None:
    for n in range(3):
        world.book(world.session, f"Fictif {n}")
    page = client.get(session_url).content.decode()
    assert "Cette date est complète." in page
    assert "Je me mets sur la liste d’attente" in page
    seen = re.search(r'name="seen_full" value="([^"]*)"', page)
    assert seen is not None
    client.post(session_url, enrol_data(world.session, seen_full=seen[1]))
    waiting = Booking.objects.get(state="en_attente")
    assert "place 1" in client.get(reverse("workshops:confirmation")).content.decode()
    assert waiting.name == "Aline fictive"


def test_date_that_filled_meanwhile_asks_again_and_keeps_values(world: Any, client: Client, session_url: str, enrol_data: Any) -> None:
    data = enrol_data(world.session, name="Bruno fictif")
    for n in range(3):
        world.book(world.session, f"Fictif {n}")
    asked = client.post(session_url, data)
    text = asked.content.decode()
    assert asked.status_code == 200
    assert "Il n’y a plus de place à cette date." in text
    assert 'value="Bruno fictif"' in text
    assert not Booking.objects.filter(name="Bruno fictif").exists()
    seen = re.search(r'name="seen_full" value="([^"]*)"', text)
    assert seen is not None
    client.post(session_url, {**data, "seen_full": seen[1]})
    assert Booking.objects.get(name="Bruno fictif").state == "en_attente"


def test_offer_is_accepted_with_the_code(world: Any, client: Client, session_url: str, enrol_data: Any) -> None:
    first = [world.book(world.session, f"Fictif {n}") for n in range(3)]
    client.post(session_url, enrol_data(world.session, seen_full=str(world.session.pk)))
    from yole.bookings.services import cancel

    cancel(first[0].pk, by="test")
    page = client.get(reverse("workshops:mine")).content.decode()
    assert "Oui, je viens" in page
    client.post(reverse("workshops:answer"), {"answer": "oui"})
    assert Booking.objects.get(name="Aline fictive").state == "confirmé"


def test_offer_link_refuses_and_passes_on(world: Any, client: Client) -> None:
    from yole.bookings.services import cancel
    from yole.workshops.links import cancel_link, offer_link

    first = [world.book(world.session, f"Fictif {n}", contact=f"069600000{n}") for n in range(3)]
    second, third = world.book(world.session, "Seconde", contact="0696000009"), world.book(world.session, "Troisième", contact="0696000008")
    cancel(first[0].pk, by="test")
    address = offer_link(second).split("8000", 1)[1]
    assert "Non, je laisse la place" in client.get(address).content.decode()
    client.post(address, {"answer": "non"})
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, third.state) == ("annulé", "proposé")
    one_step = cancel_link(third).split("8000", 1)[1]
    assert client.get(one_step).status_code == 200
    third.refresh_from_db()
    assert third.state == "proposé"
    assert "Votre inscription est annulée" in client.post(one_step).content.decode()
    third.refresh_from_db()
    assert third.state == "annulé"
    assert client.get(reverse("workshops:cancel", args=["1:faux"])).status_code == 404


def test_same_form_twice_is_one_enrolment_with_the_same_code(world: Any, client: Client, session_url: str, enrol_data: Any) -> None:
    data = enrol_data(world.session, key=str(uuid.uuid4()))
    client.post(session_url, data)
    again = Client()
    sent = again.post(session_url, data)
    assert Booking.objects.count() == 1
    assert show_code(Booking.objects.get().code) in again.get(sent.headers["Location"]).content.decode()


def test_same_person_again_learns_nothing(world: Any, client: Client, session_url: str, enrol_data: Any) -> None:
    client.post(session_url, enrol_data(world.session, contact="aline@exemple.invalid"))
    code = show_code(Booking.objects.get().code)
    curious = Client()
    sent = curious.post(session_url, enrol_data(world.session, contact="ALINE@exemple.invalid", name="aline FICTIVE"))
    assert sent.status_code == 302
    page = curious.get(sent.headers["Location"]).content.decode()
    assert "C’est noté" in page
    assert code not in page
    assert "Votre place est gardée" not in page
    assert curious.get(reverse("workshops:mine")).status_code == 302
    assert Booking.objects.count() == 1


def test_evaluation_and_certificate_with_the_code(world: Any, client: Client) -> None:
    from yole.workshops.services_attendance import mark

    booking = world.book(world.session, "Aline fictive")
    session = world.past(world.session)
    client.post(reverse("workshops:code"), {"code": booking.code})
    certificate = reverse("workshops:certificate", args=[session.pk])
    assert client.get(certificate).status_code == 409
    mark(world.mediator, session.pk, session.half_days[0], "arrivée", booking_id=booking.pk)
    page = client.get(reverse("workshops:mine")).content.decode()
    assert certificate in page
    answer = client.get(certificate)
    assert answer.headers["Content-Type"] == "application/pdf"
    evaluation = reverse("workshops:evaluation", args=[session.pk])
    assert client.post(evaluation, {"smiley": "", "line": ""}).status_code == 422
    assert client.post(evaluation, {"smiley": "3", "line": "Merci"}).status_code == 302
    client.post(evaluation, {"smiley": "1", "line": "encore"})
    assert list(session.evaluations.values_list("smiley", "line")) == [(3, "Merci")]
