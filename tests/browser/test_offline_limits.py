"""What goes wrong on a tablet: a full disk, a session that ends, a lost page, a sign-out without a network; and what then is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Site, axe_violations, open_folder, sign_in
from offline_tools import Tablet, in_the_house, network, number, rows
from playwright.sync_api import Browser, Page, expect

MEDIATOR, DAY = "mediation", "/espace-pro/journee/"
SESSION = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from yole.bookings import services as bookings
from yole.organisations.models import Account
from yole.places.models import Place
from yole.workshops.services_planning import Where, create_session
from yole.workshops.services_programmes import create_programme
mediator = Account.objects.get(email="mediation@yole.invalid")
place = Place.objects.filter(territory=mediator.territory).order_by("pk").first()
programme = create_programme(None, mediator.territory, title="Séance à limites (fictif)", themes=["email"], audiences=["tous"],
                             structure=mediator.structure)
start = timezone.now() + timedelta(minutes=10)
made = create_session(None, programme, starts_at=start, ends_at=start + timedelta(hours=1), where=Where(place=place), capacity=5,
                      mediator=mediator, half_days=["matin"])
request = bookings.Request(name="Limite (fictif)", consent_version="essai", idempotency_key=uuid4(), no_contact=True,
                           structure=mediator.structure)
bookings.book(made.capacity_id, request, by="Essai", at_desk=True)
print(made.pk)
"""
FULL_DISK = """() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, ...rest) {
        const request = put.call(this, value, ...rest);
        if (window.fullFor.includes(this.name)) this.transaction.abort(); // as the browser does when the disk is full
        return request;
    };
}"""

REPLACE = """async () => {
    for (const name of await caches.keys()) await caches.delete(name);
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
}"""


@pytest.fixture
def tablet(chromium: Browser, site: Site) -> Iterator[Tablet]:
    with open_folder() as folder, network(site) as bus:
        made = Tablet(chromium.browser_type, Path(folder) / "a", bus)
        yield made
        made.context.close()
        assert made.problems == []


def fill_the_disk(page: Page, *stores: str) -> None:
    page.evaluate("(stores) => { window.fullFor = stores; }", list(stores))
    page.evaluate(FULL_DISK)


def report(page: Page, kind: str = "Une personne", where: str = "À distance") -> None:
    form = page.locator("form[data-act=report]")
    form.locator(".task", has_text=kind).click()
    form.locator("[name=place]").select_option(where)
    form.get_by_label("E-mail").check()
    form.locator("[name=minutes]").first.check()
    form.get_by_role("button", name="Enregistrer").click()


def all_sent(page: Page) -> None:
    """Waits as a person does who comes back to the page; « 0 waiting » alone may be a vault that is still closed."""
    for _ in range(100):
        if page.locator("[data-waiting]").inner_text() == "Tout est envoyé":
            return
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(300)
    raise AssertionError(page.locator("[data-waiting]").inner_text())


