"""Acts at several doors, brought together: union by nonce, whatever the order and the number of times they arrive. Pure.

The true instant of an act is the device's clock less its offset. The same person let in twice without leaving is one person: the first
act wins and the others are listed as double passages, never dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

ARRIVAL: Final = "arrivée"
DEPARTURE: Final = "départ"
BADGE: Final = "impression"
UNDO: Final = "annulation"


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `who`: opaque key of a registration (`b:…`) or of somebody without one (`w:…`). `where`: key of slot, day and half-day.

    `offset`: seconds by which the device's clock is ahead. `size`: people who come in together.
    """

    nonce: UUID
    who: str
    where: str
    kind: str
    device: str
    sequence: int
    device_time: datetime
    offset: int = 0
    size: int = 1

    @property
    def at(self) -> datetime:
        return self.device_time - timedelta(seconds=self.offset)

    @property
    def order(self) -> tuple[datetime, str, int, str]:
        return self.at, self.device, self.sequence, str(self.nonce)

    @property
    def walk_in(self) -> bool:
        return self.who.startswith("w:")


@dataclass(slots=True)
class Standing:
    """What the acts on one person at one place come to. `doubles`: arrivals of somebody who was already in, in order."""

    who: str
    where: str
    size: int = 1
    first: Entry | None = None
    inside: bool = False
    left_at: datetime | None = None
    doubles: list[Entry] = field(default_factory=list)
    badges: int = 0

    @property
    def came(self) -> bool:
        return self.first is not None


def union(*batches: Iterable[Entry]) -> tuple[Entry, ...]:
    """Every act once, in the order of its true instant. Two contents under one nonce: the first in that order, whoever sent it first."""
    found: dict[UUID, Entry] = {}
    for entry in sorted((entry for batch in batches for entry in batch), key=_whole):
        found.setdefault(entry.nonce, entry)
    return tuple(sorted(found.values(), key=lambda entry: entry.order))


def _whole(entry: Entry) -> tuple[object, ...]:
    return *entry.order, entry.who, entry.where, entry.kind, entry.size, entry.offset


def merge(*batches: Iterable[Entry]) -> dict[tuple[str, str], Standing]:
    """(who, where) -> standing. The same result for any order of the batches and of the acts in them, and for any repetition."""
    made: dict[tuple[str, str], Standing] = {}
    arrivals: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in union(*batches):
        key = (entry.who, entry.where)
        standing = made.setdefault(key, Standing(entry.who, entry.where))
        standing.size = max(standing.size, entry.size)
        if entry.kind == BADGE:
            standing.badges += 1
        elif entry.kind == ARRIVAL:
            if standing.inside:
                standing.doubles.append(entry)
            else:
                standing.first = standing.first or entry
                standing.inside, standing.left_at = True, None
            arrivals[key].append(entry)
        elif entry.kind == DEPARTURE and standing.inside:
            standing.inside, standing.left_at = False, entry.at
        elif entry.kind == UNDO and arrivals[key]:
            _undo(standing, arrivals[key], entry)
    return made


def _undo(standing: Standing, arrivals: list[Entry], by: Entry) -> None:
    """Takes back the last arrival, that of the same device rather than another's."""
    taken = next((entry for entry in reversed(arrivals) if entry.device == by.device), arrivals[-1])
    arrivals.remove(taken)
    if taken in standing.doubles:
        standing.doubles.remove(taken)
    elif standing.doubles and taken is standing.first:
        standing.first = standing.doubles.pop(0)
    else:
        standing.inside, standing.left_at = False, None
        standing.first = None if taken is standing.first else standing.first


def present(standings: Iterable[Standing], where: str, *, walk_ins: bool | None = None) -> int:
    """People who came to a place; only those without registration, only those with one, or all."""
    return sum(
        one.size for one in standings if one.where == where and one.came and (walk_ins is None or walk_ins == one.who.startswith("w:"))
    )


def double_passages(standings: Iterable[Standing]) -> list[tuple[Standing, Entry]]:
    """Every second passage, in order of time."""
    return sorted(((one, entry) for one in standings for entry in one.doubles), key=lambda pair: pair[1].order)


# --- people without registration ---------------------------------------------------------------------------------------------------


def share_out(left: int, devices: int) -> list[int]:
    """The remaining places shared between the doors, as equal as can be; the first doors have one more."""
    if devices < 1:
        return []
    each, more = divmod(max(0, left), devices)
    return [each + (n < more) for n in range(devices)]


def over_share(standings: Iterable[Standing], where: str, shares: Mapping[str, int]) -> list[Entry]:
    """People without registration whom a door let in beyond its share, in order of time; a door without a share has none."""
    by_device: dict[str, list[Standing]] = defaultdict(list)
    for one in standings:
        if one.where == where and one.first is not None and one.first.walk_in:
            by_device[one.first.device].append(one)
    over = []
    for device, mine in by_device.items():
        used = 0
        for one in sorted(mine, key=lambda one: one.first.order if one.first else ()):
            used += one.size
            if used > shares.get(device, 0) and one.first is not None:
                over.append(one.first)
    return sorted(over, key=lambda entry: entry.order)


# --- what a device takes with it ---------------------------------------------------------------------------------------------------


def digest(code: str, salt: str) -> str:
    """What stands for a code on a device: SHA-256 of the code and the salt, hexadecimal."""
    return sha256(f"{code}{salt}".encode()).hexdigest()


def lost(devices: Sequence[str]) -> str:
    """What the banner says is lost without a network, in words."""
    if len(devices) < 2:
        return "Les places des ateliers ne sont pas garanties."
    return "Une personne peut entrer deux fois par deux portes : on le verra après. Les places des ateliers ne sont pas garanties."
