"""Pages of the desk: scenarios, one scenario, two side by side, the decision, exports."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.htmlpdf import pdf
from yole.base.permissions import may, staff_page
from yole.deployment import exports, pages, permissions, selectors, services
from yole.deployment.enums import IN_PROGRESS, WITH_PLAN
from yole.deployment.forms import CompareForm, DecisionForm, ScenarioForm, initial_of
from yole.deployment.models import Scenario
from yole.kernel.errors import InputError
from yole.organisations.requests import account_of

PAGE, SITES_A_PAGE = 25, 100
COMPARED = 100


def scenario_or_404(request: HttpRequest, pk: int, *, planned: bool = False) -> Scenario:
    found = selectors.scenario(account_of(request), pk)
    if found is None or (planned and found.state not in WITH_PLAN):
        raise Http404
    return found


@staff_page(permissions.SEE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    page = Paginator(selectors.scenarios(account), PAGE).get_page(request.GET.get("page"))
    planned = list(selectors.planned(account)[:COMPARED])
    rows = [(one, pages.PlanPage(one) if one.state in WITH_PLAN else None) for one in page.object_list]
    initial = {"a": planned[1].pk, "b": planned[0].pk} if len(planned) > 1 else {}
    context = {
        "page": page,
        "rows": rows,
        "compare": CompareForm(planned, initial=initial, auto_id="c_%s") if len(planned) > 1 else None,
        "may_plan": may(account, permissions.PLAN),
    }
    return render(request, "deployment/desk.html", context)


@staff_page(permissions.PLAN)
@require_http_methods(FORM)
def scenario_new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    like = request.GET.get("comme", "")
    model = selectors.scenario(account, int(like)) if like.isascii() and like.isdigit() and len(like) < 10 else None
    form = ScenarioForm(request.POST or None, request.FILES or None, initial=initial_of(model) if model else None, auto_id="s_%s")
    if form.is_bound and form.is_valid():
        try:
            made = services.create_scenario(account, **form.asked())
        except Refused as refusal:
            form.apply_refusal(refusal)
        except InputError as error:
            wrong = form.cleaned_data["demand_file"]
            field = "demand_file" if wrong is not None and error.file == wrong.name else "today_file"
            form.add_error(field, error.one_line())
        else:
            messages.success(request, "Le calcul est demandé.")
            return redirect("deployment:scenario", pk=made.pk)
    return render(request, "deployment/new.html", {"form": form}, status=422 if form.is_bound else 200)


@staff_page(permissions.SEE)
@require_safe
def scenario_page(request: HttpRequest, pk: int) -> HttpResponse:
    account, scenario = account_of(request), scenario_or_404(request, pk)
    ready = scenario.state in WITH_PLAN
    shown = pages.PlanPage(scenario)
    sites = Paginator((scenario.result or {})["sites"], SITES_A_PAGE).get_page(request.GET.get("page")) if ready else None
    context = {
        "scenario": scenario,
        "plan": shown,
        "ready": ready,
        "sites_page": sites,
        "sites": shown.sites_table(list(sites.object_list)) if sites else None,
        "map": shown.map() if ready else None,
        "running": scenario.state in IN_PROGRESS,
        "notes": pages.notes_of(scenario),
        "command": exports.command(scenario),
        "may_plan": may(account, permissions.PLAN),
        "may_relaunch": may(account, permissions.PLAN) and services.may_relaunch(scenario),
        "may_decide": may(account, permissions.DECIDE) and ready and scenario.decided_at is None,
    }
    return render(request, "deployment/scenario.html", context)


@staff_page(permissions.PLAN)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    services.stop(account_of(request), scenario_or_404(request, pk))
    messages.success(request, "Le calcul s’arrête. Le meilleur plan trouvé est gardé.")
    return redirect("deployment:scenario", pk=pk)


@staff_page(permissions.PLAN)
@require_POST
def relaunch(request: HttpRequest, pk: int) -> HttpResponse:
    services.relaunch(account_of(request), scenario_or_404(request, pk))
    messages.success(request, "Le calcul est demandé de nouveau.")
    return redirect("deployment:scenario", pk=pk)


@staff_page(permissions.DECIDE)
@require_http_methods(FORM)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    scenario = scenario_or_404(request, pk, planned=True)
    form = DecisionForm(request.POST or None, auto_id="d_%s")
    if form.is_bound and form.is_valid():
        try:
            services.decide(account_of(request), scenario, form.cleaned_data["reason"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "La décision est enregistrée.")
            return redirect("deployment:scenario", pk=pk)
    context = {"form": form, "scenario": scenario, "plan": pages.PlanPage(scenario)}
    return render(request, "deployment/decide.html", context, status=422 if form.is_bound else 200)


@staff_page(permissions.SEE)
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two plans side by side: `?a=` and `?b=`."""
    account = account_of(request)
    planned = list(selectors.planned(account).select_related("territory")[:COMPARED])
    form = CompareForm(planned, request.GET if "a" in request.GET else None, auto_id="c_%s")
    context: dict[str, object] = {"form": form, "few": len(planned) < 2, "may_decide": may(account, permissions.DECIDE)}
    wrong = form.is_bound and not form.is_valid()
    if form.is_bound and not wrong:
        both = [selectors.scenario(account, one.pk) for one in form.pair()]
        plans = [pages.PlanPage(one) for one in both if one is not None]
        first, second = plans
        context |= {
            "plans": [(letter, plan, plan.map(f"plan-{letter.lower()}")) for letter, plan in zip("AB", plans, strict=True)],
            "table": pages.comparison(first, second),
            "trade": pages.trade(first, second),
            "same_question": first.scenario.radius_km == second.scenario.radius_km and first.unit == second.unit,
            "notes": pages.notes_of(first.scenario),
        }
    return render(request, "deployment/compare.html", context, status=422 if wrong else 200)


def _export(request: HttpRequest, pk: int, make: Callable[[Scenario], bytes], name: str) -> HttpResponse:
    scenario = scenario_or_404(request, pk, planned=True)
    return as_file(make(scenario), f"{slugify(scenario.title)[:60] or 'plan'}-{name}")


@staff_page(permissions.SEE)
@require_safe
def plan_geojson(request: HttpRequest, pk: int) -> HttpResponse:
    return _export(request, pk, exports.geojson, "plan.geojson")


@staff_page(permissions.SEE)
@require_safe
def plan_csv(request: HttpRequest, pk: int) -> HttpResponse:
    return _export(request, pk, exports.plan_csv, "plan.csv")


@staff_page(permissions.SEE)
@require_safe
def demand_csv(request: HttpRequest, pk: int) -> HttpResponse:
    return as_file(exports.demand_csv(scenario_or_404(request, pk, planned=True)), "demande.csv")


@staff_page(permissions.SEE)
@require_safe
def existing_csv(request: HttpRequest, pk: int) -> HttpResponse:
    return as_file(exports.existing_csv(scenario_or_404(request, pk, planned=True)), "existants.csv")


@staff_page(permissions.SEE)
@require_safe
def plan_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision file: the plan, its proof, its hypotheses, and the decision when it is taken."""

    def make(scenario: Scenario) -> bytes:
        plan = pages.PlanPage(scenario)
        context = {
            "scenario": scenario,
            "plan": plan,
            "map": plan.map(),
            "notes": pages.notes_of(scenario),
            "command": exports.command(scenario),
        }
        return pdf("deployment/documents/plan.html", context)

    return _export(request, pk, make, "plan.pdf")
