"""« Ma formation »: what an adviser in post reads from their account, and the presences of the courses that an account gives."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.advisers import documents, feeds, permissions, selectors_own, services_own, throttle
from yole.advisers.forms import FollowForm
from yole.advisers.views_desk import show
from yole.advisers.views_training import attendance_page
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.base.scope import system_scope
from yole.organisations.requests import account_of
from yole.territory.selectors import today


@never_cache
@staff_page(permissions.OWN)
@require_http_methods(FORM)
def own(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = FollowForm(request.POST or None, auto_id="f_%s")
    if form.is_bound and form.is_valid():
        throttle.CODES.check(request)
        try:
            services_own.link(account, form.cleaned_data["code"])
        except Refused as refusal:
            if refusal.code == "unknown":
                throttle.CODES.count(request)
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Votre dossier est relié à votre compte.")
            return redirect("advisers:own")
    mine = selectors_own.own(account)
    return show(
        request,
        "own",
        422 if form.is_bound else 200,
        form=form,
        own=mine,
        feed=feeds.address(mine.candidate) if mine else "",
        given=[(one, list(one.slots.all()), feeds.address(one)) for one in selectors_own.given(account)],
        today=today(),
    )


@staff_page(permissions.OWN)
@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    if services_own.unlink(account_of(request)):
        messages.success(request, "Votre dossier n’est plus relié à votre compte. Son code l’ouvre toujours.")
    return redirect("advisers:own")


@staff_page(permissions.OWN)
@require_http_methods(FORM)
def attendance(request: HttpRequest, pk: int, slot: int) -> HttpResponse:
    """Presences of a half-day, by the account that gives the course."""
    of = selectors_own.given_course(account_of(request), pk)
    if of is None:
        raise Http404
    return attendance_page(request, of, slot, reverse("advisers:own"))


@never_cache
@staff_page(permissions.OWN)
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    found = selectors_own.certificate(account_of(request), pk)
    if found is None:
        raise Http404
    with system_scope():
        return as_file(documents.certificate(found), f"attestation-{found.code}.pdf")
