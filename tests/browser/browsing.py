"""The whole product as a newcomer starts it (`yole serve --demo` on its own data), Chromium, and what axe-core says of a page."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, Playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@dataclass(frozen=True, slots=True)
class Site:
    address: str
    data: Path

    def password(self, who: str = "coordination") -> tuple[str, str]:
        """Address and password of a fictional account, the coordinator's by default."""
        for line in (self.data / "demo-accounts.txt").read_text(encoding="utf-8").splitlines():
            email, password, _ = line.split("  ", 2)
            if email.startswith(f"{who}@"):
                return email, password
        raise LookupError(f"no account {who} in demo-accounts.txt")

    def outbox(self) -> str:
        """Every message written so far, as text."""
        folder = self.data / "outbox"
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*"))) if folder.is_dir() else ""


def start_site(data: Path) -> tuple[subprocess.Popen[bytes], str]:
    """`yole serve --demo` on a free port; waits until the first page answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YOLE_", "DJANGO_"))}
    environment["YOLE_DATA_DIR"] = str(data)
    log = (data.parent / f"{data.name}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "yole", "serve", "--demo", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address + "/", timeout=20) as answer:
                if answer.status == 200:
                    return process, address
        except urllib.error.HTTPError as error:
            stop_site(process)
            raise RuntimeError(f"the home page answers {error.code}: {(data.parent / f'{data.name}.log').read_text()[-4000:]}") from error
        except OSError:
            time.sleep(0.3)
    stop_site(process)
    raise RuntimeError("the site did not start: " + (data.parent / f"{data.name}.log").read_text(encoding="utf-8")[-4000:])


def stop_site(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


def temporary() -> Path:
    """Where temporary folders go: not in a closed one, since the database has a user of its own."""
    return Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that the database's own user can reach, gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="yole-site-", dir=temporary()))
    root.chmod(0o755)
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def demonstration() -> Iterator[Site]:
    """A site of its own with the demonstration, gone afterwards."""
    with open_folder() as root:
        data = root / "data"
        data.mkdir()
        process, address = start_site(data)
        try:
            yield Site(address, data)
        finally:
            stop_site(process)


@contextmanager
def demonstration_at_rest(folder: Path) -> Iterator[Path]:
    """The data directory of a newcomer's first start, stopped, in a folder that processes share: the first one makes it, the others wait,
    the last one to leave takes it away. Loading the demonstration is the long part of a start: it is done once, then copied.
    """
    folder.mkdir(mode=0o755, exist_ok=True)
    made, at_rest = folder / "made", folder / "data"
    with (folder / "users").open("w") as users, (folder / "turn").open("w") as turn:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if not at_rest.exists():
                made.mkdir()
                stop_site(start_site(made)[0])
                made.rename(at_rest)
            fcntl.flock(turn, fcntl.LOCK_UN)
            yield at_rest
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)


def copy_data(at_rest: Path, data: Path) -> None:
    """The data directory of a site that was stopped, in another place that does not exist yet. Owners and modes are kept."""
    subprocess.run(["cp", "-a", str(at_rest), str(data)], check=True)
    for pointer in ("database.path", "socket.path"):
        (data / pointer).unlink(missing_ok=True)


def chromium_path() -> str | None:
    """The browser of the machine; None lets playwright use its own."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-dev-shm-usage",
    ]
    return playwright.chromium.launch(executable_path=chromium_path(), args=quiet)


OpenPage = Callable[..., Page]


def enter(page: Page, site: Site, who: str, then: str = "") -> None:
    """Sends the address and the password of a fictional account; the page that follows is the caller's to look at."""
    email, password = site.password(who)
    page.goto("/compte/connexion/" + (f"?next={then}" if then else ""))
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Se connecter").click()


def sign_in(page: Page, site: Site, who: str = "coordination", then: str = "") -> None:
    """Signs in and waits for the desk, or for the page `then`. Raises AssertionError with what the page shows instead."""
    enter(page, site, who, then)
    try:
        page.wait_for_url(re.compile(re.escape(then) + "$" if then else "/espace-pro/"))
    except PlaywrightTimeoutError as late:
        raise AssertionError(f"{who} did not get in; {page.url} shows: {page.locator('main').inner_text()[:600]}") from late


@cache
def axe_source() -> str:
    import axe_playwright_python

    folder = Path(axe_playwright_python.__file__).parent
    return next(folder.rglob("axe*.js")).read_text(encoding="utf-8")


# What passes is not described: that is most of the work on a long page.
AXE_RUN = """() => axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']
})"""


GIVES_WAY = ("documentElement", "Execution context was destroyed", "because of a navigation")
"""What a browser says when the document goes while it is read."""


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds on the page, one line per rule with its first elements. A page that gives way to the next is read again there."""
    for last in (False, False, True):
        page.wait_for_load_state("load")
        try:
            page.evaluate(axe_source())
            result: dict[str, Any] = page.evaluate(AXE_RUN)
            break
        except Error as error:
            if last or not any(words in error.message for words in GIVES_WAY):
                raise
    return [f"{v['id']}: {v['help']} {json.dumps([n['target'] for n in v['nodes']][:3], ensure_ascii=False)}" for v in result["violations"]]
