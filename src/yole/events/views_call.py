"""The call for proposals as anybody sees it, and a proposal opened with its code."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.events import contacts, mine, services_call
from yole.events.enums import OPEN_PROPOSALS, ProposalState
from yole.events.forms import ConfirmForm, ProposalForm
from yole.events.models import Proposal
from yole.events.views import edition_or_404


@never_cache
@require_http_methods(FORM)
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    is_open = services_call.call_is_open(of, timezone.localdate())
    form = ProposalForm(request.POST or None, of=of, auto_id="p_%s")
    if form.is_bound and form.is_valid():
        try:
            made = services_call.submit(of, form.to_draft())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            mine.remember_proposal(request, made)
            messages.success(request, _("Votre proposition est bien arrivée. Gardez son code."))
            return redirect("events:proposal")
    context = {"edition": of, "form": form, "open": is_open, "heading": _("Proposer une séance")}
    return render(request, "events/propose.html", context, status=422 if form.is_bound else 200)


def _open(request: HttpRequest) -> Proposal | HttpResponse:
    found = mine.remembered_proposal(request)
    if found is None:
        messages.info(request, _("Écrivez votre code pour voir votre proposition."))
        return redirect("events:code")
    return found


@never_cache
@require_safe
def proposal(request: HttpRequest) -> HttpResponse:
    """A proposal and what its author can do now."""
    found = _open(request)
    if isinstance(found, HttpResponse):
        return found
    context = {
        "proposal": found,
        "edition": found.edition,
        "may_change": found.state in OPEN_PROPOSALS,
        "to_confirm": found.state == ProposalState.ACCEPTED,
        "may_withdraw": found.state not in (ProposalState.WITHDRAWN, ProposalState.REFUSED),
    }
    return render(request, "events/proposal.html", context)


@never_cache
@require_safe
def proposal_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the organisers' answer opens the proposal, without its code."""
    found = mine.read_proposal_link(token)
    if found is None:
        raise Http404
    mine.remember_proposal(request, found)
    return redirect("events:proposal")


@never_cache
@require_http_methods(FORM)
def proposal_edit(request: HttpRequest) -> HttpResponse:
    found = _open(request)
    if isinstance(found, HttpResponse):
        return found
    with system_scope():  # the author has shown the code
        author = next((one for one in found.speakers.all() if one.contact_sealed is not None), None)
        initial = ProposalForm.initial_of(found, contacts.read(author) if author else "", author.name if author else "")
    form = ProposalForm(request.POST or None, of=found.edition, auto_id="p_%s", initial=initial)
    if form.is_bound and form.is_valid():
        try:
            services_call.change_by_author(found, form.to_draft())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, _("Vos changements sont notés."))
            return redirect("events:proposal")
    context = {"edition": found.edition, "form": form, "open": True, "heading": _("Modifier ma proposition")}
    return render(request, "events/propose.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(FORM)
def proposal_confirm(request: HttpRequest) -> HttpResponse:
    """The author says yes, and what each speaker agrees to."""
    found = _open(request)
    if isinstance(found, HttpResponse):
        return found
    form = ConfirmForm(request.POST if request.method == "POST" else None, proposal=found, auto_id="k_%s")
    if form.is_bound and form.is_valid():
        try:
            services_call.confirm(found, form.consents())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, _("Merci. Votre séance est confirmée."))
            return redirect("events:proposal")
    context = {"proposal": found, "edition": found.edition, "form": form}
    return render(request, "events/confirm.html", context, status=422 if form.is_bound else 200)


@require_POST
def proposal_withdraw(request: HttpRequest) -> HttpResponse:
    found = _open(request)
    if isinstance(found, HttpResponse):
        return found
    services_call.withdraw(found)
    messages.success(request, _("Votre proposition est retirée."))
    return redirect("events:proposal")
