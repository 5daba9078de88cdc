"""The file of a person or of a structure, opened by its code or by the link of a message: proposals, interviews, level shown, training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.advisers import (
    documents,
    feeds,
    forms_training,
    links,
    selectors,
    selectors_contracts,
    selectors_training,
    services_contracts,
    services_interviews,
    services_rounds,
    services_shown,
    services_training,
    throttle,
)
from yole.advisers.engine.training import clock
from yole.advisers.enums import OPEN, CandidateState, InterviewState
from yole.advisers.models import Candidate, Enrolment, Host, Interview, Relation, ShownLevel
from yole.advisers.views_public import file_or_404
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.scope import system_scope


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal as its side reads it: where each button goes, the interview of now, and those before with what they came to."""

    one: Relation
    answer_url: str
    meeting: Interview | None
    meeting_url: str
    past: list[Interview]
    propose_url: str = ""


def _offer(one: Relation, answer_url: str, meeting_url: str, propose_url: str = "") -> Offer:
    rows = sorted(one.interviews.all(), key=lambda row: row.pk)
    live = [row for row in rows if row.state in services_interviews.LIVE]
    meeting = live[-1] if live and one.state in OPEN else None
    address = meeting_url.replace("/0/", f"/{meeting.pk}/") if meeting else ""
    return Offer(one, answer_url, meeting, address, [row for row in rows if row.state == InterviewState.DONE], propose_url)


def _offers(found: Candidate | Host) -> list[Offer]:
    host = isinstance(found, Host)
    return [
        _offer(
            one,
            reverse("advisers:answer", args=[found.code, one.pk]),
            reverse("advisers:meeting", args=[found.code, 0]),
            reverse("advisers:propose", args=[found.code, one.pk]) if host and one.state in OPEN else "",
        )
        for one in selectors.proposals_of(found)
    ]


@never_cache
@require_safe
def file(request: HttpRequest, code: str) -> HttpResponse:
    found = file_or_404(request, code)
    is_candidate = isinstance(found, Candidate)
    context: dict[str, Any] = {"file": found, "is_candidate": is_candidate, "offers": _offers(found)}
    if isinstance(found, Host):
        context["contracts"] = selectors_contracts.of_host(found)
        context["feed"] = feeds.address(found)
    else:
        with system_scope():
            context["shown"] = ShownLevel.objects.filter(pk=found.pk).first()
            context["trainings"] = [
                (one, clock(services_training.attended(one)), clock(services_training.needed(one)))
                for one in selectors_training.of_candidate(found.pk)
            ]
        context["feed"] = feeds.address(found) if context["trainings"] or any(o.meeting for o in context["offers"]) else ""
    return render(request, "advisers/file.html", context)


@never_cache
@require_POST
def answer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = file_or_404(request, code)
    _answered(request, found, pk)
    return redirect("advisers:file", code=found.code)


def _answered(request: HttpRequest, of: Candidate | Host, pk: int) -> None:
    given = request.POST.get("reponse", "")
    if given not in ("oui", "non"):
        raise Refused(_("Répondez oui ou non."), code="answer")
    services_rounds.answer(pk, of=of, yes=given == "oui", reason=request.POST.get("raison", ""))


