"""Tours as a coordinator makes them: proposed, changed by hand, published as stops of the bus, withdrawn."""

from __future__ import annotations

from datetime import date, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yole.base.errors import Refused

MONDAY = date(2026, 11, 30)


@pytest.fixture
def bus(island: SimpleNamespace) -> Any:
    from yole.places.models import Place

    return Place.objects.get(territory=island.territory, kind="itinerant")


@pytest.fixture
def plan(island: SimpleNamespace, bus: Any) -> Any:
    from yole.deployment import services_tours
    from yole.deployment.tours import Candidate, suggested

    home = Candidate("depot", "Alpha (fictif)", "97201", 14.60, -61.00)
    candidates = suggested(island.territory, near_km=3, service=120)
    return services_tours.create(
        island.coordinator, title="Essai", buses=[bus], depot=home, candidates=candidates, day_starts=time(8), hours=7
    )


def client_of(account: Any) -> Client:
    made = Client()
    made.force_login(account, backend="yole.organisations.backends.AccountBackend")
    return made


def board(plan: Any) -> Any:
    from yole.deployment.tours import Board

    plan.refresh_from_db()
    return Board(plan)


def test_stops_are_proposed_where_no_open_place_is_near(island: SimpleNamespace) -> None:
    from yole.deployment.tours import suggested
    from yole.places.models import Place

    assert [one.name[:7] for one in suggested(island.territory, near_km=3, service=60)] == ["Charlie", "Delta (", "Echo (f"]
    Place.objects.filter(source_id="0").update(closed_on=date(2026, 1, 2))
    names = [one.name[:5] for one in suggested(island.territory, near_km=3, service=60)]
    assert names == ["Alpha", "Bravo", "Charl", "Delta", "Echo "]
    assert suggested(island.territory, near_km=3, service=60)[0].prize == 1000


def test_the_plan_found_holds_and_serves_everybody(plan: Any) -> None:
    found = board(plan)
    assert found.faults == []
    assert found.left == []
    assert found.prize == found.prize_total == 1300
    assert {visit.candidate.insee for one in found.rounds for visit in one.visits} == {"97203", "97204", "97205"}


def test_a_stop_moved_by_hand_is_checked_again(island: SimpleNamespace, plan: Any) -> None:
    from yole.deployment import services_tours as tours

    key = "c97203"
    tours.take_off(island.coordinator, plan.pk, key)
    assert [one.name for one, _ in board(plan).left] == ["Charlie (fictif)"]
    tours.put(island.coordinator, plan.pk, key, day=4)
    found = board(plan)
    assert found.faults == []
    assert found.rounds[-1].title == "Vendredi"
    with pytest.raises(Refused, match="déjà servi"):
        tours.put(island.coordinator, plan.pk, key, day=4)
    with pytest.raises(Refused, match="jour"):
        tours.put(island.coordinator, plan.pk, key, day=5)
    with pytest.raises(Refused, match="pas dans le plan"):
        tours.put(island.coordinator, plan.pk, "depot", day=0)
    tours.set_stop(island.coordinator, plan.pk, key, name="Charlie", service=480, opens=0, closes=600, visits=1, required=True)
    assert any("Charlie" in fault for fault in board(plan).faults)
    with pytest.raises(Refused, match="ne tient pas"):
        tours.publish(island.coordinator, plan.pk, first_monday=MONDAY, until=None, replaces=True)
    with pytest.raises(Refused, match="obligatoires"):
        tours.recompute(island.coordinator, plan.pk)


