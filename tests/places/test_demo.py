"""The demonstration: the 20 places, honest about what nobody checked, loaded once."""

from __future__ import annotations

from django.test import Client

from yole.places import demo
from yole.places.models import Confirmation, Place, StopTime
from yole.territory.models import Territory


def test_the_twenty_places_are_loaded_once(territory: Territory) -> None:
    said: list[str] = []
    demo.load(said.append)
    assert len(said) == 1
    assert Place.objects.count() == 20
    assert Place.objects.filter(kind="itinerant").count() == 3
    assert Place.objects.get(closed_on__isnull=False).source_id == "fs-1990"
    assert not Confirmation.objects.exists()
    assert sorted(StopTime.objects.values_list("weekday", "stop__name")) == [
        ("Fr", "Langellier Bellevue"),
        ("Mo", "De Briant"),
        ("We", "Godissard"),
    ]
    Place.objects.filter(source_id="fs-555").update(name="Corrigé par une personne")
    before = list(Place.objects.order_by("pk").values())
    demo.load(said.append)
    assert list(Place.objects.order_by("pk").values()) == before
    assert len(said) == 1


def test_the_home_page_shows_them(client: Client, territory: Territory) -> None:
    demo.load(lambda text: None)
    html = client.get("/").content.decode()
    assert "Trouver de l’aide près de chez moi" in html
    assert "Voir les 19 lieux de Martinique" in html.replace("\u00a0", " ")
    assert "Le bus vient chez vous" in html
    assert "Prochains ateliers" in html
