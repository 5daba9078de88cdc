"""What leaves the page of results: a sheet to print, the values of the law behind one benefit, a mandate to fill by pen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from yole.base.answers import as_file
from yole.base.htmlpdf import pdf
from yole.rights import client, mandate, results, state
from yole.rights.catalog import benefits
from yole.rights.help import near
from yole.rights.state import State
from yole.rights.views_public import private, too_late, unavailable
from yole.territory.requests import territory_of
from yole.territory.selectors import today


def _from_answers(request: HttpRequest, show: Callable[[State], HttpResponse]) -> HttpResponse:
    """What is made from the answers that the page carries, with the same words when they are void or the calculation cannot be had."""
    try:
        return show(state.load(request.POST.get("etat", "")))
    except state.ExpiredError:
        return too_late(request)
    except (client.UnavailableError, client.RejectedError) as problem:
        return unavailable(request, str(problem))


@require_POST
def sheet(request: HttpRequest) -> HttpResponse:
    """The sheet to take along: what to check, with whom, with which papers, where to be helped. Neither a name nor an answer is on it."""

    def show(so_far: State) -> HttpResponse:
        result = client.step(so_far.situation(), explained=True)["result"]
        context = {
            "found": results.grouped(results.entries(result)),
            "local": [each for each in result["local"] if each["verdict"] != "no"],
            "help": near(territory_of(request), so_far.value("commune") or ""),
            "assumed": result["assumed"],
            "engine": result["engine"],
            "today": today(),
            "territory": territory_of(request),
        }
        return as_file(pdf("rights/sheet_pdf.html", context), f"aides-a-verifier-{today():%Y-%m-%d}.pdf", opened=False)

    return _from_answers(request, show)


@require_POST
def parameters(request: HttpRequest) -> HttpResponse:
    """The values of the law that the computation of one benefit read for these answers."""

    def show(so_far: State) -> HttpResponse:
        name = request.POST.get("droit", "")
        if name not in benefits():
            raise state.ExpiredError
        rows: list[dict[str, Any]] = client.parameters(so_far.situation())[name]
        context = {
            "benefit": benefits()[name],
            "main": [row for row in rows if row["main"]],
            "others": [row for row in rows if not row["main"]],
            "etat": state.dump(so_far),
        }
        return private(render(request, "rights/parameters.html", context))

    return _from_answers(request, show)


def _mandate_context(request: HttpRequest) -> dict[str, Any]:
    return {"fields": mandate.FIELDS, "durations": mandate.DURATIONS, "territory": territory_of(request)}


@require_safe
def mandate_page(request: HttpRequest) -> HttpResponse:
    """What a mandate allows and does not, and the form to print. The same for everybody: it holds nothing of a person."""
    return render(request, "rights/mandate.html", _mandate_context(request))


@require_safe
def mandate_pdf(request: HttpRequest) -> HttpResponse:
    return as_file(pdf("rights/mandate_pdf.html", _mandate_context(request)), "mandat.pdf", cache="no-cache")