def test_published_stops_are_those_of_the_bus_and_can_be_taken_back(island: SimpleNamespace, bus: Any, plan: Any) -> None:
    from yole.deployment import services_tours as tours
    from yole.places import desk_services_bus as desk
    from yole.places.models import StopTime

    old = desk.save_stop(bus, by=island.coordinator, name="Marché", insee_code="97201")
    running = desk.save_time(old, by=island.coordinator, starts=time(9), ends=time(12), weekday="Mo")
    later = desk.save_time(old, by=island.coordinator, starts=time(14), ends=time(16), weekday="Tu", valid_from=MONDAY + timedelta(days=7))
    before = sorted(StopTime.objects.values_list("weekday", "starts", "ends", "valid_from", "valid_until"), key=str)
    for wrong, words in ((MONDAY + timedelta(days=1), "lundi"), (MONDAY, "fin")):
        with pytest.raises(Refused, match=words):
            tours.publish(island.coordinator, plan.pk, first_monday=wrong, until=MONDAY - timedelta(days=1), replaces=True)
    tours.publish(island.coordinator, plan.pk, first_monday=MONDAY, until=date(2027, 6, 30), replaces=True)
    running.refresh_from_db()
    assert running.valid_until == MONDAY - timedelta(days=1)
    assert not StopTime.objects.filter(pk=later.pk).exists()
    written = {(line.weekday, line.stop.insee_code, line.starts, line.valid_from, line.valid_until, line.every_weeks)
               for line in StopTime.objects.exclude(stop=old).select_related("stop")}  # fmt: skip
    weekdays = ("Mo", "Tu", "We", "Th", "Fr")
    expected = {
        (weekdays[one.day], visit.candidate.insee, time(visit.arrive // 60, visit.arrive % 60), MONDAY, date(2027, 6, 30), 1)
        for one in board(plan).rounds
        for visit in one.visits
    }
    assert written == expected
    public = Client().get(f"/lieux/{bus.pk}-{bus.slug}/").content.decode()
    assert "Charlie" in public
    with pytest.raises(Refused, match="publié"):
        tours.take_off(island.coordinator, plan.pk, "c97203")
    tours.withdraw(island.coordinator, plan.pk)
    assert sorted(StopTime.objects.values_list("weekday", "starts", "ends", "valid_from", "valid_until"), key=str) == before


def test_two_weeks_in_turn_begin_a_week_apart(island: SimpleNamespace, bus: Any) -> None:
    from yole.deployment import services_tours as tours
    from yole.deployment.tours import Candidate
    from yole.places.models import StopTime

    home = Candidate("depot", "Alpha (fictif)", "97201", 14.60, -61.00)
    far = Candidate("far", "Charlie (fictif)", "97203", 14.70, -61.00, visits=2, every=5)
    made = tours.create(
        island.coordinator, title="Deux semaines", buses=[bus], depot=home, candidates=[far], day_starts=time(8), hours=7, weeks=2
    )
    assert board(made).faults == []
    tours.publish(island.coordinator, made.pk, first_monday=MONDAY, until=None, replaces=False)
    lines = StopTime.objects.filter(stop__name="Charlie (fictif)").order_by("valid_from")
    assert [(line.every_weeks, line.valid_from) for line in lines] == [(2, MONDAY), (2, MONDAY + timedelta(days=7))]
    assert len({line.weekday for line in lines}) == 1


def test_what_cannot_be_planned_is_said(island: SimpleNamespace, bus: Any) -> None:
    from yole.deployment import services_tours as tours
    from yole.deployment.tours import Candidate

    home = Candidate("depot", "Alpha", "97201", 14.60, -61.00)
    one = Candidate("a", "A", "97203", 14.70, -61.00)
    asked: dict[str, Any] = {"title": "x", "buses": [bus], "depot": home, "candidates": [one], "day_starts": time(8), "hours": 7}
    for change, words in (
        ({"buses": []}, "bus"),
        ({"candidates": []}, "aucun arrêt"),
        ({"candidates": [one, Candidate("b", "A", "97203", 14.71, -61.0)]}, "même nom"),
        ({"day_starts": time(20)}, "minuit"),
        ({"candidates": [Candidate(f"s{n}", f"S{n}", "97203", 14.7, -61.0) for n in range(81)]}, "81"),
        ({"candidates": [Candidate("a", "A", "97203", 16.2, -61.5, required=True)], "hours": 2}, "obligatoires"),
    ):
        with pytest.raises(Refused, match=words):
            tours.create(island.coordinator, **(asked | change))
    for nobody in (island.mediator, island.structure_coordinator):
        with pytest.raises(Refused):
            tours.create(nobody, **asked)


def test_pages_from_the_question_to_the_published_bus(island: SimpleNamespace, bus: Any) -> None:
    from yole.deployment.models import TourPlan

    browser = client_of(island.coordinator)
    assert "Aucun plan" in browser.get("/deploiement/tournees/").content.decode()
    csv = b"id,name,insee,lat,lon,service_min,prize\nx,Le Bourg (fictif),97203,14.70,-61.00,90,600\n"
    asked = {"title": "Le bus", "buses": [bus.pk], "depot": "97201", "weeks": "1", "day_starts": "08:00", "hours": "7", "service": "120",
             "source": "file", "near_km": "3", "detour": "1,45", "speed_kmh": "40"}  # fmt: skip
    wrong = browser.post("/deploiement/tournees/nouvelle/", asked)
    assert wrong.status_code == 422
    assert "Il manque le fichier" in wrong.content.decode()
    bad = browser.post("/deploiement/tournees/nouvelle/", asked | {"file": SimpleUploadedFile("a.csv", csv.replace(b"14.70", b"95"))})
    assert bad.status_code == 422
    assert "95" in bad.content.decode()
    made = browser.post("/deploiement/tournees/nouvelle/", asked | {"file": SimpleUploadedFile("a.csv", csv)})
    assert made.status_code == 302, made.content.decode()
    plan = TourPlan.objects.get()
    address = f"/deploiement/tournees/{plan.pk}/"
    page = browser.get(address).content.decode()
    assert "Le Bourg (fictif)" in page
    assert browser.post(f"{address}placer/", {"stop": "x", "where": "3-0", "from_day": "0", "rank": "0"}).status_code == 302
    assert browser.post(f"{address}placer/", {"stop": "x", "where": "9-0", "from_day": "3"}).status_code == 422
    assert "Jeudi" in browser.get(address).content.decode()
    changed = {"name": "Place du bourg", "service": "60", "opens": "09:00", "closes": "12:00", "visits": "1"}
    assert browser.post(f"{address}arret/x/", changed).status_code == 302
    assert browser.post(f"{address}arret/x/", changed | {"service": "240"}).status_code == 422
    assert browser.get(f"{address}arret/depot/").status_code == 404
    assert "Place du bourg" in browser.get(f"{address}tournee.csv").content.decode()
    refused = browser.post(f"{address}publier/", {"first_monday": "2026-12-01"})
    assert refused.status_code == 422
    assert "lundi" in refused.content.decode()
    assert browser.post(f"{address}publier/", {"first_monday": "2026-11-30", "replaces": "on"}).status_code == 302
    assert "Place du bourg" in Client().get(f"/lieux/{bus.pk}-{bus.slug}/").content.decode()
    assert browser.post(f"{address}supprimer/").status_code == 409
    assert browser.post(f"{address}retirer/").status_code == 302
    assert browser.post(f"{address}supprimer/").status_code == 302
    assert not TourPlan.objects.exists()
    assert client_of(island.outsider).get(address).status_code == 404
