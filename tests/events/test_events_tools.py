"""Importing from the desk, news, the page that other sites show, badges."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import fromstring

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.events.programmes import by_hand
from yole.events.engine.document import Reading
from yole.events.formats import table

IMPORT = "/numerique-en-commun/espace-pro/importer-un-programme/fichier/"


def test_importing_shows_first_and_writes_after(fair: SimpleNamespace, client: Any) -> None:
    import re

    from yole.events.models import Edition

    client.force_login(fair.organiser)
    assert client.get(IMPORT).status_code == 200
    wrong = client.post(IMPORT, {"do": "preview", "file": SimpleUploadedFile("a.xml", b"<html/>")})
    assert (wrong.status_code, "racine" in wrong.text) == (422, True)
    shown = client.post(IMPORT, {"do": "preview", "file": SimpleUploadedFile("p.csv", table.write(by_hand(4)))})
    assert "NEC Martinique 2026" in shown.text
    assert not Edition.objects.filter(slug="nec_2026").exists()
    signed = re.search(r'name="signed" value="([^"]+)"', shown.text)
    assert signed is not None
    from html import unescape

    done = client.post(IMPORT, {"do": "apply", "signed": unescape(signed[1])})
    assert done.status_code == 302
    assert Edition.objects.get(slug="nec_2026").slots.count() == 4
    assert client.post(IMPORT, {"do": "apply", "signed": "faux"}).status_code == 422
    client.force_login(fair.coordinator)
    assert client.post(IMPORT, {"do": "apply", "signed": unescape(signed[1])}).status_code == 403


def published(fair: SimpleNamespace) -> Any:
    from yole.events.services_exchange import import_programme
    from yole.events.services_programme import cancel_slot, publish

    edition = import_programme(None, fair.territory, Reading(by_hand(4))).edition
    publish(None, edition)
    cancel_slot(None, edition.slots.get(number=3), "Salle fermée")
    publish(None, edition)
    return edition


def test_news_say_what_moved(fair: SimpleNamespace, client: Any) -> None:
    published(fair)
    items = fromstring(client.get("/numerique-en-commun/nec_2026/nouvelles.xml").content).findall("channel/item")
    assert [item.findtext("guid") for item in items] == ["nec_2026-v2", "nec_2026-v1"]
    assert "Salle fermée" in (items[0].findtext("description") or "")


def test_another_site_may_show_the_programme(fair: SimpleNamespace, client: Any) -> None:
    published(fair)
    shown = client.get("/numerique-en-commun/nec_2026/integration/")
    assert "Nuit du code" in shown.text
    assert "X-Frame-Options" not in shown.headers
    assert "frame-ancestors" in shown.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" not in shown.headers["Content-Security-Policy"]
    assert shown.cookies == {}
    assert client.get("/numerique-en-commun/nec_2026/schedule.json").headers["Access-Control-Allow-Origin"] == "*"


def test_documents_of_the_desk(fair: SimpleNamespace, client: Any, person: Any) -> None:
    from yole.events.services_editions import open_registration
    from yole.events.services_registration import register

    edition = published(fair)
    open_registration(None, edition, 10)
    edition.refresh_from_db()
    register(edition, person())
    client.force_login(fair.mediator)
    at = "/numerique-en-commun/espace-pro/nec_2026/"
    assert client.get(at + "badges/").status_code == 200
    assert client.get(at + "badges.pdf?champ=code&champ=autre").content[:4] == b"%PDF"
    assert client.get(at + "porte/feuille.pdf").content[:4] == b"%PDF"
    assert client.get("/numerique-en-commun/nec_2026/programme.pdf").content[:4] == b"%PDF"
