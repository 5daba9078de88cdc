"""Sensitive acts ask again who is there: password or second factor, when the last check is older than 15 minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

CONFIRMED = "confirmed-at"
MINUTES = 15

View = Callable[..., HttpResponseBase]


def mark_confirmed(request: HttpRequest) -> None:
    """Notes that the person has just proved who they are."""
    request.session[CONFIRMED] = int(time.time())


def is_recent(request: HttpRequest) -> bool:
    """Whether the last proof is at most 15 minutes old. A date in the future proves nothing."""
    last = request.session.get(CONFIRMED)
    return isinstance(last, int) and 0 <= time.time() - last <= MINUTES * 60


def _back(request: HttpRequest) -> str:
    """Where the person was: the page itself, or the page whose form was sent."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(referer)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return request.path


def recently_confirmed(view: View) -> View:
    """Decorator of a sensitive view, under `@staff_page(ACT)`. The person proves who they are, then comes back to the same place.

    A form sent too late is not carried out: the person sends it again after the check.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not is_recent(request):
            return HttpResponseRedirect(f"{reverse('organisations:confirm')}?{urlencode({'next': _back(request)})}")
        return view(request, *args, **kwargs)

    guarded.asks_again = True  # type: ignore[attr-defined]  # read by tests that list sensitive views
    return guarded
