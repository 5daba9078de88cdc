"""A site of `base` alone, with pages that refuse and fail, for the tests of this folder. No database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import include, path

from yole.base.errors import Refused

handler400 = "yole.base.views.bad_request"
handler403 = "yole.base.views.forbidden"
handler404 = "yole.base.views.not_found"
handler500 = "yole.base.views.server_error"


@dataclass
class Territory:
    name: str = "Martinique"
    phone: str = "+596596000000"
    languages: tuple[str, ...] = ("fr", "en")


class TerritoryMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.territory = Territory()  # type: ignore[attr-defined]  # set by the territory's middleware
        return self.get_response(request)


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "base/public.html")


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused("Ce lieu est fermé ce jour-là.", remedy="Prenez un autre jour <b>ou</b> appelez.", code="closed", status=409)


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


def deny(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("odd")


def form(request: HttpRequest) -> HttpResponse:
    return render(request, "base/confirm.html", {"heading": "Effacer ?", "consequences": "Rien ne reste."})


urlpatterns = [
    path("", home),
    path("refuse/", refuse),
    path("fail/", fail),
    path("deny/", deny),
    path("suspect/", suspect),
    path("form/", form),
    path("", include("yole.base.urls")),
]
