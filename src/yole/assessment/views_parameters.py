"""Calibration at the desk: parameters in force, what the night proposes, decisions."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from yole.assessment import permissions, selectors_bank, services_parameters
from yole.assessment.models import FairnessRun, Item, Proposal
from yole.assessment.running import current_parameters
from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.forms import PlainForm
from yole.base.permissions import may, staff_page
from yole.organisations.requests import account_of

SHOWN = 20


class DecisionForm(PlainForm):
    accept = forms.ChoiceField(label="Décision", choices=[("yes", "Accepter"), ("no", "Refuser")], widget=forms.RadioSelect)
    reason = forms.CharField(label="Raison", max_length=services_parameters.REASON_MAX, help_text="Elle est gardée dans le journal.")


@staff_page(permissions.BANK)
@require_safe
def parameters(request: HttpRequest) -> HttpResponse:
    current = current_parameters()
    fairness = [
        {"run": run, "wrong": [row for row in run.items if row["ets_class"] != "A"]}
        for run in FairnessRun.objects.order_by("by", "-made_at").distinct("by")
    ]
    context = {
        "current": current,
        "measured": sum(1 for line in current.values.values() if line.get("n")) if current else 0,
        "total": len(current.values) if current else 0,
        "history": selectors_bank.parameters_history()[:SHOWN],
        "proposals": selectors_bank.proposals()[:SHOWN],
        "fairness": fairness,
        "may_decide": may(request.user, permissions.DECIDE),
    }
    return render(request, "assessment/desk/parameters.html", context)


@staff_page(permissions.DECIDE)
@require_http_methods(FORM)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Proposal.objects.select_related("decided_by"), pk=pk)
    form = DecisionForm(request.POST or None, auto_id="d_%s")
    if form.is_bound and form.is_valid():
        accept = form.cleaned_data["accept"] == "yes"
        try:
            services_parameters.decide(account_of(request), found, accept=accept, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "La décision est notée.")
            return redirect("assessment:desk-parameters")
    texts = {item.key: item.text for item in selectors_bank.items(selectors_bank.Filters()) if item.key in found.values}  # type: ignore[attr-defined]  # annotated
    rows = [{"key": key, "text": texts.get(key, key), **line} for key, line in sorted(found.values.items())]
    status = 422 if form.is_bound and not form.is_valid() else 200
    known = Item.objects.filter(key__in=list(found.values)).count()
    return render(request, "assessment/desk/proposal.html", {"proposal": found, "rows": rows, "form": form, "known": known}, status=status)
