"""Conflicts of a programme: what cannot be, and what a person should look at. Plain values in, plain values out.

Instants are aware datetimes. An interval holds its start and not its end: two slots that touch do not meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

Interval = tuple[datetime, datetime]


class Clash(StrEnum):
    """Kinds of conflict. The first two can not be published; the others are warnings that a person may keep."""

    ROOM = "room"
    SPEAKER = "speaker"
    UNAVAILABLE = "unavailable"
    CAPACITY = "capacity"
    OUTSIDE = "outside"
    STEP_FREE = "step-free"
    TRACK = "track"
    AUDIENCE = "audience"


BLOCKING = frozenset({Clash.ROOM, Clash.SPEAKER})


@dataclass(frozen=True, slots=True)
class Talker:
    """A speaker of a slot. `unavailable`: when they cannot come. `step_free`: they need a room without a step."""

    key: str
    name: str
    unavailable: tuple[Interval, ...] = ()
    step_free: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A slot that has a time, and perhaps a room.

    `wanted`: persons expected; `windows`: the intervals that suit its author, empty for any; `opens`: hours of its day, None when the day
    is not one of the edition. `track` and `audience` empty: for everybody, never compared.
    """

    key: str
    title: str
    start: datetime
    minutes: int
    room: str = ""
    room_name: str = ""
    room_capacity: int | None = None
    room_step_free: bool = True
    speakers: tuple[Talker, ...] = ()
    wanted: int | None = None
    step_free: bool = False
    windows: tuple[Interval, ...] = ()
    opens: Interval | None = None
    track: str = ""
    audience: str = ""

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Conflict:
    """`slots`: keys of the slots concerned (one or two, in order of time); `words`: what is wrong, in French."""

    kind: Clash
    slots: tuple[str, ...]
    words: str

    @property
    def blocking(self) -> bool:
        return self.kind in BLOCKING


def conflicts(slots: Iterable[Placed]) -> list[Conflict]:
    """Every conflict, in order of time; O(n log n) plus the pairs that meet. The order of the input changes nothing."""
    ordered = sorted(slots, key=lambda slot: (slot.start, slot.key))
    found: list[Conflict] = []
    running: list[Placed] = []
    for slot in ordered:
        found += _alone(slot)
        running = [other for other in running if other.end > slot.start]
        for other in sorted(running, key=lambda one: (one.start, one.key)):
            found += _together(other, slot)
        running.append(slot)
    return found


def _alone(slot: Placed) -> list[Conflict]:
    found = []

    def say(kind: Clash, words: str) -> None:
        found.append(Conflict(kind, (slot.key,), words))

    if slot.opens is None:
        say(Clash.OUTSIDE, f"« {slot.title} » n’est pas un jour de l’édition.")
    elif slot.start < slot.opens[0] or slot.end > slot.opens[1]:
        say(Clash.OUTSIDE, f"« {slot.title} » sort des heures de la journée.")
    if slot.room and slot.room_capacity is not None and slot.wanted is not None and slot.wanted > slot.room_capacity:
        say(Clash.CAPACITY, f"« {slot.title} » attend {slot.wanted} personnes, {slot.room_name} en tient {slot.room_capacity}.")
    in_need = slot.step_free or any(talker.step_free for talker in slot.speakers)
    if slot.room and in_need and not slot.room_step_free:
        say(Clash.STEP_FREE, f"« {slot.title} » demande un accès de plain-pied, {slot.room_name} n’en a pas.")
    if slot.windows and not any(start <= slot.start and slot.end <= end for start, end in slot.windows):
        say(Clash.UNAVAILABLE, f"« {slot.title} » n’est pas à un moment proposé par son auteur.")
    for talker in slot.speakers:
        if any(start < slot.end and slot.start < end for start, end in talker.unavailable):
            say(Clash.UNAVAILABLE, f"{talker.name} n’est pas disponible pour « {slot.title} ».")
    return found


def _together(first: Placed, second: Placed) -> list[Conflict]:
    keys = (first.key, second.key)
    found = []
    if first.room and first.room == second.room:
        found.append(Conflict(Clash.ROOM, keys, f"« {first.title} » et « {second.title} » sont dans {first.room_name} à la même heure."))
    known = {talker.key for talker in first.speakers}
    for talker in second.speakers:
        if talker.key in known:
            words = f"{talker.name} intervient dans « {first.title} » et « {second.title} » à la même heure."
            found.append(Conflict(Clash.SPEAKER, keys, words))
    if first.track and first.track == second.track:
        found.append(Conflict(Clash.TRACK, keys, f"« {first.title} » et « {second.title} » ont le même thème à la même heure."))
    if first.audience and first.audience == second.audience:
        found.append(Conflict(Clash.AUDIENCE, keys, f"« {first.title} » et « {second.title} » visent le même public à la même heure."))
    return found


def blocking(found: Sequence[Conflict]) -> list[Conflict]:
    """Those that keep a programme from being published."""
    return [one for one in found if one.blocking]
