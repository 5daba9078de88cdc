"""Two devices at the doors of an edition, each on a network of its own that can be cut."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from browsing import Site, open_folder, sign_in
from offline_tools import Tablet, network
from playwright.sync_api import Browser, expect

MEDIATOR, DAY = "mediation", "/espace-pro/journee/"
APP = "/numerique-en-commun/espace-pro/porte-hors-ligne/app/"


@contextmanager
def two_doors(chromium: Browser, site: Site) -> Iterator[list[Tablet]]:
    """Two tablets, switched on, whose pages had no error when they are put away."""
    with ExitStack() as stack:
        folder = stack.enter_context(open_folder())
        made = [Tablet(chromium.browser_type, folder / name, stack.enter_context(network(site))) for name in ("nord", "sud")]
        try:
            yield made
        finally:
            for one in made:
                one.context.close()
        for one in made:
            assert one.problems == []


def wait_door(tablet: Tablet, wanted: str, seconds: float = 40) -> None:
    """Waits for « waiting/inside/online », asking the page to look again as a person does by coming back to it."""
    deadline = time.monotonic() + seconds
    while not re.fullmatch(wanted, said := str(tablet.page.evaluate("document.documentElement.dataset.door || ''"))):
        assert time.monotonic() < deadline, f"« {said} », not « {wanted} »"
        tablet.page.evaluate("window.dispatchEvent(new Event('online'))")
        tablet.page.wait_for_timeout(300)


def equip(tablet: Tablet, site: Site, slug: str, name: str) -> None:
    """Before leaving: signed in, the door has a name, and the device can do without the network."""
    page = tablet.page
    sign_in(page, site, MEDIATOR, DAY)
    page.goto(f"{APP}#{slug}")
    wait_door(tablet, "0/0/online")
    page.get_by_label("Nom de cette porte").fill(name)
    page.get_by_role("button", name="Garder ce nom").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.wait_for_function("caches.keys().then(names => names.some(name => name.startsWith('yole-porte-')))")
    page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready.then(() => true)")


def enter(tablet: Tablet, typed: str) -> None:
    tablet.page.get_by_label("Code à 10 caractères, ou nom").fill(typed)
    tablet.page.get_by_role("button", name="Entrer", exact=True).click()
