"""Files on screen: choose, read the preview, import, undo; export in four shapes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yole.activities import exports, exports_coordination, files, permissions, selectors, services_import
from yole.activities.enums import BatchState
from yole.activities.models import ImportBatch
from yole.activities.views_common import filters_of, query_of
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.forms import PlainForm
from yole.base.permissions import may, staff_page
from yole.journal.references import reference
from yole.kernel.tables import write_safe_table
from yole.organisations.models import Account
from yole.organisations.requests import account_of
from yole.places.models import Place
from yole.territory import selectors as territory_selectors

SHOWN = 100
KINDS = ("csv", "xlsx")


class FileForm(PlainForm):
    file = forms.FileField(label="Fichier", help_text="CSV en UTF-8 ou classeur .xlsx, 10 Mo au plus.")


@staff_page(permissions.IMPORT)
@require_http_methods(FORM)
def imports(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            if sent.size > files.FILE_LIMIT:
                raise Refused("Ce fichier est trop grand.", remedy="La limite est de 10 Mo.", field="file", code="size", status=422)
            batch = services_import.receive(account, sent.read(), sent.name or "")
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("activities:import", pk=batch.pk)
    context = {"form": form, "batches": selectors.batches(account), "account": account}
    return render(request, "activities/imports.html", context, status=422 if form.is_bound and not form.is_valid() else 200)


def _batch_or_404(request: HttpRequest, pk: int) -> ImportBatch:
    found = ImportBatch.objects.filter(pk=pk, account=account_of(request)).first()
    if found is None:
        raise Http404
    return found


@staff_page(permissions.IMPORT)
@require_http_methods(FORM)
def import_(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview of an import, then its result."""
    account, batch = account_of(request), _batch_or_404(request, pk)
    if request.method == "POST":
        return _act(request, account, batch)
    context: dict[str, Any] = {"batch": batch, "refused": batch.refused[:SHOWN], "hidden": max(len(batch.refused) - SHOWN, 0)}
    if batch.state == BatchState.PREVIEWED and batch.content is not None:
        plan = services_import.plan(account, batch)
        context |= {
            "plan": plan,
            "refused": plan.refused[:SHOWN],
            "hidden": max(len(plan.refused) - SHOWN, 0),
            "new": plan.count("new"),
            "same": plan.count("same"),
            "gone": plan.count("gone"),
            "sample": [one for one in plan.planned if one.outcome == "new"][:10],
            "unknown_places": plan.places.most_common(20),
            "unknown_mediators": plan.mediators.most_common(20) if may(account, permissions.CORRECT) else [],
            "several_mediators": 0 if may(account, permissions.CORRECT) else len(plan.mediators),
            "places": Place.objects.filter(territory_id=account.territory_id, closed_on__isnull=True, merged_into__isnull=True).order_by(
                "sort_key"
            )[:500],
            "colleagues": Account.objects.filter(pk__in=services_import.colleagues(account), is_active=True).order_by("name"),
        }
    return render(request, "activities/import.html", context)


def _act(request: HttpRequest, account: Account, batch: ImportBatch) -> HttpResponse:
    act = request.POST.get("do", "")
    if act in ("importer", "importer-sans-refus"):
        done = services_import.apply(account, batch, without_refused=act == "importer-sans-refus")
        count = done.counts["new"]
        messages.success(request, "1 activité importée." if count == 1 else f"{count} activités importées.")
    elif act == "annuler":
        done = services_import.undo(account, batch)
        count = done.counts["undone"]
        messages.success(request, "Import annulé : 1 activité ôtée." if count == 1 else f"Import annulé : {count} activités ôtées.")
    elif act == "oublier":
        services_import.drop(account, batch)
        return redirect("activities:imports")
    elif act == "rattacher":
        chosen = {kind: _chosen(request, kind) for kind in ("place", "mediator")}
        services_import.map_names(account, batch, places=chosen["place"], mediators=chosen["mediator"])
    return redirect("activities:import", pk=batch.pk)


def _chosen(request: HttpRequest, kind: str) -> dict[str, int]:
    """Identifiers of the file and what was chosen for each: `place-name-0` beside `place-key-0`."""
    found = {}
    for name, text in request.POST.items():
        if name.startswith(f"{kind}-name-"):
            key = request.POST.get(name.replace("-name-", "-key-"), "")
            if isinstance(text, str) and key.isdecimal() and len(key) < 16:
                found[text] = int(key)
    return found


@staff_page(permissions.IMPORT)
@require_safe
def import_refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows as a file: row, column, reason, remedy."""
    account, batch = account_of(request), _batch_or_404(request, pk)
    pending = batch.state == BatchState.PREVIEWED and batch.content is not None
    lines = services_import.plan(account, batch).refused if pending else batch.refused
    header = ("ligne", "colonne", "raison", "remede")
    content = write_safe_table(header, ([line["row"], line["column"], line["reason"], line["remedy"]] for line in lines))
    return as_file(content, f"lignes-refusees-{batch.pk}.csv")


@staff_page(permissions.EXPORT)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The choice of a shape, then the file: every report that the filters keep."""
    account, filters = account_of(request), filters_of(request)
    shape, kind = request.GET.get("forme", ""), request.GET.get("format", "csv")
    if shape not in exports.SHAPES or kind not in KINDS:
        context = {"shapes": exports.SHAPES.items(), "query": query_of(request), "filters": filters, "back": reverse("activities:list")}
        return render(request, "activities/export.html", context)
    rows = exports.rows_of(shape, selectors.for_export(account, filters))
    content = (files.to_csv if kind == "csv" else files.to_xlsx)(exports.header_of(shape), rows)
    services_import.note_export(account, reference("file", f"{account.pk}-{shape}"), shape, filters.scope)
    return as_file(content, f"activites-{shape}-{territory_selectors.today():%Y-%m-%d}.{kind}")


@staff_page(permissions.COORDINATE)
@require_safe
def export_coordination(request: HttpRequest) -> HttpResponse:
    """The activities of coordination that the account may read, oldest first: CSV, or a workbook with `?format=xlsx`."""
    account, kind = account_of(request), "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    found = selectors.coordinations(account).filter(deleted_at__isnull=True).order_by("date", "created_at", "id")
    rows = exports_coordination.rows_of(found.iterator(chunk_size=1000))
    content = (files.to_csv if kind == "csv" else files.to_xlsx)(exports_coordination.HEADER, rows)
    services_import.note_export(account, reference("file", f"{account.pk}-coordination"), "coordination", "structure")
    return as_file(content, f"coordination-{territory_selectors.today():%Y-%m-%d}.{kind}")
