"""The description of the API, for programs and for people."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yole.api.assembly import api
from yole.api.headers import open_get
from yole.places.api import languages
from yole.places.criteria import AUDIENCE_WORDS, CARE_WORDS, SERVICE_WORDS

BASE = "/api/v1"


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 description."""
    described: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=f"{BASE}/"))
    described["openapi"] = "3.1.0"
    return described


def _meaning(parameter: dict[str, Any]) -> str:
    """What a parameter is, from its description or its closed list."""
    schema = parameter["schema"]
    if text := schema.get("description") or parameter.get("description"):
        return str(text)
    listed: list[Any] = (
        schema.get("enum")
        or schema.get("items", {}).get("enum")
        or next((one["enum"] for one in schema.get("anyOf", []) if "enum" in one), [])
    )
    return ", ".join(str(value) for value in listed) or str(schema.get("type", ""))


@open_get
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {**document(), "servers": [{"url": request.build_absolute_uri("/").rstrip("/")}]}, json_dumps_params={"ensure_ascii": False}
    )


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page for people: addresses, parameters, examples."""
    operations = [
        {
            "path": path,
            "summary": item["get"]["summary"],
            "text": item["get"].get("description", ""),
            "parameters": [(p["name"], _meaning(p)) for p in item["get"].get("parameters", [])],
        }
        for path, item in document()["paths"].items()
    ]
    context = {
        "operations": operations,
        "root": request.build_absolute_uri(BASE),
        "services": SERVICE_WORDS,
        "audiences": AUDIENCE_WORDS,
        "care": CARE_WORDS,
        "languages": languages(),
    }
    return render(request, "api/page.html", context)
