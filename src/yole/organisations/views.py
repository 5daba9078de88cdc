"""Sign-in, stage by stage, and sign-out."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.views import safe_address
from yole.organisations import services_factors as factors
from yole.organisations import services_links, services_signin, throttle
from yole.organisations.door import door_page
from yole.organisations.enums import LinkPurpose
from yole.organisations.forms import AddressForm, CodeForm, SignInForm
from yole.organisations.models import Account
from yole.organisations.throttle import client_address

DEMO_NOTE = "Compte de démonstration : second facteur non demandé."
LOST = "Votre connexion a pris trop de temps. Recommencez."


def desk(request: HttpRequest, wanted: str) -> str:
    return safe_address(request, wanted) or resolve_url(settings.LOGIN_REDIRECT_URL)


def advance(request: HttpRequest, account: Account, wanted: str) -> HttpResponseRedirect:
    """After a first proof: the next stage, or the page wanted."""
    stage = services_signin.begin(request, account, safe_address(request, wanted))
    if stage == "done":
        messages.info(request, DEMO_NOTE)
        return redirect(desk(request, wanted))
    return redirect("organisations:second-factor" if stage == "check" else "organisations:set-up")


def finish(request: HttpRequest, account: Account) -> HttpResponseRedirect:
    wanted = services_signin.pending_next(request)
    services_signin.complete(request, account)
    return redirect(desk(request, wanted))


@sensitive_post_parameters("password")
@door_page
@require_http_methods(FORM)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Address and password. The same words whether the account exists or not."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(desk(request, wanted))
    network = throttle.client_address(request)
    if request.method == "POST" and throttle.counted("password-network", network) >= throttle.PASSWORDS_PER_NETWORK:
        return locked_out(request)
    form = SignInForm(request, data=request.POST) if request.method == "POST" else SignInForm(request)
    if request.method == "POST" and form.is_valid():
        return advance(request, form.get_user(), wanted)
    if request.method == "POST":
        throttle.count("password-network", network)
    return render(request, "organisations/sign_in.html", {"form": form, "next": safe_address(request, wanted)})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    services_signin.sign_out(request)
    return redirect("web:home")


def locked_out(request: HttpRequest, credentials: dict[str, object] | None = None, *args: object, **kwargs: object) -> HttpResponse:
    """After five wrong attempts; the same words whether the account exists or not."""
    return render(request, "organisations/locked_out.html", status=429)


@door_page
@require_http_methods(FORM)
def ask_link(request: HttpRequest) -> HttpResponse:
    """A link by e-mail instead of the password."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services_links.ask_sign_in_link(form.cleaned_data["email"], client_address(request))
        return redirect("organisations:link-sent")
    return render(request, "organisations/link_ask.html", {"form": form}, status=400 if request.method == "POST" else 200)


@door_page
@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "organisations/link_sent.html")


@door_page
@require_http_methods(FORM)
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the page uses nothing up: programs that scan mail open links. The button does."""
    if request.method == "POST":
        return advance(request, services_links.use_link(token, LinkPurpose.SIGN_IN), "")
    return render(request, "organisations/link_open.html")


@sensitive_post_parameters("code")
@door_page
@require_http_methods(FORM)
def second_factor(request: HttpRequest) -> HttpResponse:
    """One-time code, recovery code or passkey."""
    account = services_signin.pending(request)
    if account is None or not factors.has_factor(account):
        messages.warning(request, LOST)
        return redirect("organisations:sign-in")
    form = CodeForm(request.POST if request.method == "POST" and "credential" not in request.POST else None)
    status = 200
    if request.method == "POST":
        try:
            if "credential" in request.POST:
                factors.check_passkey(account, request.POST["credential"])
            elif form.is_valid():
                factors.check_code(account, form.cleaned_data["code"])
            if "credential" in request.POST or form.is_valid():
                return finish(request, account)
            status = 400
        except Refused as refusal:
            if refusal.status == 429:
                return locked_out(request)
            status = refusal.status
            if "credential" in request.POST:
                messages.error(request, f"{refusal.reason} {refusal.remedy}")
            else:
                form.apply_refusal(refusal)
    options = factors.begin_passkey_check(account) if factors.has_passkey(account) else ""
    return render(request, "organisations/second_factor.html", {"form": form, "options": options}, status=status)
