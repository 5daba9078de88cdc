"""iCalendar (RFC 5545): a programme that calendars can follow, and calendars of other tools as programmes.

What iCalendar has no word for travels in two `X-` properties holding JSON, so that our own file read again is the same programme.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Component, Event

from yole.events.engine import document as doc
from yole.events.engine.document import Builder, Link, Person, Programme, Reading, Room, Slot, Track
from yole.events.formats.reading import Raw, add_slots, guid_of, settle_days, slug_for
from yole.kernel.errors import InputError

PRODUCT_ID: Final = "-//Yole//Numérique en Commun//FR"
WHOLE: Final = "x-yole-programme"
PART: Final = "x-yole-slot"
_DEFAULT_MINUTES: Final = 30
_EXTRA: Final = (
    "subtitle",
    "kind",
    "track",
    "language",
    "abstract",
    "description",
    "code",
    "recording_licence",
    "recording_refused",
    "recording_url",
    "feedback_url",
    "origin_url",
)


def read(data: bytes, name: str, slug: str = "") -> Reading:
    """The programme of an iCalendar file. Raises InputError: unreadable, no event, or no slug in the file nor in `slug`."""
    try:
        calendars = list(Calendar.from_ical(data.decode("utf-8-sig"), multiple=True))
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except UnicodeDecodeError:
        raise InputError("le fichier n'est pas en UTF-8", file=name, expected="un fichier .ics en UTF-8") from None
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError("ce n'est pas un calendrier lisible", file=name, expected="un fichier iCalendar (.ics)") from None
    if not events:
        raise InputError("aucun événement dans ce calendrier", file=name, expected="au moins un VEVENT")
    builder = Builder()
    calendar = calendars[0]
    whole = _json(calendar, WHOLE)
    slug = slug_for(str(whole.get("slug", "")), slug, name)
    title = doc.short(str(whole.get("title") or calendar.get("X-WR-CALNAME") or slug))
    zone_name, zone = _zone(calendar, whole, events, name)
    withdrawn = str(calendar.get("METHOD", "")).upper() == "CANCEL"
    raws, own = [], bool(whole)
    for event in events:
        part = _json(event, PART)
        raw = _raw(event, part, zone, builder, withdrawn)
        if raw is not None:
            raws.append(raw)
            own = own and bool(part)
    days: list[tuple[int, date, datetime | None, datetime | None]]
    if own:
        days = [(int(d["index"]), date.fromisoformat(d["date"]), _moment(d["start"]), _moment(d["end"])) for d in whole["days"]]
    else:
        dates = sorted({raw.day_date for raw in raws if raw.day_date})
        index = {on: n for n, on in enumerate(dates, start=1)}
        raws = [replace(raw, day=index[raw.day_date]) for raw in raws if raw.day_date]
        days = [(n, on, None, None) for on, n in index.items()]
    add_slots(builder, raws, slug=slug, zone=zone, base_url="", name=name)
    programme = Programme(
        slug=slug,
        title=title,
        version=str(whole.get("version", "")),
        timezone=zone_name,
        days=settle_days(days, builder, zone),
        rooms=tuple(
            Room(doc.short(r["name"]), guid_of(r.get("guid") or ""), r.get("kind", "other"), r.get("capacity"))
            for r in whole.get("rooms", ())
        ),
        tracks=tuple(Track(doc.short(t["name"]), t.get("slug", ""), t.get("colour", "")) for t in whole.get("tracks", ())),
        slots=tuple(builder.slots),
        url=doc.web(str(whole.get("url", "") or calendar.get("URL", ""))),
        base_url=doc.web(str(whole.get("base_url", ""))),
        timeslot_minutes=int(whole.get("timeslot_minutes", 5)),
    )
    programme = doc.finish(programme)
    fields = doc.ALL_FIELDS | {"cancelled"} if own else doc.CALENDAR_FIELDS
    return Reading(programme, fields, (*builder.told(), *doc.likenesses(programme)))


def _json(component: Component, name: str) -> dict[str, Any]:
    """What one of our own properties holds; nothing when it is absent or was changed by another tool."""
    try:
        value = json.loads(str(component.get(name, "")))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _zone(calendar: Component, whole: dict[str, Any], events: list[Component], name: str) -> tuple[str, ZoneInfo]:
    said = str(whole.get("timezone") or calendar.get("X-WR-TIMEZONE") or "")
    if not said:
        for event in events:
            key = getattr(getattr(getattr(event.get("DTSTART"), "dt", None), "tzinfo", None), "key", "")
            if key and key != "UTC":
                said = str(key)
                break
    try:
        zone_name = doc.zone_of(said, ())
    except ValueError:
        raise InputError("fuseau horaire inconnu", file=name, column="X-WR-TIMEZONE", found=said, expected="America/Martinique") from None
    return zone_name, ZoneInfo(zone_name)


def _raw(event: Component, part: dict[str, Any], zone: ZoneInfo, builder: Builder, withdrawn: bool) -> Raw | None:
    starts = getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(starts, datetime):
        builder.note("événement d'une journée entière ou sans heure : laissé de côté")
        return None
    if event.get("RRULE") is not None:
        builder.note("événement qui se répète : seule la première date est lue")
    starts = starts if starts.tzinfo else starts.replace(tzinfo=zone)
    minutes = _minutes(event, starts, zone)
    if minutes < 1:
        builder.note(f"événement sans fin : {_DEFAULT_MINUTES} minutes")
        minutes = _DEFAULT_MINUTES
    uid = str(event.get("UID", ""))
    texts = {
        "guid": str(guid_of(uid.partition("@")[0]) or uid),
        "id": str(part.get("id", "")),
        "title": str(event.get("SUMMARY", "")),
        "room": str(part.get("room", "") or event.get("LOCATION", "")),
        "date": starts.isoformat(),
        "duration": doc.hours(minutes),
        "description": str(event.get("DESCRIPTION", "")),
        "url": str(event.get("URL", "")),
    }
    if part:
        texts |= {"type": str(part.get("kind", "")), "description": ""}
        texts |= {key: str(part[key]) for key in _EXTRA if key in part and key not in ("kind", "recording_refused")}
        texts["title"] = str(part.get("title", texts["title"]))
    cancelled = withdrawn or str(event.get("STATUS", "")).upper() == "CANCELLED"
    sequence = event.get("SEQUENCE", 0)
    return Raw(
        texts,
        int(part.get("day", 0)),
        doc.day_date(starts.astimezone(UTC), zone),
        persons=[Person(doc.short(p["name"]), guid_of(p.get("guid", ""))) for p in part.get("persons", ())],
        links=[Link(*link) for link in part.get("links", ())],
        attachments=[Link(*link) for link in part.get("attachments", ())],
        recording_refused=bool(part.get("recording_refused")),
        cancelled=cancelled,
        sequence=max(0, int(sequence) - int(cancelled)) if isinstance(sequence, int) else 0,
    )


def _minutes(event: Component, starts: datetime, zone: ZoneInfo) -> int:
    ends, length = getattr(event.get("DTEND"), "dt", None), getattr(event.get("DURATION"), "dt", None)
    if isinstance(ends, datetime):
        ends = ends if ends.tzinfo else ends.replace(tzinfo=zone)
        return int((ends - starts) / timedelta(minutes=1))
    return int(length / timedelta(minutes=1)) if isinstance(length, timedelta) else 0


# --- writing -----------------------------------------------------------------------------------------------------------------------


def write(
    programme: Programme,
    *,
    host: str,
    stamp: datetime,
    place: str = "",
    geo: tuple[float, float] | None = None,
    alarm: bool = False,
) -> bytes:
    """The programme as iCalendar: `<guid>@<host>` names a slot for ever; a cancelled one stays, CANCELLED, with a greater SEQUENCE.

    `stamp`: instant of slots that do not know when they changed; `place`: venue after the name of the room; `geo`: latitude and longitude
    in degrees; `alarm`: a reminder one day before each. A file in which everything is cancelled is a METHOD:CANCEL.
    """
    made = Calendar()
    made.add("prodid", PRODUCT_ID)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "CANCEL" if programme.slots and all(slot.cancelled for slot in programme.slots) else "PUBLISH")
    made.add("x-wr-calname", programme.title)
    made.add("x-wr-timezone", programme.timezone)
    made.add(WHOLE, _dump(_whole(programme)))
    for slot in programme.slots:
        made.add_component(_event(programme, slot, host, stamp, place, geo, alarm))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _whole(programme: Programme) -> dict[str, Any]:
    return {
        "slug": programme.slug,
        "title": programme.title,
        "version": programme.version,
        "timezone": programme.timezone,
        "url": programme.url,
        "base_url": programme.base_url,
        "timeslot_minutes": programme.timeslot_minutes,
        "days": [
            {"index": day.index, "date": day.date.isoformat(), "start": day.starts_at.isoformat(), "end": day.ends_at.isoformat()}
            for day in programme.days
        ],
        "rooms": [{"name": r.name, "guid": _hex(r.guid), "kind": r.kind, "capacity": r.capacity} for r in programme.rooms],
        "tracks": [{"name": t.name, "slug": t.slug, "colour": t.colour} for t in programme.tracks],
    }


def _hex(guid: UUID | None) -> str:
    return str(guid) if guid else ""


def _part(slot: Slot) -> dict[str, Any]:
    part: dict[str, Any] = {"id": slot.id, "day": slot.day, "room": slot.room, "title": slot.title}
    part |= {key: value for key in _EXTRA if (value := getattr(slot, key))}
    part["persons"] = [{"name": person.name, "guid": _hex(person.guid)} for person in slot.persons]
    for key in ("links", "attachments"):
        part[key] = [[link.url, link.title, link.kind, link.service] for link in getattr(slot, key)]
    return part


def _event(programme: Programme, slot: Slot, host: str, stamp: datetime, place: str, geo: tuple[float, float] | None, alarm: bool) -> Event:
    zone = programme.zone
    changed = slot.changed_at or stamp
    event = Event()
    event.add("uid", f"{slot.guid}@{host}")
    event.add("dtstamp", changed.astimezone(UTC))
    event.add("last-modified", changed.astimezone(UTC))
    event.add("dtstart", slot.starts_at.astimezone(zone))
    event.add("dtend", slot.ends_at.astimezone(zone))
    event.add("sequence", slot.sequence + int(slot.cancelled))
    event.add("status", "CANCELLED" if slot.cancelled else "CONFIRMED")
    event.add("summary", slot.title)
    event.add("location", f"{slot.room}, {place}" if place else slot.room)
    if geo is not None:
        event.add("geo", geo)
    if slot.description or slot.abstract:
        event.add("description", slot.description or slot.abstract)
    if slot.url:
        event.add("url", slot.url)
    if slot.track:
        event.add("categories", [slot.track])
    event.add(PART, _dump(_part(slot)))
    if alarm and not slot.cancelled:
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", slot.title)
        reminder.add("trigger", timedelta(days=-1))
        event.add_component(reminder)
    return event
