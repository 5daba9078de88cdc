"""« Ma journée »: the page of the site, its forms without JavaScript, the shell that works without a network, what both exchange."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_POST, require_safe

from yole.activities.enums import DURATIONS, ActivityKind, PlaceKind, Theme
from yole.activities.forms import ONE_OFF
from yole.activities.services import save_activity
from yole.base import deliveries, deliveries_views, offline
from yole.base.errors import Refused
from yole.base.models import Delivery
from yole.base.permissions import may, staff_page
from yole.organisations.permissions import OWN_ACCOUNT
from yole.organisations.requests import account_of
from yole.people.enums import AgeBand, Gender
from yole.web import day_files, day_selectors
from yole.web.day_permissions import DAY
from yole.web.offline_reports import report_data
from yole.workshops import permissions as workshop_acts
from yole.workshops import selectors as workshop_selectors
from yole.workshops import services_enrolment

REMOTE = "0"
"""What the list of places says for remote help."""
FREQUENT = (
    *(Theme.AIDE_AUX_DEMARCHES_ADMINISTRATIVES, Theme.EMAIL, Theme.NAVIGATION_SUR_INTERNET, Theme.PRENDRE_EN_MAIN_DU_MATERIEL),
    *(Theme.SECURITE_NUMERIQUE, Theme.SANTE),
)
"""Shown first as long as an account has no habit of its own."""


def _addresses() -> dict[str, str]:
    return {"version": day_files.DAY.version, "sign_in": f"{reverse('organisations:sign-in')}?next={reverse('web:day')}"}


def _themes(first: list[str]) -> list[tuple[str, str]]:
    """Every theme, those of use first."""
    order = {theme: n for n, theme in enumerate(dict.fromkeys([*first, *FREQUENT]))}
    return sorted(Theme.choices, key=lambda choice: order.get(choice[0], len(order)))


@staff_page(DAY)
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """One screen: agenda, people waiting, quick report, quick enrolment, queue, what is to settle."""
    account = account_of(request)
    values = day_selectors.report_values(account) if may(account, "activities.report") else None
    shown = day_selectors.day(account)
    context = {
        "day": shown,
        "dossiers": [_dossier(row) for row in deliveries.to_settle(account)],
        "report": values,
        "places": day_selectors.place_options(account.territory_id) if values else "",
        "commune_options": day_selectors.commune_options() if values else "",
        "themes": _themes(values["themes"] if values else []),
        "frequent": len(FREQUENT),
        "durations": values["durations"] if values else [],
        "enrol": [slot for slot in shown.slots if slot.row.seats and not slot.over] if may(account, workshop_acts.ENROL) else [],
        "may_call": may(account, workshop_acts.CALL),
        "key": uuid.uuid4(),
        "enrol_key": uuid.uuid4(),
        **_addresses(),
    }
    return render(request, "web/day/day.html", context)


_KINDS = {
    "attendance": "Présence",
    "enrolment": "Inscription",
    "report": "Activité",
    "report-edit": "Correction d’activité",
    "person": "Personne anonyme",
}


def _dossier(row: Delivery) -> dict[str, Any]:
    """What the page says of an act to settle. Its content is on the device that sent it."""
    return {
        "row": row,
        "what": _KINDS.get(row.kind, "Acte"),
        "reason": row.answer.get("reason") or ("Double passage : à vérifier." if row.answer.get("code") == "double" else ""),
    }


@staff_page(DAY)
@require_POST
def settle(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A date confirmed, or an act given up that its device cannot bring back."""
    deliveries_views.settle(request, key)
    messages.success(request, "C’est réglé.")
    return redirect("web:day")


