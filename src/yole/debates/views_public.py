"""Pages for everybody: the list of cafés, one café, what its room said."""

from __future__ import annotations

import json

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM, as_file
from yole.debates import debrief, documents, kit, selectors, throttle
from yole.debates.enums import CafeState, Pillar
from yole.debates.forms import CodeForm, themes_of
from yole.debates.guards import may_host
from yole.debates.models import Cafe
from yole.debates.services_prepare import clean_room_code
from yole.organisations.models import Account
from yole.territory.requests import territory_of

PAGE = 12


def cafe_or_404(request: HttpRequest, pk: int) -> Cafe:
    found = selectors.public_cafe(territory_of(request), pk)
    if found is None:
        raise Http404
    return found


def staff_of(request: HttpRequest, cafe: Cafe) -> bool:
    """Whether the visitor is signed in and runs this café."""
    return isinstance(request.user, Account) and may_host(request.user, cafe)


@require_safe
def cafes(request: HttpRequest) -> HttpResponse:
    """Cafés to come, then those whose result can be read."""
    territory = territory_of(request)
    page = Paginator(selectors.past(territory), PAGE).get_page(request.GET.get("page"))
    return render(
        request, "debates/list.html", {"coming": selectors.upcoming(territory)[:PAGE], "page": page, "form": CodeForm(auto_id="s_%s")}
    )


@require_safe
def cafe_page(request: HttpRequest, pk: int) -> HttpResponse:
    cafe = cafe_or_404(request, pk)
    context = {
        "cafe": cafe,
        "where": selectors.where(cafe),
        "themes": themes_of(cafe),
        "pillars": [(Pillar(code).label, kit.PILLARS[code]) for code in cafe.pillars],
        "published": debrief.published(cafe),
        "staff": staff_of(request, cafe),
    }
    return render(request, "debates/cafe.html", context)


@never_cache
@require_http_methods(FORM)
def enter(request: HttpRequest) -> HttpResponse:
    """The code of a room, typed."""
    form = CodeForm(request.POST or None, auto_id="s_%s")
    if form.is_bound and form.is_valid():
        throttle.CODES.check(request)
        code = clean_room_code(form.cleaned_data["code"])
        if selectors.by_room_code(territory_of(request), code) is not None:
            return redirect("debates:room", code=code)
        throttle.CODES.count(request)
        form.add_error("code", _("Aucune salle ouverte n’a ce code. Regardez l’écran de la salle."))
    return render(request, "debates/enter.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What the room said; before the closing, when it will be known."""
    cafe = cafe_or_404(request, pk)
    shown = debrief.published(cafe)
    context = {
        "cafe": cafe,
        "where": selectors.where(cafe),
        "shown": shown,
        "result": selectors.room_result(cafe),
        "texts": selectors.published_texts(cafe) if shown else [],
        "orientations": list(cafe.orientations.all()) if shown else [],
        "sent": selectors.followed(cafe) if shown else [],
        "over": cafe.state == CafeState.CLOSED,
        "staff": staff_of(request, cafe),
    }
    return render(request, "debates/result.html", context)


@require_safe
def result_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    cafe = cafe_or_404(request, pk)
    return as_file(documents.result_sheet(cafe), f"cafe-ia-{cafe.pk}.pdf")


@require_safe
def result_json(request: HttpRequest, pk: int) -> HttpResponse:
    cafe = cafe_or_404(request, pk)
    text = json.dumps(debrief.as_json(cafe), ensure_ascii=False, indent=2) + "\n"
    return as_file(text, f"cafe-ia-{cafe.pk}.json")


@require_safe
def result_csv(request: HttpRequest, pk: int) -> HttpResponse:
    cafe = cafe_or_404(request, pk)
    return as_file(debrief.as_csv(cafe), f"cafe-ia-{cafe.pk}.csv")
