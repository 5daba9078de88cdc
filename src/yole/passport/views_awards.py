"""Pages of the desk on passports given: their state, a lost code, programmes, keys, figures."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.kernel.tables import write_safe_table
from yole.organisations.confirm import recently_confirmed
from yole.organisations.requests import account_of
from yole.passport import documents, keys, permissions, selectors, services_awards, services_schemes
from yole.passport.enums import AwardState
from yole.passport.forms import LevelForm, ReasonForm, RotateForm, SchemeForm
from yole.passport.models import Award, IssuerKey, Level, StatusList
from yole.passport.views_desk import PAGE, form_page, menu

_ACTS = {"suspend": services_awards.suspend, "lift": services_awards.lift, "revoke": services_awards.revoke}
_DONE = {"suspend": "Le passeport est suspendu.", "lift": "La suspension est levée.", "revoke": "Le passeport est retiré."}


def award_or_404(request: HttpRequest, pk: UUID) -> Award:
    found = selectors.award(account_of(request), pk)
    if found is None:
        raise Http404
    return found


@staff_page(permissions.SEE)
@require_safe
def awards(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    page = Paginator(selectors.awards(account), PAGE).get_page(request.GET.get("page"))
    return render(request, "passport/desk/awards.html", {"page": page, **menu(account)})


@staff_page(permissions.SEE)
@require_safe
def award_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    account, award = account_of(request), award_or_404(request, pk)
    context = {
        "award": award,
        "credentials": list(award.credentials.order_by("-kind")),
        "may_revoke": may(account, permissions.REVOKE),
        "may_reissue": may(account, permissions.REISSUE),
        "is_revoked": award.state == AwardState.REVOKED,
        **menu(account),
    }
    return render(request, "passport/desk/award.html", context)


@staff_page(permissions.REVOKE)
@recently_confirmed
@require_http_methods(FORM)
def award_state(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Suspends, lifts or withdraws. The list is signed again before the answer."""
    award = award_or_404(request, pk)
    form = ReasonForm(request.POST or None, auto_id="r_%s")
    first, last = ("lift", "revoke") if award.state == AwardState.SUSPENDED else ("suspend", "revoke")
    labels = dict(form.fields["act"].choices)  # type: ignore[attr-defined]  # a ChoiceField
    form.fields["act"].choices = [(name, labels[name]) for name in (first, last)]  # type: ignore[attr-defined]  # a ChoiceField
    if form.is_bound and form.is_valid():
        act = form.cleaned_data["act"]
        try:
            _ACTS[act](account_of(request), pk, form.cleaned_data["reason"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, _DONE[act])
            return redirect("passport:award", pk=pk)
    return form_page(request, "passport/desk/award_state.html", form, award=award)


@staff_page(permissions.REISSUE)
@recently_confirmed
@require_POST
def reissue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new code, on a sheet to give to the holder who is at the desk."""
    award_or_404(request, pk)
    return as_file(documents.claim_sheet(services_awards.reissue(account_of(request), pk)), "code-du-passeport.pdf")


@staff_page(permissions.REISSUE)
@require_safe
def claim_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The code of a passport just given, on a sheet for its holder."""
    return as_file(documents.claim_sheet(award_or_404(request, pk)), "code-du-passeport.pdf")


@staff_page(permissions.PROGRAMME)
@require_http_methods(FORM)
def schemes(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = SchemeForm(request.POST or None, auto_id="p_%s")
    if form.is_bound and form.is_valid():
        try:
            services_schemes.create_scheme(account, account.territory, **form.cleaned_data)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le programme est créé avec quatre niveaux. Réglez-les.")
            return redirect("passport:schemes")
    return form_page(request, "passport/desk/schemes.html", form, schemes=selectors.schemes(account.territory))


@staff_page(permissions.PROGRAMME)
@require_http_methods(FORM)
def level_edit(request: HttpRequest, pk: int) -> HttpResponse:
    account = account_of(request)
    level = Level.objects.select_related("scheme").filter(pk=pk, scheme__territory_id=account.territory_id).first()
    if level is None:
        raise Http404
    form = LevelForm(request.POST or None, initial=LevelForm.initial_of(level), auto_id="l_%s")
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        services_schemes.change_level(
            account, pk, name=data["name"], colour=data["colour"], sentence=data["sentence"], requirements=form.requirements()
        )
        messages.success(request, "Le niveau est enregistré.")
        return redirect("passport:schemes")
    return form_page(request, "passport/desk/level_edit.html", form, level=level)


@staff_page(permissions.KEYS)
@require_safe
def keys_page(request: HttpRequest) -> HttpResponse:
    rows = list(IssuerKey.objects.filter(controller=keys.issuer()).order_by("-since"))
    context = {"rows": rows, "issuer": keys.issuer(), "lists": list(StatusList.objects.order_by("number")), **menu(account_of(request))}
    return render(request, "passport/desk/keys.html", context)


@staff_page(permissions.KEYS)
@recently_confirmed
@require_http_methods(FORM)
def rotate(request: HttpRequest) -> HttpResponse:
    from yole.passport import tasks

    form = RotateForm(request.POST or None, auto_id="k_%s")
    if form.is_bound and form.is_valid():
        try:
            services_awards.rotate(account_of(request), form.cleaned_data["end"], form.cleaned_data["reason"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            tasks.sign_waiting.enqueue()
            messages.success(request, "La nouvelle clé signe maintenant.")
            return redirect("passport:keys")
    return form_page(request, "passport/desk/rotate.html", form)


@staff_page(permissions.FIGURES)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    return render(request, "passport/desk/figures.html", {"figures": selectors.figures(account.territory), **menu(account)})


@staff_page(permissions.FIGURES)
@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    """Counts only: no row is about one person."""
    found = selectors.figures(account_of(request).territory)
    parts = (("niveau", found.by_level), ("décision", found.by_decision), ("proposition", found.by_proposal), ("état", found.by_state))
    rows = [(part, row.label, "" if row.count is None else row.count) for part, lines in parts for row in lines]
    return as_file(write_safe_table(("tableau", "ligne", "nombre"), rows), "passeports.csv")
