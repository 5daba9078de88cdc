"""An inhabitant finds help: home → search → place → bus → sheet → signal an error, at 360 px, without JavaScript, by keyboard."""

from __future__ import annotations

import re

import pytest
from browsing import DESKTOP, PHONE, OpenPage, Site, axe_violations
from playwright.sync_api import Page, expect

PUBLIC_PAGES = [
    "/",
    "/lieux/?ou=Saint-Joseph",
    "/lieux/?ou=97232&gratuit=on",
    "/lieux/?ou=zzzzzz",
    "/lieux/tous/",
    "/lieux/bus/?ou=Fort-de-France",
    "/lieux/donnees/",
    "/territoire/communes/",
    "/ateliers/",
    "/compte/connexion/",
    "/accessibilite/",
    "/donnees/",
    "/sources/",
    "/code/",
    "/composants/",
    "/api/",
    "/nulle-part/",
]


def fits(page: Page) -> bool:
    """Whether nothing sticks out of the page on the right."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_walk_without_javascript_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/", size=PHONE, script=False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Trouver de l’aide")
    page.get_by_label("Où êtes-vous").fill("st joseph")
    page.get_by_role("button", name="Chercher").first.click()
    expect(page).to_have_title(re.compile("Saint-Joseph"))
    assert fits(page)
    page.get_by_role("link", name="France services de Saint-Joseph").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saint-Joseph")
    expect(page.get_by_role("link", name=re.compile(r"05.96.57.48.69")).first).to_have_attribute("href", "tel:+596596574869")
    expect(page.get_by_role("table").first).to_contain_text("Lundi")
    expect(page.get_by_text(re.compile("jamais")).first).to_be_visible()
    place = page.url
    page.goto("/lieux/bus/?ou=Fort-de-France")
    expect(page.get_by_text("Godissard").first).to_be_visible()
    page.goto(place)
    page.get_by_role("link", name=re.compile("Imprimer")).first.click()
    expect(page.locator("svg, img").first).to_be_visible()
    page.goto(place)
    page.get_by_role("link", name=re.compile("Signaler")).first.click()
    page.get_by_label(re.compile("Les horaires ne sont pas bons")).check()
    page.get_by_role("textbox").first.fill("Fermé le mercredi, d’après la porte.")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("[Mm]erci"))


def test_walk_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/", size=PHONE)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Aller au contenu")
    page.keyboard.press("Enter")

    def tab_to(text: str, limit: int = 60) -> None:
        for _ in range(limit):
            page.keyboard.press("Tab")
            focused = page.locator(":focus")
            if focused.count() and text in (focused.inner_text() or focused.get_attribute("name") or ""):
                box = focused.bounding_box()
                assert box is not None
                outline = focused.evaluate("e => getComputedStyle(e).outlineStyle")
                assert outline != "none" or focused.evaluate("e => e.type === 'radio' || e.type === 'checkbox'")
                return
        raise AssertionError(f"« {text} » is not reached by Tab")

    page.evaluate("document.activeElement.blur()")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "ou":
            break
    page.keyboard.type("Saint-Joseph")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"ou=Saint-Joseph"))
    tab_to("France services de Saint-Joseph")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/lieux/\d+-"))
    tab_to("Signaler une erreur")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/signaler/"))
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/merci/"))


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_axe_finds_nothing(path: str, open_page: OpenPage) -> None:
    for size, dark in ((PHONE, False), (PHONE, True), (DESKTOP, False)):
        page = open_page(path, size=size, dark=dark)
        assert axe_violations(page) == [], f"{path} {size['width']} {'dark' if dark else 'light'}"
        assert fits(page), f"{path} sticks out at {size['width']}"
        page.context.close()


def test_place_pages_and_their_forms_are_accessible(open_page: OpenPage) -> None:
    page = open_page("/lieux/tous/")
    addresses = page.eval_on_selector_all("main a[href^='/lieux/']", "links => [...new Set(links.map(a => a.getAttribute('href')))]")
    places = [a for a in addresses if re.match(r"/lieux/\d+-", a)]
    assert len(places) == 20
    for address in places[:1] + [a for a in places if "servibus" in a][:1] + [a for a in places if "floreal" in a][:1]:
        number = re.match(r"/lieux/(\d+)-", address)
        assert number is not None
        for path in (address, f"/lieux/{number[1]}/fiche/", f"/lieux/{number[1]}/signaler/"):
            for dark in (False, True):
                page = open_page(path, dark=dark)
                assert axe_violations(page) == [], path
                assert fits(page), path
                page.context.close()


def test_a_first_visit_is_light(open_page: OpenPage, site: Site) -> None:
    """100 kB at most for home then search, empty cache, everything counted as it travels."""
    for path in ("/", "/lieux/?ou=Saint-Joseph"):
        page = open_page("about:blank")
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        received: list[float] = []
        session.on("Network.loadingFinished", lambda event, sizes=received: sizes.append(event["encodedDataLength"]))
        page.goto(path, wait_until="networkidle")
        assert 10_000 < sum(received) <= 100_000, f"{path}: {sum(received):.0f} bytes in {len(received)} requests"


def test_english_is_complete_on_the_way(open_page: OpenPage) -> None:
    page = open_page("/", script=False)
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Trouver")
    page.goto("/lieux/?ou=Saint-Joseph")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_bad_input_is_told_and_harmless(open_page: OpenPage) -> None:
    for path in (
        "/lieux/?ou=75011",
        "/lieux/?ou=" + "a" * 500,
        "/lieux/?ou=%00%27%3Cscript%3E",
        "/lieux/?page=99999&ou=Ducos",
        "/lieux/?page=abc",
        "/lieux/?lat=95&lon=-61",
        "/lieux/?lat=abc&lon=",
        "/lieux/?jour=2026-02-30",
        "/lieux/bus/?ou=zz&du=2026-02-30",
        "/api/v1/places?lat=95",
    ):
        page = open_page("/lieux/")
        answer = page.goto(path)
        assert answer is not None
        assert answer.status < 500, path
        if not path.startswith("/api"):
            expect(page.get_by_role("main")).to_be_visible()
        page.context.close()
