"""Reads on the programme. `read` gives slots either as they are prepared or as the last version published them: one shape for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from yole.base.scope import system_scope
from yole.events.engine.conflicts import Conflict, Interval, Placed, Talker, conflicts
from yole.events.enums import PUBLIC_STATUSES, Audience, HalfDay, Kind
from yole.events.models import Edition, ProgrammeVersion, Room, Slot, SlotSpeaker, Speaker
from yole.territory.models import Territory

HALF_DAYS = {HalfDay.MORNING: (time(0), time(13)), HalfDay.AFTERNOON: (time(12), time(18)), HalfDay.EVENING: (time(17), time(23, 59))}
"""Hours (local) that an author's « matin », « après-midi », « soir » covers; they overlap around noon and at the end of the afternoon."""


@dataclass(frozen=True, slots=True)
class PublicSpeaker:
    """A speaker as the programme shows them. `guid` is ours (uuid4), the `external_` ones came with an imported programme."""

    guid: str
    name: str
    biography: str = ""
    organisation: str = ""
    external_id: str = ""
    external_guid: str = ""


@dataclass(frozen=True, slots=True)
class PublicSlot:
    """A slot as readers see it. `starts_at` aware (UTC), None when it is still to place; `day` the rank of the day of conference, from 1.

    `type_label`: the type in words (the imported one, else the label of `kind`). `track`, `room`, `venue`: names, empty for none.
    `limited`: places are limited, people register. `first_version`: version in which it first appeared, None for never.
    """

    guid: str
    number: int
    title: str
    minutes: int
    kind: str
    code: str = ""
    subtitle: str = ""
    abstract: str = ""
    description: str = ""
    type_label: str = ""
    track: str = ""
    track_slug: str = ""
    audience: str = Audience.ALL
    language: str = ""
    venue: str = ""
    room: str = ""
    room_guid: str = ""
    room_step_free: bool = False
    room_induction_loop: bool = False
    room_sign_language: bool = False
    day: int | None = None
    starts_at: datetime | None = None
    speakers: tuple[PublicSpeaker, ...] = ()
    links: tuple[dict[str, str], ...] = ()
    attachments: tuple[dict[str, str], ...] = ()
    recording_licence: str = ""
    recording_refused: bool = False
    recording_url: str = ""
    feedback_url: str = ""
    origin_url: str = ""
    logo: str = ""
    external_slug: str = ""
    limited: bool = False
    first_version: int | None = None
    sequence: int = 0
    cancelled: bool = False
    cancel_reason: str = ""
    zone: str = field(default="UTC", compare=False)

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None

    @property
    def local_start(self) -> datetime | None:
        return self.starts_at.astimezone(ZoneInfo(self.zone)) if self.starts_at else None

    @property
    def local_end(self) -> datetime | None:
        return self.ends_at.astimezone(ZoneInfo(self.zone)) if self.ends_at else None

    @property
    def is_break(self) -> bool:
        return self.kind == Kind.BREAK

    @property
    def kind_words(self) -> str:
        return self.type_label or str(Kind(self.kind).label)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back equal."""
        values = asdict(self)
        values["starts_at"] = self.starts_at.isoformat() if self.starts_at else None
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> PublicSlot:
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        start = known.get("starts_at")
        known["starts_at"] = datetime.fromisoformat(start) if start else None
        known["speakers"] = tuple(PublicSpeaker(**one) for one in known.get("speakers") or ())
        for name in ("links", "attachments"):
            known[name] = tuple(known.get(name) or ())
        return cls(**known)


# Editions


def editions(territory: Territory, *, public: bool) -> list[Edition]:
    """Editions of a territory, the last first; those that the public may see, or all."""
    found = Edition.objects.filter(territory=territory).prefetch_related("venues")
    return list(found.filter(status__in=PUBLIC_STATUSES) if public else found)


def edition(territory: Territory, slug: str, *, public: bool = True) -> Edition | None:
    found = (
        Edition.objects.filter(territory=territory, slug=slug).select_related("territory", "capacity").prefetch_related("venues__commune")
    )
    return (found.filter(status__in=PUBLIC_STATUSES) if public else found).first()


def days_of(of: Edition) -> list[date]:
    """The days of conference, in order: day 1 is the first."""
    return [of.starts_on + timedelta(days=number) for number in range((of.ends_on - of.starts_on).days + 1)]


def hours_of(of: Edition, day: int) -> Interval | None:
    """First and last instants of a day of conference (rank from 1), None for a day that the edition has not."""
    days = days_of(of)
    if not 1 <= day <= len(days):
        return None
    zone = ZoneInfo(of.time_zone)
    start = datetime.combine(days[day - 1], of.day_starts, zone)
    later = timedelta(days=1) if of.day_ends <= of.day_starts else timedelta()
    return start.astimezone(UTC), datetime.combine(days[day - 1] + later, of.day_ends, zone).astimezone(UTC)


def rooms_of(of: Edition) -> list[Room]:
    """Rooms of the edition's venues, in the order of the programme."""
    found = Room.objects.filter(venue__editions=of).select_related("venue")
    return list(found.order_by("venue__name", "position", "name"))


# Slots


