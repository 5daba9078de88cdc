"""Public pages: what they show, what they never show, and what they say of bad input."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.places.factories import PlaceFactory, ReportFactory, StopFactory, StopTimeFactory
from yole.places.models import Confirmation, Place, Report, StopCancellation
from yole.territory.models import Territory

SECRET = "secret-contact@exemple.invalid"


def page_of(place: Place) -> str:
    return reverse("places:place", args=[place.pk, place.slug])


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode().replace("\u00a0", " ")


def test_search_lists_places_with_numbers_and_map(client: Client, territory: Territory, monday: datetime) -> None:
    PlaceFactory(name="Lieu fictif des Roses")
    PlaceFactory(name="Lieu fictif du Port", lat=14.6, lon=-61.07, commune_name="Fort-de-France", insee_code="97209")
    html = text_of(client, "/lieux/?ou=Saint-Joseph")
    assert html.index("Lieu fictif des Roses") < html.index("Lieu fictif du Port")
    assert "à vol d’oiseau" in html
    assert "Ouvert jusqu’à 12 h" in html
    assert html.count('class="pt"') == 2
    assert "Saint-Joseph" in html


def test_filters_have_chips_that_take_them_away(client: Client, territory: Territory, monday: datetime) -> None:
    PlaceFactory()
    html = text_of(client, "/lieux/?ou=Saint-Joseph&gratuit=1&aide=demarches")
    assert 'href="/lieux/?ou=Saint-Joseph&amp;aide=demarches"' in html
    assert 'href="/lieux/?ou=Saint-Joseph&amp;gratuit=1"' in html


def test_nothing_found_offers_one_action(client: Client, territory: Territory, monday: datetime) -> None:
    PlaceFactory(name="Le plus proche fictif")
    html = text_of(client, "/lieux/?ou=Saint-Joseph&aide=materiel")
    assert "Aucun lieu ne correspond." in html
    assert "Le plus proche fictif" in html
    assert "Chercher sans les filtres" in html


def test_paging_keeps_the_search(client: Client, territory: Territory, monday: datetime) -> None:
    PlaceFactory.create_batch(25)
    html = text_of(client, "/lieux/?ou=Saint-Joseph&gratuit=1")
    assert "page=2" in html
    assert "Page 1 sur 3" in html
    second = text_of(client, "/lieux/?ou=Saint-Joseph&gratuit=1&page=2")
    assert 'id="lieu-13"' in second
    assert 'id="lieu-12"' not in second


BAD = [
    "/lieux/?page=abc",
    "/lieux/?page=-1",
    "/lieux/?page=999999999999999999999",
    "/lieux/?page=9999",
    "/lieux/?lat=95&lon=-61",
    "/lieux/?lat=nan&lon=1",
    "/lieux/?lat=14.6",
    "/lieux/?jour=30 février",
    "/lieux/?jour=2026-02-30",
    "/lieux/?aide=piratage",
    "/lieux/?ou=" + "a" * 500,
    "/lieux/?ou=%00%00",
    "/lieux/?ou=%F0%9F%9A%8C",
    "/lieux/?ou='; DROP TABLE places_place;--",
    "/lieux/?langue=%00",
    "/lieux/bus/?lat=95&lon=0",
    "/lieux/bus/?jours=-4",
    "/lieux/bus/?ou=" + "z" * 500,
    "/lieux/bus/arrets.ics?lat=x&lon=y",
    "/lieux/tous/?page=zzz",
]


@pytest.mark.parametrize("address", BAD)
def test_bad_parameters_never_break_a_page(client: Client, territory: Territory, monday: datetime, address: str) -> None:
    PlaceFactory()
    before = list(Place.objects.values())
    assert client.get(address).status_code == 200
    assert list(Place.objects.values()) == before


@pytest.mark.parametrize(
    ("address", "said"), [(BAD[0], "Cette page n’existe pas"), (BAD[4], "Cette position n’existe pas"), (BAD[8], "Ce jour n’existe pas")]
)
def test_bad_parameters_are_said(client: Client, territory: Territory, monday: datetime, address: str, said: str) -> None:
    PlaceFactory()
    assert said in text_of(client, address)


@pytest.mark.parametrize(
    "address",
    [
        "/lieux/999999/",
        "/lieux/99999999999999999999999/",
        "/lieux/999999-x/",
        "/lieux/999999/fiche/",
        "/lieux/999999/fiche.pdf",
        "/lieux/999999/signaler/",
        "/lieux/x/",
    ],
)
def test_a_place_that_does_not_exist_is_a_friendly_404(client: Client, territory: Territory, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_page_says_hours_access_freshness_and_source(client: Client, territory: Territory, monday: datetime) -> None:
    place = PlaceFactory(
        name="Lieu fictif", opening_hours="Mo 08:00-13:00,14:00-17:00; PH off", updated_on=date(2024, 8, 1), source_label="Liste fictive"
    )
    html = text_of(client, page_of(place))
    assert "8 h – 13 h, 14 h – 17 h" in html
    assert 'aria-current="date"' in html
    assert "Ouvert jusqu’à 13 h" in html
    assert 'href="tel:+596596574869"' in html
    assert "05 96 57 48 69" in html
    assert "Horaires vérifiés par le lieu : jamais." in html
    assert "Appelez avant un long trajet." in html
    assert "Source : Liste fictive" in html
    assert html.count("Non renseigné") >= 2, "wheelchair access and languages are unknown, and said so"
    assert "openstreetmap.org" in html
    assert "Noël" in html
    Confirmation.objects.create(place=place, group="hours", confirmed_on=date(2026, 11, 1), how="appel au lieu")
    html = text_of(client, page_of(place))
    assert "Horaires vérifiés le 1<sup>er</sup> novembre 2026 (appel au lieu)." in html
    assert "jamais" not in html


def test_a_merged_place_leads_to_the_kept_one(client: Client, territory: Territory) -> None:
    kept = PlaceFactory(name="Gardé")
    middle = PlaceFactory(name="Milieu", merged_into=kept)
    gone = PlaceFactory(name="Parti", merged_into=middle)
    response = client.get(page_of(gone))
    assert response.status_code == 302
    assert response["Location"] == page_of(kept)
    assert client.get(f"/lieux/{kept.pk}-ancien-nom/")["Location"] == page_of(kept)
    assert client.get(reverse("places:sheet", args=[gone.pk]))["Location"] == reverse("places:sheet", args=[kept.pk])


def test_a_closed_place_says_so_and_shows_the_nearest_open(client: Client, territory: Territory, monday: datetime) -> None:
    closed = PlaceFactory(closed=True, name="Fermé fictif")
    PlaceFactory(name="Voisin ouvert fictif", lat=14.68)
    html = text_of(client, page_of(closed))
    assert "Ce lieu est fermé." in html
    assert "locaux abîmés" in html
    assert "Voisin ouvert fictif" in html
    assert "Ouvert jusqu" not in html.split("proches")[0]


def test_a_bus_page_shows_its_stops(client: Client, territory: Territory, monday: datetime) -> None:
    bus = PlaceFactory(bus=True, name="Bus fictif")
    StopTimeFactory(stop=StopFactory(place=bus, name="De Briant"))
    StopCancellation.objects.create(place=bus, on_date=date(2026, 11, 30), reason="panne du bus")
    html = text_of(client, page_of(bus))
    assert "Aujourd’hui à De Briant, de 8 h 15 à 13 h" in html
    assert "Ne passe pas : panne du bus" in html
    assert html.count("De Briant") >= 4
    assert client.get(reverse("places:place-ics", args=[bus.pk])).content.count(b"BEGIN:VEVENT") == 9
    no_stop = PlaceFactory(bus=True, name="Bus sans arrêts")
    assert "Les arrêts de ce bus ne sont pas renseignés" in text_of(client, page_of(no_stop))


def test_when_does_the_bus_pass_near_me(client: Client, territory: Territory, monday: datetime) -> None:
    bus = PlaceFactory(bus=True, name="Bus fictif")
    StopTimeFactory(stop=StopFactory(place=bus, name="De Briant"))
    html = text_of(client, "/lieux/bus/?ou=Schoelcher")
    assert "De Briant" in html
    assert "à vol d’oiseau" in html
    far = text_of(client, "/lieux/bus/?ou=Sainte-Anne")
    assert "Aucun arrêt à moins de 8 km" in far
    feed = client.get("/lieux/bus/arrets.ics?ou=Schoelcher")
    assert feed["Content-Type"].startswith("text/calendar")
    assert b"De Briant" in feed.content


def test_the_sheet_and_its_pdf(client: Client, territory: Territory, monday: datetime) -> None:
    place = PlaceFactory(name="Lieu fictif à imprimer")
    html = text_of(client, reverse("places:sheet", args=[place.pk]))
    assert "<svg" in html
    assert "style=" not in html
    assert f"testserver/lieux/{place.pk}/" in html
    response = client.get(reverse("places:sheet-pdf", args=[place.pk]))
    assert response["Content-Type"] == "application/pdf"
    from io import BytesIO

    from pypdf import PdfReader

    reader = PdfReader(BytesIO(response.content))
    box = reader.pages[0].mediabox
    assert [round(float(side) / 72 * 25.4) for side in (box.width, box.height)] == [148, 210]
    assert len(reader.pages) == 1
    assert "Lieu fictif à imprimer" in reader.pages[0].extract_text().replace("\u00a0", " ")


def test_reporting_an_error_once(client: Client, territory: Territory) -> None:
    place = PlaceFactory()
    address, key = reverse("places:report", args=[place.pk]), str(uuid4())
    assert 'name="key"' in text_of(client, address)
    said = {"kind": "hours", "text": "Ouvert à 9 h", "contact": SECRET, "key": key}
    for _ in range(2):
        response = client.post(address, said)
        assert response.status_code == 302
        assert response["Location"] == reverse("places:reported", args=[place.pk])
    assert Report.objects.count() == 1
    assert "Merci" in text_of(client, response["Location"])


@pytest.mark.parametrize(
    "change", [{"kind": ""}, {"kind": "bus"}, {"kind": "other", "text": ""}, {"text": "x" * 1001}, {"key": "pas-une-clé"}, {"key": ""}]
)
def test_a_report_with_errors_keeps_what_was_typed(client: Client, territory: Territory, change: dict[str, str]) -> None:
    place = PlaceFactory()
    said = {"kind": "hours", "text": "Gardez ce texte", "contact": "0696 00 00 00", "key": str(uuid4()), **change}
    response = client.post(reverse("places:report", args=[place.pk]), said)
    html = response.content.decode()
    assert response.status_code == 400
    assert "Erreur" in html[:600]
    assert "0696 00 00 00" in html
    assert not Report.objects.exists()


def test_nul_bytes_in_a_report_do_not_break(client: Client, territory: Territory) -> None:
    place = PlaceFactory()
    said = {"kind": "hours", "text": "a\x00b", "contact": "\x00", "key": str(uuid4())}
    assert client.post(reverse("places:report", args=[place.pk]), said).status_code in {302, 400}


def test_what_people_wrote_is_nowhere_public(client: Client, territory: Territory, monday: datetime) -> None:
    report = ReportFactory(text="Texte privé du signalement", answer="Réponse privée")
    place = report.place
    addresses = [
        page_of(place),
        *(
            "/",
            "/lieux/?ou=Saint-Joseph",
            "/lieux/tous/",
            "/lieux/donnees/",
            "/lieux/donnees/lieux.csv",
            "/lieux/donnees/data-inclusion.json",
        ),
        *(reverse(f"places:{name}", args=[place.pk]) for name in ("sheet", "report", "reported")),
        *("/api/v1/places", f"/api/v1/places/{place.pk}"),
    ]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        for secret in (SECRET, "Texte privé", "Réponse privée"):
            assert secret not in response.content.decode(), address


def test_all_places_by_commune(client: Client, territory: Territory) -> None:
    PlaceFactory(name="Ouvert fictif")
    PlaceFactory(name="Fermé fictif", closed=True, commune_name="Ducos")
    PlaceFactory(name="Fusionné fictif", merged_into=Place.objects.get(name="Ouvert fictif"))
    html = text_of(client, "/lieux/tous/")
    assert html.index("Ducos") < html.index("Saint-Joseph")
    assert "Fusionné fictif" not in html


def test_open_data_downloads_are_marked(client: Client, territory: Territory) -> None:
    PlaceFactory(name="Lieu ouvert fictif")
    PlaceFactory(name="Lieu fermé fictif", closed=True)
    assert "Licence Ouverte" in text_of(client, "/lieux/donnees/")
    response = client.get("/lieux/donnees/lieux.csv")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Lieu ouvert fictif" in response.content.decode()
    assert "Lieu fermé fictif" not in response.content.decode()
    assert client.get("/lieux/donnees/lieux.csv", headers={"If-None-Match": response["ETag"]}).status_code == 304
    PlaceFactory()
    assert client.get("/lieux/donnees/lieux.csv", headers={"If-None-Match": response["ETag"]}).status_code == 200


@pytest.mark.parametrize("number", [2, 45])
@pytest.mark.parametrize(
    "address",
    ["/", "/lieux/?ou=Saint-Joseph&gratuit=1&jour=2026-11-24", "/lieux/?ou=Saint-Joseph", "/lieux/tous/", "/lieux/bus/?ou=Saint-Joseph"],
)
def test_at_most_12_queries(
    client: Client, territory: Territory, monday: datetime, django_assert_max_num_queries: Any, number: int, address: str
) -> None:
    PlaceFactory.create_batch(number)
    PlaceFactory(closed=True)
    StopTimeFactory(stop=StopFactory(place=PlaceFactory(bus=True, name="A bus")))
    client.get(address)  # names of communes and the drawing of the island are read once per process
    with django_assert_max_num_queries(12):
        client.get(address)


def test_no_page_has_anything_inline(client: Client, territory: Territory, monday: datetime) -> None:
    place = PlaceFactory()
    for address in ("/", "/lieux/", page_of(place), reverse("places:sheet", args=[place.pk]), "/lieux/bus/", "/api/"):
        html = text_of(client, address)
        assert "<style" not in html
        assert "style=" not in html
        assert "<script>" not in html
        assert 'src="http' not in html


def test_the_sheet_shows_its_qr_on_screen_and_in_pdf(client: Client, territory: Territory) -> None:
    place = PlaceFactory()
    page = client.get(reverse("places:sheet", args=[place.pk])).content
    assert page.count(b'src="data:image/svg+xml') == 1
    content = client.get(reverse("places:sheet-pdf", args=[place.pk])).content
    if shutil.which("pdftoppm") is None:
        pytest.skip("poppler-utils is not installed: the page cannot be drawn")
    picture = subprocess.run(["pdftoppm", "-r", "60", "-gray", "-f", "1", "-l", "1", "-"], input=content, capture_output=True, check=True)
    _, size, _, pixels = picture.stdout.split(b"\n", 3)
    width, height = map(int, size.split())
    corner = [pixels[y * width + x] for y in range(height // 2, height) for x in range(int(width * 0.7), int(width * 0.95))]
    assert sum(value < 100 for value in corner) > 400  # black squares of the code, where an empty box has none
