"""Acts made without a network, once delivered: what each does, what makes a person decide, and that nothing personal is kept of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

NAME = "Zéphyrine Canari (fictif)"


@pytest.fixture
def house(db: None) -> Iterator[SimpleNamespace]:
    """A structure, its mediator and another structure's, a session in an hour with 2 places and a later one; on behalf of the house."""
    from yole.base.scope import system_scope
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.places.models import Place
    from yole.territory.models import Territory
    from yole.workshops.services_planning import Where, create_session
    from yole.workshops.services_programmes import create_programme

    with system_scope():
        territory = Territory.objects.create(
            slug="essai", name="Essai", time_zone="America/Martinique", languages=["fr"], holiday_subdivision="MQ", is_default=True
        )
        ours, theirs = create_structure(territory, "Structure (fictif)"), create_structure(territory, "Autre (fictif)")

        def account(name: str, role: Role, structure: Any) -> Any:
            return create_account(
                email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=territory, password="x" * 14,
                structure=structure, is_fictional=True,
            )  # fmt: skip

        place = Place.objects.create(
            territory=territory, source="essai", source_id="1", slug="lieu", name="Médiathèque", commune_name="Saint-Joseph",
            postcode="97212", insee_code="97224", address="1 rue", updated_on="2026-01-01", sort_key="mediatheque",
            name_key="mediatheque", address_key="1 rue", lat=14.67, lon=-61.04,
        )  # fmt: skip
        programme = create_programme(None, territory, title="Mots de passe", themes=["email"], audiences=["tous"], structure=ours)

        def session(hours: float, seats: int) -> Any:
            start = timezone.now() + timedelta(hours=hours)
            return create_session(
                None, programme, starts_at=start, ends_at=start + timedelta(hours=2), where=Where(place=place), capacity=seats,
                half_days=["matin"],
            )  # fmt: skip

        yield SimpleNamespace(
            territory=territory,
            mediator=account("mediation", Role.MEDIATOR, ours),
            volunteer=account("benevole", Role.VOLUNTEER, ours),
            evaluator=account("evaluation", Role.EVALUATOR, None),
            stranger=account("ailleurs", Role.MEDIATOR, theirs),
            place=place,
            session=session(1, 2),
            later=session(30, 9),
        )


@pytest.fixture
def book(house: SimpleNamespace) -> Callable[..., Any]:
    def go(name: str = NAME, session: Any = None) -> Any:
        from yole.bookings import services as bookings

        request = bookings.Request(
            name=name, consent_version="essai", idempotency_key=uuid.uuid4(), structure=house.mediator.structure, no_contact=True
        )
        return bookings.book((session or house.session).capacity_id, request, by="Essai", at_desk=True).booking

    return go


def act(kind: str, payload: dict[str, Any], *, device: str = "tablette-1", at: datetime | None = None) -> dict[str, Any]:
    made_at = (at or timezone.now()).isoformat()
    return {"uuid": str(uuid.uuid4()), "device": device, "sequence": 1, "kind": kind, "made_at": made_at, "payload": payload}


def send(account: Any, *acts: dict[str, Any]) -> list[dict[str, Any]]:
    from yole.base.deliveries import deliver

    answers = deliver(account, {"sent_at": timezone.now().isoformat(), "acts": list(acts)})["answers"]
    return [{**one["answer"], "state": str(one["state"])} for one in answers]


def door(house: SimpleNamespace, booking: Any, kind: str = "arrivée", seen: str = "", **more: Any) -> dict[str, Any]:
    payload = {"session": house.session.pk, "half_day": "matin", "kind": kind, "seen": seen, "booking": booking.pk}
    return act("attendance", payload, **more)


def desk(session: Any, name: str = NAME, **more: Any) -> dict[str, Any]:
    return act("enrolment", {"session": session.pk, "name": name, "contact": "", "no_contact": True, "size": 1, "consent": True}, **more)


def presence(booking: Any) -> Any:
    from yole.workshops.models import Presence

    return Presence.objects.get(booking=booking)


