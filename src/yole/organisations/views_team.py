"""The team: who works here, invitations that wait, requests that wait for a second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.organisations import selectors, services_members, services_resets, throttle
from yole.organisations.confirm import recently_confirmed
from yole.organisations.enums import GRANTS, Role
from yole.organisations.forms import InviteForm, RoleForm, TransferForm
from yole.organisations.models import Invitation, Membership, ResetRequest
from yole.organisations.permissions import AGREE_RESET, ASK_RESET, CHANGE_MEMBER, DEACTIVATE, INVITE, STRUCTURES, TEAM
from yole.organisations.requests import account_of

PER_PAGE = 25
INVITATIONS_SHOWN = 100


def _member(request: HttpRequest, pk: int) -> Membership:
    found = selectors.member(account_of(request), pk)
    if found is None:
        raise Http404
    return found


def _invitation(request: HttpRequest, pk: int) -> Invitation:
    found = selectors.waiting_invitations(account_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _reset(request: HttpRequest, pk: int) -> ResetRequest:
    found = next((row for row in selectors.waiting_resets(account_of(request)) if row.pk == pk), None)
    if found is None:
        raise Http404
    return found


@staff_page(TEAM)
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Members with their role and last sign-in, never more; search, filters, pages."""
    me = account_of(request)
    filters = selectors.TeamFilters.read(request.GET.dict())
    found = selectors.team(me, filters)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "filters": filters,
        "filtered": filters != selectors.TeamFilters(),
        "roles": Role.choices,
        "structures": selectors.structure_choices(me.territory) if me.role != Role.STRUCTURE_COORDINATOR else [],
        "invitations": selectors.waiting_invitations(me)[:INVITATIONS_SHOWN] if may(me, INVITE) else [],
        "now": timezone.now(),
        "resets": [(row, selectors.may_agree(me, row)) for row in selectors.waiting_resets(me)] if may(me, ASK_RESET) else [],
        "may_invite": may(me, INVITE),
        "may_structures": may(me, STRUCTURES),
        "query": request.GET.urlencode(),
    }
    return render(request, "organisations/team.html", context)


@staff_page(TEAM)
@require_safe
def team_csv(request: HttpRequest) -> HttpResponse:
    """The list as asked, in a file."""
    found = selectors.team(account_of(request), selectors.TeamFilters.read(request.GET.dict()))
    return as_file(selectors.team_csv(found), "equipe.csv")


@staff_page(INVITE)
@recently_confirmed
@require_http_methods(FORM)
def invite(request: HttpRequest) -> HttpResponse:
    """The same answer whether somebody has an account with this address or not."""
    me = account_of(request)
    form = InviteForm(me, request.POST if request.method == "POST" else None, initial={"role": Role.MEDIATOR})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            structure = selectors.structure(me.territory, int(data["structure"])) if data["structure"] else None
            try:
                throttle.claim_invitation(me.pk)
                services_members.invite(me, data["email"], data["role"], structure)
            except Refused as refusal:
                form.apply_refusal(refusal)
                status = refusal.status
            else:
                messages.success(request, "L’invitation est envoyée. Elle sert une fois, pendant 7 jours.")
                return redirect("organisations:team")
    return render(request, "organisations/invite.html", {"form": form}, status=status)


@staff_page(INVITE)
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    held = _invitation(request, pk)
    throttle.claim_invitation(account_of(request).pk)
    services_members.resend_invitation(account_of(request), held)
    messages.success(request, "Un nouveau lien est envoyé. Le précédent ne sert plus.")
    return redirect("organisations:team")


@staff_page(INVITE)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    services_members.cancel_invitation(account_of(request), _invitation(request, pk))
    messages.success(request, "L’invitation est annulée.")
    return redirect("organisations:team")