def _relation_of(token: str) -> Relation:
    found = links.of_token(token)
    if found is None or found.candidate.state in (CandidateState.WITHDRAWN, CandidateState.BLOCKED):
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
def answer_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a message: shows one proposal; its buttons answer, opening it does nothing."""
    relation = _relation_of(token)
    if request.method == "POST":
        _answered(request, relation.candidate, relation.pk)
        return redirect("advisers:answer-link", token=token)
    offer = _offer(relation, request.path, reverse("advisers:meeting-link", args=[token, 0]))
    return render(request, "advisers/answer.html", {"offer": offer, "is_candidate": True})


@never_cache
@require_POST
def meeting_link(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    relation = _relation_of(token)
    if pk not in {one.pk for one in relation.interviews.all()}:  # those that the link read
        raise Refused(_("Cet entretien n’existe pas."), code="unknown", status=404)
    _met(request, relation.candidate, pk)
    return redirect("advisers:answer-link", token=token)


def _met(request: HttpRequest, candidate: Candidate, pk: int) -> None:
    wish = request.POST.get("souhait", "")
    if request.POST.get("reponse") != "accepter" and not wish.strip():
        raise Refused(_("Dites quel créneau vous irait."), field="souhait", code="wish")
    services_interviews.answer(candidate, pk, wish="" if request.POST.get("reponse") == "accepter" else wish)


@never_cache
@require_http_methods(FORM)
def meeting(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What each side does with an interview: the person answers the slot, the structure takes it back or says what it came to."""
    found = file_or_404(request, code)
    with system_scope():
        rows = Interview.objects.filter(pk=pk)
        mine = rows.filter(relation__candidate=found) if isinstance(found, Candidate) else rows.filter(relation__post__host=found)
        one = mine.select_related("relation__candidate__commune").first()
    if one is None:
        raise Http404
    if isinstance(found, Candidate):
        if request.method == "POST":
            _met(request, found, pk)
        return redirect("advisers:file", code=found.code)
    if request.method == "POST" and request.POST.get("annuler") == "1":
        services_interviews.cancel(found, pk)
        return redirect("advisers:file", code=found.code)
    form = forms_training.OutcomeForm(request.POST or None, auto_id="o_%s")
    if form.is_bound and form.is_valid():
        try:
            services_interviews.tell_outcome(found, pk, form.cleaned_data["outcome"], form.cleaned_data["reason"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, _("La suite de l’entretien est enregistrée."))
            return redirect("advisers:file", code=found.code)
    return _form(request, found.code, form, _("Après l’entretien"), _("Enregistrer la suite"), meeting=one)


def _form(request: HttpRequest, code: str, form: Any, title: str, label: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "label": label, "code": code, **more}
    return render(request, "advisers/form.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(FORM)
def propose(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A structure offers a slot to the person of a proposal."""
    found = file_or_404(request, code)
    if not isinstance(found, Host) or not any(one.pk == pk for one in selectors.proposals_of(found)):
        raise Http404
    form = forms_training.InterviewForm(request.POST or None, auto_id="e_%s")
    if form.is_bound and form.is_valid():
        try:
            services_interviews.propose(found, pk, form.given(ZoneInfo(found.territory.time_zone)))
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, _("Le créneau est proposé. La personne est prévenue."))
            return redirect("advisers:file", code=found.code)
    return _form(request, found.code, form, _("Proposer un entretien"), _("Proposer ce créneau"))


def _candidate_or_404(request: HttpRequest, code: str) -> Candidate:
    found = file_or_404(request, code)
    if not isinstance(found, Candidate) or found.state in (CandidateState.WITHDRAWN, CandidateState.BLOCKED):
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
def show_diagnostic(request: HttpRequest, code: str) -> HttpResponse:
    found = _candidate_or_404(request, code)
    form = forms_training.DiagnosticForm(request.POST or None, auto_id="d_%s")
    if form.is_bound and form.is_valid():
        throttle.CODES.check(request)
        try:
            services_shown.show_diagnostic(found, form.cleaned_data["code"], consent=form.cleaned_data["consent"])
        except Refused as refusal:
            if refusal.code == "unknown":
                throttle.CODES.count(request)
            form.apply_refusal(refusal)
        else:
            messages.success(request, _("Votre niveau est montré. Il compte dès le prochain tour."))
            return redirect("advisers:file", code=found.code)
    return _form(request, found.code, form, _("Montrer mon diagnostic"), _("Montrer ce niveau"))


@never_cache
@require_http_methods(FORM)
def show_pix(request: HttpRequest, code: str) -> HttpResponse:
    found = _candidate_or_404(request, code)
    form = forms_training.PixForm(request.POST or None, auto_id="p_%s")
    if form.is_bound and form.is_valid():
        try:
            services_shown.show_pix(found, **form.cleaned_data)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, _("Votre score est noté. Il compte dès qu’une personne du recrutement a vu le document."))
            return redirect("advisers:file", code=found.code)
    return _form(request, found.code, form, _("Déclarer un score Pix"), _("Déclarer ce score"))


@never_cache
@require_POST
def hide_level(request: HttpRequest, code: str) -> HttpResponse:
    found = _candidate_or_404(request, code)
    services_shown.hide(found)
    return redirect("advisers:file", code=found.code)


@never_cache
@require_POST
def ask_renewal(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = file_or_404(request, code)
    if not isinstance(found, Host):
        raise Http404
    services_contracts.ask_renewal_by_host(found, pk)
    messages.success(request, _("Votre demande de renouvellement est envoyée."))
    return redirect("advisers:file", code=found.code)


@never_cache
@require_safe
def certificate(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The certificate of a training, for the person whose code this is."""
    found = _candidate_or_404(request, code)
    with system_scope():
        rows = Enrolment.objects.select_related("candidate", "course__syllabus", "course__territory")
        one = rows.filter(pk=pk, candidate=found, code__isnull=False).first()
        if one is None:
            raise Http404
        return as_file(documents.certificate(one), f"attestation-{one.code}.pdf")


@never_cache
@require_http_methods(FORM)
def certificate_check(request: HttpRequest) -> HttpResponse:
    """Whether a certificate of that number was given to somebody of that name. Says neither name nor anything else of the person."""
    form = forms_training.CertificateForm(request.POST or None, auto_id="k_%s")
    checked = None
    if form.is_bound and form.is_valid():
        throttle.CODES.check(request)
        checked = documents.check(form.cleaned_data["number"], form.cleaned_data["name"])
        if checked is None or checked.bears is False:
            throttle.CODES.count(request)
            checked = None
            form.add_error("number", _("Aucune attestation de ce numéro ne porte ce nom. O et 0 se ressemblent : vérifiez."))
    status = 422 if form.is_bound and checked is None else 200
    context = {"form": form, "checked": checked, "hours": clock(checked.minutes) if checked else ""}
    return render(request, "advisers/certificate_check.html", context, status=status)


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """A calendar to follow from a telephone, by its signed address."""
    made = feeds.of_token(token)
    if made is None:
        raise Http404
    return as_file(made, "agenda.ics", cache="private, no-cache")
