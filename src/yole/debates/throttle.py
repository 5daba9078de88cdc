"""Wrong room codes are counted per address of the network. A room shares one address: the limit is wide, a robot still meets it."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.organisations import throttle

TRIES = 40
_KIND = "cafe-code"


def check(request: HttpRequest) -> None:
    """Raises Refused (429) when too many wrong codes came from this address in the last minutes, right code or not."""
    if throttle.counted(_KIND, throttle.client_address(request)) >= TRIES:
        raise Refused(
            _("Trop de codes faux ont été essayés d’ici."),
            remedy=_("Attendez 15 minutes, ou lisez le carré noir et blanc."),
            code="throttled",
            status=429,
        )


def count_wrong(request: HttpRequest) -> None:
    throttle.count(_KIND, throttle.client_address(request))
