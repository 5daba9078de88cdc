"""Tools of an edition: importing a programme after seeing what it would change, badges and documents, the page that other sites show."""

from __future__ import annotations

import base64
import zlib
from datetime import date
from typing import Any

from csp.decorators import csp_replace
from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from yole.base.addresses import site_address
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.forms import PlainForm
from yole.base.permissions import staff_page
from yole.events import documents, permissions, selectors_programme, services_exchange
from yole.events.desk_common import edition_or_404, page
from yole.events.engine.document import Reading
from yole.events.formats.reading import read
from yole.events.views_exchange import published_edition
from yole.kernel.errors import InputError
from yole.organisations.requests import account_of

_SALT = "yole.events.import"
FILE_MOST = 4 * 1024 * 1024
SIGNED_MOST = 8 * 1024 * 1024
HOUR = 3600


class ImportForm(PlainForm):
    file = forms.FileField(label="Le fichier")
    slug = forms.CharField(
        label="Nom de l’édition",
        max_length=60,
        required=False,
        help_text="Pour un calendrier .ics, ou pour changer celui du fichier. Exemple : nec_2026.",
    )


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def import_page(request: HttpRequest) -> HttpResponse:
    """A file, what it would change, then the import. The file travels in the page, signed, and is kept nowhere meanwhile."""
    if request.method != "POST":
        return page(request, "import", form=ImportForm())
    if request.POST.get("do") == "apply":
        return _apply(request)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, "import", status=422, form=form)
    file = form.cleaned_data["file"]
    try:
        if file.size > FILE_MOST:
            raise InputError("fichier trop grand", file=file.name, expected="4 Mo au plus ; sinon la commande « yole events import »")
        content, slug = file.read(), form.cleaned_data["slug"].strip()
        reading = read(content, file.name, slug=slug)
        outcome = services_exchange.preview(account_of(request), account_of(request).territory, reading)
    except (InputError, Refused) as problem:
        return page(request, "import", status=422, form=form, problem=_words(problem))
    packed = base64.b85encode(zlib.compress(content)).decode("ascii")
    signed = signing.dumps({"name": file.name[:200], "slug": slug, "file": packed, "by": account_of(request).pk}, salt=_SALT)
    return page(request, "import", outcome=outcome, title=reading.programme.title, signed=signed)


def _words(problem: InputError | Refused) -> str:
    return problem.one_line() if isinstance(problem, InputError) else problem.reason


def _apply(request: HttpRequest) -> HttpResponse:
    try:
        kept: dict[str, Any] = signing.loads(request.POST.get("signed", "")[:SIGNED_MOST], salt=_SALT, max_age=HOUR)
    except signing.BadSignature:
        return page(request, "import", status=422, form=ImportForm(), problem="Cette page est trop ancienne. Choisissez encore le fichier.")
    account = account_of(request)
    if kept["by"] != account.pk:
        raise Refused("Cet import a été préparé par un autre compte.", code="forbidden", status=403)
    reading: Reading = read(zlib.decompress(base64.b85decode(kept["file"])), kept["name"], slug=kept["slug"])
    outcome = services_exchange.import_programme(account, account.territory, reading)
    messages.success(request, f"Importé : {outcome.created} créés, {outcome.updated} mis à jour, {outcome.unchanged} inchangés.")
    return redirect("events:desk-programme", outcome.edition.slug)


# --- badges ------------------------------------------------------------------------------------------------------------------------------


@staff_page(permissions.REGISTER)
@require_safe
def badges_page(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    return page(
        request,
        "badges",
        of,
        fields=list(documents.BADGE_FIELDS.items()),
        days=selectors_programme.days_of(of),
        slots=list(of.slots.filter(starts_at__isnull=False, cancelled_at__isnull=True).exclude(kind="pause").order_by("starts_at")),
    )


@staff_page(permissions.REGISTER)
@require_GET
def badges_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    asked = frozenset(request.GET.getlist("champ")) & frozenset(documents.BADGE_FIELDS)
    return as_file(documents.badges(of, asked), f"{of.slug}-badges.pdf")


# --- in another site ---------------------------------------------------------------------------------------------------------------------


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # its type knows only views without arguments
@require_safe
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The programme alone, without a menu nor a cookie, that any site may show in a frame; works without JavaScript."""
    of = published_edition(request, slug)
    days = selectors_programme.days_of(of)
    grouped: dict[date, list[Any]] = {}
    for slot in selectors_programme.published_slots(of):
        if slot.day and slot.day <= len(days):
            grouped.setdefault(days[slot.day - 1], []).append(slot)
    shown = [{"date": on, "slots": rows} for on, rows in sorted(grouped.items())]
    return render(request, "events/embed.html", {"edition": of, "days": shown, "address": site_address("events:programme", of.slug)})
