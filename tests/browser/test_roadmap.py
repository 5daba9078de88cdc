"""On a telephone: from what was said to a proposal, its answer, a commitment whose indicator moves by itself, and its public page."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

from browsing import PHONE, OpenPage, Site, axe_violations, sign_in
from playwright.sync_api import Page

TITLE = "Tenir cent permanences le soir (fictif)"


def _sound(page: Page) -> None:
    assert axe_violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def _latest(page: Page) -> int:
    """The value of the indicator's last reading, on the page of the desk."""
    words = page.locator("article p.strong").first.inner_text().replace("\u202f", "").replace("\u00a0", " ")
    found = re.match(r"(\d+) activités", words)
    assert found is not None, words
    return int(found.group(1))


def _read_again(page: Page) -> None:
    page.get_by_role("button", name="Lire le chiffre maintenant").click()
    page.get_by_role("status").first.wait_for()


def test_from_what_was_said_to_a_promise_that_measures_itself(site: Site, open_page: OpenPage) -> None:
    desk = open_page("/")
    sign_in(desk, site)
    desk.goto("/feuille-de-route/equipe/enseignements/noter/")
    desk.get_by_label("Ce qui a été dit").fill("Le soir, il n’y a personne pour aider.")
    desk.get_by_label("Où", exact=True).fill("Café IA d’essai (fictif)")
    _sound(desk)
    desk.get_by_role("button", name="Enregistrer").click()
    desk.get_by_role("checkbox", name=re.compile("Le soir, il n’y a personne")).check()
    desk.get_by_label("La proposition, en une phrase").fill("Des permanences le soir (fictif)")
    _sound(desk)
    desk.get_by_role("button", name="Faire une proposition").click()
    proposal = desk.url

    desk.get_by_role("link", name="Répondre").click()
    desk.get_by_role("radio", name="Retenue").check()
    desk.get_by_label("Comité qui répond").select_option(label="Comité de pilotage (fictif)")
    desk.get_by_role("button", name="Enregistrer").click()
    assert desk.get_by_role("alert").is_visible(), "an answer has a reason"
    _sound(desk)
    desk.get_by_label("Raison").fill("Trois structures ouvrent un soir par semaine (fictif).")
    desk.get_by_role("button", name="Enregistrer").click()
    assert desk.url == proposal

    desk.get_by_role("link", name="En faire un engagement").click()
    _sound(desk)
    desk.get_by_label("Intitulé").fill(TITLE)
    desk.get_by_label("Axe", exact=True).select_option(index=1)
    desk.get_by_label("Structure responsable").select_option(index=1)
    desk.get_by_label("Fonction responsable").fill("direction")
    desk.get_by_label("Échéance").fill((date.today() + timedelta(days=300)).isoformat())
    desk.get_by_role("button", name="Enregistrer").click()
    assert desk.get_by_text("au moins un indicateur").is_visible()
    _sound(desk)

    desk.get_by_role("link", name="Indicateur", exact=True).click()
    for label, value in (
        ("Nom", "Activités"), ("Définition", "Comptes rendus, tous thèmes (fictif)."), ("Unité", "activités"), ("Source", "Yole"),
        ("Population", "Activités du territoire"), ("Référence", "0"), ("Source de la référence", "Compte de départ"), ("Cible", "90000"),
    ):  # fmt: skip
        desk.get_by_label(re.compile(rf"^{label}(\s*\(facultatif\))?$")).fill(value)
    desk.get_by_label("Chiffre de Yole").select_option(value="activities.activities")
    _sound(desk)
    desk.get_by_role("button", name="Enregistrer").click()
    desk.get_by_role("button", name="Publier cet engagement").click()
    _read_again(desk)
    before = _latest(desk)

    mediator = open_page("/")
    sign_in(mediator, site, "mediation")
    mediator.goto("/activites/nouvelle/")
    form = mediator.locator("form.report")
    for name in ("who", "where", "duration", "themes"):
        form.locator(f".task:has([name={name}])").first.click()
    form.locator(".bottom-bar button").click()
    mediator.wait_for_url(re.compile(r"/enregistree/$"))

    deadline = time.monotonic() + 40
    while _latest(desk) <= before and time.monotonic() < deadline:
        _read_again(desk)
    assert _latest(desk) > before, "the indicator follows the reports, nobody typed it"

    public = open_page("/feuille-de-route/")
    _sound(public)
    public.get_by_role("link", name=re.compile(re.escape(TITLE))).click()
    _sound(public)
    assert public.get_by_text("à jour au").count() >= 1
    public.get_by_role("link", name=re.compile("Des permanences le soir")).click()
    assert public.get_by_text("Trois structures ouvrent un soir par semaine (fictif).").is_visible()
    _sound(public)
    public.get_by_role("link", name=re.compile("Le soir, il n’y a personne")).click()
    _sound(public)
    public.get_by_role("link", name=re.compile("Des permanences le soir")).click()
    assert public.get_by_role("link", name=re.compile(re.escape(TITLE))).is_visible()
    public.goto("/feuille-de-route/suivre/")
    _sound(public)
