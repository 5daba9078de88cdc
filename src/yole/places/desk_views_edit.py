"""The desk: edit a place, add one, close it, open it again."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.places import desk_services as desk
from yole.places import opening, selectors, services
from yole.places.desk_fields import EDITED, GROUPS, KIND_OF, label, words
from yole.places.desk_forms import CloseForm, PlaceForm, initial_of
from yole.places.desk_services import Conflict, Doubtful, Invalid, LooksAlike, Said
from yole.places.desk_views_common import here, page, wanted
from yole.places.models import Place
from yole.places.permissions import EDIT
from yole.territory import selectors as territory_selectors


def _form_page(request: HttpRequest, form: PlaceForm, one: Place | None, status: int = 200, **more: Any) -> HttpResponse:
    today = territory_selectors.today()
    text = str(form["opening_hours"].value() or "")
    context = {
        "place": one,
        "form": form,
        "groups": [(group, [form[name] for name in group.fields]) for group in GROUPS],
        "week": opening.week(text, today, selectors.holidays_around(today)),
        "hours_typed": text,
        **more,
    }
    return page(request, "edit.html", "list", context, status)


def _tell(form: PlaceForm, said: list[Said]) -> None:
    for one in said:
        form.add_error(one.field if one.field in form.fields else None, one.message)


def _told(said: list[Said]) -> list[tuple[str, str]]:
    return [(label(one.field) if one.field else "Fiche", one.message) for one in said]


@staff_page(EDIT)
@require_http_methods(FORM)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    one = wanted(request, pk)
    if request.method != "POST":
        return _form_page(request, PlaceForm(initial=initial_of(desk.values_of(one))), one)
    form = PlaceForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["base"]:
        if not form.errors:
            form.add_error(None, "Ce formulaire est abîmé. Rechargez la page.")
        return _form_page(request, form, one, 400)
    if "preview" in request.POST:
        return _form_page(request, form, one, previewed=True)
    typed, base = form.typed(), form.cleaned_data["base"]
    try:
        changed = desk.edit_place(
            one, typed=typed, base=base, by=request.user, today=territory_selectors.today(), keep_warnings="keep" in request.POST
        )
    except Invalid as refusal:
        _tell(form, refusal.said)
        return _form_page(request, form, one, refusal.status)
    except Doubtful as refusal:
        return _form_page(request, form, one, refusal.status, doubts=_told(refusal.said))
    except Conflict as refusal:
        mine = {name: typed[name] if typed[name] != base[name] else refusal.current[name] for name in EDITED}
        moved = [
            (label(n), words(n, base[n]), words(n, refusal.current[n]), words(n, typed[n]) if typed[n] != base[n] else "")
            for n in refusal.fields
        ]
        again = PlaceForm(initial=initial_of(mine, base=refusal.current))
        return _form_page(request, again, one, refusal.status, conflict=moved, who=refusal.who)
    if changed:
        messages.success(request, f"La fiche est corrigée : {', '.join(label(name) for name in changed)}.")
    else:
        messages.info(request, "Rien n’a changé.")
    return redirect("places:desk-place", pk)


def _blank() -> dict[str, Any]:
    empty: dict[str | None, Any] = {"list": [], "number": None}
    return {name: empty.get(KIND_OF.get(name), "") for name in EDITED} | {"itinerance": ["Fixe"]}


@staff_page(EDIT)
@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, PlaceForm(initial={**initial_of(_blank()), "base": "", "key": uuid.uuid4()}), None)
    form = PlaceForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["key"]:
        if not form.errors:
            form.add_error(None, "Ce formulaire est abîmé. Rechargez la page.")
        return _form_page(request, form, None, 400)
    if "preview" in request.POST:
        return _form_page(request, form, None, previewed=True)
    kept = {"is_new": "new" in request.POST or "keep" in request.POST, "keep_warnings": "keep" in request.POST}
    try:
        made = desk.create_place(
            here(request),
            typed=form.typed(),
            key=str(form.cleaned_data["key"]),
            by=request.user,
            today=territory_selectors.today(),
            **kept,
        )
    except Invalid as refusal:
        _tell(form, refusal.said)
        return _form_page(request, form, None, refusal.status)
    except LooksAlike as refusal:
        return _form_page(request, form, None, refusal.status, alike=refusal.found)
    except Doubtful as refusal:
        return _form_page(request, form, None, refusal.status, doubts=_told(refusal.said))
    messages.success(request, f"« {made.name} » est ajouté.")
    return redirect("places:desk-place", made.pk)


@staff_page(EDIT)
@require_POST
def undo_change(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    one = wanted(request, pk)
    desk.undo_last_change(one, change, by=request.user, today=territory_selectors.today())
    messages.success(request, "La version précédente est revenue.")
    return redirect("places:desk-place", pk)


@staff_page(EDIT)
@require_http_methods(FORM)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    one = wanted(request, pk)
    form = CloseForm(request.POST or None, initial={"on": territory_selectors.today()})
    if request.method == "POST" and form.is_valid():
        try:
            services.close_place(one, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, f"« {one.name} » n’est plus montré au public. Vous pouvez le rouvrir.")
            return redirect("places:desk-place", pk)
    return render(request, "places/desk/close.html", {"place": one, "form": form}, status=400 if form.is_bound else 200)


@staff_page(EDIT)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    one = services.reopen_place(wanted(request, pk), by=request.user)
    messages.success(request, f"« {one.name} » est de nouveau montré au public.")
    return redirect("places:desk-place", pk)
