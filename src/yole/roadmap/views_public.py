"""What everybody sees: the roadmap by axis, a commitment and its chain both ways, proposals and their answers, following."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.organisations import throttle
from yole.roadmap import drawings, selectors, services_subscriptions
from yole.roadmap.engine.status import Status
from yole.roadmap.enums import Answer, Subject
from yole.roadmap.forms import FollowForm, ListForm
from yole.roadmap.models import Change, Commitment, Indicator, Proposal, Roadmap
from yole.roadmap.selectors import Filters
from yole.territory.requests import territory_of
from yole.territory.selectors import today

ASKED = "roadmap-follow"
ASKED_MOST = 20


def chosen(request: HttpRequest) -> Roadmap | None:
    return selectors.roadmap(territory_of(request), request.GET.get("feuille", "")[:64], public=True)


def commitment_or_404(request: HttpRequest, pk: int) -> Commitment:
    found = selectors.commitment(territory_of(request), pk, public=True)
    if found is None:
        raise Http404
    return found


def listed(roadmap: Roadmap, request: HttpRequest) -> dict[str, Any]:
    """The lines that the address asks for, by axis, with the counts of the whole."""
    form = ListForm(roadmap, request.GET or None)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    filters = Filters(data.get("axe", ""), data.get("etat", ""), data.get("q", ""))
    found = selectors.lines(roadmap, public=True)
    kept = [line for line in found if filters.keeps(line)]
    page = Paginator(kept, selectors.PAGE).get_page(request.GET.get("page"))
    narrowed = filters != Filters()
    shown = selectors.grouped(roadmap, page.object_list)
    return {
        "form": form,
        "page": page,
        "totals": selectors.totals(found),
        "number": len(found),
        "narrowed": narrowed,
        "groups": [group for group in shown if group.lines or not (narrowed or page.has_other_pages())],
        "by_axis": selectors.grouped(roadmap, found),
        "found": len(kept),
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    territory, roadmap = territory_of(request), chosen(request)
    context: dict[str, Any] = {"roadmap": roadmap, "others": list(selectors.roadmaps(territory, public=True))}
    if roadmap is not None:
        objectives = [{"objective": one, "measured": _measured(list(one.indicators.all()))} for one in selectors.objectives(roadmap)]
        context |= listed(roadmap, request) | {
            "objectives": objectives,
            "statuses": list(Status),
            "proposals": selectors.proposals(territory).exclude(answer=Answer.WAITING).count(),
            "year": today().year,
            "now": today(),
        }
    return render(request, "roadmap/home.html", context)


@require_safe
def printed(request: HttpRequest) -> HttpResponse:
    """Every public commitment on one sheet."""
    roadmap = chosen(request)
    if roadmap is None:
        raise Http404
    found = selectors.lines(roadmap, public=True)
    context = {"roadmap": roadmap, "by_axis": selectors.grouped(roadmap, found), "totals": selectors.totals(found), "now": today()}
    return render(request, "roadmap/print.html", context)


def _measured(rows: list[Indicator]) -> list[dict[str, Any]]:
    """Each indicator with its gauge, its line drawn, where it leads and its whole history."""
    day = today()
    made = []
    for indicator in rows:
        path = selectors.path_of(indicator, day)
        history = sorted(indicator.readings.all(), key=lambda one: one.pk, reverse=True)
        made.append(
            {
                "indicator": indicator,
                "gauge": selectors.gauge_of(indicator, day),
                "path": path,
                "chart": drawings.chart(indicator, path),
                "history": history,
                "replaced": {one.replaces_id for one in history if one.replaces_id},
            }
        )
    return made


def about(commitment: Commitment) -> dict[str, Any]:
    """What the pages of a commitment show, public and at the desk."""
    changes = list(Change.objects.filter(commitment=commitment).select_related("review").order_by("-recorded_at", "-pk"))
    return {
        "commitment": commitment,
        "roadmap": commitment.roadmap,
        "line": selectors.line_of(commitment, today()),
        "measured": _measured(list(commitment.indicators.all())),
        "milestones": list(commitment.milestones.all()),
        "moved": [one for one in changes if one.subject == Subject.COMMITMENT and one.field == "due_on"],
        "changes": changes,
        "proposals": selectors.proposals_of(commitment),
        "decisions": list(commitment.decisions.select_related("review__committee").order_by("-review__held_on")),
        "requests": list(commitment.requests.select_related("envelope")),
        "co_fundings": list(commitment.co_fundings.select_related("structure")),
        "now": today(),
    }


@require_safe
def commitment_page(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "roadmap/commitment.html", about(commitment_or_404(request, pk)))


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("reponse", "")
    rows = selectors.proposals(territory_of(request), wanted if wanted in Answer.values else "")
    page = Paginator(rows, selectors.PAGE).get_page(request.GET.get("page"))
    return render(request, "roadmap/proposals.html", {"page": page, "answers": Answer.choices, "wanted": wanted})


@require_safe
def proposal_page(request: HttpRequest, pk: int) -> HttpResponse:
    found: Proposal | None = selectors.proposals(territory_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    public = [one for one in found.commitments.all() if one.published_at is not None]
    return render(request, "roadmap/proposal.html", {"proposal": found, "commitments": public})


@require_safe
def takeaway_page(request: HttpRequest, pk: int) -> HttpResponse:
    found = selectors.takeaway(territory_of(request), pk)
    if found is None:
        raise Http404
    return render(request, "roadmap/takeaway.html", {"takeaway": found, "proposals": list(found.proposals.order_by("pk"))})


# Following


@require_http_methods(FORM)
def follow(request: HttpRequest) -> HttpResponse:
    """Asks for the messages. The answer is the same whether the address is known or not."""
    territory = territory_of(request)
    form = FollowForm(territory, request.POST or None, initial={"about": request.GET.get("engagement", "")})
    if form.is_bound and form.is_valid():
        where = throttle.client_address(request)
        if throttle.counted(ASKED, where) >= ASKED_MOST:
            raise Refused(
                _("Trop de demandes sont venues d’ici."), remedy=_("Attendez 15 minutes, puis réessayez."), code="throttled", status=429
            )
        throttle.count(ASKED, where)
        try:
            services_subscriptions.ask(territory, form.cleaned_data["address"], form.commitment())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("roadmap:follow-asked")
    return render(request, "roadmap/follow.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def follow_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "roadmap/follow_asked.html", {"days": services_subscriptions.CONFIRM_DAYS})


@require_http_methods(FORM)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button, so that the scanners of mailboxes confirm nothing."""
    found = services_subscriptions.read_token("confirm", token)
    if found is None:
        raise Http404
    if request.method == "POST":
        services_subscriptions.confirm(found)
        messages.success(request, _("C’est fait. Vous recevrez un message quand quelque chose change."))
        return redirect("roadmap:home")
    return render(request, "roadmap/follow_confirm.html", {"subscription": found})


@require_http_methods(FORM)
def stop(request: HttpRequest, token: str) -> HttpResponse:
    found = services_subscriptions.read_token("stop", token)
    if found is None:
        raise Http404
    if request.method == "POST":
        services_subscriptions.stop(found)
        messages.success(request, _("C’est fini. Votre adresse est effacée."))
        return redirect("roadmap:home")
    return render(request, "roadmap/follow_stop.html", {"subscription": found})


def year_of(text: int) -> int:
    """Raises Http404 for a year that no roadmap can be about."""
    if not 2000 <= text <= date.today().year + 1:
        raise Http404
    return text
