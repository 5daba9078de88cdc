from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST, require_safe

from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.journal import keys, references, selectors, services
from yole.journal.forms import FilterForm
from yole.journal.models import Entry
from yole.journal.permissions import OWN, READ
from yole.journal.reach import hidden_from

PER_PAGE = 50
COUNTED = 10_000


class _WholeJournal(Paginator[Entry]):
    """Numbers have no gap: the last one is the count, and no page counts a million rows."""

    @cached_property
    def count(self) -> int:
        first = self.object_list[:1]
        return first[0].seq if first else 0


class _Part(Paginator[Entry]):
    """A selection is counted up to a bound, however many acts the journal has."""

    @cached_property
    def count(self) -> int:
        some: Any = self.object_list[:COUNTED]  # a QuerySet still
        return int(some.count())


def _page(queryset: QuerySet[Entry], number: str | None, *, whole: bool = False) -> Any:
    return (_WholeJournal if whole else _Part)(queryset, PER_PAGE).get_page(number)


@staff_page(OWN)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own acts, as the journal keeps them; those of the structure for who coordinates it."""
    me = request.user
    own = references.reference("account", me.pk)
    structure_id = getattr(me, "structure_id", None) if getattr(me, "role", "") == "structure-coordinator" else None
    team = structure_id is not None and request.GET.get("vue") == "structure"
    organisation = references.reference("structure", structure_id) if team else ""
    found = selectors.entries(organisation=organisation, actor="" if team else own)
    page = _page(found, request.GET.get("page"))
    context = {"page": page, "own": own, "team": team, "may_team": structure_id is not None, "counted": COUNTED}
    return render(request, "journal/mine.html", context)


@staff_page(READ)
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The acts, the youngest first. Nothing can be changed here, nor anywhere."""
    form = FilterForm(request.GET or None)
    wanted = form.wanted() if form.is_bound and form.is_valid() else {}
    hidden = hidden_from(request.user)
    page = _page(selectors.entries(**wanted, hidden=hidden), request.GET.get("page"), whole=not wanted and not hidden)
    context = {
        "form": form,
        "page": page,
        "filtered": bool(wanted),
        "partial": bool(wanted or hidden),
        "state": selectors.state(),
        "reads_all": not hidden,
        "counted": COUNTED,
    }
    return render(request, "journal/entries.html", context)


@staff_page(READ)
@require_safe
def head(request: HttpRequest) -> HttpResponse:
    """The last signed head, on a sheet to print and keep elsewhere."""
    last = selectors.last_head()
    line = last.line().decode("utf-8").strip() if last else ""
    context = {"head": last, "line": line, "key": keys.public_key()["publicKeyMultibase"]}
    return render(request, "journal/head.html", context)


@staff_page(READ)
@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The whole journal in JSON lines, for whoever reads all of it: a line left out would break the proof. Taking it is an act too."""
    if hidden_from(request.user):
        raise Refused(
            "Le journal entier contient aussi les actes d’autres territoires.",
            remedy="Demandez le fichier à la personne chargée de la protection des données.",
            code="forbidden",
            status=403,
        )
    signed = services.record_export(request.user)
    response = StreamingHttpResponse(selectors.export(signed), content_type="application/jsonl; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="journal-{timezone.localdate():%Y-%m-%d}.jsonl"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def public_head(request: HttpRequest) -> HttpResponse:
    """The last signed head, for anyone who wants to keep it away from this server. It names nobody."""
    last = selectors.last_head()
    if last is None:
        raise Http404
    return HttpResponse(last.line(), content_type="application/json")


@require_safe
def public_key(request: HttpRequest) -> JsonResponse:
    """The public key that signs heads, for anyone."""
    return JsonResponse(keys.public_key())