@staff_page(DAY)
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """The quick report without JavaScript: the same fields, the same service, once per displayed form."""
    account = account_of(request)
    posted = request.POST
    where, kind = posted.get("place", ""), posted.get("kind", "")
    if not where:
        raise Refused("Choisissez le lieu, ou « À distance ».", field="place", code="missing", status=422)
    elsewhere = where in (PlaceKind.HOME, PlaceKind.OTHER)
    one_off = kind == ONE_OFF
    payload: dict[str, Any] = {
        "kind": ActivityKind.INDIVIDUAL.value if one_off else kind,
        "one_off": one_off,
        "themes": posted.getlist("themes"),
        "minutes": posted.get("minutes", ""),
        "place": None if elsewhere or where == REMOTE else where,
        # A group without its number is refused by the rules: nobody is counted in its place.
        "count": 1 if kind == ActivityKind.INDIVIDUAL else posted.get("count") or (1 if one_off else None),
    }
    if elsewhere:
        payload |= {"place_kind": where, "commune": posted.get("commune", "")}
    save_activity(account, report_data(payload, account, timezone.now()), _key(request))
    messages.success(request, "Activité enregistrée.")
    return redirect("web:day")


@staff_page(workshop_acts.ENROL)
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """Quick enrolment without JavaScript."""
    account = account_of(request)
    found = workshop_selectors.session(account.territory, int(posted) if (posted := request.POST.get("session", "")).isdecimal() else 0)
    if found is None:
        raise Refused("Choisissez une séance.", field="session", code="missing", status=422)
    contact = request.POST.get("contact", "").strip()
    form = services_enrolment.Form(
        name=request.POST.get("name", ""),
        key=_key(request),
        contact=contact,
        no_contact=not contact,
        consent=request.POST.get("consent") == "on",
    )
    outcome = services_enrolment.enrol_at_desk(account, found, form)
    state = "sur la liste d’attente" if outcome.booking.state == "en_attente" else "inscrite"
    messages.success(request, f"C’est noté : la personne est {state}." if outcome.repeat != "person" else "C’est noté.")
    return redirect("web:day")


def _key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise Refused("Cette page est trop ancienne.", remedy="Rechargez-la.", code="form-expired", status=400) from None


# --- the application ---------------------------------------------------------------------------------------------------------------------


@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The page that the device keeps: the same for everybody, without anybody's data. Its service worker asks for it without a cookie."""
    with translation.override("fr"):
        context = {"themes": _themes([]), "frequent": len(FREQUENT), "durations": DURATIONS[:4]}
        context |= {"age_bands": AgeBand.choices, "genders": Gender.choices, **_addresses()}
        response = render(request, "web/day/app.html", context)
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_GET
def script(request: HttpRequest, version: str, name: str) -> HttpResponse:
    return day_files.DAY.script(version, name)


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    return day_files.service_worker()


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """« Ma journée » among the applications of a tablet."""
    sizes = [
        ("web/day/icon-192.png", "192x192", "any"),
        ("web/day/icon-512.png", "512x512", "any"),
        ("web/day/icon-512.png", "512x512", "maskable"),
    ]
    content = {
        "id": reverse("web:day"),
        "name": "Yole, ma journée",
        "short_name": "Ma journée",
        "lang": "fr",
        "start_url": reverse("web:day"),
        "scope": "/",
        "display": "standalone",
        "icons": [{"src": static(file), "sizes": size, "type": "image/png", "purpose": purpose} for file, size, purpose in sizes],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@staff_page(DAY)
@require_GET
def data(request: HttpRequest) -> JsonResponse:
    """Who is signed in, for how long, the key of this account on this device, and when asked the package of the day."""
    account = account_of(request)
    device = offline.device_of(request.GET.get("appareil", ""))
    answer = offline.signed_in(request, account, device)
    if request.GET.get("paquet") == "1":
        answer["package"] = day_selectors.package(account, names=request.GET.get("noms") != "0")
    return JsonResponse(answer)


@staff_page(DAY)
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Where devices deliver what was done without a network."""
    return deliveries_views.receive(request)


@staff_page(OWN_ACCOUNT)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where signing in leads: the day for people of the field, the desk for those who coordinate."""
    return redirect("web:day" if account_of(request).role in ("mediator", "volunteer") else "web:desk")
