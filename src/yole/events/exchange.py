"""The programme of an edition as the document that files carry: what is prepared, or what the last version published."""

from __future__ import annotations

import importlib.metadata
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from yole.base.addresses import site_address, site_host
from yole.events import selectors_programme
from yole.events.engine import document as doc
from yole.events.engine.document import Link, Person, Programme
from yole.events.formats import ics, schedule_json, schedule_xml, table
from yole.events.models import Edition
from yole.events.selectors_programme import PublicSlot


class Format(StrEnum):
    XML = "schedule-xml"
    JSON = "schedule-json"
    ICS = "ics"
    CSV = "csv"


def slot_address(slug: str, number: int) -> str:
    return site_address("events:slot", slug, number)


def document_slot(slot: PublicSlot, slug: str, room: str) -> doc.Slot | None:
    """A slot as files say it, in its room of the document; None when it has no time or no room yet."""
    if slot.starts_at is None or slot.day is None or not room:
        return None
    return doc.Slot(
        guid=UUID(slot.guid),
        id=slot.number,
        day=slot.day,
        room=room,
        title=slot.title,
        starts_at=slot.starts_at.astimezone(UTC),
        minutes=slot.minutes,
        code=slot.code,
        subtitle=slot.subtitle,
        kind=slot.kind_words,
        track=slot.track,
        language=slot.language,
        abstract=slot.abstract,
        description=slot.description,
        persons=tuple(Person(one.name, UUID(one.guid)) for one in slot.speakers),
        links=_links(slot.links),
        attachments=_links(slot.attachments),
        recording_licence=slot.recording_licence,
        recording_refused=slot.recording_refused,
        recording_url=slot.recording_url,
        url=slot_address(slug, slot.number),
        feedback_url=slot.feedback_url,
        origin_url=slot.origin_url,
        cancelled=slot.cancelled,
        sequence=slot.sequence,
    )


def _links(rows: Any) -> tuple[Link, ...]:
    return tuple(Link(row.get("url", ""), row.get("title", ""), row.get("type", ""), row.get("service", "")) for row in rows)


def programme_of(of: Edition, *, published: bool) -> Programme:
    """The programme of an edition: the last version, or the rows as they are prepared. Slots still to place are left out."""
    rooms = selectors_programme.rooms_of(of)
    venues = defaultdict(set)
    for room in rooms:
        venues[room.name].add(room.venue.name)

    def label(name: str, venue: str) -> str:
        """Two venues may each have a « Salle A »: files tell rooms by their name alone."""
        return f"{name} ({venue})"[: doc.LIMITS["room"]] if len(venues[name]) > 1 else name

    slots = []
    for slot in selectors_programme.read(of, published=published):
        made = document_slot(slot, of.slug, label(slot.room, slot.venue) if slot.room else "")
        if made is not None:
            slots.append(made)
    zone = ZoneInfo(of.time_zone)
    return doc.finish(
        Programme(
            slug=of.slug,
            title=of.title,
            version=str(of.version),
            timezone=of.time_zone,
            days=_days(of, slots, zone),
            rooms=tuple(doc.Room(label(room.name, room.venue.name), room.guid, room.kind, room.capacity) for room in rooms),
            tracks=tuple(doc.Track(track.name, track.slug, track.colour) for track in of.tracks.all()),
            slots=tuple(slots),
            url=site_address("events:programme", of.slug),
        )
    )


def _days(of: Edition, slots: list[doc.Slot], zone: ZoneInfo) -> tuple[doc.Day, ...]:
    """Every day of the edition, and those that slots name beside them; the date of a day is the one of its first slot."""
    first: dict[int, doc.Slot] = {}
    for slot in slots:
        if slot.day not in first or slot.starts_at < first[slot.day].starts_at:
            first[slot.day] = slot
    made = {}
    for index, on in enumerate(selectors_programme.days_of(of), start=1):
        made[index] = doc.bounds(index, on, slots, zone)
    for index, slot in first.items():
        made[index] = doc.bounds(index, doc.day_date(slot.starts_at, zone), slots, zone)
    dates = {made[index].date for index in first}
    # A day without any slot whose date another one has is not a day of its own.
    return tuple(day for index, day in sorted(made.items()) if index in first or day.date not in dates)


def changed_at(of: Edition) -> datetime:
    """When what readers see last changed."""
    version = selectors_programme.last_version(of)
    return version.published_at if version else of.changed_at


def place_of(of: Edition) -> tuple[str, tuple[float, float] | None]:
    """The venue in words and its coordinates (latitude, longitude), when there is only one."""
    venues = list(of.venues.select_related("commune"))
    if len(venues) != 1:
        return "", None
    venue = venues[0]
    words = ", ".join(filter(None, [venue.name, venue.address, venue.commune.name if venue.commune else ""]))
    return words, (venue.lat, venue.lon) if venue.lat is not None and venue.lon is not None else None


def write(of: Edition, to: Format, *, published: bool) -> bytes:
    """The file of an edition in a format."""
    programme = programme_of(of, published=published)
    version = importlib.metadata.version("yole")
    match to:
        case Format.XML:
            return schedule_xml.write(programme, url=site_address("events:schedule-xml", of.slug), version=version)
        case Format.JSON:
            return schedule_json.write(programme, version=version)
        case Format.ICS:
            place, geo = place_of(of)
            return ics.write(programme, host=site_host(), stamp=changed_at(of), place=place, geo=geo)
        case Format.CSV:
            return table.write(programme)


def write_slot(of: Edition, number: int) -> bytes | None:
    """The calendar of one published slot, with a reminder one day before; None when there is none of this number."""
    programme = programme_of(of, published=True)
    slots = tuple(slot for slot in programme.slots if slot.id == number)
    if not slots:
        return None
    place, geo = place_of(of)
    return ics.write(replace(programme, slots=slots), host=site_host(), stamp=changed_at(of), place=place, geo=geo, alarm=True)
