"""Error and refusal pages, what the site says about itself, the language switch, the page of components."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from yole.base import gallery
from yole.base.context import offered_languages, site
from yole.base.errors import Refused
from yole.base.registries import RETENTION, SOURCES
from yole.kernel.codes import ALPHABET

_log = logging.getLogger("yole.errors")

LAST_RESORT = (
    '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Problème – Yole</title></head><body><h1>Nous avons un problème. '
    "Ce n’est pas vous.</h1><p>Réessayez dans 5 minutes. Code à donner&nbsp;: <b>{code}</b></p></body></html>"
)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: an address of the API, or one who prefers JSON to a page."""
    return request.path.startswith("/api/v") or request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def safe_address(request: HttpRequest, address: str | None) -> str:
    """An address of this site as a path, or an empty text for any other address."""
    if not address or not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else ""


def _problem(request: HttpRequest, template: str, status: int, code: str, reason: str, remedy: str = "", **more: Any) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"code": code, "reason": reason, "remedy": remedy}, status=status)
    response = render(request, template, {"reason": reason, "remedy": remedy, **more}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page of a refusal: reason, remedy, way back; the same as JSON for a program."""
    back = safe_address(request, request.headers.get("Referer")) or "/"
    return _problem(request, "base/refused.html", refusal.status, refusal.code, refusal.reason, refusal.remedy, back=back)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(
        request,
        "base/problem.html",
        400,
        "bad-request",
        _("Nous n’avons pas compris cette demande."),
        _("Revenez à la page d’avant et recommencez."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(
        request,
        "base/problem.html",
        403,
        "forbidden",
        _("Cette page n’est pas ouverte à votre compte."),
        _("Demandez à la coordination du territoire."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or the browser keeps no cookie: nothing was recorded."""
    return _problem(
        request,
        "base/csrf.html",
        403,
        "form-expired",
        _("Cette page était ouverte depuis longtemps. Rien n’a été enregistré."),
        _("Revenez à la page d’avant, rechargez-la, puis envoyez de nouveau."),
        back=safe_address(request, request.headers.get("Referer")) or "/",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(
        request,
        "base/problem.html",
        404,
        "not-found",
        _("Cette page n’existe pas, ou plus."),
        _("Le lien est peut-être ancien. Rien n’est perdu."),
    )


def error_code() -> str:
    """A short code that a person can read aloud on the phone, and that is in the log."""
    return "E-" + "".join(secrets.choice(ALPHABET) for _unused in range(4))


def server_error(request: HttpRequest) -> HttpResponse:
    """Must answer whatever is broken: a page without the layout when the layout itself fails."""
    code = error_code()
    _log.error("%s %s %s", code, request.method, request.path, exc_info=sys.exc_info())
    try:
        if wants_json(request):
            return JsonResponse(
                {"code": code, "reason": _("Nous avons un problème. Ce n’est pas vous."), "remedy": _("Réessayez dans 5 minutes.")},
                status=500,
            )
        # The other context processors may need what is broken (the database): only the site's own runs.
        html: str = render_to_string("base/500.html", {"code": code, "back": request.get_full_path(), **site(request)})
    except Exception:
        _log.exception("%s the error page itself failed", code)
        html = LAST_RESORT.format(code=code)
    return HttpResponse(html, status=500, headers={"Cache-Control": "no-store"})


@csrf_exempt  # changes nothing but the language of the page, so that reading the site sets no cookie
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language in a cookie and comes back to the page; another site's address is ignored, and the page says so."""
    language = request.POST.get("language", "")
    if language not in dict(offered_languages(getattr(request, "territory", None))):
        raise Refused(
            _("Cette langue n’est pas proposée ici."),
            remedy=_("Choisissez une langue au bas de la page."),
            field="language",
            code="unknown-language",
            status=400,
        )
    wanted = request.POST.get("next", "")
    target = safe_address(request, wanted)
    translation.activate(language)
    if wanted and not target:
        messages.warning(request, _("La langue est changée. La page demandée n’est pas sur ce site : vous êtes à l’accueil."))
    response = HttpResponseRedirect(target or "/")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 86400,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "base/accessibility.html")


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What is kept about people and how long, from the same registry that the purge runs."""
    return render(request, "base/data.html", {"rules": sorted(RETENTION.values(), key=lambda rule: rule.table)})


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "base/sources.html", {"sources": sorted(SOURCES.values(), key=lambda source: source.name)})


@require_safe
def source_code(request: HttpRequest) -> HttpResponse:
    from yole import __version__

    return render(request, "base/source_code.html", {"version": __version__})


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component and state, for people who write pages."""
    return render(request, "base/components.html", gallery.context())


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /compte/", "Disallow: /composants/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(static("yole/logo.svg"))


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the site among its applications."""
    here = site(request)["site"]
    content = {
        "name": here.title,
        "short_name": here.product,
        "lang": here.language,
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "icons": [{"src": static("yole/logo.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return JsonResponse(content, content_type="application/manifest+json")
