"""The public pages of places."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.htmlpdf import pdf
from yole.base.maps import MapView
from yole.base.memo import remember
from yole.base.registries import PLACE_SECTIONS
from yole.places import pages, selectors, services
from yole.places.criteria import Criteria, read_criteria
from yole.places.files import ICS_DAYS, stops_ics
from yole.places.forms import ReportForm
from yole.places.models import Place
from yole.places.search import PAGE_SIZE, Centre, SearchResult, locate
from yole.territory.models import Territory
from yole.territory.requests import territory_of

KEPT_SECONDS = 5.0

BUS_REACH_KM = 8.0
BUS_DAY_CHOICES = (7, 14, 28)


def _parameters(request: HttpRequest) -> dict[str, list[str]]:
    return {name: request.GET.getlist(name) for name in request.GET}


def _page_of(result: SearchResult) -> Page[Any]:
    """The page of results as the pagination component reads it."""
    known = result.total if result.total is not None else (result.criteria.page + int(result.has_next)) * PAGE_SIZE
    return Paginator(range(known), PAGE_SIZE).get_page(result.criteria.page)


def _found(territory: Territory, criteria: Criteria, moment: datetime) -> tuple[SearchResult, MapView | None]:
    """The places and their map. Searches by name are the same for everybody, so they are read again every few seconds only."""

    def find() -> tuple[SearchResult, MapView | None]:
        result = selectors.search(territory, criteria, moment)
        title = gettext("Carte des lieux de la liste")
        return result, pages.results_map(result.rows, territory, key="carte", title=title, centre=result.centre, others=result.closed)

    return find() if criteria.has_position else remember(("places", territory.pk, get_language(), criteria), KEPT_SECONDS, find)


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    territory, moment = territory_of(request), selectors.local_now()
    read = read_criteria(_parameters(request), moment.date())
    result, view = _found(territory, read.criteria, moment)
    criteria = result.criteria
    context = {
        "criteria": criteria,
        "problems": read.problems,
        "result": result,
        "page": _page_of(result),
        "messages_found": [(message, _choices(message.choices)) for message in result.messages],
        "chips": pages.chips(criteria),
        "clear_url": f"{reverse('places:search')}?{_unfiltered(criteria).query()}",
        "options": pages.options(criteria),
        "communes": pages.suggested_communes(),
        "today": moment.date(),
        "view": view,
        "heading": _heading(result),
    }
    return render(request, "places/search.html", context)


def _unfiltered(criteria: Criteria) -> Criteria:
    return Criteria(where=criteria.where, commune=criteria.commune, lat=criteria.lat, lon=criteria.lon)


def _choices(choices: tuple[tuple[str, Criteria], ...]) -> list[tuple[str, str]]:
    return [(label, f"{reverse('places:search')}?{criteria.query()}") for label, criteria in choices]


def _heading(result: SearchResult) -> str:
    if result.nearest_anyway or (result.total == 0 and not result.rows):
        return gettext("Aucun lieu trouvé")
    if result.total is None:
        count = gettext("Des lieux")
    elif result.total == 1:
        count = gettext("1 lieu")
    else:
        count = gettext("%(number)s lieux") % {"number": result.total}
    if result.centre is None:
        return count
    near = gettext("%(count)s, les plus proches de %(where)s d’abord")
    return near % {"count": count, "where": result.centre.label}


@require_safe
def all_places(request: HttpRequest) -> HttpResponse:
    territory = territory_of(request)
    paginator = Paginator(selectors.all_by_commune(territory), 200)
    page = paginator.get_page(request.GET.get("page"))
    groups: dict[str, list[Place]] = {}
    for place in page:
        groups.setdefault(place.commune_name, []).append(place)
    return render(request, "places/all.html", {"groups": groups, "page": page, "total": paginator.count})


def _find(request: HttpRequest, pk: int) -> Place:
    try:
        return selectors.place(territory_of(request), pk)
    except Place.DoesNotExist:
        raise Http404 from None


def _kept(request: HttpRequest, pk: int) -> Place:
    return selectors.kept_place(_find(request, pk))


@require_safe
def place_without_name(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    place = _kept(request, pk)
    return redirect("places:place", pk=place.pk, slug=place.slug)


@require_safe
def place_page(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    found = _find(request, pk)
    place = selectors.kept_place(found)
    if place.pk != pk or place.slug != slug:
        return redirect("places:place", pk=place.pk, slug=place.slug, permanent=place.pk == pk)
    return render(request, "places/place.html", _place_context(request, place))


def _place_context(request: HttpRequest, place: Place) -> dict[str, Any]:
    territory, moment = territory_of(request), selectors.local_now()
    address = ", ".join(filter(None, (place.address, f"{place.postcode} {place.commune_name}")))
    context: dict[str, Any] = {
        "place": place,
        "data": selectors.place_page(place, territory, moment),
        "tiles": pages.service_tiles(place.services),
        "audiences": pages.plain(place.audiences),
        "access": pages.access_of(place),
        "fees": pages.fee_words(place),
        "access_modes": pages.plain(place.access_modes),
        "support_modes": pages.plain(place.support_modes),
        "map_link": _map_link(place, address),
        "full_address": address,
        "view": pages.place_map(place, territory),
        "today": moment.date(),
        "sections": [section(request, place.pk) for section in PLACE_SECTIONS],
    }
    return context


def _map_link(place: Place, address: str) -> str:
    """OpenStreetMap, as a link only: nothing of theirs is loaded in our page."""
    if place.lat is not None and place.lon is not None:
        return f"https://www.openstreetmap.org/?mlat={place.lat:.5f}&mlon={place.lon:.5f}#map=17/{place.lat:.5f}/{place.lon:.5f}"
    return f"https://www.openstreetmap.org/search?query={quote(address)}"


def _sheet_context(request: HttpRequest, place: Place) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("places:place-short", args=[place.pk]))
    return {**_place_context(request, place), "address": address, "short_address": address.split("://", 1)[-1]}


@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    place = _kept(request, pk)
    if place.pk != pk:
        return redirect("places:sheet", pk=place.pk)
    return render(request, "places/sheet.html", _sheet_context(request, place))


@require_safe
def sheet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    place = _kept(request, pk)
    content = pdf("places/sheet_pdf.html", {**_sheet_context(request, place), "territory": territory_of(request)})
    return as_file(content, f"lieu-{place.pk}.pdf", cache="no-cache")


def _ics(request: HttpRequest, passages: list[selectors.StopPassage], name: str) -> HttpResponse:
    content = stops_ics(passages, name=name, host=request.get_host().split(":")[0], made_at=timezone.now())
    return as_file(content, "arrets.ics", cache="public, max-age=3600")


@require_safe
def place_ics(request: HttpRequest, pk: int) -> HttpResponse:
    place = _kept(request, pk)
    return _ics(request, selectors.stops_of(place, selectors.local_now().date(), ICS_DAYS), place.name)


def _bus_where(request: HttpRequest) -> tuple[Any, Centre | None, list[Any]]:
    read = read_criteria(
        {name: values for name, values in _parameters(request).items() if name in {"ou", "commune", "lat", "lon"}}, date.min
    )
    where = locate(read.criteria)
    notes = [message.text for message in where.messages] + [problem.message for problem in read.problems]
    if where.unknown:
        notes.append(gettext("Nous ne connaissons pas de commune nommée « %(typed)s ». Voici tous les arrêts.") % {"typed": where.named})
    return read.criteria, where.centre, notes


@require_safe
def buses(request: HttpRequest) -> HttpResponse:
    territory, today = territory_of(request), selectors.local_now().date()
    criteria, centre, notes = _bus_where(request)
    days = next((choice for choice in BUS_DAY_CHOICES if str(choice) == request.GET.get("jours")), 14)
    found = _passages(territory, today, days, centre)
    far = bool(centre) and not found
    if far:
        found = selectors.buses_near(territory, today, days, lat=centre.lat if centre else None, lon=centre.lon if centre else None)
    by_day: dict[date, list[selectors.StopPassage]] = {}
    for passage in found:
        by_day.setdefault(passage.day, []).append(passage)
    context = {
        "criteria": criteria,
        "centre": centre,
        "notes": notes,
        "far": far,
        "days": days,
        "day_choices": [(choice, _bus_query(criteria, choice)) for choice in BUS_DAY_CHOICES],
        "by_day": by_day,
        "feed": f"{reverse('places:buses-ics')}?{criteria.query()}",
        "communes": pages.suggested_communes(),
        "without_stops": selectors.buses_without_stops(territory),
        "today": today,
    }
    return render(request, "places/buses.html", context)


def _bus_query(criteria: Criteria, days: int) -> str:
    return "?" + urlencode([*replace(criteria, page=1).pairs(), ("jours", str(days))])


def _passages(territory: Territory, today: date, days: int, centre: Centre | None) -> list[selectors.StopPassage]:
    if centre is None:
        return selectors.buses_near(territory, today, days)
    return selectors.buses_near(territory, today, days, lat=centre.lat, lon=centre.lon, commune=centre.commune, within_km=BUS_REACH_KM)


@require_safe
def buses_ics(request: HttpRequest) -> HttpResponse:
    _, centre, _ = _bus_where(request)
    name = gettext("Le bus près de %(where)s") % {"where": centre.label} if centre else gettext("Le bus")
    return _ics(request, _passages(territory_of(request), selectors.local_now().date(), ICS_DAYS, centre), name)


@require_http_methods(FORM)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    place = _kept(request, pk)
    form = ReportForm(request.POST if request.method == "POST" else None, place=place)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.report_error(place, kind=said["kind"], text=said["text"], contact=said["contact"], key=said["key"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("places:reported", pk=place.pk)
    return render(request, "places/report.html", {"place": place, "form": form}, status=400 if form.errors else 200)


@require_safe
def reported(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "places/reported.html", {"place": _kept(request, pk)})
