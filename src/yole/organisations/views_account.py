"""The page of one's own account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.organisations import mails, selectors, services, services_email, services_factors, services_members, services_signin
from yole.organisations.confirm import recently_confirmed
from yole.organisations.forms import AddressForm, NameForm, PasswordForm
from yole.organisations.models import AccountSession, Membership
from yole.organisations.permissions import OWN_ACCOUNT
from yole.organisations.requests import account_of


def _mine(request: HttpRequest, pk: int) -> Membership:
    found = next((row for row in selectors.memberships(account_of(request)) if row.pk == pk), None)
    if found is None:
        raise Http404
    return found


@staff_page(OWN_ACCOUNT)
@require_http_methods(FORM)
def account(request: HttpRequest) -> HttpResponse:
    """Name, places, second factors, recovery codes left, open sessions."""
    me = account_of(request)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": me.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename(me, form.cleaned_data["name"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Votre nom est enregistré.")
            return redirect("organisations:account")
    listed = services_factors.factors(me)
    context = {
        "form": form,
        "me": me,
        "memberships": selectors.memberships(me),
        "factors": [(row, row.wrap().name if row.type == row.Type.WEBAUTHN else "Application de codes") for row in listed],
        "codes_left": services_factors.recovery_codes_left(me),
        "sessions": selectors.open_sessions(me),
        "this_session": services_signin.key_hash(request),
        "demonstration": services_signin.skips_second_factor(me),
    }
    return render(request, "organisations/account.html", context, status=400 if form.errors else 200)


@staff_page(OWN_ACCOUNT)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on, in another of one's places."""
    chosen = _mine(request, pk)
    services_members.switch(account_of(request), chosen)
    messages.success(request, f"Vous travaillez maintenant pour « {chosen.structure or chosen.territory} ».")
    return redirect("organisations:account")


@staff_page(OWN_ACCOUNT)
@recently_confirmed
@require_http_methods(FORM)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The person leaves one of their places, after a page that says what follows."""
    chosen = _mine(request, pk)
    only = len(selectors.memberships(account_of(request))) == 1
    if request.method == "POST":
        services_members.leave(account_of(request), chosen)
        if only:
            services_signin.sign_out(request)
            return redirect("web:home")
        messages.success(request, f"Vous avez quitté « {chosen.structure or chosen.territory} ».")
        return redirect("organisations:account")
    return render(request, "organisations/leave.html", {"membership": chosen, "only": only})


@staff_page(OWN_ACCOUNT)
@recently_confirmed
@require_http_methods(FORM)
def email(request: HttpRequest) -> HttpResponse:
    """Asks for a link at a new address. The same answer whether an account has it or not."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                services_email.ask(account_of(request), form.cleaned_data["email"])
            except Refused as refusal:
                form.apply_refusal(refusal)
                status = refusal.status
            else:
                messages.success(
                    request, "Un message vient de partir à cette adresse. S’il contient un lien, ouvrez-le dans les 24 heures."
                )
                return redirect("organisations:account")
    return render(request, "organisations/email.html", {"form": form, "me": account_of(request)}, status=status)


@staff_page(OWN_ACCOUNT)
@recently_confirmed
@sensitive_post_parameters("password")
@require_http_methods(FORM)
def password(request: HttpRequest) -> HttpResponse:
    """A new password. The other sessions end."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                services.change_password(account_of(request), form.cleaned_data["password"])
            except Refused as refusal:
                form.apply_refusal(refusal)
            else:
                _keep_this_one(request)
                mails.security_notice(account_of(request), "Le mot de passe de votre compte a été changé.")
                messages.success(request, "Votre mot de passe est changé. Vos autres sessions sont fermées.")
                return redirect("organisations:account")
    return render(request, "organisations/password.html", {"form": form}, status=status)


@staff_page(OWN_ACCOUNT)
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Every session but this one is over."""
    services.end_sessions(account_of(request))
    _keep_this_one(request)
    messages.success(request, "Vos autres sessions sont fermées.")
    return redirect("organisations:account")


def _keep_this_one(request: HttpRequest) -> None:
    """This session goes on under the new stamp, with a new key, and stays listed."""
    me = account_of(request)
    ends = request.session.get_expiry_date()
    update_session_auth_hash(request, me)
    AccountSession.objects.create(
        account=me,
        key_hash=services_signin.key_hash(request),
        expires_at=ends,
        device=services_signin.device(request.headers.get("User-Agent", "")),
    )
