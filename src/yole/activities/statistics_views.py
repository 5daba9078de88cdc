"""Screens of statistics: dashboard, one table, a cross-table, files, shared links, open data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.activities import files_statistics, statistics, statistics_links
from yole.activities import indicators as ind
from yole.activities import indicators_read as read
from yole.activities import statistics_forms as choice
from yole.activities.enums import ActivityKind, AdministrativeTheme, Theme
from yole.activities.permissions import STATISTICS
from yole.base.answers import FORM, LICENCE, LICENCE_URL, as_file, as_open_data
from yole.base.errors import Refused
from yole.base.memo import remember
from yole.base.permissions import staff_page
from yole.organisations.models import Structure
from yole.organisations.requests import account_of
from yole.organisations.selectors import colleagues
from yole.places.models import Place
from yole.territory import selectors as territory_selectors
from yole.territory.models import Commune, Territory

_SHOWN = 12  # lines of a table on the dashboard; its own page has them all
_CROSS_LINES = [(key, ind.GROUPED[key]) for key in ind.CROSS_LINES if key in ind.GROUPED] + [
    (key, ind.CROSS_COLUMNS[key]) for key in ("age", "gender", "status")
]


def _chosen(request: HttpRequest) -> choice.Chosen:
    return choice.read(account_of(request), request.GET, territory_selectors.today())


def _options(rows: Iterable[tuple[Any, str]]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', rows)


def _lists(territory: Territory) -> dict[str, SafeString]:
    """The long lists of the form, the same for everybody: drawn once a minute. What is chosen stands before them, in the template."""
    places = Place.objects.filter(territory=territory, merged_into=None).order_by("sort_key").values_list("pk", "name")
    communes = Commune.objects.filter(departement__in=territory.departements).order_by("sort_key").values_list("code", "name")
    return {
        "places": _options(places[:500]),
        "communes": _options(communes),
        "structures": _options(Structure.objects.filter(territory=territory).order_by("sort_key").values_list("pk", "name")),
        "themes": _options([*Theme.choices, *AdministrativeTheme.choices]),
    }


def _filters(request: HttpRequest, chosen: choice.Chosen) -> dict[str, Any]:
    """What the form of filters offers."""
    account, question = account_of(request), chosen.question
    kept = [("structure", question.structure), ("place", question.place), ("commune", question.commune), ("theme", question.theme)]
    return {
        "chosen": chosen,
        "query": chosen.address(),
        "scopes": choice.scopes(account),
        "periods": statistics.period_choices(territory_selectors.today()),
        "lists": remember(("statistics.lists", question.territory.pk), 60, partial(_lists, question.territory)),
        "labels": {name: (value, *read.names(name, [str(value)]).values()) for name, value in kept if value},
        "kinds": ActivityKind.choices,
        "with_structures": chosen.scope == choice.TERRITORY,
        "mediators": colleagues(account).values_list("pk", "name") if chosen.mediators else [],
    }


def _shown(board: statistics.Dashboard) -> list[dict[str, Any]]:
    """Each table with its drawing, shortened."""
    return [
        {"table": table, "rows": table.rows[:_SHOWN], "more": max(0, len(table.rows) - _SHOWN), "bars": statistics.bars(table, _SHOWN)}
        for table in board.tables
        if table.rows
    ]


@staff_page(STATISTICS)
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    board = statistics.dashboard(chosen.question, mediators=chosen.mediators)
    context = _filters(request, chosen) | {"board": board, "tables": _shown(board)}
    return render(request, "activities/statistics/dashboard.html", context)


@staff_page(STATISTICS)
@require_safe
def table(request: HttpRequest, key: str) -> HttpResponse:
    """One table, all its lines."""
    chosen = _chosen(request)
    board = statistics.dashboard(chosen.question, mediators=chosen.mediators)
    found = board.table(key)
    if found is None:
        raise Http404
    context = {"chosen": chosen, "query": chosen.address(), "board": board, "table": found, "rows": found.rows}
    return render(request, "activities/statistics/table.html", context)


@staff_page(STATISTICS)
@require_safe
def cross(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    lines, columns = request.GET.get("lignes", "commune"), request.GET.get("colonnes", "age")
    if lines not in dict(_CROSS_LINES) or columns not in ind.CROSS_COLUMNS:
        raise Http404
    measured = ind.measure(chosen.question)
    found = ind.cross(measured, lines, columns)
    body = [(name, [*row, total]) for name, row, total in zip(found.lines, found.cells, found.row_totals, strict=True)]
    context = {
        "chosen": chosen, "query": chosen.address(), "cross": found, "body": body, "lines": _CROSS_LINES,
        "columns": ind.CROSS_COLUMNS.items(), "line": lines, "column": columns, "foot": [*found.column_totals, found.total],
        "words": measured.words, "as_of": measured.as_of,
    }  # fmt: skip
    return render(request, "activities/statistics/cross.html", context)


def _name(chosen: choice.Chosen) -> str:
    return f"statistiques-{chosen.question.period.key.replace('/', '-').replace('..', '-')}"


@staff_page(STATISTICS)
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    board = statistics.dashboard(chosen.question, mediators=chosen.mediators)
    return as_file(files_statistics.csv(board), f"{_name(chosen)}.csv")


@staff_page(STATISTICS)
@require_safe
def as_xlsx(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    board = statistics.dashboard(chosen.question, mediators=chosen.mediators)
    return as_file(files_statistics.xlsx(board), f"{_name(chosen)}.xlsx")


# --- shared links -----------------------------------------------------------------------------------------------------------------


@staff_page(STATISTICS)
@require_http_methods(FORM)
def links(request: HttpRequest) -> HttpResponse:
    """The links that exist, and the form that makes one to what the address asks, protected."""
    account, chosen = account_of(request), _chosen(request)
    form = choice.ShareForm(request.POST or None)
    address = ""
    if request.method == "POST" and form.is_valid():
        try:
            question = replace(chosen.question, protected=True)
            made = statistics_links.share(account, question, form.cleaned_data["label"], form.cleaned_data["days"])
            address = request.build_absolute_uri(reverse("activities:statistics-shared", args=[made.token]))
            form = choice.ShareForm()
        except Refused as refusal:
            form.apply_refusal(refusal)
    found = statistics_links.visible(account).select_related("structure").order_by("-created_at")[:100]
    rows = [(link, statistics_links.may_close(account, link)) for link in found]
    context = {"form": form, "address": address, "links": rows, "chosen": chosen, "query": chosen.address()}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "activities/statistics/links.html", context | {"words": chosen.question.words}, status=status)


@staff_page(STATISTICS)
@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    account = account_of(request)
    link = statistics_links.visible(account).filter(pk=pk).first()
    if link is None:
        raise Http404
    statistics_links.revoke(account, link)
    messages.success(request, "Le lien est retiré. Il ne s’ouvre plus.")
    return redirect("activities:statistics-links")


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a link shows to whoever holds it. The same answer for a link that never was, is over or was withdrawn."""
    found = statistics_links.opened(token)
    if found is None:
        raise Http404
    link, question = found
    board = statistics.dashboard(question)
    context = {"link": link, "board": board, "tables": _shown(board)}
    response = render(request, "activities/statistics/shared.html", context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


# --- open data --------------------------------------------------------------------------------------------------------------------


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    territory = territory_selectors.current()
    context = {
        "years": files_statistics.years(territory, territory_selectors.today()),
        "indicators": ind.INDICATORS.values(),
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "threshold": territory.small_count_threshold,
    }
    return render(request, "activities/statistics/open.html", context)


@require_safe
def open_csv(request: HttpRequest, year: int) -> HttpResponse:
    territory = territory_selectors.current()
    if year not in files_statistics.years(territory, territory_selectors.today()):
        raise Http404
    return as_open_data(files_statistics.open_csv(territory, year), f"activites-{year}.csv", licence=LICENCE_URL)
