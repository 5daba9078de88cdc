"""Pages for everybody: apply as a person or as a structure, confirm, find a file by its code, change it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.advisers import selectors, services_candidates, services_hosts, throttle
from yole.advisers.engine import shown
from yole.advisers.enums import CandidateState
from yole.advisers.forms import ApplyForm, FollowForm, HostApplyForm
from yole.advisers.models import Candidate, Host
from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.territory.selectors import current


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    years = [(level, shown.YEARS[level]) for level in sorted(shown.YEARS)]
    return render(request, "advisers/home.html", {"years": years, "cuts": shown.PIX_CUTS})


@never_cache
@require_http_methods(FORM)
def apply(request: HttpRequest) -> HttpResponse:
    territory = current()
    form = ApplyForm(territory, request.POST or None, auto_id="a_%s")
    if form.is_bound and form.is_valid():
        try:
            made = services_candidates.apply(territory, form.given())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("advisers:file", code=made.code)
    return render(request, "advisers/apply.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(FORM)
def host_apply(request: HttpRequest) -> HttpResponse:
    territory = current()
    form = HostApplyForm(territory, request.POST or None, auto_id="h_%s")
    if form.is_bound and form.is_valid():
        try:
            made = services_hosts.apply(territory, form.given())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("advisers:file", code=made.code)
    return render(request, "advisers/host_apply.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(FORM)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the message; a button confirms, so that a mail scanner confirms nothing."""
    candidate = services_candidates.of_token(token)
    if candidate is None:
        raise Http404
    if request.method == "POST":
        if candidate.state == CandidateState.REGISTERED:
            services_candidates.by_candidate(candidate, CandidateState.AVAILABLE)
        return redirect("advisers:file", code=candidate.code)
    return render(request, "advisers/confirm.html")


@never_cache
@require_http_methods(FORM)
def follow(request: HttpRequest) -> HttpResponse:
    form = FollowForm(request.POST or None, auto_id="f_%s")
    if form.is_bound and form.is_valid():
        throttle.CODES.check(request)
        found = selectors.by_code(form.cleaned_data["code"])
        if found is not None:
            return redirect("advisers:file", code=found.code)
        throttle.CODES.count(request)
        form.add_error("code", _("Aucun dossier n’a ce code. O et 0 se ressemblent : vérifiez."))
    return render(request, "advisers/follow.html", {"form": form}, status=422 if form.is_bound else 200)


def file_or_404(request: HttpRequest, code: str) -> Candidate | Host:
    throttle.CODES.check(request)
    found = selectors.by_code(code)
    if found is None:
        throttle.CODES.count(request)
        raise Http404
    return found


@never_cache
@require_POST
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Pause, come back, withdraw: what a person does with their own application."""
    found = file_or_404(request, code)
    to = request.POST.get("etat", "")
    allowed = {CandidateState.UNAVAILABLE, CandidateState.WITHDRAWN}
    if isinstance(found, Candidate) and found.state == CandidateState.UNAVAILABLE:
        allowed.add(CandidateState.AVAILABLE)
    if not isinstance(found, Candidate) or to not in allowed:
        raise Refused(_("Ce changement n’est pas possible."), code="move")
    services_candidates.by_candidate(found, to)
    return redirect("advisers:file", code=found.code)
