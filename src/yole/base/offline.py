"""Pages that work without a network: their scripts, served under an address that changes with their content, and their service worker."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse

from yole.base import deliveries
from yole.base.errors import Refused

_COMMON = (
    *("yole/tokens.css", "yole/yole.css", "yole/icons.svg", "yole/logo.svg"),
    *("yole/fonts/atkinson-next-400.woff2", "yole/fonts/atkinson-next-700.woff2"),
)
_SHARED = Path(__file__).resolve().parent / "static" / "yole" / "offline"
_SCRIPT = "text/javascript; charset=utf-8"


def device_of(name: str) -> str:
    """The name that a device gave itself. Raises Refused (400) for another text."""
    if not deliveries.DEVICE_NAME.fullmatch(name):
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
    """`scripts`: the folder of `modules` and of `service.js`; `shared`: the modules that it takes from the house (`yole/offline`); `own`:
    names of static files beside those of every page; `more`: other files whose change makes a new version.
    """

    scripts: Path
    templates: Path
    modules: tuple[str, ...]
    own: tuple[str, ...]
    shared: tuple[str, ...] = ()
    more: Callable[[], Iterable[Path]] = tuple

    @cached_property
    def version(self) -> str:
        """Twelve characters that change with any file of the application."""
        digest = hashlib.sha256()
        shared = [_SHARED / f"{name}.js" for name in self.shared]
        for path in sorted([*self.scripts.iterdir(), *shared, *self.templates.iterdir(), *self.more()]):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        for address in self._static():
            digest.update(address.encode())
        return digest.hexdigest()[:12]

    def kept(self, script_url: str) -> list[str]:
        """Addresses of the files that a device keeps: those of every page, its own, and each module under `script_url` (a name of URL
        that takes a version and a module)."""
        modules = [reverse(script_url, args=[self.version, name]) for name in (*self.modules, *self.shared)]
        return self._static() + modules

    def _static(self) -> list[str]:
        return [static(name) for name in (*_COMMON, *self.own)]

    def script(self, version: str, name: str) -> HttpResponse:
        """A module; its address holds its version, so it can be kept for ever. Raises Http404 for another version or name."""
        if version != self.version or name not in (*self.modules, *self.shared):
            raise Http404
        folder = _SHARED if name in self.shared else self.scripts
        response = HttpResponse((folder / f"{name}.js").read_text(encoding="utf-8"), content_type=_SCRIPT)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    def service_worker(self, values: dict[str, Any]) -> HttpResponse:
        """The service worker, with the constants that it needs besides its version; a browser asks for it again at each visit."""
        head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in {"VERSION": self.version, **values}.items())
        response = HttpResponse(head + (self.scripts / "service.js").read_text(encoding="utf-8"), content_type=_SCRIPT)
        response.headers["Cache-Control"] = "no-cache"
        return response
