"""A programme as files carry it: plain values, one normal form, what is checked in it. Pure.

Every reader of `yole.events.formats` gives a `Reading`; every writer takes a `Programme`. Source of the fields: schedule.xml and
schedule.json (voc/schedule, snapshot of June 2026) and RFC 5545.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from yole.kernel.text import fold

SLUG: Final = re.compile(r"[a-z0-9_]{4,}")
TRACK_SLUG: Final = re.compile(r"[a-z][a-z0-9-]+")
CODE: Final = re.compile(r"[0-9A-Z]{6}")
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
ROOM_KINDS: Final = ("lecturehall", "stage", "workshop", "outside", "online", "project", "bbb", "hangar", "other")
LINK_KINDS: Final = ("slides", "paper", "web", "blog", "article", "media", "related", "activitypub")
DEFAULT_ZONE: Final = "America/Martinique"
DAY_STARTS: Final = time(6, 0)
"""What happens before this hour belongs to the day that began the evening before."""
MINUTES_MOST: Final = 24 * 60 - 1
LIMITS: Final = {
    "title": 300,
    "subtitle": 300,
    "type": 80,
    "language": 12,
    "track": 80,
    "room": 80,
    "person": 120,
    "recording_licence": 120,
    "address": 500,
    "edition": 150,
    "slug": 60,
}
"""Signs of the longest text of each field; the columns of the tables are as long."""
_WRAPPED: Final = re.compile(r"[ \t]*[\n\t][ \t\n]*")
_SPACE: Final = UUID("6f0e6f44-32a5-4b8e-9c63-0d8a6a5f7f11")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody shown in the programme. Never an e-mail, nor an identifier computed from one."""

    name: str
    guid: UUID | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """`url` is absolute, http or https; `kind` is free text in XML and one of LINK_KINDS in JSON."""

    url: str
    title: str = ""
    kind: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    name: str
    guid: UUID | None = None
    kind: str = "other"
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Track:
    name: str
    slug: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the programme: its `index` counts from 1; `starts_at` and `ends_at` are instants, the end may be after midnight."""

    index: int
    date: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing of the programme. `starts_at` is an instant in UTC; `minutes` its length; `day` the index of its day."""

    guid: UUID
    id: int
    day: int
    room: str
    title: str
    starts_at: datetime
    minutes: int
    code: str = ""
    subtitle: str = ""
    kind: str = ""
    track: str = ""
    language: str = ""
    abstract: str = ""
    description: str = ""
    persons: tuple[Person, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Link, ...] = ()
    recording_licence: str = ""
    recording_refused: bool = False
    recording_url: str = ""
    url: str = ""
    feedback_url: str = ""
    origin_url: str = ""
    cancelled: bool = False
    sequence: int = 0
    changed_at: datetime | None = field(default=None, compare=False)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Programme:
    """An edition with its days, rooms, tracks and slots; slots are in the order of `in_order`."""

    slug: str
    title: str
    version: str
    timezone: str
    days: tuple[Day, ...]
    rooms: tuple[Room, ...] = ()
    tracks: tuple[Track, ...] = ()
    slots: tuple[Slot, ...] = ()
    url: str = ""
    base_url: str = ""
    timeslot_minutes: int = 5

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


# What a format says of a slot; an import leaves alone the fields that the file cannot carry.
ALL_FIELDS: Final = frozenset(Slot.__dataclass_fields__) - {"sequence", "cancelled", "changed_at"}
CALENDAR_FIELDS: Final = frozenset({"guid", "id", "day", "room", "title", "starts_at", "minutes", "description", "url", "cancelled"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says, which fields it can say, and notes for the person who reads it."""

    programme: Programme
    fields: frozenset[str] = ALL_FIELDS
    notes: tuple[str, ...] = ()


# --- normal forms ------------------------------------------------------------------------------------------------------------------


def clean(text: str | None) -> str:
    """Line ends as \\n, and no character that XML and calendars cannot carry (controls, lone surrogates, U+FFFE, U+FFFF)."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff"))


def short(text: str | None) -> str:
    """A name or a title: `clean`, on one line, no space at the ends; no-break spaces stay."""
    return _WRAPPED.sub(" ", clean(text).strip(" \t\n"))


def block(text: str | None) -> str:
    """A longer text: `clean`; nothing when there is nothing but spaces."""
    cleaned = clean(text)
    return cleaned if cleaned.strip() else ""


def web(text: str | None) -> str:
    """An absolute http or https address, or nothing. Other schemes could run in a page."""
    address = "".join(clean(text).split())
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def slug_of(text: str) -> str:
    """The name of an edition in addresses: lower case, digits and underscores, 4 at least (hyphens would be invalid in schedule.json)."""
    if SLUG.fullmatch(text.strip()):
        return text.strip()
    made = fold(text).replace(" ", "_")
    return made if len(made) >= 4 else f"{made}_nec".strip("_")


def track_slug(name: str) -> str:
    """`[a-z][a-z0-9-]+` from a name."""
    made = fold(name).replace(" ", "-")
    return made if TRACK_SLUG.fullmatch(made) else f"t-{made or 'x'}"


def slot_slug(slug: str, slot_id: int, title: str) -> str:
    """The name of a slot in files: unique by its number, valid in both schemas."""
    return f"{slug}-{slot_id:04d}-{fold(title).replace(' ', '-')[:60]}".rstrip("-")


