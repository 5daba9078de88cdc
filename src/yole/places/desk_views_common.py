"""What the pages of the desk share: who asks, in which territory, the row of tabs."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yole.base.components import Tab
from yole.base.permissions import may
from yole.places.enums import ReportState
from yole.places.models import Place, Report
from yole.places.permissions import HANDLE_REPORTS, IMPORT, MERGE, VERIFY
from yole.places.selectors import place as place_of
from yole.territory.models import Territory


def here(request: HttpRequest) -> Territory:
    """The territory of the account: the desk shows no other."""
    return request.user.territory  # type: ignore[union-attr]  # signed in, checked by staff_page


def wanted(request: HttpRequest, pk: int) -> Place:
    """A place of the account's territory. Raises Http404."""
    try:
        return place_of(here(request), pk)
    except Place.DoesNotExist:
        raise Http404 from None


def desk_tabs(request: HttpRequest) -> list[Tab]:
    """The parts of the desk that the account may open."""
    parts = [("list", "Lieux", "places:desk", VERIFY), ("queue", "À vérifier", "places:desk-queue", VERIFY)]
    parts += [("reports", "Signalements", "places:desk-reports", HANDLE_REPORTS), ("pairs", "Doublons", "places:desk-pairs", MERGE)]
    parts += [("imports", "Imports", "places:desk-imports", IMPORT)]
    open_reports = None
    if may(request.user, HANDLE_REPORTS):
        open_reports = Report.objects.filter(place__territory=here(request), state=ReportState.NEW).count()
    return [
        Tab(key, label, reverse(name), open_reports if key == "reports" else None)
        for key, label, name, act in parts
        if may(request.user, act)
    ]


def page(request: HttpRequest, template: str, tab: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the desk with its tabs."""
    return render(request, f"places/desk/{template}", {"desk_tabs": desk_tabs(request), "desk_tab": tab, **context}, status=status)
