"""Pages opened by a link of an e-mail: an invitation, a reset. Opening them uses nothing up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.organisations import services_email, services_links, services_members, services_resets
from yole.organisations.door import door_page
from yole.organisations.enums import LinkPurpose
from yole.organisations.forms import AcceptForm, PasswordForm
from yole.organisations.models import Account
from yole.organisations.views import advance


@sensitive_post_parameters("password")
@door_page
@require_http_methods(FORM)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accepting a place: with one's account when there is one, else a name and a password, then the second factor."""
    offered = services_members.usable_invitation(token)
    known = Account.objects.filter(email__iexact=offered.email, is_active=True).first()
    where = offered.structure or offered.territory
    if known is not None:
        if request.user.is_authenticated and request.user.pk == known.pk:
            if request.method == "POST":
                services_members.accept_invitation(token, account=known)
                messages.success(request, f"« {where} » est ajouté à vos rattachements.")
                return redirect("organisations:account")
            return render(request, "organisations/invitation_join.html", {"offered": offered, "where": where, "mine": True})
        return render(request, "organisations/invitation_join.html", {"offered": offered, "where": where, "here": request.path})
    form = AcceptForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = services_members.accept_invitation(token, **form.cleaned_data)
            except Refused as refusal:
                if refusal.field is None:
                    raise
                form.apply_refusal(refusal)
                status = refusal.status
            else:
                return advance(request, made, "")
    return render(request, "organisations/invitation.html", {"form": form, "offered": offered, "where": where}, status=status)


@sensitive_post_parameters("password")
@door_page
@require_http_methods(FORM)
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """A new password after two people agreed; the second factor is set up next."""
    services_links.account_of(token, LinkPurpose.RESET)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                account = services_resets.start_again(token, form.cleaned_data["password"])
            except Refused as refusal:
                if refusal.field is None:
                    raise
                form.apply_refusal(refusal)
                status = refusal.status
            else:
                return advance(request, account, "")
    return render(request, "organisations/reset.html", {"form": form}, status=status)


@door_page
@require_http_methods(FORM)
def new_address(request: HttpRequest, token: str) -> HttpResponse:
    """The button changes the address: programs that scan mail open links."""
    address = services_email.address_of(token)
    if request.method == "POST":
        services_email.use(token)
        messages.success(request, f"L’adresse de votre compte est maintenant {address}.")
        return redirect("organisations:account")
    return render(request, "organisations/email_confirm.html", {"address": address})
