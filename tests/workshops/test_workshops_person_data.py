"""What the workshops give back and forget of a followed person; the walk of the whole house: one row planted, nothing left."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

Sessions = Callable[..., Any]


@pytest.fixture(autouse=True)
def _work_of_the_house() -> Any:
    from yole.base.scope import system_scope

    with system_scope():
        yield


@pytest.fixture
def desk(house: SimpleNamespace) -> Any:
    """A mediator who belongs to the structure."""
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account

    return create_account(
        email="accueil@exemple.invalid", name="Accueil (fictif)", role=Role.MEDIATOR, territory=house.territory, structure=house.structure,
        password="x" * 14,
    )  # fmt: skip


@pytest.fixture
def followed(desk: Any) -> Any:
    from yole.people.engine.identity import Identity
    from yole.people.services import Agreed, create_followed

    return create_followed(desk, Identity("Zoraïde", "Quimperlot"), Agreed(["suivi"], "oral_fiche"))


def enrol(desk: Any, session: Any, person: Any, **more: Any) -> Any:
    from yole.workshops.services_enrolment import Form, enrol_at_desk

    form = Form(
        name="Zoraïde Quimperlot", contact="zoraide@exemple.invalid", key=uuid.uuid4(), consent=True, needs=["lecture"],
        needs_note="une note fictive",
    )  # fmt: skip
    return enrol_at_desk(desk, session, form, person=person.pk, **more).booking


def test_the_export_of_a_person_tells_their_registrations(house: SimpleNamespace, desk: Any, followed: Any, new_session: Sessions) -> None:
    from yole.people import person_data

    enrol(desk, new_session(), followed)
    sections = {part["name"]: part["rows"] for part in person_data.export(desk, followed.pk)["sections"]}
    (row,) = sections["workshops.enrolments"]
    assert (row["atelier"], row["nom"], row["e-mail"], row["état"]) == (
        "Mes mots de passe", "Zoraïde Quimperlot", "zoraide@exemple.invalid", "Inscrit",
    )  # fmt: skip
    assert row["besoins"] == ["Je lis difficilement", "une note fictive"] and len(row["dates"]) == 1
    json.dumps(row)


def test_erasing_a_person_leaves_no_name_on_a_list_and_frees_the_place(
    house: SimpleNamespace, desk: Any, followed: Any, new_session: Sessions, enrolled: Any
) -> None:
    from yole.bookings.models import Booking
    from yole.people.services_erasure import erase
    from yole.workshops.models import OutboundMessage

    session = new_session(capacity=1)
    mine = enrol(desk, session, followed)
    waiting = enrolled(session, "Bénédicte")
    assert OutboundMessage.objects.filter(booking=mine).exists()
    touched = erase(desk, followed.pk)
    assert touched["workshops.enrolments"] == 1
    mine.refresh_from_db()
    assert (mine.name, mine.email, mine.needs, mine.needs_note, mine.person_id, mine.state) == ("", "", [], "", None, "annulé")
    waiting.refresh_from_db()
    assert waiting.state == "proposé"
    assert not OutboundMessage.objects.filter(booking=mine).exists()
    everything = " ".join(str(row) for row in Booking.objects.values())
    assert "uimperlot" not in everything and "zoraide" not in everything


def test_a_sheet_that_proves_a_funded_session_keeps_its_name_until_its_date(
    house: SimpleNamespace, desk: Any, followed: Any, new_session: Sessions
) -> None:
    from yole.bookings.enums import State
    from yole.bookings.models import Booking
    from yole.bookings.services import mark
    from yole.bookings.services_erasure import forget

    session = new_session(hours=1)
    booking = enrol(desk, session, followed)
    mark(booking.pk, State.PRESENT, by="essai")
    capacity = session.capacity
    capacity.names_kept_until = timezone.localdate() + timedelta(days=1)
    capacity.save(update_fields=["names_kept_until"])
    forget(booking.pk)
    kept = Booking.objects.get(pk=booking.pk)
    assert (kept.name, kept.email, kept.person_id, kept.state) == ("Zoraïde Quimperlot", "", None, State.PRESENT)
    capacity.names_kept_until = timezone.localdate() - timedelta(days=1)
    capacity.save(update_fields=["names_kept_until"])
    forget(booking.pk)
    assert Booking.objects.get(pk=booking.pk).name == ""


def test_at_the_end_of_the_delay_no_registration_leads_to_the_card(
    house: SimpleNamespace, desk: Any, followed: Any, new_session: Sessions
) -> None:
    from yole.bookings.models import Booking
    from yole.people.models import Person
    from yole.people.services_erasure import destroy

    booking = enrol(desk, new_session(), followed)
    destroy([Person.objects.get(pk=followed.pk)], asked=False)
    assert Booking.objects.get(pk=booking.pk).person_id is None


def test_the_page_of_a_person_shows_their_workshops(house: SimpleNamespace, desk: Any, followed: Any, new_session: Sessions) -> None:
    client = Client()
    client.force_login(desk)
    address = reverse("people:person", args=[followed.pk])
    assert "Aucune inscription depuis cette fiche." in client.get(address).content.decode()
    booking = enrol(desk, new_session(), followed)
    page = client.get(address).content.decode()
    assert "Mes mots de passe" in page and "à venir, Inscrit" in page
    assert reverse("workshops:desk-booking", args=[booking.pk]) in page
