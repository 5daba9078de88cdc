"""Wrong codes are counted per address of the network: somebody who tries codes at random has to wait, and learns nothing."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yole.base.errors import Refused

TRIES = 10
MINUTES = 15


def _key(request: HttpRequest) -> str:
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        # Behind our own proxy: the last address is the one that the proxy saw, the others are what the visitor says.
        address = request.headers.get("X-Forwarded-For", address).split(",")[-1].strip()
    return "workshops.codes." + hashlib.sha256(address.encode()).hexdigest()[:32]


def check(request: HttpRequest) -> None:
    """Raises Refused (429) when too many wrong codes came from this address in the last minutes, right code or not."""
    if int(cache.get(_key(request), 0)) >= TRIES:
        raise Refused(
            _("Trop de codes faux ont été essayés d’ici."),
            remedy=_("Attendez %(n)d minutes, ou appelez-nous : nous retrouvons votre inscription.") % {"n": MINUTES},
            code="throttled",
            status=429,
        )


def count_wrong(request: HttpRequest) -> None:
    key = _key(request)
    cache.add(key, 0, MINUTES * 60)
    try:
        cache.incr(key)
    except ValueError:  # it ended between the two lines
        cache.set(key, 1, MINUTES * 60)
