"""What every reader shares: the format known by its content, dates, identifiers, one slot from raw text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from yole.events.engine import document as doc
from yole.events.engine.document import Builder, Link, Person, Reading, Slot
from yole.kernel.errors import InputError

FILE_MOST: Final = 20 * 1024 * 1024
SLOTS_MOST: Final = 20_000
FORMATS: Final = "schedule.xml, schedule.json, iCalendar (.ics) ou CSV"


def read(data: bytes, name: str, *, slug: str = "") -> Reading:
    """A programme file of any known format, told by its content. `slug` replaces the one of the file.

    Raises InputError: nothing inside, unknown format, or what the reader of the format refuses.
    """
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        raise InputError("le fichier est vide", file=name, expected=f"un fichier {FORMATS}")
    reader: Callable[[bytes, str, str], Reading]
    if head.startswith(b"<") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        from yole.events.formats.schedule_xml import read as reader
    elif head.startswith((b"{", b"[")):
        from yole.events.formats.schedule_json import read as reader
    elif head[:15].upper() == b"BEGIN:VCALENDAR":
        from yole.events.formats.ics import read as reader
    else:
        from yole.events.formats.table import read as reader
    reading = reader(data, name, slug)
    if len(reading.programme.title) > doc.LIMITS["edition"]:
        raise InputError("titre trop long", file=name, found=reading.programme.title, expected=f"{doc.LIMITS['edition']} signes au plus")
    return reading


def slug_for(said: str, given: str, name: str) -> str:
    """The slug of the edition: the one given, else the one of the file, in its normal form. Raises InputError when there is none."""
    if given:
        if not doc.SLUG.fullmatch(given) or len(given) > doc.LIMITS["slug"]:
            raise InputError("nom d'édition impossible", column="--slug", found=given, expected="au moins 4 lettres a-z, chiffres ou _")
        return given
    if not doc.short(said):
        raise InputError("le fichier ne dit pas le nom de l'édition", file=name, expected="l'option --slug")
    made = doc.slug_of(said)
    if len(made) > doc.LIMITS["slug"]:
        raise InputError(
            "nom d'édition trop long", file=name, found=made, expected=f"{doc.LIMITS['slug']} signes au plus, ou l'option --slug"
        )
    return made


def instant(text: str, zone: ZoneInfo) -> datetime:
    """An instant in UTC; a date without a zone is read in `zone`. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    if not 1970 <= moment.year <= 2199:
        raise ValueError(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def day_of(text: str) -> date:
    """The date in front of a date or a dateTime. Raises ValueError."""
    return date.fromisoformat(text.strip()[:10])


def offset_of(said_date: str, said_start: str) -> timedelta | None:
    """The local offset of one event: by its date, or, when that is in Z, by the local start beside it."""
    try:
        moment = datetime.fromisoformat(said_date.strip())
    except ValueError:
        return None
    offset = moment.utcoffset()
    if offset is None or offset:
        return offset
    try:
        hour, minute = (int(part) for part in said_start.split(":")[:2])
    except ValueError:
        return offset
    shift = (hour * 60 + minute) - (moment.hour * 60 + moment.minute)
    shift = (shift + 12 * 60) % (24 * 60) - 12 * 60
    return timedelta(minutes=shift)


def guid_of(text: str) -> UUID | None:
    """A UUID in its usual writings, or None."""
    try:
        return UUID(text.strip()) if text and len(text.strip()) >= 32 else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Raw:
    """One event of a file before it is read: texts as they stand; `day` its index, `day_date` the date of that day."""

    texts: Mapping[str, str]
    day: int
    day_date: date | None
    persons: Sequence[Person] = ()
    links: Sequence[Link] = ()
    attachments: Sequence[Link] = ()
    recording_refused: bool = False
    cancelled: bool = False
    sequence: int = 0

    def get(self, name: str) -> str:
        return self.texts.get(name) or ""


def add_slots(builder: Builder, raws: Sequence[Raw], *, slug: str, zone: ZoneInfo, base_url: str, name: str) -> None:
    """Reads the events into the builder. Raises InputError: too many, or one whose date or length cannot be read."""
    if len(raws) > SLOTS_MOST:
        raise InputError("trop d'événements", file=name, expected=f"{SLOTS_MOST} au plus")
    builder.reserved = {_number(raw) for raw in raws}
    for raw in raws:
        _add_slot(builder, raw, slug, zone, base_url, name)


def _add_slot(builder: Builder, raw: Raw, slug: str, zone: ZoneInfo, base_url: str, name: str) -> None:
    what = f"événement {doc.short(raw.get('id')) or len(builder.slots) + 1} ({doc.short(raw.get('title'))[:40] or 'sans titre'})"

    def refuse(column: str, found: str, expected: str) -> InputError:
        return InputError(what, file=name, column=column, found=found, expected=expected)

    for column in ("title", "subtitle", "type", "language", "track", "room", "recording_licence"):
        if len(doc.short(raw.get(column))) > doc.LIMITS[column]:
            raise refuse(column, doc.short(raw.get(column)), f"{doc.LIMITS[column]} signes au plus")
    for someone in raw.persons:
        if len(someone.name) > doc.LIMITS["person"]:
            raise refuse("person", someone.name, f"{doc.LIMITS['person']} signes au plus")
    starts_at = _start(raw, zone, refuse)
    try:
        minutes = doc.duration(raw.get("duration"))
    except ValueError:
        raise refuse("duration", raw.get("duration"), "HH:MM, de 00:01 à 23:59") from None
    title = doc.short(raw.get("title"))
    if not title:
        builder.note("événement sans titre : nommé « Sans titre »")
        title = "Sans titre"
    room = doc.short(raw.get("room"))
    if not room:
        builder.note("événement sans salle : mis dans « Salle à préciser »")
        room = "Salle à préciser"
    slot_id = _id(builder, raw)
    builder.slots.append(
        Slot(
            guid=_guid(builder, raw, slug, slot_id, starts_at),
            id=slot_id,
            day=raw.day,
            room=room,
            title=title,
            starts_at=starts_at,
            minutes=minutes,
            code=_code(builder, raw),
            subtitle=doc.short(raw.get("subtitle")),
            kind=doc.short(raw.get("type")),
            track=doc.short(raw.get("track")),
            language=doc.short(raw.get("language")),
            abstract=doc.block(raw.get("abstract")),
            description=doc.block(raw.get("description")),
            persons=tuple(person for person in raw.persons if person.name),
            links=_links(builder, raw.links, base_url, "lien"),
            attachments=_links(builder, raw.attachments, base_url, "pièce jointe"),
            recording_licence=doc.short(raw.get("recording_licence")),
            recording_refused=raw.recording_refused,
            recording_url=_web(builder, raw.get("recording_url"), base_url, "enregistrement"),
            url=_web(builder, raw.get("url"), base_url, "url"),
            feedback_url=_web(builder, raw.get("feedback_url"), base_url, "feedback_url"),
            origin_url=_web(builder, raw.get("origin_url"), base_url, "origin_url"),
            cancelled=raw.cancelled,
            sequence=raw.sequence,
        )
    )


def _start(raw: Raw, zone: ZoneInfo, refuse: Callable[[str, str, str], InputError]) -> datetime:
    """`date` is the instant, whatever `start` says; without it, the day and the local start, after midnight when before six."""
    said, start = raw.get("date").strip(), raw.get("start").strip()
    if "T" in said or " " in said:
        try:
            return instant(said, zone)
        except (ValueError, OverflowError):
            raise refuse("date", said, "AAAA-MM-JJTHH:MM:SS-04:00") from None
    try:
        day = day_of(said) if said else raw.day_date
        clock = time.fromisoformat(start if len(start.split(":")[0]) == 2 else f"0{start}")
    except ValueError:
        raise refuse("start", f"{said} {start}".strip(), "AAAA-MM-JJ et HH:MM") from None
    if day is None:
        raise refuse("date", said, "AAAA-MM-JJTHH:MM:SS-04:00")
    if not said and clock < doc.DAY_STARTS:
        day += timedelta(days=1)
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _number(raw: Raw) -> int:
    said = raw.get("id").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 9 else 0


def _id(builder: Builder, raw: Raw) -> int:
    number = _number(raw)
    if number < 1:
        builder.note("événement sans numéro : numéroté")
    elif number in builder.ids:
        builder.note("numéro présent deux fois : le second est changé")
    else:
        builder.ids.add(number)
        return number
    number = max(builder.ids | builder.reserved, default=0) + 1
    builder.ids.add(number)
    return number


def _guid(builder: Builder, raw: Raw, slug: str, slot_id: int, starts_at: datetime) -> UUID:
    guid = guid_of(raw.get("guid"))
    if guid is None:
        builder.note("événement sans identifiant (guid) : un identifiant stable est tiré de son numéro")
        guid = doc.named_guid(slug, "slot", raw.get("guid").strip() or str(slot_id))
    if guid in builder.guids:
        builder.note("identifiant (guid) présent deux fois : le second est changé")
        guid = doc.named_guid(slug, str(guid), starts_at.isoformat(), str(slot_id))
    builder.guids.add(guid)
    return guid


def _code(builder: Builder, raw: Raw) -> str:
    code = raw.get("code").strip().upper()
    if not code:
        return ""
    if not doc.CODE.fullmatch(code) or code in builder.codes:
        builder.note("code qui n'est pas 6 lettres ou chiffres, ou présent deux fois : laissé de côté")
        return ""
    builder.codes.add(code)
    return code


def _web(builder: Builder, said: str, base_url: str, what: str) -> str:
    said = doc.short(said)
    if said.startswith("/") and base_url:
        said = base_url.rstrip("/") + said
    address = doc.web(said)
    if len(address) > doc.LIMITS["address"]:
        builder.note(f"adresse laissée de côté ({what}) : plus de {doc.LIMITS['address']} signes")
        return ""
    if said and not address:
        builder.note(f"adresse laissée de côté ({what}) : ni http ni https")
    return address


def _links(builder: Builder, links: Sequence[Link], base_url: str, what: str) -> tuple[Link, ...]:
    kept = []
    for link in links:
        address = _web(builder, link.url, base_url, what)
        if address:
            kept.append(Link(address, doc.short(link.title), doc.short(link.kind), doc.short(link.service)))
    return tuple(dict.fromkeys(kept))


def person(name: str, guid: str, number: str, slug: str) -> Person:
    """Somebody of the programme; a public number of the file gives a stable identifier, nothing else does."""
    found = guid_of(guid)
    if found is None and number.strip().isdigit():
        found = doc.named_guid(slug, "person", number.strip())
    return Person(doc.short(name), found)


def settle_days(
    said: Sequence[tuple[int, date | None, datetime | None, datetime | None]], builder: Builder, zone: ZoneInfo
) -> tuple[doc.Day, ...]:
    """The days of a file, completed by their slots. `said`: index, date, start, end, each of the last three perhaps missing."""
    days = {}
    for index, on, starts_at, ends_at in said:
        mine = [slot for slot in builder.slots if slot.day == index]
        if on is None:
            first = starts_at or min((slot.starts_at for slot in mine), default=None)
            if first is None:
                continue
            on = doc.day_date(first, zone)
        made = doc.bounds(index, on, mine, zone)
        if starts_at is not None and ends_at is not None and starts_at < ends_at:
            made = replace(
                made,
                starts_at=min([starts_at, *(slot.starts_at for slot in mine)]),
                ends_at=max([ends_at, *(slot.ends_at for slot in mine)]),
            )
        days[index] = made
    return tuple(days[index] for index in sorted(days))


def text_of(value: Any) -> str:
    """The text of a JSON value; of a translated one (`{fr: …, en: …}`), the French, else the first."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return text_of(value.get("fr") or next(iter(value.values()), ""))
    if isinstance(value, bool) or value is None or isinstance(value, (list, tuple)):
        return ""
    return str(value)
