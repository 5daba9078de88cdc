"""Programmes, series, moves and cancellations; who may, and what is shown of clashes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from yole.base.errors import Refused
from yole.bookings.enums import State
from yole.bookings.models import Booking
from yole.workshops import selectors, selectors_desk, services_planning, services_programmes
from yole.workshops.engine.dates import Weekly
from yole.workshops.enums import Kind
from yole.workshops.models import OutboundMessage, Session
from yole.workshops.services_planning import Where

Make = Callable[..., Any]


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", {"title": "  "}),
        ("themes", {"themes": []}),
        ("themes", {"themes": ["magie"]}),
        ("themes", {"themes": ["logement"]}),
        ("audiences", {"audiences": ["martiens"]}),
        ("level", {"level": "expert"}),
        ("agreement_until", {"agreement_number": "A-1"}),
        ("reminders", {"reminders": ["J-30"]}),
    ],
)
def test_a_programme_says_which_field_is_wrong(house: SimpleNamespace, field: str, wrong: dict[str, Any]) -> None:
    fields = {"title": "Photos", "themes": ["email"], "audiences": ["tous"], **wrong}
    assert refused(lambda: services_programmes.create_programme(house.mediator, house.territory, **fields)).field == field


def test_addresses_of_programmes_do_not_collide(house: SimpleNamespace) -> None:
    slugs = [
        services_programmes.create_programme(None, house.territory, title="L’e-mail", themes=["email"], audiences=["tous"]).slug
        for _ in range(3)
    ]
    assert slugs == ["l-e-mail", "l-e-mail-2", "l-e-mail-3"]


def test_roles_and_territories(house: SimpleNamespace, new_session: Make) -> None:
    session = new_session()
    for account in (house.volunteer, house.outsider):
        assert refused(lambda account=account: services_planning.cancel_session(account, session.pk, reason="x")).status == 403  # type: ignore[misc]
    assert Session.objects.get(pk=session.pk).state == "planned"


def test_a_cohort_meets_three_times_a_week_and_has_one_enrolment(house: SimpleNamespace, enrolled: Make) -> None:
    pattern = [Weekly(day, time(18), time(20)) for day in (0, 2, 4)]
    cohort, planned = services_planning.create_cohort(
        house.mediator,
        house.programme,
        name="Parcours",
        first=date(2027, 3, 1),
        last=date(2027, 7, 31),
        pattern=pattern,
        capacity=12,
        where=Where(place=house.place),
    )
    assert date(2027, 3, 29) in planned.skipped  # Easter Monday
    assert {s.starts_at.astimezone(ZoneInfo("America/Martinique")).hour for s in planned.sessions} == {18}
    cohort.capacity.refresh_from_db()
    assert (cohort.capacity.starts_at, cohort.capacity.ends_at) == (planned.sessions[0].starts_at, planned.sessions[-1].ends_at)
    assert enrolled(planned.sessions[5]).capacity == enrolled(cohort, "Bruno").capacity == cohort.capacity
    row = selectors.session_row(house.territory, planned.sessions[5].pk)
    assert row is not None
    assert (row.seats, row.taken, row.left) == (12, 2, 10)


def test_school_holidays_of_the_territory_are_skipped_unless_told(house: SimpleNamespace) -> None:
    services_programmes.change_settings(
        house.coordinator,
        house.territory,
        reminders=["J-1"],
        offer_hours=24,
        offers_stop_hours=2,
        school_holidays=[{"from": "2027-04-01", "to": "2027-04-16", "name": "Pâques"}],
    )
    plan = {
        "first": date(2027, 4, 1),
        "last": date(2027, 4, 30),
        "pattern": [Weekly(1, time(17), time(19))],
        "where": Where(),
        "kind": Kind.DROP_IN,
    }
    assert len(services_planning.create_series(None, house.programme, **plan).sessions) == 2
    assert len(services_planning.create_series(None, house.programme, **plan, skip_school_holidays=False).sessions) == 4


def test_the_same_mediator_at_the_same_hours_is_refused_and_an_overlap_is_shown(house: SimpleNamespace, new_session: Make) -> None:
    start = timezone.now() + timedelta(days=3)
    first = new_session(starts_at=start, mediator=house.mediator)
    assert refused(lambda: new_session(starts_at=start, mediator=house.mediator)).code == "clash"
    second = new_session(starts_at=start + timedelta(hours=1), mediator=house.mediator)
    after = new_session(starts_at=start + timedelta(hours=3), mediator=house.mediator)
    rooms = [new_session(starts_at=start, where=Where(place=house.place, room=room)) for room in ("Salle 1", "salle 1", "Salle 2")]
    found = selectors_desk.clashes([first.pk, after.pk, *[room.pk for room in rooms]])
    assert [(c.kind, c.first, c.second) for c in found] == [("mediator", first.pk, second.pk), ("room", rooms[0].pk, rooms[1].pk)]
    services_planning.cancel_session(None, second.pk, reason="Doublon")
    assert selectors_desk.clashes([first.pk]) == []


def test_moving_tells_everybody_enrolled_or_waiting_but_who_refused_contact(
    house: SimpleNamespace, new_session: Make, enrolled: Make
) -> None:
    session = new_session(capacity=2)
    people = [enrolled(session, "A", "a@exemple.invalid"), enrolled(session, "B", "0696123456", no_contact=True), enrolled(session, "C")]
    new_start = session.starts_at + timedelta(days=1)
    assert refused(lambda: services_planning.move_session(house.mediator, session.pk, starts_at=new_start, reason=" ")).field == "reason"
    assert refused(lambda: services_planning.move_session(house.mediator, session.pk, starts_at=timezone.now(), reason="x")).code == "past"
    moved, told = services_planning.move_session(house.mediator, session.pk, starts_at=new_start, reason="Salle inondée")
    assert told == 2
    assert (moved.state, moved.sequence, moved.previous_starts_at, moved.ends_at - moved.starts_at) == (
        "moved",
        1,
        session.starts_at,
        timedelta(hours=2),
    )
    assert set(OutboundMessage.objects.filter(kind="moved").values_list("booking_id", "channel")) == {
        (people[0].pk, "email"),
        (people[2].pk, "call"),
    }
    moved.capacity.refresh_from_db()
    assert moved.capacity.starts_at == new_start
    assert [call.booking.pk for call in selectors_desk.call_list(house.territory)] == [people[2].pk]


def test_cancelling_tells_closes_and_refuses_enrolment(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    session = new_session(capacity=1)
    first, second = enrolled(session, "A", "a@exemple.invalid"), enrolled(session, "B", "0696123456")
    cancelled, told = services_planning.cancel_session(house.mediator, session.pk, reason="Cyclone")
    assert (cancelled.state, told, cancelled.sequence) == ("cancelled", 2, 1)
    assert set(Booking.objects.values_list("state", flat=True)) == {State.CANCELLED}
    pending = OutboundMessage.objects.filter(cancelled_at__isnull=True)
    assert set(pending.values_list("booking_id", "kind", "channel")) == {(first.pk, "cancelled", "email"), (second.pk, "cancelled", "sms")}
    assert refused(lambda: enrolled(cancelled, "C")).code == "cancelled"
    assert refused(lambda: services_planning.cancel_session(house.mediator, session.pk, reason="x")).code == "cancelled"


def test_appointments_take_one_person_each(house: SimpleNamespace, enrolled: Make) -> None:
    day = (timezone.now() + timedelta(days=9)).date()
    planned = services_planning.create_appointments(
        house.mediator, house.programme, day=day, starts=time(9), ends=time(12), minutes=45, where=Where()
    )
    assert len(planned.sessions) == 4
    assert [enrolled(planned.sessions[0], name).state for name in "AB"] == [State.BOOKED, State.WAITING]


def test_a_drop_in_slot_has_no_enrolment_and_shows_in_lists(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    slot = new_session(kind=Kind.DROP_IN, capacity=None)
    assert refused(lambda: enrolled(slot)).code == "drop-in"
    row = selectors.session_row(house.territory, slot.pk)
    assert row is not None
    assert (row.seats, row.left, row.waiting, row.open_to_public, row.is_full) == (None, None, 0, False, False)


def test_hours_in_lists_are_local_and_calendars_have_whole_weeks(house: SimpleNamespace, new_session: Make) -> None:
    # 22:00 UTC on 30 November is 18:00 that day in Martinique; 02:00 UTC on 1 December still is 30 November there.
    for hour in (datetime(2027, 11, 30, 22, tzinfo=UTC), datetime(2027, 12, 1, 2, tzinfo=UTC)):
        new_session(starts_at=hour)
    month = selectors.calendar(house.territory, "month", date(2027, 11, 15))
    assert (month[0].day, month[-1].day, len(month)) == (date(2027, 11, 1), date(2027, 12, 5), 35)
    by_day = {d.day: [f"{row.starts_at:%H:%M}" for row in d.rows] for d in month if d.rows}
    assert by_day == {date(2027, 11, 30): ["18:00", "22:00"]}
    assert {d.day: d.holiday for d in month if d.holiday}.keys() == {date(2027, 11, 1), date(2027, 11, 11)}
    assert [d.in_month for d in month][-5:] == [False] * 5
    assert len(selectors.calendar(house.territory, "day", date(2027, 11, 30))[0].rows) == 2
    assert len(selectors.calendar(house.territory, "week", date(2027, 11, 30))) == 7


def test_the_public_list_is_narrowed_and_never_shows_a_draft(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    draft = services_programmes.create_programme(None, house.territory, title="Brouillon", themes=["email"], audiences=["tous"])
    seniors = services_programmes.create_programme(
        None,
        house.territory,
        title="Photos",
        themes=["gere_ses_contenus_numeriques"],
        audiences=["seniors"],
        languages=["gcf"],
        published=True,
    )
    new_session(programme=draft)
    full = new_session(hours=100, capacity=1)
    photos = new_session(hours=200, programme=seniors)
    new_session(hours=-5)
    for name in "AB":
        enrolled(full, name)

    def found(**chosen: Any) -> list[int]:
        return [row.pk for row in selectors.public_sessions(house.territory, selectors.Filters(**chosen)).rows]

    assert found() == [full.pk, photos.pk]
    assert found(theme="gere_ses_contenus_numeriques") == [photos.pk]
    assert found(audience="seniors") == [full.pk, photos.pk]
    assert found(audience="parents") == [full.pk]
    assert found(language="gcf") == [photos.pk]
    assert found(places_left=True) == [photos.pk]
    assert found(insee_code="97224") == [full.pk, photos.pk]
    assert found(insee_code="97209") == []
    zone = ZoneInfo("America/Martinique")
    assert found(day=full.starts_at.astimezone(zone).date()) == [full.pk]
    assert full.pk in found(weekday=full.starts_at.astimezone(zone).weekday())
    row = selectors.public_sessions(house.territory).rows[0]
    assert (row.left, row.waiting, row.is_full) == (0, 1, True)
    assert [r.pk for r in selectors.upcoming_sessions(house.territory, near=(14.6, -61.0))] == [full.pk, photos.pk]
    assert selectors.public_sessions(house.territory, page=99).number == 1
