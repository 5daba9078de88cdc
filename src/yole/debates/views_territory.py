"""What the rooms of the territory said together: page and open data."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yole.base.answers import as_file
from yole.debates import selectors_territory
from yole.territory.requests import territory_of


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    territory = territory_of(request)
    return render(request, "debates/territory.html", {"report": selectors_territory.territory_report(territory)})


@require_safe
def report_json(request: HttpRequest) -> HttpResponse:
    found = selectors_territory.as_json(territory_of(request))
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    return as_file(text, "cafes-ia-territoire.json")


@require_safe
def report_csv(request: HttpRequest) -> HttpResponse:
    made = selectors_territory.as_csv(territory_of(request))
    return as_file(made, "cafes-ia-territoire.csv")
