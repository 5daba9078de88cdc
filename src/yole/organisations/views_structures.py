"""The structures of the territory, for its coordination."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.base.registries import STRUCTURE_SECTIONS
from yole.organisations import selectors, services
from yole.organisations.enums import StructureType
from yole.organisations.forms import StructureForm
from yole.organisations.models import Structure
from yole.organisations.permissions import STRUCTURES
from yole.organisations.requests import account_of

PER_PAGE = 25


@staff_page(STRUCTURES)
@require_safe
def structures(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:120].strip()
    found = selectors.structures(account_of(request).territory, text)
    context = {"page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")), "text": text}
    return render(request, "organisations/structures.html", context)


def _edit(request: HttpRequest, known: Structure | None) -> HttpResponse:
    initial = {"name": known.name, "kind": known.kind, "siret": known.siret} if known is not None else {}
    form = StructureForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            name, kind, siret = form.cleaned_data["name"], StructureType(form.cleaned_data["kind"]), form.cleaned_data["siret"]
            try:
                if known is None:
                    done = services.add_structure(account_of(request), name, kind, siret)
                else:
                    done = services.change_structure(account_of(request), known, name, kind, siret)
            except Refused as refusal:
                form.apply_refusal(refusal)
                status = refusal.status
            else:
                messages.success(request, f"La structure « {done.name} » est enregistrée.")
                return redirect("organisations:structures")
    sections = [html for section in STRUCTURE_SECTIONS if (html := section(request, known.pk))] if known is not None else []
    context = {"form": form, "structure": known, "sections": sections}
    return render(request, "organisations/structure_edit.html", context, status=status)


@staff_page(STRUCTURES)
@require_http_methods(FORM)
def structure_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@staff_page(STRUCTURES)
@require_http_methods(FORM)
def structure_edit(request: HttpRequest, pk: int) -> HttpResponse:
    known = selectors.structure(account_of(request).territory, pk)
    if known is None:
        raise Http404
    return _edit(request, known)
