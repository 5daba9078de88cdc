"""The desk: stops and times of a bus, and the days on which it does not come."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.places import desk_services_bus as bus_service
from yole.places import selectors
from yole.places.desk_forms import CancelForm, StopForm, TimeForm
from yole.places.desk_views_common import page, wanted
from yole.places.enums import Kind
from yole.places.models import Place, Stop, StopTime
from yole.places.permissions import EDIT
from yole.territory import selectors as territory_selectors

PREVIEW_DAYS = 42


def _bus(request: HttpRequest, pk: int) -> Place:
    one = wanted(request, pk)
    if one.kind != Kind.ITINERANT:
        raise Http404
    return one


def _stop(one: Place, pk: int) -> Stop:
    found = one.stops.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _line(one: Place, pk: int) -> StopTime:
    found = StopTime.objects.select_related("stop__place").filter(pk=pk, stop__place=one).first()
    if found is None:
        raise Http404
    return found


@staff_page(EDIT)
@require_http_methods(FORM)
def bus(request: HttpRequest, pk: int) -> HttpResponse:
    """The tour of a bus with its next dates; the form cancels a day."""
    one, today = _bus(request, pk), territory_selectors.today()
    stops = list(one.stops.prefetch_related("times").order_by("name", "id"))
    form = CancelForm(request.POST or None, stops=stops, initial={"on": today})
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        chosen = next((stop for stop in stops if str(stop.pk) == data["stop"]), None)
        try:
            bus_service.cancel_day(one, on=data["on"], reason=data["reason"], stop=chosen, by=request.user, today=today)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "C’est noté. Les pages publiques le disent.")
            return redirect("places:desk-bus", pk)
    context = {
        "place": one,
        "stops": [(stop, [(line, bus_service.time_words(line)) for line in stop.times.all()]) for stop in stops],
        "passages": selectors.stops_of(one, today, PREVIEW_DAYS),
        "cancellations": one.cancellations.filter(on_date__gte=today).select_related("stop", "by_account").order_by("on_date", "id"),
        "form": form,
        "weeks": PREVIEW_DAYS // 7,
    }
    return page(request, "bus.html", "list", context, 400 if form.is_bound else 200)


def _communes() -> list[tuple[str, str]]:
    return [(commune.code, commune.name) for commune in territory_selectors.communes()]


def _stop_page(request: HttpRequest, one: Place, stop: Stop | None) -> HttpResponse:
    initial = {} if stop is not None else {"initial": {"insee_code": one.insee_code}}
    form = StopForm(request.POST or None, communes=_communes(), stop=stop, **initial)
    if form.is_bound and form.is_valid():
        try:
            saved = bus_service.save_stop(one, by=request.user, stop=stop, **form.values())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, f"L’arrêt « {saved.name} » est enregistré.")
            return redirect("places:desk-bus", one.pk)
    return page(request, "stop.html", "list", {"place": one, "stop": stop, "form": form}, 400 if form.is_bound else 200)


@staff_page(EDIT)
@require_http_methods(FORM)
def stop_new(request: HttpRequest, pk: int) -> HttpResponse:
    return _stop_page(request, _bus(request, pk), None)


@staff_page(EDIT)
@require_http_methods(FORM)
def stop_edit(request: HttpRequest, pk: int, stop: int) -> HttpResponse:
    one = _bus(request, pk)
    return _stop_page(request, one, _stop(one, stop))


@staff_page(EDIT)
@require_http_methods(FORM)
def stop_remove(request: HttpRequest, pk: int, stop: int) -> HttpResponse:
    one = _bus(request, pk)
    found = _stop(one, stop)
    if request.method == "POST":
        bus_service.remove_stop(found, by=request.user)
        messages.success(request, f"L’arrêt « {found.name} » est retiré.")
        return redirect("places:desk-bus", pk)
    return _ask(
        request, one, f"Retirer l’arrêt « {found.name} » ?", "Ses passages et ses jours annulés disparaissent avec lui.", "Retirer l’arrêt"
    )


def _ask(request: HttpRequest, one: Place, heading: str, consequences: str, label: str) -> HttpResponse:
    context: dict[str, Any] = {"heading": heading, "consequences": consequences, "confirm_label": label}
    return render(request, "places/desk/remove.html", {**context, "cancel_url": reverse("places:desk-bus", args=[one.pk])})


def _time_page(request: HttpRequest, one: Place, stop: Stop, line: StopTime | None) -> HttpResponse:
    form = TimeForm(request.POST or None, line=line)
    if form.is_bound and form.is_valid():
        try:
            bus_service.save_time(stop, by=request.user, line=line, **form.values())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, f"Le passage à « {stop.name} » est enregistré.")
            return redirect("places:desk-bus", one.pk)
    return page(request, "time.html", "list", {"place": one, "stop": stop, "line": line, "form": form}, 400 if form.is_bound else 200)


@staff_page(EDIT)
@require_http_methods(FORM)
def time_new(request: HttpRequest, pk: int, stop: int) -> HttpResponse:
    one = _bus(request, pk)
    return _time_page(request, one, _stop(one, stop), None)


@staff_page(EDIT)
@require_http_methods(FORM)
def time_edit(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    one = _bus(request, pk)
    found = _line(one, line)
    return _time_page(request, one, found.stop, found)


@staff_page(EDIT)
@require_http_methods(FORM)
def time_remove(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    one = _bus(request, pk)
    found = _line(one, line)
    if request.method == "POST":
        bus_service.remove_time(found, by=request.user)
        messages.success(request, "Le passage est retiré.")
        return redirect("places:desk-bus", pk)
    return _ask(
        request,
        one,
        f"Retirer ce passage à « {found.stop.name} » ?",
        f"{bus_service.time_words(found)}.".capitalize(),
        "Retirer le passage",
    )


@staff_page(EDIT)
@require_POST
def restore_day(request: HttpRequest, pk: int, cancellation: int) -> HttpResponse:
    one = _bus(request, pk)
    found = one.cancellations.filter(pk=cancellation).first()
    if found is not None:  # restored twice, it is restored
        bus_service.restore_day(found, by=request.user)
    messages.success(request, "Le bus vient bien ce jour-là.")
    return redirect("places:desk-bus", pk)
