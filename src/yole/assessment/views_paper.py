"""Paper forms at the desk: make them, print them, type in what people ticked."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.assessment import pages, permissions, selectors, selectors_desk, services_paper
from yole.assessment.enums import Mode, Purpose
from yole.assessment.forms_desk import GiveForm
from yole.assessment.models import PaperForm
from yole.assessment.views_desk import asked_person
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.htmlpdf import pdf
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of

KINDS = ("questions", "reponses", "correction")
SHOWN = 20


@staff_page(permissions.GIVE)
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    rows = PaperForm.objects.filter(territory_id=account_of(request).territory_id).order_by("-created_at", "name", "pk")[:SHOWN]
    return render(request, "assessment/desk/papers.html", {"forms": rows, "kinds": KINDS})


@staff_page(permissions.PAPER)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    services_paper.make_forms(account_of(request))
    messages.success(request, "Deux feuilles sont prêtes : A et B, sans question commune.")
    return redirect("assessment:desk-papers")


def _form(request: HttpRequest, pk: int) -> PaperForm:
    found = PaperForm.objects.filter(pk=pk, territory_id=account_of(request).territory_id).first()
    if found is None:
        raise Http404
    return found


def _sheet(form: PaperForm) -> dict[str, Any]:
    """The questions with letters before their answers, and what corrects them."""
    rows = []
    for position, version in enumerate(selectors.form_versions(form), start=1):
        shown = pages.preview(version.data)
        right = [int(option.get("score", 0)) > 0 for option in version.data["options"]]
        letters = services_paper.LETTERS[: len(shown.options)]
        rows.append(
            {
                "position": position,
                "shown": shown,
                "options": list(zip(letters, shown.options, strict=True)),
                "letters": letters,
                "key": ", ".join(letter for letter, good in zip(letters, right, strict=True) if good),
            }
        )
    names = selectors.level_names(form.territory_id, len(selectors.rules(form.territory_id).cuts) + 1)
    table = [
        {"score": line["score"], "level": line["level"] + 1, "name": names[min(line["level"], len(names) - 1)],
         "per_hundred": round(100 * line["probability"])}
        for line in form.table
    ]  # fmt: skip
    return {"form": form, "rows": rows, "table": table}


@staff_page(permissions.GIVE)
@require_safe
def sheet(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The questions, the answer sheet or the correction, to print."""
    if kind not in KINDS:
        raise Http404
    return render(request, f"assessment/paper/{kind}.html", _sheet(_form(request, pk)))


@staff_page(permissions.GIVE)
@require_safe
def sheet_pdf(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    return as_file(pdf(f"assessment/paper/{kind}.html", _sheet(_form(request, pk))), f"diagnostic-{kind}-{pk}.pdf")


@staff_page(permissions.GIVE)
@require_http_methods(FORM)
def type_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet after another, from the keyboard: a, b, c, d or ?, Tab to the next cell."""
    account, found = account_of(request), _form(request, pk)
    person = asked_person(request, account)
    initial = {
        "form_key": uuid.uuid4(),
        "person": person,
        "purpose": request.GET.get("raison") if request.GET.get("raison") in Purpose.values else Purpose.PLACEMENT,
        "group": request.GET.get("groupe", ""),
        "supervised": "yes",
    }
    form = GiveForm(account, request.POST or None, initial=initial, auto_id="g_%s")
    count = len(found.versions)
    typed = [request.POST.get(f"r{n}", "")[:8] for n in range(1, count + 1)]
    wrong, reason = "", ""
    if form.is_bound and form.is_valid():
        try:
            made = services_paper.type_in(account, found, typed, form.wanted(mode=Mode.PAPER), uuid=form.cleaned_data["form_key"])
        except Refused as refusal:
            wrong, reason = refusal.field or "", refusal.reason
            if not wrong.startswith("r"):
                form.apply_refusal(refusal)
                wrong = reason = ""
        else:
            return redirect("assessment:desk-sitting", made.pk)
    cells = [
        {"name": f"r{n}", "position": n, "value": typed[n - 1], "wrong": wrong == f"r{n}", "text": version.data["stem"]["text"],
         "letters": services_paper.LETTERS[: len(version.data["options"])]}
        for n, version in enumerate(selectors.form_versions(found), start=1)
    ]  # fmt: skip
    context = {
        "paper": found,
        "form": form,
        "cells": cells,
        "wrong": wrong,
        "reason": reason,
        "person": selectors_desk.person_title(account, person),
    }
    status = 422 if wrong or (form.is_bound and not form.is_valid()) else 200
    return render(request, "assessment/desk/type_in.html", context, status=status)
