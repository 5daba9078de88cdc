"""Setting up second factors: during the first sign-in, or later from the page of the account. Proving again who is there."""

from __future__ import annotations

import time

from django.contrib import messages
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.organisations import mails, services_signin, throttle
from yole.organisations import services_factors as factors
from yole.organisations.confirm import mark_confirmed, recently_confirmed
from yole.organisations.door import door_page
from yole.organisations.factors_adapter import Adapter
from yole.organisations.forms import ConfirmForm, NewCodeForm, PasskeyForm
from yole.organisations.models import Account
from yole.organisations.permissions import OWN_ACCOUNT
from yole.organisations.views import LOST, desk

SEED = "totp-seed"
SEED_SECONDS = 15 * 60
NEXT = "codes-next"


def _subject(request: HttpRequest) -> tuple[Account | None, bool]:
    """Whose second factor it is, and whether they are still at the door. At the door, only the first factor can be set up."""
    if request.user.is_authenticated:
        return request.user, False
    account = services_signin.pending(request)
    return (account, True) if account is not None and not factors.has_factor(account) else (None, True)


def _door(request: HttpRequest) -> HttpResponse:
    messages.warning(request, LOST)
    return redirect("organisations:sign-in")


def _added(request: HttpRequest, account: Account, first: bool, at_door: bool) -> HttpResponse:
    """The first factor comes with recovery codes; at the door it opens the session."""
    wanted = services_signin.pending_next(request)
    if at_door:
        services_signin.complete(request, account)
    if not first:
        mails.security_notice(account, "Un second facteur a été ajouté à votre compte.")
        messages.success(request, "Le second facteur est ajouté.")
        return redirect("organisations:account")
    request.session[NEXT] = wanted
    return _show_codes(request, account)


def _show_codes(request: HttpRequest, account: Account) -> HttpResponse:
    wanted = request.session.pop(NEXT, None)
    context = {"codes": factors.new_recovery_codes(account), "onward": desk(request, wanted) if wanted is not None else ""}
    answer = render(request, "organisations/recovery_codes.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@door_page
@require_safe
@recently_confirmed
def set_up(request: HttpRequest) -> HttpResponse:
    """The choice between an application and a passkey."""
    account, at_door = _subject(request)
    if account is None:
        return _door(request)
    return render(request, "organisations/set_up.html", {"at_door": at_door})


def _seed(request: HttpRequest, account: Account) -> str:
    """The sealed seed being set up: the same for a quarter of an hour, since a telephone often loads the page again on the way back from
    the application of codes."""
    held = request.session.get(SEED)
    if not isinstance(held, dict) or held["account"] != account.pk or not 0 <= time.time() - held["at"] <= SEED_SECONDS:
        held = request.session[SEED] = {"account": account.pk, "at": int(time.time()), "sealed": factors.new_seed()}
    return str(held["sealed"])


@sensitive_post_parameters("code")
@door_page
@require_http_methods(FORM)
@recently_confirmed
def add_totp(request: HttpRequest) -> HttpResponse:
    """The QR code to scan, then the first code as a proof."""
    account, at_door = _subject(request)
    if account is None:
        return _door(request)
    first = not factors.has_factor(account)
    sealed = _seed(request, account)
    form = NewCodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                factors.add_totp(account, sealed, form.cleaned_data["code"])
            except Refused as refusal:
                form.apply_refusal(refusal)
                status = refusal.status
            else:
                request.session.pop(SEED, None)
                return _added(request, account, first, at_door)
    seed = factors.open_seed(sealed)
    groups = " ".join(seed[i : i + 4] for i in range(0, len(seed), 4))
    context = {"form": form, "address": Adapter().build_totp_url(account, seed), "seed": groups, "at_door": at_door}
    return render(request, "organisations/add_totp.html", context, status=status)


@door_page
@require_http_methods(FORM)
@recently_confirmed
def add_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey made by the browser: needs JavaScript, and says so."""
    account, at_door = _subject(request)
    if account is None:
        return _door(request)
    first = not factors.has_factor(account)
    form = PasskeyForm(request.POST if request.method == "POST" else None, initial={"name": "Clé d’accès"})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                factors.add_passkey(account, form.cleaned_data["name"], form.cleaned_data["credential"])
            except Refused as refusal:
                form.add_error(None, f"{refusal.reason} {refusal.remedy}".strip())
                status = refusal.status
            else:
                return _added(request, account, first, at_door)
    context = {"form": form, "options": factors.begin_passkey(account), "at_door": at_door}
    return render(request, "organisations/add_passkey.html", context, status=status)


@staff_page(OWN_ACCOUNT)
@recently_confirmed
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New codes; those before no longer work."""
    account: Account = request.user  # type: ignore[assignment]  # signed in
    if not factors.has_factor(account):
        raise Refused("Ajoutez d’abord un second facteur.", code="no-factor")
    return _show_codes(request, account)


@staff_page(OWN_ACCOUNT)
@recently_confirmed
@require_POST
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    account: Account = request.user  # type: ignore[assignment]  # signed in
    factors.remove_factor(account, pk)
    mails.security_notice(account, "Un second facteur a été retiré de votre compte.")
    messages.success(request, "Le second facteur est retiré.")
    return redirect("organisations:account")


def _prove(request: HttpRequest, account: Account, form: ConfirmForm) -> None:
    """Raises Refused unless the password, the code or the passkey is right."""
    if "credential" in request.POST:
        factors.check_passkey(account, request.POST["credential"])
    elif form.cleaned_data.get("password"):
        throttle.claim_code(account.pk)
        if not check_password(form.cleaned_data["password"], account.password):
            raise Refused("Ce n’est pas le bon mot de passe.", field="password", code="wrong", status=400)
        throttle.forget("code", account.pk)
    else:
        factors.check_code(account, form.cleaned_data["code"])


@staff_page(OWN_ACCOUNT)
@sensitive_post_parameters("password", "code")
@require_http_methods(FORM)
def confirm(request: HttpRequest) -> HttpResponse:
    """Before a sensitive act: who is there? Then back to the same place."""
    account: Account = request.user  # type: ignore[assignment]  # signed in
    wanted = desk(request, request.POST.get("next", request.GET.get("next", "")))
    by_key = request.method == "POST" and "credential" in request.POST
    form = ConfirmForm(request.POST if request.method == "POST" and not by_key else None)
    status = 200
    if request.method == "POST":
        status = 400
        if by_key or form.is_valid():
            try:
                _prove(request, account, form)
            except Refused as refusal:
                status = refusal.status
                if by_key:
                    messages.error(request, f"{refusal.reason} {refusal.remedy}".strip())
                else:
                    form.apply_refusal(refusal)
            else:
                mark_confirmed(request)
                return redirect(wanted)
    options = factors.begin_passkey_check(account) if factors.has_passkey(account) else ""
    return render(request, "organisations/confirm.html", {"form": form, "next": wanted, "options": options}, status=status)
