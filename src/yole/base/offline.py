"""Pages that work without a network: their scripts, served under an address that changes with their content, and their service worker."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse
from django.templatetags.static import static

_COMMON = (
    *("yole/tokens.css", "yole/yole.css", "yole/icons.svg", "yole/logo.svg"),
    *("yole/fonts/atkinson-next-400.woff2", "yole/fonts/atkinson-next-700.woff2"),
)
_SCRIPT = "text/javascript; charset=utf-8"


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
        """A module; its address holds its version, so it can be kept for ever. Raises Http404 for another version or name."""
        if name not in self.modules or version != self.version:
            raise Http404
        response = HttpResponse((self.scripts / f"{name}.js").read_text(encoding="utf-8"), content_type=_SCRIPT)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    def service_worker(self, values: dict[str, Any]) -> HttpResponse:
        """The service worker, with the constants that it needs besides its version."""
        head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in {"VERSION": self.version, **values}.items())
        response = HttpResponse(head + (self.scripts / "service.js").read_text(encoding="utf-8"), content_type=_SCRIPT)
        response.headers["Cache-Control"] = "no-cache"
        return response
