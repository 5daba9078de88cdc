"""A whole day without a network on a shared tablet; a battery pulled out; two tablets in conflict; a server killed in the middle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import DESKTOP, OpenPage, Site, axe_violations, open_folder, sign_in, start_site, stop_site
from offline_tools import Network, Tablet, in_the_house, kill_site, network, number, rows, wait_for_rest
from playwright.sync_api import Browser, Page, expect

MEDIATOR, DAY = "mediation", "/espace-pro/journee/"
PRESENT, REPORTS, THOUSAND = 20, 15, 1000

SESSIONS = """
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
def session(title, seats, enrolled, hours=0.3, leader=None, programme=None):
    fields = {"themes": ["email"], "audiences": ["tous"], "structure": mediator.structure}
    programme = programme or create_programme(None, mediator.territory, title=title, **fields)
    start = timezone.now() + timedelta(hours=hours)
    made = create_session(None, programme, starts_at=start, ends_at=start + timedelta(hours=3), where=Where(place=place),
                          capacity=seats, mediator=leader, half_days=["matin"])
    for n in range(enrolled):
        enrol(made, f"Personne {n + 1:02} (fictif)")
    return made
def enrol(made, name):
    request = bookings.Request(name=name, consent_version="essai", idempotency_key=uuid4(), no_contact=True, structure=mediator.structure)
    return bookings.book(made.capacity_id, request, by="Essai", at_desk=True).booking
big = session("Séance du bus (fictif)", 30, 24, leader=mediator)
small = session("Petite séance (fictif)", 2, 0)
print(big.pk, small.pk, session("", 9, 0, 20, programme=small.programme).pk)
"""
FILL = """
from uuid import uuid4
from yole.bookings import services as bookings
from yole.workshops.models import Session
made = Session.objects.select_related("programme__structure").get(pk={session})
for name in ("Avant 1 (fictif)", "Avant 2 (fictif)"):
    structure = made.programme.structure
    request = bookings.Request(name=name, consent_version="essai", idempotency_key=uuid4(), no_contact=True, structure=structure)
    bookings.book(made.capacity_id, request, by="Essai", at_desk=True)
