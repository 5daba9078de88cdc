"""The diagnosis in a browser: by keyboard, without JavaScript, on two devices, and without a network."""

from __future__ import annotations

from browsing import PHONE, OpenPage, Site, axe_violations
from playwright.sync_api import Browser, Page

MOST = 20


def _answer_by_keyboard(page: Page) -> None:
    page.locator("input[name=r]").last.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_a_first_comer_finishes_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/diagnostic/")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Commencer").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/q/**")
    assert axe_violations(page) == []
    asked = 0
    while "resultat" not in page.url:
        before = page.locator("#q").inner_text()
        _answer_by_keyboard(page)
        asked += 1
        page.wait_for_function(
            "text => location.pathname.includes('resultat') || document.querySelector('#q').innerText !== text", arg=before
        )
        assert asked <= MOST
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_a_network_after_the_first_load(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.address, viewport=PHONE, locale="fr-FR")  # type: ignore[arg-type]  # width and height
    page = context.new_page()
    page.goto("/diagnostic/hors-ligne/")
    page.wait_for_selector("[data-part=ready]:not([hidden])", timeout=30_000)
    assert axe_violations(page) == []
    context.set_offline(True)
    page.reload()
    page.wait_for_selector("#diagnostic[data-state=ready]")
    page.get_by_role("button", name="Commencer").click()
    page.wait_for_selector("[data-part=question]:not([hidden])")
    assert axe_violations(page) == []
    for number in range(1, 4):
        _answer_by_keyboard(page)
        page.wait_for_function("n => document.querySelectorAll('[data-part=progress] .done').length === n", arg=number)
    question = page.locator("#q").inner_text()
    page.close()
    page = context.new_page()
    page.goto("/diagnostic/hors-ligne/")
    page.wait_for_selector("#diagnostic[data-state=ready]")
    assert page.locator("#q").inner_text() == question
    for number in range(4, MOST + 1):
        _answer_by_keyboard(page)
        page.wait_for_function(
            "n => document.querySelectorAll('[data-part=progress] .done').length === n"
            " || !document.querySelector('[data-part=result]').hidden",
            arg=number,
        )
        if page.locator("[data-part=result]").is_visible():
            break
    level = page.locator("[data-part=level]").inner_text()
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector("[data-part=link]:not([hidden])")
    page.get_by_role("link", name="Voir tout mon résultat").click()
    page.wait_for_url("**/resultat/")
    assert page.locator("#niveau").inner_text().replace("\u00a0", " ") == level.replace("\u00a0", " ")
    context.close()


def test_two_devices_on_one_code_and_no_script(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.address, viewport=PHONE, java_script_enabled=False, locale="fr-FR")  # type: ignore[arg-type]  # width and height
    one = context.new_page()
    one.goto("/diagnostic/")
    one.get_by_role("button", name="Commencer").click()
    two = context.new_page()
    two.goto(one.url)
    first = one.locator("#q").inner_text()
    assert two.locator("#q").inner_text() == first
    for page in (one, two):
        page.locator("input[name=r]").nth(0 if page is one else 1).check()
        page.get_by_role("button", name="Continuer").click()
    assert "Question 2" in two.locator("main").inner_text().replace("\u00a0", " ")
    assert two.locator("#q").inner_text() != first
    context.close()
