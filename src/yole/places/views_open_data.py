"""« Données ouvertes »: the directory in two open formats, with licence and date. Built once per change, then served again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import http_date
from django.views.decorators.http import condition, require_safe

from yole.base.answers import LICENCE, LICENCE_URL, as_open_data
from yole.places import files, selectors
from yole.territory.models import Territory
from yole.territory.requests import territory_of


def _mark(request: HttpRequest, *args: Any) -> str:
    return selectors.directory_version(territory_of(request))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    territory = territory_of(request)
    context = {"summary": selectors.directory_summary(territory), "licence": LICENCE, "licence_url": LICENCE_URL}
    return render(request, "places/open_data.html", context)


def _download(request: HttpRequest, name: str, build: Callable[[Territory], bytes]) -> HttpResponse:
    response = as_open_data(build(territory_of(request)), name, licence=LICENCE_URL)
    response.headers.setdefault("Date", http_date())
    return response


@require_safe
@condition(etag_func=_mark)
def mednum(request: HttpRequest) -> HttpResponse:
    return _download(request, "lieux-mediation-numerique.csv", files.mednum_csv)


@require_safe
@condition(etag_func=_mark)
def data_inclusion(request: HttpRequest) -> HttpResponse:
    def build(territory: Territory) -> bytes:
        document, _ = files.data_inclusion(territory, selectors.local_now().date())
        return json.dumps(document, ensure_ascii=False).encode("utf-8")

    return _download(request, "data-inclusion.json", build)
