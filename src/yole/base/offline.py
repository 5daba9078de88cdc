"""Pages that work without a network: their scripts, served under an address that changes with their content, and their service worker."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static

from yole.base import deliveries
from yole.base.errors import Refused

_COMMON = (
    *("yole/tokens.css", "yole/yole.css", "yole/icons.svg", "yole/logo.svg"),
    *("yole/fonts/atkinson-next-400.woff2", "yole/fonts/atkinson-next-700.woff2"),
)
_SCRIPT = "text/javascript; charset=utf-8"
_DEVICE = re.compile(r"[A-Za-z0-9-]{4,40}")


def module(text: str | None) -> HttpResponse:
    """A module of an application; its address holds its version, so it can be kept for ever. Raises Http404 without text."""
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type=_SCRIPT)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def worker(text: str) -> HttpResponse:
    """A service worker, asked for again at each visit."""
    response = HttpResponse(text, content_type=_SCRIPT)
    response.headers["Cache-Control"] = "no-cache"
    return response


def device_of(name: str) -> str:
    """The name that a device gave itself. Raises Refused (400) for another text."""
    if not _DEVICE.fullmatch(name):
        raise Refused("Le nom de l’appareil est illisible.", code="unreadable", status=400)
    return name


def signed_in(request: HttpRequest, account: Any, device: str) -> dict[str, Any]:
    """Who is signed in, for how long, and the key of this account on this device."""
    return {
        "account": str(account.pk),
        "name": account.name,
        "key": deliveries.device_key(account, device),
        "seconds": max(0, request.session.get_expiry_age()),
        "csrf": get_token(request),
    }


@dataclass(frozen=True)
class Application:
    """`scripts`: the folder of the modules and of `service.js`; `own`: names of static files beside those of every page; `more`: other
    files whose change makes a new version.
    """

    scripts: Path
    templates: Path
    modules: tuple[str, ...]
    own: tuple[str, ...]
    more: Callable[[], Iterable[Path]] = tuple

    @cached_property
    def version(self) -> str:
        """Twelve characters that change with any file of the application."""
        digest = hashlib.sha256()
        for path in sorted([*self.scripts.iterdir(), *self.templates.iterdir(), *self.more()]):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        for address in self.kept():
            digest.update(address.encode())
        return digest.hexdigest()[:12]

    def kept(self) -> list[str]:
        """Addresses of the static files that a device keeps."""
        return [static(name) for name in (*_COMMON, *self.own)]

    def script(self, version: str, name: str) -> HttpResponse:
        """A module under its version. Raises Http404 for another version or name."""
        known = name in self.modules and version == self.version
        return module((self.scripts / f"{name}.js").read_text(encoding="utf-8") if known else None)

    def service_worker(self, values: dict[str, Any]) -> HttpResponse:
        """The service worker, with the constants that it needs besides its version."""
        head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in {"VERSION": self.version, **values}.items())
        return worker(head + (self.scripts / "service.js").read_text(encoding="utf-8"))
