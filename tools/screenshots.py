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
        page.goto("/")
        page.screenshot(path=TARGET / "home.png")
        page.goto("/lieux/?ou=Saint-Joseph")
        page.get_by_role("link", name="France services de Saint-Joseph").first.click()
        page.screenshot(path=TARGET / "place.png")
        page.goto("/ateliers/")
        page.get_by_role("link", name="Mes mots de passe").first.click()
        page.screenshot(path=TARGET / "workshop.png")
        page.goto("/diagnostic/")
        page.get_by_role("button", name="Commencer").click()
        page.screenshot(path=TARGET / "diagnostic.png")
        sign_in(page, site, "mediation")
        page.goto("/espace-pro/journee/")
        page.screenshot(path=TARGET / "day.png")
        page.goto("/activites/statistiques/")
        page.screenshot(path=TARGET / "statistics.png")
        browser.close()
    for picture in sorted(TARGET.glob("*.png")):
        print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
