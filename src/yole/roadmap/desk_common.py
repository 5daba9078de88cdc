"""What the pages of the desk share: the account, its territory's objects, a form page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yole.base.errors import Refused
from yole.base.forms import PlainForm
from yole.base.permissions import may
from yole.organisations.models import Account
from yole.organisations.requests import account_of
from yole.roadmap import permissions, selectors
from yole.roadmap.models import Roadmap
from yole.roadmap.services_readings import FILE_LIMIT, Evidence, evidence

M = TypeVar("M", bound=models.Model)


def find(request: HttpRequest, model: type[M], pk: int, *related: str) -> M:
    """A row of the account's territory. Raises Http404."""
    rows: Any = model._default_manager.filter(territory=account_of(request).territory_id, pk=pk)
    found = (rows.select_related(*related) if related else rows).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]  # a row of the model


def roadmap_or_none(request: HttpRequest) -> Roadmap | None:
    return selectors.roadmap(account_of(request).territory, request.GET.get("feuille", "")[:64], public=False)


def roadmap_or_404(request: HttpRequest) -> Roadmap:
    found = roadmap_or_none(request)
    if found is None:
        raise Http404
    return found


def menu(account: Account) -> dict[str, bool]:
    """Which acts the account may do, for the links of the pages."""
    return {
        "may_frame": may(account, permissions.FRAME),
        "may_write": may(account, permissions.WRITE),
        "may_publish": may(account, permissions.PUBLISH),
        "may_measure": may(account, permissions.MEASURE),
        "may_gather": may(account, permissions.GATHER),
        "may_answer": may(account, permissions.ANSWER),
        "may_files": may(account, permissions.FILES),
    }


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"roadmap/desk/{template}", {**menu(account_of(request)), **context}, status=status)


def form_page(
    request: HttpRequest, form: PlainForm, act: Callable[[dict[str, Any]], str | None], *, heading: str, back: str, done: str,
    button: str = "Enregistrer", **context: Any,
) -> HttpResponse:  # fmt: skip
    """One form, one act: shows it, does it, shows what a service refused beside its field. `act` may give the address to go to."""
    if form.is_bound and form.is_valid():
        try:
            target = act(form.cleaned_data)
        except Refused as refusal:
            if refusal.status == 403:
                raise
            form.apply_refusal(refusal)
        else:
            messages.success(request, done)
            return redirect(target or back)
    context |= {"form": form, "heading": heading, "back": back, "button": button}
    return page(request, "form.html", context, 422 if form.is_bound else 200)


def proof_of(uploaded: Any) -> Evidence | None:
    """The name and the digest of a file that was sent; None without one. Raises Refused when it is empty or too large."""
    if uploaded is None:
        return None
    return evidence(uploaded.name, uploaded.read(FILE_LIMIT + 1))