def test_a_day_with_everything_that_goes_wrong(tablet: Tablet, site: Site) -> None:
    session = int(in_the_house(site, SESSION))
    page = tablet.page
    sign_in(page, site, MEDIATOR, DAY)
    tablet.get_ready()
    before = number(site, "SELECT count(*) FROM activities_activity")

    # A full disk: what is not kept is not shown as kept, and nobody is invited to write twice what is.
    tablet.network.cut()
    page.goto(f"/espace-pro/journee/app/#session-{session}")
    line = page.get_by_role("group", name="Limite (fictif)")
    expect(line).to_be_visible()
    fill_the_disk(page, "acts", "packages")
    line.get_by_label("Présent").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce geste n’est pas gardé")
    expect(line.locator("input:checked")).to_have_count(0)
    page.locator("[name=walk_in]").fill("Passante (fictif)")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator("[name=walk_in]")).to_have_value("Passante (fictif)")
    page.evaluate("window.fullFor = ['packages']")  # room for the act, none for the list
    line.get_by_label("Présent").click()
    expect(line.get_by_label("Présent")).to_be_checked()
    expect(page.get_by_role("alert")).to_have_count(0)
    tablet.wait_state("1/0/offline")
    page.goto("/espace-pro/journee/app/#report")
    report(page)
    expect(page.locator("form[data-act=report]").get_by_role("status")).to_contain_text("Activité gardée")
    tablet.wait_state("2/0/offline")
    page.reload()
    tablet.wait_state("2/0/offline")

    # At home and short visits, without a network; a group needs its number.
    report(page, "Un groupe")
    expect(page.locator("form[data-act=report]").get_by_role("status")).to_contain_text("Il manque une réponse")
    tablet.wait_state("2/0/offline")
    form = page.locator("form[data-act=report]")
    form.get_by_label("Combien de personnes").fill("6")
    form.get_by_role("button", name="Enregistrer").click()
    tablet.wait_state("3/0/offline")
    form.locator("[name=place]").select_option("À domicile")
    form.get_by_label("Dans quelle commune").select_option(label="Saint-Joseph")
    form.locator(".task", has_text="Passage rapide").click()
    form.get_by_label("E-mail").check()
    form.locator("[name=minutes]").first.check()
    assert axe_violations(page) == []
    form.get_by_role("button", name="Enregistrer").click()
    tablet.wait_state("4/0/offline")

    # A card made here has its code once it is delivered, until somebody copied it.
    page.goto("/espace-pro/journee/app/#person")
    page.get_by_role("button", name="Créer la carte").click()
    tablet.wait_state("5/0/offline")
    # The application is replaced while the queue is full: its worker and its files go, what was done stays.
    page.evaluate(REPLACE)
    tablet.network.restore()
    page.goto(DAY)
    all_sent(page)
    tablet.get_ready()
    tablet.open_app()
    code = rows(site, "SELECT code FROM people_person WHERE id = (SELECT uuid FROM base_delivery WHERE kind = 'person' LIMIT 1)")[0][0]
    shown = "-".join(code[i : i + 4] for i in range(0, len(code), 4))
    cards = page.locator("[data-cards]")
    expect(cards).to_contain_text(shown)
    page.reload()
    tablet.wait_state("0/0/online")
    expect(cards).to_contain_text(shown)
    assert axe_violations(page) == []
    page.get_by_role("button", name="C’est recopié").click()
    expect(cards).to_be_hidden()
    assert number(site, "SELECT count(*) FROM activities_activity") == before + 3
    made = rows(site, "SELECT place_kind, one_off, participants FROM activities_activity ORDER BY created_at DESC LIMIT 3")
    assert sorted(made) == [("a_distance", False, 1), ("a_distance", False, 6), ("domicile", True, 1)]

    # A page left open does not outlive its session, and reopens with the same account.
    tablet.network.cut()
    page.goto("/espace-pro/journee/app/#report")
    report(page)
    tablet.wait_state("1/0/offline")
    page.evaluate("Date.now = ((now) => () => now() + 13 * 3600 * 1000)(Date.now)")
    tablet.wait_state("0/0/offline")
    expect(page.get_by_role("heading", name="Connectez-vous")).to_be_visible()
    expect(page.get_by_text("Des actes attendent, chiffrés")).to_be_visible()
    tablet.network.restore()
    page.goto("/espace-pro/journee/app/")
    all_sent(page)
    assert number(site, "SELECT count(*) FROM activities_activity") == before + 4


def test_leaving_a_tablet_from_the_bus(tablet: Tablet, site: Site) -> None:
    """The shell has its own way out: told what waits, nothing readable left, the session ended when the network is back."""
    page = tablet.page
    sign_in(page, site, MEDIATOR, DAY)
    tablet.get_ready()
    tablet.network.cut()
    page.goto("/espace-pro/journee/app/#report")
    report(page)
    tablet.wait_state("1/0/offline")
    leave = page.get_by_role("button", name="Se déconnecter")
    leave.click()
    expect(page.get_by_role("alert")).to_contain_text("1 acte n’est pas parti")
    leave.click()
    expect(page.get_by_role("heading", name="Connectez-vous")).to_be_visible()
    assert (
        page.evaluate(
            """() => new Promise((resolve) => {
            indexedDB.open("yole-journee").onsuccess = ({ target }) => {
                const count = target.result.transaction("keys").objectStore("keys").count();
                count.onsuccess = () => { target.result.close(); resolve(count.result); };
            };
        })"""
        )
        == 0
    )
    # Somebody else signs in: what waits for another person is told, and stays closed.
    tablet.network.restore()
    tablet.wait_state("0/0/online")
    page.goto("/espace-pro/")
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    sign_in(page, site, "structure", DAY)
    tablet.wait_state("0/0/online")
    expect(page.locator("[data-others]")).to_contain_text("1, à envoyer à sa prochaine connexion ici")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(f"{tablet.network.address}/")
    sign_in(page, site, MEDIATOR, DAY)
    tablet.wait_state("0/0/online")
    expect(page.locator("[data-others]")).to_be_hidden()


def test_a_browser_that_keeps_nothing_says_so(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.address, viewport={"width": 360, "height": 740})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.add_init_script("indexedDB.open = () => { throw new DOMException('no storage here', 'SecurityError'); };")
    sign_in(page, site, MEDIATOR, DAY)
    page.goto(DAY)
    expect(page.get_by_text("ne peut pas garder votre travail sans réseau")).to_be_visible()
    assert problems == []
    context.close()
