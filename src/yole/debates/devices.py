"""What a telephone or a tablet holds: a random token in a signed cookie of the café. The server keeps its digest alone.

Another cookie for what is written, so that a text and a vote of the same device have nothing in common.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from yole.debates.models import Cafe

HOURS = 24
VOTE, TABLET, TEXTS = "vote", "tablette", "textes"
_SALT = "yole.debates.device"


def new_token() -> str:
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _name(kind: str, cafe: Cafe) -> str:
    return f"yole-cafe-{kind}-{cafe.pk}"


def read(request: HttpRequest, kind: str, cafe: Cafe) -> dict[str, Any]:
    """What the cookie holds; empty when there is none, it is not ours, or a day has passed."""
    try:
        held = signing.loads(request.COOKIES.get(_name(kind, cafe), ""), salt=_SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        return {}
    # The name is not signed: a cookie moved to another café is another café's.
    return held if isinstance(held, dict) and held.get("cafe") == cafe.pk and held.get("kind") == kind else {}


def write(response: HttpResponse, kind: str, cafe: Cafe, held: Mapping[str, Any]) -> None:
    value = signing.dumps({**held, "cafe": cafe.pk, "kind": kind}, salt=_SALT)
    response.set_cookie(
        _name(kind, cafe),
        value,
        max_age=HOURS * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        path="/cafe-ia/",
    )


def forget(response: HttpResponse, kind: str, cafe: Cafe) -> None:
    response.delete_cookie(_name(kind, cafe), path="/cafe-ia/", samesite="Lax")