"""


@pytest.fixture
def profiles() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def tablet(chromium: Browser, site: Site, profiles: Path) -> Iterator[Tablet]:
    with network(site) as bus:
        made = Tablet(chromium.browser_type, profiles / "a", bus)
        yield made
        made.context.close()
        assert made.problems == []


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def open_session(page: Page, pk: int) -> None:
    page.goto(f"/espace-pro/journee/app/#session-{pk}")
    expect(page.get_by_role("heading", level=1).filter(has_text="Présences")).to_be_visible()


def mark(page: Page, person: int, what: str = "Présent") -> None:
    page.get_by_role("group", name=f"Personne {person:02} (fictif)").get_by_label(what).check()


def write_reports(page: Page, count: int) -> None:
    page.goto("/espace-pro/journee/app/#report")
    save_reports(page, count)


def save_reports(page: Page, count: int) -> None:
    form = page.locator("form[data-act=report]")
    for n in range(count):
        if form.locator("[name=place]").input_value() == "":  # an account without habits
            form.locator("[name=place]").select_option("À distance")
        form.get_by_label("E-mail").check()
        form.locator("[name=minutes]").nth(n % 2).check()  # the durations are those of the account's habits
        form.get_by_role("button", name="Enregistrer").click()
        expect(form.get_by_label("E-mail")).not_to_be_checked()
        expect(form.get_by_role("status")).to_contain_text("Activité gardée")


def enrol(page: Page, name: str) -> None:
    form = page.locator("[data-view=session] form[data-act=enrolment]")
    form.get_by_label("Prénom ou surnom").fill(name)
    form.get_by_label("La personne sait").check()
    form.get_by_role("button", name="Inscrire").click()
    expect(form.get_by_role("status")).to_contain_text("Inscription gardée")


def settle(page: Page, what: str, choice: str) -> None:
    card = page.locator("[data-settle] li", has_text=what).first
    card.get_by_role("button", name=choice).click()


def test_a_day_without_a_network(tablet: Tablet, site: Site, open_page: OpenPage) -> None:
    big, small, _later = (int(part) for part in in_the_house(site, SESSIONS).split())
    start = rows(site, "SELECT now()")[0][0]
    reports_before = number(site, "SELECT count(*) FROM activities_activity")
    a, b = tablet.page, open_page("/", size=DESKTOP)
    sign_in(a, site, MEDIATOR, DAY)
    tablet.get_ready()
    sign_in(b, site, MEDIATOR, DAY)
    open_session(b, big)

    # The bus leaves. The screen says by itself that there is no network, what it cannot see, and how much waits.
    tablet.network.cut()
    a.goto("/espace-pro/journee/")
    tablet.wait_state("0/0/offline")
    expect(a.locator("[data-offline]")).to_be_visible()
    expect(a.locator("[data-offline]")).to_have_attribute("role", "status")
    expect(a.get_by_text("Ce que le mode hors ligne ne peut pas voir")).to_be_visible()
    a.locator(f"a[href='#session-{big}']").click()
    for person in range(1, PRESENT + 1):
        mark(a, person)
    tablet.wait_state(f"{PRESENT}/0/offline")
    open_session(a, small)
    enrol(a, "Ginette (fictif)")
    enrol(a, "Hector (fictif)")
    assert axe_violations(a) == []
    assert fits(a)
    write_reports(a, 10)
    assert axe_violations(a) == []
    assert fits(a)
    tablet.wait_state("32/0/offline")

    # Meanwhile, with a network: the small session fills, and the other tablet notes three of the same people.
    in_the_house(site, FILL.format(session=small))
    mark(b, 1)
    mark(b, 2)
    mark(b, 3, "Absent")
    expect(b.locator("html")).to_have_attribute("data-day", "0/0/online")
    assert number(site, "SELECT count(*) FROM workshops_attendance WHERE session_id = %s", big) == 3

    # Reload, then the battery: all is still there, and the work goes on.
    a.reload()
    tablet.wait_state("32/0/offline")
    expect(a.locator("[data-offline-count]")).to_contain_text("32")
    tablet.pull_the_battery()
    tablet.switch_on()
    tablet.open_app()
    tablet.wait_state("32/0/offline")
    a = tablet.page
    open_session(a, big)
    expect(a.locator("[data-view=session] input:checked")).to_have_count(PRESENT)
    write_reports(a, REPORTS - 10)
    tablet.wait_state("37/0/offline")
    a.goto("/espace-pro/journee/app/#day")
    assert axe_violations(a) == []
    assert number(site, "SELECT count(*) FROM base_delivery WHERE received_at > %s", start) == 3

    # The network is back: everything leaves by itself, exactly once; five things are for a person to decide.
    tablet.network.restore()
    tablet.wait_state(r"0/\d/online|\d+/0/online")
    if a.get_by_role("link", name="Se connecter").is_visible():
        # A browser killed before it wrote its cookies has lost the session: the acts wait, closed, for the same account.
        assert tablet.state().startswith("0/0") or number(site, "SELECT count(*) FROM activities_activity") == reports_before
        sign_in(a, site, MEDIATOR, DAY)
    a.goto("/espace-pro/journee/app/#day")
    tablet.wait_state("0/5/online")
    assert number(site, "SELECT count(*) FROM activities_activity") == reports_before + REPORTS
    assert number(site, "SELECT count(*) FROM workshops_attendance WHERE session_id = %s", big) == 3 + PRESENT - 1
    assert number(site, "SELECT count(*) FROM bookings_booking b JOIN workshops_session s USING (capacity_id) WHERE s.id = %s", small) == 2
    expect(a.locator("[data-settle] li")).to_have_count(5)
    assert axe_violations(a) == []
    assert fits(a)

    # Both versions are side by side; a person decides each.
    card = a.locator("[data-settle] li", has_text="Ginette")
    expect(card).to_contain_text("2 places prises sur 2")
    expect(card.get_by_role("button")).to_have_count(4)
    settle(a, "Ginette", "Liste d’attente")
    expect(card).to_have_count(0)
    settle(a, "Hector", "Présent en surnombre")
    settle(a, "Personne 01", "C’est la même visite")
    settle(a, "Personne 02", "Ce sont deux personnes")
    settle(a, "Personne 03", "Garder mon pointage")
    tablet.wait_state("0/0/online")
    expect(a.get_by_text("Tout est envoyé")).to_be_visible()
    waiting = rows(
        site, "SELECT b.name, b.state FROM bookings_booking b JOIN workshops_session s USING (capacity_id) WHERE s.id = %s", small
    )
    assert ("Ginette (fictif)", "en_attente") in waiting
    assert len(waiting) == 3
    over = rows(site, "SELECT label, state FROM workshops_presence WHERE session_id = %s AND walk_in IS NOT NULL", small)
    assert over == [("Hector (fictif)", "présent")]
    states = dict(
        rows(
            site,
            "SELECT b.name, p.state FROM workshops_presence p JOIN bookings_booking b ON b.id = p.booking_id WHERE p.session_id = %s",
            big,
        )
    )
    assert sorted(states) == [f"Personne {n:02} (fictif)" for n in range(1, PRESENT + 1)]
    assert set(states.values()) == {"présent"}
    assert number(site, "SELECT count(*) FROM workshops_presence WHERE session_id = %s AND walk_in IS NOT NULL", big) == 1
    delivered = rows(site, "SELECT state, count(*) FROM base_delivery WHERE received_at > %s GROUP BY 1", start)
    assert delivered == [("done", 3 + PRESENT + REPORTS + 2)]
    assert number(site, "SELECT count(*) FROM base_delivery WHERE answer::text LIKE '%%fictif%%'") == 0

    # Sent again from a device that did not hear the answers: nothing more.
    again = number(site, "SELECT count(*) FROM activities_activity")
    a.reload()
    tablet.wait_state("0/0/online")
    assert number(site, "SELECT count(*) FROM activities_activity") == again


def in_the_vault(page: Page) -> list[int]:
    """How many keys, packages and acts the browser holds."""
    found: list[int] = page.evaluate(
        """() => new Promise((resolve) => {
            const opening = indexedDB.open("yole-journee");
            opening.onsuccess = () => {
                const names = ["keys", "packages", "acts"];
                const work = opening.result.transaction(names);
                const counts = names.map((name) => work.objectStore(name).count());
                work.oncomplete = () => { opening.result.close(); resolve(counts.map((count) => count.result)); };
            };
        })"""
    )
    return found


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Se déconnecter").click()


def test_a_shared_tablet(tablet: Tablet, site: Site) -> None:
    """Who signs out leaves nothing readable; what was not sent waits, closed, and leaves with the account that made it."""
    page = tablet.page
    before = number(site, "SELECT count(*) FROM activities_activity")
    sign_in(page, site, MEDIATOR, DAY)
    tablet.get_ready()
    # The page was open before the network fell: its forms keep working, and so does its sign-out.
    tablet.network.cut()
    save_reports(page, 2)
    tablet.wait_state("2/0/offline")
    assert in_the_vault(page) == [1, 1, 2]
    sign_out(page)
    expect(page.get_by_role("alert")).to_contain_text("2 actes ne sont pas partis")  # told before, not after
    assert in_the_vault(page) == [1, 1, 2]
    sign_out(page)
    expect(page.get_by_role("heading", name="Connectez-vous")).to_be_visible()
    expect(page.get_by_text("Des actes attendent, chiffrés")).to_be_visible()
    assert in_the_vault(page) == [0, 0, 2]
    # The network is back: the session that could not be ended is ended first, although its cookie was still good.
    tablet.network.restore()
    page.goto("/espace-pro/journee/")
    page.wait_for_timeout(1500)
    page.goto("/espace-pro/")
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    sign_in(page, site, "structure", DAY)
    tablet.get_ready()
    assert in_the_vault(page) == [1, 1, 2]
    assert "activité" not in page.locator("[data-queue]").inner_text().lower() or not page.locator("[data-queue]").is_visible()
    assert number(site, "SELECT count(*) FROM activities_activity") == before
    sign_out(page)
    expect(page).to_have_url(f"{tablet.network.address}/")
    assert in_the_vault(page) == [0, 0, 2]
    sign_in(page, site, MEDIATOR, DAY)
    tablet.wait_state("0/0/online")
    assert number(site, "SELECT count(*) FROM activities_activity") == before + 2
    assert in_the_vault(page) == [1, 1, 0]


def test_five_taps_to_a_saved_report(tablet: Tablet, site: Site) -> None:
    """As a new mediator on a phone: taps counted and timed, from the page of the day to « enregistrée »."""
    page = tablet.page
    sign_in(page, site, "autre-mediation", DAY)
    tablet.get_ready()
    before = number(site, "SELECT count(*) FROM activities_activity")
    start = time.monotonic()
    form = page.locator("form[data-act=report]")
    taps = 0
    for control in (form.get_by_label("E-mail"), form.locator("[name=minutes]").first):
        control.click()
        taps += 1
    if form.locator("[name=place]").input_value() == "":  # the first report of an account; the next ones propose the usual place
        form.locator("[name=place]").select_option("À distance")
        taps += 2
    form.get_by_role("button", name="Enregistrer").click()
    taps += 1
    expect(form.get_by_role("status")).to_contain_text("Activité gardée")
    seconds = time.monotonic() - start
    tablet.wait_state("0/0/online")
    assert number(site, "SELECT count(*) FROM activities_activity") == before + 1
    assert 3 <= taps <= 5
    assert seconds < 30
    # The same page without a network: the form that is open keeps what is typed.
    tablet.network.cut()
    save_reports(page, 1)
    tablet.wait_state("1/0/offline")
    expect(page.locator("[data-offline]")).to_be_visible()
    assert axe_violations(page) == []
    assert fits(page)
    tablet.network.restore()
    tablet.wait_state("0/0/online")
    assert number(site, "SELECT count(*) FROM activities_activity") == before + 2


def fill_the_queue(page: Page, count: int) -> None:
    """Puts reports in the queue as the form does, through the application's own module, without sending."""
    page.evaluate(
        """async (count) => {
            const vault = await import(new URL("vault.js", document.querySelector("script[type=module]").src));
            const holder = await vault.unlock();
            for (let n = 0; n < count; n += 1) {
                const payload = { kind: "individuel", themes: ["email"], minutes: 15, count: 1, place: null };
                await vault.addAct(holder, { kind: "report", payload, words: `Activité ${n}` });
            }
        }""",
        count,
    )


