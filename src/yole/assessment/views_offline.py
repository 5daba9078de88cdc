"""The diagnosis without a network: the page that the device keeps, its questions, its service worker, and what comes back."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from yole.assessment import services_offline
from yole.base.errors import Refused
from yole.kernel.codes import show_code
from yole.organisations import throttle
from yole.territory.requests import territory_of

BODY_MAX = 64 * 1024
SENT_MAX = 200
_HERE = Path(__file__).parent
_FILES = ("assessment/engine.js", "assessment/offline.js", "assessment/diagnostic.css", "yole/tokens.css", "yole/yole.css", "yole/logo.svg")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The same for everybody: the device keeps it."""
    response = render(request, "assessment/offline.html")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    response = JsonResponse(services_offline.package(territory_of(request)))
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _worker() -> tuple[str, str]:
    """(its text, a mark of everything that the page is made of)."""
    parts = [_HERE / "offline_worker.js", _HERE / "templates/assessment/offline.html", *(_HERE / "static" / name for name in _FILES[:3])]
    return parts[0].read_text(encoding="utf-8"), hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    text, mark = _worker()
    files = [reverse("assessment:offline"), *(static(name) for name in _FILES)]
    head = f"const VERSION = {json.dumps(mark)};\nconst PAGE = {json.dumps(files[0])};\nconst FILES = {json.dumps(files)};\n"
    response = HttpResponse(head + text, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@csrf_exempt  # nobody's session is read here: a page kept for days has no fresh token
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """One finished sitting; the answer gives its code, and the level that the server computed."""
    address = throttle.client_address(request)
    if throttle.counted("diagnostic-offline", address) >= SENT_MAX:
        raise Refused("Trop d’envois d’ici.", remedy="Attendez 15 minutes.", code="throttled", status=429)
    throttle.count("diagnostic-offline", address)
    if len(request.body) > BODY_MAX:
        raise Refused("Cet envoi est trop grand.", code="too-large", status=413)
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused("Ce qui a été envoyé est illisible.", code="unreadable", status=422) from None
    sitting = services_offline.receive(territory_of(request), sent)
    result = sitting.result
    return JsonResponse(
        {
            "code": show_code(sitting.code),
            "address": reverse("assessment:result", args=[sitting.code]),
            "level": result.level + 1,
            "probability": result.probability,
        }
    )
