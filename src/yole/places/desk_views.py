"""The desk: list of places, one place, queue of places to verify."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from yole.base.answers import as_file
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.base.views import safe_address
from yole.places import desk_selectors, opening, selectors, services
from yole.places import desk_services as desk
from yole.places.desk_fields import GROUPS, label, words
from yole.places.desk_forms import ConfirmForm
from yole.places.desk_views_common import here, page, wanted
from yole.places.enums import FieldGroup, Kind
from yole.places.permissions import EDIT, HANDLE_REPORTS, VERIFY
from yole.territory import selectors as territory_selectors

SKIPPED = "desk-skipped"
SKIPPED_LIMIT = 500
CALLED = "appel au lieu"


@staff_page(VERIFY)
@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    territory, today = here(request), territory_selectors.today()
    filters = desk_selectors.Filters.read(request.GET.dict())
    found = desk_selectors.place_list(territory, filters, today)
    context = {
        "filters": filters,
        "page": desk_selectors.page_of(found, request.GET.get("page")),
        "communes": desk_selectors.communes_with_places(territory),
        "kinds": Kind.choices,
        "freshness": desk_selectors.FRESHNESS,
        "states": desk_selectors.STATES,
        "sources": desk_selectors.sources(territory),
        "query": request.GET.urlencode(),
        "filtered": filters != desk_selectors.Filters(),
        "may_edit": may(request.user, EDIT),
    }
    return page(request, "list.html", "list", context)


@staff_page(VERIFY)
@require_GET
def selection_csv(request: HttpRequest) -> HttpResponse:
    """The places of the list as asked, in a file."""
    filters = desk_selectors.Filters.read(request.GET.dict())
    found = desk_selectors.place_list(here(request), filters, territory_selectors.today())
    return as_file(desk_selectors.selection_csv(found), "lieux.csv")


@staff_page(VERIFY)
@require_safe
def place(request: HttpRequest, pk: int) -> HttpResponse:
    one = wanted(request, pk)
    return _place_page(request, pk, ConfirmForm(initial=_confirm_initial(one.kind)))


def _confirm_initial(kind: str) -> dict[str, object]:
    return {"groups": FieldGroup.values, "on": territory_selectors.today(), "how": CALLED if kind == Kind.FIXED else "appel"}


def _place_page(request: HttpRequest, pk: int, form: ConfirmForm, status: int = 200) -> HttpResponse:
    territory, today, one = here(request), territory_selectors.today(), wanted(request, pk)
    freshness = selectors.freshness_of([one], today, territory)[one.pk]
    who = desk_selectors.confirmed_by(one)
    known, lines = desk_selectors.sources_side_by_side(one)
    context = {
        "place": one,
        "kept": selectors.kept_place(one) if one.merged_into_id else None,
        "groups": [
            (
                group,
                freshness.get(group.freshness),
                who.get(group.freshness, ""),
                [(label(n), words(n, getattr(one, n))) for n in group.fields],
            )
            for group in GROUPS
        ],
        "week": opening.week(one.opening_hours, today, selectors.holidays_around(today)),
        "form": form,
        "history": desk_selectors.history(one),
        "sources": known,
        "source_lines": lines,
        "quality": desk_selectors.place_quality(one, freshness, today),
        "reports": desk_selectors.open_reports(one),
        "may_edit": may(request.user, EDIT) and not one.merged_into_id,
        "may_handle": may(request.user, HANDLE_REPORTS),
    }
    return page(request, "place.html", "list", context, status)


@staff_page(VERIFY)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms groups of fields: from the page of a place (day, how), or in one tap from the queue."""
    one, today = wanted(request, pk), territory_selectors.today()
    if "tout" in request.POST:
        made = services.confirm(one, groups=list(FieldGroup.values), on=today, by=request.user, how=CALLED, today=today)
        request.session["desk-confirmed"] = {"name": one.name, "pk": one.pk, "ids": [c.pk for c in made]}
        return redirect("places:desk-queue")
    form = ConfirmForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.confirm(one, groups=data["groups"], on=data["on"], by=request.user, how=data["how"], today=today)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, f"« {one.name} » est confirmé.")
            return redirect("places:desk-place", pk)
    return _place_page(request, pk, form, 400)


# The queue


@staff_page(VERIFY)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    territory, today = here(request), territory_selectors.today()
    skipped = request.session.get(SKIPPED, [])
    waiting = desk_selectors.queue(territory, today, skipped)
    one = waiting.first()
    context = {
        "place": one,
        "waiting": waiting.count(),
        "skipped": len(skipped),
        "confirmed": request.session.pop("desk-confirmed", None),
        "may_edit": may(request.user, EDIT),
    }
    if one is not None:
        context |= {
            "week": opening.week(one.opening_hours, today, selectors.holidays_around(today)),
            "freshness": selectors.freshness_of([one], today, territory)[one.pk],
            "reports": desk_selectors.open_reports(one),
        }
    return page(request, "queue.html", "queue", context)


@staff_page(VERIFY)
@require_POST
def skip(request: HttpRequest) -> HttpResponse:
    """« Passer »: the place comes back at the next sign-in, or when the person asks."""
    text = request.POST.get("place", "")
    if text == "":
        request.session[SKIPPED] = []
    elif text.isascii() and text.isdigit() and len(text) < 18:
        request.session[SKIPPED] = [*request.session.get(SKIPPED, []), int(text)][-SKIPPED_LIMIT:]
    return redirect("places:desk-queue")


@staff_page(VERIFY)
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Takes back the confirmations just given by mistake."""
    ids = [int(text) for text in request.POST.getlist("confirmation") if text.isascii() and text.isdigit() and len(text) < 18]
    done = desk.take_back_confirmations(here(request), ids, by=request.user)
    messages.success(request, "La confirmation est retirée." if done else "Il n’y avait rien à retirer.")
    return redirect(safe_address(request, request.POST.get("next")) or reverse("places:desk-queue"))
