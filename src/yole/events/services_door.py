"""Writes of the doors: acts added once each, whatever device brings them and however often; the bookings follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from yole.base.deliveries import Answer, Envelope
from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.bookings import services as bookings
from yole.bookings.enums import Need, State
from yole.bookings.models import Booking
from yole.events import permissions, selectors_door
from yole.events.engine import checkin
from yole.events.enums import DoorAct, HalfDay
from yole.events.models import AttendanceEvent, DoorDevice, Edition, Registration, Seat, Slot
from yole.events.selectors_door import DESK, Place
from yole.kernel.codes import clean_code, is_code
from yole.organisations.acting import allow, name_of
from yole.organisations.models import Account

OFFSET_MAX = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Act:
    """One act as a device sends it: `booking` (the registration's booking of the edition) or `walk_in`, a key drawn there, with a label."""

    nonce: UUID
    place: Place
    kind: str
    device: str
    sequence: int
    device_time: datetime
    booking: int | None = None
    walk_in: UUID | None = None
    label: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the screen of the door says after an act. `first_at`: local hour of the first passage, for a double one."""

    name: str
    size: int = 1
    double: bool = False
    first_at: datetime | None = None
    waiting: bool = False
    slots: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@system_scope()  # a mark may move a waiting list, which is for everybody on it
@transaction.atomic
def record(account: Account, of: Edition, acts: Sequence[Act]) -> dict[UUID, str]:
    """Adds the acts that are not here yet; in any order, any number of times. Returns the refused ones: nonce -> reason in words."""
    allow(account, permissions.DOOR, of.territory_id)
    # Two devices that send together write one after the other.
    edition = Edition.objects.select_for_update(no_key=True).get(pk=of.pk)
    known = set(AttendanceEvent.objects.filter(nonce__in=[act.nonce for act in acts]).values_list("nonce", flat=True))
    wanted = {act.booking for act in acts if act.booking is not None}
    ours = set(Registration.objects.filter(edition=edition, booking_id__in=wanted).values_list("booking_id", flat=True))
    slots = {slot.number: slot for slot in Slot.objects.filter(edition=edition, number__in={act.place.slot for act in acts})}
    refused: dict[UUID, str] = {}
    rows: dict[UUID, AttendanceEvent] = {}
    for act in acts:
        if act.nonce in known or act.nonce in rows:
            continue
        reason = _why_not(act, ours, slots)
        if reason:
            refused[act.nonce] = reason
            continue
        rows[act.nonce] = AttendanceEvent(
            nonce=act.nonce,
            edition=edition,
            slot=slots.get(act.place.slot),
            on_day=act.place.on_day,
            half_day=act.place.half_day,
            booking_id=act.booking,
            walk_in=act.walk_in,
            walk_in_label=" ".join(act.label.split())[:80] if act.walk_in else "",
            kind=act.kind,
            device=act.device[:40],
            sequence=act.sequence,
            device_time=act.device_time,
            clock_offset=act.offset,
            by=name_of(account)[:120],
        )
    AttendanceEvent.objects.bulk_create(rows.values())
    for pk, number in sorted({(row.booking_id, row.slot.number if row.slot else 0) for row in rows.values() if row.booking_id}):
        _follow(edition, pk, number, by=name_of(account))
    return refused


def _why_not(act: Act, ours: set[int], slots: Mapping[int, Slot]) -> str:
    if act.kind not in DoorAct.values or act.place.half_day not in HalfDay.values:
        return "Acte inconnu."
    if (act.booking is None) == (act.walk_in is None):
        return "Dites qui : une inscription, ou une personne venue sans inscription."
    if act.booking is not None and act.booking not in ours:
        return "Cette inscription n’est pas celle de cette édition."
    if act.walk_in is not None and act.kind == DoorAct.ARRIVAL and not act.label.strip():
        return "Écrivez un nom ou un surnom."
    if act.place.slot and act.place.slot not in slots:
        return "Cette séance n’existe plus."
    if timezone.is_naive(act.device_time) or act.sequence < 0 or abs(act.offset) > OFFSET_MAX:
        return "Heure ou numéro d’appareil impossible."
    return ""


def _follow(of: Edition, booking_pk: int, number: int, *, by: str) -> None:
    """The booking is présent when the person came at any half-day. A cancelled one stays so: the passage is kept beside it."""
    pk: int | None = booking_pk
    if number:
        pk = (
            Seat.objects.filter(registration__booking_id=booking_pk, slot__edition=of, slot__number=number)
            .values_list("booking_id", flat=True)
            .first()
        )
    if pk is None:
        return
    mine = (entry for entry in selectors_door.entries(of) if entry.who == f"b:{booking_pk}" and entry.where.startswith(f"{number}:"))
    came = any(one.came for one in checkin.merge(mine).values())
    if Booking.objects.only("state").get(pk=pk).state == State.CANCELLED:
        return
    if came:
        bookings.mark(pk, State.PRESENT, by=by)
    else:
        bookings.unmark(pk, by=by)


# --- typed at the desk ---------------------------------------------------------------------------------------------------------------


def _act(place: Place, kind: str, key: UUID, **who_came: Any) -> Act:
    return Act(nonce=key, place=place, kind=kind, device=DESK, sequence=0, device_time=timezone.now().astimezone(UTC), **who_came)


def find(of: Edition, typed: str) -> Registration:
    """The registration of a code, typed or scanned. Raises Refused: not a code, or none of this edition."""
    code = clean_code(typed)
    if not is_code(code):
        raise Refused("Ce code n’est pas complet, ou une lettre est fausse.", remedy="Cherchez par le nom.", field="code", code="shape")
    found = Registration.objects.select_related("booking").filter(edition=of, booking__code=code).first()
    if found is None:
        raise Refused("Ce code n’est pas celui de cette édition.", remedy="Cherchez par le nom.", field="code", code="unknown")
    return found


def find_by_name(of: Edition, typed: str) -> list[Registration]:
    """Registrations whose name holds what was typed, ten at most."""
    return list(
        Registration.objects.select_related("booking")
        .filter(edition=of, booking__name__icontains=typed.strip())
        .order_by("booking__name")[:10]
    )


def enter(account: Account, of: Edition, registration: Registration, place: Place, key: UUID, *, anyway: bool = False) -> Welcome:
    """Somebody with a registration comes in. A second passage is not written until the team says so (`anyway`): then it is listed.

    Raises Refused for a cancelled registration.
    """
    allow(account, permissions.DOOR, of.territory_id)
    booking = registration.booking
    if booking.state == State.CANCELLED:
        raise Refused(
            "Cette inscription est annulée.",
            remedy="Demandez le nom, puis « Sans inscription » s’il reste une place.",
            field="code",
            code="cancelled",
        )
    seats = registration.seats.select_related("slot__room").filter(booking__state__in=(State.BOOKED, State.CONFIRMED, State.PRESENT))
    lines = tuple(f"{seat.slot.title} ({seat.slot.room.name})" if seat.slot.room else seat.slot.title for seat in seats)
    standing = checkin.merge(
        entry for entry in selectors_door.entries(of, place.on_day) if entry.who == f"b:{booking.pk}" and entry.where == place.key
    ).get((f"b:{booking.pk}", place.key))
    inside = standing is not None and standing.inside
    again = AttendanceEvent.objects.filter(nonce=key).exists()
    first = standing.first.at.astimezone(ZoneInfo(of.time_zone)) if inside and standing and standing.first else None
    waiting = booking.state == State.WAITING
    welcome = Welcome(booking.name, booking.size, inside and not again, first, waiting, lines, tuple(_needs(booking)))
    if welcome.double and not anyway:
        return welcome
    refused = record(account, of, [_act(place, DoorAct.ARRIVAL, key, booking=booking.pk)])
    if refused:
        raise Refused(next(iter(refused.values())), code="door")
    return welcome


def _needs(booking: Booking) -> list[str]:
    return [str(Need(need).label) for need in booking.needs]


def walk_in(account: Account, of: Edition, label: str, place: Place, key: UUID) -> Welcome:
    """Somebody without registration comes in: counted, provisional. The same form twice is one person."""
    refused = record(account, of, [_act(place, DoorAct.ARRIVAL, key, walk_in=uuid5(key, "walk-in"), label=label)])
    if refused:
        raise Refused(next(iter(refused.values())), field="label", code="missing")
    return Welcome(" ".join(label.split())[:80])


def undo(account: Account, of: Edition, nonce: UUID) -> None:
    """Takes back an arrival by another row. Raises Refused for an act that is not of this edition."""
    row = AttendanceEvent.objects.filter(edition=of, nonce=nonce).select_related("slot").first()
    if row is None:
        raise Refused("Ce passage n’existe pas.", code="unknown", status=404)
    act = Act(
        nonce=uuid5(nonce, "undo"),
        place=Place(row.on_day, row.half_day, row.slot.number if row.slot else 0),
        kind=DoorAct.UNDO,
        device=row.device,
        sequence=row.sequence,
        device_time=timezone.now().astimezone(UTC),
        booking=row.booking_id,
        walk_in=row.walk_in,
    )
    record(account, of, [act])


@dataclass(frozen=True, slots=True)
class SheetOutcome:
    written: int
    already: int
    unknown: tuple[int, ...]


def type_sheet(
    account: Account, of: Edition, place: Place, numbers: Sequence[int], rows: Mapping[int, int], names: Sequence[str], sheet: UUID
) -> SheetOutcome:
    """What a paper sheet says, typed back by the numbers of its rows. `rows`: number -> booking; `names`: people added by hand.

    The same sheet typed twice changes nothing. Numbers that the sheet does not have are told.
    """
    acts, unknown, before = [], [], AttendanceEvent.objects.filter(edition=of).count()
    for number in dict.fromkeys(numbers):
        if number not in rows:
            unknown.append(number)
            continue
        acts.append(_act(place, DoorAct.ARRIVAL, uuid5(sheet, f"{place.key}:{number}"), booking=rows[number]))
    for name in dict.fromkeys(names):
        key = uuid5(sheet, f"{place.key}:{name}")
        acts.append(_act(place, DoorAct.ARRIVAL, key, walk_in=uuid5(key, "walk-in"), label=name))
    record(account, of, acts)
    written = AttendanceEvent.objects.filter(edition=of).count() - before
    return SheetOutcome(written, len(acts) - written, tuple(unknown))


# --- devices ---


@transaction.atomic
def equip(account: Account, of: Edition, device: str, label: str) -> DoorDevice:
    """A device takes the list with it. The places left for people without registration are shared again between all of them."""
    allow(account, permissions.DOOR, of.territory_id)
    edition = Edition.objects.select_for_update(no_key=True).get(pk=of.pk)
    pk = selectors_door.device_id(edition, device)
    row = DoorDevice.objects.filter(pk=pk).first() or DoorDevice(pk=pk, edition=edition)
    row.label = " ".join(label.split())[:60] or row.label or f"Porte {edition.devices.count() + 1}"
    row.account, row.issued_at, row.withdrawn_at = account, timezone.now(), None
    row.save()
    with system_scope():
        left, used = selectors_door.left_for_walk_ins(edition), selectors_door.walk_ins_by_device(edition)
    if left is not None:
        devices = list(edition.devices.filter(withdrawn_at__isnull=True).order_by("issued_at", "pk"))
        for one, share in zip(devices, checkin.share_out(left, len(devices)), strict=True):
            one.walk_in_share = used.get(one.pk, 0) + share
        DoorDevice.objects.bulk_update(devices, ["walk_in_share"])
        row.refresh_from_db()
    return row


def withdraw_device(account: Account, of: Edition, pk: UUID) -> None:
    """The device no longer counts in the shares; what it still sends is taken."""
    allow(account, permissions.DOOR, of.territory_id)
    DoorDevice.objects.filter(edition=of, pk=pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())


# --- acts made without a network ---


def delivered(account: Account, envelope: Envelope) -> Answer:
    """`{edition, slot, on_day, half_day, kind, booking | walk_in + label}`: one act at a door, added to those of the others."""
    try:
        act, slug = _read(envelope)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused("Le contenu de cet acte n’est pas lisible.", code="unreadable", status=400) from error
    of = Edition.objects.filter(territory_id=account.territory_id, slug=slug).first()
    if of is None:
        raise Refused("Cette édition n’existe plus.", code="unknown", status=404)
    refused = record(account, of, [act])
    if refused:
        raise Refused(next(iter(refused.values())), code="door", status=422)
    with system_scope():
        name = f"b:{act.booking}" if act.booking else f"w:{act.walk_in}"
        mine = [e for e in selectors_door.entries(of, act.place.on_day) if e.who == name and e.where == act.place.key]
    double = any(entry.nonce == act.nonce for one in checkin.merge(mine).values() for entry in one.doubles)
    return Answer({"edition": slug, "code": "double" if double else "ok"})


def _read(envelope: Envelope) -> tuple[Act, str]:
    payload = envelope.payload
    slug, label, slot, booking = payload["edition"], payload.get("label", ""), payload.get("slot") or 0, payload.get("booking")
    if not isinstance(slug, str) or not isinstance(label, str) or len(label) > 200 or not isinstance(slot, int):
        raise ValueError("payload")
    if booking is not None and (not isinstance(booking, int) or isinstance(booking, bool) or not 0 < booking < 2**63):
        raise ValueError("booking")
    exact = not envelope.doubtful and abs(envelope.drift) <= OFFSET_MAX
    act = Act(
        nonce=envelope.uuid,
        place=Place(date.fromisoformat(payload["on_day"]), str(payload["half_day"]), slot),
        kind=str(payload["kind"]),
        device=envelope.device,
        sequence=envelope.sequence,
        device_time=envelope.made_at if exact else envelope.at,
        booking=booking,
        walk_in=UUID(str(payload["walk_in"])) if payload.get("walk_in") is not None else None,
        label=label,
        offset=envelope.drift if exact else 0,
    )
    return act, slug
