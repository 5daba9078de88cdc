"""Pages of the tours of buses: plans, one plan edited by hand, publishing, exports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.maps import MapLegend, MapMarker, MapView
from yole.base.permissions import may, staff_page
from yole.deployment import permissions, services_tours
from yole.deployment.forms_tours import PublishForm, PutForm, StopForm, TourForm
from yole.deployment.models_tours import TourPlan, TourState
from yole.deployment.tours import DEPOT, Board
from yole.kernel.tables import write_safe_table
from yole.organisations.requests import account_of
from yole.places import permissions as place_acts
from yole.territory import selectors as territory_selectors
from yole.territory.maps import island_map

PAGE = 25


def plan_or_404(request: HttpRequest, pk: int) -> TourPlan:
    return get_object_or_404(TourPlan, pk=pk, territory_id=account_of(request).territory_id)


@staff_page(permissions.SEE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    plans = TourPlan.objects.filter(territory_id=account.territory_id).prefetch_related("buses").order_by("-created_at", "-pk")
    page = Paginator(plans, PAGE).get_page(request.GET.get("page"))
    return render(request, "deployment/tours/list.html", {"page": page, "may_plan": may(account, permissions.PLAN)})


@staff_page(permissions.PLAN)
@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = TourForm(request.POST or None, request.FILES or None, territory=account.territory, auto_id="t_%s")
    if form.is_bound and form.is_valid():
        try:
            made = services_tours.create(account, **form.asked())
        except Refused as refusal:
            refusal.field = "near_km" if refusal.field == "stops" else refusal.field
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Plan calculé. Changez-le à la main, puis publiez-le.")
            return redirect("deployment:tour", pk=made.pk)
    return render(request, "deployment/tours/new.html", {"form": form}, status=422 if form.is_bound else 200)


def _map(board: Board) -> tuple[MapView, list[dict[str, Any]]]:
    """The stops on the map, numbered in the order of the week, and the days that say which is which."""
    drawn = island_map(board.plan.territory)
    depot = board.candidates[0]
    words = f"{sum(len(one.visits) for one in board.rounds)} arrêts numérotés dans l’ordre de la semaine, et le départ à {depot.name}."
    view = drawn.view(key="tournee", title="Carte des arrêts", description=words)
    days, number = [], 0
    for one in board.rounds:
        visits = []
        for rank, visit in enumerate(one.visits, 1):
            number += 1
            x, y = drawn.xy(visit.candidate.lat, visit.candidate.lon)
            view.markers.append(MapMarker(x, y, str(number), "pt-s"))
            visits.append({"number": number, "rank": rank, "visit": visit})
        days.append({"round": one, "visits": visits})
    x, y = drawn.xy(depot.lat, depot.lon)
    view.markers.append(MapMarker(x, y, "", "here"))
    view.legend.extend([MapLegend("pt-s", "arrêt du bus"), MapLegend("here", "départ du bus")])
    return view, days


@staff_page(permissions.SEE)
@require_safe
def plan_page(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    return _plan_page(request, plan, _publish_form(plan))


def _publish_form(plan: TourPlan, data: Any = None) -> PublishForm:
    today = territory_selectors.today()
    return PublishForm(data, initial={"first_monday": today + timedelta(days=7 - today.weekday()), "replaces": True}, auto_id="p_%s")


def _plan_page(request: HttpRequest, plan: TourPlan, publish: PublishForm, status: int = 200) -> HttpResponse:
    account, board = account_of(request), Board(plan)
    view, days = _map(board)
    draft = plan.state == TourState.DRAFT
    context = {
        "plan": plan,
        "board": board,
        "map": view,
        "days": days,
        "put": PutForm(plan=plan, auto_id=False),
        "publish": publish,
        "may_change": draft and may(account, permissions.PLAN),
        "may_publish": draft and may(account, permissions.PLAN) and may(account, place_acts.EDIT),
        "may_withdraw": not draft and may(account, permissions.PLAN) and may(account, place_acts.EDIT),
    }
    return render(request, "deployment/tours/plan.html", context, status=status)


@staff_page(permissions.PLAN)
@require_POST
def put(request: HttpRequest, pk: int) -> HttpResponse:
    """A stop added, or moved to another day or rank."""
    plan = plan_or_404(request, pk)
    form = PutForm(request.POST, plan=plan)
    if not form.is_valid():
        raise Refused("Choisissez un jour de la liste.", remedy="Revenez au plan.", code="day", status=422)
    services_tours.put(account_of(request), pk, form.cleaned_data["stop"], **form.asked())
    return redirect("deployment:tour", pk=pk)


@staff_page(permissions.PLAN)
@require_POST
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    plan_or_404(request, pk)
    day = request.POST.get("from_day", "")
    services_tours.take_off(
        account_of(request), pk, request.POST.get("stop", ""), day=int(day) if day.isdecimal() and len(day) < 3 else None
    )
    return redirect("deployment:tour", pk=pk)


@staff_page(permissions.PLAN)
@require_http_methods(FORM)
def stop(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """What one stop asks."""
    plan = plan_or_404(request, pk)
    board = Board(plan)
    one = board.by_id.get(key)
    if one is None or key == DEPOT:
        raise Http404
    form = StopForm(request.POST or None, initial=StopForm.initial_of(one), auto_id="s_%s")
    if form.is_bound and form.is_valid():
        try:
            services_tours.set_stop(account_of(request), pk, key, **form.asked())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("deployment:tour", pk=pk)
    context = {"form": form, "plan": plan, "stop": one}
    return render(request, "deployment/tours/stop.html", context, status=422 if form.is_bound else 200)


@staff_page(permissions.PLAN)
@require_POST
def recompute(request: HttpRequest, pk: int) -> HttpResponse:
    plan_or_404(request, pk)
    services_tours.recompute(account_of(request), pk)
    messages.success(request, "Plan recalculé.")
    return redirect("deployment:tour", pk=pk)


@staff_page(permissions.PLAN)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    form = _publish_form(plan, request.POST)
    if form.is_valid():
        try:
            services_tours.publish(account_of(request), pk, **form.cleaned_data)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Arrêts publiés. Les habitants les voient sur la page du bus.")
            return redirect("deployment:tour", pk=pk)
    return _plan_page(request, plan, form, status=422)


@staff_page(permissions.PLAN)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    plan_or_404(request, pk)
    services_tours.withdraw(account_of(request), pk)
    messages.success(request, "Les passages de ce plan sont retirés. Ceux d’avant sont revenus.")
    return redirect("deployment:tour", pk=pk)


@staff_page(permissions.PLAN)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    plan_or_404(request, pk)
    services_tours.remove(account_of(request), pk)
    messages.success(request, "Plan supprimé.")
    return redirect("deployment:tours")


@staff_page(permissions.SEE)
@require_safe
def plan_csv(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    header = ["jour", "bus", "rang", "arret", "commune", "arrivee", "depart", "habitants"]
    return as_file(write_safe_table(header, services_tours.describe(plan)), f"tournee-{slugify(plan.title) or plan.pk}.csv")
