"""Registration for an edition and its limited slots, feedback and takeaways."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections

from tests.events.conftest import build_fair, slot_maker
from yole.base.errors import Refused
from yole.bookings.enums import HOLDING, State
from yole.bookings.models import Booking, Capacity
from yole.events import services_after, services_registration
from yole.events.models import Feedback, Registration, Seat, Takeaway
from yole.events.selectors_takeaways import open_takeaways
from yole.events.services_editions import invite, open_registration
from yole.events.services_programme import cancel_slot, publish
from yole.events.services_registration import Form, register


@pytest.fixture
def live(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> SimpleNamespace:
    """The edition published with 100 places; `first` has 2 places at 9 h, `second` 2 at 9 h 30, `third` 2 at 14 h."""
    fair.first = new_slot("Premier", room=fair.room, places=2)
    fair.second = new_slot("Deuxième", room=fair.amphi, at=time(9, 30), places=2)
    fair.third = new_slot("Troisième", room=fair.room, at=time(14), places=2)
    publish(None, fair.edition)
    open_registration(None, fair.edition, 100)
    fair.edition.refresh_from_db()
    return fair


def test_one_code_holds_the_event_and_the_slots(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    outcome = register(live.edition, person(size=2, slots=[live.first.number, live.third.number], contact="06 96 12 34 56", sex="femme"))
    assert outcome.registration is not None and outcome.registration.booking.state == State.BOOKED
    assert [seat.booking.state for seat in outcome.seats] == [State.BOOKED, State.BOOKED]
    assert {seat.booking.size for seat in outcome.seats} == {2}
    assert {seat.booking.phone for seat in outcome.seats} == {""}  # the contact is written once
    live.edition.capacity.refresh_from_db()
    assert live.edition.capacity.taken == 2


def test_the_same_form_twice_is_one_registration(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    form = person(slots=[live.first.number])
    first, again = register(live.edition, form), register(live.edition, form)
    assert again.repeat == "form" and again.registration == first.registration
    assert (Registration.objects.count(), Seat.objects.count(), Booking.objects.count()) == (1, 1, 2)


def test_the_same_person_twice_learns_nothing(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    register(live.edition, person(contact="bruno@exemple.invalid"))
    again = register(live.edition, person(contact="bruno@exemple.invalid", slots=[live.first.number]))
    assert (again.repeat, again.registration, again.seats) == ("person", None, ())
    assert Booking.objects.count() == 1


def test_refused_slots_leave_nothing_behind(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    for numbers, code in (([live.first.number, live.second.number], "overlap"), ([999], "unknown")):
        with pytest.raises(Refused) as refused:
            register(live.edition, person(slots=numbers))
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        register(live.edition, person(size=3, slots=[live.first.number]))
    assert refused.value.code == "too-large" and not Booking.objects.exists()
    with pytest.raises(Refused, match="connaissons pas"):
        register(live.edition, person(commune="Atlantide"))
    with pytest.raises(Refused, match="d’accord"):
        register(live.edition, person(consent=False))


def test_full_slot_waits_and_moves_up(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    holders = [register(live.edition, person(f"Personne {n} (fictif)", slots=[live.first.number])) for n in range(3)]
    assert [one.seats[0].booking.state for one in holders] == [State.BOOKED, State.BOOKED, State.WAITING]
    assert holders[0].registration is not None
    services_registration.cancel_by_person(holders[0].registration)
    waiting = holders[2].seats[0].booking
    waiting.refresh_from_db()
    assert waiting.state == State.OFFERED
    assert services_registration.accept_seat(holders[2].seats[0]).state == State.CONFIRMED
    states = list(Booking.objects.filter(registration=None).order_by("pk").values_list("state", flat=True))
    assert states == [State.CANCELLED, State.BOOKED, State.CONFIRMED]


def test_an_offered_place_is_told_by_mail(
    live: SimpleNamespace, person: Callable[..., Any], mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    """The one who left an e-mail is told, once, without a name; who left none is on the desk's list."""
    from yole.events.selectors_desk import offers
    from yole.events.services_messages import send_due

    first = register(live.edition, person(slots=[live.first.number], size=2))
    second = register(live.edition, person("Carole (fictif)", contact="carole@exemple.invalid", slots=[live.first.number]))
    assert first.registration is not None and second.registration is not None
    assert send_due().sent == 1  # the confirmation of the one who left an e-mail
    mailoutbox.clear()
    with django_capture_on_commit_callbacks() as waiting:
        services_registration.cancel_by_person(first.registration)
    assert len(waiting) == 1
    assert [row[1].pk for row in offers(live.edition)] == [second.seats[0].booking.pk]
    assert (send_due().sent, send_due().sent) == (1, 0)
    assert [(mail.to, "Carole" in mail.body, "Premier" in mail.body) for mail in mailoutbox] == [(["carole@exemple.invalid"], False, True)]
    services_registration.accept_seat(second.seats[0])
    assert offers(live.edition) == []


