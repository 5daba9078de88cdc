"""Pages for everybody: verification, levels, lists of status, the issuer's document, and the passport of its holder."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.scope import system_scope
from yole.passport import checking, documents, keys, mine, selectors, services_awards, services_status, throttle
from yole.passport.engine.faults import FaultError
from yole.passport.enums import Kind
from yole.passport.forms import CheckForm, ClaimForm, PrintForm
from yole.passport.models import Award, Credential


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the passport is, and its levels."""
    territory = getattr(request, "territory", None)
    schemes = [one for one in selectors.schemes(territory) if one.published] if territory is not None else []
    return render(request, "passport/home.html", {"schemes": schemes})


@never_cache
@require_http_methods(FORM)
def verify(request: HttpRequest) -> HttpResponse:
    """Judges a passport. A code in the address is what the share link holds."""
    posted = request.method == "POST"
    form = CheckForm(request.POST, request.FILES, auto_id="v_%s") if posted else CheckForm(request.GET or None, auto_id="v_%s")
    shown = None
    if form.is_bound and form.is_valid():
        shown = _judged(request, form)
    status = 422 if form.is_bound and not form.is_valid() else 200
    if not posted and not request.GET:
        form = CheckForm(auto_id="v_%s")
    return render(request, "passport/verify.html", {"form": form, "shown": shown}, status=status)


def _judged(request: HttpRequest, form: CheckForm) -> checking.Shown | None:
    data = form.cleaned_data
    if data["code"].strip():
        throttle.CODES.check(request)
        found = selectors.by_code(data["code"])
        if found is None:
            throttle.CODES.count(request)
            form.add_error("code", _("Aucun passeport n’a ce code. O et 0 se ressemblent : vérifiez. Sinon, demandez le fichier."))
            return None
        return checking.check(found.document.encode())
    for name in ("file", "issuer_file", "list_file"):
        if data[name] is not None and data[name].size > checking.LARGEST:
            form.add_error(name, _("Ce fichier dépasse 16 Mo : ce n’est pas un passeport."))
            return None
    given = data["file"].read() if data["file"] is not None else data["text"].strip().encode()
    if not given:
        form.add_error("code", _("Donnez un code, un fichier ou un texte."))
        return None
    try:
        return checking.check(
            given,
            issuer_file=data["issuer_file"].read() if data["issuer_file"] is not None else b"",
            list_file=data["list_file"].read() if data["list_file"] is not None else b"",
        )
    except FaultError as fault:
        form.add_error("file" if data["file"] is not None else "text", fault.text)
        return None


@require_safe
def level_page(request: HttpRequest, scheme: str, code: str) -> HttpResponse:
    """What a level means: the address that credentials give as their achievement."""
    level = selectors.level(scheme, code)
    if level is None:
        raise Http404
    context = {
        "level": level,
        "levels": list(level.scheme.levels.order_by("rank")),
        "organisation": services_awards.issuer_name(level.scheme),
    }
    return render(request, "passport/level.html", context)


def _json(text: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response.headers["Access-Control-Allow-Origin"] = "*"  # a verifier in a page of another site reads it
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    return _list(number, suspensions=False)


@require_safe
def suspensions(request: HttpRequest, number: int) -> HttpResponse:
    return _list(number, suspensions=True)


def _list(number: int, *, suspensions: bool) -> HttpResponse:
    text = services_status.published(number, suspensions=suspensions)
    if text is None:
        raise Http404
    return _json(text, "application/vc+ld+json")


@require_safe
def did_document(request: HttpRequest) -> HttpResponse:
    made = keys.document()
    if made is None:
        raise Http404
    return _json(json.dumps(made, ensure_ascii=False), "application/did+ld+json")


@never_cache
@require_http_methods(FORM)
def claim(request: HttpRequest) -> HttpResponse:
    """The holder types the code received with the passport."""
    if request.method != "POST":
        return render(request, "passport/claim.html", {"form": ClaimForm(auto_id="m_%s"), "open": mine.remembered(request) is not None})
    form = ClaimForm(request.POST, auto_id="m_%s")
    if form.is_valid():
        throttle.CODES.check(request)
        award = selectors.by_claim(form.cleaned_data["code"])
        if award is not None:
            mine.remember(request, award)
            return redirect("passport:mine")
        throttle.CODES.count(request)
        form.add_error("code", _("Aucun passeport n’a ce code. Code perdu ? Le lieu où vous l’avez reçu vous en donne un autre."))
    return render(request, "passport/claim.html", {"form": form, "open": False}, status=422)


@never_cache
@require_safe
def mine_page(request: HttpRequest) -> HttpResponse:
    award = mine.remembered(request)
    if award is None:
        return redirect("passport:claim")
    kinds = selectors.kinds_of(award)
    kind = request.GET.get("montrer", Kind.LEVEL)
    made = selectors.credential_of(award, kind if kind in kinds else Kind.LEVEL)
    shown = checking.check(made.document.encode()) if made is not None else None
    context = {
        "award": award,
        "made": made,
        "shown": shown,
        "kinds": [(value, label) for value, label in Kind.choices if value in kinds],
        "form": PrintForm(auto_id="p_%s"),
        "address": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "passport/mine.html", context)


def _mine(request: HttpRequest, kind: str) -> tuple[Award, Credential]:
    award = mine.remembered(request)
    made = selectors.credential_of(award, kind) if award is not None else None
    if award is None or made is None:
        raise Http404
    made.award = award
    return award, made


@never_cache
@require_safe
def download(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """The passport as a file: json, png, svg, or the text of its QR."""
    _award, made = _mine(request, kind)
    if form not in documents.TYPES:
        raise Http404
    with system_scope():
        content = documents.contained(made, form)
    return as_file(content, f"passeport-{kind}.{form}", kind=documents.TYPES[form], opened=False)


@never_cache
@require_POST
def paper(request: HttpRequest, kind: str) -> HttpResponse:
    """The certificate (A4) or the card (A6), with the name typed now: it goes on paper and nowhere else."""
    _award, made = _mine(request, kind)
    form = PrintForm(request.POST, auto_id="p_%s")
    name = form.cleaned_data["name"].strip() if form.is_valid() else ""
    with system_scope():
        if request.POST.get("forme") == "carte":
            return as_file(documents.card(made, name), "carte-passeport.pdf")
        return as_file(documents.certificate(made, name), "passeport.pdf")


@never_cache
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    mine.forget(request)
    return redirect("passport:claim")
