"""Public data as files; the desk's own exports."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yole.base.answers import as_file
from yole.base.memo import remember
from yole.base.permissions import staff_page
from yole.roadmap import files_export, permissions
from yole.roadmap.files_export import Rows
from yole.territory.models import Territory
from yole.territory.requests import territory_of

KEPT_SECONDS = 60.0


def _public(territory: Territory, write: Callable[[Rows], bytes]) -> bytes:
    key = ("roadmap-file", write.__name__, territory.pk)
    return remember(key, KEPT_SECONDS, lambda: write(files_export.tables(territory, public=True)))


@require_safe
def public_json(request: HttpRequest) -> HttpResponse:
    data = _public(territory_of(request), files_export.as_json)
    return as_file(data, "feuille-de-route.json")


@require_safe
def public_csv(request: HttpRequest) -> HttpResponse:
    data = _public(territory_of(request), files_export.as_zip)
    return as_file(data, "feuille-de-route.zip")


@staff_page(permissions.FILES)
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Everything of the territory: `yole` (tables of Yole), `json`, or `etat` (the State's tool)."""
    territory = request.user.territory  # type: ignore[union-attr]  # the guard of the page has checked the account
    if form == "etat":
        return as_file(files_export.as_zip(files_export.state_tables(territory)), "feuille-de-route-etat.zip")
    if form == "json":
        return as_file(files_export.as_json(files_export.tables(territory)), "feuille-de-route-complete.json")
    if form == "yole":
        return as_file(files_export.as_zip(files_export.tables(territory)), "feuille-de-route-complete.zip")
    raise Http404
