"""Reads of the doors: who is expected, who came, double passages, and what a device takes with it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils import timezone

from yole.base import typography
from yole.bookings.enums import HOLDING, LIVING, Need, State
from yole.events.engine import checkin
from yole.events.engine.checkin import Entry, Standing
from yole.events.enums import DoorAct, HalfDay
from yole.events.models import AttendanceEvent, DoorDevice, Edition, Registration, Seat, Slot

NOON, EVENING = 13, 18
"""Local hours at which the half-day changes at a door."""
LAST_SHOWN = 12
CAPACITY_MOST = 10_000
DESK = "bureau"
"""Name of the desk in the acts: a device that is always on line."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is let in: the edition's door (`slot` 0) or a slot by its number; one day, one half-day."""

    on_day: date
    half_day: str
    slot: int = 0

    @property
    def key(self) -> str:
        return f"{self.slot}:{self.on_day.isoformat()}:{self.half_day}"


def half_day_of(moment: datetime) -> str:
    """The half-day of a local time."""
    return str(HalfDay.MORNING if moment.hour < NOON else HalfDay.AFTERNOON if moment.hour < EVENING else HalfDay.EVENING)


def here(of: Edition, now: datetime | None = None, *, slot: int = 0) -> Place:
    """The door of an edition now."""
    local = (now or timezone.now()).astimezone(ZoneInfo(of.time_zone))
    return Place(local.date(), half_day_of(local), slot)


def entries(of: Edition, on_day: date | None = None) -> list[Entry]:
    """The acts at the doors as the engine reads them, of one day or of all."""
    rows = AttendanceEvent.objects.filter(edition=of)
    if on_day is not None:
        rows = rows.filter(on_day=on_day)
    fields = ("nonce", "booking_id", "walk_in", "slot__number", "on_day", "half_day", "kind", "device", "sequence", "device_time")
    return [
        Entry(
            nonce,
            f"b:{booking}" if booking else f"w:{walk_in}",
            Place(day, half, number or 0).key,
            kind,
            device,
            sequence,
            at,
            offset,
            size or 1,
        )
        for nonce, booking, walk_in, number, day, half, kind, device, sequence, at, offset, size in rows.values_list(
            *fields, "clock_offset", "booking__size"
        )
    ]


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of the list of passages: `at` local, `name` empty for somebody without one, `tag` what to know about it."""

    at: datetime
    name: str
    kind: str
    device: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The screen of a door. `expected`: people with a place who have not come yet."""

    place: Place
    present: int
    expected: int
    walk_ins: int
    doubles: tuple[Passage, ...]
    over: tuple[Passage, ...]
    last: tuple[Passage, ...]


def board(of: Edition, place: Place) -> Board:
    found = [entry for entry in entries(of, place.on_day) if entry.where == place.key]
    made = checkin.merge(found)
    standings = list(made.values())
    zone = ZoneInfo(of.time_zone)
    labels = _labels(of, found)
    doors = _doors(of)

    def passage(entry: Entry, tag: str = "") -> Passage:
        return Passage(
            entry.at.astimezone(zone),
            labels.get(entry.who, ""),
            str(DoorAct(entry.kind).label),
            doors.get(entry.device, entry.device),
            tag,
        )

    doubles = checkin.double_passages(standings)
    second = {entry.nonce for _, entry in doubles}
    last = sorted(found, key=lambda entry: entry.order, reverse=True)[:LAST_SHOWN]
    came = {one.who for one in standings if one.came}
    return Board(
        place=place,
        present=checkin.present(standings, place.key),
        expected=sum(size for pk, size in _holders(of, place.slot).items() if f"b:{pk}" not in came),
        walk_ins=checkin.present(standings, place.key, walk_ins=True),
        doubles=tuple(passage(entry, "double passage") for _, entry in doubles),
        over=tuple(passage(entry, "au-delà des places") for entry in _over(of, place, standings)),
        last=tuple(passage(entry, "double passage" if entry.nonce in second else "") for entry in last),
    )


def _labels(of: Edition, found: list[Entry]) -> dict[str, str]:
    names = {
        f"b:{pk}": name
        for pk, name in Registration.objects.filter(edition=of).values_list("booking_id", "booking__name")
        if any(entry.who == f"b:{pk}" for entry in found)
    }
    walk_ins = AttendanceEvent.objects.filter(edition=of, walk_in__isnull=False).exclude(walk_in_label="")
    return names | {f"w:{key}": label for key, label in walk_ins.values_list("walk_in", "walk_in_label")}


def _holders(of: Edition, slot: int) -> dict[int, int]:
    """Booking of the edition -> people, for those who have a place at the door or in the slot."""
    if slot:
        seats = Seat.objects.filter(slot__edition=of, slot__number=slot, booking__state__in=HOLDING)
        return dict(seats.values_list("registration__booking_id", "booking__size"))
    rows = Registration.objects.filter(edition=of, booking__state__in=HOLDING)
    return dict(rows.values_list("booking_id", "booking__size"))


# --- devices -----------------------------------------------------------------------------------------------------------------------


def device_id(of: Edition, device: str) -> UUID:
    """The row of a device at an edition, from the name that the device drew for itself."""
    return uuid5(NAMESPACE_URL, f"yole:door:{of.pk}:{device}")


