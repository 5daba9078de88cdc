"""schedule.xml (`application/vnd.c3voc.schedule+xml`), read by conference applications of telephones.

Order of the elements and types: XML Schema of voc/schedule, snapshot of June 2026. The reader accepts neither a document type nor entities.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring
from zoneinfo import ZoneInfo

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from yole.events.engine import document as doc
from yole.events.engine.document import Builder, Link, Person, Programme, Reading, Room, Slot, Track
from yole.events.formats.reading import Raw, add_slots, day_of, guid_of, instant, offset_of, person, settle_days, slug_for
from yole.kernel.errors import InputError

MEDIA_TYPE: Final = "application/vnd.c3voc.schedule+xml"
_SaidDay = tuple[int, date | None, datetime | None, datetime | None]
_TEXTS: Final = [
    "title",
    "subtitle",
    "type",
    "track",
    "language",
    "date",
    "start",
    "duration",
    "abstract",
    "description",
    "url",
    "feedback_url",
    "origin_url",
]
_KNOWN: Final = {
    *_TEXTS,
    *("room", "persons", "links", "attachments", "recording", "logo", "slug", "video_download_url"),
}
_SCHEDULE: Final = {"generator", "url", "version", "conference", "day"}
_CONFERENCE: Final = {
    "title",
    "acronym",
    "start",
    "end",
    "days",
    "timeslot_duration",
    "base_url",
    "logo",
    "url",
    "time_zone_name",
    "color",
    "track",
}


def read(data: bytes, name: str, slug: str = "") -> Reading:
    """The programme of a schedule.xml. Raises InputError: not XML, another root, a document type or entities, an unreadable date."""
    root = _parse(data, name)
    builder = Builder()
    _unknown(builder, root, _SCHEDULE)
    conference = root.find("conference")
    if conference is None:
        conference = Element("conference")
        builder.note("élément « conference » absent")
    _unknown(builder, conference, _CONFERENCE)
    title = doc.short(_text(conference, "title")) or doc.short(_text(conference, "acronym"))
    slug = slug_for(_text(conference, "acronym") or title, slug, name)
    zone_name, zone = _zone(root, _text(conference, "time_zone_name").strip(), name)
    said_days, raws, rooms = _days(root, builder, zone, name, slug)
    base_url = doc.web(_text(conference, "base_url"))
    add_slots(builder, raws, slug=slug, zone=zone, base_url=base_url, name=name)
    programme = Programme(
        slug=slug,
        title=title or slug,
        version=doc.short(_text(root, "version")),
        timezone=zone_name,
        days=settle_days(said_days, builder, zone),
        rooms=tuple(rooms),
        tracks=_tracks(conference),
        slots=tuple(builder.slots),
        url=doc.web(_text(conference, "url")),
        base_url=base_url,
        timeslot_minutes=_timeslot(_text(conference, "timeslot_duration")),
    )
    if not programme.days:
        raise InputError("aucune journée dans ce programme", file=name, expected="au moins un élément « day »")
    programme = doc.finish(programme)
    return Reading(programme, notes=(*builder.told(), *doc.likenesses(programme)))


def _parse(data: bytes, name: str) -> Element:
    try:
        root: Element = fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise InputError(
            "document refusé : il déclare un type (DOCTYPE) ou des entités", file=name, expected="un XML sans DOCTYPE"
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        where = getattr(error, "position", None)
        line = f" à la ligne {where[0]}" if where else ""
        raise InputError(f"ce n'est pas un XML lisible{line}", file=name, expected="un fichier schedule.xml") from None
    if root.tag != "schedule":
        raise InputError("autre racine", file=name, found=f"<{root.tag}>", expected="<schedule>")
    return root


def _text(parent: Element, tag: str) -> str:
    child = parent.find(tag)
    return "".join(child.itertext()) if child is not None else ""


def _unknown(builder: Builder, parent: Element, known: set[str]) -> None:
    for child in parent:
        if isinstance(child.tag, str) and child.tag not in known:
            builder.note(f"élément inconnu laissé de côté : « {doc.short(child.tag)[:60]} » dans « {parent.tag} »")


def _zone(root: Element, said: str, name: str) -> tuple[str, ZoneInfo]:
    offsets = [offset for event in root.iter("event") if (offset := offset_of(_text(event, "date"), _text(event, "start"))) is not None]
    try:
        zone_name = doc.zone_of(said, offsets)
    except ValueError:
        raise InputError("fuseau horaire inconnu", file=name, column="time_zone_name", found=said, expected="America/Martinique") from None
    return zone_name, ZoneInfo(zone_name)


def _days(root: Element, builder: Builder, zone: ZoneInfo, name: str, slug: str) -> tuple[list[_SaidDay], list[Raw], list[Room]]:
    said_days, raws = [], []
    rooms: dict[str, Room] = {}
    used: set[int] = set()
    elements = root.findall("day")
    zero_based = any(day.get("index", "").strip() == "0" for day in elements)
    for position, day in enumerate(elements, start=1):
        number = day.get("index", "").strip()
        index = int(number) + zero_based if number.isascii() and number.isdigit() and len(number) < 5 else position
        if index in used:
            builder.note("numéro de journée présent deux fois : le second est changé")
            index = max(used) + 1
        used.add(index)
        try:
            on = day_of(day.get("date", "")) if day.get("date", "").strip() else None
            starts_at = instant(day.get("start", ""), zone) if day.get("start") else None
            ends_at = instant(day.get("end", ""), zone) if day.get("end") else None
        except (ValueError, OverflowError):
            raise InputError(
                f"journée {index}", file=name, column="date", found=day.get("date") or day.get("start"), expected="AAAA-MM-JJ"
            ) from None
        if on is None and starts_at is not None:
            on = doc.day_date(starts_at, zone)
        said_days.append((index, on, starts_at, ends_at))
        _unknown(builder, day, {"room"})
        for room in day.findall("room"):
            label = doc.short(room.get("name"))
            if label:
                known = rooms.get(label)
                rooms[label] = known if known and known.guid else Room(label, guid_of(room.get("guid", "")))
            _unknown(builder, room, {"event"})
            raws += [_raw(event, builder, label, index, on, slug) for event in room.findall("event")]
    return said_days, raws, list(rooms.values())


def _raw(event: Element, builder: Builder, room: str, day: int, on: date | None, slug: str) -> Raw:
    _unknown(builder, event, _KNOWN)
    texts = {tag: _text(event, tag) for tag in _TEXTS}
    said = doc.short(_text(event, "room"))
    if room and said and said != room:
        builder.note("salle de l'événement différente de celle qui le contient : la seconde est gardée")
    texts["room"] = room or said
    for key in ("id", "guid", "code"):
        texts[key] = event.get(key, "")
    recording = event.find("recording")
    refused = False
    if recording is not None:
        texts["recording_licence"] = _text(recording, "license")
        texts["recording_url"] = _text(recording, "url") or _text(recording, "link")
        refused = _text(recording, "optout").strip().lower() in ("true", "1")
    return Raw(
        texts,
        day,
        on,
        persons=[person("".join(p.itertext()), p.get("guid", ""), p.get("id", ""), slug) for p in event.findall("persons/person")],
        links=_links(event.findall("links/link")),
        attachments=_links(event.findall("attachments/attachment")),
        recording_refused=refused,
    )


def _links(elements: Iterable[Element]) -> list[Link]:
    return [Link(e.get("href", ""), "".join(e.itertext()), e.get("type", ""), e.get("service", "")) for e in elements]


def _tracks(conference: Element) -> tuple[Track, ...]:
    made = []
    for track in conference.findall("track"):
        label = doc.short(track.get("name")) or doc.short("".join(track.itertext()))
        colour = track.get("color", "").strip()
        made.append(Track(label, track.get("slug", "").strip(), colour.lower() if doc.COLOUR.fullmatch(colour) else ""))
    return tuple(made)


def _timeslot(said: str) -> int:
    try:
        return doc.duration(said)
    except ValueError:
        return 5


# --- writing -----------------------------------------------------------------------------------------------------------------------


def write(programme: Programme, *, url: str, version: str) -> bytes:
    """The programme as schedule.xml, valid against the schema. Cancelled slots are left out: the format cannot say them.

    `url`: public address of this file; `version`: the one of the generator.
    """
    root = Element("schedule")
    SubElement(root, "generator", {"name": "Yole", "version": version})
    if doc.web(url):
        _add(root, "url", url)
    _add(root, "version", programme.version or "1")
    _conference(root, programme)
    grouped: dict[tuple[int, str], list[Slot]] = {}
    for slot in programme.slots:
        if not slot.cancelled:
            grouped.setdefault((slot.day, slot.room), []).append(slot)
    used = {room for _, room in grouped}
    for day in programme.days:
        _day(root, programme, day, grouped, used)
    indent(root)
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def _add(parent: Element, tag: str, text: str) -> Element:
    child = SubElement(parent, tag)
    child.text = text
    return child


def _conference(root: Element, programme: Programme) -> None:
    conference = SubElement(root, "conference")
    _add(conference, "title", programme.title)
    _add(conference, "acronym", programme.slug)
    _add(conference, "start", programme.days[0].date.isoformat())
    _add(conference, "end", programme.days[-1].date.isoformat())
    _add(conference, "days", str(len(programme.days)))
    _add(conference, "timeslot_duration", doc.hours(programme.timeslot_minutes))
    for tag, text in (("base_url", programme.base_url), ("url", programme.url)):
        if text:
            _add(conference, tag, text)
    _add(conference, "time_zone_name", programme.timezone)
    for track in programme.tracks:
        made = SubElement(conference, "track", {"name": track.name, "slug": track.slug})
        if track.colour:
            made.set("color", track.colour)


def _day(root: Element, programme: Programme, day: doc.Day, grouped: dict[tuple[int, str], list[Slot]], used: set[str]) -> None:
    """The rooms where something happens that day; those that are never used are said once, on the first day."""
    element = SubElement(
        root,
        "day",
        {
            "index": str(day.index),
            "date": day.date.isoformat(),
            "start": day.starts_at.astimezone(programme.zone).isoformat(),
            "end": day.ends_at.astimezone(programme.zone).isoformat(),
        },
    )
    for room in programme.rooms:
        slots = grouped.get((day.index, room.name), [])
        if not slots and (room.name in used or day is not programme.days[0]):
            continue
        made = SubElement(element, "room", {"name": room.name})
        if room.guid:
            made.set("guid", str(room.guid))
        for slot in slots:
            _event(made, programme, slot)


def _event(room: Element, programme: Programme, slot: Slot) -> None:
    event = SubElement(room, "event", {"guid": str(slot.guid), "id": str(slot.id)})
    if slot.code:
        event.set("code", slot.code)
    local = slot.starts_at.astimezone(programme.zone)
    _add(event, "room", slot.room)
    _add(event, "title", slot.title)
    _add(event, "subtitle", slot.subtitle)
    _add(event, "type", slot.kind)
    _add(event, "date", local.isoformat())
    _add(event, "start", f"{local:%H:%M}")
    _add(event, "duration", doc.hours(slot.minutes))
    _add(event, "abstract", slot.abstract)
    _add(event, "slug", doc.slot_slug(programme.slug, slot.id, slot.title))
    _add(event, "track", slot.track)
    _persons(SubElement(event, "persons"), slot.persons)
    _add(event, "language", slot.language)
    _add(event, "description", slot.description)
    recording = SubElement(event, "recording")
    _add(recording, "license", slot.recording_licence)
    _add(recording, "optout", "true" if slot.recording_refused else "false")
    if slot.recording_url:
        _add(recording, "url", slot.recording_url)
    for parent, tag, links in (("links", "link", slot.links), ("attachments", "attachment", slot.attachments)):
        container = SubElement(event, parent)
        for link in links:
            made = _add(container, tag, link.title)
            made.set("href", link.url)
            if link.kind:
                made.set("type", link.kind)
            if link.service and tag == "link":
                made.set("service", link.service)
    for tag, address in (("url", slot.url), ("feedback_url", slot.feedback_url), ("origin_url", slot.origin_url)):
        if address:
            _add(event, tag, address)


def _persons(container: Element, persons: Iterable[Person]) -> None:
    for someone in persons:
        made = _add(container, "person", someone.name)
        if someone.guid:
            made.set("guid", str(someone.guid))
