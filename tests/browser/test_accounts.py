"""Accounts in a real browser: a passkey of a virtual authenticator, an application of codes, the screens of team and structures."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from browsing import DESKTOP, PHONE, OpenPage, Site, axe_violations, enter, sign_in
from playwright.sync_api import Browser, Page, expect


def _leave(page: Page) -> None:
    page.goto("/compte/")
    page.get_by_role("button", name="Se déconnecter").click()


def test_a_passkey_is_made_then_asked_for(chromium: Browser, site: Site) -> None:
    # Browsers make passkeys for names, not for numeric addresses: the same site, called localhost.
    context = chromium.new_context(viewport=PHONE, locale="fr-FR", base_url=site.address.replace("127.0.0.1", "localhost"))
    try:
        page = context.new_page()
        page.set_default_timeout(15_000)
        tools = context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        enter(page, site, "recrutement")
        page.wait_for_url(re.compile(r"/espace-pro/"))
        page.goto("/compte/securite/cle/")
        page.get_by_label("Nom de la clé").fill("Clé du test")
        page.get_by_role("button", name="Créer la clé").click()
        expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
        _leave(page)
        enter(page, site, "recrutement")
        expect(page.get_by_role("heading", name="C’est bien vous")).to_be_visible()
        page.goto("/compte/")
        assert "/compte/connexion/" in page.url
        enter(page, site, "recrutement")
        page.get_by_role("button", name="Utiliser une clé d’accès").click()
        page.wait_for_url(re.compile(r"/espace-pro/"))
        page.goto("/compte/")
        expect(page.get_by_text("Clé du test").first).to_be_visible()
    finally:
        context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_application_of_codes_without_a_mouse_or_a_script(open_page: OpenPage, site: Site, script: bool) -> None:
    # Accounts that no other walk signs in with: from here on they ask for a code.
    who = "donnees" if script else "administration"
    page = open_page("/compte/connexion/", script=script)
    enter(page, site, who)
    page.goto("/compte/securite/application/")
    code = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_label("Code à 6 chiffres").fill(code.now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    recovery = page.locator("main code").first.inner_text()
    _leave(page)
    enter(page, site, who)
    page.get_by_label("Code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ce code n’est pas le bon.").first).to_be_visible()
    page.get_by_label("Code").fill(recovery)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/espace-pro/"))


def test_an_invitation_from_the_desk_to_the_first_session(open_page: OpenPage, site: Site) -> None:
    desk = open_page("/compte/connexion/", size=DESKTOP)
    sign_in(desk, site)
    desk.goto("/compte/equipe/inviter/")
    desk.get_by_label("Adresse e-mail").fill("nouvelle@exemple.invalid")
    desk.get_by_label("Structure").select_option(label="Mission locale de démonstration (fictif)")
    desk.get_by_role("button", name="Envoyer l’invitation").click()
    expect(desk.get_by_text("nouvelle@exemple.invalid").first).to_be_visible()
    deadline = time.monotonic() + 20
    found = None
    while found is None and time.monotonic() < deadline:
        found = re.search(r"/compte/invitation/[\w-]+/", site.outbox().replace("=\n", ""))
        time.sleep(0.2)
    assert found is not None
    page = open_page(found.group(0))
    page.get_by_label("Votre nom").fill("Nouvelle médiatrice (fictif)")
    page.get_by_label("Mot de passe").fill("une phrase fictive assez longue")
    page.get_by_role("button", name="Accepter l’invitation").click()
    expect(page.get_by_role("heading", name="Réglez votre second facteur")).to_be_visible()
    assert axe_violations(page) == []
    page.goto("/espace-pro/")
    assert "/compte/connexion/" in page.url, "nothing opens before the second factor"


PAGES = [
    "/compte/",
    "/compte/equipe/",
    "/compte/equipe/inviter/",
    "/compte/structures/",
    "/compte/structures/nouvelle/",
    "/compte/securite/",
    "/compte/securite/application/",
    "/compte/securite/cle/",
    "/compte/mot-de-passe/",
    "/compte/confirmer/",
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_the_screens_of_accounts(open_page: OpenPage, site: Site, dark: bool) -> None:
    page = open_page("/compte/connexion/lien/", dark=dark)
    assert axe_violations(page) == []
    sign_in(page, site)
    for address in PAGES:
        page.goto(address)
        assert axe_violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    page.goto("/compte/equipe/")
    page.get_by_role("link", name="Médiatrice du Servibus (fictif)").click()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Changer de rôle").click()
    assert axe_violations(page) == []
