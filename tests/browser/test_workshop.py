"""Come to a workshop: find → enrol → full → waiting → somebody cancels → promoted → reminder in the outbox → attended → certificate."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from browsing import DESKTOP, PHONE, OpenPage, Site, axe_violations, enter, sign_in
from playwright.sync_api import Page, expect

from yole.base.database import EmbeddedServer


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def yole(site: Site, *arguments: str) -> str:
    command = [sys.executable, "-m", "yole", *arguments]
    return subprocess.run(command, env={**os.environ, "YOLE_DATA_DIR": str(site.data)}, capture_output=True, text=True, check=True).stdout


def shift(site: Site, session: int, start: str) -> None:
    """Time passes: the session starts at `start` (SQL), its bookings were made two days ago."""
    times = f"starts_at = {start}, ends_at = {start} + interval '1 hour'"
    capacity = "(SELECT capacity_id FROM workshops_session WHERE id = %s)"
    with psycopg.connect(EmbeddedServer(site.data).url("yole_owner")) as server:
        server.execute(f"UPDATE workshops_session SET {times}, previous_starts_at = NULL WHERE id = %s", [session])
        server.execute(f"UPDATE bookings_capacity SET {times} WHERE id = {capacity}", [session])
        server.execute(f"UPDATE bookings_booking SET created_at = created_at - interval '2 days' WHERE capacity_id = {capacity}", [session])


def enrol(page: Page, path: str, name: str, contact: str, size: int = 1) -> str:
    """Fills the form of a session without JavaScript; returns the code shown."""
    page.goto(path)
    page.get_by_label("Votre prénom ou un surnom").fill(name)
    page.get_by_label("Votre téléphone ou votre e-mail").fill(contact)
    page.get_by_label("Vous venez à combien").fill(str(size))
    page.get_by_label("Je suis d’accord").check()
    page.get_by_role("main").get_by_role("button", name=re.compile("inscris|attente", re.I)).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est noté")
    assert fits(page)
    return page.locator(".code-large").inner_text().strip()


def open_booking(page: Page, code: str) -> None:
    page.goto("/ateliers/code/")
    page.get_by_label("Votre code").fill(code)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon inscription")


def test_the_whole_way_of_a_place(open_page: OpenPage, site: Site) -> None:
    first = open_page("/", size=PHONE, script=False)
    first.get_by_role("link", name="Tous les ateliers").click()
    row = first.locator("main li", has_text="Mes mots de passe").filter(has_text=re.compile(r"\d+.places?")).first
    left = int(re.search(r"(\d+).places?", row.inner_text())[1])  # type: ignore[index]  # the row was chosen for it
    row.get_by_role("link").first.click()
    path = "/" + first.url.split("/", 3)[3]
    session = int(re.search(r"/seance/(\d+)/", path)[1])  # type: ignore[index]  # the address of a session
    assert fits(first)

    # The last places go to a household; the next person waits.
    code_1 = enrol(first, path, "Ninon (fictif)", "ninon@yole.invalid", size=left)
    second = open_page(path, size=PHONE, script=False)
    expect(second.get_by_role("main")).to_contain_text(re.compile("[Cc]omplet"))
    code_2 = enrol(second, path, "Éloi (fictif)", "eloi@yole.invalid")
    expect(second.get_by_role("main")).to_contain_text(re.compile(r"place 1 sur la liste d’attente"))

    # The same request again gives the same words, never « you are already enrolled ».
    again = open_page(path, size=PHONE, script=False)
    again.get_by_label("Votre prénom ou un surnom").fill("Éloi (fictif)")
    again.get_by_label("Votre téléphone ou votre e-mail").fill("eloi@yole.invalid")
    again.get_by_label("Je suis d’accord").check()
    again.get_by_role("main").get_by_role("button", name=re.compile("inscris|attente", re.I)).first.click()
    expect(again.get_by_role("heading", level=1)).to_have_text("C’est noté")
    assert code_2 not in again.content()

    # The household cancels: the place is offered at once.
    open_booking(first, code_1.lower().replace("-", " "))
    first.get_by_role("link", name="Je ne peux pas venir").click()
    first.get_by_role("main").get_by_role("button").first.click()
    open_booking(second, code_2)
    expect(second.get_by_role("main")).to_contain_text("Une place est libre pour vous")
    yole(site, "workshops", "remind")
    assert "eloi@yole.invalid" in site.outbox()
    second.get_by_role("button", name=re.compile("Oui|viens", re.I)).first.click()
    open_booking(second, code_2)
    expect(second.get_by_role("main")).not_to_contain_text("Une place est libre pour vous")

    # The day before: one reminder, read in the outbox of the desk.
    shift(site, session, "date_trunc('minute', now()) + interval '23 hours'")
    before = site.outbox().count("To: eloi@yole.invalid")
    yole(site, "workshops", "remind")
    yole(site, "workshops", "remind")
    assert site.outbox().count("To: eloi@yole.invalid") == before + 1
    desk = open_page("/", size=DESKTOP)
    sign_in(desk, site)
    desk.goto(f"/ateliers/equipe/messages/?seance={session}")
    expect(desk.get_by_role("main")).to_contain_text("Éloi (fictif)")

    # The day itself: present, then the certificate.
    shift(site, session, "date_trunc('minute', now()) - interval '90 minutes'")
    desk.goto(f"/ateliers/equipe/seances/{session}/presences/")
    desk.get_by_role("group", name=re.compile("Éloi")).get_by_label("Présent").check()
    desk.get_by_role("button", name="Garder les présences").click()
    expect(desk.get_by_role("group", name=re.compile("Éloi")).get_by_label("Présent")).to_be_checked()
    open_booking(second, code_2)
    certificate = second.get_by_role("link", name=re.compile("attestation"))
    address = certificate.get_attribute("href")
    assert address is not None
    answer = second.context.request.get(address)
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF")


def test_enrolling_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/ateliers/", size=PHONE)
    page.locator("main li", has_text=re.compile(r"\d+.places")).last.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/seance/"))

    def tab_until(script: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(script):
                return
        raise AssertionError(f"not reached by Tab: {script}")

    tab_until("document.activeElement.autocomplete === 'given-name' || document.activeElement.name === 'name'")
    page.keyboard.type("Zoé (fictif)")
    tab_until("document.activeElement.name === 'consent'")
    page.keyboard.press("Space")
    tab_until("document.activeElement.type === 'submit' && document.activeElement.classList.contains('btn-sun')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est noté")


DESK_PAGES = [
    "/espace-pro/",
    "/lieux/coordination/",
    "/territoire/quartiers/",
    "/ateliers/equipe/",
    "/ateliers/equipe/?vue=mois",
    "/ateliers/equipe/programmes/",
    "/ateliers/equipe/programmes/nouveau/",
    "/ateliers/equipe/seances/1/",
    "/ateliers/equipe/seances/1/presences/",
    "/ateliers/equipe/seances/1/inscrire/",
    "/ateliers/equipe/seances/1/groupe/",
    "/ateliers/equipe/orientations/",
    "/ateliers/equipe/appels/",
    "/ateliers/equipe/messages/",
    "/ateliers/equipe/statistiques/",
    "/ateliers/equipe/reglages/",
]
PUBLIC_PAGES = [
    "/ateliers/?libre=on",
    "/ateliers/calendrier/",
    "/ateliers/calendrier/?vue=semaine",
    "/ateliers/seance/1/",
    "/ateliers/code/",
]


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_axe_finds_nothing_on_public_pages(path: str, open_page: OpenPage) -> None:
    for dark in (False, True):
        page = open_page(path, size=PHONE, dark=dark)
        assert axe_violations(page) == [], path
        assert fits(page), path


def test_axe_finds_nothing_at_the_desk(open_page: OpenPage, site: Site) -> None:
    found = []
    for size, dark in ((PHONE, False), (DESKTOP, True)):
        page = open_page("/", size=size, dark=dark)
        sign_in(page, site)
        for path in DESK_PAGES:
            answer = page.goto(path)
            assert answer is not None
            if answer.status != 200:
                found.append(f"{path} answers {answer.status}")
                continue
            found += [f"{path} at {size['width']}: {line}" for line in axe_violations(page)]
            if not fits(page):
                found.append(f"{path} sticks out at {size['width']}")
    assert found == []


def test_a_wrong_code_says_so_and_soon_waits(open_page: OpenPage) -> None:
    page = open_page("/ateliers/code/", size=PHONE, script=False)
    for code in ("", "ABCD", "0000-0000-00", "<script>alert(1)</script>", "x" * 500):
        page.goto("/ateliers/code/")
        page.get_by_label("Votre code").fill(code)
        page.get_by_role("main").get_by_role("button").first.click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Mon inscription")
        expect(page.get_by_role("main")).to_be_visible()


def test_sign_in_never_leads_elsewhere(open_page: OpenPage, site: Site) -> None:
    page = open_page("/", size=PHONE, script=False)
    enter(page, site, "coordination", "https://example.org/")
    assert page.url.startswith(site.address)


def test_the_data_directory_keeps_secrets_closed(site: Site) -> None:
    for path in [site.data / "demo-accounts.txt", *(site.data / "keys").iterdir()]:
        assert Path(path).stat().st_mode & 0o077 == 0, path
