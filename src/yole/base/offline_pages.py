"""What an application kept by a device asks the site for: its modules, its service worker, and who works on it."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from yole.base import deliveries
from yole.base.errors import Refused

_DEVICE = re.compile(r"[A-Za-z0-9-]{4,40}")
_SCRIPT = "text/javascript; charset=utf-8"


def module(text: str | None) -> HttpResponse:
    """A module of an application; its address holds its version, so it can be kept for ever. 404 without text."""
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
