"""The desk: commitments, their indicators, readings and milestones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of
from yole.roadmap import permissions, selectors, services_chain, services_commitments, services_milestones
from yole.roadmap.desk_common import find, form_page, page, proof_of, roadmap_or_404, roadmap_or_none
from yole.roadmap.enums import Answer
from yole.roadmap.forms import ListForm
from yole.roadmap.forms_desk import CommitmentForm, DeliverForm, IndicatorForm, JudgementForm, MilestoneForm, ReasonForm
from yole.roadmap.models import Change, Commitment, Indicator, Milestone, Objective, Proposal
from yole.roadmap.ready import READY
from yole.roadmap.selectors import Filters
from yole.roadmap.services_readings import may_measure
from yole.roadmap.views_public import about
from yole.territory.selectors import today


@staff_page(permissions.SEE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    account, roadmap = account_of(request), roadmap_or_none(request)
    context: dict[str, Any] = {"roadmap": roadmap, "others": list(selectors.roadmaps(account.territory, public=False))}
    if roadmap is not None:
        form = ListForm(roadmap, request.GET or None)
        data = form.cleaned_data if form.is_bound and form.is_valid() else {}
        filters = Filters(data.get("axe", ""), data.get("etat", ""), data.get("q", ""))
        found = selectors.lines(roadmap, public=False)
        kept = [line for line in found if filters.keeps(line)]
        context |= {
            "form": form,
            "narrowed": filters != Filters(),
            "totals": selectors.totals(found),
            "number": len(found),
            "page": Paginator(kept, selectors.PAGE).get_page(request.GET.get("page")),
            "objectives": selectors.objectives(roadmap),
            "waiting": selectors.proposals(account.territory, Answer.WAITING).count(),
        }
    return page(request, "desk.html", context)


def _shown(request: HttpRequest, pk: int) -> Commitment:
    found = selectors.commitment(account_of(request).territory, pk, public=False)
    if found is None:
        raise Http404
    return found


@staff_page(permissions.SEE)
@require_safe
def commitment_page(request: HttpRequest, pk: int) -> HttpResponse:
    found, account = _shown(request, pk), account_of(request)
    own = account.structure_id
    measures = account.structure_id is None or found.responsible_id == own or any(one.pk == own for one in found.copilots.all())
    context = about(found) | {
        "missing": services_commitments.missing(found) if found.published_at is None else [],
        "ready": [(key, label) for key, (label, _fields) in READY.items()],
        "measures": measures,
    }
    for one in context["changes"]:
        one.undoable = services_milestones.may_undo(one)
    return page(request, "commitment.html", context)


def _initial(commitment: Commitment) -> dict[str, Any]:
    names = (*services_commitments.FIELDS, "copilots")
    return {name: getattr(commitment, name) for name in names if name != "copilots"} | {"copilots": list(commitment.copilots.all())}


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def commitment_new(request: HttpRequest) -> HttpResponse:
    """A new commitment; `proposition` in the address is the retained proposal that it comes from."""
    roadmap, account = roadmap_or_404(request), account_of(request)
    key = request.GET.get("proposition", "")
    proposal = find(request, Proposal, int(key)) if key.isascii() and key.isdigit() and len(key) < 10 else None
    initial = {"starts_on": today(), "title": proposal.title if proposal is not None and proposal.answer == Answer.RETAINED else ""}
    form = CommitmentForm(roadmap, request.POST or None, initial=initial, auto_id="e_%s")
    del form.fields["reason"]

    def act(data: dict[str, Any]) -> str:
        made = services_commitments.create_commitment(account, roadmap, **data)
        if proposal is not None:
            services_chain.link(account, proposal, made)
        return reverse("roadmap:desk-commitment", args=[made.pk])

    return form_page(
        request,
        form,
        act,
        heading="Nouvel engagement",
        back=reverse("roadmap:desk"),
        done="L’engagement est prêt à compléter.",
        proposal=proposal,
    )


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def commitment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Commitment, pk, "roadmap__territory")
    form = CommitmentForm(found.roadmap, request.POST or None, initial=_initial(found), auto_id="e_%s")

    def act(data: dict[str, Any]) -> None:
        services_commitments.change_commitment(account_of(request), found, **data)

    back = reverse("roadmap:desk-commitment", args=[pk])
    return form_page(request, form, act, heading=str(found), back=back, done="L’engagement est à jour.")


@staff_page(permissions.PUBLISH)
@require_POST
def commitment_publish(request: HttpRequest, pk: int) -> HttpResponse:
    services_commitments.publish(account_of(request), find(request, Commitment, pk))
    messages.success(request, "L’engagement est public.")
    return redirect("roadmap:desk-commitment", pk=pk)


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def commitment_abandon(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives up, or takes up again what was given up."""
    found = find(request, Commitment, pk)
    form = ReasonForm(request.POST or None, auto_id="r_%s")
    again = found.abandoned_on is not None

    def act(data: dict[str, Any]) -> None:
        (services_commitments.resume if again else services_commitments.abandon)(account_of(request), found, data["reason"])

    back = reverse("roadmap:desk-commitment", args=[pk])
    heading = f"Reprendre : {found}" if again else f"Abandonner : {found}"
    told = "Rien n’est effacé. La raison est publique."
    return form_page(request, form, act, heading=heading, back=back, done="C’est noté.", button="Confirmer", told=told)


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def commitment_judge(request: HttpRequest, pk: int) -> HttpResponse:
    found, account = find(request, Commitment, pk), account_of(request)
    form = JudgementForm(request.POST or None, initial={"by": account.name}, auto_id="j_%s")

    def act(data: dict[str, Any]) -> None:
        services_commitments.judge(account, found, **data)

    back = reverse("roadmap:desk-commitment", args=[pk])
    told = "L’avis s’affiche à côté de l’état calculé. Il ne le remplace pas."
    return form_page(request, form, act, heading=f"Avis sur : {found}", back=back, done="L’avis est noté.", told=told)


