"""The scripts of the door, under an address that changes with their content, and the service worker that keeps them.

The vault, the queue and the small helpers are those of the mediator's day: one device, one encrypted memory.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse

_HERE = Path(__file__).resolve().parent
_PAGES = _HERE / "templates" / "events" / "door"
_MODULES = {
    "door": "events/door/door.js",
    "vault": "web/day/vault.js",
    "outbox": "web/day/outbox.js",
    "parts": "web/day/parts.js",
}
_STATIC = (
    *("yole/tokens.css", "yole/yole.css", "yole/icons.svg", "yole/logo.svg", "events/events.css"),
    *("yole/fonts/atkinson-next-400.woff2", "yole/fonts/atkinson-next-700.woff2"),
)


def _source(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def version() -> str:
    """Twelve characters that change with any file of the application."""
    digest = hashlib.sha256()
    for name in (*sorted(_MODULES.values()), "events/door/service.js"):
        digest.update(_source(name).encode())
    for path in sorted(_PAGES.iterdir()):
        digest.update(path.read_bytes())
    for name in _STATIC:
        digest.update(static(name).encode())
    return digest.hexdigest()[:12]


def script(name: str) -> str | None:
    """The text of a module; None when there is none of this name."""
    return _source(_MODULES[name]) if name in _MODULES else None


def service_worker() -> str:
    """The service worker with what it keeps."""
    files = [static(name) for name in _STATIC] + [reverse("events:door-script", args=[version(), name]) for name in _MODULES]
    values = {"VERSION": version(), "SHELL": reverse("events:door-app"), "FILES": files}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    return head + _source("events/door/service.js")
