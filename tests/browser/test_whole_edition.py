"""One edition from end to end: proposals, programme, three hundred registrations at once, two doors without a network, opinions,
what was learned, and the promise that came of it, whose number moves by itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from browsing import DESKTOP, PHONE, OpenPage, Site, sign_in
from door_tools import enter, equip, two_doors, wait_door
from edition_tools import HERE, crowd, make_edition, propose, read_and_decide, sound
from offline_tools import number, rows
from playwright.sync_api import Browser, Page, expect

SLUG = "nec_entiere"
PARENTS, FUTURE, OTHER = "Parents face aux écrans", "Où va l’intelligence artificielle ?", "Vendre sur internet"
LIMIT, PEOPLE = 120, 300
SAID = ("Les parents veulent un lieu le soir.", "Le créole manque dans les démarches.", "Les jeunes veulent comprendre les images fausses.")
PROMISE = "Tenir cent permanences le soir (fictif)"
SEATS = (
    "SELECT b.state, count(*) FROM events_seat s JOIN bookings_booking b ON b.id = s.booking_id JOIN events_slot t ON t.id = s.slot_id "
    f"JOIN events_edition e ON e.id = t.edition_id WHERE e.slug = '{SLUG}' GROUP BY 1"
)


def _seats(site: Site) -> dict[str, int]:
    return {str(state): int(count) for state, count in rows(site, SEATS)}


def _mail(site: Site, to: str, words: str, seconds: float = 90) -> str:
    """A message to an address, once the worker has sent it."""
    deadline = time.monotonic() + seconds
    while True:
        sent = [text.replace("=\n", "") for text in site.outbox().split("-" * 79) if f"To: {to}" in text]
        found = next((text for text in sent if words in text), "")
        if found or time.monotonic() > deadline:
            assert found, f"no message « {words} » to {to}"
            return found
        time.sleep(0.5)


def _programme(desk: Page, visitor: Page, site: Site) -> None:
    """Three proposals: two accepted and confirmed, one not kept; two slots placed, and the programme published."""
    for title, name in ((PARENTS, "Aline"), (FUTURE, "Basile"), (OTHER, "Denise")):
        propose(visitor, SLUG, title, f"{name} Exemple (fictif)", f"{name.lower()}@exemple.invalid")
        if title != PARENTS:
            decision = ("Accepter", "") if title == FUTURE else ("Ne pas retenir", "Une autre séance en parle déjà.")
            read_and_decide(desk, SLUG, title, *decision)
            visitor.reload()
        if title == OTHER:
            expect(visitor.get_by_text("Une autre séance en parle déjà.")).to_be_visible()
        if title == FUTURE:
            visitor.get_by_role("link", name="Je confirme").click()
            visitor.get_by_label("pour que son nom paraisse").check()
            visitor.get_by_role("button", name="Je confirme").click()
            expect(visitor.get_by_text("Confirmée", exact=True)).to_be_visible()
        visitor.context.clear_cookies()
    sound(visitor)

    # The first author comes back with the link of the message that told the decision.
    desk.goto(f"{HERE}espace-pro/{SLUG}/propositions/")
    sound(desk)
    read_and_decide(desk, SLUG, PARENTS, "Accepter")
    sound(desk)
    link = re.search(r"/ma-proposition/lien/\S+", _mail(site, "aline@exemple.invalid", "acceptée"))
    assert link is not None
    visitor.goto(f"{HERE.rstrip('/')}{link.group()}")
    visitor.get_by_role("link", name="Je confirme").click()
    visitor.get_by_label("pour que son nom paraisse").check()
    sound(visitor)
    visitor.get_by_role("button", name="Je confirme").click()
    expect(visitor.get_by_text("Confirmée", exact=True)).to_be_visible()

    # One is put on the grid with the keys, the other, with its limited places, by its form.
    desk.get_by_role("button", name="Mettre au programme").click()
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    desk.get_by_role("button", name="Déplacer : Parents").focus()
    for key in ("Enter", "ArrowDown", "ArrowRight"):
        desk.keyboard.press(key)
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk.locator("td[data-at='08:30']", has_text=PARENTS)).to_be_visible()
    desk.goto(f"{HERE}espace-pro/{SLUG}/propositions/")
    desk.get_by_role("link", name=FUTURE).click()
    desk.get_by_role("button", name="Mettre au programme").click()
    desk.get_by_label("Jour").select_option(value="3")
    desk.get_by_label("Heure").fill("09:00")
    desk.get_by_label(re.compile("^Salle")).select_option(label="Grande salle (400)")
    desk.get_by_label("Places limitées").fill(str(LIMIT))
    sound(desk)
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    sound(desk)
    desk.get_by_role("button", name="Publier une version").click()
    expect(desk.get_by_text(re.compile("La version 1 est publiée"))).to_be_visible()
    desk.goto(f"{HERE}espace-pro/{SLUG}/places/")
    desk.get_by_label("Places en tout").fill("400")
    desk.get_by_role("button", name="Enregistrer").click()


def _registrations(desk: Page, visitor: Page, site: Site) -> str:
    """One person by the page, the others all at once; returns the code of the first, who then gives the place back."""
    visitor.goto(f"{HERE}{SLUG}/")
    sound(visitor)
    visitor.get_by_role("button", name="Garder").first.click()
    visitor.reload()
    expect(visitor.get_by_role("button", name="Seulement ce que je garde (1)")).to_be_visible()
    visitor.get_by_role("link", name="Je m’inscris").first.click()
    visitor.get_by_label(FUTURE).check()
    visitor.get_by_label("Votre prénom et votre nom").fill("Bruno (fictif)")
    visitor.get_by_label("Je suis d’accord").check()
    sound(visitor)
    visitor.get_by_role("button", name="Je m’inscris").click()
    expect(visitor.get_by_role("heading", name="C’est noté")).to_be_visible()
    code = visitor.locator(".code-large").inner_text().strip()
    sound(visitor)

    limited = number(site, f"SELECT number FROM events_slot WHERE title = '{FUTURE}'")
    sent = crowd(site, SLUG, limited, [f"Personne {n} (fictif)" for n in range(1, PEOPLE)], repeated=20)
    assert sent.problems == []
    assert set(sent.statuses) == {302}
    assert _seats(site) == {"inscrit": LIMIT, "en_attente": PEOPLE - LIMIT}
    assert (
        number(site, f"SELECT count(*) FROM events_registration r JOIN events_edition e ON e.id = r.edition_id WHERE slug = '{SLUG}'")
        == 300
    )

    # The first gives the place back: the first of the list has it, is told by e-mail, and says yes.
    visitor.get_by_role("link", name="Voir mon inscription").click()
    sound(visitor)
    visitor.get_by_role("button", name="Rendre ma place").click()
    assert _seats(site) == {"annulé": 1, "inscrit": LIMIT - 1, "proposé": 1, "en_attente": PEOPLE - LIMIT - 1}
    desk.goto(f"{HERE}espace-pro/{SLUG}/inscriptions/")
    sound(desk)
    row = desk.get_by_role("listitem").filter(has_text="avant le")
    address = re.search(r"personne\d+@exemple\.invalid", row.inner_text())
    assert address is not None
    message = _mail(site, address.group(), "Dites oui avant")
    link = re.search(r"https?://\S+/mon-inscription/lien/(\S+)/", message)
    assert link is not None, message
    visitor.goto(f"{HERE}mon-inscription/lien/{link.group(1)}/")
    visitor.get_by_role("button", name="Oui, je viens").click()
    assert _seats(site)["confirmé"] == 1
    return code


def _doors(chromium: Browser, site: Site, code: str) -> None:
    """The same person comes in by two doors that have no network: both are kept, counted once."""
    with two_doors(chromium, site) as doors:
        for tablet, name in zip(doors, ("Porte nord", "Porte sud"), strict=True):
            equip(tablet, site, SLUG, name)
            tablet.network.cut()
            tablet.page.reload()
            wait_door(tablet, "0/0/offline")
            enter(tablet, code)
            expect(tablet.page.get_by_text("Bienvenue, Bruno (fictif)")).to_be_visible()
            wait_door(tablet, "1/1/offline")
        for tablet in doors:
            tablet.network.restore()
            wait_door(tablet, "0/1/online")
        page = doors[0].page
        page.goto(f"{HERE}espace-pro/{SLUG}/porte/")
        expect(page.get_by_text("1 entré", exact=False).first).to_be_visible()
        expect(page.get_by_role("heading", name="Doubles passages")).to_be_visible()
    kept = "FROM events_attendanceevent a JOIN events_edition e ON e.id = a.edition_id"
    assert rows(site, f"SELECT count(*), count(DISTINCT a.booking_id) {kept} WHERE slug = '{SLUG}'") == [(2, 1)]


def _after(desk: Page, visitor: Page) -> None:
    """An opinion from the public page; three takeaways, public with their support."""
    visitor.goto(f"{HERE}{SLUG}/")
    visitor.get_by_role("link", name=PARENTS).first.click()
    visitor.get_by_role("link", name="Donner mon avis").click()
    sound(visitor)
    visitor.get_by_label("4 : utile").check()
    visitor.get_by_label("Un mot à nous dire").fill("Il fallait deux heures.")
    visitor.get_by_role("button", name="Envoyer").click()
    expect(visitor.get_by_text("Votre avis aide à faire mieux")).to_be_visible()
    desk.goto(f"{HERE}espace-pro/{SLUG}/avis/")
    expect(desk.get_by_text("Il fallait deux heures.")).to_be_visible()
    for words in SAID:
        desk.goto(f"{HERE}espace-pro/{SLUG}/enseignements/nouveau/")
        desk.get_by_label("Enseignement, en une phrase").fill(words)
        desk.get_by_label("Séance").select_option(label=PARENTS)
        desk.get_by_label("Personnes d’accord").fill("12")
        desk.get_by_label("Personnes comptées").fill("15")
        desk.get_by_role("button", name="Enregistrer").click()
    visitor.goto(f"{HERE}{SLUG}/enseignements/")
    for words in SAID:
        expect(visitor.get_by_text(words)).to_be_visible()
    expect(visitor.get_by_text(re.compile("12 personnes sur 15")).first).to_be_visible()
    sound(visitor)


def _promise(desk: Page) -> str:
    """Three takeaways kept, one proposal answered with a reason, a commitment published; returns the address of the commitment."""
    desk.goto("/feuille-de-route/equipe/enseignements/")
    for words in SAID:
        desk.get_by_role("button", name=re.compile(f"Garder : {re.escape(words[:30])}".replace(" :", ".:"))).click()
        expect(desk.get_by_role("checkbox", name=re.compile(re.escape(words)))).to_be_visible()
    desk.get_by_role("checkbox", name=re.compile(re.escape(SAID[0]))).check()
    desk.get_by_label("La proposition, en une phrase").fill("Des permanences le soir (fictif)")
    sound(desk)
    desk.get_by_role("button", name="Faire une proposition").click()
    proposal = desk.url
    desk.get_by_role("link", name="Répondre").click()
    desk.get_by_role("radio", name="Retenue").check()
    desk.get_by_label("Comité qui répond").select_option(label="Comité de pilotage (fictif)")
    desk.get_by_role("button", name="Enregistrer").click()
    assert desk.get_by_role("alert").is_visible(), "an answer has a reason"
    sound(desk)
    desk.get_by_label("Raison").fill("Trois structures ouvrent un soir par semaine (fictif).")
    desk.get_by_role("button", name="Enregistrer").click()
    assert desk.url == proposal

    desk.get_by_role("link", name="En faire un engagement").click()
    sound(desk)
    desk.get_by_label("Intitulé").fill(PROMISE)
    desk.get_by_label("Axe", exact=True).select_option(index=1)
    desk.get_by_label("Structure responsable").select_option(index=1)
    desk.get_by_label("Fonction responsable").fill("direction")
    desk.get_by_label("Échéance").fill((date.today() + timedelta(days=300)).isoformat())
    desk.get_by_role("button", name="Enregistrer").click()
    assert desk.get_by_text("au moins un indicateur").is_visible()
    sound(desk)

    desk.get_by_role("link", name="Indicateur", exact=True).click()
    for label, value in (
        ("Nom", "Activités"), ("Définition", "Comptes rendus, tous thèmes (fictif)."), ("Unité", "activités"), ("Source", "Yole"),
        ("Population", "Activités du territoire"), ("Référence", "0"), ("Source de la référence", "Compte de départ"), ("Cible", "90000"),
    ):  # fmt: skip
        desk.get_by_label(re.compile(rf"^{label}(\s*\(facultatif\))?$")).fill(value)
    desk.get_by_label("Chiffre de Yole").select_option(value="activities.activities")
    sound(desk)
    desk.get_by_role("button", name="Enregistrer").click()
    desk.get_by_role("button", name="Publier cet engagement").click()
    desk.get_by_role("button", name="Lire le chiffre maintenant").click()
    desk.get_by_role("status").first.wait_for()
    return desk.url


def _shown(desk: Page) -> int:
    """The value of the indicator's last reading, on the page of the desk."""
    desk.reload()
    words = desk.locator("article p.strong").first.inner_text().replace("\u202f", "").replace("\u00a0", " ")
    found = re.match(r"(\d+) activités", words)
    assert found is not None, words
    return int(found.group(1))


