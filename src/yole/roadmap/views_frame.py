"""The desk: the frame and its texts, the roadmap, axes, objectives, committees, funding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of
from yole.roadmap import permissions, selectors, services, services_funding
from yole.roadmap.desk_common import find, form_page, page, roadmap_or_404, roadmap_or_none
from yole.roadmap.forms_desk import (
    AxisForm,
    CoFundingForm,
    CommitteeForm,
    EngagementForm,
    EnvelopeForm,
    FrameForm,
    GovernanceForm,
    LeaveForm,
    MemberForm,
    ObjectiveForm,
    RequestForm,
    RequestStatusForm,
    RoadmapForm,
)
from yole.roadmap.models import (
    Commitment,
    Committee,
    Envelope,
    Frame,
    FrameEngagement,
    FundingRequest,
    Governance,
    Member,
    Objective,
    Roadmap,
)
from yole.territory.selectors import today


@staff_page(permissions.FRAME)
@require_safe
def frame(request: HttpRequest) -> HttpResponse:
    """Everything that commitments rest on."""
    territory, roadmap = account_of(request).territory, roadmap_or_none(request)
    context = {
        "roadmap": roadmap,
        "axes": list(roadmap.axes.select_related("frame_axis")) if roadmap is not None else [],
        "objectives": selectors.objectives(roadmap) if roadmap is not None else [],
        "frames": list(Frame.objects.filter(territory=territory).prefetch_related("engagements")),
        "committees": list(Committee.objects.filter(territory=territory)),
        "members": list(Member.objects.filter(territory=territory).select_related("structure").order_by("left_on", "structure__sort_key")),
        "departements": territory.departements,
        "envelopes": list(Envelope.objects.filter(territory=territory).prefetch_related("shares")),
    }
    return page(request, "frame.html", context)


def _back() -> str:
    return reverse("roadmap:desk-frame")


@staff_page(permissions.FRAME)
@require_POST
def frame_install(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    services.install_frame(account, account.territory)
    messages.success(request, "Le cadre national est là. Complétez ses textes avec leurs sources.")
    return redirect(_back())


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def frame_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Frame, pk)
    lines = "\n".join(f"{one['from']}-{one['to']} ; {one['source']}" for one in found.periods)
    initial = {"source": found.source, "read_on": found.read_on, "periods": lines}
    form = FrameForm(request.POST or None, initial=initial, auto_id="f_%s")

    def act(data: dict[str, Any]) -> None:
        services.change_frame(account_of(request), found, **data)

    return form_page(request, form, act, heading=found.name, back=_back(), done="Le cadre est à jour.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def engagement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, FrameEngagement, pk)
    form = EngagementForm(request.POST or None, initial={"wording": found.wording, "source": found.source}, auto_id="n_%s")

    def act(data: dict[str, Any]) -> None:
        services.word_engagement(account_of(request), found, **data)

    told = "Recopiez le texte officiel avec sa source. Ne l’inventez pas."
    return form_page(request, form, act, heading=str(found), back=_back(), done="Le texte est noté.", told=told)


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def roadmap_new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = RoadmapForm(account.territory, request.POST or None, auto_id="r_%s")

    def act(data: dict[str, Any]) -> None:
        services.create_roadmap(account, account.territory, frame=Frame.objects.filter(territory=account.territory).first(), **data)

    return form_page(request, form, act, heading="Nouvelle feuille de route", back=_back(), done="La feuille de route est prête.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def roadmap_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Roadmap, pk)
    initial = {name: getattr(found, name) for name in ("name", "starts_on", "ends_on", "carrier", "perimeter", "context")}
    form = RoadmapForm(found.territory, request.POST or None, initial=initial, auto_id="r_%s")

    def act(data: dict[str, Any]) -> None:
        services.change_roadmap(account_of(request), found, **data)

    return form_page(request, form, act, heading=found.name, back=_back(), done="La feuille de route est à jour.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def axis_new(request: HttpRequest) -> HttpResponse:
    roadmap = roadmap_or_404(request)
    form = AxisForm(request.POST or None, auto_id="x_%s")

    def act(data: dict[str, Any]) -> None:
        services.add_axis(account_of(request), roadmap, **data)

    return form_page(request, form, act, heading="Nouvel axe", back=_back(), done="L’axe est ajouté.")


def _objective(request: HttpRequest, roadmap: Roadmap, found: Objective | None) -> HttpResponse:
    names = ("axis", "title", "definition", "due_on", "source")
    initial = {name: getattr(found, name) for name in names} if found is not None else {}
    form = ObjectiveForm(roadmap, request.POST or None, initial=initial, auto_id="o_%s")

    def act(data: dict[str, Any]) -> None:
        services.save_objective(account_of(request), data.pop("axis"), found, **data)

    heading = found.title if found is not None else "Nouvel objectif"
    return form_page(request, form, act, heading=heading, back=_back(), done="L’objectif est noté.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def objective_new(request: HttpRequest) -> HttpResponse:
    return _objective(request, roadmap_or_404(request), None)


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def objective_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Objective, pk, "axis__roadmap")
    return _objective(request, found.axis.roadmap, found)


def _committee(request: HttpRequest, found: Committee | None) -> HttpResponse:
    account = account_of(request)
    names = ("name", "kind", "frequency", "next_on", "comment")
    initial = {name: getattr(found, name) for name in names} if found is not None else {}
    form = CommitteeForm(request.POST or None, initial=initial, auto_id="k_%s")

    def act(data: dict[str, Any]) -> None:
        services.save_committee(account, account.territory, found, **data)

    heading = found.name if found is not None else "Nouveau comité"
    return form_page(request, form, act, heading=heading, back=_back(), done="Le comité est noté.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def committee_new(request: HttpRequest) -> HttpResponse:
    return _committee(request, None)


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def committee_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _committee(request, find(request, Committee, pk))


# Funding


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def envelope_new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = EnvelopeForm(request.POST or None, auto_id="v_%s")

    def act(data: dict[str, Any]) -> None:
        services_funding.add_envelope(account, account.territory, **data)

    return form_page(request, form, act, heading="Nouvelle enveloppe", back=_back(), done="L’enveloppe est notée.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def request_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Commitment, pk)
    form = RequestForm(found.territory, request.POST or None, auto_id="s_%s")

    def act(data: dict[str, Any]) -> None:
        services_funding.ask_funding(account_of(request), found, data.pop("envelope"), **data)

    back = reverse("roadmap:desk-commitment", args=[pk])
    return form_page(request, form, act, heading=f"Demande de subvention : {found}", back=back, done="La demande est notée.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def co_funding_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Commitment, pk)
    form = CoFundingForm(found.territory, request.POST or None, auto_id="c_%s")

    def act(data: dict[str, Any]) -> None:
        services_funding.add_co_funding(account_of(request), found, data["structure"], data["amount"])

    back = reverse("roadmap:desk-commitment", args=[pk])
    return form_page(request, form, act, heading=f"Cofinancement : {found}", back=back, done="Le cofinancement est noté.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def request_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, FundingRequest, pk, "commitment", "envelope")
    form = RequestStatusForm(request.POST or None, initial={"status": found.status}, auto_id="s_%s")

    def act(data: dict[str, Any]) -> None:
        services_funding.change_request(account_of(request), found, data["status"])

    back = reverse("roadmap:desk-commitment", args=[found.commitment_id])
    return form_page(request, form, act, heading=f"Subvention : {found.envelope}", back=back, done="La demande est à jour.")


# Governance


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def member_new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = MemberForm(account.territory, request.POST or None, auto_id="m_%s")

    def act(data: dict[str, Any]) -> None:
        services.add_member(account, data.pop("structure"), **data)

    return form_page(request, form, act, heading="Nouveau membre de la gouvernance", back=_back(), done="Le membre est noté.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def member_leave(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Member, pk, "structure")
    form = LeaveForm(request.POST or None, initial={"on": today()}, auto_id="d_%s")

    def act(data: dict[str, Any]) -> None:
        services.member_leaves(account_of(request), found, data["on"])

    heading = f"Départ : {found.structure}"
    return form_page(request, form, act, heading=heading, back=_back(), done="Le départ est noté. La ligne reste.")


@staff_page(permissions.FRAME)
@require_http_methods(FORM)
def governance(request: HttpRequest) -> HttpResponse:
    """The notes on one département of the territory, the first unless the address names another."""
    account = account_of(request)
    known = account.territory.departements
    wanted = request.GET.get("departement", "")
    departement = wanted if wanted in known else next(iter(known), "")
    found = Governance.objects.filter(territory=account.territory, departement=departement).first()
    initial = {"context": found.context, "private_note": found.private_note} if found is not None else {}
    form = GovernanceForm(request.POST or None, initial=initial, auto_id="g_%s")

    def act(data: dict[str, Any]) -> None:
        services.save_governance(account, account.territory, departement, **data)

    return form_page(request, form, act, heading=f"Gouvernance du département {departement}", back=_back(), done="Les notes sont gardées.")