@staff_page(permissions.WRITE)
@require_POST
def change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    change = find(request, Change, pk)
    services_milestones.undo(account_of(request), change)
    messages.success(request, "La valeur d’avant est revenue. L’historique garde les deux.")
    return redirect("roadmap:desk-commitment", pk=change.commitment_id)


# Indicators


def _owner_page(indicator: Indicator) -> str:
    if indicator.commitment_id is not None:
        return reverse("roadmap:desk-commitment", args=[indicator.commitment_id])
    return reverse("roadmap:desk-frame")


def _new_indicator(request: HttpRequest, owner: Commitment | Objective, back: str) -> HttpResponse:
    label, fields = READY.get(request.GET.get("modele", ""), ("", {}))
    due = owner.due_on
    initial: dict[str, Any] = {"baseline_on": today(), "target_on": due, "periodicity": "trimestrielle", **fields}
    form = IndicatorForm(request.POST or None, initial=initial, auto_id="i_%s")
    del form.fields["reason"]

    def act(data: dict[str, Any]) -> None:
        services_commitments.add_indicator(account_of(request), owner, **data)

    told = f"Modèle : {label}. Complétez la source, la référence et la cible." if label else ""
    return form_page(request, form, act, heading=f"Nouvel indicateur : {owner}", back=back, done="L’indicateur est ajouté.", told=told)


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def indicator_new(request: HttpRequest, pk: int) -> HttpResponse:
    return _new_indicator(request, find(request, Commitment, pk), reverse("roadmap:desk-commitment", args=[pk]))


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def objective_indicator(request: HttpRequest, pk: int) -> HttpResponse:
    return _new_indicator(request, find(request, Objective, pk), reverse("roadmap:desk-frame"))


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def indicator_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Indicator, pk, "commitment")
    initial = {name: getattr(found, name) for name in services_commitments.INDICATOR_FIELDS}
    form = IndicatorForm(request.POST or None, initial=initial, auto_id="i_%s")

    def act(data: dict[str, Any]) -> None:
        services_commitments.change_indicator(account_of(request), found, **data)

    return form_page(request, form, act, heading=found.name, back=_owner_page(found), done="L’indicateur est à jour.")


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def indicator_retire(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Indicator, pk)
    form = ReasonForm(request.POST or None, auto_id="r_%s")

    def act(data: dict[str, Any]) -> None:
        services_commitments.retire_indicator(account_of(request), found, data["reason"])

    told = "Il reste visible avec ses relevés, et ne compte plus."
    return form_page(
        request, form, act, heading=f"Ne plus suivre : {found}", back=_owner_page(found), done="C’est noté.", button="Confirmer", told=told
    )


# Milestones


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def milestone_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Commitment, pk)
    form = MilestoneForm(request.POST or None, auto_id="m_%s")
    del form.fields["reason"]

    def act(data: dict[str, Any]) -> None:
        services_milestones.add_milestone(account_of(request), found, **data)

    back = reverse("roadmap:desk-commitment", args=[pk])
    return form_page(request, form, act, heading=f"Nouveau jalon : {found}", back=back, done="Le jalon est ajouté.")


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def milestone_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Milestone, pk)
    initial = {name: getattr(found, name) for name in services_commitments.MILESTONE_FIELDS}
    form = MilestoneForm(request.POST or None, initial=initial, auto_id="m_%s")

    def act(data: dict[str, Any]) -> None:
        services_milestones.change_milestone(account_of(request), found, **data)

    back = reverse("roadmap:desk-commitment", args=[found.commitment_id])
    return form_page(request, form, act, heading=found.title, back=back, done="Le jalon est à jour. L’ancienne date reste visible.")


@staff_page(permissions.MEASURE)
@require_http_methods(FORM)
def milestone_deliver(request: HttpRequest, pk: int) -> HttpResponse:
    """Delivered, with its proof; or no longer, with a reason."""
    found, account = find(request, Milestone, pk, "commitment"), account_of(request)
    may_measure(account, found.commitment)
    back = reverse("roadmap:desk-commitment", args=[found.commitment_id])
    if found.delivered_on is not None:
        undone = ReasonForm(request.POST or None, auto_id="r_%s")

        def take_back(data: dict[str, Any]) -> None:
            services_milestones.undo_delivery(account, found, data["reason"])

        heading = f"Annuler la livraison : {found}"
        return form_page(request, undone, take_back, heading=heading, back=back, done="La livraison est annulée.", button="Confirmer")
    form = DeliverForm(request.POST or None, request.FILES or None, initial={"on": today()}, auto_id="l_%s")

    def act(data: dict[str, Any]) -> None:
        services_milestones.deliver(account, found, on=data["on"], evidence=data["evidence"], file=proof_of(data["file"]))

    return form_page(request, form, act, heading=f"Livrer : {found}", back=back, done="Le jalon est livré.", sends_file=True)