def test_the_same_person_on_two_tablets_is_shown_and_a_person_decides(house: SimpleNamespace, book: Any) -> None:
    from yole.workshops.models import Presence

    first, second = book("Un (fictif)"), book("Deux (fictif)")
    early = timezone.now() - timedelta(minutes=9)
    for booking in (first, second):
        assert send(house.mediator, door(house, booking, at=early))[0]["state"] == "done"
    doubles = [door(house, one, device="tablette-2") for one in (first, second)]
    answers = send(house.mediator, *doubles)
    assert [(one["state"], one["code"]) for one in answers] == [("conflict", "double")] * 2
    assert presence(first).double
    assert presence(first).arrived_at.timestamp() == pytest.approx(early.timestamp(), abs=1)
    assert send(house.mediator, {**doubles[0], "decision": "same"}, {**doubles[1], "decision": "two"})[0]["state"] == "done"
    assert Presence.objects.filter(walk_in__isnull=False, state="présent").count() == 1


@pytest.mark.parametrize(("decision", "expected"), [("mine", "présent"), ("theirs", "absent")])
def test_a_mark_made_meanwhile_is_not_overwritten(house: SimpleNamespace, book: Any, decision: str, expected: str) -> None:
    booking = book()
    mine = door(house, booking, at=timezone.now() - timedelta(minutes=30))
    send(house.mediator, door(house, booking, "absent", device="tablette-2"))
    answer = send(house.mediator, mine)[0]
    assert (answer["state"], answer["code"], answer["mine"], answer["theirs"]) == ("conflict", "attendance", "présent", "absent")
    assert presence(booking).state == "absent"
    assert send(house.mediator, {**mine, "decision": decision})[0]["state"] == "done"
    assert presence(booking).state == expected


def test_a_change_of_mind_on_one_tablet_is_no_conflict(house: SimpleNamespace, book: Any) -> None:
    booking = book()
    acts = [door(house, booking), door(house, booking, "absent", "présent"), door(house, booking, "excusé", "absent")]
    for n, one in enumerate(acts):
        one["sequence"], one["made_at"] = n, (timezone.now() - timedelta(minutes=9 - n)).isoformat()
    assert {one["state"] for one in send(house.mediator, *acts[::-1])} == {"done"}
    assert presence(booking).state == "excusé"


def test_a_session_that_filled_meanwhile(house: SimpleNamespace, book: Any) -> None:
    from yole.base.models import Delivery
    from yole.bookings.models import Booking
    from yole.workshops.models import Presence

    book("Un (fictif)"), book("Deux (fictif)")
    held = [desk(house.session, f"{NAME} {n}") for n in range(3)]
    for answer in send(house.mediator, *held):
        assert (answer["state"], answer["code"], answer["taken"], answer["seats"]) == ("conflict", "full", 2, 2)
        assert [other["id"] for other in answer["others"]] == [house.later.pk]
    assert Booking.objects.count() == 2
    moved = {**held[2], "decision": "other", "payload": {**held[2]["payload"], "session": house.later.pk}}
    answers = send(house.mediator, {**held[0], "decision": "waiting"}, {**held[1], "decision": "over"}, moved)
    assert [one["state"] for one in answers] == ["done"] * 3
    assert Booking.objects.get(name=f"{NAME} 0").state == "en_attente"
    assert Presence.objects.get(session=house.session, walk_in__isnull=False).label == f"{NAME} 1"
    assert Booking.objects.get(name=f"{NAME} 2").capacity_id == house.later.capacity_id
    assert NAME.split()[0] not in json.dumps([row.answer for row in Delivery.objects.all()], ensure_ascii=False)


