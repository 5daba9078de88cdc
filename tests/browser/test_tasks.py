"""The six exercises in Chromium: with the keyboard alone, without a network, without a word of what is typed leaving the page."""

from __future__ import annotations

import gzip
import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from browsing import DESKTOP, PHONE, OpenPage, Site, axe_violations
from playwright.sync_api import Browser, Page, Request

LIST = "/diagnostic/exercices/"
TASKS = ("mailbox", "address-bar", "form", "password", "spreadsheet", "phishing")
SECRET = "lampe-tiroir-comete-vague"
NOTE = "Voici le papier demandé"
SENT = "Rien de ce que vous avez écrit n’est parti de cette page"


def data(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.locator("#exercice-donnees").text_content() or "{}")
    return found


def variant(page: Page) -> tuple[dict[str, Any], dict[str, str]]:
    """The variant on the screen and its key: the page notes its number, never what is typed."""
    given = data(page)
    first = page.evaluate("(task) => JSON.parse(sessionStorage.getItem(`yole-exercice-${task}`)).acts[0][0]", given["task"])
    at = int(first.split(":")[1])
    return given["variants"][at], given["keys"][at]


class Hand:
    """How a person acts on the page: by Tab, Space, Enter and arrows only."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, selector: str) -> None:
        """Tab until the element has the focus. Fails when it cannot be reached."""
        for _ in range(120):
            if self.page.evaluate("(s) => document.activeElement !== document.body && document.activeElement.matches(s)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector}")

    def press(self, words: str) -> None:
        self.page.evaluate(
            """(words) => { const clean = (text) => text.replace(/\\s+/g, ' ').trim();
            const found = [...document.querySelectorAll('#exercice button, #exercice a')].find((b) => clean(b.innerText).startsWith(words));
            if (!found) throw new Error('no button: ' + words); found.dataset.wanted = '1'; }""",
            words,
        )
        self.reach("[data-wanted]")
        self.page.keyboard.press("Enter")

    def choose(self, value: str) -> None:
        """A radio button: Tab reaches the group, arrows reach the answer."""
        self.reach("#exercice input[type=radio]")
        self.page.keyboard.press("Space")
        for _ in range(12):
            if self.page.evaluate("() => document.activeElement.value") == value:
                break
            self.page.keyboard.press("ArrowDown")
        self.press("Continuer")

    def type(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)


def mailbox(hand: Hand) -> list[str]:
    one, key = variant(hand.page)
    hand.press(next(row for row in one["messages"] if row["id"] == key["message"])["from"])
    hand.press("Répondre")
    hand.choose(key["to"])
    hand.choose(key["file"])
    hand.type("#mot", NOTE)
    hand.press("Envoyer")
    return [NOTE]


def address_bar(hand: Hand) -> list[str]:
    one, _ = variant(hand.page)
    typed = f"https://{one['official'].upper()}/"
    hand.type("#adresse", typed)
    hand.press("Aller")
    hand.press("C’est le bon site")
    hand.press("Je n’ouvre pas")
    return [typed]


def form(hand: Hand) -> list[str]:
    one, key = variant(hand.page)
    card = one["card"]
    year, month, day = card["date"].split("-")
    hand.type("#nom", card["name"])
    hand.press("Continuer")
    hand.type("#date-0", day)
    hand.type("#date-1", month)
    hand.type("#date-2", year)
    hand.press("Continuer")
    hand.choose(key["file"])
    hand.press("Envoyer la demande")
    hand.type("#telephone", card["phone"])
    hand.press("Continuer")
    hand.press("Envoyer la demande")
    return [card["name"], card["phone"], card["date"], f"{day}/{month}/{year}"]


def password(hand: Hand) -> list[str]:
    hand.type("#secret", "court1")
    hand.press("Choisir")
    assert "Il y a 6 signes" in hand.page.locator("#secret-erreur").inner_text()
    hand.type("#secret", SECRET)
    hand.press("Choisir")
    return ["court1", SECRET]


def spreadsheet(hand: Hand) -> list[str]:
    one, key = variant(hand.page)
    hand.reach("[data-cell]")
    for _ in range(int(key["cell"][1]) - 1):
        hand.page.keyboard.press("ArrowDown")
    hand.page.keyboard.press("ArrowRight")
    hand.page.keyboard.press("Enter")
    hand.type("#contenu", f"{one['value']}")
    hand.press("Écrire")
    hand.reach("[data-cell=B6]")
    hand.page.keyboard.press("Enter")
    hand.type("#contenu", "=somme(B2:B5)")
    hand.press("Écrire")
    assert hand.page.locator("[data-cell=B6]").inner_text() == str(one["total"])
    hand.press("J’ai fini")
    return ["somme(B2"]


def phishing(hand: Hand) -> list[str]:
    one, key = variant(hand.page)
    for _ in one["messages"]:
        shown = hand.page.locator("#exercice article").inner_text()
        row = next(row for row in one["messages"] if row["address"] in shown)
        hand.press("C’est un piège" if key[row["id"]] == "flag" else "C’est un vrai message")
    hand.press("J’ai fini")
    return []


PLAYS: dict[str, Callable[[Hand], list[str]]] = {
    "mailbox": mailbox,
    "address-bar": address_bar,
    "form": form,
    "password": password,
    "spreadsheet": spreadsheet,
    "phishing": phishing,
}


def deliveries(requests: list[Request]) -> list[dict[str, Any]]:
    return [request.post_data_json for request in requests if request.url.endswith("/envois/")]


@pytest.mark.parametrize("task", TASKS)
def test_with_the_keyboard_alone_and_nothing_typed_leaves_the_page(open_page: OpenPage, task: str) -> None:
    page = open_page(LIST)
    requests: list[Request] = []
    page.context.on("request", lambda request: requests.append(request))
    page.goto(f"{LIST}{task}/")
    hand = Hand(page)
    hand.press("Commencer")
    typed = PLAYS[task](hand)
    page.get_by_text("Vous avez réussi seul").wait_for()
    page.get_by_text(SENT).wait_for()
    assert page.evaluate("() => document.activeElement.id") == "ecran"
    sent = deliveries(requests)
    assert [one["task"] for one in sent] == [task]
    assert set(sent[0]) == {"uuid", "task", "acts", "code"}
    went = "\n".join(f"{request.url}\n{request.post_data or ''}" for request in requests).casefold()
    for text in typed:
        assert text.casefold() not in went
    stored = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])").casefold()
    assert [text for text in typed if text.casefold() in stored] == []


@pytest.mark.parametrize("task", TASKS)
def test_without_a_network_then_sent_once(chromium: Browser, site: Site, task: str) -> None:
    # Of its own: its console tells of the network that is cut, and a service worker would hide some requests from the test.
    context = chromium.new_context(viewport=PHONE, base_url=site.address, locale="fr-FR", service_workers="block")
    # A try may fail while the network comes back: what counts is how many the site answered.
    context.add_init_script(
        """const real = window.fetch; window.fetch = async (...given) => { const answer = await real(...given);
        sessionStorage.setItem("answered", 1 + Number(sessionStorage.getItem("answered"))); return answer; };"""
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{LIST}{task}/")
    page.get_by_role("button", name="Commencer").wait_for()
    context.set_offline(True)
    hand = Hand(page)
    hand.press("Commencer")
    PLAYS[task](hand)
    page.get_by_text("Pas de réseau : le résultat est gardé ici").wait_for()
    assert page.evaluate("() => sessionStorage.getItem('answered')") is None
    context.set_offline(False)
    page.evaluate("() => { window.dispatchEvent(new Event('online')); window.dispatchEvent(new Event('online')); }")
    page.get_by_text(SENT).wait_for()
    page.reload()
    page.get_by_role("button", name="Commencer").wait_for()
    assert page.evaluate("() => sessionStorage.getItem('answered')") == "1"
    assert page.evaluate("() => localStorage.getItem('yole-exercices')") == "[]"
    context.close()
    assert problems == []


def test_every_exercise_opens_without_a_network_once_the_device_is_prepared(open_page: OpenPage) -> None:
    page = open_page(LIST)
    page.get_by_role("button", name="Garder les exercices sur cet appareil").click()
    page.get_by_text("C’est prêt").wait_for()
    page.context.set_offline(True)
    for task in TASKS:
        page.goto(f"{LIST}{task}/?code=ABCD2345")
        page.get_by_role("button", name="Commencer").click()
        page.locator(".task-order").wait_for()
    page.goto(f"{LIST}?code=ABCD2345")
    page.locator("#exercices a").first.wait_for()
    page.wait_for_function("() => document.querySelector('#exercices a').href.endsWith('?code=ABCD2345')")
    page.context.set_offline(False)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (DESKTOP, True)], ids=["phone-light", "desktop-dark"])
def test_every_screen_is_accessible(open_page: OpenPage, task: str, size: dict[str, int], dark: bool) -> None:
    page = open_page(f"{LIST}{task}/", size=size, dark=dark)
    hand = Hand(page)
    seen: list[str] = []
    page.get_by_role("button", name="Commencer").wait_for()
    seen += axe_violations(page)
    hand.press("Commencer")
    seen += axe_violations(page)
    hand.press("Montrez-moi")
    seen += axe_violations(page)
    PLAYS[task](hand)
    page.get_by_text(re.compile("avec un peu d’aide")).wait_for()
    seen += axe_violations(page)
    assert seen == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_help_taken_up_again_and_another_example(open_page: OpenPage) -> None:
    page = open_page(f"{LIST}phishing/")
    hand = Hand(page)
    hand.press("Commencer")
    first, _ = variant(page)
    hand.press("C’est un piège")
    page.reload()
    hand.press("Reprendre")
    assert page.locator("h2#ecran").inner_text().startswith("Message 2")
    hand.press("Faire avec moi")
    assert page.get_by_text("noté à part").is_visible()
    hand.press("Arrêter")
    hand.press("Essayer encore")
    assert variant(page)[0]["messages"] != first["messages"]


def test_without_scripts_the_page_says_what_it_needs(open_page: OpenPage) -> None:
    page = open_page(f"{LIST}form/", script=False)
    assert page.get_by_text("Il a besoin de JavaScript").is_visible()
    assert page.get_by_role("link", name="Version orale, pour le conseiller").is_visible()
    assert page.get_by_role("link", name="Trouver un lieu près de chez moi").is_visible()


def test_an_exercise_weighs_less_than_20_kilobytes(site: Site) -> None:
    """Page, scripts and style of its own, compressed."""
    for task in TASKS:
        with urllib.request.urlopen(f"{site.address}{LIST}{task}/") as answer:
            page = answer.read()
        version = re.search(rb"exercices/app/(\w+)/", page)
        assert version
        pieces = [page]
        for name in ("run", "machine", "outbox", "prepare", "ui", task):
            with urllib.request.urlopen(f"{site.address}{LIST}app/{version[1].decode()}/{name}.js") as answer:
                pieces.append(answer.read())
        style = re.search(rb'href="(/static/assessment/tasks/[^"]+)"', page)
        assert style
        with urllib.request.urlopen(site.address + style[1].decode()) as answer:
            pieces.append(answer.read())
        assert sum(len(gzip.compress(piece)) for piece in pieces) <= 20_000, task
