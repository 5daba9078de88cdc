"""Steps of an edition as organisers and visitors take them: an edition made, a proposal from the form to its confirmation, a crowd."""

from __future__ import annotations

import http.client
import re
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from browsing import Site, axe_violations
from playwright.sync_api import Page, expect

HERE = "/numerique-en-commun/"


def sound(page: Page) -> None:
    """axe finds nothing and nothing scrolls sideways."""
    assert axe_violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"scrolls sideways: {page.url}"


def make_edition(desk: Page, slug: str, title: str, days: tuple[date, date], rooms: Sequence[tuple[str, int]]) -> None:
    """A new edition, its venue with its rooms, and the call opened."""
    desk.goto(f"{HERE}espace-pro/nouvelle-edition/")
    desk.get_by_label("Adresse").fill(slug)
    desk.get_by_label("Titre").fill(title)
    desk.get_by_label("Premier jour").fill(days[0].isoformat())
    desk.get_by_label("Dernier jour").fill(days[1].isoformat())
    desk.get_by_role("button", name="Enregistrer").click()
    desk.goto(f"{HERE}espace-pro/{slug}/lieux/nouveau/")
    desk.get_by_label("Nom du lieu").fill(f"Halle {slug} (fictif)")
    desk.get_by_role("button", name="Enregistrer").click()
    for name, capacity in rooms:
        desk.get_by_role("link", name="Ajouter une salle").click()
        desk.get_by_label("Nom de la salle").fill(name)
        desk.get_by_label("Nombre de personnes").fill(str(capacity))
        desk.get_by_role("button", name="Enregistrer").click()
    desk.goto(f"{HERE}espace-pro/{slug}/")
    sound(desk)
    desk.get_by_role("button", name="Appel à propositions ouvert").click()


def propose(visitor: Page, slug: str, title: str, name: str, contact: str) -> None:
    """Somebody without an account answers the call; their page shows what they can do."""
    visitor.goto(f"{HERE}{slug}/")
    visitor.get_by_role("link", name="Je propose une séance").click()
    visitor.get_by_label("Titre").fill(title)
    visitor.get_by_label("Ce que vous proposez").fill("Un moment pour en parler.")
    visitor.get_by_label("Votre nom").fill(name)
    visitor.get_by_label("Votre e-mail ou votre téléphone").fill(contact)
    visitor.get_by_role("button", name="Envoyer ma proposition").click()
    expect(visitor.get_by_text("Reçue, en lecture")).to_be_visible()


def read_and_decide(desk: Page, slug: str, title: str, decision: str, answer: str = "") -> None:
    """A reader scores, the organisers decide."""
    desk.goto(f"{HERE}espace-pro/{slug}/propositions/")
    desk.get_by_role("link", name=title).click()
    desk.get_by_label("Votre note").select_option(value="4")
    desk.get_by_role("button", name="Noter mon avis").click()
    expect(desk.get_by_text(re.compile("Moyenne 4,0 sur 5"))).to_be_visible()
    desk.get_by_label(decision).check()
    desk.get_by_label("Réponse à l’auteur").fill(answer)
    desk.get_by_role("button", name="Noter la décision").click()


class Crowd(NamedTuple):
    """What the site answered to a crowd: status codes counted, and what else happened."""

    statuses: Counter[int]
    problems: list[str]


class _Visitor:
    """A connection of its own: one displayed form, then as many registrations as it is given."""

    def __init__(self, site: Site, path: str) -> None:
        parts = urlsplit(site.address)
        self._server, self._path = parts.netloc, path
        self._line = http.client.HTTPConnection(self._server, timeout=60)
        self._line.request("GET", path)
        answer = self._line.getresponse()
        page = answer.read().decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        cookie = re.search(r"csrftoken=(\w+)", answer.headers.get("Set-Cookie", ""))
        if found is None or cookie is None:
            raise AssertionError(f"{path} answers {answer.status} without its form")
        self._token, self._cookie = found.group(1), cookie.group(1)

    def send(self, fields: dict[str, str]) -> int:
        body = urlencode({**fields, "csrfmiddlewaretoken": self._token})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={self._cookie}",
            "Referer": f"http://{self._server}{self._path}",
        }
        self._line.request("POST", self._path, body, headers)
        answer = self._line.getresponse()
        answer.read()
        return answer.status


def crowd(site: Site, slug: str, slot: int, names: Sequence[str], *, repeated: int, threads: int = 12) -> Crowd:
    """Every name registers for a limited slot at the same time; the first `repeated` ones send their form twice (a double click)."""
    here = threading.local()
    forms = [
        {"name": name, "contact": f"personne{rank}@exemple.invalid", "size": "1", "key": str(uuid4()), "slots": str(slot), "consent": "on"}
        for rank, name in enumerate(names, 1)
    ]

    def send(fields: dict[str, str]) -> int | str:
        try:
            if not hasattr(here, "visitor"):
                here.visitor = _Visitor(site, f"{HERE}{slug}/inscription/")
            return int(here.visitor.send(fields))
        except (OSError, http.client.HTTPException, AssertionError) as error:
            return f"{fields['name']}: {error!r}"

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(send, [*forms[:repeated], *forms]))
    return Crowd(Counter(one for one in answers if isinstance(one, int)), [one for one in answers if isinstance(one, str)])
