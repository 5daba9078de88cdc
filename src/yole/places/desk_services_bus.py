"""Acts of the desk on buses: stops, times, days on which the bus does not come."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db import IntegrityError, transaction

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.typography import clock, day
from yole.places.desk_services import record, require_here
from yole.places.enums import Kind, Weekday
from yole.places.models import Place, Stop, StopCancellation, StopTime
from yole.places.permissions import EDIT
from yole.territory import selectors as territory_selectors


def time_words(line: StopTime) -> str:
    """« lundi, de 8 h 15 à 13 h, une semaine sur 2, à partir du 2 novembre 2026 »."""
    which = day(line.on_date, year=True) if line.on_date else str(Weekday(line.weekday).label)
    text = f"{which}, de {clock(line.starts)} à {clock(line.ends)}"
    if line.every_weeks > 1:
        text += f", une semaine sur {line.every_weeks}"
    if line.valid_from:
        text += f", à partir du {day(line.valid_from, year=True, weekday=False)}"
    if line.valid_until:
        text += f", jusqu’au {day(line.valid_until, year=True, weekday=False)}"
    return text


def _tour(place: Place) -> list[str]:
    """The stops of a place in words, as the history keeps them."""
    return [
        f"{stop.name} : {' ; '.join(time_words(line) for line in stop.times.all()) or 'aucun passage'}"
        for stop in place.stops.prefetch_related("times").order_by("id")
    ]


def _bus(place: Place, by: Any) -> Place:
    require(by, EDIT)
    require_here(by, place.territory_id)
    locked = Place.objects.select_for_update().get(pk=place.pk)
    if locked.kind != Kind.ITINERANT:
        raise Refused("Ce lieu n’est pas itinérant.", remedy="Dites-le d’abord dans sa fiche.", code="fixed")
    return locked


def _recorded(place: Place, before: list[str], why: str, by: Any) -> None:
    after = _tour(place)
    if after != before:
        record(place, {"stops": before}, {"stops": after}, why, by)


@transaction.atomic
def save_stop(
    place: Place,
    *,
    by: Any,
    stop: Stop | None = None,
    name: str,
    insee_code: str,
    address: str = "",
    lat: float | None = None,
    lon: float | None = None,
    step_free: bool | None = None,
    note: str = "",
) -> Stop:
    """Adds a stop, or changes one. Raises Refused: two stops of one name, half a position, unknown commune."""
    bus = _bus(place, by)
    before = _tour(bus)
    if (lat is None) != (lon is None):
        raise Refused(
            "Il manque la moitié de la position.", remedy="Donnez les deux nombres, ou aucun.", field="lat", code="half", status=400
        )
    commune = territory_selectors.place(insee_code)
    if commune is None:
        raise Refused(
            "Cette commune n’est pas du territoire.", remedy="Choisissez dans la liste.", field="insee_code", code="commune", status=400
        )
    kept = stop if stop is not None else Stop(place=bus)
    kept.name, kept.insee_code, kept.commune_name, kept.address = name, insee_code, commune.name, address
    kept.lat, kept.lon, kept.step_free, kept.note = lat, lon, step_free, note
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise Refused(
            "Ce bus a déjà un arrêt de ce nom.", remedy="Changez le nom, ou modifiez l’autre.", field="name", code="name"
        ) from None
    _recorded(bus, before, "Arrêt ajouté" if stop is None else "Arrêt modifié", by)
    return kept


@transaction.atomic
def remove_stop(stop: Stop, *, by: Any) -> None:
    """Removes a stop with its times and its cancelled days."""
    bus = _bus(stop.place, by)
    before = _tour(bus)
    Stop.objects.filter(pk=stop.pk).delete()
    _recorded(bus, before, f"Arrêt retiré : {stop.name}", by)


@transaction.atomic
def save_time(
    stop: Stop,
    *,
    by: Any,
    line: StopTime | None = None,
    starts: time,
    ends: time,
    weekday: str = "",
    on_date: date | None = None,
    every_weeks: int = 1,
    valid_from: date | None = None,
    valid_until: date | None = None,
    on_holidays: bool | None = None,
) -> StopTime:
    """Adds or changes when a stop is served: a weekday every n weeks, or one date. The same line twice is one.

    Raises Refused naming the field: end before start, neither day nor date, no first week, end of validity before its start.
    """
    bus = _bus(stop.place, by)
    before = _tour(bus)
    if ends <= starts:
        raise Refused("Le bus part avant d’arriver.", remedy="L’heure de fin vient après le début.", field="ends", code="order", status=400)
    if bool(weekday) == bool(on_date) or (weekday and weekday not in Weekday.values):
        raise Refused("Dites quel jour.", remedy="Un jour de la semaine, ou une date.", field="weekday", code="day", status=400)
    if on_date:
        every_weeks, valid_from, valid_until = 1, None, None
    if every_weeks > 1 and valid_from is None:
        raise Refused(
            "Dites la première semaine.", remedy="Donnez le premier jour de passage.", field="valid_from", code="anchor", status=400
        )
    if valid_from and valid_until and valid_until < valid_from:
        raise Refused(
            "La fin vient avant le début.", remedy="Changez une des deux dates.", field="valid_until", code="validity", status=400
        )
    values = {
        "weekday": weekday,
        "on_date": on_date,
        "every_weeks": every_weeks,
        "starts": starts,
        "ends": ends,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "on_holidays": on_holidays,
    }
    if line is None:
        kept = StopTime.objects.filter(stop=stop, **values).first() or StopTime.objects.create(stop=stop, **values)
    else:
        StopTime.objects.filter(pk=line.pk).update(**values)
        kept = StopTime.objects.get(pk=line.pk)
    _recorded(bus, before, "Passages modifiés", by)
    return kept


@transaction.atomic
def remove_time(line: StopTime, *, by: Any) -> None:
    bus = _bus(line.stop.place, by)
    before = _tour(bus)
    StopTime.objects.filter(pk=line.pk).delete()
    _recorded(bus, before, "Passage retiré", by)


@transaction.atomic
def cancel_day(place: Place, *, on: date, reason: str, by: Any, today: date, stop: Stop | None = None) -> StopCancellation:
    """Says that the bus does not come on a day, at one stop or at all. The public reads the reason. The same day twice is one.

    Raises Refused: no reason, a day that is past.
    """
    bus = _bus(place, by)
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Refused(
            "Dites pourquoi le bus ne vient pas.", remedy="Le public lit cette raison.", field="reason", code="reason", status=400
        )
    if on < today:
        raise Refused("Ce jour est passé.", remedy="Choisissez aujourd’hui ou un jour à venir.", field="on", code="past", status=400)
    known = StopCancellation.objects.filter(place=bus, on_date=on, stop=stop).first()
    if known is not None:
        known.reason, known.by_account = reason, by
        known.save(update_fields=["reason", "by_account"])
        return known
    return StopCancellation.objects.create(place=bus, on_date=on, stop=stop, reason=reason, by_account=by)


@transaction.atomic
def restore_day(cancellation: StopCancellation, *, by: Any) -> None:
    """The bus comes after all."""
    _bus(cancellation.place, by)
    StopCancellation.objects.filter(pk=cancellation.pk).delete()
