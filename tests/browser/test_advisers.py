"""On a telephone: a structure applies, a candidate applies, a round is run, they meet, both accept, the post is filled, the ledger moves,
the training begins."""

from __future__ import annotations

import re
from datetime import date, timedelta

from browsing import PHONE, OpenPage, Site, axe_violations, sign_in
from playwright.sync_api import Page, expect

SIRET = "99900000000771"  # passes its check, belongs to nobody


def _sound(page: Page) -> None:
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_from_two_applications_to_the_ledger(site: Site, open_page: OpenPage) -> None:
    start = (date.today() + timedelta(days=90)).isoformat()
    host = open_page("/conseillers/")
    _sound(host)
    host.get_by_role("link", name="Demander un poste").click()
    host.get_by_label("Nom de la structure").fill("Maison du bourg (fictif)")
    host.get_by_label("Numéro SIRET").fill(SIRET)
    host.get_by_label("Commune", exact=True).select_option("97217")
    host.get_by_label("Début souhaité").fill(start)
    host.get_by_label("Votre besoin").fill("Une permanence par jour (fictif).")
    host.get_by_label("Votre nom").fill("Personne fictive")
    host.get_by_label("Votre adresse e-mail professionnelle").fill("bourg@exemple.invalid")
    _sound(host)
    host.get_by_role("button", name="Envoyer la demande").click()
    expect(host.get_by_text("Demande reçue")).to_be_visible()
    _sound(host)

    person = open_page("/conseillers/candidature/")
    person.get_by_label("Nom ou prénom").fill("Zoé (fictif)")
    person.get_by_label("Adresse e-mail").fill("zoe@exemple.invalid")
    person.get_by_label("Commune", exact=True).select_option("97217")
    person.get_by_label("Jusqu’où pouvez-vous travailler").select_option("5")
    person.get_by_label("Libre à partir du").fill(date.today().isoformat())
    person.get_by_label("Années d’expérience").fill("9")
    person.get_by_role("checkbox").check()
    _sound(person)
    person.get_by_role("button", name="Envoyer ma candidature").click()
    expect(person.get_by_text("Adresse à confirmer")).to_be_visible()
    tokens = re.findall(r"/conseillers/candidature/confirmer/([^/\s]+)/", site.outbox().replace("=\n", ""))
    person.goto(f"/conseillers/candidature/confirmer/{tokens[-1]}/")
    _sound(person)
    person.get_by_role("button", name="Confirmer").click()
    expect(person.get_by_text("Disponible")).to_be_visible()

    desk = open_page("/compte/connexion/")
    sign_in(desk, site, then="/conseillers/equipe/")
    _sound(desk)
    desk.get_by_role("link", name="Maison du bourg (fictif)").click()
    desk.get_by_label("Pourquoi").fill("Besoin avéré (fictif).")
    _sound(desk)
    desk.get_by_role("button", name="Enregistrer l’avis").click()
    desk.get_by_role("combobox", name="Décision du comité").select_option("VALIDATION_COSELEC")
    desk.get_by_label("Référence du compte rendu").fill("CR-ESSAI")
    desk.get_by_label("Postes accordés").fill("1")
    desk.get_by_role("button", name="Enregistrer la décision").click()
    desk.get_by_role("link", name="Retour").or_(desk.get_by_role("link", name="Conseillers")).first.click()
    desk.get_by_role("link", name="Candidatures").first.click()
    _sound(desk)
    desk.get_by_role("link", name="Nouveau tour").click()
    _sound(desk)
    desk.get_by_role("button", name="Publier les propositions").click()
    _sound(desk)
    tour = desk.url

    host.reload()
    _sound(host)
    host.get_by_role("link", name="Proposer un entretien").click()
    host.get_by_label("Jour de l’entretien").fill((date.today() + timedelta(days=6)).isoformat())
    host.get_by_label("Heure", exact=True).fill("09:30")
    host.get_by_label("Comment").select_option("telephone")
    _sound(host)
    host.get_by_role("button", name="Proposer ce créneau").click()
    expect(host.get_by_text(re.compile(r"État\s:\sProposé\."))).to_be_visible()
    mine = person.url
    links = re.findall(r"/conseillers/reponse/([^/\s]+)/", site.outbox().replace("=\n", ""))
    person.goto(f"/conseillers/reponse/{links[-1]}/")
    _sound(person)
    person.get_by_role("button", name="Accepter ce créneau").click()
    expect(person.get_by_text(re.compile(r"État\s:\sAccepté\."))).to_be_visible()
    for side in (person, host):
        side.reload()
        _sound(side)
        side.get_by_role("button", name="Dire oui").click()
        side.get_by_text("Vous avez dit oui").wait_for()
    expect(host.get_by_text("Acceptée des deux côtés")).to_be_visible()

    desk.goto(tour)
    desk.get_by_role("link", name="Recruter Zoé").click()
    desk.get_by_label("Début du contrat").fill(start)
    desk.get_by_label("Fin du contrat").fill((date.today() + timedelta(days=400)).isoformat())
    _sound(desk)
    desk.get_by_role("button", name="Enregistrer le contrat").click()
    desk.get_by_role("link", name="Contrat de Zoé").click()
    _sound(desk)
    desk.goto("/conseillers/equipe/budget/")
    expect(desk.get_by_text("engage", exact=True).first).to_be_visible()
    _sound(desk)

    desk.goto("/conseillers/equipe/formation/")
    _sound(desk)
    desk.get_by_role("link", name="Nouveau cours").click()
    programme = desk.get_by_role("option", name=re.compile("L’IA en 21 heures")).get_attribute("value")
    desk.get_by_label("Programme").select_option(programme or "")
    days = [date.today() + timedelta(days=100 + more) for more in range(6)]
    desk.get_by_label("Demi-journées").fill("\n".join(f"{day:%d/%m/%Y} 8 h 30 - 12 h" for day in days))
    desk.get_by_label("Adresse, ou lien").fill("Médiathèque (fictif)")
    desk.get_by_label("Organisme ou personne qui forme").fill("Organisme (fictif)")
    _sound(desk)
    desk.get_by_role("button", name="Ouvrir le cours").click()
    desk.get_by_role("link", name=f"du {days[0]:%d/%m/%Y}").click()
    desk.get_by_label("Conseiller ou conseillère").select_option(label="Zoé (fictif), Maison du bourg (fictif)")
    desk.get_by_role("button", name="Inscrire").click()
    expect(desk.get_by_role("rowheader", name="Zoé (fictif)")).to_be_visible()
    _sound(desk)
    for page in ("a-faire", "contrats", f"formation/agenda/?mois={days[0]:%Y-%m}"):
        desk.goto(f"/conseillers/equipe/{page}")
        _sound(desk)
    person.goto(mine)
    expect(person.get_by_role("heading", name="Mes formations")).to_be_visible()
    _sound(person)