def test_a_seat_is_added_and_given_back(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    registration = register(live.edition, person(slots=[live.first.number])).registration
    assert registration is not None
    with pytest.raises(Refused, match="même heure"):
        services_registration.add_seat(registration, live.second.number, uuid.uuid4())
    seat = services_registration.add_seat(registration, live.third.number, uuid.uuid4())
    assert services_registration.add_seat(registration, live.third.number, uuid.uuid4()).pk == seat.pk
    assert services_registration.leave_seat(seat).state == State.CANCELLED
    assert services_registration.add_seat(registration, live.third.number, uuid.uuid4()).pk != seat.pk


def test_who_waits_for_the_event_holds_no_slot(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    Capacity.objects.filter(pk=live.edition.capacity_id).update(capacity=1)
    register(live.edition, person())
    second = register(live.edition, person("Carole (fictif)", slots=[live.first.number]))
    assert second.registration is not None and second.registration.booking.state == State.WAITING and second.seats == ()


def test_before_the_opening_an_invitation_is_needed(fair: SimpleNamespace, person: Callable[..., Any]) -> None:
    open_registration(None, fair.edition, 10)
    with pytest.raises(Refused, match="pas ouvertes"):
        register(fair.edition, person())
    invitation = invite(None, fair.edition, label="Mairie (fictif)", places=1)
    assert register(fair.edition, person(invitation=invitation.code.lower())).registration is not None
    with pytest.raises(Refused, match="servi autant"):
        register(fair.edition, person("Carole (fictif)", invitation=invitation.code))
    assert Booking.objects.count() == 1


def test_a_pasted_list_registers_the_good_lines(live: SimpleNamespace) -> None:
    text, key = "Nom\nDédé (fictif);06 96 00 00 01\n;\nÉlise (fictif)\nFaux (fictif);06 96 1\n", uuid.uuid4()
    done = services_registration.register_group(live.mediator, live.edition, text, key=key, consent=True, organisation="Lycée (fictif)")
    assert [line.name for line in done.lines] == ["Dédé (fictif)", "Élise (fictif)"] and len(done.errors) == 1
    again = services_registration.register_group(live.mediator, live.edition, text, key=key, consent=True)
    assert all(line.again for line in again.lines) and Registration.objects.count() == 2
    with pytest.raises(Refused) as refused:
        services_registration.register_group(live.volunteer, live.edition, text, key=key, consent=True)
    assert refused.value.status == 403


def test_cancelling_a_slot_cancels_its_bookings(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    held = register(live.edition, person(slots=[live.first.number]))
    assert cancel_slot(None, live.first, "Salle fermée") == 1
    held.seats[0].booking.refresh_from_db()
    assert held.seats[0].booking.state == State.CANCELLED
    assert held.registration is not None and held.registration.booking.state == State.BOOKED


def test_rows_of_other_territories_and_roles(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    """Row policies on bookings, registrations and seats, without any filter."""
    from yole.base.scope import NOBODY, public_scope, scope, scope_of

    first = register(live.edition, person(slots=[live.first.number]))
    register(live.edition, person("Carole (fictif)", slots=[live.third.number]))
    assert first.registration is not None

    def read() -> tuple[int, int, int]:
        return Booking.objects.count(), Registration.objects.count(), Seat.objects.count()

    for account in (live.organiser, live.mediator, live.volunteer, live.coordinator):
        with scope(scope_of(account)):
            assert read() == (4, 2, 2), account.role
    for of in (scope_of(live.outsider), scope_of(live.evaluator), NOBODY):
        with scope(of):
            assert read() == (0, 0, 0)
    with scope(NOBODY), public_scope(booking=first.registration.booking_id):
        assert read() == (2, 1, 1)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_300_people_at_once_over_a_room_of_120(request: pytest.FixtureRequest) -> None:
    """Eight connections, 300 forms of which 30 are sent twice: exactly 120 hold the room, 180 wait, nobody is lost."""
    fair = build_fair()
    slot = slot_maker(fair)("Salle de 120", places=120)
    publish(None, fair.edition)
    open_registration(None, fair.edition, 400)
    fair.edition.refresh_from_db()
    forms = [Form(name=f"Personne {n} (fictif)", key=uuid.uuid4(), consent=True, slots=[slot.number]) for n in range(300)]
    clients = 8
    gate = threading.Barrier(clients)

    def client(place: int) -> list[str]:
        errors = []
        gate.wait()
        for form in (forms + forms[:30])[place::clients]:
            try:
                register(fair.edition, form)
            except Exception as error:
                errors.append(repr(error))
        connections.close_all()
        return errors

    with ThreadPoolExecutor(clients) as pool:
        errors = [one for errors in pool.map(client, range(clients)) for one in errors]
    assert errors == []
    states = list(Booking.objects.filter(capacity=slot.capacity).values_list("state", flat=True))
    assert len(states) == 300
    assert sum(state in HOLDING for state in states) == 120
    assert states.count(State.WAITING) == 180
    slot.capacity.refresh_from_db()
    assert slot.capacity.taken == 120
    assert Registration.objects.count() == 300 and Seat.objects.count() == 300
    connection.close()


# Feedback and takeaways


def test_an_opinion_is_anonymous_and_counted_once(live: SimpleNamespace) -> None:
    start, key = live.first.starts_at, uuid.uuid4()
    with pytest.raises(Refused, match="commencé"):
        services_after.give_feedback(live.first, score=4, key=key, now=start - timedelta(minutes=1))
    with pytest.raises(Refused, match="1 à 5"):
        services_after.give_feedback(live.first, score=6, key=key, now=start)
    first = services_after.give_feedback(live.first, score=4, text=" Très  clair ", key=key, now=start)
    assert services_after.give_feedback(live.first, score=1, key=key, now=start).pk == first.pk
    assert (first.text, Feedback.objects.count()) == ("Très clair", 1)
    assert {field.name for field in Feedback._meta.get_fields()} == {"id", "slot", "score", "text", "key", "on_day"}
    with pytest.raises(Refused, match="passé"):
        services_after.give_feedback(live.first, score=4, key=uuid.uuid4(), now=start + timedelta(days=40))


def test_takeaways_reach_the_roadmap(live: SimpleNamespace) -> None:
    def add(**more: Any) -> Takeaway:
        return services_after.add_takeaway(live.organiser, live.edition, **{"text": "Il manque un lieu au Prêcheur", **more})

    for changed, field in (
        ({"text": " ", "slot": live.first}, "text"),
        ({}, "slot"),
        ({"slot": live.first, "in_favour": 4}, "counted"),
        ({"slot": live.first, "in_favour": 4, "counted": 3}, "in_favour"),
    ):
        with pytest.raises(Refused) as refused:
            add(**changed)
        assert refused.value.field == field
    made = add(slot=live.first, quotation="Je fais 40 km", in_favour=24, counted=30)
    found = open_takeaways(live.territory)
    assert [(one.id, one.edition, one.slot_title, one.quotation) for one in found] == [(made.pk, "nec_essai", "Premier", "Je fais 40 km")]
    assert found[0].support == "24 personnes sur 30, entre 63 et 90 %"
    with pytest.raises(Refused):
        services_after.withdraw_takeaway(live.organiser, made, "")
    services_after.withdraw_takeaway(live.organiser, made, "Doublon")
    assert open_takeaways(live.territory) == [] and Takeaway.objects.count() == 1
