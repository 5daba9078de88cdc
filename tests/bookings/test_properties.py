"""Whatever happens in whatever order: places never exceed seats, rows and counter agree, the order is kept, nobody is offered twice."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yole.base.errors import Refused
from yole.bookings import services, services_capacity
from yole.bookings.engine.queue import Entry, offer_deadline, who_fits
from yole.bookings.enums import HOLDING, Act, State
from yole.bookings.models import Booking, BookingEvent, Capacity

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACTS = [
    "book",
    "book",
    "book",
    "cancel",
    "accept",
    "refuse",
    "expire",
    "resize",
    "grow",
    "shrink",
    "priority",
    "absent",
    "present",
    "unmark",
]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seats=st.integers(1, 6), acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 40), st.integers(1, 4)), max_size=35))
def test_any_sequence_of_acts(seats: int, acts: list[tuple[str, int, int]]) -> None:
    now = NOW
    capacity = services_capacity.make_capacity(seats, starts_at=NOW + timedelta(days=90), ends_at=NOW + timedelta(days=90, hours=2))
    known: list[int] = []
    for kind, which, size in acts:
        now += timedelta(minutes=1)
        one = known[which % len(known)] if known else None
        before = _queue(capacity)
        try:
            if kind == "book":
                request = services.Request(name=f"P{len(known)}", consent_version="e", idempotency_key=uuid.uuid4(), size=size)
                known.append(services.book(capacity.pk, request, by="e", now=now).booking.pk)
            elif kind == "expire":
                now += timedelta(hours=25)
                services.expire_offers(now)
            elif kind in ("grow", "shrink"):
                capacity.refresh_from_db()
                services_capacity.change_capacity(capacity.pk, capacity.capacity + (size if kind == "grow" else -size), by="e", now=now)
            elif one is not None:
                _act(kind, one, size, now)
        except Refused:
            pass
        _holds(capacity, before, changed=one if kind in ("priority", "resize", "unmark", "absent", "present") else None)


def _act(kind: str, pk: int, size: int, now: datetime) -> None:
    if kind == "resize":
        services.change_size(pk, size, by="e", now=now)
    elif kind == "priority":
        services.set_priority(pk, size, "motif", by="e", now=now)
    elif kind in ("absent", "present"):
        services.mark(pk, State.ABSENT if kind == "absent" else State.PRESENT, by="e", now=now)
    else:
        {"cancel": services.cancel, "accept": services.accept_offer, "refuse": services.refuse_offer, "unmark": services.unmark}[kind](
            pk, by="e", now=now
        )


def _queue(capacity: Capacity) -> list[int]:
    rows = Booking.objects.filter(capacity=capacity, state=State.WAITING).order_by("priority", "created_at", "id")
    return list(rows.values_list("pk", flat=True))


def _holds(capacity: Capacity, before: list[int], *, changed: int | None) -> None:
    capacity.refresh_from_db()
    rows = list(Booking.objects.filter(capacity=capacity))
    assert capacity.taken == sum(b.size for b in rows if b.state in HOLDING and not b.beyond_capacity)
    assert 0 <= capacity.taken <= capacity.seats
    offers = BookingEvent.objects.filter(booking__capacity=capacity, act=Act.OFFERED).values_list("booking_id", flat=True)
    once = [pk for pk in offers if not BookingEvent.objects.filter(booking_id=pk, act=Act.UNMARKED).exists()]
    assert len(once) == len(set(once))
    after = _queue(capacity)
    stayed = [pk for pk in before if pk in after and pk != changed]
    assert [pk for pk in after if pk in stayed] == stayed
    free = capacity.seats - capacity.taken
    waiting = [b for b in rows if b.state == State.WAITING]
    assert not [b for b in waiting if b.size <= free]


@given(st.lists(st.integers(1, 10), max_size=30), st.integers(-2, 40))
def test_who_fits_is_the_first_that_fits_again_and_again(sizes: list[int], free: int) -> None:
    queue = [Entry(n, size) for n, size in enumerate(sizes)]
    chosen = who_fits(queue, free)
    left, expected = free, []
    rest = list(queue)
    while first := next((entry for entry in rest if entry.size <= left), None):
        expected.append(first)
        rest.remove(first)
        left -= first.size
    assert sorted(chosen, key=lambda e: e.id) == chosen
    assert {e.id for e in chosen} == {e.id for e in expected}
    assert sum(e.size for e in chosen) <= max(0, free)


@given(st.integers(-48, 60 * 24), st.integers(1, 336), st.integers(0, 336))
def test_an_offer_ends_after_now_and_before_offers_stop(hours_left: int, offer_hours: int, stop: int) -> None:
    start = NOW + timedelta(hours=hours_left)
    deadline = offer_deadline(NOW, start, offer_hours=offer_hours, offers_stop_hours=stop)
    cutoff = start - timedelta(hours=stop)
    assert (deadline is None) == (cutoff <= NOW)
    if deadline is not None:
        assert NOW < deadline <= cutoff
        assert deadline - NOW <= timedelta(hours=max(1, offer_hours))


@pytest.mark.parametrize(("left", "expected"), [(30 * 24, 48), (96 + 4, 48), (52, 24), (14, 5), (6, 1), (4.5, 0.5), (4, None), (-1, None)])
def test_hours_to_answer_by_hours_left(left: float, expected: float | None) -> None:
    deadline = offer_deadline(NOW, NOW + timedelta(hours=left), offer_hours=48, offers_stop_hours=4)
    assert deadline == (None if expected is None else NOW + timedelta(hours=expected))


def test_without_a_date_the_full_time() -> None:
    assert offer_deadline(NOW, None, offer_hours=48, offers_stop_hours=4) == NOW + timedelta(hours=48)
