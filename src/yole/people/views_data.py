"""Duplicates and merges; end of the delay; export and erasure; lists received; settings."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base import typography
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.kernel.codes import clean_code
from yole.organisations.confirm import recently_confirmed
from yole.organisations.requests import account_of
from yole.people import (
    documents,
    permissions,
    person_data,
    retention,
    selectors,
    services_consent,
    services_erasure,
    services_import,
    services_pairs,
)
from yole.people.engine.linkage import LABELS, Reason
from yole.people.enums import PairState
from yole.people.forms import EraseForm, ImportForm, KeepForm, SettingsForm
from yole.people.models import Merge, Pair, RetentionRun
from yole.people.services import own_structure
from yole.people.views_common import form_page, person_or_404
from yole.territory.selectors import today

PAIRS_A_PAGE = 10


@staff_page(permissions.DECIDE)
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    rows = (
        Pair.objects.filter(structure_id=own_structure(account_of(request)), state=PairState.PROPOSED)
        .select_related("first__structure", "first__commune", "second__structure", "second__commune")
        .order_by("-score", "pk")
    )
    page = Paginator(rows, PAIRS_A_PAGE).get_page(request.GET.get("page"))
    services_pairs.note_compared(account_of(request), page.object_list)
    shown = [
        {
            "pair": pair,
            "cards": [selectors.card(pair.first), selectors.card(pair.second)],
            "reasons": [LABELS[Reason(code)] for code in pair.reasons if code in _CODES],
        }
        for pair in page.object_list
    ]
    return render(request, "people/pairs.html", {"page": page, "pairs": shown})


_CODES = {str(reason) for reason in LABELS}


@staff_page(permissions.DECIDE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    answer = request.POST.get("answer", "")
    if answer == "different":
        services_pairs.decide(account_of(request), pk, same=False)
        messages.success(request, "C’est noté : deux personnes. La question ne reviendra pas.")
    else:
        try:
            keep = UUID(answer)
        except ValueError:
            raise Refused("Dites si c’est la même personne.", code="choice", status=422) from None
        services_pairs.decide(account_of(request), pk, same=True, keep=keep)
        messages.success(request, "Les deux fiches sont réunies. Vous pouvez revenir en arrière dans « Fiches réunies ».")
    return redirect("people:pairs")


@staff_page(permissions.DECIDE)
@require_safe
def merges(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    visible = selectors.visible(account).values("pk")
    rows = (
        Merge.objects.filter(person__in=visible, into__in=visible)
        .select_related("person", "into", "by", "undone_by")
        .order_by("-at", "-pk")
    )
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    shown = [{"merge": row, "card": selectors.card(row.person), "into": selectors.card(row.into)} for row in page.object_list]
    return render(request, "people/merges.html", {"page": page, "merges": shown})


@staff_page(permissions.DECIDE)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    services_pairs.undo_merge(account_of(request), pk)
    messages.success(request, "Les fiches sont de nouveau séparées.")
    return redirect("people:merges")


@staff_page(permissions.FOLLOW)
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    settings = selectors.settings_of(account.territory)
    unagreed = list(retention.unagreed(account)[: selectors.SHOWN_MAX])
    soon = retention.due_soon(account).exclude(pk__in=[person.pk for person in unagreed])
    page = Paginator(soon, selectors.PAGE).get_page(request.GET.get("page"))
    days = retention.due_days([*page.object_list, *unagreed], settings)
    context = {
        "page": page,
        "rows": [{"card": selectors.card(person), "due": days[person.pk]} for person in page.object_list],
        "unagreed": [{"card": selectors.card(person), "due": days[person.pk]} for person in unagreed],
        "settings": settings,
    }
    return render(request, "people/due.html", context)


@staff_page(permissions.FOLLOW)
@require_http_methods(FORM)
def keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    form = KeepForm(request.POST or None, auto_id="k_%s")
    if form.is_bound and form.is_valid():
        try:
            retention.keep(account_of(request), person.pk, form.cleaned_data["reason"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "La fiche est gardée une fois de plus.")
            return redirect("people:person", pk=person.pk)
    return form_page(request, "people/keep.html", form, person=person, card=selectors.card(person))


@staff_page(permissions.EXPORT)
@recently_confirmed
@require_http_methods(FORM)
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The choice of a form, then the file: everything every room holds about the person."""
    person = person_or_404(request, pk)
    if request.method == "POST":
        made = person_data.export(account_of(request), person.pk)
        name = f"fiche-{selectors.code_shown(person)}"
        if request.POST.get("form") == "pdf":
            return as_file(documents.export_pdf(made), f"{name}.pdf")
        return as_file(json.dumps(made, ensure_ascii=False, indent=2), f"{name}.json")
    return render(request, "people/export.html", {"person": person, "card": selectors.card(person)})


@staff_page(permissions.ERASE)
@recently_confirmed
@require_http_methods(FORM)
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    form = EraseForm(request.POST or None, auto_id="x_%s")
    card = selectors.card(person)
    if form.is_bound and form.is_valid():
        if person.code is None or clean_code(form.cleaned_data["code"]) != person.code:
            form.add_error("code", "Ce n’est pas le code de cette carte.")
        else:
            services_erasure.erase(account_of(request), person.pk)
            messages.success(request, "La personne est effacée. Rien ne permet plus de la nommer.")
            return redirect("people:list")
    return form_page(request, "people/erase.html", form, person=person, card=card, code=selectors.code_shown(person))


@staff_page(permissions.FOLLOW)
@require_http_methods(FORM)
def import_new(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None, auto_id="i_%s")
    if form.is_bound and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            batch = services_import.receive(account_of(request), sent.read(services_import.FILE_LIMIT + 1), sent.name)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("people:import-preview", pk=batch.pk)
    return form_page(request, "people/import_new.html", form)


@staff_page(permissions.FOLLOW)
@require_http_methods(FORM)
def import_preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    account = account_of(request)
    batch = services_import.waiting(account, pk)
    repair = request.POST.get("repair", request.GET.get("repair", "")) == "1"
    refusal = None
    if request.method == "POST":
        try:
            batch = services_import.confirm(account, pk, repair=repair, informed=request.POST.get("informed") == "1")
        except Refused as refused:
            refusal = refused
        else:
            created = "1 fiche créée" if batch.created == 1 else f"{batch.created} fiches créées"
            messages.success(request, f"{created}, {batch.known} déjà là.")
            return redirect("people:list")
    context = {"batch": batch, "preview": services_import.preview(batch, repair=repair), "repair": repair, "refusal": refusal}
    return render(request, "people/import_preview.html", context, status=422 if refusal else 200)


@staff_page(permissions.SETTINGS)
@recently_confirmed
@require_http_methods(FORM)
def settings_page(request: HttpRequest) -> HttpResponse:
    """What the territory decides, and the runs of the retention rule: counts, no name."""
    account = account_of(request)
    found = selectors.settings_of(account.territory)
    form = SettingsForm(request.POST or None, initial=SettingsForm.initial_of(found), auto_id="r_%s")
    if form.is_bound and form.is_valid():
        try:
            saved = services_consent.change_settings(account, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "C’est enregistré.")
            if saved.keep_months < found.keep_months and saved.grace_until is not None:
                day = typography.day(saved.grace_until, "fr", year=True, weekday=False)
                messages.warning(request, f"Le délai est plus court. Aucune fiche n’est effacée pour cela avant le {day}.")
            return redirect("people:settings")
    runs = RetentionRun.objects.filter(territory=account.territory).order_by("-day")[:30]
    return form_page(request, "people/settings.html", form, runs=runs, grace_until=found.grace_until, today=today())
