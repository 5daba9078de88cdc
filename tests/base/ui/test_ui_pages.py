"""The pages of `base`: errors, refusals, language, what the site says about itself."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from tinyhtml5.parser import HTMLParser

from yole.base import registries
from yole.base.registries import NavigationEntry, Retention, Source

PAGES = ["/", "/accessibilite/", "/donnees/", "/sources/", "/code/", "/composants/"]


def well_formed(html: str) -> None:
    parser = HTMLParser()
    parser.parse(io.StringIO(html))
    assert not parser.errors, parser.errors
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id is used twice"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_well_formed_and_set_no_cookie(site_client: Client, path: str, language: str) -> None:
    response = site_client.get(path, headers={"Accept-Language": language})
    html = response.content.decode()
    assert response.status_code == 200
    well_formed(html)
    assert f'<html lang="{language}">' in html
    assert html.count("<h1") == (0 if path == "/" else 1)
    assert "– Yole Martinique</title>" in html
    assert not response.cookies
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert all(b - a <= 1 for a, b in pairwise(levels)), "a heading level is skipped"


@pytest.mark.parametrize("path", ["/accessibilite/", "/donnees/", "/sources/", "/code/"])
def test_pages_are_light(site_client: Client, path: str) -> None:
    # « Vos données » lists every table with personal data of the house.
    assert len(site_client.get(path).content) < (24_000 if path == "/donnees/" else 14_000)


def test_components_page_is_kept_out_of_search_engines(site_client: Client) -> None:
    assert '<meta name="robots" content="noindex">' in site_client.get("/composants/").content.decode()
    assert "Disallow: /composants/" in site_client.get("/robots.txt").content.decode()


def test_refusal_page(site_client: Client) -> None:
    response = site_client.get("/refuse/", headers={"Referer": "http://testserver/lieux/?ou=Ducos"})
    html = response.content.decode()
    assert response.status_code == 409
    well_formed(html)
    assert "Ce lieu est fermé ce jour-là." in html
    assert "&lt;b&gt;ou&lt;/b&gt;" in html
    assert 'href="/lieux/?ou=Ducos"' in html
    assert "05\u00a096\u00a000\u00a000\u00a000" in html
    assert "tel:+596596000000" in html


def test_refusal_never_leads_to_another_site(site_client: Client) -> None:
    html = site_client.get("/refuse/", headers={"Referer": "https://piege.example/refuse/"}).content.decode()
    assert "piege.example" not in html


def test_refusal_for_a_program(site_client: Client) -> None:
    response = site_client.get("/refuse/", headers={"Accept": "application/json"})
    assert response.status_code == 409
    assert json.loads(response.content) == {
        "code": "closed",
        "reason": "Ce lieu est fermé ce jour-là.",
        "remedy": "Prenez un autre jour <b>ou</b> appelez.",
    }


@pytest.mark.parametrize(("path", "status"), [("/nulle-part/", 404), ("/deny/", 403), ("/suspect/", 400), ("/fail/", 500)])
def test_error_pages(site_client: Client, path: str, status: int) -> None:
    response = site_client.get(path)
    html = response.content.decode()
    assert response.status_code == status
    well_formed(html)
    assert "tel:+596596000000" in html
    assert "Traceback" not in html
    assert "broken on purpose" not in html
    assert response.headers["Cache-Control"] == "no-store"
    program = site_client.get(path, headers={"Accept": "application/json"})
    assert program.status_code == status
    assert set(json.loads(program.content)) == {"code", "reason", "remedy"}


def test_server_error_gives_a_code_that_is_in_the_log(site_client: Client, caplog: pytest.LogCaptureFixture) -> None:
    html = site_client.get("/fail/").content.decode()
    code = re.search(r"E-[0-9A-Z]{4}", html)
    assert "Nous avons un problème. Ce n’est pas vous." in html
    assert code
    assert any(code.group() in record.getMessage() for record in caplog.records if record.name == "yole.errors")


def test_server_error_answers_when_the_layout_is_broken(site_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> str:
        raise OSError("no template")

    monkeypatch.setattr("yole.base.views.render_to_string", broken)
    response = site_client.get("/fail/")
    assert response.status_code == 500
    assert "Ce n’est pas vous" in response.content.decode()


def test_form_without_token_is_explained(site_client: Client) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Accept": "text/html", "Accept-Language": "fr"})
    response = strict.post("/form/")
    assert response.status_code == 403
    assert "Rien n’a été enregistré" in response.content.decode()
    well_formed(response.content.decode())


def test_language_switch_comes_back_and_keeps_the_choice(site_client: Client) -> None:
    response = site_client.post("/langue/", {"language": "en", "next": "/sources/?a=1"})
    assert (response.status_code, response["Location"]) == (302, "/sources/?a=1")
    assert response.cookies["langue"].value == "en"
    assert '<html lang="en">' in site_client.get("/sources/").content.decode()


@pytest.mark.parametrize(
    "forged",
    [
        "https://piege.example/",
        "//piege.example/",
        "///piege.example/",
        "/\\piege.example/",
        "\\\\piege.example",
        "javascript:alert(1)",
        "http:piege.example",
        "http:///piege.example",
        "https://testserver@piege.example/",
        "\x00//piege.example",
        "http://testserver//piege.example/",
    ],
)
def test_forged_next_page_is_ignored_and_said(site_client: Client, forged: str) -> None:
    response = site_client.post("/langue/", {"language": "fr", "next": forged})
    assert (response.status_code, response["Location"]) == (302, "/")
    page = site_client.get("/").content.decode()
    assert "La page demandée n’est pas sur ce site" in page
    assert "piege" not in page


@pytest.mark.parametrize("language", ["gcf", "de", "", "../en"])
def test_language_not_offered_is_refused(site_client: Client, language: str) -> None:
    response = site_client.post("/langue/", {"language": language, "next": "/"})
    assert response.status_code == 400
    assert "langue" not in response.cookies


def test_language_is_not_changed_by_a_link(site_client: Client) -> None:
    assert site_client.get("/langue/?language=en").status_code == 405


def test_data_page_shows_the_rules_that_run(site_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Retention("Inscriptions <test>", "vous prévenir", "la fin de l’atelier", timedelta(days=30), "effacées", lambda: 0)
    monkeypatch.setattr(registries, "RETENTION", {})
    monkeypatch.setattr("yole.base.views.RETENTION", {"x": rule})
    html = site_client.get("/donnees/").content.decode()
    assert "Inscriptions &lt;test&gt;" in html
    assert "30 jours" in html


def test_sources_page(site_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "yole.base.views.SOURCES", {"x": Source("Liste d’essai", "Personne", "1er août 2024", "Licence Ouverte 2.0", "tester")}
    )
    html = site_client.get("/sources/").content.decode()
    assert "Liste d’essai" in html
    assert "1<sup>er</sup> août 2024" in html


def test_navigation_marks_the_page_shown(site_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        NavigationEntry("Sources", "base:sources", 2),
        NavigationEntry("Données", "base:data", 1),
        NavigationEntry("Absente", "nowhere:x", 3),
    ]
    monkeypatch.setattr("yole.base.context.NAVIGATION", entries)
    html = site_client.get("/sources/").content.decode()
    assert re.findall(r'aria-current="page">([^<]+)<', html) == ["Sources", "Sources"]  # header and complete menu
    assert html.index("Données") < html.index("Sources</a>")
    assert "Absente" not in html


def test_manifest_and_favicon(site_client: Client) -> None:
    manifest = json.loads(site_client.get("/manifest.webmanifest").content)
    assert manifest["name"] == "Yole Martinique"
    assert manifest["icons"][0]["src"].endswith("logo.svg")
    assert site_client.get("/favicon.ico")["Location"].endswith("logo.svg")


def test_site_without_territory(site_client: Client, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Territory" not in name]
    response = Client(raise_request_exception=False, headers={"Accept-Language": "fr"}).get("/accessibilite/")
    assert response.status_code == 200
    assert "– Yole</title>" in response.content.decode()
