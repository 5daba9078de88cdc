"""The coordination of Martinique compares two plans, asks for a third and takes one, on a telephone and without JavaScript."""

from __future__ import annotations

import re

from browsing import PHONE, Site, axe_violations, sign_in
from playwright.sync_api import Browser, Page, expect


def _sound(page: Page) -> None:
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_two_plans_are_compared_and_one_is_taken(chromium: Browser, site: Site) -> None:
    page = chromium.new_context(base_url=site.address, viewport=PHONE, locale="fr-FR").new_page()  # type: ignore[arg-type]  # width and height
    sign_in(page, site)
    page.goto("/deploiement/")
    _sound(page)
    page.get_by_label("Plan A").select_option(label="Quatre lieux de plus, le plus d’habitants")
    page.get_by_label("Plan B").select_option(label="Quatre lieux de plus, l’intercommunalité la moins couverte d’abord")
    page.get_by_role("button", name="Comparer").click()
    _sound(page)
    expect(page.get_by_text(re.compile(r"Le plan B met 7.874 habitants de moins à portée que le plan A"))).to_be_visible()
    expect(page.get_by_text("C’est le meilleur plan possible")).to_be_visible()
    expect(page.get_by_text("Aucun plan ne peut faire mieux pour lui")).to_be_visible()

    page.goto("/deploiement/nouveau/")
    _sound(page)
    page.get_by_label("Nom du scénario").fill("Deux lieux de plus (fictif)")
    page.get_by_label("Nombre de lieux à placer").fill("2")
    page.get_by_label("Distance acceptable, en kilomètres").fill("4,5")
    page.get_by_role("button", name="Calculer").click()
    for _ in range(60):
        if page.get_by_role("heading", name="Résultat").is_visible():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("heading", name="Résultat")).to_be_visible()
    _sound(page)
    with page.expect_download() as file:
        page.get_by_role("link", name="GeoJSON").click()
    assert '"plan"' in file.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="Prendre ce plan").click()
    page.get_by_label("Motif du choix").fill("Les plus éloignés d’abord.")
    _sound(page)
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_text("Les plus éloignés d’abord.")).to_be_visible()
    _sound(page)
