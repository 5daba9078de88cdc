"""The desk: readings, typed or read from Yole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of
from yole.roadmap import permissions, selectors, services_readings
from yole.roadmap.desk_common import find, form_page, page, proof_of
from yole.roadmap.forms_desk import CorrectionForm, ParityForm, ReadingForm, ReasonForm
from yole.roadmap.models import Indicator, Reading
from yole.roadmap.services_readings import Given, may_measure
from yole.territory.selectors import today


def back_of(indicator: Indicator) -> str:
    if indicator.commitment_id is not None:
        return reverse("roadmap:desk-commitment", args=[indicator.commitment_id]) + f"#indicateur-{indicator.pk}"
    return reverse("roadmap:desk-frame")


def _given(data: dict[str, Any]) -> Given:
    return Given(data["day"], data["value"], data["source"], data["low"], data["high"], proof_of(data["file"]))


@staff_page(permissions.SEE)
@require_safe
def readings(request: HttpRequest, pk: int) -> HttpResponse:
    """Every reading of an indicator, those replaced and withdrawn too, the newest first."""
    indicator = find(request, Indicator, pk, "commitment", "objective")
    found = Paginator(indicator.readings.order_by("-day", "-pk"), selectors.PAGE).get_page(request.GET.get("page"))
    standing = {one.pk for one in selectors.standing(indicator.readings.all())}
    account = account_of(request)
    measures = indicator.commitment is not None or account.structure_id is None
    context = {"indicator": indicator, "page": found, "standing": standing, "back": back_of(indicator), "measures": measures}
    return page(request, "readings.html", context)


@staff_page(permissions.MEASURE)
@require_http_methods(FORM)
def reading_new(request: HttpRequest, pk: int) -> HttpResponse:
    indicator, account = find(request, Indicator, pk, "commitment"), account_of(request)
    may_measure(account, indicator.commitment, indicator.territory_id)
    form = ReadingForm(request.POST or None, request.FILES or None, initial={"day": today(), "source": indicator.source}, auto_id="v_%s")

    def act(data: dict[str, Any]) -> None:
        services_readings.add_reading(account, indicator, _given(data))

    heading = f"Relevé : {indicator.name} ({indicator.unit})"
    told = "Un relevé ne s’efface pas : une erreur se corrige, et les deux restent visibles."
    return form_page(request, form, act, heading=heading, back=back_of(indicator), done="Le relevé est noté.", told=told, sends_file=True)


@staff_page(permissions.MEASURE)
@require_http_methods(FORM)
def reading_parity(request: HttpRequest, pk: int) -> HttpResponse:
    indicator, account = find(request, Indicator, pk, "commitment"), account_of(request)
    may_measure(account, indicator.commitment, indicator.territory_id)
    form = ParityForm(request.POST or None, initial={"day": today()}, auto_id="p_%s")

    def act(data: dict[str, Any]) -> None:
        services_readings.add_parity(account, indicator, **data)

    told = "Yole calcule la part et son intervalle. Sous 5 personnes dans une case, rien n’est gardé."
    return form_page(
        request, form, act, heading=f"Parité : {indicator.name}", back=back_of(indicator), done="Le relevé est noté.", told=told
    )


@staff_page(permissions.MEASURE)
@require_http_methods(FORM)
def reading_correct(request: HttpRequest, pk: int) -> HttpResponse:
    reading, account = find(request, Reading, pk, "indicator__commitment"), account_of(request)
    may_measure(account, reading.indicator.commitment, reading.territory_id)
    initial = {"day": reading.day, "value": reading.value, "low": reading.low, "high": reading.high, "source": reading.source}
    form = CorrectionForm(request.POST or None, request.FILES or None, initial=initial, auto_id="c_%s")

    def act(data: dict[str, Any]) -> None:
        services_readings.correct_reading(account, reading, _given(data), data["reason"])

    heading = f"Corriger le relevé : {reading.indicator.name}"
    return form_page(request, form, act, heading=heading, back=back_of(reading.indicator), done="La correction est notée.", sends_file=True)


@staff_page(permissions.MEASURE)
@require_http_methods(FORM)
def reading_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    reading, account = find(request, Reading, pk, "indicator__commitment"), account_of(request)
    may_measure(account, reading.indicator.commitment, reading.territory_id)
    form = ReasonForm(request.POST or None, auto_id="r_%s")

    def act(data: dict[str, Any]) -> None:
        services_readings.withdraw_reading(account, reading, data["reason"])

    heading = f"Retirer le relevé : {reading.indicator.name}"
    told = "Il ne compte plus. Il reste dans l’historique, avec la raison."
    return form_page(
        request, form, act, heading=heading, back=back_of(reading.indicator), done="Le relevé est retiré.", button="Retirer", told=told
    )


@staff_page(permissions.MEASURE)
@require_POST
def reading_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads the house's number now, as it is read every night."""
    indicator = find(request, Indicator, pk, "commitment")
    may_measure(account_of(request), indicator.commitment, indicator.territory_id)
    made = services_readings.feed(indicator)
    if made is None:
        messages.info(request, "Rien de nouveau : le chiffre n’a pas bougé, ou trop peu de personnes sont comptées.")
    else:
        messages.success(request, "Le relevé est fait.")
    return redirect(back_of(indicator))
