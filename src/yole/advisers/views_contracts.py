"""Pages of contracts: their stage, renewal, end, break, convention, hours due, what is to be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.advisers import (
    forms_training,
    permissions,
    selectors,
    selectors_contracts,
    selectors_training,
    services_contracts,
    services_hosts,
    services_ledger,
    services_training,
)
from yole.advisers.selectors_contracts import Held
from yole.advisers.views_desk import PAGE, show
from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of


def form_page(
    request: HttpRequest, form: Any, act: Callable[[], object], *, title: str, label: str, back: str, done: str, to: str = ""
) -> HttpResponse:
    """A page with one form: shows it, or does the act and goes `to` (back by default) with a message."""
    if form.is_bound and form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, done)
            return redirect(to or back)
    return show(request, "form", 422 if form.is_bound else 200, form=form, title=title, label=label, back=back)


def held_or_404(request: HttpRequest, pk: int) -> Held:
    found = selectors_contracts.one(account_of(request), pk)
    if found is None:
        raise Http404
    return found


@staff_page(permissions.SEE)
@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    rows = selectors_contracts.held(account_of(request).territory)
    near = request.GET.get("suite") == "1"
    page = Paginator([row for row in rows if row.near] if near else rows, PAGE).get_page(request.GET.get("page"))
    return show(request, "contracts", page=page, near=near)


@staff_page(permissions.SEE)
@require_safe
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    held = held_or_404(request, pk)
    territory = account_of(request).territory
    euros = services_ledger.euros
    mine = next((one for one in selectors_training.advisers(territory) if one.contract.pk == pk), None)
    stages = (("Engagé, à verser", "engage"), ("Versé", "verse"))
    money = [(label, euros(services_ledger.held_by(held.contract, stage))) for label, stage in stages]
    return show(request, "contract", held=held, adviser=mine, grant=euros(held.contract.grant), money=money)


@staff_page(permissions.ROUND)
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    services_contracts.ask_renewal(account_of(request), pk)
    messages.success(request, "La demande de renouvellement est notée.")
    return redirect("advisers:contract", pk=pk)


@staff_page(permissions.ADMIT)
@require_http_methods(FORM)
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    held, account = held_or_404(request, pk), account_of(request)
    day = held.contract.ends_on
    rate = services_hosts.rate(held.contract.post.host, day)
    initial = {"starts_on": day.fromordinal(day.toordinal() + 1), "amount": rate.cents / 100 if rate else None}
    form = forms_training.RenewalForm(request.POST or None, auto_id="n_%s", initial=initial)
    return form_page(
        request,
        form,
        lambda: services_contracts.renew(account, pk, form.given()),
        title="Renouveler le contrat",
        label="Enregistrer le renouvellement",
        back=reverse("advisers:contract", args=[pk]),
        done="Le contrat est renouvelé, sa subvention est engagée.",
    )


@staff_page(permissions.ROUND)
@require_http_methods(FORM)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    held_or_404(request, pk)
    form = forms_training.EndForm(request.POST or None, auto_id="z_%s")
    return form_page(
        request,
        form,
        lambda: services_contracts.end(account_of(request), pk, **form.cleaned_data),
        title="Ne pas renouveler le contrat",
        label="Enregistrer la fin",
        back=reverse("advisers:contract", args=[pk]),
        done="La fin du contrat est enregistrée.",
    )


@staff_page(permissions.ROUND)
@require_http_methods(FORM)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    held_or_404(request, pk)
    form = forms_training.BreakForm(request.POST or None, auto_id="s_%s")
    return form_page(
        request,
        form,
        lambda: services_contracts.stop(account_of(request), pk, form.given()),
        title="Mettre fin au contrat avant son terme",
        label="Enregistrer la rupture",
        back=reverse("advisers:contract", args=[pk]),
        done="Le contrat est rompu. Les jours payés et non servis sont récupérés.",
    )


@staff_page(permissions.TRAIN)
@require_http_methods(FORM)
def hours(request: HttpRequest, pk: int) -> HttpResponse:
    held = held_or_404(request, pk)
    territory = account_of(request).territory
    due = held.contract.hours if held.contract.hours is not None else selectors_contracts.rule(territory).initial_hours
    form = forms_training.HoursForm(request.POST or None, auto_id="u_%s", initial={"hours": due})
    return form_page(
        request,
        form,
        lambda: services_training.set_hours(account_of(request), pk, form.cleaned_data["hours"]),
        title="Heures de formation initiale dues",
        label="Enregistrer les heures",
        back=reverse("advisers:contract", args=[pk]),
        done="Les heures dues sont enregistrées.",
    )


@staff_page(permissions.ADMIT)
@require_http_methods(FORM)
def convention(request: HttpRequest, pk: int) -> HttpResponse:
    if selectors.host(account_of(request), pk) is None:
        raise Http404
    form = forms_training.ConventionForm(request.POST or None, auto_id="v_%s")
    return form_page(
        request,
        form,
        lambda: services_hosts.sign_convention(account_of(request), pk, **form.cleaned_data),
        title="Convention de la structure",
        label="Enregistrer la convention",
        back=reverse("advisers:host", args=[pk]),
        done="La convention est enregistrée.",
    )


@staff_page(permissions.SEE)
@require_safe
def to_do(request: HttpRequest) -> HttpResponse:
    return show(request, "to_do", rows=selectors_training.pending(account_of(request).territory))
