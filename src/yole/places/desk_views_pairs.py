"""The desk: places that look alike, compared side by side and decided by a person."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.places import desk_selectors
from yole.places import desk_services_pairs as pairs_service
from yole.places.desk_fields import EDITED, KIND_OF, label, words
from yole.places.desk_services import values_of
from yole.places.desk_views_common import here, page, wanted
from yole.places.engine.duplicates import SAME_PLACE
from yole.places.permissions import MERGE

PAGE_SIZE = 20


@staff_page(MERGE)
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    territory = here(request)
    search, found = pairs_service.candidates(territory)
    shown = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"search": search, "page": shown, "candidates": pairs_service.loaded(territory, shown.object_list), "same": SAME_PLACE}
    return page(request, "pairs.html", "pairs", context)


@staff_page(MERGE)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    if pairs_service.ask_search(here(request), by=request.user):
        messages.success(request, "La recherche est faite.")
    else:
        messages.info(request, "La recherche est lancée. Revenez dans quelques minutes.")
    return redirect("places:desk-pairs")


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of two places: its values in words; `choices` are (value, label, checked) when they differ."""

    name: str
    label: str
    first: str
    second: str
    choices: list[tuple[str, str, bool]]


def _lines(first: dict[str, object], second: dict[str, object], chosen: dict[str, str]) -> list[FieldLine]:
    lines = []
    for name in EDITED:
        mine, theirs = first[name], second[name]
        choices: list[tuple[str, str, bool]] = []
        if mine != theirs:
            empty = mine in ("", None, [])
            default = chosen.get(name) or (pairs_service.OTHER if empty else pairs_service.KEPT)
            offered = [(pairs_service.KEPT, "Le premier"), (pairs_service.OTHER, "Le second")]
            if KIND_OF.get(name) == "list" and mine and theirs:
                offered.append((pairs_service.BOTH, "Les deux"))
            choices = [(value, text, value == default) for value, text in offered]
        elif not mine:
            continue
        lines.append(FieldLine(name, label(name), words(name, mine), words(name, theirs), choices))
    return lines


@staff_page(MERGE)
@require_http_methods(FORM)
def pair(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Two places side by side. The first one is kept; « échanger » makes it the other."""
    if first == second:
        raise Http404
    territory, kept, other = here(request), wanted(request, first), wanted(request, second)
    chosen = {name: request.POST.get(f"f_{name}", "") for name in EDITED}
    refusal = None
    if request.method == "POST":
        try:
            if request.POST.get("decision") == "two":
                pairs_service.tell_apart(territory, first, second, by=request.user)
                messages.success(request, "Noté : ce sont deux lieux. Cette paire ne sera plus proposée.")
            else:
                choices = {name: value for name, value in chosen.items() if value}
                pairs_service.merge(territory, first, second, choices=choices, by=request.user)
                messages.success(request, f"« {kept.name} » est gardé. Vous pouvez les séparer à nouveau.")
            return redirect("places:desk-decisions")
        except Refused as said:
            refusal = said
    context = {
        "kept": kept,
        "other": other,
        "pair": pairs_service.compared(kept, other),
        "lines": _lines(values_of(kept), values_of(other), chosen),
        "refusal": refusal,
        "same": SAME_PLACE,
        "gone": [one for one in (kept, other) if one.merged_into_id or one.closed_on],
    }
    return page(request, "pair.html", "pairs", context, refusal.status if refusal else 200)


@staff_page(MERGE)
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    found = desk_selectors.page_of(pairs_service.decisions(here(request)), request.GET.get("page"))
    return page(request, "decisions.html", "pairs", {"page": found})


@staff_page(MERGE)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    decision = pairs_service.undo_decision(here(request), pk, by=request.user)
    messages.success(request, "Les deux lieux sont séparés." if decision.same else "La paire peut être proposée de nouveau.")
    return redirect("places:desk-decisions")