def test_somebody_enrolled_during_a_session_counts_although_it_arrives_after_its_end(house: SimpleNamespace) -> None:
    from yole.bookings.models import Booking, Capacity
    from yole.workshops.models import Session

    start = timezone.now() - timedelta(hours=6)
    Session.objects.filter(pk=house.session.pk).update(starts_at=start, ends_at=start + timedelta(hours=2))
    Capacity.objects.filter(pk=house.session.capacity_id).update(starts_at=start, ends_at=start + timedelta(hours=2))
    assert send(house.mediator, desk(house.session, at=start + timedelta(hours=1)))[0]["state"] == "done"
    assert Booking.objects.get().created_at == pytest.approx(start + timedelta(hours=1), abs=timedelta(seconds=10))
    assert send(house.mediator, desk(house.session, "Trop tard (fictif)"))[0]["code"] == "past"


def test_reports_are_dated_by_the_true_instant_and_corrections_never_erase_another(house: SimpleNamespace) -> None:
    from yole.activities.models import Activity

    made = act(
        "report",
        {"kind": "individuel", "themes": ["email"], "minutes": 30, "place": house.place.pk, "notes": "texte libre"},
        at=timezone.now() - timedelta(hours=26),
    )
    assert {one["state"] for one in send(house.mediator, made) + send(house.mediator, made)} == {"done"}
    row = Activity.objects.get()
    assert (str(row.pk), row.minutes, row.place_id, row.notes) == (made["uuid"], 30, house.place.pk, "")
    from yole.workshops.selectors import zone_of

    assert row.date == (timezone.now() - timedelta(hours=26)).astimezone(zone_of(house.territory)).date()
    edits = [act("report-edit", {"activity": made["uuid"], "version": 1, "changes": {"minutes": n}}) for n in (45, 60, 90)]
    states = [send(house.mediator, one)[0] for one in edits]
    assert [one["state"] for one in states] == ["done", "conflict", "conflict"]
    assert "45 min" in states[1]["theirs"]
    send(house.mediator, {**edits[1], "decision": "theirs"})
    assert Activity.objects.get().minutes == 45
    send(house.mediator, {**edits[2], "decision": "mine"})
    assert (Activity.objects.get().minutes, Activity.objects.count()) == (90, 1)


def test_an_anonymous_card_and_rights(house: SimpleNamespace, book: Any) -> None:
    from yole.people.models import Person

    card = act("person", {"age_band": "soixante_dix_plus", "gender": "feminin", "commune": ""})
    assert {one["state"] for one in send(house.mediator, card) + send(house.mediator, card)} == {"done"}
    assert str(Person.objects.get().pk) == card["uuid"]
    report = act("report", {"kind": "individuel", "themes": ["email"], "minutes": 30})
    answers = send(house.volunteer, report, desk(house.later))
    assert [(one["state"], one["code"]) for one in answers] == [("refused", "forbidden")] * 2
    assert send(house.mediator, act("report", {"kind": "individuel", "themes": [], "minutes": -5}))[0]["state"] == "refused"


@pytest.mark.parametrize("kind", ["attendance", "enrolment", "report", "report-edit", "person"])
@pytest.mark.parametrize(
    "payload",
    [{}, {"session": "1"}, {"session": 2**70}, {"session": 1, "name": {}}, {"changes": [], "activity": 4}, {"themes": 4, "kind": []}],
)
def test_a_payload_of_another_world_is_refused_in_words(house: SimpleNamespace, kind: str, payload: dict[str, Any]) -> None:
    answer = send(house.mediator, act(kind, payload))[0]
    assert answer["state"] in ("refused", "done" if kind == "person" else "refused")
    assert answer["state"] == "done" or answer["reason"]


@pytest.fixture
def signed_in(house: SimpleNamespace) -> Callable[[Any], Client]:
    def go(account: Any) -> Client:
        client = Client()
        client.force_login(account, backend="yole.organisations.backends.AccountBackend")
        return client

    return go


