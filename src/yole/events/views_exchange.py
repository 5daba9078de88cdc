"""The published programme in open formats, for calendars, applications and other sites."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yole.events import exchange, selectors_programme
from yole.events.exchange import MEDIA_TYPES, Format
from yole.events.models import Edition
from yole.territory.requests import territory_of

_NAMES = {Format.XML: "schedule.xml", Format.JSON: "schedule.json", Format.ICS: "schedule.ics", Format.CSV: "schedule.csv"}


def published_edition(request: HttpRequest, slug: str) -> Edition:
    """The edition whose programme the public reads. Raises Http404 when there is none of this name or nothing was published."""
    found = selectors_programme.edition(territory_of(request), slug)
    if found is None or not found.version:
        raise Http404
    return found


def file_response(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A public file that any site may read; it names nobody who did not agree."""
    charset = "" if media_type == exchange.MEDIA_TYPES[Format.JSON] else "; charset=utf-8"
    response = HttpResponse(content, content_type=f"{media_type}{charset}")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _schedule(request: HttpRequest, slug: str, to: Format) -> HttpResponse:
    return file_response(exchange.write(published_edition(request, slug), to, published=True), MEDIA_TYPES[to], f"{slug}-{_NAMES[to]}")


@require_safe
def schedule_xml(request: HttpRequest, slug: str) -> HttpResponse:
    return _schedule(request, slug, Format.XML)


@require_safe
def schedule_json(request: HttpRequest, slug: str) -> HttpResponse:
    return _schedule(request, slug, Format.JSON)


@require_safe
def schedule_ics(request: HttpRequest, slug: str) -> HttpResponse:
    return _schedule(request, slug, Format.ICS)


@require_safe
def schedule_csv(request: HttpRequest, slug: str) -> HttpResponse:
    return _schedule(request, slug, Format.CSV)


@require_safe
def slot_ics(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One slot, with a reminder the day before; a cancelled one takes itself out of the calendar."""
    content = exchange.write_slot(published_edition(request, slug), number)
    if content is None:
        raise Http404
    return file_response(content, MEDIA_TYPES[Format.ICS], f"{slug}-{number}.ics")