def _activity(page: Page, site: Site) -> None:
    sign_in(page, site, "mediation")
    page.goto("/activites/nouvelle/")
    form = page.locator("form.report")
    for name in ("who", "where", "duration", "themes"):
        form.locator(f".task:has([name={name}])").first.click()
    form.locator(".bottom-bar button").click()
    page.wait_for_url(re.compile(r"/enregistree/$"))


def _moved(desk: Page, site: Site, before: int) -> int:
    """The reading of the night, made now by its command, follows what was reported; nobody typed it."""
    command = [sys.executable, "-m", "yole", "roadmap", "feed"]
    deadline = time.monotonic() + 60
    while True:
        subprocess.run(command, env={**os.environ, "YOLE_DATA_DIR": str(site.data)}, capture_output=True, check=True)
        after = _shown(desk)
        if after > before or time.monotonic() > deadline:
            assert after > before, f"{after}, was {before}"
            return after


def test_a_whole_edition(site: Site, open_page: OpenPage, chromium: Browser) -> None:
    today = datetime.now(ZoneInfo("America/Martinique")).date()
    desk, visitor = open_page("/", size=DESKTOP), open_page("/")
    sign_in(desk, site, "evenements")
    days = (today - timedelta(days=1), today + timedelta(days=1))
    make_edition(desk, SLUG, "Édition entière (fictif)", days, (("Grande salle", 400), ("Petite salle", 60)))
    _programme(desk, visitor, site)
    code = _registrations(desk, visitor, site)
    _doors(chromium, site, code)
    _after(desk, visitor)

    team, mediator = open_page("/", size=PHONE), open_page("/")
    sign_in(team, site)
    _promise(team)
    before = _shown(team)
    _activity(mediator, site)
    after = _moved(team, site, before)

    visitor.goto("/feuille-de-route/")
    sound(visitor)
    visitor.get_by_role("link", name=re.compile(re.escape(PROMISE))).click()
    sound(visitor)
    said = visitor.get_by_role("main").inner_text().replace("\u202f", "").replace("\u00a0", " ")
    assert f"{after} activités" in said
    visitor.get_by_role("link", name=re.compile("Des permanences le soir")).click()
    assert visitor.get_by_text("Trois structures ouvrent un soir par semaine (fictif).").is_visible()
    sound(visitor)
    visitor.get_by_role("link", name=re.compile(re.escape(SAID[0]))).click()
    sound(visitor)
    visitor.get_by_role("link", name=re.compile("Des permanences le soir")).click()
    assert visitor.get_by_role("link", name=re.compile(re.escape(PROMISE))).is_visible()
    visitor.goto("/feuille-de-route/suivre/")
    sound(visitor)
    visitor.goto(f"{HERE}{SLUG}/enseignements/")
    became = visitor.get_by_role("listitem").filter(has_text=SAID[0])
    expect(became.get_by_role("link", name=re.compile("Des permanences le soir"))).to_be_visible()
    expect(became.get_by_text("1 engagement")).to_be_visible()
