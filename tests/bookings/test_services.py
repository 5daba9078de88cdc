"""Each act on a booking, at both ends of each limit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.bookings import retention, selectors, services, services_capacity
from yole.bookings.contacts import Contact, normal_phone, read_contact
from yole.bookings.enums import Act, State
from yole.bookings.models import Booking, BookingEvent, Capacity
from yole.kernel.codes import show_code

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def taken(capacity: Capacity) -> int:
    return Capacity.objects.get(pk=capacity.pk).taken


def state(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).state


@pytest.mark.parametrize("size", [-1, 0, 11, 500])
def test_a_party_out_of_1_to_10_is_refused_with_its_field(places: Make, enrol: Make, size: int) -> None:
    capacity = places(100)
    error = refused(lambda: enrol(capacity, size=size))
    assert (error.field, error.code) == ("size", "size")
    assert Booking.objects.count() == 0
    assert taken(capacity) == 0


@pytest.mark.parametrize("size", [1, 10])
def test_a_party_of_1_or_10_is_enrolled(places: Make, enrol: Make, size: int) -> None:
    capacity = places(10)
    booking = enrol(capacity, size=size).booking
    assert (booking.state, taken(capacity)) == (State.BOOKED, size)


def test_a_party_larger_than_the_whole_session_is_told_so(places: Make, enrol: Make) -> None:
    assert refused(lambda: enrol(places(3), size=4)).code == "too-large"


def test_the_last_place_then_the_waiting_list(places: Make, enrol: Make) -> None:
    capacity = places(2)
    assert [enrol(capacity, f"P{n}").booking.state for n in range(4)] == [State.BOOKED, State.BOOKED, State.WAITING, State.WAITING]
    assert taken(capacity) == 2
    assert selectors.waiting_counts([capacity.pk]) == {capacity.pk: 2}
    assert [q.booking.name for q in selectors.waiting_list(capacity.pk)] == ["P2", "P3"]
    assert selectors.rank_of(selectors.waiting_list(capacity.pk)[1].booking) == 2


def test_overbooking_is_counted_in_whole_places(places: Make, enrol: Make) -> None:
    capacity = places(9, overbooking_percent=15)
    assert capacity.seats == 10
    enrol(capacity, size=10)
    assert enrol(capacity, "Bruno").booking.state == State.WAITING


def test_the_same_form_is_one_booking_even_when_full_or_closed_since(places: Make, enrol: Make) -> None:
    capacity, key = places(1), uuid.uuid4()
    first = enrol(capacity, idempotency_key=key)
    again = enrol(capacity, idempotency_key=key)
    assert (again.booking, again.repeat, first.repeat) == (first.booking, "form", "")
    services_capacity.close_capacity(capacity.pk, "Salle fermée", by="essai")
    assert enrol(capacity, idempotency_key=key).booking == first.booking
    assert Booking.objects.count() == 1


def test_the_same_person_is_one_booking_and_two_persons_of_one_telephone_are_two(places: Make, enrol: Make) -> None:
    capacity = places(5)
    first = enrol(capacity, "Céline  Vé", email="C@exemple.invalid")
    again = enrol(capacity, "celine vé", email="c@exemple.invalid")
    assert (again.booking, again.repeat) == (first.booking, "person")
    assert enrol(capacity, "Sa fille", email="c@exemple.invalid").repeat == ""
    assert enrol(capacity, "Marie").repeat == enrol(capacity, "Marie").repeat == ""
    assert taken(capacity) == 4


def test_who_cancelled_may_enrol_again_as_a_new_booking(places: Make, enrol: Make) -> None:
    capacity = places(5)
    first = enrol(capacity, email="a@exemple.invalid").booking
    services.cancel(first.pk, by="essai")
    second = enrol(capacity, email="a@exemple.invalid")
    assert second.repeat == ""
    assert second.booking.pk != first.pk


def test_a_past_session_is_refused_to_the_public_and_open_at_the_desk_until_its_end(places: Make, enrol: Make) -> None:
    now = timezone.now()
    capacity = places(2, starts_at=now, ends_at=now + timedelta(hours=2))
    just_before, at_start, at_end = now - timedelta(seconds=1), now, now + timedelta(hours=2)
    assert enrol(capacity, "A", now=just_before).booking.state == State.BOOKED
    assert refused(lambda: enrol(capacity, "B", now=at_start)).code == "past"
    assert enrol(capacity, "B", now=at_end - timedelta(seconds=1), at_desk=True).booking.state == State.BOOKED
    assert refused(lambda: enrol(capacity, "C", now=at_end, at_desk=True)).code == "past"


@pytest.mark.parametrize(
    ("field", "more"), [("name", {"name": " \t "}), ("consent", {"consent_version": ""}), ("needs", {"needs": ("fusée",)})]
)
def test_what_is_missing_is_named(places: Make, enrol: Make, field: str, more: dict[str, Any]) -> None:
    assert refused(lambda: enrol(places(), **more)).field == field


def test_cancelling_offers_the_place_to_the_first_who_fits_in_the_same_transaction(places: Make, enrol: Make) -> None:
    capacity = places(2)
    first, _second = enrol(capacity, "A").booking, enrol(capacity, "B").booking
    family, single = enrol(capacity, "Famille", size=2).booking, enrol(capacity, "Seul").booking
    services.cancel(first.pk, by="essai")
    assert (state(family), state(single), taken(capacity)) == (State.WAITING, State.OFFERED, 2)
    services.cancel(first.pk, by="essai")
    assert taken(capacity) == 2
    assert [event.act for event in selectors.history(single.pk)] == [Act.QUEUED, Act.OFFERED]


def test_a_household_moves_up_whole_or_not_at_all(places: Make, enrol: Make) -> None:
    capacity = places(3)
    pair, one = enrol(capacity, "Deux", size=2).booking, enrol(capacity, "Un").booking
    family = enrol(capacity, "Famille", size=3).booking
    services.cancel(pair.pk, by="essai")
    assert (state(family), taken(capacity)) == (State.WAITING, 1)
    services.cancel(one.pk, by="essai")
    assert (state(family), taken(capacity)) == (State.OFFERED, 3)


def test_an_offer_accepted_twice_is_one_place_and_refused_goes_on(places: Make, enrol: Make) -> None:
    capacity = places(1)
    first = enrol(capacity, "A").booking
    second, third = enrol(capacity, "B").booking, enrol(capacity, "C").booking
    assert refused(lambda: services.accept_offer(second.pk, by="essai")).code == "no-offer"
    services.cancel(first.pk, by="essai")
    services.refuse_offer(second.pk, by="essai")
    assert (state(second), state(third)) == (State.CANCELLED, State.OFFERED)
    services.accept_offer(third.pk, by="essai")
    services.accept_offer(third.pk, by="essai")
    assert (state(third), taken(capacity)) == (State.CONFIRMED, 1)
    services.cancel(third.pk, by="essai")
    assert (state(second), taken(capacity)) == (State.CANCELLED, 0)


def test_an_offer_ends_at_its_hour_and_goes_to_the_next(places: Make, enrol: Make) -> None:
    capacity = places(1)
    first, second, third = (enrol(capacity, name).booking for name in "ABC")
    services.cancel(first.pk, by="essai")
    second.refresh_from_db()
    end = second.offer_expires_at
    assert end is not None
    assert services.expire_offers(end - timedelta(seconds=1)) == 0
    assert services.expire_offers(end) == 1
    assert (state(second), state(third), taken(capacity)) == (State.CANCELLED, State.OFFERED, 1)
    assert services.expire_offers(end) == 0


def test_too_late_an_answer_is_refused_and_the_place_is_passed_on(places: Make, enrol: Make) -> None:
    capacity = places(1)
    first, second, third = (enrol(capacity, name).booking for name in "ABC")
    services.cancel(first.pk, by="essai")
    second.refresh_from_db()
    assert refused(lambda: services.accept_offer(second.pk, by="essai", now=second.offer_expires_at)).code == "expired"
    assert (state(second), state(third)) == (State.CANCELLED, State.OFFERED)


def test_no_offer_in_the_last_hours_then_first_come(places: Make, enrol: Make) -> None:
    start = timezone.now() + timedelta(hours=4)
    capacity = places(1, starts_at=start, offers_stop_hours=4)
    first, second = enrol(capacity, "A").booking, enrol(capacity, "B").booking
    services.cancel(first.pk, by="essai")
    assert (state(second), taken(capacity)) == (State.WAITING, 0)
    assert enrol(capacity, "C").booking.state == State.BOOKED


def test_a_priority_needs_a_reason_and_changes_who_is_next(places: Make, enrol: Make) -> None:
    capacity = places(1)
    first, second, third = (enrol(capacity, name).booking for name in "ABC")
    assert refused(lambda: services.set_priority(third.pk, 1, "  ", by="essai")).field == "reason"
    assert refused(lambda: services.set_priority(third.pk, 10, "motif", by="essai")).field == "priority"
    assert refused(lambda: services.set_priority(first.pk, 1, "motif", by="essai")).code == "not-waiting"
    services.set_priority(third.pk, 1, "Convocation la semaine suivante", by="Océane (fictif)")
    services.cancel(first.pk, by="essai")
    assert (state(second), state(third)) == (State.WAITING, State.OFFERED)
    event = BookingEvent.objects.get(booking=third, act=Act.PRIORITY)
    assert (event.reason, event.by) == ("Convocation la semaine suivante", "Océane (fictif)")


def test_capacity_grows_with_offers_and_never_shrinks_below_what_is_taken(places: Make, enrol: Make) -> None:
    capacity = places(2)
    for name in "ABCD":
        enrol(capacity, name)
    assert refused(lambda: services_capacity.change_capacity(capacity.pk, 1, by="essai")).code == "below-taken"
    assert services_capacity.change_capacity(capacity.pk, 3, by="essai").seats == 3
    assert [b.state for b in Booking.objects.order_by("pk")] == [State.BOOKED, State.BOOKED, State.OFFERED, State.WAITING]
    for wrong in (0, 10001):
        assert refused(lambda wrong=wrong: services_capacity.change_capacity(capacity.pk, wrong, by="essai")).code == "range"  # type: ignore[misc]
    assert services_capacity.change_capacity(capacity.pk, 3, by="essai").taken == 3


def test_size_changes_all_or_nothing(places: Make, enrol: Make) -> None:
    capacity = places(4)
    mine = enrol(capacity, "A", size=2).booking
    enrol(capacity, "B")
    waiting = enrol(capacity, "C", size=2).booking
    assert refused(lambda: services.change_size(mine.pk, 4, by="essai")).code == "full"
    assert (Booking.objects.get(pk=mine.pk).size, taken(capacity)) == (2, 3)
    services.change_size(waiting.pk, 1, by="essai")
    assert (state(waiting), taken(capacity)) == (State.OFFERED, 4)
    services.change_size(mine.pk, 1, by="essai")
    assert taken(capacity) == 3


def test_marks_free_and_take_places_and_nobody_present_is_dropped(places: Make, enrol: Make) -> None:
    capacity = places(1)
    first, second = enrol(capacity, "A").booking, enrol(capacity, "B").booking
    services.mark(first.pk, State.ABSENT, by="essai")
    assert (state(first), state(second), taken(capacity)) == (State.ABSENT, State.OFFERED, 1)
    services.mark(first.pk, State.PRESENT, by="essai")
    first.refresh_from_db()
    assert (first.state, first.beyond_capacity, taken(capacity)) == (State.PRESENT, True, 1)
    services.mark(second.pk, State.PRESENT, by="essai")
    assert services_capacity.recount() == []
    services.unmark(second.pk, by="essai")
    assert (state(second), taken(capacity)) == (State.BOOKED, 1)
    services.unmark(first.pk, by="essai")
    assert state(first) == State.WAITING


def test_a_closed_session_cancels_all_and_promotes_nobody(places: Make, enrol: Make) -> None:
    capacity = places(1)
    rows = [enrol(capacity, name).booking for name in "ABC"]
    services_capacity.close_capacity(capacity.pk, "Cyclone", by="essai")
    assert {state(row) for row in rows} == {State.CANCELLED}
    assert taken(capacity) == 0
    assert refused(lambda: enrol(capacity, "D")).code == "closed"


def test_the_recount_finds_and_repairs_drift_and_a_second_run_finds_nothing(places: Make, enrol: Make) -> None:
    capacity = places(5)
    enrol(capacity, size=2)
    Capacity.objects.filter(pk=capacity.pk).update(taken=4)
    drift = services_capacity.recount()
    assert [(d.taken, d.counted, d.over) for d in drift] == [(4, 2, False)]
    assert taken(capacity) == 2
    assert services_capacity.recount() == []


def test_the_database_itself_refuses_what_must_not_be(places: Make, enrol: Make) -> None:
    capacity = places(2)
    booking = enrol(capacity, email="a@exemple.invalid").booking
    wrong: list[Callable[[], object]] = [
        lambda: Capacity.objects.filter(pk=capacity.pk).update(taken=3),
        lambda: Capacity.objects.filter(pk=capacity.pk).update(taken=-1),
        lambda: Booking.objects.filter(pk=booking.pk).update(size=11),
        lambda: Booking.objects.filter(pk=booking.pk).update(phone="+596696000000"),
        lambda: Booking.objects.filter(pk=booking.pk).update(name=""),
        lambda: BookingEvent.objects.filter(booking=booking).update(by="autre"),
        lambda: BookingEvent.objects.filter(booking=booking).update(reason="autre"),
        lambda: BookingEvent.objects.filter(booking=booking).delete(),
    ]
    for act in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("yole_app",)


def test_a_code_is_found_however_it_is_typed(places: Make, enrol: Make) -> None:
    booking = enrol(places()).booking
    shown = show_code(booking.code)
    for typed in (
        shown,
        shown.lower(),
        f"  {shown.replace('-', ' ')} ",
        booking.code.replace("0", "O").replace("1", "l").replace("V", "u"),
    ):
        assert selectors.by_code(typed) == booking
    wrong = booking.code[:-1] + ("0" if booking.code[-1] != "0" else "2")
    for typed in ("", "abc", wrong, booking.code + "0", booking.code[:-1], "' OR 1=1"):
        assert selectors.by_code(typed) is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("06 96 12 34 56", "+596696123456"),
        ("0697-12-34-56", "+596697123456"),
        ("05.96.57.48.69", "+596596574869"),
        ("+596 696 12 34 56", "+596696123456"),
        ("00596 0696 12 34 56", "+596696123456"),
        ("06 12 34 56 78", "+33612345678"),
        ("+1 758 452 1234", "+17584521234"),
        ("0696 12 34 5", None),
        ("696123456", None),
        ("112", None),
        ("bonjour", None),
    ],
)
def test_telephones_as_people_write_them(typed: str, stored: str | None) -> None:
    assert normal_phone(typed) == stored


def test_a_contact_is_one_thing_and_says_what_is_missing() -> None:
    assert read_contact("") == Contact()
    assert read_contact(" a@exemple.fr ") == Contact(email="a@exemple.fr")
    assert "2 chiffres" in refused(lambda: read_contact("06 96 12 34")).reason
    assert refused(lambda: read_contact("a@b")).field == "contact"


def test_contacts_are_forgotten_30_days_after_and_the_second_run_does_nothing(places: Make, enrol: Make) -> None:
    now = timezone.now()
    over = places(5, ends_at=now + timedelta(days=1), starts_at=now + timedelta(hours=20))
    funded = places(
        5, ends_at=now + timedelta(days=1), starts_at=now + timedelta(hours=20), names_kept_until=(now + timedelta(days=400)).date()
    )
    fresh = places(5)
    rows = [enrol(c, "Aline", email="a@exemple.invalid", needs=("transport",), needs_note="code 12").booking for c in (over, funded, fresh)]
    Capacity.objects.filter(pk__in=[over.pk, funded.pk]).update(starts_at=now - timedelta(days=31), ends_at=now - timedelta(days=30))
    assert retention.purge_bookings() == 3
    assert retention.purge_bookings() == 0
    kept = [Booking.objects.get(pk=row.pk) for row in rows]
    assert [(b.name, b.email, b.needs, b.needs_note) for b in kept] == [
        ("", "", [], ""),
        ("Aline", "", [], ""),
        ("Aline", "a@exemple.invalid", ["transport"], "code 12"),
    ]
    assert kept[0].state == State.BOOKED
    Capacity.objects.filter(pk=funded.pk).update(names_kept_until=(now - timedelta(days=1)).date())
    assert retention.purge_bookings() == 1
    assert Booking.objects.get(pk=rows[1].pk).name == ""


def test_reasons_are_forgotten_too(places: Make, enrol: Make) -> None:
    capacity = places(1)
    enrol(capacity, "A")
    waiting = enrol(capacity, "B").booking
    services.set_priority(waiting.pk, 1, "Situation personnelle", by="essai")
    past = timezone.now() - timedelta(days=30)
    Capacity.objects.filter(pk=capacity.pk).update(starts_at=past - timedelta(hours=2), ends_at=past)
    assert retention.purge_reasons() == 1
    assert retention.purge_reasons() == 0
    assert not BookingEvent.objects.exclude(reason="").exists()
