"""Gives each request its territory and that territory's time zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yole.territory import memory


class TerritoryMiddleware:
    """Sets `request.territory` and the time zone for the length of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        territory = memory.territory()
        request.territory = territory  # type: ignore[attr-defined]  # read by every room through the request
        with timezone.override(ZoneInfo(territory.time_zone)):
            return self.get_response(request)
