"""Reads of the public pages: the programme narrowed and grouped, what runs now, places left, one registration with its seats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from yole.base.scope import system_scope
from yole.bookings import selectors as bookings
from yole.bookings.models import Booking, Capacity
from yole.events.enums import Kind
from yole.events.models import CODE_LENGTH, Edition, Feedback, Proposal, Registration, Seat, Slot
from yole.events.selectors_programme import PublicSlot, published_slots
from yole.kernel.codes import clean_code, is_code
from yole.kernel.text import fold

# Places


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a limited slot or of an edition: `left` never under 0, `waiting` households, `closed` to the public."""

    seats: int
    left: int
    waiting: int
    closed: bool


def _places(capacity: Capacity, waiting: int, now: datetime) -> Places:
    last = capacity.closes_at or capacity.starts_at
    return Places(
        capacity.seats, max(0, capacity.seats - capacity.taken), waiting, bool(capacity.closed_reason) or (last is not None and now >= last)
    )


def places_of_slots(of: Edition) -> dict[str, Places]:
    """Guid of each limited slot -> its places. Two queries."""
    rows = list(Slot.objects.filter(edition=of, capacity__isnull=False).select_related("capacity"))
    waiting = bookings.waiting_counts([row.capacity_id for row in rows if row.capacity_id])
    now = timezone.now()
    return {str(row.guid): _places(row.capacity, waiting.get(row.capacity.pk, 0), now) for row in rows if row.capacity}


def places_of(of: Edition) -> Places | None:
    """Places of the edition as a whole, None while registration was never opened."""
    if of.capacity_id is None:
        return None
    capacity = Capacity.objects.get(pk=of.capacity_id)
    return _places(capacity, bookings.waiting_counts([capacity.pk]).get(capacity.pk, 0), timezone.now())


