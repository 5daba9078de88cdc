"""Search and sheets for everybody, the helper for letters, and the desk of what is to be verified."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.reference import files, permissions, selectors, services
from yole.reference.engine import plain as engine
from yole.reference.forms import LetterForm, SearchForm
from yole.reference.models import Synonym

PAGE = 25


def _questionnaire() -> str:
    """The address of the rights questionnaire, a higher room; empty when it is not there."""
    try:
        return reverse("rights:home")
    except NoReverseMatch:
        return ""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET if "q" in request.GET else None, auto_id="r_%s")
    answer = None
    if form.is_bound and form.is_valid():
        answer = selectors.search(form.cleaned_data["q"])
    status = 422 if form.is_bound and not form.is_valid() else 200
    context = {"form": form, "answer": answer, "questionnaire": _questionnaire()}
    return render(request, "reference/search.html", context, status=status)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "reference/index.html", {"themes": selectors.by_theme()})


@require_safe
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    found = selectors.version(code)
    if found is None:
        raise Http404
    context = {
        "version": found,
        "sheet": found.sheet,
        "sections": [(one, one.path[-1], one.content.split("\n")) for one in found.sections.all()],
        "stale": selectors.is_stale(found.sheet),
        "versions": selectors.versions(code),
    }
    return render(request, "reference/sheet.html", context)


@cache
def _plainer() -> dict[str, str]:
    return files.read_plain_words()


@require_http_methods(FORM)
def plain(request: HttpRequest) -> HttpResponse:
    """The letter is read and forgotten: it is written nowhere."""
    form = LetterForm(request.POST or None, auto_id="p_%s")
    reading = engine.read(form.cleaned_data["text"], _plainer()) if form.is_bound and form.is_valid() else None
    status = 422 if form.is_bound and not form.is_valid() else 200
    response = render(request, "reference/plain.html", {"form": form, "reading": reading}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@staff_page(permissions.SEE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.to_verify(), PAGE).get_page(request.GET.get("page"))
    lines = [(one, selectors.is_stale(one.sheet)) for one in page.object_list]
    waiting = Synonym.objects.filter(is_reviewed=False).count()
    return render(request, "reference/desk.html", {"page": page, "lines": lines, "waiting": waiting})


@staff_page(permissions.VERIFY)
@require_POST
def verify(request: HttpRequest, code: str) -> HttpResponse:
    done = _attempt(request, lambda: services.verify(request.user, code))
    if done:
        messages.success(request, "C’est noté : vous avez vérifié cette fiche aujourd’hui.")
    return redirect("reference:desk")


def _attempt(request: HttpRequest, act: Any) -> bool:
    try:
        act()
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, f"{refusal.reason} {refusal.remedy}".strip())
        return False
    return True


@staff_page(permissions.SEE)
@require_safe
def synonyms(request: HttpRequest) -> HttpResponse:
    page = Paginator(Synonym.objects.order_by("is_reviewed", "everyday_key", "pk"), 2 * PAGE).get_page(request.GET.get("page"))
    return render(request, "reference/synonyms.html", {"page": page})


@staff_page(permissions.VERIFY)
@require_POST
def synonym_act(request: HttpRequest, pk: int) -> HttpResponse:
    services.review_synonym(request.user, pk, right=request.POST.get("acte") == "juste")
    return redirect("reference:synonyms")
