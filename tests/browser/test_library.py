"""The library of sheets: a question in everyday words, a sheet, a letter read again; at 360 px, without JavaScript; axe finds nothing."""

from __future__ import annotations

import re

from browsing import DESKTOP, PHONE, OpenPage, Site, axe_violations, sign_in
from playwright.sync_api import Page, expect

PAGES = (
    "/fiches/",
    "/fiches/?q=je+ne+peux+pas+payer+mon+loyer",
    "/fiches/?q=recette+du+colombo",
    "/fiches/toutes/",
    "/fiches/fiche/F19778/",
)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_question_a_sheet_and_a_letter_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/fiches/", size=PHONE, script=False)
    page.get_by_label("Votre question").fill("j’ai plus de sous pour l’électricité")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", name="Ce que disent les fiches")).to_be_visible()
    quoted = page.locator("blockquote").first.inner_text().strip("«» \u00a0\n")
    page.get_by_role("article").get_by_role("link").first.click()
    expect(page.get_by_role("main")).to_contain_text(quoted[:40])
    expect(page.get_by_text(re.compile("Personne n’a encore vérifié")).first).to_be_visible()
    assert fits(page)
    page.goto("/fiches/relire/")
    page.get_by_label("Le texte à relire").fill("En application de la loi, les pièces justificatives vous seront demandées.")
    page.get_by_role("button", name="Relire").click()
    expect(page.get_by_role("main")).to_contain_text("pièces justificatives")
    assert fits(page)


def test_axe_finds_nothing(open_page: OpenPage) -> None:
    page = open_page("/fiches/", size=PHONE)
    for address in PAGES:
        page.goto(address)
        assert axe_violations(page) == [], address


def test_a_mediator_verifies_a_sheet(open_page: OpenPage, site: Site) -> None:
    page = open_page("/", size=DESKTOP)
    sign_in(page, site, "mediation")
    page.goto("/fiches/equipe/")
    assert axe_violations(page) == []
    page.get_by_role("button", name=re.compile("J’ai vérifié")).first.click()
    expect(page.get_by_text(re.compile("vous avez vérifié cette fiche")).first).to_be_visible()
    page.goto("/fiches/equipe/mots/")
    assert axe_violations(page) == []
