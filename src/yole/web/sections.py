"""Parts of a room's page that another room fills."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from yole.territory.requests import territory_of
from yole.workshops import selectors

SHOWN = 5


def workshops_here(request: HttpRequest, place_id: int) -> str:
    """« Ateliers ici »: the next sessions at a place; nothing when there is none."""
    page = selectors.public_sessions(territory_of(request), selectors.Filters(place_id=place_id), size=SHOWN)
    if not page.rows:
        return ""
    return render_to_string("web/_workshops_here.html", {"sessions": page.rows, "more": page.total > SHOWN}, request)
