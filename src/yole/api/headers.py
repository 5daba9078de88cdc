"""Headers of the public API: any site may read it, answers are cached a short while and checked again by their mark."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

METHODS = "GET, HEAD, OPTIONS"
SECONDS = 60

View = Callable[..., HttpResponse]


def opened(response: HttpResponse) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
    response.headers["Access-Control-Expose-Headers"] = "ETag"
    return response


def open_get(view: View) -> View:
    """A view that any site may read with GET or HEAD; other methods are refused with 405."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return opened(HttpResponse(status=204, headers={"Allow": METHODS, "Access-Control-Max-Age": "86400"}))
        if request.method not in {"GET", "HEAD"}:
            return opened(HttpResponse(status=405, headers={"Allow": METHODS}))
        if request.method == "HEAD":
            request.method = "GET"  # the server leaves the body out
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            mark = f'"{hashlib.sha256(response.content).hexdigest()[:24]}"'
            response.headers["ETag"] = mark
            response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
            response = get_conditional_response(request, mark, None, response) or response
        return opened(response)

    return answered
