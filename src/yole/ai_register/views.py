"""The public register and its files, open to everybody; the entries of the territory, for who keeps them."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.ai_register import permissions, selectors, services
from yole.ai_register.fields import GROUPS, shown
from yole.ai_register.forms import EntryForm
from yole.ai_register.models import Entry
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.kernel.tables import write_table
from yole.organisations.requests import account_of
from yole.territory.requests import territory_of


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    return render(request, "ai_register/register.html", {"lines": selectors.lines(territory_of(request))})


@require_safe
def entry(request: HttpRequest, key: str) -> HttpResponse:
    line = selectors.line(territory_of(request), key)
    if line is None:
        raise Http404
    groups = [(title, [(one.label, shown(one, line.content)) for one in group if line.content.get(one.name)]) for title, group in GROUPS]
    return render(request, "ai_register/entry.html", {"line": line, "groups": [(title, rows) for title, rows in groups if rows]})


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    text = json.dumps(selectors.as_json(territory_of(request), timezone.now()), ensure_ascii=False, indent=1)
    return as_file(text, "registre-des-algorithmes.json", cache="no-cache")


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    content = write_table(selectors.CSV_HEADER, selectors.as_rows(territory_of(request)))
    return as_file(content, "registre-des-algorithmes.csv", cache="no-cache")


@staff_page(permissions.WRITE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "ai_register/desk/list.html", {"lines": selectors.lines(account_of(request).territory)})


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = EntryForm(request.POST or None, auto_id="e_%s", initial={"administration": account.territory.name})
    if form.is_bound and form.is_valid():
        try:
            made = services.add_entry(account, account.territory, **form.cleaned_data)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "L’usage est inscrit et publié.")
            return redirect("ai_register:entry", key=made.key)
    return _form_page(request, form, None)


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """A new version; sent without a change, it says that the entry was read again today and holds."""
    account, row = account_of(request), _own(request, pk)
    initial: dict[str, Any] = row.versions.order_by("-number")[0].content
    form = EntryForm(request.POST or None, auto_id="e_%s", initial=initial)
    if form.is_bound and form.is_valid():
        try:
            services.change_entry(account, row, **form.cleaned_data)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "L’entrée est relue. La version d’avant reste lisible.")
            return redirect("ai_register:entry", key=row.key)
    return _form_page(request, form, row)


@staff_page(permissions.WRITE)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    row = services.stop_entry(account_of(request), _own(request, pk))
    messages.success(request, "L’usage est arrêté. Il reste lisible dans le registre.")
    return redirect("ai_register:entry", key=row.key)


@staff_page(permissions.WRITE)
@require_POST
def read_again(request: HttpRequest, key: str) -> HttpResponse:
    """An algorithm of the platform was read again as it runs now."""
    services.mark_read(account_of(request), key)
    messages.success(request, "La relecture est notée.")
    return redirect("ai_register:desk")


def _own(request: HttpRequest, pk: int) -> Entry:
    found = selectors.own_entry(account_of(request).territory, pk)
    if found is None:
        raise Http404
    return found


def _form_page(request: HttpRequest, form: EntryForm, row: Entry | None) -> HttpResponse:
    return render(request, "ai_register/desk/form.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)
