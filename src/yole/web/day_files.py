"""The scripts of the day, served under an address that changes with their content, and the service worker that keeps them."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse

HERE = Path(__file__).resolve().parent
_SCRIPTS = HERE / "static" / "web" / "day"
_TEMPLATES = HERE / "templates" / "web" / "day"
MODULES = ("app", "outbox", "parts", "session", "settle", "vault")
_STATIC = (
    *("yole/tokens.css", "yole/yole.css", "yole/icons.svg", "yole/logo.svg", "web/day/icon-192.png"),
    *("yole/fonts/atkinson-next-400.woff2", "yole/fonts/atkinson-next-700.woff2", "web/day/day.css"),
)


@lru_cache(maxsize=1)
def version() -> str:
    """Twelve characters that change with any file of the application."""
    digest = hashlib.sha256()
    for path in sorted([*_SCRIPTS.iterdir(), *_TEMPLATES.iterdir()]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in _STATIC:
        digest.update(static(name).encode())
    return digest.hexdigest()[:12]


def script(name: str) -> str | None:
    """The text of a module; None when there is none of this name."""
    return (_SCRIPTS / f"{name}.js").read_text(encoding="utf-8") if name in MODULES else None


def service_worker() -> str:
    """The service worker with what it keeps: addresses of the shell and of its files."""
    files = [static(name) for name in _STATIC] + [reverse("web:day-script", args=[version(), name]) for name in MODULES]
    values = {
        "VERSION": version(),
        "SHELL": reverse("web:day-shell"),
        "DAY": reverse("web:day"),
        "SIGN_OUT": [reverse("organisations:sign-out")],
        "FILES": files,
    }
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    return head + (_SCRIPTS / "service.js").read_text(encoding="utf-8")
