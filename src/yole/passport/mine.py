"""The passport that its holder has opened with a code: kept in the session for half an hour, never in an address."""

from __future__ import annotations

import time
from uuid import UUID

from django.http import HttpRequest

from yole.passport import selectors
from yole.passport.models import Award

_KEY = "passport.mine"
MINUTES = 30


def remember(request: HttpRequest, award: Award) -> None:
    request.session[_KEY] = [str(award.pk), award.claim, int(time.time())]


def remembered(request: HttpRequest) -> Award | None:
    """The passport, None when there is none, half an hour has passed, or its code was changed."""
    kept = request.session.get(_KEY)
    if not kept or time.time() - kept[2] > MINUTES * 60:
        return None
    return selectors.held(UUID(kept[0]), kept[1])


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
