"""Enrolments and what hangs on them: read without any filter, on behalf of each kind of asker."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from tests.access.fixtures import World, past
from yole.base import scope
from yole.base.scope import NOBODY, Scope, scope_of

pytestmark = pytest.mark.django_db


def everything() -> list[int]:
    """Rows seen of each protected table of bookings and workshops, without a filter."""
    from yole.bookings.models import Booking, BookingEvent
    from yole.workshops.models import Attendance, Evaluation, OutboundMessage, Presence

    return [model.objects.count() for model in (Booking, BookingEvent, Attendance, Presence, Evaluation, OutboundMessage)]


def test_teams_see_their_territory_and_a_visitor_sees_nothing(world: World) -> None:
    past(world)
    with scope.scope(NOBODY):
        assert everything() == [0] * 6
    own = everything()
    assert all(own)
    for role in ("mediator", "volunteer", "structure-coordinator", "territory-coordinator", "administrator"):
        with scope.scope(scope_of(world.account(role, "own"))):
            assert everything() == own
        with scope.scope(scope_of(world.account(role, "elsewhere"))):
            assert everything() == [0] * 6
    for role in ("evaluator", "recruiter", "data-protection-officer", "event-organiser"):
        with scope.scope(scope_of(world.account(role, "own"))):
            assert everything() == [0] * 6


def test_a_code_and_a_link_open_one_enrolment(world: World) -> None:
    from yole.bookings.models import Booking
    from yole.workshops.services_enrolment import Form, enrol

    second = enrol(world.session, Form(name="Bruno (fictif)", key=uuid.uuid4(), consent=True)).booking
    with scope.scope(Scope(booking=second.pk)):
        assert [booking.pk for booking in Booking.objects.all()] == [second.pk]
    with scope.scope(Scope(code=second.code)):
        assert [booking.pk for booking in Booking.objects.all()] == [second.pk]
    with scope.scope(Scope(code="")):
        assert not Booking.objects.exists()


def test_a_team_cannot_enrol_in_another_territory_by_a_forgotten_check(world: World) -> None:
    from django.db import ProgrammingError, transaction

    from yole.bookings.services import Request, book

    asked: Any = Request(name="Aline (fictif)", consent_version="essai", idempotency_key=uuid.uuid4())
    with (
        scope.scope(scope_of(world.account("mediator", "elsewhere"))),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        book(world.session.capacity_id, asked, by="essai")


def test_a_visitor_who_opened_an_enrolment_keeps_it_for_the_request_alone(world: World) -> None:
    visitor = Client()
    assert visitor.post("/ateliers/code/", {"code": world.booking.code}).status_code == 302
    assert "Aline" in visitor.get("/ateliers/inscription/").content.decode()
    with scope.scope(NOBODY):
        assert everything() == [0] * 6
