"""Real connections, as the site's role: the database decides who has a place."""

from __future__ import annotations

import multiprocessing
import random
import threading
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.bookings import services
from yole.bookings.contacts import Contact
from yole.bookings.enums import HOLDING, State
from yole.bookings.models import Booking, Capacity
from yole.bookings.services import Request, book
from yole.bookings.services_capacity import make_capacity, recount

ROUNDS, REQUESTS, SEATS, CLIENTS = 50, 300, 20, 12
PROCESSES = 4


def _capacity(seats: int) -> Capacity:
    start = timezone.now() + timedelta(days=10)
    return make_capacity(seats, starts_at=start, ends_at=start + timedelta(hours=2))


def _requests(turn: int) -> list[Request]:
    """300 requests: 240 forms, of which 40 are sent twice, and 20 times the same person on another form."""

    def form(name: str, number: int, key: str) -> Request:
        return Request(
            name=name,
            consent_version="essai",
            idempotency_key=uuid.uuid5(uuid.NAMESPACE_OID, f"{turn} {key}"),
            contact=Contact(phone=f"+596696{number:06d}"),
        )

    forms = [form(f"Personne {n}", n, f"form {n}") for n in range(240)]
    everything = forms + forms[:40] + [form(f"personne  {n}", n, f"again {n}") for n in range(100, 120)]
    random.Random(turn).shuffle(everything)
    assert len(everything) == REQUESTS
    return everything


def _client(number: int, capacities: list[int], gate: Any, answers: Any) -> None:
    """One process with CLIENTS / PROCESSES connections; every round starts at the same moment for all."""
    connections.close_all()
    errors: list[str] = []
    threads = CLIENTS // PROCESSES

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            for turn, capacity in enumerate(capacities):
                mine = _requests(turn)[place::CLIENTS]
                gate.wait()
                for request in mine:
                    try:
                        book(capacity, request, by="essai")
                    except Exception as error:
                        errors.append(repr(error))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(number * threads, (number + 1) * threads)))
    answers.put(errors)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_300_requests_on_20_seats_50_times() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("yole_app",)
    capacities = [_capacity(SEATS).pk for _ in range(ROUNDS)]
    connections.close_all()  # a forked process must open its own
    fork = multiprocessing.get_context("fork")
    gate, answers = fork.Barrier(CLIENTS), fork.Queue()
    clients = [fork.Process(target=_client, args=(n, capacities, gate, answers), daemon=True) for n in range(PROCESSES)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of any fork beside threads
        for client in clients:
            client.start()
    errors = [error for _ in clients for error in answers.get(timeout=900)]
    for client in clients:
        client.join()
    assert errors == []
    for capacity in Capacity.objects.filter(pk__in=capacities):
        assert capacity.taken == SEATS
        rows = list(Booking.objects.filter(capacity=capacity).order_by("pk").values_list("pk", "state", "created_at"))
        booked = [pk for pk, state, _ in rows if state == State.BOOKED]
        waiting = [(created, pk) for pk, state, created in rows if state == State.WAITING]
        assert len(booked) == SEATS
        assert len(waiting) == 240 - SEATS == len(rows) - SEATS
        # Nobody waits who came before the last place went: only requests under way at that moment may cross.
        assert sum(1 for _, pk in waiting if pk < max(booked)) <= CLIENTS
        queue = Booking.objects.filter(capacity=capacity, state=State.WAITING).order_by("priority", "created_at", "pk")
        assert list(queue.values_list("created_at", "pk")) == sorted(waiting)


def _together(acts: list[Callable[[], object]]) -> list[object]:
    """Runs callables on CLIENTS connections that start at the same moment; exceptions come back as results."""
    gate = threading.Barrier(CLIENTS)

    def client(part: list[Callable[[], object]]) -> list[object]:
        done: list[object] = []
        connection.ensure_connection()
        gate.wait()
        try:
            for act in part:
                try:
                    done.append(act())
                except Exception as error:
                    done.append(error)
        finally:
            connections.close_all()
        return done

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [result for done in pool.map(client, [acts[n::CLIENTS] for n in range(CLIENTS)]) for result in done]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_cancellations_promotions_and_households_at_once() -> None:
    for turn in range(8):
        chance = random.Random(turn)
        capacity = _capacity(SEATS)
        first = [
            book(
                capacity.pk,
                Request(name=f"A{n}", consent_version="e", idempotency_key=uuid.uuid4(), size=chance.choice([1, 1, 2, 4])),
                by="e",
            ).booking.pk
            for n in range(30)
        ]

        def act(kind: str, pk: int, n: int, capacity: Capacity = capacity) -> object:
            if kind == "book":
                return book(capacity.pk, Request(name=f"B{n}", consent_version="e", idempotency_key=uuid.uuid4(), size=1 + n % 3), by="e")
            if kind == "resize":
                return services.change_size(pk, 1 + n % 4, by="e")
            if kind == "expire":
                return services.expire_offers(timezone.now() + timedelta(days=3))
            return {"cancel": services.cancel, "accept": services.accept_offer, "refuse": services.refuse_offer}[kind](pk, by="e")

        kinds = ["book"] * 4 + ["cancel"] * 3 + ["accept", "refuse", "resize"] * 2 + ["expire"]
        results = _together([partial(act, chance.choice(kinds), chance.choice(first), n) for n in range(120)])
        assert [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)] == []
        capacity.refresh_from_db()
        holding = Booking.objects.filter(capacity=capacity, state__in=HOLDING)
        assert capacity.taken == sum(holding.values_list("size", flat=True)) <= SEATS
        assert recount() == []
        # No place stays free while somebody who fits waits (the lost wake-up).
        smallest = Booking.objects.filter(capacity=capacity, state=State.WAITING).order_by("size").values_list("size", flat=True).first()
        assert smallest is None or capacity.taken + smallest > SEATS
        promoted = [b for b in Booking.objects.filter(capacity=capacity) if b.events.filter(act="offered").count() > 1]
        assert promoted == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_who_joins_the_list_while_a_place_is_being_freed_gets_the_place() -> None:
    """The lost wake-up: the one who frees sees nobody waiting yet, the one who joins sees a full session."""
    capacity = _capacity(1)
    first = book(capacity.pk, Request(name="A", consent_version="e", idempotency_key=uuid.uuid4()), by="e").booking
    freed, commit = threading.Event(), threading.Event()

    def frees() -> None:
        try:
            with transaction.atomic():
                services.cancel(first.pk, by="e")
                freed.set()
                commit.wait(10)
        finally:
            connections.close_all()

    def joins() -> str:
        try:
            return book(capacity.pk, Request(name="B", consent_version="e", idempotency_key=uuid.uuid4()), by="e").booking.state
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        cancelling = pool.submit(frees)
        assert freed.wait(10)
        joining = pool.submit(joins)
        with pytest.raises(TimeoutError):
            joining.result(timeout=1)  # waits for the one who frees, instead of joining the list
        commit.set()
        cancelling.result(timeout=10)
        assert joining.result(timeout=10) == State.BOOKED
    capacity.refresh_from_db()
    assert capacity.taken == 1
