"""The bank at the desk: questions with what answers say of them, their states, files in and out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.assessment import pages, permissions, selectors_bank, services_bank
from yole.assessment.enums import ItemState
from yole.assessment.forms_bank import ItemsForm, QuestionsFileForm, StateForm
from yole.assessment.models import BankImport, Item
from yole.assessment.running import current_parameters
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.organisations.requests import account_of

SHOWN = 100


@staff_page(permissions.BANK)
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    form = ItemsForm(request.GET or None, auto_id="f_%s")
    filters = form.filters() if form.is_bound else selectors_bank.Filters()
    page = Paginator(selectors_bank.items(filters), selectors_bank.PAGE).get_page(request.GET.get("page"))
    parameters = current_parameters()
    values = parameters.values if parameters else {}
    rows = [{"item": item, "b": values.get(item.key, {}).get("b")} for item in page.object_list]
    states = dict(ItemState.choices)
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "counts": [(states[state], count) for state, count in selectors_bank.counts().items()],
        "may_edit": may(request.user, permissions.BANK_EDIT),
        "query": "&".join(f"{key}={value}" for key, value in request.GET.items() if key != "page"),
        "exports": [("json", "JSON"), ("gift", "GIFT (Moodle)"), ("qti", "QTI 3.0")],
        "estimated": parameters is not None and parameters.origin == "expert",
    }
    return render(request, "assessment/desk/items.html", context)


@staff_page(permissions.BANK)
@require_http_methods(FORM)
def item(request: HttpRequest, key: str) -> HttpResponse:
    """One question as the person sees it, its answers, its figures, and the change of its state."""
    found = get_object_or_404(Item, key=key)
    may_edit = may(request.user, permissions.BANK_EDIT)
    form = StateForm(found, request.POST or None, auto_id="e_%s") if may_edit else None
    if request.method == "POST":
        if form is None:
            raise Refused("Votre compte ne permet pas cet acte.", code="forbidden", status=403)
        if form.is_valid():
            try:
                services_bank.change_state(account_of(request), found, form.cleaned_data["state"], form.cleaned_data["reason"])
            except Refused as refusal:
                form.apply_refusal(refusal)
            else:
                messages.success(request, "C’est noté.")
                return redirect("assessment:desk-item", key)
    version = selectors_bank.version_of(found)
    context = {
        "item": found,
        "version": version,
        "shown": pages.preview(version.data),
        "statistics": selectors_bank.statistics(found, version.data),
        "competence": dict(selectors_bank.competences()).get(found.competence, found.competence),
        "feedback": version.data.get("feedback", ""),
        "form": form,
    }
    status = 422 if form is not None and form.is_bound and not form.is_valid() else 200
    return render(request, "assessment/desk/item.html", context, status=status)


@staff_page(permissions.BANK)
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The questions that the filters keep, as a file."""
    chosen = ItemsForm(request.GET or None)
    filters = chosen.filters() if chosen.is_bound else selectors_bank.Filters()
    sources = selectors_bank.sources(selectors_bank.items(filters))
    if not sources:
        raise Refused("Aucune question à exporter.", code="empty", status=404)
    content, name = services_bank.export(account_of(request), sources, form)
    return as_file(content, name)


@staff_page(permissions.BANK_EDIT)
@require_POST
def load_shipped(request: HttpRequest) -> HttpResponse:
    done = services_bank.put_shipped_in_service(account_of(request))
    messages.success(request, f"Questions de Yole : {done.created} ajoutées, {done.changed} mises à jour.")
    return redirect("assessment:desk-items")


@staff_page(permissions.BANK_EDIT)
@require_http_methods(FORM)
def import_new(request: HttpRequest) -> HttpResponse:
    form = QuestionsFileForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            if sent.size > services_bank.IMPORT_LIMIT:
                raise Refused("Ce fichier est trop grand.", remedy="La limite est de 10 Mo.", field="file", code="size", status=422)
            batch = services_bank.receive_file(account_of(request), sent.read(), sent.name or "")
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("assessment:desk-import", batch.pk)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "assessment/desk/import_new.html", {"form": form}, status=status)


@staff_page(permissions.BANK_EDIT)
@require_http_methods(FORM)
def import_(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the file would do, then the confirmation."""
    account = account_of(request)
    batch = BankImport.objects.filter(pk=key, account=account).first()
    if batch is None:
        raise Http404
    if request.method == "POST":
        done = services_bank.confirm_import(account, batch)
        messages.success(request, f"{done.created} questions ajoutées en brouillon, {done.changed} mises à jour.")
        return redirect("assessment:desk-items")
    planned = services_bank.plan(batch)
    by = {name: [one for one in planned if one.outcome == name] for name in ("new", "changed", "same", "incomplete")}
    context = {
        "batch": batch,
        "new": by["new"],
        "changed": by["changed"],
        "same": by["same"],
        "incomplete": by["incomplete"],
        "shown": [one for one in planned if one.outcome != "same"][:SHOWN],
        "useful": bool(by["new"] or by["changed"]),
    }
    return render(request, "assessment/desk/import.html", context)