def slots_of(of: Edition) -> QuerySet[Slot]:
    speakers = Prefetch("slot_speakers", SlotSpeaker.objects.select_related("speaker"))
    return of.slots.select_related("room__venue", "track", "proposal", "capacity").prefetch_related(speakers)


def _speakers(slot: Slot, *, published: bool) -> tuple[PublicSpeaker, ...]:
    people = [row.speaker for row in slot.slot_speakers.all()]
    return tuple(public_speaker(one) for one in people if one.name and (one.publication_agreed_at or not published))


def public_speaker(speaker: Speaker) -> PublicSpeaker:
    return PublicSpeaker(str(speaker.pk), speaker.name, speaker.biography, speaker.organisation, speaker.external_id, speaker.external_guid)


def as_public(slot: Slot, zone: str, *, published: bool) -> PublicSlot:
    """A row of `slots_of` in the shape of readers; `published` leaves out the speakers who have not agreed to be named."""
    same = (
        "number",
        "title",
        "minutes",
        "kind",
        "code",
        "subtitle",
        "abstract",
        "description",
        "type_label",
        "audience",
        "language",
        "day",
    )
    more = ("starts_at", "recording_licence", "recording_refused", "recording_url", "feedback_url", "origin_url", "logo", "external_slug")
    made = PublicSlot(
        guid=str(slot.guid),
        **{name: getattr(slot, name) for name in (*same, *more)},
        speakers=_speakers(slot, published=published),
        links=tuple(slot.links),
        attachments=tuple(slot.attachments),
        limited=slot.capacity_id is not None,
        first_version=slot.first_version,
        sequence=slot.sequence,
        cancelled=slot.cancelled_at is not None,
        cancel_reason=slot.cancel_reason,
        zone=zone,
    )
    if slot.track is not None:
        made = replace(made, track=slot.track.name, track_slug=slot.track.slug)
    room = slot.room
    if room is None:
        return made
    return replace(
        made,
        venue=room.venue.name,
        room=room.name,
        room_guid=str(room.guid),
        room_step_free=room.step_free,
        room_induction_loop=room.induction_loop,
        room_sign_language=room.sign_language,
    )


def order_of(slot: PublicSlot) -> tuple[datetime, str, int]:
    return slot.starts_at or datetime.max.replace(tzinfo=UTC), slot.room, slot.number


@system_scope()  # the names of those who agreed are public; the others are left out when published
def read(of: Edition, *, published: bool) -> list[PublicSlot]:
    """The programme in order of time: the last published version, or the rows as they are prepared (with slots still to place, last)."""
    if published:
        return published_slots(of)
    return sorted((as_public(slot, of.time_zone, published=False) for slot in slots_of(of)), key=order_of)


def published_slots(of: Edition) -> list[PublicSlot]:
    version = last_version(of)
    return sorted(map(PublicSlot.from_dict, version.snapshot), key=order_of) if version else []


def last_version(of: Edition) -> ProgrammeVersion | None:
    return of.versions.first()


def published_slot(of: Edition, number: int) -> PublicSlot | None:
    return next((slot for slot in published_slots(of) if slot.number == number), None)


# Conflicts


def windows_of(available: Sequence[str], zone: ZoneInfo) -> tuple[Interval, ...]:
    """`2026-12-12 matin` and the like as intervals; what cannot be read is left out."""
    found = []
    for text in available:
        day, _space, half = text.partition(" ")
        try:
            first, last = HALF_DAYS[HalfDay(half)]
            on = date.fromisoformat(day)
        except (ValueError, KeyError):
            continue
        found.append((datetime.combine(on, first, zone), datetime.combine(on, last, zone)))
    return tuple(found)


def _talker(speaker: Speaker) -> Talker:
    away = tuple((datetime.fromisoformat(one["from"]), datetime.fromisoformat(one["to"])) for one in speaker.unavailable)
    return Talker(str(speaker.pk), speaker.name, away, speaker.step_free)


def placed(slot: Slot, of: Edition) -> Placed | None:
    """A row of `slots_of` as the engine reads it; None when it has no time or was cancelled. Breaks meet nobody's track or public."""
    if slot.starts_at is None or slot.cancelled_at is not None:
        return None
    room, proposal = slot.room, slot.proposal
    apart = slot.kind in (Kind.BREAK, Kind.STAND)
    return Placed(
        key=str(slot.guid),
        title=slot.title,
        start=slot.starts_at,
        minutes=slot.minutes,
        room=str(room.pk) if room else "",
        room_name=room.name if room else "",
        room_capacity=room.capacity if room else None,
        room_step_free=room.step_free if room else True,
        speakers=tuple(_talker(row.speaker) for row in slot.slot_speakers.all()),
        wanted=slot.wanted_capacity or (slot.capacity.capacity if slot.capacity else None),
        step_free=slot.step_free,
        windows=windows_of(proposal.available, ZoneInfo(of.time_zone)) if proposal else (),
        opens=hours_of(of, slot.day or 0),
        track="" if apart or slot.track is None else str(slot.track.pk),
        audience="" if apart or slot.audience == Audience.ALL else slot.audience,
    )


def conflicts_of(of: Edition) -> list[Conflict]:
    """Every conflict of the programme being prepared."""
    rows = (placed(slot, of) for slot in slots_of(of))
    return conflicts(one for one in rows if one is not None)
