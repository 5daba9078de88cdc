"""The report of a session, filled from its attendance."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from yole.base.errors import Refused
from yole.kernel.codes import new_code


@pytest.fixture
def session(house: SimpleNamespace) -> Any:
    """Two hours on 30 October 2026, from 20:00 in Fort-de-France: already 31 October in UTC."""
    from yole.workshops.services_planning import Where, create_session
    from yole.workshops.services_programmes import create_programme

    programme = create_programme(
        None, house.territory, title="Mes papiers", themes=["aide_aux_demarches_administratives", "logement", "email"], audiences=["tous"]
    )
    starts = datetime(2026, 10, 31, 0, 0, tzinfo=UTC)
    return create_session(
        None,
        programme,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        half_days=["soir"],
        capacity=10,
        where=Where(place=house.place),
    )


def come(house: Any, session: Any, name: str, *, size: int = 1, person: Any = None, kind: str = "arrivée") -> None:
    from yole.bookings.enums import Source
    from yole.bookings.models import Booking
    from yole.workshops.services_attendance import Act, record

    type(session.capacity).objects.filter(pk=session.capacity_id).update(taken=F("taken") + size)
    booking = Booking.objects.create(
        capacity=session.capacity, code=uuid.uuid4().hex[:10], name=name, consent_version="essai", size=size, state="inscrit",
        idempotency_key=uuid.uuid4(), source=Source.DESK, person=person,
    )  # fmt: skip
    act = Act(
        uuid=uuid.uuid4(), half_day="soir", kind=kind, device="essai", sequence=1, device_time=session.starts_at, booking_id=booking.pk
    )
    record(house.mediator, session.pk, [act])


def card(house: Any, structure: Any = None) -> Any:
    from yole.people.models import Person

    return Person.objects.create(
        territory=house.territory, structure=structure or house.structure, code=new_code(), last_contact_on=date(2026, 10, 1)
    )


def test_who_came_is_counted_and_linked(house: Any, session: Any) -> None:
    from yole.activities.services import save_activity
    from yole.activities.services_attendance import from_attendance, report_key

    mine, theirs = card(house), card(house, house.other_structure)
    come(house, session, "Aline", person=mine)
    come(house, session, "Bruno", person=theirs)
    come(house, session, "Famille C.", size=3)
    come(house, session, "Dédé", kind="absent")
    data = from_attendance(house.mediator, session)
    assert data["people"] == [{"person": str(mine.pk)}]
    assert data["group"] == {"total": 4}
    assert (data["date"], data["minutes"], data["place"]) == (date(2026, 10, 30), 120, house.place.pk)
    assert (data["themes"], data["admin_themes"]) == (["aide_aux_demarches_administratives", "email"], ["logement"])
    key = report_key(house.mediator, session)
    row = save_activity(house.mediator, data, key).activity
    assert (row.participants, row.commune_id, row.session_id, row.workshop_title) == (5, "97224", session.pk, "Mes papiers")
    with pytest.raises(Refused, match="déjà"):
        from_attendance(house.mediator, session)


def test_nobody_marked_is_said(house: Any, session: Any) -> None:
    from yole.activities.services_attendance import from_attendance

    with pytest.raises(Refused, match="Aucune présence"):
        from_attendance(house.mediator, session)
    with pytest.raises(Refused) as caught:
        from_attendance(house.outsider, session)
    assert caught.value.status == 403


def test_the_desk_enrols_somebody_from_their_card(house: Any, session: Any) -> None:
    from yole.bookings.models import Booking
    from yole.workshops.services_enrolment import Form, enrol_at_desk

    mine, theirs = card(house), card(house, house.other_structure)
    later = session.starts_at + timedelta(days=400)
    ends = later + timedelta(hours=2)
    type(session).objects.filter(pk=session.pk).update(starts_at=later, ends_at=ends)
    type(session.capacity).objects.filter(pk=session.capacity_id).update(
        starts_at=later, ends_at=later + timedelta(hours=2), closes_at=later
    )
    session.refresh_from_db()
    form = Form(name="Aline", key=uuid.uuid4(), consent=True)
    assert enrol_at_desk(house.mediator, session, form, person=mine.pk).booking.person_id == mine.pk
    with pytest.raises(Refused, match="suivie"):
        enrol_at_desk(house.mediator, session, Form(name="Bruno", key=uuid.uuid4(), consent=True), person=theirs.pk)
    page = Client()
    page.force_login(house.mediator, backend="yole.organisations.backends.AccountBackend")
    typed = {"name": "Chloé", "size": "1", "no_contact": "on", "consent": "on"}
    address = f"/ateliers/equipe/seances/{session.pk}/inscrire/"
    refused = page.post(address, {**typed, "key": str(uuid.uuid4()), "card": theirs.code})
    assert refused.status_code == 422
    assert "pas connue de votre structure" in refused.content.decode()
    other = card(house)
    answer = page.post(address, {**typed, "key": str(uuid.uuid4()), "card": other.code.lower()})
    assert answer.status_code == 302, answer.content.decode()
    assert Booking.objects.filter(person_id=other.pk).count() == 1
