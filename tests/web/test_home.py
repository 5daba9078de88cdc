"""The home page: search first, real places, the bus, workshops; the entry of the professional space."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.places.conftest import coordinator, monday, territory  # noqa: F401  # the same fixtures
from tests.places.factories import PlaceFactory, StopFactory, StopTimeFactory
from yole.territory.models import Territory


def test_search_comes_first_then_places_bus_and_workshops(client: Client, territory: Territory, monday: datetime) -> None:  # noqa: F811
    PlaceFactory(name="Lieu fictif")
    StopTimeFactory(stop=StopFactory(name="De Briant"))
    html = client.get("/").content.decode()
    order = [html.index(text) for text in ('name="ou"', "Lieu fictif", "Le bus vient chez vous", "Prochains ateliers")]
    assert order == sorted(order)
    assert "De Briant" in html[order[2] : order[3]]
    assert 'action="/lieux/"' in html


def test_a_bus_that_has_left_is_not_announced(client: Client, territory: Territory, monkeypatch: Any) -> None:  # noqa: F811
    from yole.places import selectors

    monkeypatch.setattr(selectors, "local_now", lambda: datetime(2026, 11, 23, 13, 0))
    StopTimeFactory(stop=StopFactory(name="De Briant"))
    html = client.get("/").content.decode()
    assert "<b>23</b>" not in html
    assert "<b>30</b>" in html


def test_an_empty_directory_says_so(client: Client, territory: Territory) -> None:  # noqa: F811
    assert "Aucun lieu n’est encore dans l’annuaire." in client.get("/").content.decode()


def test_a_site_without_territory_answers(client: Client, db: None) -> None:
    for address in ("/", "/lieux/", "/lieux/?ou=Paris", "/lieux/bus/", "/lieux/tous/", "/lieux/donnees/", "/api/v1/places"):
        assert client.get(address).status_code == 200, address


def test_the_professional_space_asks_to_sign_in(client: Client, territory: Territory, coordinator: Any) -> None:  # noqa: F811
    assert "/compte/connexion/" in client.get(reverse("web:desk"))["Location"]
    client.force_login(coordinator, backend="yole.organisations.backends.AccountBackend")
    response = client.get(reverse("web:desk"))
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
