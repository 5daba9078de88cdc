"""The passport that its holder has opened with a code."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from yole.base.visits import Opened
from yole.passport import selectors
from yole.passport.models import Award

_OPENED = Opened("passport.mine")
forget = _OPENED.forget


def remember(request: HttpRequest, award: Award) -> None:
    _OPENED.keep(request, str(award.pk), award.claim)


def remembered(request: HttpRequest) -> Award | None:
    """The passport, None when there is none, half an hour has passed, or its code was changed."""
    kept = _OPENED.kept(request)
    return selectors.held(UUID(str(kept[0])), str(kept[1])) if kept is not None else None
