"""The home of the professional space: what waits, room by room, for what the account may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from yole.base.context import Site
from yole.base.permissions import may
from yole.places import desk_selectors
from yole.places.permissions import EDIT, HANDLE_REPORTS, IMPORT, MERGE, VERIFY
from yole.territory import selectors as territory_selectors
from yole.workshops import selectors as workshop_selectors
from yole.workshops import selectors_desk
from yole.workshops.permissions import CALL, SEE
from yole.workshops.selectors import SessionRow

WEEK = timedelta(days=7)
SESSIONS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: how many, in words, and where it is done."""

    count: int
    words: str
    url: str


def _places(request: HttpRequest) -> tuple[list[Waiting], list[tuple[str, str]]]:
    """What waits among the places, and the other acts on places."""
    user = request.user
    if not may(user, VERIFY):
        return [], []
    counted = desk_selectors.counters(user.territory, territory_selectors.today())  # type: ignore[union-attr]  # signed in
    waiting = [Waiting(counted.to_verify, "lieu à vérifier,lieux à vérifier", reverse("places:desk-queue"))]
    if may(user, HANDLE_REPORTS):
        waiting.append(Waiting(counted.open_reports, "signalement à traiter,signalements à traiter", reverse("places:desk-reports")))
    if may(user, MERGE):
        waiting.append(Waiting(counted.pairs, "paire à comparer,paires à comparer", reverse("places:desk-pairs")))
    links = [(f"Tous les lieux ({counted.shown})", "places:desk", VERIFY), ("Ajouter un lieu", "places:desk-new", EDIT)]
    links.append(("Importer une liste", "places:desk-import-new", IMPORT))
    return waiting, [(label, reverse(name)) for label, name, act in links if may(user, act)]


def _workshops(request: HttpRequest) -> tuple[list[SessionRow], list[Waiting]]:
    """The sessions of today and the coming week, and the calls to make."""
    user = request.user
    if not may(user, SEE):
        return [], []
    today = territory_selectors.today()
    territory = user.territory  # type: ignore[union-attr]  # signed in
    sessions = workshop_selectors.desk_sessions(territory, first=today, last=today + WEEK, size=SESSIONS_SHOWN).rows
    calls = len(selectors_desk.call_list(territory)) if may(user, CALL) else 0
    return sessions, [Waiting(calls, "appel à faire,appels à faire", reverse("workshops:desk-calls"))] if calls else []


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The entry of the professional space: what this account may do, nothing else."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    with translation.override("fr"):  # as every professional screen
        waiting, links = _places(request)
        sessions, calls = _workshops(request)
        others = [link for link in Site(request).desk_menu if link.url != reverse("places:desk")]
        shown = {"waiting": waiting, "place_links": links, "sessions": sessions, "calls": calls, "others": others}
        response: HttpResponse = render(request, "web/desk.html", shown)
    response.headers["Cache-Control"] = "no-store"
    return response
