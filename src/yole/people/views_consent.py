"""Agreements: purposes, sharing, and what is read with the person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of
from yole.people import documents, permissions, person_data, selectors, services, services_consent, wording
from yole.people.enums import Access
from yole.people.forms import ConsentForm, ShareForm
from yole.people.views_common import form_page, person_or_404


@staff_page(permissions.FOLLOW)
@require_http_methods(FORM)
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    form = ConsentForm(request.POST or None, auto_id="a_%s")
    if form.is_bound and form.is_valid():
        try:
            services_consent.give_consent(account_of(request), person.pk, form.agreed())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "L’accord est noté.")
            return redirect("people:person", pk=person.pk)
    card = selectors.card(person)
    return form_page(request, "people/consent.html", form, person=person, card=card, notice=wording.notice())


@staff_page(permissions.FOLLOW)
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraws one purpose; with none left, the next page proposes to erase the name."""
    person = person_or_404(request, pk)
    left = services_consent.withdraw_consent(account_of(request), person.pk, request.POST.get("purpose", ""))
    if left:
        messages.success(request, "L’accord est retiré.")
        return redirect("people:person", pk=person.pk)
    messages.warning(
        request, "La personne n’est plus d’accord pour rien. Son nom est effacé dans 7 jours ; vous pouvez tout effacer dès maintenant."
    )
    return redirect("people:erase", pk=person.pk)


@staff_page(permissions.SHARE)
@require_http_methods(FORM)
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    account, person = account_of(request), person_or_404(request, pk)
    form = ShareForm(request.POST or None, account=account, auto_id="p_%s")
    if form.is_bound and form.is_valid():
        try:
            services_consent.share(account, person.pk, form.cleaned_data["structure"].pk, form.cleaned_data["how"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Cette structure peut ouvrir la fiche.")
            return redirect("people:person", pk=person.pk)
    agreements = selectors.shared_with(person)
    return form_page(request, "people/share.html", form, person=person, card=selectors.card(person), agreements=agreements)


@staff_page(permissions.SHARE)
@require_POST
def unshare(request: HttpRequest, pk: int) -> HttpResponse:
    made = services_consent.withdraw_share(account_of(request), pk)
    messages.success(request, "Le partage est retiré : cette structure ne voit plus la fiche.")
    if account_of(request).structure_id == made.structure_id:
        return redirect("people:list")
    return redirect("people:person", pk=made.person_id)


@staff_page(permissions.SEE)
@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """« Montrer à la personne »: what is written about her, in her words and at her size."""
    person = person_or_404(request, pk)
    services.note_access(account_of(request), person, Access.SHOWN)
    context = {
        "person": person,
        "card": selectors.card(person),
        "code": selectors.code_shown(person),
        "consents": person.consents.filter(withdrawn_at__isnull=True).order_by("given_at"),
        "agreements": selectors.shared_with(person),
        "accesses": person_data.collect_accesses(person.pk)[-10:],
        "notice": wording.notice(),
    }
    return render(request, "people/show.html", context)


@staff_page(permissions.NEW_ANONYMOUS)
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    return render(request, "people/notice.html", {"notice": wording.notice(), "structure": account_of(request).structure})


@staff_page(permissions.NEW_ANONYMOUS)
@require_safe
def notice_pdf(request: HttpRequest) -> HttpResponse:
    structure = account_of(request).structure
    return as_file(documents.notice_pdf(structure.name if structure else ""), "information.pdf")
