"""Pages where the coordination of a territory says what a post is granted, and which money has arrived."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from yole.advisers import forms, permissions, selectors, services_ledger, services_rates
from yole.advisers.models import GrantRate
from yole.advisers.views_desk import balances_shown, show
from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of


@staff_page(permissions.BUDGET)
@require_http_methods(FORM)
def rates(request: HttpRequest) -> HttpResponse:
    form = forms.RateForm(request.POST or None, auto_id="b_%s")
    if form.is_bound and form.is_valid():
        try:
            services_rates.add(account_of(request), form.given())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le barème est ajouté.")
            return redirect("advisers:rates")
    rows = [(one, services_ledger.euros(one.cents)) for one in selectors.rates(account_of(request).territory)]
    return show(request, "rates", 422 if form.is_bound else 200, rows=rows, form=form)


@staff_page(permissions.BUDGET)
@require_http_methods(FORM)
def close_rate(request: HttpRequest, pk: int) -> HttpResponse:
    account = account_of(request)
    found = GrantRate.objects.filter(pk=pk, territory=account.territory).first()
    if found is None:
        raise Http404
    form = forms.CloseRateForm(request.POST or None, auto_id="x_%s")
    if form.is_bound and form.is_valid():
        try:
            services_rates.close(account, pk, form.cleaned_data["last_day"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le barème est clos.")
            return redirect("advisers:rates")
    title = f"Clore le barème de {services_ledger.euros(found.cents)}"
    return show(request, "form", 422 if form.is_bound else 200, form=form, title=title, label="Clore le barème")


@staff_page(permissions.BUDGET)
@require_http_methods(FORM)
def envelopes(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = forms.EnvelopeForm(request.POST or None, auto_id="e_%s")
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            services_ledger.open_envelope(account, account.territory, data["envelope"], forms.cents(data["amount"]), data["document"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "L’enveloppe est ouverte.")
            return redirect("advisers:envelopes")
    balances = balances_shown(account.territory)
    return show(request, "envelopes", 422 if form.is_bound else 200, form=form, balances=balances)
