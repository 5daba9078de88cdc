"""Envelopes: exactly once whatever is sent again, one bad act never blocks the others, a wrong clock never makes a wrong date."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from yole.base import deliveries
from yole.base.deliveries import Answer, Conflict, Envelope, deliver
from yole.base.errors import Refused
from yole.base.models import Delivery, DeliveryState, PeriodicRun

CANARY = "Canari-Zéphyrine"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Envelope]:
    """An act « note » that writes one row a uuid and fails as its payload says; the envelopes that it was given."""
    given: list[Envelope] = []

    def handle(account: Any, envelope: Envelope) -> Answer:
        given.append(envelope)
        PeriodicRun.objects.create(name=str(envelope.uuid), last_run=envelope.at)
        match envelope.payload.get("do"):
            case "refuse":
                raise Refused("Ce n’est pas possible.", code="no")
            case "conflict" if not envelope.decision:
                raise Conflict("full", "Il n’y a plus de place.", {"seats": 3})
            case "crash":
                raise RuntimeError(CANARY)
            case "double":
                return Answer({"code": "double"}, conflict=not envelope.decision)
        return Answer({"row": 1})

    monkeypatch.setattr(deliveries, "_HANDLERS", {"note": handle})
    return given


def new_account(name: str = "mediation") -> Any:
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account
    from yole.territory.models import Territory

    territory = Territory.objects.get_or_create(slug="essai", defaults={"name": "Essai", "languages": ["fr"]})[0]
    return create_account(email=f"{name}@exemple.invalid", name=name, role=Role.MEDIATOR, territory=territory, password="x" * 14)


def act(sequence: int = 0, **more: Any) -> dict[str, Any]:
    fields = {"uuid": str(uuid.uuid4()), "device": "tablette-1", "sequence": sequence, "kind": "note", "payload": {}}
    return {**fields, "made_at": timezone.now().isoformat(), **more}


def send(account: Any, *acts: dict[str, Any], at: datetime | None = None, now: datetime | None = None) -> dict[str, Any]:
    now = now or timezone.now()
    return deliver(account, {"sent_at": (at or now).isoformat(), "acts": list(acts)}, now)


@pytest.mark.django_db
def test_sent_again_and_in_disorder_each_act_is_done_once(seen: list[Envelope]) -> None:
    account = new_account()
    acts = [act(n) for n in range(5)]
    first = send(account, *acts[3:], acts[0])
    assert [one["state"] for one in first["answers"]] == ["done"] * 3
    again = send(account, *reversed(acts))
    assert [one["uuid"] for one in again["answers"]] == [one["uuid"] for one in reversed(acts)]
    assert {one["state"] for one in again["answers"]} == {"done"}
    assert (PeriodicRun.objects.count(), Delivery.objects.count(), len(seen)) == (5, 5, 5)
    assert [envelope.sequence for envelope in seen] == [0, 3, 4, 1, 2]  # a device's order, whatever the order of the batch


@pytest.mark.django_db
def test_one_bad_act_never_blocks_the_others(seen: list[Envelope], caplog: pytest.LogCaptureFixture) -> None:
    account = new_account()
    bad: list[Any] = [
        "texte",
        {},
        act(uuid="x"),
        act(device="<script>"),
        act(sequence=-1),
        act(sequence=True),
        act(made_at="hier"),
        act(made_at="2026-11-22T08:00:00"),
        act(payload={"long": "x" * 9000}),
        act(payload={"nul": "\x00"}),
        act(payload=[]),
        act(kind="inconnu"),
        act(payload={"do": "refuse"}),
        act(payload={"do": "crash"}),
    ]
    good = [act(40), act(41)]
    answers = send(account, good[0], *bad, good[1])["answers"]
    assert [one["state"] for one in answers] == ["done", *["refused"] * 13, "later", "done"]
    assert all(one["answer"]["reason"] for one in answers if one["state"] == "refused")
    assert PeriodicRun.objects.count() == 2
    assert "offline act note" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.django_db
def test_a_person_settles_a_conflict_and_nothing_is_done_before(seen: list[Envelope]) -> None:
    account = new_account()
    held = act(payload={"do": "conflict", "name": CANARY})
    for _ in range(2):
        answer = send(account, held)["answers"][0]
        assert (answer["state"], answer["answer"]["code"], answer["answer"]["seats"]) == ("conflict", "full", 3)
    assert (PeriodicRun.objects.count(), len(seen)) == (0, 1)
    assert [row.uuid for row in deliveries.to_settle(account)] == [uuid.UUID(held["uuid"])]
    assert send(account, {**held, "decision": "waiting"})["answers"][0]["state"] == "done"
    assert send(account, {**held, "decision": "over"})["answers"][0]["state"] == "done"
    assert (PeriodicRun.objects.count(), deliveries.to_settle(account)) == (1, [])
    assert seen[-1].decision == "waiting"
    other = act(payload={"do": "refuse"})
    send(account, other)
    assert send(account, {**other, "decision": "drop"})["answers"][0]["state"] == "dropped"
    assert send(account, {**other, "decision": "retry"})["answers"][0]["state"] == "dropped"
    double = act(payload={"do": "double"})
    assert send(account, double)["answers"][0]["state"] == "conflict"
    assert PeriodicRun.objects.count() == 2  # done and kept: a person still looks
    stored = json.dumps([row.answer for row in Delivery.objects.all()], ensure_ascii=False)
    assert CANARY not in stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("clock", "made", "expected", "doubtful"),
    [
        (timedelta(), -timedelta(hours=5), -timedelta(hours=5), False),
        (timedelta(seconds=3), -timedelta(hours=5), -timedelta(hours=5), False),  # the time of the journey
        (timedelta(hours=7), timedelta(hours=2), -timedelta(hours=5), False),  # wrong clock, true instant
        (-timedelta(days=400), -timedelta(days=400, hours=5), -timedelta(hours=5), False),
        (timedelta(), timedelta(minutes=1), timedelta(), False),
        (timedelta(), timedelta(hours=3), timedelta(), True),  # the clock was put right before sending
        (timedelta(), -timedelta(days=2000), -timedelta(hours=72), True),
        (timedelta(days=365 * 60), -timedelta(hours=5), -timedelta(hours=72), True),
    ],
)
def test_the_true_instant(seen: list[Envelope], clock: timedelta, made: timedelta, expected: timedelta, doubtful: bool) -> None:
    account = new_account()
    now = timezone.now().replace(microsecond=0)
    one = act(made_at=(now + made).isoformat())
    answer = send(account, one, at=now + clock, now=now)["answers"][0]
    assert abs(PeriodicRun.objects.get().last_run - (now + expected)) <= timedelta(seconds=1)
    assert (answer["state"], answer["answer"].get("doubtful", False)) == ("done", doubtful)
    assert [row.doubtful for row in deliveries.to_settle(account)] == ([True] if doubtful else [])
    if doubtful:
        deliveries.settle(account, uuid.UUID(one["uuid"]))
        assert deliveries.to_settle(account) == []
        assert Delivery.objects.get().state == DeliveryState.DONE


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00"])
def test_impossible_clocks_break_nothing(seen: list[Envelope], moment: str) -> None:
    account = new_account()
    assert send(account, act(made_at=moment))["answers"][0]["answer"]["doubtful"] is True
    assert deliver(account, {"sent_at": moment, "acts": [act()]})["answers"][0]["state"] == "done"
    Delivery.objects.update(received_at=timezone.now() - deliveries.KEPT)
    assert (deliveries.purge(), deliveries.purge()) == (2, 0)


@pytest.mark.django_db
def test_what_is_not_a_batch_is_refused_and_another_account_learns_nothing(seen: list[Envelope], monkeypatch: pytest.MonkeyPatch) -> None:
    account, other = new_account(), new_account("autre")
    for batch in (
        None,
        [],
        {"acts": {}},
        {"acts": []},
        {"acts": [], "sent_at": "hier"},
        {"sent_at": "2026-01-01T00:00:00Z", "acts": [1] * 101},
    ):
        with pytest.raises(Refused):
            deliver(account, batch)
    mine = act()
    send(account, mine)
    answer = send(other, mine)["answers"][0]
    assert (answer["state"], answer["answer"]["code"]) == ("refused", "foreign")
    assert Delivery.objects.get().account == account
    with pytest.raises(Refused):
        deliveries.settle(other, uuid.UUID(mine["uuid"]))
    monkeypatch.setattr(deliveries, "PER_MINUTE", 2)
    with pytest.raises(Refused) as refusal:
        send(account, act(), act())
    assert refusal.value.status == 429


@pytest.mark.django_db
def test_the_line_of_health(seen: list[Envelope]) -> None:
    account = new_account()
    assert deliveries.health()[0] is True
    send(account, act(payload={"do": "refuse"}))
    assert deliveries.health() == (True, "1 à régler")
    Delivery.objects.update(received_at=timezone.now() - timedelta(days=8))
    assert deliveries.health()[0] is False


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_sendings_at_once_do_it_once(seen: list[Envelope]) -> None:
    account = new_account()
    acts = [act(n) for n in range(20)]
    states: list[str] = []

    def go() -> None:
        try:
            states.extend(one["state"] for one in send(account, *acts)["answers"])
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert states == ["done"] * 80
    assert (PeriodicRun.objects.count(), Delivery.objects.count(), len(seen)) == (20, 20, 20)
