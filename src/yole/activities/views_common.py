"""What the pages of the room share: the account, filters of a list, one report or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest

from yole.activities import selectors
from yole.activities.models import Activity
from yole.activities.selectors import Filters
from yole.organisations.requests import account_of


def activity_or_404(request: HttpRequest, pk: UUID) -> Activity:
    found = selectors.activity(account_of(request), pk)
    if found is None:
        raise Http404
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def filters_of(request: HttpRequest) -> Filters:
    """The filters of an address; what cannot be read is ignored."""
    get: Any = request.GET.get
    place = str(get("lieu", ""))
    return Filters(
        scope="structure" if get("vue") == "structure" else "moi",
        first=_day(get("du", "")),
        last=_day(get("au", "")),
        kind=get("genre", ""),
        theme=get("theme", ""),
        place=int(place) if place.isdecimal() and len(place) < 16 else None,
        person=_uuid(get("personne", "")),
        tag=get("etiquette", "")[:40],
        words=get("titre", "")[:80],
    )


def query_of(request: HttpRequest, **more: str) -> str:
    """The address of the same list with other values; empty values and cursors left out."""
    kept = {name: value for name, value in request.GET.items() if name not in ("apres", "avant", "supprimee") and value}
    return urlencode({name: value for name, value in {**kept, **more}.items() if value})
