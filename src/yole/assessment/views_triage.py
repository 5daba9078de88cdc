"""Repérage: the mediator asks, taps, reads what is proposed and why, and decides."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yole.assessment import permissions, selectors, selectors_desk, services_desk
from yole.assessment.engine import triage as engine
from yole.assessment.enums import TriageOutcome
from yole.assessment.forms_desk import TriageForm
from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of

REASONS = {
    "urgent": "Une démarche est à faire aujourd’hui : elle passe d’abord.",
    "few-means": "Peu d’équipement, de connexion ou de pratique : un test à l’écran n’apprendrait rien.",
    "beginner": "Les réponses placent plutôt la personne au premier niveau.",
    "mailbox": "Pas encore d’adresse e-mail : un atelier pour débuter la crée.",
    "alone": "Elle fait déjà une démarche en ligne sans aide.",
    "able": "Les réponses montrent une pratique : quelques questions diront où elle en est.",
}


@staff_page(permissions.GIVE)
@require_http_methods(FORM)
def triage(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    initial = {"form_key": uuid.uuid4(), "person": request.GET.get("personne", "")}
    form = TriageForm(request.POST or None, initial=initial, auto_id="t_%s")
    if form.is_bound and form.is_valid():
        try:
            made = services_desk.triage(account, form.answers(), person=form.cleaned_data["person"], uuid=form.cleaned_data["form_key"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("assessment:desk-triage-result", made.pk)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "assessment/desk/triage.html", {"form": form}, status=status)


@staff_page(permissions.GIVE)
@require_http_methods(FORM)
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is proposed and why; the three ways on, the person of the team decides."""
    account = account_of(request)
    found = selectors_desk.triages(account).filter(pk=pk).select_related("sitting").first()
    if found is None:
        raise Http404
    if request.method == "POST":
        found = services_desk.decide(account, found, request.POST.get("outcome", ""))
        if found.sitting is not None and found.decided == TriageOutcome.DIAGNOSTIC:
            return redirect("assessment:desk-sitting", found.sitting.pk)
        return redirect("assessment:desk-triage-result", found.pk)
    proposed = engine.propose(found.answers, selectors.rules(found.territory_id).cuts[0])
    context = {
        "triage": found,
        "reasons": [REASONS[reason] for reason in proposed.reasons if reason != "urgent"],
        "urgent": "urgent" in proposed.reasons,
        "outcomes": TriageOutcome.choices,
        "proposed": found.get_outcome_display(),
        "person": found.person_id,
    }
    return render(request, "assessment/desk/triage_result.html", context)