def test_a_server_killed_in_the_middle_of_a_thousand_deliveries(chromium: Browser, profiles: Path, own_data: Path) -> None:
    """SIGKILL to every process of Yole, then a new start. (It does not model a power cut: what the kernel holds is still written.)"""
    data = own_data
    process, address = start_site(data)
    site = Site(address, data)
    tablet = None
    try:
        bus = Network(int(address.rsplit(":", 1)[1]))
        tablet = Tablet(chromium.browser_type, profiles / "b", bus)
        sign_in(tablet.page, site, MEDIATOR, DAY)
        tablet.get_ready()
        tablet.open_app()
        before = number(site, "SELECT count(*) FROM activities_activity")
        bus.cut()
        fill_the_queue(tablet.page, THOUSAND)
        tablet.wait_state(f"{THOUSAND}/0/offline")
        bus.restore()
        tablet.page.evaluate("window.dispatchEvent(new Event('online'))")
        deadline = time.monotonic() + 60
        while (done := number(site, "SELECT count(*) FROM base_delivery WHERE state = 'done'")) < THOUSAND // 5:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert kill_site(process, data) >= 2
        process.wait(timeout=20)
        wait_for_rest(data)
        assert THOUSAND // 5 <= done < THOUSAND
        process, address = start_site(data)
        site = Site(address, data)
        kept = number(site, "SELECT count(*) FROM base_delivery WHERE state = 'done'")
        assert done <= kept < THOUSAND
        assert number(site, "SELECT count(*) FROM activities_activity") == before + kept
        bus.target = int(address.rsplit(":", 1)[1])
        tablet.wait_state("0/0/online", seconds=120)
        assert rows(site, "SELECT state, count(*) FROM base_delivery GROUP BY 1") == [("done", THOUSAND)]
        assert number(site, "SELECT count(*) FROM activities_activity") == before + THOUSAND
        assert number(site, "SELECT count(DISTINCT sequence) FROM base_delivery") == THOUSAND
    finally:
        if tablet is not None:
            tablet.context.close()
        stop_site(process)
