"""The desk: bring a list in, see what it would do, apply it, undo it."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.places import desk_selectors
from yole.places import desk_services_imports as imports_service
from yole.places.desk_forms import MappingForm, UploadForm
from yole.places.desk_views_common import here, page
from yole.places.engine.schema import REQUIRED
from yole.places.enums import BatchState
from yole.places.models import ImportBatch
from yole.places.permissions import IMPORT
from yole.territory import selectors as territory_selectors

LISTED = 100  # lines of each table of the preview
EXAMPLES = 3


def _wanted(request: HttpRequest, pk: int) -> ImportBatch:
    found = ImportBatch.objects.select_related("territory", "by_account").filter(pk=pk, territory=here(request)).first()
    if found is None:
        raise Http404
    return found


@staff_page(IMPORT)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    found = ImportBatch.objects.filter(territory=here(request)).select_related("by_account").defer("content", "refused")
    return page(request, "imports.html", "imports", {"page": desk_selectors.page_of(found.order_by("-id"), request.GET.get("page"))})


@staff_page(IMPORT)
@require_http_methods(FORM)
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        received = form.cleaned_data["file"]
        try:
            # One byte more than allowed is enough to know that it is too large.
            data = received.read(imports_service.FILE_LIMIT + 1)
            batch = imports_service.receive_list(
                here(request), data=data, file_name=received.name, source=form.cleaned_data["source"], by=request.user
            )
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("places:desk-import-columns", batch.pk)
    return page(request, "import_new.html", "imports", {"form": form}, 400 if form.is_bound else 200)


@staff_page(IMPORT)
@require_http_methods(FORM)
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _wanted(request, pk)
    if batch.state != BatchState.PREVIEWED:
        return redirect("places:desk-import", pk)
    table = imports_service.batch_table(batch)
    known = batch.mapping
    form = MappingForm(request.POST or None, header=table.header, columns=known.get("columns", {}), constants=known.get("constants", {}))
    if form.is_bound and form.is_valid():
        try:
            imports_service.map_columns(batch, columns=form.columns(), constants=form.constants(), by=request.user)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("places:desk-import-preview", pk)
    place_of = {name: i for i, name in enumerate(table.header)}
    lines = []
    for number, name in enumerate(form.header):
        examples = list(dict.fromkeys(row[place_of[name]].strip()[:60] for row in table.rows[:50] if row[place_of[name]].strip()))[
            :EXAMPLES
        ]
        lines.append((form[f"c{number}"], examples))
    context = {
        "batch": batch,
        "form": form,
        "lines": lines,
        "constants": [form[f"k_{name}"] for name in imports_service.CONSTANTS],
        "required": [name for name in REQUIRED if name not in ("id", "pivot")],
        "rows": len(table.rows),
    }
    return page(request, "import_map.html", "imports", context, 400 if form.is_bound else 200)


@staff_page(IMPORT)
@require_http_methods(FORM)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the import would do (GET), then the import itself (POST)."""
    batch, today = _wanted(request, pk), territory_selectors.today()
    if request.method == "POST":
        imports_service.apply_batch(batch, by=request.user, today=today)
        messages.success(request, "La liste est importée. Vous pouvez annuler cet import.")
        return redirect("places:desk-import", pk)
    if batch.state != BatchState.PREVIEWED:
        return redirect("places:desk-import", pk)
    seen = imports_service.preview(batch, today)
    changes = {outcome: [one for one in seen.planned if one.outcome == outcome] for outcome in ("created", "updated")}
    context = {
        "batch": batch,
        "preview": seen,
        "counts": [
            (words, seen.count(outcome))
            for outcome, words in (("created", "à créer"), ("updated", "à mettre à jour"), ("unchanged", "inchangés"))
        ],
        "refused_rows": seen.prepared.refused_rows,
        "codes": Counter(refusal.code for refusal in seen.prepared.refusals).most_common(),
        "refusals": seen.prepared.refusals[:LISTED],
        "warnings": seen.warnings[:LISTED],
        "repairs": seen.prepared.repairs[:LISTED],
        "created": changes["created"][:LISTED],
        "updated": [(one, desk_selectors.changes_of(one.before, one.after)) for one in changes["updated"][:LISTED]],
        "alike": seen.alike[:LISTED],
        "listed": LISTED,
        "missing": [
            name for name in REQUIRED if name not in {*batch.mapping["columns"].values(), *batch.mapping["constants"], "id", "pivot"}
        ],
    }
    return page(request, "import_preview.html", "imports", context)


@staff_page(IMPORT)
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    one = _wanted(request, pk)
    if one.state == BatchState.PREVIEWED:
        return redirect(
            "places:desk-import-preview" if one.content is not None else "places:desk-imports", *([pk] if one.content is not None else [])
        )
    refused = Paginator(one.refused, 50).get_page(request.GET.get("page"))
    return page(request, "import_batch.html", "imports", {"batch": one, "page": refused})


@staff_page(IMPORT)
@require_GET
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    one = _wanted(request, pk)
    return as_file(imports_service.refused_csv(one), f"lignes-refusees-{one.pk}.csv")


@staff_page(IMPORT)
@require_http_methods(FORM)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    one = _wanted(request, pk)
    if one.state != BatchState.APPLIED:
        return redirect("places:desk-import", pk)
    refusal = None
    if request.method == "POST":
        try:
            imports_service.undo_batch(one, by=request.user, leave_blocked="leave" in request.POST)
        except Refused as said:
            refusal = said
        else:
            messages.success(request, "L’import est annulé.")
            return redirect("places:desk-import", pk)
    context = {"batch": one, "blocked": imports_service.blocked_places(one), "refusal": refusal}
    return page(request, "import_undo.html", "imports", context, refusal.status if refusal else 200)


@staff_page(IMPORT)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    imports_service.drop_batch(_wanted(request, pk), by=request.user)
    messages.success(request, "Le fichier est oublié. Rien n’a été importé.")
    return redirect("places:desk-imports")
