"""Formats out: the national CSV, data.inclusion v1, GeoJSON, the calendar of bus stops."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from icalendar import Event

from yole.base.calendars import new_calendar
from yole.places.buses import StopPassage
from yole.places.engine import datainclusion, mednum
from yole.places.engine.losses import LossReport
from yole.places.engine.rows import read
from yole.places.selectors import export_rows
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory

ICS_DAYS = 60


def mednum_csv(territory: Territory) -> bytes:
    """The places shown, in the 32 columns of the national schema."""
    return mednum.write(export_rows(territory))


def data_inclusion(territory: Territory, today: date) -> tuple[dict[str, list[dict[str, Any]]], LossReport]:
    """The places shown as data.inclusion v1, and what that format loses."""
    return datainclusion.write(read(export_rows(territory)), today)


def stops_ics(passages: Iterable[StopPassage], *, name: str, host: str, made_at: datetime) -> bytes:
    """An iCalendar feed of bus stops. Cancelled passages stay, marked, so that a calendar already synchronised is corrected."""
    zone = territory_selectors.zone()
    calendar = new_calendar("Bus", name)
    calendar.add("x-wr-timezone", str(zone))
    for passage in passages:
        event = Event()
        event.add("uid", f"arret-{passage.stop.pk}-{passage.day:%Y%m%d}-{passage.starts:%H%M}@{host}")
        event.add("dtstamp", made_at)
        event.add("dtstart", datetime.combine(passage.day, passage.starts, zone))
        event.add("dtend", datetime.combine(passage.day, passage.ends, zone))
        event.add("summary", f"{'Annulé : ' if passage.cancelled else ''}{passage.place.name}, {passage.stop.name}")
        event.add("location", ", ".join(filter(None, (passage.stop.name, passage.stop.address, passage.stop.commune_name))))
        said = (
            [f"Ne passe pas : {passage.cancelled}"]
            if passage.cancelled
            else [f"Jour férié ({passage.doubt}) : appelez avant."]
            if passage.doubt
            else []
        )
        if passage.place.telephone:
            said.append(f"Téléphone : {passage.place.telephone}")
        if said:
            event.add("description", "\n".join(said))
        event.add("status", "CANCELLED" if passage.cancelled else "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def feature(properties: dict[str, Any], lat: float | None, lon: float | None) -> dict[str, Any]:
    """A GeoJSON feature (RFC 7946); without a position its geometry is null."""
    geometry = {"type": "Point", "coordinates": [lon, lat]} if lat is not None and lon is not None else None
    return {"type": "Feature", "id": properties["id"], "geometry": geometry, "properties": properties}
