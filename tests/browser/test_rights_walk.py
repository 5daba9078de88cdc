"""On a telephone: the questions of a single mother in Fort-de-France (invented), a followed claim, the office's answer."""

from __future__ import annotations

import re

from browsing import PHONE, Site, axe_violations, sign_in
from playwright.sync_api import Browser, Page, expect

# What she answers, by the field that the page asks for; anything else: « Je ne sais pas ».
ANSWERS = {
    "children_count": "1",
    "children_birth_dates": "2019-05-14",
    "couple": "non",
    "applicant.birth_date": "1992-08-17",
    "applicant.activity": "employed",
    "applicant.wage": "980",
    "housing_status": "locataire_hlm",
    "rent": "420",
    "commune": "Fort-de-France",
    "other_situations": "aucune",
}
DECISIONS = re.compile(r"éligible|vous avez droit|vous n’avez pas droit|droit refusé", re.IGNORECASE)


def _sound(page: Page) -> None:
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not DECISIONS.search(page.locator("main").inner_text())


def _card(page: Page) -> str:
    """The code of a card of the demonstration that has no follow-up of this kind yet: an anonymous one made now."""
    page.goto("/personnes/carte/")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/personnes/[0-9a-f-]{36}/"))
    found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{2}\b", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def _pause_and_resume(page: Page) -> None:
    """The answers leave as a file and come back on another page, with nothing in its address."""
    page.get_by_text("Faire une pause").press("Enter")
    with page.expect_download() as kept:
        page.get_by_role("button", name="Garder mes réponses").press("Enter")
    page.goto("/droits/reprendre/")
    _sound(page)
    page.get_by_role("button", name="Reprendre").click()
    expect(page.get_by_text("Choisissez votre fichier").first).to_be_visible()
    page.get_by_label("Votre fichier").set_input_files(kept.value.path())
    page.get_by_role("button", name="Reprendre").click()
    page.wait_for_load_state()
    assert "?" not in page.url


def test_from_the_first_question_to_the_answer_of_the_office(chromium: Browser, site: Site) -> None:
    page = chromium.new_context(base_url=site.address, viewport=PHONE, locale="fr-FR").new_page()  # type: ignore[arg-type]  # width and height
    page.set_default_timeout(60_000)
    sign_in(page, site, "mediation")
    code = _card(page)
    page.goto("/droits/")
    _sound(page)
    page.get_by_role("link", name="Commencer").click()
    asked: list[str] = []
    while page.url.endswith("/droits/question/") and page.locator("input[name=champ]").count():
        name = page.locator("input[name=champ]").input_value()
        assert name not in asked
        asked.append(name)
        if len(asked) in (1, 4):
            _sound(page)
            page.get_by_text("Pourquoi cette question").press("Enter")
        assert len(asked) <= 14
        if len(asked) == 4:
            _pause_and_resume(page)
            assert page.locator("input[name=champ]").input_value() == name
        value = ANSWERS.get(name)
        if value is None:
            page.get_by_role("button", name="Je ne sais pas").click()
            continue
        choice = page.locator(f"input[name=r][value='{value}']")
        if page.locator("input[name=r][type=radio], input[name=r][type=checkbox]").count():
            choice.focus()
            choice.press("Space")
        else:
            page.locator("input[name^=r]").first.fill(value)
        page.get_by_role("button", name="Continuer").press("Enter")
        page.wait_for_load_state()
    assert page.get_by_role("heading", name=re.compile("aides à vérifier")).is_visible()
    assert len(asked) <= 10
    _sound(page)
    text = page.locator("main").inner_text()
    for expected in ("Prime d’activité", "Allocation de soutien familial", "par mois", "À apporter", "Barème trop ancien"):
        assert expected in text, expected

    with page.expect_download() as sheet:
        page.get_by_role("button", name="La feuille à emporter").click()
    assert sheet.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_label("Prime d’activité").last.check()
    page.get_by_label("Code de la carte").fill(code)
    page.get_by_label("La personne est d’accord").check()
    page.get_by_role("button", name="Ouvrir le suivi").click()
    page.wait_for_url(re.compile(r"/suivi/"))
    _sound(page)
    page.get_by_role("button", name="La demande est déposée").click()
    page.wait_for_load_state()
    page.get_by_role("radio", name="Accordé").check()
    page.get_by_label("Montant accordé").fill("214.50")
    page.get_by_role("button", name="Noter la réponse").click()
    expect(page.get_by_text("214,50")).to_be_visible()
    _sound(page)
    for address in (
        "/droits/equipe/",
        "/droits/equipe/chiffres/",
        "/droits/equipe/une-page/",
        "/droits/regles/",
        "/droits/mandat/",
        "/registre/",
        "/registre/droits/",
    ):
        page.goto(address)
        _sound(page)
