"""The public API: answers, filters, errors in words, headers, and an OpenAPI description that holds under fuzzing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.places.conftest import monday, territory  # noqa: F401  # the same fixtures
from tests.places.factories import PlaceFactory, StopFactory, StopTimeFactory
from yole.places.api import AudienceKey, CareKey, LanguageKey, ServiceKey
from yole.places.criteria import AUDIENCE_KEYS, CARE_KEYS, LANGUAGE_NAMES, SERVICE_KEYS
from yole.places.models import Place
from yole.territory.models import Territory


def get(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(address)
    assert response.status_code == status, response.content[:300]
    return response.json()


def test_places_near_somewhere(client: Client, territory: Territory, monday: datetime) -> None:  # noqa: F811  # fixtures
    PlaceFactory(name="Loin", lat=14.45, lon=-60.9)
    PlaceFactory(name="Près", opening_hours="Mo 08:00-10:00")
    PlaceFactory(name="Fermé", closed=True)
    found = get(client, "/api/v1/places?where=Saint-Joseph")
    assert [(item["name"], item["state"]) for item in found["items"]] == [("Près", "open"), ("Loin", "open")]
    assert found["total"] == 2
    assert [item["name"] for item in get(client, "/api/v1/places?lat=14.45&lon=-60.9&limit=1")["items"]] == ["Loin"]
    assert get(client, "/api/v1/places?service=materiel&where=Saint-Joseph")["items"] == [], "nearest ones are for people, not for programs"
    assert get(client, "/api/v1/places?page=9")["items"] == []


def test_geojson(client: Client, territory: Territory) -> None:  # noqa: F811  # fixtures
    PlaceFactory()
    PlaceFactory(nowhere=True)
    response = client.get("/api/v1/places?format=geojson")
    assert response["Content-Type"] == "application/geo+json"
    features = response.json()["features"]
    assert {feature["geometry"] is None for feature in features} == {True, False}
    assert next(f["geometry"] for f in features if f["geometry"])["coordinates"] == [-61.038295, 14.670784]


def test_one_place(client: Client, territory: Territory) -> None:  # noqa: F811  # fixtures
    kept = PlaceFactory(name="Gardé")
    gone = PlaceFactory(merged_into=kept)
    assert get(client, f"/api/v1/places/{kept.pk}")["record"]["nom"] == "Gardé"
    assert get(client, f"/api/v1/places/{gone.pk}")["id"] == kept.pk
    assert get(client, "/api/v1/places/999999", 404)["code"] == "not-found"


def test_stops_and_communes(client: Client, territory: Territory, monday: datetime) -> None:  # noqa: F811  # fixtures
    StopTimeFactory(stop=StopFactory(name="De Briant"))
    (first,) = get(client, "/api/v1/stops?days=7")
    assert (first["stop"], first["day"], first["starts"]) == ("De Briant", "2026-11-23", "08:15")
    assert len(get(client, "/api/v1/stops?lat=14.45&lon=-60.87&within_km=3")) == 0
    assert len(get(client, "/api/v1/communes")) == 34
    assert get(client, "/api/v1/communes?q=97214")[0]["name"] == "Le Lorrain"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/places?lat=95&lon=0", 422),
        ("/api/v1/places?lat=14", 400),
        ("/api/v1/places?page=0", 422),
        ("/api/v1/places?page=1000&limit=100", 400),
        ("/api/v1/places?open_on=2026-02-30", 422),
        ("/api/v1/places?open_on=2001-01-01", 400),
        ("/api/v1/places?service=piratage", 422),
        ("/api/v1/places?where=" + "x" * 500, 422),
        ("/api/v1/stops?commune=%00", 422),
        ("/api/v1/stops?from_date=9999-12-31", 400),
        ("/api/v1/places/99999999999999999999", 404),
        ("/api/v1/places?where=%00", 200),
    ],
)
def test_bad_requests_say_what_is_wrong(client: Client, territory: Territory, address: str, status: int) -> None:  # noqa: F811  # fixtures
    answer = get(client, address, status)
    assert status == 200 or answer["reason"]


def test_headers(client: Client, territory: Territory) -> None:  # noqa: F811  # fixtures
    PlaceFactory()
    response = client.get("/api/v1/places")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in response["Cache-Control"]
    assert client.get("/api/v1/places", headers={"If-None-Match": response["ETag"]}).status_code == 304
    Place.objects.update(name="Autre nom")
    assert client.get("/api/v1/places", headers={"If-None-Match": response["ETag"]}).status_code == 200
    assert client.options("/api/v1/places").status_code == 204
    for method in (client.post, client.put, client.delete):
        refused = method("/api/v1/places")
        assert refused.status_code == 405
        assert "GET" in refused["Allow"]
    assert client.head("/api/v1/places").status_code == 200


def test_closed_lists_of_the_description_are_those_of_the_search() -> None:
    from typing import get_args

    assert get_args(ServiceKey) == tuple(SERVICE_KEYS)
    assert get_args(AudienceKey) == tuple(AUDIENCE_KEYS)
    assert get_args(CareKey) == tuple(CARE_KEYS)
    assert get_args(LanguageKey) == tuple(LANGUAGE_NAMES)


def test_the_page_for_people(client: Client, territory: Territory) -> None:  # noqa: F811  # fixtures
    html = client.get("/api/").content.decode()
    for path in ("/api/v1/places", "/api/v1/stops", "/api/v1/communes", "openapi.json"):
        assert path in html