# Programme


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the programme; empty says nothing. `day` is the rank of a day of conference."""

    text: str = ""
    day: int | None = None
    room: str = ""
    track: str = ""
    kind: str = ""


def narrowed(slots: Iterable[PublicSlot], chosen: Filters) -> list[PublicSlot]:
    """The slots that fit, in the same order. The text is looked for in titles, abstracts, tracks, rooms, names; accents and case aside."""
    words = fold(chosen.text).split()

    def fits(slot: PublicSlot) -> bool:
        if chosen.day is not None and slot.day != chosen.day:
            return False
        if (chosen.room and slot.room_guid != chosen.room) or (chosen.track and slot.track_slug != chosen.track):
            return False
        if chosen.kind and slot.kind != chosen.kind:
            return False
        names = " ".join(f"{one.name} {one.organisation}" for one in slot.speakers)
        hay = fold(" ".join([slot.title, slot.subtitle, slot.abstract, slot.track, slot.room, slot.kind_words, names]))
        return all(word in hay for word in words)

    return [slot for slot in slots if fits(slot)]


@dataclass(frozen=True, slots=True)
class Moment:
    """Slots that begin together (local instant)."""

    start: datetime
    end: datetime
    slots: list[PublicSlot]


@dataclass(frozen=True, slots=True)
class ProgrammeDay:
    rank: int
    moments: list[Moment]


def by_day(slots: Sequence[PublicSlot]) -> list[ProgrammeDay]:
    """Days of conference with their moments, in order; a slot after midnight stays in the day that began the evening before."""
    days: dict[int, dict[datetime, list[PublicSlot]]] = {}
    for slot in slots:
        if slot.local_start is not None and slot.day is not None:
            days.setdefault(slot.day, {}).setdefault(slot.local_start, []).append(slot)
    return [
        ProgrammeDay(
            rank, [Moment(start, max(s.local_end for s in found if s.local_end), found) for start, found in sorted(moments.items())]
        )
        for rank, moments in sorted(days.items())
    ]


@dataclass(frozen=True, slots=True)
class Now:
    """What runs at an instant and what begins next; both empty outside the edition."""

    running: list[PublicSlot]
    coming: list[PublicSlot]


def now_and_next(slots: Sequence[PublicSlot], at: datetime) -> Now:
    alive = [slot for slot in slots if not slot.cancelled and slot.starts_at is not None]
    running = [slot for slot in alive if slot.starts_at is not None and slot.ends_at is not None and slot.starts_at <= at < slot.ends_at]
    later = [slot for slot in alive if slot.starts_at is not None and slot.starts_at > at]
    first = min((slot.starts_at for slot in later if slot.starts_at), default=None)
    coming = [slot for slot in later if slot.starts_at == first]
    return Now(running, coming)


def choices_of(slots: Iterable[PublicSlot]) -> dict[str, list[tuple[str, str]]]:
    """Rooms, tracks and kinds that the programme has, as choices of a form."""
    rooms: dict[str, str] = {}
    tracks: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for slot in slots:
        if slot.room:
            rooms[slot.room_guid] = slot.room
        if slot.track:
            tracks[slot.track_slug] = slot.track
        kinds[slot.kind] = str(Kind(slot.kind).label)
    return {
        "rooms": sorted(rooms.items(), key=lambda one: fold(one[1])),
        "tracks": sorted(tracks.items(), key=lambda one: fold(one[1])),
        "kinds": sorted(kinds.items(), key=lambda one: fold(one[1])),
    }


def limited_open(of: Edition) -> list[tuple[PublicSlot, Places]]:
    """Published limited slots for which somebody may register, in order of time, with their places."""
    left = places_of_slots(of)
    return [
        (slot, left[slot.guid])
        for slot in published_slots(of)
        if slot.limited and not slot.cancelled and slot.guid in left and not left[slot.guid].closed
    ]


def may_follow(slot: PublicSlot) -> bool:
    """Whether somebody may ask to be told should the slot move or be cancelled: free entry, still to come."""
    coming = slot.starts_at is not None and slot.starts_at > timezone.now()
    return coming and not (slot.limited or slot.cancelled or slot.is_break)


@system_scope()
def follows_of(registration: Registration) -> list[tuple[PublicSlot, bool]]:
    """Free-entry slots that the holder may follow, in order of time, each with whether they do."""
    mine = {str(guid) for guid in registration.follows.values_list("slot__guid", flat=True)}
    return [(slot, slot.guid in mine) for slot in published_slots(registration.edition) if may_follow(slot)]


# One registration, one proposal


@dataclass(frozen=True, slots=True)
class MyRegistration:
    """What the holder of the code sees. `rank` on the waiting list of the edition; `seats`: (seat, slot as published, rank or None)."""

    registration: Registration
    booking: Booking
    rank: int | None
    seats: list[tuple[Seat, PublicSlot | None, int | None]]


def registration_by_code(typed: str) -> Registration | None:
    """The registration of a code as people type it; None when it is wrong, of something else, or erased."""
    booking = bookings.by_code(typed)
    if booking is None or booking.erased_at is not None:
        return None
    return registration_of(booking.pk)


@system_scope()  # the code or the signed link was shown
def registration_of(booking_id: int) -> Registration | None:
    found = Registration.objects.select_related("edition__territory", "booking__capacity", "commune")
    return found.filter(booking_id=booking_id, booking__erased_at__isnull=True).first()


@system_scope()
def my_registration(registration: Registration) -> MyRegistration:
    shown = {slot.guid: slot for slot in published_slots(registration.edition)}
    seats = registration.seats.select_related("slot", "booking__capacity").order_by("slot__starts_at")
    rows = [(seat, shown.get(str(seat.slot.guid)), bookings.rank_of(seat.booking)) for seat in seats]
    return MyRegistration(registration, registration.booking, bookings.rank_of(registration.booking), rows)


@system_scope()  # the code was typed
def proposal_by_code(typed: str) -> Proposal | None:
    code = clean_code(typed)
    if not is_code(code, CODE_LENGTH):
        return None
    return _proposals().filter(code=code).first()


@system_scope()
def proposal_by_pk(pk: int) -> Proposal | None:
    """For somebody who typed the code a moment ago."""
    return _proposals().filter(pk=pk).first()


def _proposals() -> QuerySet[Proposal, Any]:
    return Proposal.objects.select_related("edition__territory", "track").prefetch_related("speakers")


# Opinions


@dataclass(frozen=True, slots=True)
class Opinions:
    """Opinions on a slot: `counts` of the scores 1 to 5; `mean` and `counts` None under `threshold`; texts are for the team alone."""

    number: int
    mean: float | None
    counts: list[int] | None
    texts: list[str]


def opinions(slot: Slot, threshold: int) -> Opinions:
    rows = list(Feedback.objects.filter(slot=slot).values_list("score", "text"))
    texts = [text for _score, text in rows if text]
    if len(rows) < threshold:
        return Opinions(len(rows), None, None, texts)
    scores = [score for score, _text in rows]
    return Opinions(len(rows), sum(scores) / len(scores), [scores.count(value) for value in range(1, 6)], texts)
