"""A network that can be cut, the tablet of a mediator, and what the database holds: tools of the tests of a day offline."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from browsing import Site, chromium_path
from playwright.sync_api import BrowserContext, BrowserType, Page

from yole.base.database import EmbeddedServer


class Network:
    """A forwarder between a tablet and the site. Cut, it closes every connection and refuses new ones, as a bus out of reach does;
    the browser is not told, and its `navigator.onLine` stays true."""

    def __init__(self, port: int) -> None:
        self.target = port
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.restore()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def restore(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            self._open |= {client, server}
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.discard(source)
        source.close()


class Tablet:
    """A Chromium with a profile on the disk, on a network of its own."""

    def __init__(self, browser: BrowserType, profile: Path, network: Network) -> None:
        self.browser, self.profile, self.network = browser, profile, network
        self.problems: list[str] = []
        self.context: BrowserContext
        self.page: Page
        self.switch_on()

    def switch_on(self) -> None:
        self.context = self.browser.launch_persistent_context(
            str(self.profile),
            executable_path=chromium_path(),
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking"],
            viewport={"width": 360, "height": 740},
            base_url=self.network.address,
            locale="fr-FR",
            timezone_id="America/Martinique",
        )
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))

    def pull_the_battery(self) -> None:
        """Kills the browser's main process; it has no time to write or close anything."""
        killed = 0
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    line = (entry / "cmdline").read_bytes().decode(errors="replace").split("\x00")
                    if f"--user-data-dir={self.profile}" in line and not any(part.startswith("--type=") for part in line):
                        os.kill(int(entry.name), signal.SIGKILL)
                        killed += 1
        assert killed >= 1
        with contextlib.suppress(Exception):
            self.context.close()
        deadline = time.monotonic() + 20
        while (self.profile / "SingletonLock").is_symlink() and time.monotonic() < deadline:
            (self.profile / "SingletonLock").unlink(missing_ok=True)

    def state(self) -> str:
        """« waiting/to settle/online or offline », as the page says it to tests and styles."""
        return str(self.page.evaluate("document.documentElement.dataset.day || ''"))

    def wait_state(self, wanted: str, seconds: float = 60) -> None:
        """Waits for a state (regular expression), asking the application to look again as a person does by coming back to it."""
        deadline = time.monotonic() + seconds
        while not re.fullmatch(wanted, said := self.state()):
            assert time.monotonic() < deadline, f"« {said} », not « {wanted} »; {self.page.url}"
            self.page.evaluate("window.dispatchEvent(new Event('online'))")
            self.page.wait_for_timeout(300)

    def open_app(self) -> None:
        self.page.goto("/espace-pro/journee/app/")
        self.wait_state(r"\d+/\d+/(on|off)line")

    def get_ready(self) -> None:
        """In the morning: the page of the day once, until this device can do without the network."""
        self.page.goto("/espace-pro/journee/")
        self.wait_state("0/0/online")
        deadline = time.monotonic() + 30
        while not self.page.evaluate("navigator.serviceWorker.controller !== null"):
            assert time.monotonic() < deadline, "no service worker"
            self.page.wait_for_timeout(200)
        assert self.page.evaluate("caches.keys().then(names => names.length)") == 1


def rows(site: Site, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(EmbeddedServer(site.data).url("postgres")) as server:
        return server.execute(query, values).fetchall()  # type: ignore[call-overload,no-any-return]  # a query of the test


def number(site: Site, query: str, *values: Any) -> int:
    return int(rows(site, query, *values)[0][0])


def kill_site(process: subprocess.Popen[bytes], data: Path) -> int:
    """SIGKILL to every process of Yole that works on a data directory (its database stays); how many there were.

    The one that watches the others goes first: it would stop the database in an orderly way when it sees them fall.
    """
    os.kill(process.pid, signal.SIGKILL)
    killed = 1
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in (os.getpid(), process.pid):
            with contextlib.suppress(OSError):
                program = Path((entry / "cmdline").read_bytes().split(b"\x00")[0].decode()).name
                if program.startswith("python") and f"YOLE_DATA_DIR={data}\x00".encode() in (entry / "environ").read_bytes():
                    os.kill(int(entry.name), signal.SIGKILL)
                    killed += 1
    return killed


def wait_for_rest(data: Path) -> None:
    """Until the database of a killed site either answers or has stopped: a process that died may have asked it to stop."""
    server = EmbeddedServer(data)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(1)
        if not (server.pgdata / "postmaster.pid").exists():
            return
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(server.url("postgres")):
            return
    raise AssertionError("the database neither answers nor stops")


def in_the_house(site: Site, script: str) -> str:
    """Runs lines of Python against the site's data, in a process of their own; what they print."""
    before = "import django; django.setup()\nfrom yole.base.scope import system_scope\nwith system_scope():\n"
    environment = {**os.environ, "YOLE_DATA_DIR": str(site.data), "DJANGO_SETTINGS_MODULE": "yole.config.settings"}
    lines = before + textwrap.indent(textwrap.dedent(script), "    ")
    done = subprocess.run([sys.executable, "-c", lines], env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@contextmanager
def network(site: Site) -> Iterator[Network]:
    made = Network(int(site.address.rsplit(":", 1)[1]))
    try:
        yield made
    finally:
        made.cut()