def named_guid(*parts: str) -> UUID:
    """A stable identifier for what has a public one of another shape (a number, an iCalendar UID); never for an e-mail."""
    return uuid5(_SPACE, "\x1f".join(parts))


def duration(text: str) -> int:
    """Minutes of `1:30`, `01:30`, `01:30:00`, or of a bare number of minutes. Raises ValueError."""
    parts = text.strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise ValueError(text)
    numbers = [int(part) for part in parts]
    minutes = numbers[0] if len(numbers) == 1 else numbers[0] * 60 + numbers[1]
    if len(numbers) > 1 and max(numbers[1:]) > 59:
        raise ValueError(text)
    if not 1 <= minutes <= MINUTES_MOST:
        raise ValueError(text)
    return minutes


def hours(minutes: int) -> str:
    """`HH:MM`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def zone_of(name: str, offsets: Iterable[timedelta]) -> str:
    """The zone of a file: the one it names, else the one of Martinique when every offset agrees with it, else a fixed offset.

    `offsets` are seen in its dates. Raises ValueError for a name that is no zone.
    """
    if name:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(name) from None
        return name
    seen = Counter(offsets)
    if not seen or set(seen) == {timedelta(hours=-4)}:
        return DEFAULT_ZONE
    first = seen.most_common(1)[0][0]
    whole = round(first / timedelta(hours=1))
    return "UTC" if not whole or not -14 <= whole <= 12 else f"Etc/GMT{-whole:+d}"


def day_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date of the conference day of an instant: before six in the morning, the day before."""
    local = moment.astimezone(zone)
    return local.date() if local.time() >= DAY_STARTS else local.date() - timedelta(days=1)


def bounds(index: int, day: date, slots: Iterable[Slot], zone: ZoneInfo) -> Day:
    """A day from 06:00 to 06:00 the next morning, wider when a slot of this day is outside."""
    starts = datetime.combine(day, DAY_STARTS, zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), DAY_STARTS, zone).astimezone(UTC)
    mine = [slot for slot in slots if slot.day == index]
    return Day(
        index,
        day,
        min([starts, *(slot.starts_at for slot in mine)]),
        max([ends, *(slot.ends_at for slot in mine)]),
    )


def in_order(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    return tuple(sorted(slots, key=lambda slot: (slot.day, slot.starts_at, slot.room, slot.id)))


def finish(programme: Programme) -> Programme:
    """The normal form: slots in order, every room and track named by a slot present once, tracks with a slug, links once."""
    rooms = {room.name: room for room in reversed(programme.rooms)}
    rooms = dict(reversed(rooms.items()))
    tracks = {track.name: track for track in reversed(programme.tracks) if track.name}
    tracks = dict(reversed(tracks.items()))
    slots = in_order(programme.slots)
    for slot in slots:
        rooms.setdefault(slot.room, Room(slot.room))
        if slot.track:
            tracks.setdefault(slot.track, Track(slot.track))
    used: set[str] = set()
    named = []
    for track in tracks.values():
        wanted = track.slug if TRACK_SLUG.fullmatch(track.slug) else track_slug(track.name)
        slug, n = wanted, 2
        while slug in used:
            slug, n = f"{wanted}-{n}", n + 1
        used.add(slug)
        named.append(replace(track, slug=slug))
    return replace(programme, rooms=tuple(rooms.values()), tracks=tuple(named), slots=slots)


# --- what is checked ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clash:
    """Two slots at one time in one room."""

    room: str
    first: Slot
    second: Slot


def clashes(slots: Iterable[Slot]) -> list[Clash]:
    """Slots that overlap in their room, by order of time; cancelled ones occupy nothing."""
    by_room: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        if not slot.cancelled:
            by_room[slot.room].append(slot)
    found = []
    for room, mine in sorted(by_room.items()):
        mine.sort(key=lambda slot: (slot.starts_at, slot.ends_at, slot.id))
        last = mine[0]
        for slot in mine[1:]:
            if slot.starts_at < last.ends_at:
                found.append(Clash(room, last, slot))
            if slot.ends_at > last.ends_at:
                last = slot
    return found


def likenesses(programme: Programme) -> list[str]:
    """Names that may be one person, told and never merged: two spellings, or one spelling without an identifier."""
    spellings: dict[str, dict[str, set[UUID | None]]] = defaultdict(lambda: defaultdict(set))
    bare: Counter[str] = Counter()
    for slot in programme.slots:
        for person in slot.persons:
            spellings[fold(person.name)][person.name].add(person.guid)
            if person.guid is None:
                bare[person.name] += 1
    told = []
    for names in spellings.values():
        if len(names) > 1:
            told.append("noms proches, gardés séparés : " + ", ".join(f"« {name} »" for name in sorted(names)))
    told += [f"« {name} » cité {count} fois sans identifiant : gardé séparé" for name, count in sorted(bare.items()) if count > 1]
    return told


@dataclass(slots=True)
class Builder:
    """Collects slots while a file is read: unique numbers and identifiers, notes told once each."""

    notes: dict[str, int] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    reserved: set[int] = field(default_factory=set)
    ids: set[int] = field(default_factory=set)
    guids: set[UUID] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    def note(self, message: str) -> None:
        self.notes[message] = self.notes.get(message, 0) + 1

    def told(self) -> tuple[str, ...]:
        return tuple(message if count == 1 else f"{message} ({count} fois)" for message, count in self.notes.items())
