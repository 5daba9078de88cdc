"""The desk: takeaways, proposals and their answers; reviews; the frame and the committees; funding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.base.registries import TAKEAWAYS
from yole.organisations.requests import account_of
from yole.roadmap import permissions, selectors, services_chain
from yole.roadmap.desk_common import find, form_page, page, roadmap_or_404
from yole.roadmap.enums import Answer
from yole.roadmap.forms_desk import AnswerForm, DecisionForm, LinkForm, ProposalForm, ReviewForm, TakeawayForm
from yole.roadmap.models import Proposal, Review, Takeaway
from yole.territory.models import Territory
from yole.territory.selectors import today

OFFERED = 50


def offers(territory: Territory) -> list[Any]:
    """What other rooms offer and nobody kept yet, the newest first."""
    kept = set(Takeaway.objects.filter(territory=territory).values_list("source", "key"))
    found = [one for read in TAKEAWAYS.values() for one in read(territory.pk) if (one.source, one.key) not in kept]
    return sorted(found, key=lambda one: one.day, reverse=True)[:OFFERED]


@staff_page(permissions.GATHER)
@require_safe
def takeaways(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    rows = Takeaway.objects.filter(territory=account.territory).prefetch_related("proposals")
    words = request.GET.get("q", "")[:80]
    if words:
        rows = rows.filter(words__icontains=words)
    found = Paginator(rows, selectors.PAGE).get_page(request.GET.get("page"))
    context = {"page": found, "offers": offers(account.territory), "form": ProposalForm(auto_id="p_%s"), "words": words}
    return page(request, "takeaways.html", context)


@staff_page(permissions.GATHER)
@require_http_methods(FORM)
def takeaway_new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = TakeawayForm(request.POST or None, initial={"day": today()}, auto_id="t_%s")

    def act(data: dict[str, Any]) -> None:
        services_chain.add_takeaway(account, account.territory, **data)

    back = reverse("roadmap:desk-takeaways")
    return form_page(request, form, act, heading="Noter ce qui a été dit", back=back, done="C’est noté.")


@staff_page(permissions.GATHER)
@require_POST
def takeaway_keep(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    services_chain.keep_offer(account, account.territory, request.POST.get("source", "")[:40], request.POST.get("key", "")[:120])
    messages.success(request, "L’enseignement est gardé.")
    return redirect("roadmap:desk-takeaways")


@staff_page(permissions.GATHER)
@require_POST
def proposal_new(request: HttpRequest) -> HttpResponse:
    """A proposal out of the ticked takeaways; or, with `proposal`, the ticked ones join that one."""
    account = account_of(request)
    keys = [int(key) for key in request.POST.getlist("takeaway") if key.isascii() and key.isdigit() and len(key) < 10]
    chosen = list(Takeaway.objects.filter(territory=account.territory, pk__in=keys))
    form = ProposalForm(request.POST, auto_id="p_%s")
    if not form.is_valid():
        raise Refused("Écrivez la proposition en une phrase.", remedy="Revenez et complétez.", code="missing", status=422)
    made = services_chain.create_proposal(account, account.territory, takeaways=chosen, **form.cleaned_data)
    messages.success(request, "La proposition est faite. Le comité peut répondre.")
    return redirect("roadmap:desk-proposal", pk=made.pk)


@staff_page(permissions.SEE)
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("reponse", "")
    rows = selectors.proposals(account_of(request).territory, wanted if wanted in Answer.values else "")
    words = request.GET.get("q", "")[:80]
    if words:
        rows = rows.filter(title__icontains=words)
    found = Paginator(rows, selectors.PAGE).get_page(request.GET.get("page"))
    return page(request, "proposals.html", {"page": found, "answers": Answer.choices, "wanted": wanted, "words": words})


@staff_page(permissions.SEE)
@require_safe
def proposal_page(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Proposal, pk)
    known = found.takeaways.values_list("pk", flat=True)
    free = Takeaway.objects.filter(territory=found.territory).exclude(pk__in=known)[:20] if found.answer == Answer.WAITING else []
    context = {
        "proposal": found,
        "answers": list(found.answers.select_related("committee")),
        "commitments": list(found.commitments.order_by("number")),
        "free": free,
    }
    return page(request, "proposal.html", context)


@staff_page(permissions.GATHER)
@require_POST
def proposal_merge(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Proposal, pk)
    keys = [int(key) for key in request.POST.getlist("takeaway") if key.isascii() and key.isdigit() and len(key) < 10]
    services_chain.merge_takeaways(account_of(request), found, list(Takeaway.objects.filter(territory=found.territory, pk__in=keys)))
    messages.success(request, "Les enseignements sont réunis.")
    return redirect("roadmap:desk-proposal", pk=pk)


@staff_page(permissions.ANSWER)
@require_http_methods(FORM)
def proposal_answer(request: HttpRequest, pk: int) -> HttpResponse:
    found, account = find(request, Proposal, pk), account_of(request)
    form = AnswerForm(account.territory, request.POST or None, initial={"day": today()}, auto_id="a_%s")

    def act(data: dict[str, Any]) -> None:
        services_chain.answer(account, found, **data)

    back = reverse("roadmap:desk-proposal", args=[pk])
    told = "La réponse et sa raison sont publiques. Une réponse donnée reste dans l’historique."
    return form_page(request, form, act, heading=f"Répondre : {found}", back=back, done="La réponse est publique.", told=told)


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def proposal_link(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Proposal, pk)
    form = LinkForm(found, request.POST or None, auto_id="l_%s")

    def act(data: dict[str, Any]) -> None:
        services_chain.link(account_of(request), found, data["commitment"])

    back = reverse("roadmap:desk-proposal", args=[pk])
    return form_page(request, form, act, heading=f"Relier à un engagement : {found}", back=back, done="La proposition est reliée.")


# Reviews


@staff_page(permissions.SEE)
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    roadmap = roadmap_or_404(request)
    found = Paginator(roadmap.reviews.select_related("committee").prefetch_related("decisions__commitment"), selectors.PAGE)
    return page(request, "reviews.html", {"roadmap": roadmap, "page": found.get_page(request.GET.get("page"))})


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def review_new(request: HttpRequest) -> HttpResponse:
    roadmap, account = roadmap_or_404(request), account_of(request)
    form = ReviewForm(account.territory, request.POST or None, initial={"held_on": today()}, auto_id="r_%s")

    def act(data: dict[str, Any]) -> str:
        return reverse("roadmap:desk-decide", args=[services_chain.hold_review(account, roadmap, **data).pk])

    return form_page(request, form, act, heading="Nouvelle réunion", back=reverse("roadmap:desk-reviews"), done="La réunion est notée.")


@staff_page(permissions.WRITE)
@require_http_methods(FORM)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    review = find(request, Review, pk, "roadmap")
    form = DecisionForm(review.roadmap, request.POST or None, auto_id="d_%s")

    def act(data: dict[str, Any]) -> None:
        services_chain.decide(account_of(request), review, data["commitment"], words=data["words"], due_on=data["due_on"])

    heading = f"Décision de : {review.title}"
    return form_page(request, form, act, heading=heading, back=reverse("roadmap:desk-reviews"), done="La décision est notée.")
