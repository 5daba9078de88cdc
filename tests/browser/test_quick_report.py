"""A mediator's report on a telephone: five taps at most, well under thirty seconds, with and without a script."""

from __future__ import annotations

import re
import time

import pytest
from browsing import PHONE, Site, axe_violations, sign_in
from playwright.sync_api import Browser


@pytest.mark.parametrize("script", [True, False])
def test_five_taps_to_a_saved_report(chromium: Browser, site: Site, script: bool) -> None:
    context = chromium.new_context(base_url=site.address, viewport=PHONE, java_script_enabled=script, has_touch=True)
    page = context.new_page()
    sign_in(page, site, "mediation")
    page.goto("/activites/nouvelle/")
    start, taps = time.monotonic(), 0
    form = page.locator("form.report")
    for name in ("who", "where", "duration", "themes"):
        form.locator(f".task:has([name={name}])").first.tap()
        taps += 1
    form.locator(".bottom-bar button").tap()
    taps += 1
    page.wait_for_url(re.compile(r"/enregistree/$"))
    assert taps <= 5
    assert time.monotonic() - start < 30
    assert page.get_by_role("heading", name="C’est noté").is_visible()
    if script:
        assert axe_violations(page) == []
    page.get_by_role("link", name="Une autre activité").tap()
    page.get_by_role("link", name="Comme la dernière fois").tap()
    page.locator(".bottom-bar button").tap()
    page.wait_for_url(re.compile(r"/enregistree/$"))
    context.close()


def test_the_form_and_the_list_fit_a_telephone(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.address, viewport=PHONE)
    page = context.new_page()
    sign_in(page, site, "mediation")
    for address in ("/activites/nouvelle/", "/activites/", "/activites/importer/", "/activites/exporter/", "/activites/durees/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        assert axe_violations(page) == [], address
    context.close()