def device_of(of: Edition, device: str) -> DoorDevice:
    """The row of a device; a new one, not kept, for a device that holds no door yet."""
    pk = device_id(of, device)
    return DoorDevice.objects.filter(edition=of, pk=pk, withdrawn_at__isnull=True).first() or DoorDevice(pk=pk, edition=of, label="Porte")


def _doors(of: Edition) -> dict[str, str]:
    """Name of a device in the acts -> label of its door."""
    labels = {row.pk: row.label for row in of.devices.all()} | {device_id(of, DESK): "Bureau"}
    names = AttendanceEvent.objects.filter(edition=of).values_list("device", flat=True).distinct()
    return {name: labels[key] for name in names if (key := device_id(of, name)) in labels}


def _over(of: Edition, place: Place, standings: list[Standing]) -> list[Entry]:
    """People without registration beyond the shares of the doors; without a number of places there is no share."""
    if of.capacity_id is None or place.slot:
        return []
    shares = {row.pk: row.walk_in_share for row in of.devices.all()}
    names = {one.first.device for one in standings if one.first is not None} - {DESK}
    # The desk has the network: it sees the places that are left before it lets somebody in.
    return checkin.over_share(standings, place.key, {DESK: CAPACITY_MOST} | {name: shares.get(device_id(of, name), 0) for name in names})


def left_for_walk_ins(of: Edition) -> int | None:
    """Places that nobody holds and that nobody without registration has taken; None when places are not counted."""
    if of.capacity is None:
        return None
    place = here(of)
    standings = checkin.merge(entry for entry in entries(of, place.on_day) if entry.where == place.key).values()
    seats, taken = int(of.capacity.seats), of.capacity.taken
    return max(0, seats - taken - checkin.present(standings, place.key, walk_ins=True))


def walk_ins_by_device(of: Edition) -> dict[UUID, int]:
    """Row of a device -> people without registration whom it let in at this door and half-day."""
    place = here(of)
    found: dict[UUID, int] = defaultdict(int)
    for one in checkin.merge(entry for entry in entries(of, place.on_day) if entry.where == place.key).values():
        if one.first is not None and one.first.walk_in:
            found[device_id(of, one.first.device)] += one.size
    return dict(found)


def package(of: Edition, device: DoorDevice, *, names: bool, now: datetime | None = None) -> dict[str, Any]:
    """What a device needs to hold a door without a network: no code in clear, names only when asked, nobody's contact.

    `people`: `h` digest of the code, `b` number of the booking, `z` people, `e` state, `s` numbers of slots, `n` name, `a` needs in words.
    """
    now = now or timezone.now()
    zone = ZoneInfo(of.time_zone)
    seats: dict[int, list[int]] = defaultdict(list)
    held = Seat.objects.filter(registration__edition=of, booking__state__in=HOLDING).order_by("slot__starts_at")
    for registration, number in held.values_list("registration_id", "slot__number"):
        seats[registration].append(number)
    place = here(of, now)
    inside = checkin.merge(entry for entry in entries(of, place.on_day))
    slots = Slot.objects.filter(edition=of, starts_at__isnull=False, cancelled_at__isnull=True).select_related("room")
    return {
        "edition": of.slug,
        "title": of.title,
        "version": of.version,
        "salt": of.door_salt,
        "made_at": now.isoformat(),
        "zone": of.time_zone,
        "half_days": [[half.value, str(half.label)] for half in HalfDay],
        "noon": NOON,
        "evening": EVENING,
        "label": device.label,
        "equipped": not device._state.adding,
        "share": max(0, device.walk_in_share - walk_ins_by_device(of).get(device.pk, 0)) if of.capacity_id is not None else None,
        "doors": of.devices.filter(withdrawn_at__isnull=True).count(),
        "slots": [
            {
                "number": slot.number,
                "title": slot.title,
                "where": slot.room.name if slot.room else "",
                "at": typography.clock(slot.starts_at.astimezone(zone).time()) if slot.starts_at else "",
            }
            for slot in slots
        ],
        "people": [_person(row, of, names, seats[row.pk], zone) for row in _registrations(of)],
        "inside": {f"{one.where}|{one.who}": one.first.at.isoformat() for one in inside.values() if one.inside and one.first},
    }


def _registrations(of: Edition) -> list[Registration]:
    states = {*LIVING, State.CANCELLED, State.PRESENT, State.ABSENT, State.EXCUSED}
    return list(Registration.objects.filter(edition=of, booking__state__in=states).select_related("booking").order_by("pk"))


def _person(row: Registration, of: Edition, names: bool, seats: list[int], zone: ZoneInfo) -> dict[str, Any]:
    booking = row.booking
    made: dict[str, Any] = {
        "h": checkin.digest(booking.code, of.door_salt),
        "b": booking.pk,
        "z": booking.size,
        "e": booking.state,
        "s": seats,
        "a": [str(Need(need).label) for need in booking.needs],
    }
    if booking.state == State.CANCELLED:
        made["d"] = typography.day(booking.changed_at.astimezone(zone).date())
    if names:
        made["n"] = booking.name
    return made