@staff_page(TEAM)
@require_safe
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One member and what the reader may do."""
    me, row = account_of(request), _member(request, pk)
    own = row.account_id == me.pk
    below = me.role not in GRANTS or row.role in GRANTS[me.role]
    context = {
        "row": row,
        "own": own,
        "may_change": may(me, CHANGE_MEMBER) and below and not own,
        "may_transfer": me.role == Role.TERRITORY_COORDINATOR and row.structure_id is not None,
        "may_deactivate": may(me, DEACTIVATE) and below and not own,
        "may_reset": may(me, ASK_RESET) and below and not own and row.account.is_active,
    }
    return render(request, "organisations/member.html", context)


def _form_page(
    request: HttpRequest, row: Membership, form: Any, act: Callable[[], object], words: tuple[str, str, str, str]
) -> HttpResponse:
    """A page with one question; `words` are the title, what follows, the button, and what is said once it is done."""
    status = 200
    if request.method == "POST":
        status = 400
        if form is None or form.is_valid():
            try:
                act()
            except Refused as refusal:
                if form is None or refusal.field not in form.fields:
                    raise
                form.apply_refusal(refusal)
                status = refusal.status
            else:
                messages.success(request, words[3])
                return redirect("organisations:team")
    context = {"row": row, "form": form, "heading": words[0], "follows": words[1], "button": words[2]}
    return render(request, "organisations/member_act.html", context, status=status)


@staff_page(CHANGE_MEMBER)
@recently_confirmed
@require_http_methods(FORM)
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    me, row = account_of(request), _member(request, pk)
    form = RoleForm(me, row.structure_id is not None, request.POST if request.method == "POST" else None, initial={"role": row.role})
    words = ("Changer de rôle", "Le nouveau rôle compte tout de suite.", "Changer le rôle", "Le rôle est changé.")
    return _form_page(request, row, form, lambda: services_members.change_role(me, row, form.cleaned_data["role"]), words)


@staff_page(STRUCTURES)
@recently_confirmed
@require_http_methods(FORM)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    me, row = account_of(request), _member(request, pk)
    form = TransferForm(me, row.structure_id, request.POST if request.method == "POST" else None)

    def act() -> None:
        structure = selectors.structure(me.territory, int(form.cleaned_data["structure"]))
        if structure is None:
            raise Http404
        services_members.transfer(me, row, structure)

    follows = "La personne garde son rôle. Elle ne voit plus les dossiers de la structure qu’elle quitte."
    return _form_page(request, row, form, act, ("Changer de structure", follows, "Changer la structure", "La structure est changée."))


@staff_page(CHANGE_MEMBER)
@recently_confirmed
@require_http_methods(FORM)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    me, row = account_of(request), _member(request, pk)
    follows = "Ses droits ici cessent tout de suite. Sans autre rattachement, son compte est désactivé."
    words = ("Retirer de l’équipe", follows, "Retirer de l’équipe", "La personne n’est plus dans l’équipe.")
    return _form_page(request, row, None, lambda: services_members.end_membership(me, row), words)


@staff_page(DEACTIVATE)
@recently_confirmed
@require_http_methods(FORM)
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    me, row = account_of(request), _member(request, pk)
    follows = "Toutes ses sessions se ferment tout de suite. Le compte peut être réactivé plus tard."
    words = ("Désactiver le compte", follows, "Désactiver le compte", "Le compte est désactivé.")
    return _form_page(request, row, None, lambda: services_members.deactivate(me, row), words)


@staff_page(DEACTIVATE)
@recently_confirmed
@require_http_methods(FORM)
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    me, row = account_of(request), _member(request, pk)
    follows = "La personne retrouve son rôle, son mot de passe et son second facteur."
    words = ("Réactiver le compte", follows, "Réactiver le compte", "Le compte est réactivé.")
    return _form_page(request, row, None, lambda: services_members.reactivate(me, row), words)


@staff_page(ASK_RESET)
@recently_confirmed
@require_http_methods(FORM)
def ask_reset(request: HttpRequest, pk: int) -> HttpResponse:
    me, row = account_of(request), _member(request, pk)
    follows = (
        "Pour une personne qui a perdu son mot de passe et son second facteur. Vérifiez d’abord de vive voix que c’est elle. "
        "Une deuxième personne doit accepter dans les 48 heures ; la personne reçoit alors un lien."
    )
    words = ("Réinitialiser le compte", follows, "Demander la réinitialisation", "La demande attend une deuxième personne.")
    return _form_page(request, row, None, lambda: services_resets.ask(me, row), words)


@staff_page(AGREE_RESET)
@recently_confirmed
@require_http_methods(FORM)
def agree_reset(request: HttpRequest, pk: int) -> HttpResponse:
    me, waiting = account_of(request), _reset(request, pk)
    row = Membership.objects.filter(account=waiting.account, until=None).select_related("account", "structure", "territory").first()
    if row is None:
        raise Http404
    follows = (
        f"{waiting.asked_by.name} le demande. Son mot de passe, ses seconds facteurs et ses sessions disparaissent ; "
        "un lien part à son adresse."
    )
    words = ("Accepter la réinitialisation", follows, "Accepter", "Le compte est réinitialisé. Un lien est parti.")
    return _form_page(request, row, None, lambda: services_resets.agree(me, waiting), words)


@staff_page(ASK_RESET)
@require_POST
def withdraw_reset(request: HttpRequest, pk: int) -> HttpResponse:
    services_resets.withdraw(account_of(request), _reset(request, pk))
    messages.success(request, "La demande est retirée.")
    return redirect("organisations:team")
