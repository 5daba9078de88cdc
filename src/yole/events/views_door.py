"""« Accueil » : the door with the network and without JavaScript, and the application that holds it without a network."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yole.base import deliveries_views, offline
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.base.scope import system_scope
from yole.events import documents, door_files, permissions, selectors_door, services_door
from yole.events.desk_common import edition_or_404
from yole.events.enums import HalfDay
from yole.events.models import Edition, Slot
from yole.organisations.requests import account_of


def _slot(of: Edition, said: str) -> Slot | None:
    """The slot whose door is held; None for the door of the edition. Raises Http404 for a number that is no slot."""
    if not said:
        return None
    found = (
        of.slots.filter(number=int(said), cancelled_at__isnull=True).first()
        if said.isascii() and said.isdigit() and len(said) < 9
        else None
    )
    if found is None:
        raise Http404
    return found


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        raise Refused("Cette page est trop ancienne.", remedy="Rechargez-la.", code="form-expired", status=400) from None


@staff_page(permissions.DOOR)
@require_http_methods(FORM)
def door(request: HttpRequest, slug: str) -> HttpResponse:
    """The door, on line: a code or a name typed, somebody without registration, what the other doors did."""
    of = edition_or_404(request, slug)
    slot = _slot(of, (request.POST if request.method == "POST" else request.GET).get("seance", ""))
    place = selectors_door.here(of, slot=slot.number if slot else 0)
    more: dict[str, Any] = {}
    if request.method == "POST":
        if request.POST.get("do") == "withdraw":
            return _withdraw(request, of)
        try:
            more = _enter(request, of, place)
        except Refused as refusal:
            more = {"refusal": refusal, "typed": request.POST.get("code", "")}
    with system_scope():  # names of the doors' acts, for an account that may hold the door
        board, left = selectors_door.board(of, place), selectors_door.left_for_walk_ins(of)
    context = {
        "edition": of,
        "slot": slot,
        "board": board,
        "half_day": str(HalfDay(place.half_day).label).lower(),
        "left": left if slot is None else None,
        "slots": list(of.slots.filter(starts_at__isnull=False, cancelled_at__isnull=True).exclude(kind="pause")),
        "devices": list(of.devices.filter(withdrawn_at__isnull=True).order_by("label")),
        "key": uuid4(),
        **more,
    }
    return render(request, "events/door/page.html", context, status=422 if "refusal" in more else 200)


def _withdraw(request: HttpRequest, of: Edition) -> HttpResponse:
    try:
        pk = UUID(request.POST.get("device", ""))
    except ValueError:
        raise Http404 from None
    services_door.withdraw_device(account_of(request), of, pk)
    messages.success(request, "Cet appareil n’a plus de part.")
    return redirect("events:door", of.slug)


def _enter(request: HttpRequest, of: Edition, place: selectors_door.Place) -> dict[str, Any]:
    account, typed, what = account_of(request), request.POST.get("code", "").strip(), request.POST.get("do", "")
    if what == "walk-in":
        return {"welcome": services_door.walk_in(account, of, request.POST.get("label", ""), place, _key(request))}
    try:
        registration = services_door.find(of, typed)
    except Refused:
        found = services_door.find_by_name(of, typed) if len(typed) > 1 else []
        if not found:
            raise
        return {"found": found, "typed": typed}
    welcome = services_door.enter(account, of, registration, place, _key(request), anyway=what == "anyway")
    if what == "anyway" and welcome.double:
        messages.success(request, "Le double passage est noté.")
        return {}
    return {"welcome": welcome, "again": registration.booking.code}


@staff_page(permissions.DOOR)
@require_GET
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """The sheet to sign, of the edition or of a slot, for one day."""
    of = edition_or_404(request, slug)
    slot = _slot(of, request.GET.get("seance", ""))
    return as_file(documents.attendance_sheet(of, slot, documents.day_asked(of, request.GET.get("jour", ""))), f"{of.slug}-emargement.pdf")


@staff_page(permissions.DOOR)
@require_http_methods(FORM)
def typed(request: HttpRequest, slug: str) -> HttpResponse:
    """A paper sheet typed back by the numbers of its rows."""
    of = edition_or_404(request, slug)
    posted = request.POST if request.method == "POST" else request.GET
    slot = _slot(of, posted.get("seance", ""))
    lines = documents.lines(of, slot)
    on_day = documents.day_asked(of, posted.get("jour", ""))
    context: dict[str, Any] = {"edition": of, "slot": slot, "lines": lines, "on_day": on_day, "halves": HalfDay.choices[:2], "key": uuid4()}
    if request.method == "POST":
        try:
            context |= _typed(request, of, slot, lines, on_day)
        except Refused as refusal:
            context["refusal"] = refusal
    return render(request, "events/door/typed.html", context, status=422 if "refusal" in context else 200)


def _typed(request: HttpRequest, of: Edition, slot: Slot | None, lines: list[documents.Line], on_day: Any) -> dict[str, Any]:
    numbers = documents.row_numbers(request.POST.get("rows", "")[:4000])
    names = [" ".join(line.split())[:80] for line in request.POST.get("names", "").splitlines()[:50] if line.strip()]
    if not numbers and not names:
        raise Refused("Tapez les numéros des lignes signées.", remedy="Exemple : 1, 2, 5-8.", field="rows", code="missing")
    half = request.POST.get("half", "")
    if half not in HalfDay.values:
        raise Refused("Choisissez la demi-journée.", field="half", code="missing")
    place = selectors_door.Place(on_day, half, slot.number if slot else 0)
    rows = {line.number: line.booking for line in lines if line.holds}
    outcome = services_door.type_sheet(account_of(request), of, place, numbers, rows, names, documents.sheet_key(of, slot, on_day))
    return {"outcome": outcome}


# --- the application -------------------------------------------------------------------------------------------------------------------


@require_GET
def app(request: HttpRequest) -> HttpResponse:
    """The page that the device keeps: the same for everybody, without anybody's data. Its service worker asks for it without a cookie."""
    path = reverse("events:door-app")
    data = reverse("events:door-data", args=["edition"])
    with translation.override("fr"):
        response = render(
            request, "events/door/app.html", {"version": door_files.DOOR.version, "data": data, "scope": path.removesuffix("app/")}
        )
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_GET
def script(request: HttpRequest, version: str, name: str) -> HttpResponse:
    return door_files.DOOR.script(version, name)


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    return door_files.service_worker()


@staff_page(permissions.DOOR)
@require_GET
def data(request: HttpRequest, slug: str) -> JsonResponse:
    """Who is signed in, for how long, the key of this account on this device, and when asked the package of the door."""
    of = edition_or_404(request, slug)
    account = account_of(request)
    device = offline.device_of(request.GET.get("appareil", ""))
    answer = offline.signed_in(request, account, device)
    if request.GET.get("paquet") == "1":
        with system_scope():
            answer["package"] = selectors_door.package(of, selectors_door.device_of(of, device), names=request.GET.get("noms") != "0")
    return JsonResponse(answer)


@staff_page(permissions.DOOR)
@require_POST
def equip(request: HttpRequest, slug: str) -> HttpResponse:
    """A device takes a door: its name, and its share of the places left."""
    of = edition_or_404(request, slug)
    device = offline.device_of(request.POST.get("device", ""))
    row = services_door.equip(account_of(request), of, device, request.POST.get("label", ""))
    return JsonResponse({"label": row.label, "share": row.walk_in_share})


@staff_page(permissions.DOOR)
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Where doors deliver what was done without a network."""
    return deliveries_views.receive(request)
