"""Pages of the jury: its list, its candidates, a decision, the ceremony."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.organisations.confirm import recently_confirmed
from yole.organisations.models import Account
from yole.organisations.requests import account_of
from yole.passport import documents, permissions, selectors, selectors_evidence, services_awards, services_jury
from yole.passport.enums import Decision, JuryState
from yole.passport.forms import CandidateForm, DecisionForm, ExceptionForm, JuryForm, SittingForm
from yole.passport.models import Candidacy, Jury
from yole.passport.requirements import Evidence, read_evidence
from yole.passport.services_jury import Given

PAGE = 25


def menu(account: Account) -> dict[str, bool]:
    """Which links of the room's menu the account may follow."""
    return {
        "may_prepare": may(account, permissions.PREPARE),
        "may_programme": may(account, permissions.PROGRAMME),
        "may_keys": may(account, permissions.KEYS),
        "may_figures": may(account, permissions.FIGURES),
        "may_see": may(account, permissions.SEE),
    }


def form_page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, template, {"form": form, **menu(account_of(request)), **context}, status=status)


def jury_or_404(request: HttpRequest, pk: int) -> Jury:
    found = selectors.jury(account_of(request), pk)
    if found is None:
        raise Http404
    return found


@staff_page(permissions.SEE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    page = Paginator(selectors.juries(account), PAGE).get_page(request.GET.get("page"))
    return render(request, "passport/desk/juries.html", {"page": page, **menu(account)})


@staff_page(permissions.PREPARE)
@require_http_methods(FORM)
def jury_new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = JuryForm(account, request.POST or None, auto_id="j_%s")
    if form.is_bound and form.is_valid():
        try:
            made = services_jury.create_jury(account, account.territory, **form.given())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le jury est prêt.")
            return redirect("passport:jury", pk=made.pk)
    return form_page(request, "passport/desk/jury_new.html", form)


@staff_page(permissions.SEE)
@require_safe
def jury_page(request: HttpRequest, pk: int) -> HttpResponse:
    account, jury = account_of(request), jury_or_404(request, pk)
    rows = selectors.candidacies(jury)
    names = services_jury.read_names(account, jury, rows)
    lines: list[dict[str, Any]] = []
    for one in rows:
        proposed = one.proposed if one.decision else services_jury.weighed(one)[2]
        lines.append({"candidacy": one, "name": names.get(one.pk, ""), "proposed": proposed})
    waiting = services_awards.unsigned(pk).count()
    awarded = sum(one.decision == Decision.AWARDED for one in rows)
    exceptions = list(jury.exceptions.select_related("evaluator", "second"))
    context = {
        "jury": jury,
        "lines": lines,
        "open": jury.state == JuryState.OPEN,
        "why_not": services_jury.may_decide(account, jury),
        "may_decide": may(account, permissions.DECIDE),
        "is_trainer": services_jury.is_trainer(account.pk, jury),
        "exceptions": exceptions,
        "may_sign": may(account, permissions.SECOND),
        "account": account,
        "awarded": awarded,
        "unsigned": waiting,
        "to_award": sum(1 for line in lines if line["proposed"] and not line["candidacy"].decision),
        **menu(account),
    }
    return render(request, "passport/desk/jury.html", context)


@staff_page(permissions.PREPARE)
@require_http_methods(FORM)
def candidate_new(request: HttpRequest, pk: int) -> HttpResponse:
    jury = jury_or_404(request, pk)
    form = CandidateForm(request.POST or None, auto_id="c_%s")
    if form.is_bound and form.is_valid():
        try:
            services_jury.add_candidate(account_of(request), pk, **form.cleaned_data)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le candidat est inscrit.")
            return redirect("passport:jury", pk=pk)
    return form_page(request, "passport/desk/candidate_new.html", form, jury=jury)


@staff_page(permissions.DECIDE)
@recently_confirmed
@require_POST
def award_many(request: HttpRequest, pk: int) -> HttpResponse:
    """The proposed level to every ticked candidate: one act of the evaluator, signed by the worker."""
    jury_or_404(request, pk)
    chosen = []
    for text in request.POST.getlist("candidat"):
        try:
            chosen.append(UUID(text))
        except ValueError:
            raise Http404 from None
    done = services_jury.award_many(account_of(request), pk, chosen)
    if done:
        messages.success(request, f"Passeports attribués : {done}. Leur signature suit.")
    else:
        messages.warning(request, "Cochez d’abord des candidats qui ont une proposition.")
    return redirect("passport:jury", pk=pk)


@staff_page(permissions.PREPARE)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    jury_or_404(request, pk)
    services_jury.close(account_of(request), pk)
    messages.success(request, "Le jury est clos.")
    return redirect("passport:jury", pk=pk)


@staff_page(permissions.DECIDE)
@require_http_methods(FORM)
def exception(request: HttpRequest, pk: int) -> HttpResponse:
    jury = jury_or_404(request, pk)
    form = ExceptionForm(request.POST or None, auto_id="e_%s")
    if form.is_bound and form.is_valid():
        try:
            services_jury.ask_exception(account_of(request), pk, form.cleaned_data["motive"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Demande notée. Une autre personne doit la signer.")
            return redirect("passport:jury", pk=pk)
    return form_page(request, "passport/desk/exception.html", form, jury=jury)


@staff_page(permissions.SECOND)
@recently_confirmed
@require_POST
def exception_sign(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    jury = jury_or_404(request, pk)
    if not jury.exceptions.filter(pk=number).exists():
        raise Http404
    services_jury.sign_exception(account_of(request), number)
    messages.success(request, "L’exception est signée.")
    return redirect("passport:jury", pk=pk)


def candidacy_or_404(request: HttpRequest, pk: UUID) -> Candidacy:
    found = selectors.candidacy(account_of(request), pk)
    if found is None:
        raise Http404
    return found


@staff_page(permissions.SEE)
@require_safe
def candidacy_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is known of a candidate, and the decision when there is one."""
    candidacy = candidacy_or_404(request, pk)
    return render(request, "passport/desk/candidacy.html", _about(request, candidacy))


@staff_page(permissions.DECIDE)
@recently_confirmed
@require_http_methods(FORM)
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    account, candidacy = account_of(request), candidacy_or_404(request, pk)
    if why := services_jury.may_decide(account, candidacy.jury):
        raise Refused(why, code="forbidden", status=403)
    context = _about(request, candidacy)
    initial = {"decision": Decision.AWARDED, "level": context["proposed"].code} if context["proposed"] else {}
    form = DecisionForm(context["levels"], request.POST or None, initial=initial, auto_id="d_%s")
    if form.is_bound and form.is_valid():
        try:
            services_jury.decide(account, pk, Given(**form.cleaned_data))
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "La décision est enregistrée.")
            return redirect("passport:candidacy", pk=pk)
    return form_page(request, "passport/desk/decide.html", form, **context)


def _about(request: HttpRequest, candidacy: Candidacy) -> dict[str, Any]:
    account = account_of(request)
    jury = candidacy.jury
    if candidacy.decision == Decision.AWARDED:
        found, levels, proposed = read_evidence(candidacy.evidence), list(jury.scheme.levels.order_by("rank")), candidacy.proposed
    else:
        found, levels, proposed = services_jury.weighed(candidacy)
    names = services_jury.read_names(account, jury, [candidacy])
    judged = [{"level": one, "lines": selectors_evidence.lines(one, found)} for one in levels]
    return {
        "candidacy": candidacy,
        "jury": jury,
        "name": names.get(candidacy.pk, ""),
        "levels": levels,
        "proposed": proposed,
        "judged": judged,
        "measure": measure_words(found, levels, proposed),
        "evidence": found,
        "open": jury.state == JuryState.OPEN and candidacy.decision != Decision.AWARDED,
        "why_not": services_jury.may_decide(account, jury),
        "award": getattr(candidacy, "award", None),
        **menu(account),
    }


def measure_words(found: Evidence, levels: list[Any], proposed: Any) -> list[str]:
    """How sure the diagnosis is, in plain words, before the evaluator decides."""
    if not found.probabilities or len(found.probabilities) != len(levels):
        return ["Aucun diagnostic utilisable : la décision repose sur vous et sur les autres preuves."]
    told = proposed or levels[(found.measured_rank or 1) - 1]
    right = round(100 * found.probabilities[told.rank - 1])
    less = round(100 * sum(found.probabilities[: told.rank - 1]))
    more = round(100 * sum(found.probabilities[told.rank :]))
    words = [
        f"Niveau {told.name} : {right} chances sur 100 que ce soit le bon niveau.",
        f"La mesure se trompe donc environ {100 - right} fois sur 100 : {less} fois le vrai niveau est plus bas, {more} fois plus haut.",
    ]
    if right < 80:
        words.append("C’est moins de 80 sur 100 : quelques questions de plus rendraient la mesure plus sûre.")
    if found.assisted:
        words.append("Quelqu’un a aidé pendant le diagnostic.")
    return words


@staff_page(permissions.PREPARE)
@require_http_methods(FORM)
def sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    candidacy = candidacy_or_404(request, pk)
    form = SittingForm(request.POST or None, auto_id="s_%s")
    if form.is_bound and form.is_valid():
        try:
            services_jury.link_sitting(account_of(request), pk, form.cleaned_data["code"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le diagnostic est lié.")
            return redirect("passport:candidacy", pk=pk)
    return form_page(request, "passport/desk/sitting.html", form, candidacy=candidacy, jury=candidacy.jury)


@staff_page(permissions.SEE)
@require_safe
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The written answer to somebody refused or postponed."""
    candidacy = candidacy_or_404(request, pk)
    if candidacy.decision not in (Decision.REFUSED, Decision.POSTPONED):
        raise Refused("Cette réponse s’imprime après un refus ou un report.", code="no-answer")
    names = services_jury.read_names(account_of(request), candidacy.jury, [candidacy])
    return as_file(documents.answer(candidacy, names.get(candidacy.pk, "")), "reponse-du-jury.pdf")


@staff_page(permissions.SEE)
@require_safe
def ceremony(request: HttpRequest, pk: int) -> HttpResponse:
    jury = jury_or_404(request, pk)
    rows = selectors.candidacies(jury)
    names = services_jury.read_names(account_of(request), jury, rows)
    return as_file(documents.ceremony(jury, rows, names), "ceremonie.pdf")
