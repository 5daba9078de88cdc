"""The doors: acts added once each, double passages listed, shares, the sheet typed back, the package of a device."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from yole.base.errors import Refused


@pytest.fixture
def gate(fair: SimpleNamespace, new_slot: Callable[..., Any], person: Callable[..., Any]) -> SimpleNamespace:
    """An edition of 20 places with two people registered, one of them in a limited slot."""
    from yole.events import selectors_door, services_editions, services_programme
    from yole.events.services_registration import register

    slot = new_slot("Atelier", room=fair.room, places=10)
    services_programme.publish(None, fair.edition)
    services_editions.open_registration(None, fair.edition, 20)
    fair.edition.refresh_from_db()
    fair.slot = slot
    fair.first = register(fair.edition, person("Mireille (fictif)", slots=[slot.number], needs=["accessibilite"])).registration
    fair.second = register(fair.edition, person("Patrick (fictif)", size=2)).registration
    fair.place = selectors_door.here(fair.edition)
    return fair


def act(gate: SimpleNamespace, registration: Any = None, **more: Any) -> Any:
    from yole.events.services_door import Act

    who = {"booking": registration.booking_id} if registration else {"walk_in": uuid.uuid4(), "label": "Sans rien (fictif)"}
    fields = {
        "nonce": uuid.uuid4(),
        "place": gate.place,
        "kind": "arrivée",
        "device": "appareil-1",
        "sequence": 1,
        "device_time": datetime.now(UTC),
        **who,
        **more,
    }
    return Act(**fields)


def test_a_code_lets_in_and_the_booking_follows(gate: SimpleNamespace) -> None:
    from yole.events import selectors_door, services_door

    code = gate.first.booking.code
    found = services_door.find(gate.edition, f"{code[:4]}-{code[4:8].lower()} {code[8:]}")
    welcome = services_door.enter(gate.volunteer, gate.edition, found, gate.place, uuid.uuid4())
    assert (welcome.name, welcome.double, welcome.slots) == ("Mireille (fictif)", False, ("Atelier (Salle B)",))
    assert welcome.needs == ("Je viens en fauteuil roulant",)
    gate.first.booking.refresh_from_db()
    assert gate.first.booking.state == "présent"
    board = selectors_door.board(gate.edition, gate.place)
    assert (board.present, board.expected, board.walk_ins) == (1, 2, 0)
    for wrong in ("4TQ8M2KX7B", "abc", "0000000000"):
        with pytest.raises(Refused):
            services_door.find(gate.edition, wrong)


def test_the_same_acts_twice_and_out_of_order_are_once(gate: SimpleNamespace) -> None:
    from yole.events import services_door
    from yole.events.models import AttendanceEvent

    acts = [act(gate, gate.first), act(gate, gate.second, sequence=2), act(gate, sequence=3)]
    assert services_door.record(gate.mediator, gate.edition, acts) == {}
    assert services_door.record(gate.mediator, gate.edition, list(reversed(acts))) == {}
    assert AttendanceEvent.objects.count() == 3


def test_a_second_passage_is_listed_and_counts_once(gate: SimpleNamespace) -> None:
    from yole.events import selectors_door, services_door

    first = act(gate, gate.first, device="appareil-1", device_time=datetime.now(UTC) - timedelta(minutes=5))
    second = act(gate, gate.first, device="appareil-2")
    services_door.record(gate.mediator, gate.edition, [second])
    services_door.record(gate.mediator, gate.edition, [first])
    board = selectors_door.board(gate.edition, gate.place)
    assert board.present == 1
    assert [(one.name, one.tag, one.device) for one in board.doubles] == [("Mireille (fictif)", "double passage", "appareil-2")]
    welcome = services_door.enter(gate.mediator, gate.edition, gate.first, gate.place, uuid.uuid4())
    assert welcome.double
    assert welcome.first_at is not None
    assert len(selectors_door.board(gate.edition, gate.place).doubles) == 1
    services_door.enter(gate.mediator, gate.edition, gate.first, gate.place, uuid.uuid4(), anyway=True)
    assert len(selectors_door.board(gate.edition, gate.place).doubles) == 2


def test_an_arrival_is_taken_back_by_another_row(gate: SimpleNamespace) -> None:
    from yole.events import selectors_door, services_door
    from yole.events.models import AttendanceEvent

    made = act(gate, gate.first)
    services_door.record(gate.mediator, gate.edition, [made])
    services_door.undo(gate.mediator, gate.edition, made.nonce)
    services_door.undo(gate.mediator, gate.edition, made.nonce)
    assert AttendanceEvent.objects.count() == 2
    assert selectors_door.board(gate.edition, gate.place).present == 0
    gate.first.booking.refresh_from_db()
    assert gate.first.booking.state == "inscrit"


def test_a_slot_has_its_own_door(gate: SimpleNamespace) -> None:
    from yole.events import selectors_door, services_door

    place = selectors_door.here(gate.edition, slot=gate.slot.number)
    services_door.record(gate.mediator, gate.edition, [act(gate, gate.first, place=place)])
    assert gate.first.seats.get().booking.state == "présent"
    gate.first.booking.refresh_from_db()
    assert gate.first.booking.state == "inscrit"
    assert selectors_door.board(gate.edition, place).present == 1
    assert selectors_door.board(gate.edition, gate.place).present == 0


def test_shares_of_two_devices_and_what_is_beyond(gate: SimpleNamespace) -> None:
    from yole.events import selectors_door, services_door

    first = services_door.equip(gate.volunteer, gate.edition, "appareil-1", "Porte nord")
    assert (first.label, first.walk_in_share) == ("Porte nord", 17)
    second = services_door.equip(gate.volunteer, gate.edition, "appareil-2", "")
    first.refresh_from_db()
    assert (second.label, first.walk_in_share, second.walk_in_share) == ("Porte 2", 9, 8)
    acts = [act(gate, device="appareil-2", sequence=n) for n in range(10)]
    assert services_door.record(gate.mediator, gate.edition, acts) == {}
    board = selectors_door.board(gate.edition, gate.place)
    assert (board.walk_ins, len(board.over)) == (10, 2)
    services_door.withdraw_device(gate.volunteer, gate.edition, second.pk)
    assert services_door.equip(gate.volunteer, gate.edition, "appareil-1", "").walk_in_share == 7
    # A device that comes back keeps what it has used, and gets its part of what is left.
    again = services_door.equip(gate.volunteer, gate.edition, "appareil-2", "")
    assert again.walk_in_share == 10 + 3
    assert selectors_door.board(gate.edition, gate.place).over == ()
    assert selectors_door.package(gate.edition, again, names=False)["share"] == 3


def test_impossible_acts_are_refused_one_by_one(gate: SimpleNamespace) -> None:
    from yole.events import services_door
    from yole.events.models import AttendanceEvent

    wrong = [
        act(gate, gate.first, kind="danse"),
        act(gate, label=" "),
        act(gate, gate.first, walk_in=uuid.uuid4()),
        act(gate, gate.first, device_time=datetime(2026, 12, 12)),  # a naive time is what is refused
        act(gate, gate.first, offset=10**7),
    ]
    good = act(gate, gate.second)
    assert set(services_door.record(gate.mediator, gate.edition, [*wrong, good])) == {one.nonce for one in wrong}
    assert list(AttendanceEvent.objects.values_list("nonce", flat=True)) == [good.nonce]
    with pytest.raises(Refused):
        services_door.record(gate.outsider, gate.edition, [good])
    with pytest.raises(Refused):
        services_door.record(gate.evaluator, gate.edition, [good])


def test_the_package_holds_no_code_and_no_contact(gate: SimpleNamespace) -> None:
    import json

    from yole.events import selectors_door
    from yole.events.engine.checkin import digest
    from yole.events.services_registration import cancel_by_person

    cancel_by_person(gate.second)
    package = selectors_door.package(gate.edition, selectors_door.device_of(gate.edition, "appareil-1"), names=False)
    said = json.dumps(package, ensure_ascii=False)
    for registration in (gate.first, gate.second):
        assert registration.booking.code not in said
        assert registration.booking.name not in said
    by_state = {one["e"]: one for one in package["people"]}
    assert set(by_state) == {"inscrit", "annulé"}
    assert by_state["inscrit"]["h"] == digest(gate.first.booking.code, gate.edition.door_salt)
    assert by_state["inscrit"]["s"] == [gate.slot.number]
    assert by_state["annulé"]["d"]
    assert gate.edition.door_salt
    named = selectors_door.package(gate.edition, selectors_door.device_of(gate.edition, "appareil-1"), names=True)
    assert {one["n"] for one in named["people"]} == {"Mireille (fictif)", "Patrick (fictif)"}


def envelope(
    gate: SimpleNamespace, registration: Any, device: str = "appareil-1", minutes: int = 0, clock: int = 0, **more: Any
) -> dict[str, Any]:
    payload = {
        "edition": gate.edition.slug,
        "slot": None,
        "on_day": gate.place.on_day.isoformat(),
        "half_day": gate.place.half_day,
        "kind": "arrivée",
        "booking": registration.booking_id,
        **more,
    }
    made_at = datetime.now(UTC) - timedelta(minutes=minutes) + timedelta(seconds=clock)
    return {
        "uuid": str(uuid.uuid4()),
        "device": device,
        "sequence": 1,
        "kind": "door",
        "made_at": made_at.isoformat(),
        "payload": payload,
    }


def batch(acts: list[dict[str, Any]], clock: int = 0) -> dict[str, Any]:
    return {"sent_at": (datetime.now(UTC) + timedelta(seconds=clock)).isoformat(), "acts": acts}


def test_two_devices_deliver_without_loss(gate: SimpleNamespace) -> None:
    from yole.base.deliveries import deliver
    from yole.events import selectors_door
    from yole.events.models import AttendanceEvent

    north = [envelope(gate, gate.first, minutes=10), envelope(gate, gate.second, minutes=9)]
    # The clock of this device is an hour ahead.
    south = [envelope(gate, gate.first, "appareil-2", minutes=12, clock=3600)]
    first = deliver(gate.mediator, batch(north))
    second = deliver(gate.volunteer, batch(south, clock=3600))
    again = deliver(gate.mediator, batch(north))
    assert [one["state"] for one in first["answers"]] == ["done", "done"]
    assert [one["answer"]["code"] for one in second["answers"]] == ["ok"]
    assert [one["state"] for one in again["answers"]] == ["done", "done"]
    assert AttendanceEvent.objects.count() == 3
    board = selectors_door.board(gate.edition, gate.place)
    assert (board.present, [one.device for one in board.doubles]) == (3, ["appareil-1"])
    wrong = deliver(gate.mediator, batch([envelope(gate, gate.first, on_day="demain"), envelope(gate, gate.first, edition="nec_absente")]))
    assert [one["state"] for one in wrong["answers"]] == ["refused", "refused"]


def test_a_sheet_is_typed_back_by_its_numbers(gate: SimpleNamespace) -> None:
    from yole.events import documents, services_door

    lines = documents.lines(gate.edition, None)
    assert [(line.number, line.name) for line in lines] == [(1, "Mireille (fictif)"), (2, "Patrick (fictif)")]
    rows = {line.number: line.booking for line in lines}
    key = documents.sheet_key(gate.edition, None, gate.place.on_day)
    typed = services_door.type_sheet(gate.mediator, gate.edition, gate.place, [1, 2, 9], rows, ["Ana (fictif)"], key)
    assert (typed.written, typed.already, typed.unknown) == (3, 0, (9,))
    again = services_door.type_sheet(gate.mediator, gate.edition, gate.place, [1, 2], rows, ["Ana (fictif)"], key)
    assert (again.written, again.already) == (0, 3)
    assert documents.row_numbers("1, 2, 5-8 3") == [1, 2, 5, 6, 7, 8, 3]
    with pytest.raises(Refused):
        documents.row_numbers("8-5")


def test_the_page_works_without_javascript(gate: SimpleNamespace, client: Any) -> None:
    client.force_login(gate.volunteer)
    at = f"/numerique-en-commun/espace-pro/{gate.edition.slug}/porte/"
    assert client.get(at).status_code == 200
    key = str(uuid.uuid4())
    done = client.post(at, {"do": "code", "code": gate.first.booking.code, "key": key})
    assert "Bienvenue, Mireille (fictif)" in done.text
    again = client.post(at, {"do": "code", "code": gate.first.booking.code, "key": str(uuid.uuid4())})
    assert "déjà entré" in again.text
    wrong = client.post(at, {"do": "code", "code": "0000000001", "key": str(uuid.uuid4())})
    assert wrong.status_code == 422
    by_name = client.post(at, {"do": "code", "code": "patri", "key": str(uuid.uuid4())})
    assert "Patrick (fictif)" in by_name.text
    assert "Sans nom (fictif)" in client.post(at, {"do": "walk-in", "label": "Sans nom (fictif)", "key": str(uuid.uuid4())}).text
    typed = client.post(at + "saisie/", {"half": "matin", "rows": "2", "jour": gate.edition.starts_on.isoformat()})
    assert "1 ligne écrite" in typed.text.replace("\u00a0", " ")
    assert client.get(at + "?seance=99").status_code == 404


def test_addresses_of_the_application(gate: SimpleNamespace, client: Any) -> None:
    from yole.events import door_files

    base = "/numerique-en-commun/espace-pro/porte-hors-ligne/"
    assert client.get(base + "app/").status_code == 200
    worker = client.get(base + "service.js")
    assert "const SHELL" in worker.text
    for name in ("door", "vault", "outbox", "parts"):
        assert client.get(f"{base}{door_files.DOOR.version}/{name}.js").status_code == 200
    assert client.get(f"{base}{door_files.DOOR.version}/autre.js").status_code == 404
    assert client.get(f"{base}ancienne/door.js").status_code == 404
    client.force_login(gate.volunteer)
    at = f"/numerique-en-commun/espace-pro/{gate.edition.slug}/porte/donnees/"
    said = client.get(at, {"appareil": "appareil-1", "paquet": "1"}).json()
    assert said["package"]["equipped"] is False
    assert client.post(at + "porte/", {"device": "appareil-1", "label": "Nord"}).json() == {"label": "Nord", "share": 17}
    assert client.get(at, {"appareil": "appareil-1", "paquet": "1"}).json()["package"]["label"] == "Nord"
    assert client.get(at, {"appareil": "!"}).status_code == 400
