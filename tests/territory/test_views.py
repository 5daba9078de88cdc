from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yole.territory.models import Quartier, Territory


def test_suggestions_are_small_public_and_cached(martinique: Territory, client: Client) -> None:
    answer = client.get(reverse("territory:suggestions"), {"q": "lamantin"})
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.json() == {
        "match": "guessed",
        "postcode": "",
        "elsewhere": "",
        "places": [{"code": "97213", "name": "Le Lamentin", "label": "Le Lamentin", "departement": "972", "postcodes": ["97232"]}],
    }
    assert not answer.cookies
    assert client.get(reverse("territory:suggestions"), {"q": "75001"}).json()["elsewhere"] == "Paris"
    assert client.get(reverse("territory:suggestions")).json()["match"] == "empty"
    assert len(client.get(reverse("territory:suggestions"), {"q": "s"}).content) < 1500
    assert client.post(reverse("territory:suggestions")).status_code == 405


@pytest.mark.parametrize("typed", ["<script>", "\x00\x00", "'; DROP TABLE", "%00", "a" * 500, "🛶" * 100, "97200" * 100])
def test_hostile_text_is_answered(martinique: Territory, client: Client, typed: str) -> None:
    answer = client.get(reverse("territory:suggestions"), {"q": typed})
    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_the_list_of_communes(martinique: Territory, client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        answer = client.get(reverse("territory:communes"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count('<th scope="row">') == 34
    assert "Fort-de-France" in page
    assert "CA du Centre de la Martinique" in page
    assert "75\u202f506" in page
    assert "table de 2026" in page
    assert "Insee" in page
    assert "<svg" in page
    assert len(answer.content) < 40_000


def test_the_list_as_a_file(martinique: Territory, client: Client) -> None:
    answer = client.get(reverse("territory:communes-csv"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 34
    assert rows[0]["nom"] == "Basse-Pointe"
    assert all(row["source"] and row["date"] for row in rows)


def test_without_communes_the_page_says_so(db: None, client: Client) -> None:
    assert "Aucune commune" in client.get(reverse("territory:communes")).content.decode()


def test_each_request_has_its_territory_and_time_zone(martinique: Territory, client: Client) -> None:
    answer = client.get(reverse("territory:communes"))
    assert answer.wsgi_request.territory == martinique  # type: ignore[attr-defined]  # set by the middleware
    assert timezone.get_current_timezone_name() == "UTC"


def test_quartiers_are_for_those_who_may(martinique: Territory, client: Client, account: Callable[[str], Any]) -> None:
    assert client.get(reverse("territory:quartiers")).status_code == 302
    client.force_login(account("mediator"), backend="yole.organisations.backends.AccountBackend")
    assert client.get(reverse("territory:quartiers")).status_code == 403


def test_the_desk_of_quartiers(martinique: Territory, client: Client, coordinator: Any) -> None:
    client.force_login(coordinator, backend="yole.organisations.backends.AccountBackend")
    page = reverse("territory:quartiers")
    added = client.post(page, {"commune": "97230", "name": "Tartane", "lat": "14,757", "lon": "-60,922"}, follow=True)
    assert "est ajouté à La Trinité" in added.content.decode().replace("\u00a0", " ")
    quartier = Quartier.objects.get()
    assert (quartier.lat, quartier.lon) == (14.757, -60.922)
    assert "no-store" in added.headers["Cache-Control"]

    again = client.post(page, {"commune": "97230", "name": "tartane"})
    assert again.status_code == 409
    assert "existe déjà" in again.content.decode()
    assert client.post(page, {"commune": "75056", "name": "x"}).status_code == 400
    assert client.post(page, {"commune": "97230", "name": "x", "lat": "95", "lon": "0"}).status_code == 400

    rename = reverse("territory:quartier-rename", args=[quartier.pk])
    assert "Tartane" in client.get(rename).content.decode()
    client.post(rename, {"name": "Tartane Bourg"})
    quartier.refresh_from_db()
    assert quartier.name == "Tartane Bourg"

    remove = reverse("territory:quartier-remove", args=[quartier.pk])
    assert "ne sera plus proposé" in client.get(remove).content.decode()
    quartier.refresh_from_db()
    assert quartier.removed_at is None
    client.post(remove)
    quartier.refresh_from_db()
    assert quartier.removed_at is not None
    assert client.get(remove).status_code == 404


def test_a_structure_adds_but_does_not_remove(tartane: Quartier, client: Client, account: Callable[[str], Any]) -> None:
    client.force_login(account("structure-coordinator"), backend="yole.organisations.backends.AccountBackend")
    page = client.get(reverse("territory:quartiers")).content.decode()
    assert "Tartane" in page
    assert "Retirer" not in page
    for name in ("territory:quartier-rename", "territory:quartier-remove"):
        assert client.post(reverse(name, args=[tartane.pk]), {"name": "x"}).status_code == 403
    tartane.refresh_from_db()
    assert (tartane.name, tartane.removed_at) == ("Tartane", None)