def test_the_package_is_minimal_and_each_account_and_device_has_its_key(house: SimpleNamespace, book: Any, signed_in: Any) -> None:
    book()
    address = reverse("web:day-data")

    def ask(account: Any, device: str = "tablette-1", **more: str) -> dict[str, Any]:
        answer = signed_in(account).get(address, {"appareil": device, "paquet": "1", **more}, headers={"accept": "application/json"})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        return dict(answer.json())

    mine = ask(house.mediator)
    lines = {one["id"]: one["lines"] for one in mine["package"]["sessions"]}[house.session.pk]
    assert [(line["n"], line["name"], line["marks"]) for line in lines] == [(1, NAME, {})]
    assert 0 < mine["seconds"] <= 12 * 3600
    assert "email" not in json.dumps(lines)
    assert NAME not in json.dumps(ask(house.mediator, noms="0"), ensure_ascii=False)
    assert NAME not in json.dumps(ask(house.stranger), ensure_ascii=False)
    keys = {ask(house.mediator)["key"], ask(house.mediator, "tablette-2")["key"], ask(house.stranger)["key"]}
    assert len(keys) == 3
    assert mine["key"] in keys
    assert signed_in(house.mediator).get(address, {"appareil": "<x>"}).status_code == 400
    assert signed_in(house.evaluator).get(address, {"appareil": "tablette-1"}).status_code == 403
    assert Client().get(address).status_code == 302


