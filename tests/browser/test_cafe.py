"""A Café IA from the desk to the result: a host, two telephones, a lent tablet, the screen of the room; on 360 px, judged by axe-core."""

from __future__ import annotations

import re

from browsing import DESKTOP, PHONE, OpenPage, Site, axe_violations, sign_in
from playwright.sync_api import Browser, Page, expect


def _sound(page: Page) -> None:
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def _phone(chromium: Browser, site: Site) -> Page:
    page = chromium.new_context(base_url=site.address, viewport=PHONE, locale="fr-FR").new_page()  # type: ignore[arg-type]  # width and height
    page.set_default_timeout(15_000)
    return page


def _votes(page: Page, button: str, answers: list[str]) -> list[str]:
    """Answers each statement shown; returns them in the order of this device."""
    seen = []
    for number, answer in enumerate(answers, 1):
        expect(page.get_by_text(f"Phrase {number} sur {len(answers)}")).to_be_visible()
        seen.append(page.get_by_role("heading", level=1).inner_text())
        page.get_by_role("radio", name=answer, exact=False).first.check()
        page.get_by_role("button", name=button).click()
    return seen


def test_a_cafe_from_the_desk_to_the_result(chromium: Browser, site: Site, open_page: OpenPage) -> None:
    desk = _phone(chromium, site)
    sign_in(desk, site, "structure")
    desk.goto("/cafe-ia/equipe/nouveau/")
    desk.get_by_label("Titre").fill("Le café de la marche (fictif)")
    desk.get_by_label("Jour").fill("2026-12-03")
    desk.get_by_label("Début").fill("10:00")
    desk.get_by_label("Fin", exact=True).fill("11:30")
    desk.get_by_label("Ou un autre lieu").fill("Salle polyvalente (fictive)")
    _sound(desk)
    desk.get_by_role("button", name="Préparer le café").click()
    desk.get_by_role("button", name="Annoncer sur le site").click()
    expect(desk.get_by_text("Le café est annoncé sur le site.")).to_be_visible()
    _sound(desk)
    code = desk.locator("dl.sheet b").first.inner_text()
    desk.get_by_role("link", name="Animer").click()
    desk.get_by_role("button", name="Ouvrir la salle").click()
    _sound(desk)
    room = desk.url

    first, second = _phone(chromium, site), _phone(chromium, site)
    first.goto("/cafe-ia/")
    _sound(first)
    first.get_by_label("Code de la salle").fill(code.lower().replace("-", " "))
    first.get_by_role("button", name="Entrer dans la salle").click()
    _sound(first)
    first.get_by_role("link", name="J’écris une crainte").click()
    first.get_by_role("radio", name="Une crainte").check()
    first.get_by_label("Votre phrase").fill("<script>alert(1)</script> Une machine décide pour moi")
    first.get_by_role("button", name="Envoyer ma phrase").click()
    expect(first.get_by_text("Merci. Votre phrase est envoyée.")).to_be_visible()
    _sound(first)

    desk.get_by_role("link", name="Textes").click()
    _sound(desk)
    desk.get_by_role("button", name="Publier", exact=True).click()
    desk.get_by_role("link", name="Phrases au vote").click()
    desk.get_by_role("button", name="Mettre au vote").first.click()
    for sentence in ("Dire où une IA est utilisée", "Garder un guichet avec une personne"):
        desk.get_by_label("La phrase").fill(sentence)
        desk.get_by_role("button", name="Mettre au vote").last.click()
    expect(desk.get_by_role("heading", name="3 phrases au vote")).to_be_visible()
    _sound(desk)
    desk.goto(room)
    desk.get_by_label("Personnes dans la salle").fill("5")
    desk.get_by_role("button", name="Noter").click()
    desk.get_by_role("button", name="Ouvrir le vote").click()
    _sound(desk)

    screen = open_page(f"/cafe-ia/salle/{code}/ecran/", size=DESKTOP)
    assert axe_violations(screen) == []
    expect(screen.locator(".room-code")).to_have_text(code)
    plain = open_page(f"/cafe-ia/salle/{code}/ecran/", script=False)
    expect(plain.locator("[data-ends]")).to_contain_text("jusqu’à")

    orders = []
    for phone in (first, second):
        phone.goto(f"/cafe-ia/salle/{code}/voter/")
        _sound(phone)
        orders.append(_votes(phone, "Valider et continuer", ["D’accord"] * 3))
        expect(phone.get_by_text("Merci, votre bulletin est complet.")).to_be_visible()
        _sound(phone)
    assert sorted(orders[0]) == sorted(orders[1])

    desk.get_by_role("button", name="Prêter une tablette").click()
    address = desk.locator(".fingerprint").inner_text()
    _sound(desk)
    tablet = _phone(chromium, site)
    tablet.goto(address)
    for person in range(3):
        _sound(tablet)
        tablet.get_by_role("button", name="C’est mon tour").click()
        if person == 0:
            _sound(tablet)
        _votes(tablet, "Valider et continuer", ["D’accord", "Je passe", "D’accord"])
        expect(tablet.get_by_text("Merci. Votre tour est fini.")).to_be_visible()
    expect(tablet.get_by_text("Tous les bulletins de la salle sont utilisés.")).to_be_visible()

    first.goto("/cafe-ia/")
    link = first.get_by_role("link", name="Le café de la marche (fictif)").get_attribute("href")
    first.goto(f"{link}resultat/")
    expect(first.get_by_text("Le résultat n’est pas encore là.")).to_be_visible()
    _sound(first)

    desk.goto(room)
    desk.get_by_role("button", name="Fermer le vote").click()
    desk.get_by_role("button", name="Terminer le café").click()
    desk.get_by_label("Ce qui est décidé").fill("Un atelier sur les décisions des machines")
    desk.get_by_role("button", name="Ajouter").click()
    expect(desk.get_by_text("Un atelier sur les décisions des machines")).to_be_visible()
    _sound(desk)
    desk.get_by_role("button", name="Envoyer", exact=True).first.click()
    expect(desk.get_by_text("L’idée est à la feuille de route.")).to_be_visible()

    first.reload()
    expect(first.get_by_text("Un atelier sur les décisions des machines")).to_be_visible()
    expect(first.get_by_text(re.compile("<script>alert")).first).to_be_visible()
    expect(first.get_by_text("Peu de réponses").first).to_be_visible()  # five ballots: figures, and the label says that they are few
    _sound(first)
    # The screen of the room follows by itself.
    expect(screen.get_by_role("heading", name="Ce que la salle a dit")).to_be_visible(timeout=20_000)
