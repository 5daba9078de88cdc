"""An edition from the proposal to the takeaway, by a visitor on a telephone and the organisers at their desk."""

from __future__ import annotations

import re

from browsing import DESKTOP, OpenPage, Site, axe_violations, sign_in
from playwright.sync_api import Page, expect

HERE = "/numerique-en-commun/"
SLUG = "nec_navigateur"


def _clean(page: Page) -> None:
    assert axe_violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"scrolls sideways: {page.url}"


def _prepare(desk: Page) -> None:
    """A new edition in a year, its venue, its room, and the call opened."""
    desk.goto(f"{HERE}espace-pro/nouvelle-edition/")
    desk.get_by_label("Adresse").fill(SLUG)
    desk.get_by_label("Titre").fill("Édition du navigateur (fictif)")
    desk.get_by_label("Premier jour").fill("2035-12-12")
    desk.get_by_label("Dernier jour").fill("2035-12-12")
    desk.get_by_role("button", name="Enregistrer").click()
    desk.goto(f"{HERE}espace-pro/{SLUG}/lieux/nouveau/")
    desk.get_by_label("Nom du lieu").fill("Halle du navigateur (fictif)")
    desk.get_by_role("button", name="Enregistrer").click()
    for name, capacity in (("Grande salle", "200"), ("Petite salle", "20")):
        desk.get_by_role("link", name="Ajouter une salle").click()
        desk.get_by_label("Nom de la salle").fill(name)
        desk.get_by_label("Nombre de personnes").fill(capacity)
        desk.get_by_role("button", name="Enregistrer").click()
    desk.goto(f"{HERE}espace-pro/{SLUG}/")
    _clean(desk)
    desk.get_by_role("button", name="Appel à propositions ouvert").click()


def test_from_a_proposal_to_a_takeaway(site: Site, open_page: OpenPage) -> None:
    desk = open_page("/", size=DESKTOP)
    sign_in(desk, site, "evenements")
    _prepare(desk)

    # A visitor proposes, without an account.
    visitor = open_page(f"{HERE}{SLUG}/")
    visitor.get_by_role("link", name="Je propose une séance").click()
    visitor.get_by_label("Titre").fill("Parents face aux écrans")
    visitor.get_by_label("Ce que vous proposez").fill("Un atelier pour en parler.")
    visitor.get_by_label("Votre nom").fill("Aline Exemple (fictif)")
    visitor.get_by_label("Votre e-mail ou votre téléphone").fill("aline@exemple.invalid")
    visitor.get_by_role("button", name="Envoyer ma proposition").click()
    expect(visitor.get_by_text("Reçue, en lecture")).to_be_visible()
    _clean(visitor)

    # The organisers accept; the author confirms.
    desk.goto(f"{HERE}espace-pro/{SLUG}/propositions/")
    _clean(desk)
    desk.get_by_role("link", name="Parents face aux écrans").click()
    desk.get_by_label("Accepter").check()
    desk.get_by_role("button", name="Noter la décision").click()
    _clean(desk)
    visitor.reload()
    visitor.get_by_role("link", name="Je confirme").click()
    visitor.get_by_label("pour que son nom paraisse").check()
    visitor.get_by_role("button", name="Je confirme").click()
    expect(visitor.get_by_text("Confirmée", exact=True)).to_be_visible()

    # It is put on the grid with the keys, then the programme is published.
    desk.get_by_role("button", name="Mettre au programme").click()
    desk.get_by_label("Places limitées").fill("1")
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    desk.get_by_role("button", name="Déplacer : Parents").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowRight")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk.locator("td[data-at='08:30']", has_text="Parents face aux écrans")).to_be_visible()
    _clean(desk)
    desk.get_by_role("button", name="Publier une version").click()
    expect(desk.get_by_text(re.compile("La version 1 est publiée"))).to_be_visible()
    desk.goto(f"{HERE}espace-pro/{SLUG}/places/")
    desk.get_by_role("button", name="Enregistrer").click()

    # Favourites stay in the page; two people register over one place.
    visitor.goto(f"{HERE}{SLUG}/")
    _clean(visitor)
    visitor.get_by_role("button", name="Garder").click()
    visitor.reload()
    expect(visitor.get_by_role("button", name="Seulement ce que je garde (1)")).to_be_visible()
    second = open_page(f"{HERE}{SLUG}/", script=False)
    for page, name in ((visitor, "Bruno (fictif)"), (second, "Carole (fictif)")):
        page.get_by_role("link", name="Je m’inscris").first.click()
        page.get_by_label("Parents face aux écrans").check()
        page.get_by_label("Votre prénom et votre nom").fill(name)
        page.get_by_label("Je suis d’accord").check()
        page.get_by_role("button", name="Je m’inscris").click()
        expect(page.get_by_role("heading", name="C’est noté")).to_be_visible()
    _clean(visitor)
    expect(second.get_by_text("Sur la liste d’attente")).to_be_visible()

    # The first gives the place back: it is offered to the second, who says yes.
    visitor.get_by_role("link", name="Voir mon inscription").click()
    _clean(visitor)
    visitor.get_by_role("button", name="Rendre ma place").click()
    second.get_by_role("link", name="Voir mon inscription").click()
    second.get_by_role("button", name="Oui, je viens").click()
    expect(second.get_by_text("Votre place est gardée").first).to_be_visible()

    # What came out of it is written down, and public.
    desk.goto(f"{HERE}espace-pro/{SLUG}/enseignements/nouveau/")
    desk.get_by_label("Enseignement, en une phrase").fill("Les parents veulent un lieu le soir.")
    desk.get_by_label("Séance").select_option(label="Parents face aux écrans")
    desk.get_by_label("Personnes d’accord").fill("12")
    desk.get_by_label("Personnes comptées").fill("15")
    desk.get_by_role("button", name="Enregistrer").click()
    visitor.goto(f"{HERE}{SLUG}/enseignements/")
    expect(visitor.get_by_text("Les parents veulent un lieu le soir.")).to_be_visible()
    expect(visitor.get_by_text(re.compile("12 personnes sur 15"))).to_be_visible()
    _clean(visitor)