def test_pages_work_without_scripts_and_keep_nothing_personal_in_the_shell(
    house: SimpleNamespace, book: Any, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    from yole.activities.models import Activity
    from yole.bookings.models import Booking

    book()
    client = signed_in(house.mediator)
    with django_assert_max_num_queries(24):
        page = client.get(reverse("web:day"))
    assert "Mots de passe" in page.content.decode()
    key = str(uuid.uuid4())
    fields = {"key": key, "kind": "collectif", "count": "7", "themes": ["email"], "minutes": "30", "place": str(house.place.pk)}
    for _ in range(2):
        assert client.post(reverse("web:day-report"), fields).status_code == 302
    assert Activity.objects.get().participants == 7
    assert client.post(reverse("web:day-report"), {**fields, "key": str(uuid.uuid4()), "place": ""}).status_code == 422
    # A group whose number was not given is nobody's to invent.
    assert client.post(reverse("web:day-report"), {**fields, "key": str(uuid.uuid4()), "count": ""}).status_code == 422
    assert Activity.objects.count() == 1
    fields = {"key": str(uuid.uuid4()), "session": str(house.later.pk), "name": "Ana (fictif)", "consent": "on"}
    for _ in range(2):
        assert client.post(reverse("web:day-enrol"), fields).status_code == 302
    assert Booking.objects.filter(name="Ana (fictif)").count() == 1
    assert client.post(reverse("web:day-enrol"), {**fields, "key": "x"}).status_code == 400
    shell = client.get(reverse("web:day-shell"))
    assert shell.status_code == 200
    anonymous = Client().get(reverse("web:day-shell")).content.decode()
    for text in (house.mediator.name, NAME, "csrfmiddlewaretoken"):
        assert text not in anonymous
    assert client.get(reverse("web:start")).headers["Location"] == reverse("web:day")


def test_quick_reports_at_home_and_for_short_visits(house: SimpleNamespace, signed_in: Any) -> None:
    from yole.activities.models import Activity
    from yole.territory.models import Commune

    Commune.objects.create(
        code="97224", name="Saint-Joseph", sort_key="saint-joseph", search_key="saint-joseph", postcodes=["97212"], departement="972",
        source="essai", source_date="2026",
    )  # fmt: skip
    client = signed_in(house.mediator)
    fields = {"kind": "ponctuel", "count": "3", "themes": ["email"], "minutes": "15", "place": "domicile", "commune": "97224"}
    assert client.post(reverse("web:day-report"), {**fields, "key": str(uuid.uuid4())}).status_code == 302
    row = Activity.objects.get()
    assert (row.kind, row.one_off, row.participants, row.place_kind, row.commune_id) == ("individuel", True, 3, "domicile", "97224")
    assert client.post(reverse("web:day-report"), {**fields, "key": str(uuid.uuid4()), "commune": ""}).status_code == 422
    without = {"kind": "individuel", "one_off": True, "themes": ["email"], "minutes": 15, "count": 2, "place_kind": "autre"}
    answers = send(house.mediator, act("report", {**without, "commune": "97224"}), act("report", without))
    assert [one["state"] for one in answers] == ["done", "refused"]
    assert Activity.objects.filter(place_kind="autre", one_off=True, participants=2).count() == 1


def test_the_agenda_says_what_is_left_to_do(house: SimpleNamespace, book: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.activities.services import save_activity
    from yole.activities.services_attendance import from_attendance, report_key
    from yole.web import day_selectors
    from yole.workshops.models import Session

    booking = book()
    start = house.session.starts_at
    monkeypatch.setattr("yole.territory.selectors.today", lambda: start.astimezone(day_selectors.zone_of(house.territory)).date())

    def status(hours: float) -> tuple[str, bool]:
        slot = next(
            one for one in day_selectors.day(house.mediator, start + timedelta(hours=hours)).slots if one.row.pk == house.session.pk
        )
        return slot.status[1], slot.to_report

    assert status(-1) == ("À venir", False)  # nobody is late to mark who has not come yet
    assert status(0.5) == ("Présences à saisir", False)
    assert status(3) == ("Présences à saisir", False)
    send(house.mediator, door(house, booking))
    assert status(0.5) == ("Saisi", False)
    assert status(3) == ("Saisi", True)
    session = Session.objects.select_related("programme", "place").get(pk=house.session.pk)
    data = from_attendance(house.mediator, session)
    save_activity(house.mediator, {**data, "date": min(data["date"], timezone.now().date())}, report_key(house.mediator, session))
    assert status(3) == ("Saisi", False)
    Session.objects.filter(pk=session.pk).update(state="cancelled", state_reason="essai")
    assert status(3)[0] == "Annulée"


def test_the_application_is_light_and_its_files_are_there(house: SimpleNamespace) -> None:
    import gzip
    import re

    worker = Client().get(reverse("web:day-service"))
    assert worker.headers["Service-Worker-Allowed"] == "/"
    files = json.loads(re.search(r"FILES = (\[.*\]);", worker.content.decode())[1])  # type: ignore[index]  # the lines that the view adds
    scripts = [Client().get(file) for file in files if file.endswith(".js")]
    assert len(scripts) == 6
    assert {one.status_code for one in scripts} == {200}
    assert sum(len(gzip.compress(one.content)) for one in [*scripts, worker]) < 20_000
    assert Client().get(reverse("web:day-script", args=["vieux", "app"])).status_code == 404
    manifest = Client().get(reverse("web:day-manifest")).json()
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}


def test_the_door_of_deliveries(house: SimpleNamespace, signed_in: Any) -> None:
    address = reverse("web:day-deliveries")

    def post(client: Client, body: Any) -> Any:
        return client.post(address, body, content_type="application/json", headers={"accept": "application/json"})

    client = signed_in(house.mediator)
    batch = {"sent_at": timezone.now().isoformat(), "acts": [act("person", {})]}
    assert post(client, batch).json()["answers"][0]["state"] == "done"
    for bad in ("[", "[" * 5000, json.dumps([]), json.dumps({"acts": []}), "x" * (1024 * 1024 + 1)):
        answer = post(client, bad)
        assert answer.status_code in (400, 413)
        assert answer.json()["reason"]
    assert post(Client(), batch).status_code == 302
    assert post(signed_in(house.evaluator), batch).status_code == 403
    assert Client(enforce_csrf_checks=True).post(address, batch, content_type="application/json").status_code == 403
    row = send(house.mediator, act("report", {}))[0]
    assert row["state"] == "refused"
    from yole.base.models import Delivery

    dossier = Delivery.objects.get(state="refused")
    assert "Dossiers à régler" in client.get(reverse("web:day")).content.decode()
    assert client.post(reverse("web:day-settle", args=[dossier.pk])).status_code == 302
    assert signed_in(house.stranger).post(reverse("web:day-settle", args=[dossier.pk])).status_code == 404
    dossier.refresh_from_db()
    assert dossier.state == "dropped"
