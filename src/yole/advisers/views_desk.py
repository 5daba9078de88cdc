"""Pages of recruitment: structures and posts, candidates, rounds, budget."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.advisers import (
    forms,
    forms_training,
    indicators,
    permissions,
    selectors,
    services_candidates,
    services_hosts,
    services_interviews,
    services_ledger,
    services_posts,
    services_rounds,
    services_shown,
)
from yole.advisers.engine.match_reasons import number
from yole.advisers.enums import Rule
from yole.advisers.models import Host, Post, Round
from yole.advisers.parity import Row
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.organisations.requests import account_of
from yole.territory.models import Territory

PAGE = 50


def show(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    account = account_of(request)
    rights = {"may_admit": may(account, permissions.ADMIT), "may_budget": may(account, permissions.BUDGET)}
    return render(request, f"advisers/desk/{template}.html", {**rights, **context}, status=status)


@staff_page(permissions.SEE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    territory = account_of(request).territory
    return show(
        request,
        "home",
        hosts=Paginator(selectors.hosts(territory), PAGE).get_page(request.GET.get("page")),
        posts=list(selectors.posts(territory)[:PAGE]),
        rounds=list(selectors.rounds(territory)[:10]),
        counts=selectors.candidate_counts(territory),
    )


def _host_or_404(request: HttpRequest, pk: int) -> Host:
    found = selectors.host(account_of(request), pk)
    if found is None:
        raise Http404
    return found


def _host_page(request: HttpRequest, host: Host, opinion: Any, decision: Any, status: int = 200) -> HttpResponse:
    against = services_hosts.eligibility(host)
    context = {"host": host, "against": against, "posts": list(host.posts.order_by("number")), "opinion": opinion, "decision": decision}
    no_rate = not host.decided_on and services_hosts.rate(host) is None
    return show(request, "host", status, no_rate=no_rate, **context)


@staff_page(permissions.SEE)
@require_safe
def host(request: HttpRequest, pk: int) -> HttpResponse:
    return _host_page(request, _host_or_404(request, pk), forms.OpinionForm(auto_id="o_%s"), forms.HostDecisionForm(auto_id="d_%s"))


@staff_page(permissions.ADMIT)
@require_POST
def opinion(request: HttpRequest, pk: int) -> HttpResponse:
    found = _host_or_404(request, pk)
    form = forms.OpinionForm(request.POST, auto_id="o_%s")
    if form.is_valid():
        try:
            services_hosts.give_opinion(account_of(request), pk, **form.cleaned_data)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "L’avis est enregistré.")
            return redirect("advisers:host", pk=pk)
    return _host_page(request, found, form, forms.HostDecisionForm(auto_id="d_%s"), 422)


@staff_page(permissions.ADMIT)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    found = _host_or_404(request, pk)
    form = forms.HostDecisionForm(request.POST, auto_id="d_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            services_hosts.decide(account_of(request), pk, data["to"], data["minutes"], granted=data["granted"], kept=data["kept"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "La décision est enregistrée.")
            return redirect("advisers:host", pk=pk)
    return _host_page(request, found, forms.OpinionForm(auto_id="o_%s"), form, 422)


@staff_page(permissions.ADMIT)
@require_POST
def return_post(request: HttpRequest, pk: int) -> HttpResponse:
    returned = services_hosts.return_post(account_of(request), pk, request.POST.get("document", ""))
    messages.success(request, "Le poste est rendu.")
    return redirect("advisers:host", pk=returned.host_id)


@staff_page(permissions.ADMIT)
@require_http_methods(FORM)
def skills(request: HttpRequest, pk: int) -> HttpResponse:
    account = account_of(request)
    post = selectors.posts(account.territory).filter(pk=pk).first()
    if post is None:
        raise Http404
    form = forms.SkillsForm(request.POST or None, auto_id="k_%s", initial={"skills": ", ".join(post.skills)})
    if form.is_bound and form.is_valid():
        try:
            services_posts.ask_skills(account, pk, form.cleaned_data["skills"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Les compétences comptent dès le prochain tour.")
            return redirect("advisers:host", pk=post.host_id)
    title = f"Compétences du poste {post.number}, {post.host.name}"
    return show(request, "form", 422 if form.is_bound else 200, form=form, title=title, label="Enregistrer les compétences")


@staff_page(permissions.CANDIDATES)
@require_safe
def candidates(request: HttpRequest) -> HttpResponse:
    rows = selectors.candidates(account_of(request).territory)
    return show(request, "candidates", page=Paginator(rows, PAGE).get_page(request.GET.get("page")))


@staff_page(permissions.CANDIDATES)
@require_POST
def block(request: HttpRequest, pk: int) -> HttpResponse:
    services_candidates.block(account_of(request), pk, request.POST.get("reason", ""))
    messages.success(request, "La candidature est bloquée.")
    return redirect("advisers:candidates")


@staff_page(permissions.ROUND)
@require_http_methods(FORM)
def round_new(request: HttpRequest) -> HttpResponse:
    """What each rule would give, then publication of the chosen one."""
    account = account_of(request)
    form = forms.RuleForm(request.POST or None, auto_id="r_%s")
    if form.is_bound and form.is_valid():
        try:
            made = services_rounds.publish(account, form.cleaned_data["rule"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Les propositions sont publiées. Chaque côté répond.")
            return redirect("advisers:round", pk=made.pk)
    runs = {rule: services_rounds.simulate(account, rule) for rule in Rule.values}
    shown = [(str(Rule(rule).label), _told(services_rounds.figures(run, account.territory))) for rule, run in runs.items()]
    first = runs[Rule.EXPERIENCE]
    reasons = sorted({left.detail for left in first.candidates})[:12]
    return show(request, "round_new", 422 if form.is_bound else 200, form=form, rules=shown, reasons=reasons)


def _told(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures ready to be read: distances with a comma."""
    baseline = figures["baseline"]
    distance = {
        name: "–" if km is None else f"{number(km)} km"
        for name, km in (("ours", figures["mean_distance_km"]), ("old", baseline["mean_distance_km"]))
    }
    parity = [(table["title"], [(row["label"], _share(row)) for row in table["rows"]]) for table in figures.get("parity", [])]
    return {**figures, "distance": distance, "parity": parity}


