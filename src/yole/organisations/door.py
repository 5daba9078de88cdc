"""What the pages before the desk share: they are for professionals, in French whatever the browser prefers, and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.decorators.cache import never_cache


def door_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page that anyone may open on the way to the desk."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override("fr"):
            response = view(request, *args, **kwargs)
        response.headers.setdefault("Content-Language", "fr")
        return response

    return guarded
