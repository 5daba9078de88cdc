"""The published programme in open formats, for calendars, applications and other sites."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yole.base.answers import as_open_data
from yole.events import exchange, selectors_programme
from yole.events.exchange import Format
from yole.events.formats import schedule_xml as schedule_xml_format
from yole.events.models import Edition
from yole.territory.requests import territory_of

_NAMES = {Format.XML: "schedule.xml", Format.JSON: "schedule.json", Format.ICS: "schedule.ics", Format.CSV: "schedule.csv"}
SECONDS = 60
"""How long others keep a public file of an edition; none of them names anybody who did not agree."""


def published_edition(request: HttpRequest, slug: str) -> Edition:
    """The edition whose programme the public reads. Raises Http404 when there is none of this name or nothing was published."""
    found = selectors_programme.edition(territory_of(request), slug)
    if found is None or not found.version:
        raise Http404
    return found


def _schedule(request: HttpRequest, slug: str, to: Format) -> HttpResponse:
    content = exchange.write(published_edition(request, slug), to, published=True)
    kind = f"{schedule_xml_format.MEDIA_TYPE}; charset=utf-8" if to == Format.XML else ""
    return as_open_data(content, f"{slug}-{_NAMES[to]}", kind=kind, opened=True, seconds=SECONDS)


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
    return as_open_data(content, f"{slug}-{number}.ics", seconds=SECONDS)
