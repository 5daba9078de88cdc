"""Wrong codes are counted per address of the network."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.organisations import throttle

TRIES = 10
_KIND = "advisers-code"


def check(request: HttpRequest) -> None:
    """Raises Refused (429) when too many wrong codes came from this address in the last minutes."""
    if throttle.counted(_KIND, throttle.client_address(request)) >= TRIES:
        raise Refused(_("Trop de codes faux ont été essayés d’ici."), remedy=_("Réessayez plus tard."), code="throttled", status=429)


def count_wrong(request: HttpRequest) -> None:
    throttle.count(_KIND, throttle.client_address(request))
