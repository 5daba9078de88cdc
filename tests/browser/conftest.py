"""Fixtures of the browser tests: one demonstration, one site, one Chromium, pages whose errors fail the test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import PHONE, OpenPage, Site, copy_data, demonstration_at_rest, launch, open_folder, start_site, stop_site, temporary
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def at_rest() -> Iterator[Path]:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with demonstration_at_rest(temporary() / f"yole-demonstration-{run}") as data:
        yield data


@pytest.fixture
def own_data(at_rest: Path) -> Iterator[Path]:
    """A data directory with the demonstration, for a test that starts and stops its own site."""
    with open_folder() as root:
        copy_data(at_rest, root / "data")
        yield root / "data"


@pytest.fixture(scope="session")
def site(at_rest: Path) -> Iterator[Site]:
    with open_folder() as root:
        copy_data(at_rest, root / "data")
        process, address = start_site(root / "data")
        try:
            yield Site(address, root / "data")
        finally:
            stop_site(process)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver, pytest.MonkeyPatch.context() as patch:
        # The driver leaves an event loop in this thread until it stops; Django would refuse every test of the database that comes after.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = launch(driver)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[OpenPage]:
    """Opens a page in a context of its own: size, colour scheme, with or without JavaScript. Errors of the page fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opener(path: str = "/", *, size: dict[str, int] = PHONE, dark: bool = False, script: bool = True) -> Page:
        context = chromium.new_context(
            viewport=size,
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale="fr-FR",
            base_url=site.address,
            timezone_id="America/Martinique",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                problems.append(f"{page.url}: {message.text}") if message.type == "error" and "status of 4" not in message.text else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                problems.append(f"third party: {request.url}") if not request.url.startswith((site.address, "data:", "blob:")) else None
            ),
        )
        page.goto(path)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert problems == []
