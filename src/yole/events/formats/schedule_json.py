"""schedule.json, the JSON sister of schedule.xml.

Keys and shapes: JSON Schema draft-06 of voc/schedule, snapshot of June 2026. The example published beside that schema does not follow it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from yole.events.engine import document as doc
from yole.events.engine.document import Builder, Link, Programme, Reading, Room, Slot, Track
from yole.events.formats.reading import Raw, add_slots, day_of, guid_of, instant, offset_of, person, settle_days, slug_for, text_of
from yole.kernel.errors import InputError

_ZONE: Final = re.compile(r"([A-Z][a-z]+/[A-Z][a-z]+)|UTC$")
_SCHEDULE: Final = {"version", "base_url", "conference", "$schema", "generator", "url"}
_CONFERENCE: Final = {
    "acronym",
    "title",
    "description",
    "start",
    "end",
    "daysCount",
    "timeslot_duration",
    "time_zone_name",
    "logo",
    "colors",
    "keywords",
    "url",
    "tracks",
    "rooms",
    "meta",
    "days",
    "base_url",
}
_EVENT_TEXTS: Final = [
    "guid",
    "code",
    "id",
    "date",
    "start",
    "duration",
    "title",
    "subtitle",
    "track",
    "type",
    "language",
    "abstract",
    "description",
    "url",
    "feedback_url",
    "origin_url",
]
_EVENT: Final = {
    *_EVENT_TEXTS,
    *["logo", "end", "room", "slug", "recording_license", "do_not_record", "do_not_stream", "persons", "links", "attachments", "answers"],
}


def read(data: bytes, name: str, slug: str = "") -> Reading:
    """The programme of a schedule.json. Raises InputError: not JSON, no `conference`, an unreadable date."""
    schedule = _parse(data, name)
    builder = Builder()
    conference = schedule.get("conference")
    if not isinstance(conference, Mapping):
        raise InputError("clé absente", file=name, column="conference", expected='{"schedule": {"version": …, "conference": {…}}}')
    _unknown(builder, schedule, _SCHEDULE, "schedule")
    _unknown(builder, conference, _CONFERENCE, "conference")
    title = doc.short(text_of(conference.get("title"))) or doc.short(text_of(conference.get("acronym")))
    slug = slug_for(text_of(conference.get("acronym")) or title, slug, name)
    days = _list(conference.get("days"))
    zone_name, zone = _zone(conference, days, name)
    base_url = doc.web(text_of(schedule.get("base_url")) or text_of(conference.get("base_url")))
    rooms = _rooms(conference)
    said_days, raws = _days(days, rooms, builder, zone, name, slug)
    add_slots(builder, raws, slug=slug, zone=zone, base_url=base_url, name=name)
    programme = Programme(
        slug=slug,
        title=title or slug,
        version=doc.short(text_of(schedule.get("version"))),
        timezone=zone_name,
        days=settle_days(said_days, builder, zone),
        rooms=tuple(rooms.values()),
        tracks=_tracks(conference),
        slots=tuple(builder.slots),
        url=doc.web(text_of(conference.get("url"))),
        base_url=base_url,
        timeslot_minutes=_timeslot(text_of(conference.get("timeslot_duration"))),
    )
    if not programme.days:
        raise InputError("aucune journée dans ce programme", file=name, column="days", expected="au moins une journée")
    programme = doc.finish(programme)
    # The schema has no word for the address of a recording.
    return Reading(programme, doc.ALL_FIELDS - {"recording_url"}, notes=(*builder.told(), *doc.likenesses(programme)))


def _constant(said: str) -> Any:
    raise ValueError(said)


def _parse(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        value = json.loads(data.decode("utf-8-sig"), parse_constant=_constant)
    except UnicodeDecodeError:
        raise InputError("le fichier n'est pas en UTF-8", file=name, expected="un JSON en UTF-8") from None
    except (ValueError, RecursionError) as error:
        line = f" à la ligne {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"ce n'est pas un JSON lisible{line}", file=name, expected="un fichier schedule.json") from None
    if isinstance(value, Mapping):
        inner = value.get("schedule", value)
        if isinstance(inner, Mapping) and ("conference" in inner or "schedule" in value):
            return inner
    raise InputError("clé absente", file=name, column="schedule", expected='{"schedule": {"version": …, "conference": {…}}}')


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _unknown(builder: Builder, value: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in value:
        if key not in known:
            builder.note(f"clé inconnue laissée de côté : « {doc.short(key)[:60]} » dans « {where} »")


def _events(day: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    rooms = day.get("rooms")
    if not isinstance(rooms, Mapping):
        return []
    return [(doc.short(label), event) for label, events in rooms.items() for event in _list(events)]


def _zone(conference: Mapping[str, Any], days: list[Mapping[str, Any]], name: str) -> tuple[str, ZoneInfo]:
    said = text_of(conference.get("time_zone_name")).strip()
    offsets = [
        offset
        for day in days
        for _, event in _events(day)
        if (offset := offset_of(text_of(event.get("date")), text_of(event.get("start")))) is not None
    ]
    try:
        zone_name = doc.zone_of(said, offsets)
    except ValueError:
        raise InputError("fuseau horaire inconnu", file=name, column="time_zone_name", found=said, expected="America/Martinique") from None
    return zone_name, ZoneInfo(zone_name)


def _rooms(conference: Mapping[str, Any]) -> dict[str, Room]:
    rooms = {}
    for room in _list(conference.get("rooms")):
        label, kind, capacity = doc.short(text_of(room.get("name"))), text_of(room.get("type")), room.get("capacity")
        if label and label not in rooms:
            rooms[label] = Room(
                label,
                guid_of(text_of(room.get("guid"))),
                kind if kind in doc.ROOM_KINDS else "other",
                int(capacity)
                if isinstance(capacity, (int, float)) and not isinstance(capacity, bool) and 1 <= capacity <= 10_000
                else None,
            )
    return rooms


def _tracks(conference: Mapping[str, Any]) -> tuple[Track, ...]:
    made = []
    for track in _list(conference.get("tracks")):
        colour = text_of(track.get("color")).strip()
        colour = colour.lower() if doc.COLOUR.fullmatch(colour) else ""
        made.append(Track(doc.short(text_of(track.get("name"))), text_of(track.get("slug")).strip(), colour))
    return tuple(made)


def _days(
    days: list[Mapping[str, Any]], rooms: dict[str, Room], builder: Builder, zone: ZoneInfo, name: str, slug: str
) -> tuple[list[tuple[int, date | None, datetime | None, datetime | None]], list[Raw]]:
    said_days, raws = [], []
    used: set[int] = set()
    zero_based = any(day.get("index") == 0 for day in days)
    for position, day in enumerate(days, start=1):
        number = day.get("index")
        index = number + zero_based if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10_000 else position
        if index in used:
            builder.note("numéro de journée présent deux fois : le second est changé")
            index = max(used) + 1
        used.add(index)
        said, starts, ends = (text_of(day.get(key)).strip() for key in ("date", "day_start", "day_end"))
        try:
            on = day_of(said) if said else None
            starts_at = instant(starts, zone) if starts else None
            ends_at = instant(ends, zone) if ends else None
        except (ValueError, OverflowError):
            raise InputError(f"journée {index}", file=name, column="date", found=said or starts, expected="AAAA-MM-JJ") from None
        if on is None and starts_at is not None:
            on = doc.day_date(starts_at, zone)
        said_days.append((index, on, starts_at, ends_at))
        for label in day["rooms"] if isinstance(day.get("rooms"), Mapping) else ():
            if doc.short(label):
                rooms.setdefault(doc.short(label), Room(doc.short(label)))
        raws += [_raw(event, builder, label, index, on, slug) for label, event in _events(day)]
    return said_days, raws


def _raw(event: Mapping[str, Any], builder: Builder, room: str, day: int, on: date | None, slug: str) -> Raw:
    _unknown(builder, event, _EVENT, "événement")
    texts = {key: text_of(event.get(key)) for key in _EVENT_TEXTS}
    said = doc.short(text_of(event.get("room")))
    if room and said and said != room:
        builder.note("salle de l'événement différente de celle qui le contient : la seconde est gardée")
    texts["room"] = room or said
    texts["recording_licence"] = text_of(event.get("recording_license"))
    persons = [
        person(
            text_of(someone.get("name")) or text_of(someone.get("public_name")),
            text_of(someone.get("guid")),
            text_of(someone.get("id")),
            slug,
        )
        for someone in _list(event.get("persons"))
    ]
    return Raw(
        texts,
        day,
        on,
        persons=persons,
        links=_links(event.get("links")),
        attachments=_links(event.get("attachments")),
        recording_refused=event.get("do_not_record") is True,
    )


def _links(value: Any) -> list[Link]:
    """`url`, or `href` as some systems write it."""
    return [
        Link(text_of(link.get("url")) or text_of(link.get("href")), text_of(link.get("title")), text_of(link.get("type")))
        for link in _list(value)
    ]


def _timeslot(said: str) -> int:
    try:
        return doc.duration(said)
    except ValueError:
        return 5


# --- writing -----------------------------------------------------------------------------------------------------------------------


def write(programme: Programme, *, version: str) -> bytes:
    """The programme as schedule.json, valid against the schema. Cancelled slots are left out: the format cannot say them.

    Every room and every slot needs a `guid` and each slot a `url`, which the schema requires. Raises ValueError without them.
    """
    slots = [slot for slot in programme.slots if not slot.cancelled]
    if any(room.guid is None for room in programme.rooms) or any(not slot.url for slot in slots):
        raise ValueError("schedule.json needs the guid of each room and the url of each slot")
    conference: dict[str, Any] = {
        "acronym": programme.slug,
        "title": programme.title,
        "start": programme.days[0].date.isoformat(),
        "end": programme.days[-1].date.isoformat(),
        "daysCount": len(programme.days),
        "timeslot_duration": doc.hours(programme.timeslot_minutes),
        "tracks": [_track(track) for track in programme.tracks],
        "rooms": [_room(room) for room in programme.rooms],
        "days": [_day(programme, day, slots) for day in programme.days],
    }
    if _ZONE.match(programme.timezone):
        conference["time_zone_name"] = programme.timezone
    if programme.url:
        conference["url"] = programme.url
    schedule: dict[str, Any] = {"version": programme.version or "1", "conference": conference}
    if programme.base_url:
        schedule["base_url"] = programme.base_url
    whole = {"generator": {"name": "Yole", "version": version}, "schedule": schedule}
    return (json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def _track(track: Track) -> dict[str, str]:
    made = {"name": track.name, "slug": track.slug}
    return {**made, "color": track.colour} if track.colour else made


def _room(room: Room) -> dict[str, Any]:
    return {"name": room.name, "guid": str(room.guid), "type": room.kind, "capacity": room.capacity}


def _day(programme: Programme, day: doc.Day, slots: list[Slot]) -> dict[str, Any]:
    rooms: dict[str, list[dict[str, Any]]] = {}
    mine = [slot for slot in slots if slot.day == day.index]
    for slot in mine:
        rooms.setdefault(slot.room, []).append(_event(programme, slot))
    return {
        "index": day.index,
        "date": day.date.isoformat(),
        "day_start": day.starts_at.astimezone(programme.zone).isoformat(),
        "day_end": day.ends_at.astimezone(programme.zone).isoformat(),
        "rooms": rooms,
    }


def _event(programme: Programme, slot: Slot) -> dict[str, Any]:
    local = slot.starts_at.astimezone(programme.zone)
    event: dict[str, Any] = {
        "guid": str(slot.guid),
        "id": slot.id,
        "date": local.isoformat(),
        "start": f"{local:%H:%M}",
        "end": slot.ends_at.astimezone(programme.zone).isoformat(),
        "duration": doc.hours(slot.minutes),
        "room": slot.room,
        "slug": doc.slot_slug(programme.slug, slot.id, slot.title),
        "url": slot.url,
        "title": slot.title,
        "subtitle": slot.subtitle,
        "track": slot.track,
        "type": slot.kind,
        "language": slot.language,
        "abstract": slot.abstract,
        "description": slot.description,
        "recording_license": slot.recording_licence,
        "do_not_record": slot.recording_refused,
        "persons": [_person(someone) for someone in slot.persons],
        "links": [_link(link) for link in slot.links],
        "attachments": [_link(link) for link in slot.attachments],
    }
    optional = {"code": slot.code, "feedback_url": slot.feedback_url, "origin_url": slot.origin_url}
    return {**event, **{key: value for key, value in optional.items() if value}}


def _person(someone: doc.Person) -> dict[str, str]:
    """`name`, never beside `public_name`: a person with both is neither of the two shapes of the schema."""
    return {"name": someone.name, "guid": str(someone.guid)} if someone.guid else {"name": someone.name}


def _link(link: Link) -> dict[str, str]:
    made = {"url": link.url, "title": link.title}
    if link.kind:
        made["type"] = link.kind if link.kind in doc.LINK_KINDS else "related"
    return made
