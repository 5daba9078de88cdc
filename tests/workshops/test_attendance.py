"""Attendance once entered: replay, two devices, walk-ins; evaluation, prescription, groups, no-show, retention."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.bookings.enums import State
from yole.bookings.models import Booking
from yole.workshops import indicators, retention, selectors, selectors_desk, selectors_person
from yole.workshops.models import Attendance, Evaluation, OutboundMessage, Presence, Programme, Session
from yole.workshops.services_attendance import Act, evaluate, evaluate_from_paper, mark, record
from yole.workshops.services_enrolment import Form, enrol_group, prescribe
from yole.workshops.services_planning import Where

Make = Callable[..., Any]


def act(kind: str, booking: Any = None, *, minute: int = 0, device: str = "tablette-1", **more: Any) -> Act:
    fields = {
        "uuid": uuid.uuid4(),
        "half_day": "matin",
        "sequence": minute,
        "device_time": timezone.now() + timedelta(minutes=minute),
        **more,
    }
    return Act(kind=kind, device=device, booking_id=booking.pk if booking else None, **fields)


def test_a_package_sent_twice_and_in_disorder_counts_once(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    session = new_session(capacity=2)
    first, second = enrolled(session, "A"), enrolled(session, "B")
    acts = [
        act("arrivée", first),
        act("absent", second, minute=1),
        act("arrivée", second, minute=9),
        act("arrivée", walk_in=uuid.uuid4(), walk_in_label="Zoé (fictif)"),
    ]
    assert len(record(house.volunteer, session.pk, reversed(acts)).added) == 4
    again = record(house.volunteer, session.pk, acts)
    assert (again.added, len(again.known), again.refused) == ((), 4, {})
    sheet = selectors_desk.session_sheet(selectors.session(house.territory, session.pk))  # type: ignore[arg-type]
    assert [(line.number, line.name) for line in sheet.lines] == [(1, "A"), (2, "B"), (3, "Zoé (fictif)")]
    assert (sheet.present, sheet.walk_ins, sheet.over, sheet.to_mark) == (3, 1, 1, 0)
    assert set(Booking.objects.values_list("state", flat=True)) == {State.PRESENT}


def test_the_same_person_at_two_doors_is_a_double_and_a_correction_adds_a_line(
    house: SimpleNamespace, new_session: Make, enrolled: Make
) -> None:
    session = new_session()
    booking = enrolled(session)
    record(house.mediator, session.pk, [act("arrivée", booking)])
    record(house.mediator, session.pk, [act("arrivée", booking, minute=4, device="tablette-2")])
    presence = Presence.objects.get(booking=booking)
    assert (presence.state, presence.double) == ("présent", True)
    mark(house.mediator, session.pk, "matin", "annulation", booking_id=booking.pk)
    assert Presence.objects.get(booking=booking).state == "présent"  # the second arrival is later than the correction
    record(house.mediator, session.pk, [act("annulation", booking, minute=10)])
    booking.refresh_from_db()
    assert (Presence.objects.get(booking=booking).state, booking.state) == ("", State.BOOKED)
    assert len(Attendance.objects.filter(session=session, booking=booking)) == 4


def test_wrong_acts_are_told_one_by_one_and_the_others_kept(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    session, other = new_session(), new_session(hours=300)
    mine, stranger = enrolled(session), enrolled(other)
    wrong = [
        act("danse", mine),
        act("arrivée", mine, half_day="soir"),
        act("arrivée", stranger),
        act("arrivée"),
        act("arrivée", walk_in=uuid.uuid4(), walk_in_label="  "),
        act("arrivée", mine, clock_drift=10**7),
    ]
    received = record(house.mediator, session.pk, [*wrong, act("arrivée", mine)])
    assert len(received.added) == 1
    assert set(received.refused) == {a.uuid for a in wrong}
    for account in (house.outsider,):
        with pytest.raises(Refused):
            record(account, session.pk, [act("arrivée", mine)])


def test_events_are_only_added(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    session = new_session()
    mark(house.mediator, session.pk, "matin", "arrivée", label="Zoé (fictif)")
    for change in (
        lambda: Attendance.objects.all().delete(),
        lambda: Attendance.objects.update(kind="absent"),
        lambda: Attendance.objects.update(walk_in_label="X"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_an_opinion_is_one_per_booking_and_per_form(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    session, key = new_session(hours=-1), uuid.uuid4()
    coming = new_session()
    booking = Booking.objects.get(pk=enrolled(coming).pk)
    with pytest.raises(Refused, match="après"):
        evaluate(coming, smiley=3, key=key)
    with pytest.raises(Refused, match="code"):
        evaluate(session, smiley=3, key=key, booking=booking)
    for wrong in ({"smiley": 0}, {"smiley": 4}, {"smiley": 3, "line": "x" * 201}):
        with pytest.raises(Refused):
            evaluate(session, key=key, **wrong)  # type: ignore[arg-type]
    assert evaluate(session, smiley=3, line="x" * 200, key=key) == evaluate(session, smiley=1, key=key)
    form = uuid.uuid4()
    assert evaluate_from_paper(house.mediator, session, counts={1: 1, 2: 0, 3: 4}, key=form) == 5
    assert evaluate_from_paper(house.mediator, session, counts={1: 1, 2: 0, 3: 4}, key=form) == 0
    found = selectors_desk.opinions(house.programme)
    assert (found.counts, found.mean) == ({1: 1, 2: 0, 3: 5}, pytest.approx(16 / 6))


def test_a_partner_learns_whether_they_came_and_only_with_agreement(house: SimpleNamespace, new_session: Make) -> None:
    session = new_session()
    form = Form(name="Karl (fictif)", key=uuid.uuid4(), consent=True)
    with pytest.raises(Refused) as caught:
        prescribe(house.mediator, session, form, agreed=False)
    assert caught.value.field == "prescriber_agreed"
    booking = prescribe(house.mediator, session, form, agreed=True).booking
    assert [(row.name, row.came) for row in selectors_person.prescribed_by(house.mediator)] == [("Karl (fictif)", None)]
    mark(house.mediator, session.pk, "matin", "absent", booking_id=booking.pk)
    assert selectors_person.prescribed_by(house.mediator)[0].came is False
    assert selectors_person.prescribed_by(house.coordinator) == []
    assert not {"email", "phone", "needs", "booking"} & set(selectors_person.Prescribed.__slots__)


def test_a_mission_locale_enrols_twenty_from_a_paste_with_errors_per_line(house: SimpleNamespace, new_session: Make) -> None:
    session, key = new_session(capacity=15), uuid.uuid4()
    text = "\n".join(
        ["Prénom\tTéléphone", *[f"Jeune {n} (fictif)\t0696 00 00 {n:02d}" for n in range(20)], "", "Zoé;0696 1", ";0696 00 00 00"]
    )
    outcome = enrol_group(house.mediator, session, text, key=key, consent=True)
    assert [line.booking.state for line in outcome.lines].count(State.BOOKED) == 15
    assert len(outcome.lines) == 20
    assert [error.line for error in outcome.errors] == [23, 24]
    again = enrol_group(house.mediator, session, text, key=key, consent=True)
    assert all(line.again for line in again.lines)
    assert Booking.objects.count() == 20
    with pytest.raises(Refused):
        enrol_group(house.mediator, session, text, key=key, consent=False)


def test_no_show_by_theme_and_place_with_small_cells_hidden(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    session = new_session(capacity=40)
    for n in range(20):
        booking = enrolled(session, f"P{n}")
        mark(house.mediator, session.pk, "matin", "absent" if n < 6 else "excusé" if n == 19 else "arrivée", booking_id=booking.pk)
    elsewhere = new_session(hours=300, where=Where())
    mark(house.mediator, elsewhere.pk, "matin", "absent", booking_id=enrolled(elsewhere, "Seul").pk)
    first = session.starts_at.date() - timedelta(days=2)
    found = indicators.no_show(house.territory, first, first + timedelta(days=60))
    assert (found.total.expected, found.total.absent, found.total.rate) == (20, 7, 35.0)
    assert [(row.label, row.expected) for row in found.by_place] == [("Médiathèque", None), ("Sans lieu", None)]
    assert found.by_theme[0].label == "Sécurité numérique"
    assert indicators.no_show(house.territory, date(2020, 1, 1), date(2020, 12, 31)).total.rate is None


def test_names_of_walk_ins_opinions_and_messages_are_forgotten(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    session, funded = new_session(), new_session(hours=250)
    other = Programme.objects.create(
        territory=house.territory,
        title="F",
        slug="f",
        sort_key="f",
        agreement_number="1",
        agreement_until=(timezone.now() + timedelta(days=90)).date(),
    )
    Session.objects.filter(pk=funded.pk).update(programme=other)
    booking = enrolled(session, "A", "a@exemple.invalid")
    for one in (session, funded):
        mark(house.mediator, one.pk, "matin", "arrivée", label="Zoé (fictif)")
    Evaluation.objects.create(session=session, booking=booking, smiley=3, line="Bien", key=uuid.uuid4())
    now = timezone.now()
    assert [rule.purge() for rule in retention.RULES] == [0, 0, 0, 0]
    Session.objects.update(starts_at=now - timedelta(days=31), ends_at=now - timedelta(days=30))
    assert [rule.purge() for rule in retention.RULES] == [1, 1, 1, 1]
    assert [rule.purge() for rule in retention.RULES] == [0, 0, 0, 0]
    assert set(Attendance.objects.values_list("session_id", "walk_in_label")) == {(session.pk, ""), (funded.pk, "Zoé (fictif)")}
    assert Presence.objects.filter(state="présent").count() == 2
    assert not OutboundMessage.objects.exists()
    Programme.objects.update(agreement_until=(now - timedelta(days=1)).date())
    assert [rule.purge() for rule in retention.RULES] == [1, 1, 0, 0]


def test_the_code_gives_a_person_their_own_view(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    session = new_session(capacity=1)
    enrolled(session, "A")
    waiting = enrolled(session, "B")
    mine = selectors_person.booking_by_code(waiting.code.lower())
    assert mine is not None
    assert (mine.booking, mine.rank, [row.pk for row in mine.sessions]) == (waiting, 1, [session.pk])
    assert selectors_person.booking_by_code("0000-0000-01") is None
