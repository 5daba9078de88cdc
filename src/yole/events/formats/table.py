"""A programme as one table: CSV in UTF-8, one row per slot, the same out and in again.

A cell with several persons or links has one on each line: a name, its identifier on the same line of `person_guids`; an address, then
its title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from yole.events.engine import document as doc
from yole.events.engine.document import Builder, Link, Person, Programme, Reading, Room, Slot, Track
from yole.events.formats.reading import Raw, add_slots, day_of, guid_of, offset_of, settle_days, slug_for
from yole.kernel.errors import InputError
from yole.kernel.tables import escaped, parse_table, unescaped, write_table

REQUIRED: Final = ("title", "room", "date", "duration")
COLUMNS: Final = (
    "edition",
    "edition_title",
    "time_zone",
    "version",
    "day",
    "day_date",
    "date",
    "start",
    "duration",
    "id",
    "guid",
    "code",
    "room",
    "room_guid",
    "room_kind",
    "room_capacity",
    "title",
    "subtitle",
    "type",
    "track",
    "track_slug",
    "track_colour",
    "language",
    "abstract",
    "description",
    "persons",
    "person_guids",
    "links",
    "attachments",
    "recording_licence",
    "recording_refused",
    "recording_url",
    "url",
    "feedback_url",
    "origin_url",
    "cancelled",
    "sequence",
)
_TEXTS: Final = [
    "id",
    "guid",
    "code",
    "room",
    "date",
    "start",
    "duration",
    "title",
    "subtitle",
    "type",
    "track",
    "language",
    "abstract",
    "description",
    "recording_licence",
    "recording_url",
    "url",
    "feedback_url",
    "origin_url",
]


def read(data: bytes, name: str, slug: str = "") -> Reading:
    """The programme of a CSV. Raises InputError: not a table of slots, an unreadable date or length, no slug in the file nor in `slug`."""
    header = data[:4096].decode("utf-8", "replace").lower().partition("\n")[0]
    if not all(column in header for column in REQUIRED):
        raise InputError(
            "format inconnu", file=name, expected=f"schedule.xml, schedule.json, iCalendar, ou CSV avec les colonnes {', '.join(REQUIRED)}"
        )
    table = parse_table(data, name, required=REQUIRED)
    rows = [{key: unescaped(cell) for key, cell in record.items()} for record in table.records()]
    if not rows:
        raise InputError("aucun créneau dans ce fichier", file=name, expected="une ligne par créneau")
    first = rows[0]
    slug = slug_for(first.get("edition", "") or first.get("edition_title", ""), slug, name)
    said = first.get("time_zone", "").strip()
    offsets = [offset for row in rows if (offset := offset_of(row["date"], row.get("start", ""))) is not None]
    try:
        zone_name = doc.zone_of(said, offsets)
    except ValueError:
        raise InputError(
            "fuseau horaire inconnu", file=name, row=1, column="time_zone", found=said, expected="America/Martinique"
        ) from None
    zone = ZoneInfo(zone_name)
    builder = Builder()
    raws = [_raw(row, number, zone, name) for number, row in enumerate(rows, start=1)]
    dates = {raw.day: raw.day_date for raw in reversed(raws) if raw.day}
    if any(not raw.day for raw in raws):
        index = {on: n for n, on in enumerate(sorted({raw.day_date for raw in raws if raw.day_date}), start=1)}
        raws = [replace(raw, day=index[raw.day_date]) if raw.day_date else raw for raw in raws]
        dates = {n: on for on, n in index.items()}
    add_slots(builder, raws, slug=slug, zone=zone, base_url="", name=name)
    programme = Programme(
        slug=slug,
        title=doc.short(first.get("edition_title", "")) or slug,
        version=doc.short(first.get("version", "")),
        timezone=zone_name,
        days=settle_days([(n, on, None, None) for n, on in dates.items()], builder, zone),
        rooms=tuple(_room(row) for row in rows if doc.short(row["room"])),
        tracks=tuple(_track(row) for row in rows if doc.short(row.get("track", ""))),
        slots=tuple(builder.slots),
    )
    programme = doc.finish(programme)
    fields = frozenset(field for field in doc.ALL_FIELDS | {"cancelled"} if _COLUMN.get(field, field) in table.header)
    fields |= {"guid", "id", "day", "room", "title", "starts_at", "minutes"}
    return Reading(programme, fields, (*builder.told(), *doc.likenesses(programme)))


_COLUMN: Final = {"kind": "type", "starts_at": "date", "minutes": "duration"}


def _raw(row: dict[str, str], number: int, zone: ZoneInfo, name: str) -> Raw:
    texts = {key: row.get(key, "") for key in _TEXTS}
    day = row.get("day", "").strip()
    if day and not (day.isascii() and day.isdigit() and 1 <= int(day) <= 9999):
        raise InputError("journée impossible", file=name, row=number, column="day", found=day, expected="1, 2, 3…")
    try:
        on = day_of(row["day_date"]) if row.get("day_date", "").strip() else _on(texts["date"], zone)
    except ValueError:
        raise InputError(
            "date illisible", file=name, row=number, column="date", found=texts["date"], expected="AAAA-MM-JJTHH:MM-04:00"
        ) from None
    if row.get("id", "").strip() == "":
        texts["id"] = str(number)
    names = [line for line in row.get("persons", "").split("\n") if line.strip()]
    guids = row.get("person_guids", "").split("\n")
    return Raw(
        texts,
        int(day or 0),
        on,
        persons=[Person(doc.short(n), guid_of(guids[i]) if i < len(guids) else None) for i, n in enumerate(names)],
        links=_links(row.get("links", "")),
        attachments=_links(row.get("attachments", "")),
        recording_refused=_yes(row.get("recording_refused", "")),
        cancelled=_yes(row.get("cancelled", "")),
        sequence=int(said) if (said := row.get("sequence", "").strip()).isascii() and said.isdigit() and len(said) < 9 else 0,
    )


def _on(said: str, zone: ZoneInfo) -> date:
    moment = datetime.fromisoformat(said.strip())
    return (
        doc.day_date(moment if moment.tzinfo else moment.replace(tzinfo=zone), zone)
        if "T" in said or " " in said.strip()
        else moment.date()
    )


def _yes(said: str) -> bool:
    return said.strip().lower() in ("1", "true", "oui", "vrai")


def _room(row: dict[str, str]) -> Room:
    said = row.get("room_capacity", "").strip()
    capacity = int(said) if said.isascii() and said.isdigit() and len(said) <= 5 and 1 <= int(said) <= 10_000 else None
    kind = row.get("room_kind", "")
    return Room(doc.short(row["room"]), guid_of(row.get("room_guid", "")), kind if kind in doc.ROOM_KINDS else "other", capacity)


def _track(row: dict[str, str]) -> Track:
    colour = row.get("track_colour", "")
    return Track(doc.short(row["track"]), row.get("track_slug", ""), colour.lower() if doc.COLOUR.fullmatch(colour) else "")


def _links(cell: str) -> list[Link]:
    """`address title`, or `address [type] title`, or `address [type/service] title`, one on each line."""
    made = []
    for line in cell.split("\n"):
        address, _, rest = line.strip(" \t").partition(" ")
        kind = service = ""
        if rest.startswith("["):
            label, _, rest = rest[1:].partition("]")
            kind, _, service = label.partition("/")
        if address:
            made.append(Link(address, rest.strip(" "), kind, service))
    return made


# --- writing -----------------------------------------------------------------------------------------------------------------------


def write(programme: Programme) -> bytes:
    """The programme as CSV, cancelled slots included."""
    rooms = {room.name: room for room in programme.rooms}
    tracks = {track.name: track for track in programme.tracks}
    days = {day.index: day.date.isoformat() for day in programme.days}
    return write_table(COLUMNS, [_row(programme, slot, rooms, tracks, days) for slot in programme.slots])


def _row(programme: Programme, slot: Slot, rooms: dict[str, Room], tracks: dict[str, Track], days: dict[int, str]) -> Sequence[object]:
    room, track = rooms[slot.room], tracks.get(slot.track, Track(""))
    local = slot.starts_at.astimezone(programme.zone)
    cells = {
        "edition": programme.slug,
        "edition_title": programme.title,
        "time_zone": programme.timezone,
        "version": programme.version,
        "day": slot.day,
        "day_date": days.get(slot.day, ""),
        "date": local.isoformat(),
        "start": f"{local:%H:%M}",
        "duration": doc.hours(slot.minutes),
        "room_guid": room.guid,
        "room_kind": room.kind,
        "room_capacity": room.capacity,
        "type": slot.kind,
        "track_slug": track.slug,
        "track_colour": track.colour,
        "persons": "\n".join(person.name for person in slot.persons),
        "person_guids": "\n".join(str(person.guid or "") for person in slot.persons),
        "links": "\n".join(_link(link) for link in slot.links),
        "attachments": "\n".join(_link(link) for link in slot.attachments),
        "recording_refused": int(slot.recording_refused),
        "cancelled": int(slot.cancelled),
    }
    return [escaped(cells[column] if column in cells else getattr(slot, column)) for column in COLUMNS]


def _link(link: Link) -> str:
    label = f"[{link.kind}/{link.service}] " if link.service else f"[{link.kind}] " if link.kind or link.title.startswith("[") else ""
    return f"{link.url} {label}{link.title}".strip(" ")
