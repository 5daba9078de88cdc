"""Stops, times and cancelled days of a bus."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from yole.places.models import PlaceChange, Stop, StopCancellation, StopTime
from yole.territory import selectors as territory_selectors


@pytest.fixture
def stop(bus: Any) -> Stop:
    return Stop.objects.create(place=bus, name="Mairie", insee_code="97214", commune_name="Le Lorrain")


WEEKLY = {"rhythm": "1", "weekday": "Mo", "starts": "08:15", "ends": "13:00"}


def test_a_stop_is_added_changed_and_removed(signed: Any, bus: Any) -> None:
    address = reverse("places:desk-stop-new", args=[bus.pk])
    sent = {"name": "Marché", "insee_code": "97214", "address": "Place du marché", "lat": "14,83", "lon": "-61,05", "step_free": "oui"}
    assert signed.post(address, sent).status_code == 302
    made = Stop.objects.get()
    assert (made.commune_name, made.lat, made.step_free) == ("Le Lorrain", 14.83, True)
    assert "déjà un arrêt de ce nom" in signed.post(address, sent).content.decode()  # sent twice
    for wrong in ({"name": ""}, {"insee_code": "75056"}, {"lon": ""}, {"lat": "200"}):
        assert signed.post(address, sent | {"name": "Autre"} | wrong).status_code == 400
    edit = reverse("places:desk-stop", args=[bus.pk, made.pk])
    assert signed.get(edit).context["form"]["step_free"].value() == "oui"
    assert signed.post(edit, sent | {"name": "Grand marché", "step_free": ""}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.step_free) == ("Grand marché", None)
    remove = reverse("places:desk-stop-remove", args=[bus.pk, made.pk])
    assert "Grand marché" in signed.get(remove).content.decode()
    assert Stop.objects.exists()
    assert signed.post(remove).status_code == 302
    assert not Stop.objects.exists()
    assert [c.why for c in PlaceChange.objects.filter(place=bus, created=False).order_by("id")] == [
        "Arrêt ajouté",
        "Arrêt modifié",
        "Arrêt retiré : Grand marché",
    ]


def test_times_weekly_every_second_week_and_once(signed: Any, bus: Any, stop: Stop) -> None:
    address = reverse("places:desk-time-new", args=[bus.pk, stop.pk])
    today = territory_selectors.today()
    for _ in range(2):
        assert signed.post(address, WEEKLY).status_code == 302
    assert StopTime.objects.count() == 1
    assert signed.post(address, WEEKLY | {"rhythm": "2", "weekday": "We", "valid_from": today.isoformat()}).status_code == 302
    once = (today + timedelta(days=3)).isoformat()
    assert signed.post(address, {"rhythm": "date", "on_date": once, "starts": "09:00", "ends": "10:00"}).status_code == 302
    assert {(t.weekday, t.every_weeks) for t in StopTime.objects.all()} == {("Mo", 1), ("We", 2), ("", 1)}
    page = signed.get(reverse("places:desk-bus", args=[bus.pk]))
    days = [p.day for p in page.context["passages"]]
    assert sum(day.weekday() == 0 for day in days) == 6
    assert sum(day.weekday() == 2 and day.isoformat() != once for day in days) == 3
    line = StopTime.objects.get(weekday="Mo")
    edit = reverse("places:desk-time", args=[bus.pk, line.pk])
    assert signed.get(edit).status_code == 200
    assert signed.post(edit, WEEKLY | {"ends": "14:00", "on_holidays": "non"}).status_code == 302
    line.refresh_from_db()
    assert (line.ends.hour, line.on_holidays) == (14, False)
    remove = reverse("places:desk-time-remove", args=[bus.pk, line.pk])
    assert signed.get(remove).status_code == 200
    assert signed.post(remove).status_code == 302
    assert StopTime.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends": "08:00"}, "part avant"),
        ({"ends": "25:00"}, "heure"),
        ({"weekday": ""}, "quel jour"),
        ({"rhythm": "2"}, "première semaine"),
        ({"rhythm": "9"}, ""),
        ({"rhythm": "date", "on_date": "2026-02-30"}, "date"),
        ({"valid_from": "2026-12-01", "valid_until": "2026-11-01"}, "avant le début"),
    ],
)
def test_a_time_that_cannot_be_is_refused(signed: Any, bus: Any, stop: Stop, wrong: dict[str, str], words: str) -> None:
    answer = signed.post(reverse("places:desk-time-new", args=[bus.pk, stop.pk]), WEEKLY | wrong)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not StopTime.objects.exists()


def test_a_cancelled_day_is_shown_to_the_public_and_restored(signed: Any, client: Any, bus: Any, stop: Stop) -> None:
    today = territory_selectors.today()
    day = today + timedelta(days=(7 - today.weekday()) % 7 or 7)
    signed.post(reverse("places:desk-time-new", args=[bus.pk, stop.pk]), WEEKLY)
    address = reverse("places:desk-bus", args=[bus.pk])
    assert signed.post(address, {"on": (today - timedelta(days=1)).isoformat(), "reason": "panne"}).status_code == 400
    assert signed.post(address, {"on": day.isoformat(), "reason": ""}).status_code == 400
    assert signed.post(address, {"on": day.isoformat(), "reason": "panne", "stop": "999999"}).status_code == 400
    for _ in range(2):
        assert signed.post(address, {"on": day.isoformat(), "reason": "bus en panne"}).status_code == 302
    assert StopCancellation.objects.count() == 1
    public = signed.get(reverse("places:place", args=[bus.pk, bus.slug])).content.decode()
    assert "bus en panne" in public
    restore = reverse("places:desk-restore-day", args=[bus.pk, StopCancellation.objects.get().pk])
    for _ in range(2):
        assert signed.post(restore).status_code == 302
    assert not StopCancellation.objects.exists()


def test_a_fixed_place_has_no_stops_and_a_mediator_changes_none(signed: Any, sign_in: Any, mediator: Any, place: Any, bus: Any) -> None:
    assert signed.get(reverse("places:desk-bus", args=[place.pk])).status_code == 404
    client = sign_in(mediator)
    assert client.get(reverse("places:desk-bus", args=[bus.pk])).status_code == 403
    assert client.post(reverse("places:desk-stop-new", args=[bus.pk]), {"name": "x"}).status_code == 403
    assert not Stop.objects.exists()