def _share(row: Row) -> str:
    if row["candidates"] is None or row["proposed"] is None:
        return "effectif trop petit pour être montré"
    return f"{row['proposed']} sur {row['candidates']} ({round(100 * row['proposed'] / row['candidates'])} %)"


def _round_or_404(request: HttpRequest, pk: int) -> Round:
    found = selectors.round_of(account_of(request), pk)
    if found is None:
        raise Http404
    return found


@staff_page(permissions.SEE)
@require_safe
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    of = _round_or_404(request, pk)
    return show(request, "round", round=of, figures=_told(of.figures), lines=selectors.relations(of))


@staff_page(permissions.ROUND)
@require_http_methods(FORM)
def hire(request: HttpRequest, pk: int, relation: int) -> HttpResponse:
    found = _round_or_404(request, pk)
    form = forms.HireForm(request.POST or None, auto_id="c_%s")
    if form.is_bound and form.is_valid():
        try:
            services_rounds.hire(account_of(request), relation, **form.cleaned_data)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le poste est occupé.")
            return redirect("advisers:round", pk=pk)
    title, label = "Recruter", "Enregistrer le contrat"
    return show(request, "form", 422 if form.is_bound else 200, form=form, round=found, title=title, label=label)


@staff_page(permissions.ROUND)
@require_http_methods(FORM)
def meet(request: HttpRequest, pk: int, relation: int) -> HttpResponse:
    """A slot of interview that recruitment offers for a structure."""
    found, account = _round_or_404(request, pk), account_of(request)
    form = forms_training.InterviewForm(request.POST or None, auto_id="e_%s")
    if form.is_bound and form.is_valid():
        try:
            services_interviews.propose(account, relation, form.given(ZoneInfo(account.territory.time_zone)))
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le créneau est proposé. La personne est prévenue.")
            return redirect("advisers:round", pk=pk)
    title, label = "Proposer un entretien", "Proposer ce créneau"
    return show(request, "form", 422 if form.is_bound else 200, form=form, round=found, title=title, label=label)


@staff_page(permissions.CANDIDATES)
@require_POST
def level_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """The document of a Pix score was seen."""
    services_shown.check(account_of(request), pk)
    messages.success(request, "Le score compte dès le prochain tour.")
    return redirect("advisers:candidates")


def balances_shown(territory: Territory) -> list[tuple[str, str, list[str]]]:
    """(envelope, total, [available, reserved, engaged, paid]) in euros."""
    euros = services_ledger.euros
    return [(one.label, euros(one.total), [euros(c) for c in one.stages]) for one in selectors.balances(territory)]


@staff_page(permissions.BUDGET)
@require_safe
def budget(request: HttpRequest) -> HttpResponse:
    territory = account_of(request).territory
    balances = balances_shown(territory)
    page = Paginator(selectors.lines(territory), PAGE).get_page(request.GET.get("page"))
    moves = [(line, services_ledger.euros(line.cents)) for line in page.object_list]
    costs = indicators.costs(territory, indicators.last_months())
    paid = services_ledger.euros(costs.paid)
    return show(request, "budget", balances=balances, page=page, moves=moves, costs=costs, paid=paid, limits=indicators.LIMITS)


@staff_page(permissions.BUDGET)
@require_http_methods(FORM)
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    account = account_of(request)
    post = Post.objects.filter(pk=pk, host__territory=account.territory).select_related("host__territory").first()
    if post is None:
        raise Http404
    form = forms.PayForm(request.POST or None, auto_id="p_%s")
    if form.is_bound and form.is_valid():
        cents = forms.cents(form.cleaned_data["amount"])
        try:
            if cents <= 0:
                raise Refused("Un versement est de plus de 0 €.", field="amount", code="amount")
            services_ledger.pay(account, post, cents, form.cleaned_data["document"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le versement est enregistré.")
            return redirect("advisers:budget")
    title = f"Verser pour le poste {post.number}, {post.host.name}"
    return show(request, "form", 422 if form.is_bound else 200, form=form, title=title, label="Enregistrer le versement")


@staff_page(permissions.BUDGET)
@require_safe
def budget_csv(request: HttpRequest) -> HttpResponse:
    return as_file(selectors.ledger_csv(account_of(request).territory), "budget-conseillers.csv")


@staff_page(permissions.BUDGET)
@require_safe
def costs_csv(request: HttpRequest) -> HttpResponse:
    """What a workshop and a person reached cost, with numerators, denominators, definitions and limits."""
    return as_file(indicators.costs_csv(account_of(request).territory), "couts-conseillers.csv")


@staff_page(permissions.SEE)
@require_safe
def posts_csv(request: HttpRequest) -> HttpResponse:
    return as_file(selectors.posts_csv(account_of(request).territory), "postes.csv")
