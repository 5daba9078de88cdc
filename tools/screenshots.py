"""Fills docs/screenshots from a fresh demonstration territory: the pictures of the README."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from browsing import demonstration, launch, sign_in  # noqa: E402  # found through the line above

TARGET = ROOT / "docs" / "screenshots"


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with demonstration() as site, sync_playwright() as driver:
        browser = launch(driver)
        context = browser.new_context(
            viewport={"width": 1100, "height": 760}, locale="fr-FR", base_url=site.address, timezone_id="America/Martinique"
        )
        page = context.new_page()

        def take(name: str, address: str, link: str = "", *, at: str = "") -> None:
            """The page of an address, or the one behind its first link of these words, from the first heading of these words on."""
            page.goto(address)
            if link:
                page.get_by_role("main").get_by_role("link", name=link).first.click()
            if at:
                page.get_by_role("heading", name=at).first.evaluate("heading => heading.scrollIntoView()")
            page.screenshot(path=TARGET / f"{name}.png")

        take("home", "/")
        take("place", "/lieux/?ou=Saint-Joseph", "France services de Saint-Joseph")
        take("workshop", "/ateliers/", "Mes mots de passe")
        page.goto("/diagnostic/")
        page.get_by_role("button", name="Commencer").click()
        page.screenshot(path=TARGET / "diagnostic.png")
        take("rights", "/droits/", "Commencer")
        take("programme", "/numerique-en-commun/nec_exemple_2026/")
        take("cafe", "/cafe-ia/", "L’IA au guichet", at="Les phrases et les votes")
        take("roadmap", "/feuille-de-route/")
        sign_in(page, site, "mediation")
        take("day", "/espace-pro/journee/")
        take("statistics", "/activites/statistiques/")
        page.context.clear_cookies()
        sign_in(page, site, "evaluation")
        take("passport", "/passeport/equipe/", "Jury de démonstration")
        page.context.clear_cookies()
        sign_in(page, site)
        take("siting", "/deploiement/", "Quatre lieux de plus, le plus d’habitants")
        browser.close()
    for picture in sorted(TARGET.glob("*.png")):
        print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
