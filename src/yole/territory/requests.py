"""Where a page is asked for."""

from __future__ import annotations

from django.http import HttpRequest

from yole.territory.models import Territory


def territory_of(request: HttpRequest) -> Territory:
    """The territory that this site serves, put there by the middleware."""
    return request.territory  # type: ignore[attr-defined, no-any-return]
