"""A whole day without a network on a shared tablet; a battery pulled out; two tablets in conflict; a server killed in the middle."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import DESKTOP, OpenPage, Site, axe_violations, start_site, stop_site
from offline_tools import Network, Tablet, in_the_house, kill_site, network, number, rows, sign_in_as
from playwright.sync_api import Browser, Page, expect

MEDIATOR = "mediation@yole.invalid"
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
    folder = Path(tempfile.mkdtemp(prefix="yole-tablet-", dir="/var/tmp" if Path("/var/tmp").is_dir() else None))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


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
    form = page.locator("form[data-act=report]")
    for n in range(count):
        form.get_by_label("E-mail").check()
        form.get_by_label("30 min" if n % 2 else "15 min").check()
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
    sign_in_as(a, site, MEDIATOR)
    tablet.get_ready()
    sign_in_as(b, site, MEDIATOR)
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
        sign_in_as(a, site, MEDIATOR)
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


def test_a_server_killed_in_the_middle_of_a_thousand_deliveries(chromium: Browser, profiles: Path) -> None:
    """SIGKILL to every process of Yole, then a new start. (It does not model a power cut: what the kernel holds is still written.)"""
    data = profiles / "data"
    data.mkdir()
    process, address = start_site(data)
    site = Site(address, data)
    tablet = None
    try:
        bus = Network(int(address.rsplit(":", 1)[1]))
        tablet = Tablet(chromium.browser_type, profiles / "b", bus)
        sign_in_as(tablet.page, site, MEDIATOR)
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
        assert kill_site(data) >= 2
        process.wait(timeout=20)
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
