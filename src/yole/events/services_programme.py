"""Writes on the programme: slots by a form or by placing them on the grid, limited places, cancelling, publishing a numbered version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from yole.base import typography
from yole.base.errors import Refused
from yole.bookings import services_capacity
from yole.events import permissions, selectors_programme, services_messages
from yole.events.engine.conflicts import blocking
from yole.events.enums import TAKEN_PROPOSALS, Audience, EditionStatus, Kind
from yole.events.models import Edition, ProgrammeVersion, Proposal, Room, Slot, SlotSpeaker, Speaker
from yole.events.selectors_programme import PublicSlot
from yole.events.services_editions import note
from yole.journal.references import reference
from yole.organisations.acting import allow, name_of
from yole.organisations.models import Account

_FIELDS = {
    *("title", "subtitle", "abstract", "description", "kind", "track", "audience", "language", "minutes", "wanted_capacity", "step_free"),
    *("recording_licence", "recording_refused", "recording_url", "feedback_url", "links"),
}


def next_number(of: Edition) -> int:
    """The next number of a slot of the edition; the edition's row must be locked."""
    return (of.slots.aggregate(last=Max("number"))["last"] or 0) + 1


def _lock(of: Edition) -> Edition:
    return Edition.objects.select_for_update(no_key=True).get(pk=of.pk)


def instant(of: Edition, day: int, at: time) -> datetime:
    """The instant of a local time on a day of conference (rank from 1); a time before the day opens is on the next morning."""
    zone = ZoneInfo(of.time_zone)
    on = of.starts_on + timedelta(days=day - 1)
    if of.day_ends <= of.day_starts and at < of.day_starts:
        on += timedelta(days=1)
    return datetime.combine(on, at, zone).astimezone(UTC)


def _check(of: Edition, slot: Slot) -> None:
    slot.title = " ".join(slot.title.split())[:300]
    if not slot.title:
        raise Refused("Écrivez un titre.", field="title", code="missing")
    if slot.kind not in Kind.values:
        raise Refused("Choisissez un format de la liste.", field="kind", code="unknown")
    if slot.audience not in Audience.values:
        raise Refused("Choisissez un public de la liste.", field="audience", code="unknown")
    if not 1 <= slot.minutes <= 1440:
        raise Refused("Une séance dure de 1 à 1 440 minutes.", field="minutes", code="range")
    if slot.track is not None and slot.track.edition_id != of.pk:
        raise Refused("Ce thème est celui d’une autre édition.", field="track", code="unknown")


def _check_room(of: Edition, room: Room | None) -> None:
    if room is not None and not of.venues.filter(pk=room.venue_id).exists():
        raise Refused("Cette salle n’est pas dans un lieu de l’édition.", field="room", code="unknown")


def _set_place(of: Edition, slot: Slot, room: Room | None, day: int | None, at: time | None) -> None:
    _check_room(of, room)
    slot.room = room
    if day is None or at is None:
        if day is not None or at is not None:
            raise Refused("Donnez le jour et l’heure, ou aucun des deux.", field="starts", code="missing")
        slot.day = slot.starts_at = None
        return
    if selectors_programme.hours_of(of, day) is None:
        raise Refused("Ce jour n’est pas dans l’édition.", field="day", code="range")
    slot.day, slot.starts_at = day, instant(of, day, at)


def _set_speakers(slot: Slot, speakers: Sequence[Speaker]) -> None:
    wanted = list(dict.fromkeys(speakers))
    if any(speaker.edition_id != slot.edition_id for speaker in wanted):
        raise Refused("Cette personne intervient dans une autre édition.", field="speakers", code="unknown")
    slot.slot_speakers.all().delete()
    SlotSpeaker.objects.bulk_create(SlotSpeaker(slot=slot, speaker=speaker, position=rank) for rank, speaker in enumerate(wanted))


@transaction.atomic
def save_slot(
    account: Account | None,
    of: Edition,
    slot: Slot | None = None,
    *,
    room: Room | None = None,
    day: int | None = None,
    at: time | None = None,
    speakers: Sequence[Speaker] | None = None,
    places: int | None = None,
    proposal: Proposal | None = None,
    **fields: Any,
) -> Slot:
    """Writes a slot as the form holds it. `places`: limited places, None for free entry (refused once people hold places).

    Readers see the change at the next publication. Raises Refused (field named).
    """
    allow(account, permissions.EDIT, of.territory_id)
    if unknown := set(fields) - _FIELDS:
        raise ValueError(f"unknown fields: {sorted(unknown)}")
    edition = _lock(of)
    row = Slot.objects.select_for_update(of=("self",), no_key=True).get(pk=slot.pk) if slot else Slot(edition=edition)
    if row.cancelled_at is not None:
        raise Refused("Ce créneau est annulé : il ne change plus.", code="cancelled")
    for name, value in fields.items():
        setattr(row, name, value)
    _check(edition, row)
    _set_place(edition, row, room, day, at)
    if slot is None:
        row.number, row.proposal = next_number(edition), proposal
    _set_places(account, row, places)
    row.save()
    if speakers is not None:
        _set_speakers(row, speakers)
    return row


def _set_places(account: Account | None, row: Slot, places: int | None) -> None:
    if places is None:
        if row.capacity is not None and row.capacity.bookings.exists():
            raise Refused("Des personnes sont inscrites : gardez un nombre de places.", field="places", code="taken")
        row.capacity = None
    elif row.capacity is None:
        row.capacity = services_capacity.make_capacity(places, starts_at=row.starts_at, ends_at=_end(row), offers_stop_hours=1)
    else:
        row.capacity = services_capacity.change_capacity(row.capacity.pk, places, by=name_of(account))


def _end(row: Slot) -> datetime | None:
    return row.starts_at + timedelta(minutes=row.minutes) if row.starts_at else None


@transaction.atomic
def place_slot(account: Account | None, slot: Slot, *, room: Room | None, day: int | None, at: time | None) -> Slot:
    """Puts a slot in a room at a time, or takes it off the grid: what the grid does, by hand, keys or pointer."""
    allow(account, permissions.EDIT, slot.edition.territory_id)
    edition = _lock(slot.edition)
    row = Slot.objects.select_for_update(of=("self",), no_key=True).get(pk=slot.pk)
    if row.cancelled_at is not None:
        raise Refused("Ce créneau est annulé : il ne bouge plus.", code="cancelled")
    _set_place(edition, row, room, day, at)
    row.save(update_fields=["room", "day", "starts_at", "changed_at"])
    return row


@transaction.atomic
def slot_of_proposal(account: Account | None, proposal: Proposal) -> Slot:
    """Makes the slot of an accepted proposal, still to place. One proposal has one slot: asking again gives the same."""
    edition = proposal.edition
    allow(account, permissions.EDIT, edition.territory_id)
    _lock(edition)
    again = proposal.slots.first()
    if again is not None:
        return again
    if proposal.state not in TAKEN_PROPOSALS:
        raise Refused("Acceptez d’abord la proposition.", code="step")
    return save_slot(
        account,
        edition,
        title=proposal.title,
        abstract=proposal.abstract,
        kind=proposal.kind,
        minutes=proposal.minutes,
        track=proposal.track,
        language=proposal.languages[0] if proposal.languages else "",
        wanted_capacity=proposal.wanted_capacity,
        step_free=proposal.step_free,
        speakers=list(proposal.speakers.order_by("name")),
        proposal=proposal,
    )


@transaction.atomic
def delete_slot(account: Account | None, slot: Slot) -> None:
    """Removes a slot that was never published and that nobody is registered for; another one is cancelled instead."""
    allow(account, permissions.EDIT, slot.edition.territory_id)
    _lock(slot.edition)
    row = Slot.objects.select_for_update(of=("self",)).get(pk=slot.pk)
    if row.first_version is not None or row.seats.exists():
        raise Refused("Ce créneau est publié : annulez-le, pour que chacun le sache.", code="published")
    row.delete()


@transaction.atomic
def cancel_slot(account: Account | None, slot: Slot, reason: str, *, tell: bool = True) -> int:
    """Cancels a slot for good: its places are closed and registrations cancelled. Readers see it at the next publication. Returns how many
    registrations were cancelled. `tell`: their holders are told, and those who follow a free-entry slot."""
    allow(account, permissions.EDIT, slot.edition.territory_id)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise Refused("Écrivez le motif : le public le lira.", field="reason", code="missing")
    _lock(slot.edition)
    row = Slot.objects.select_for_update(of=("self",), no_key=True).get(pk=slot.pk)
    if row.cancelled_at is not None:
        return 0
    told = services_capacity.close_capacity(row.capacity_id, reason, by=name_of(account)) if row.capacity_id else []
    row.cancelled_at, row.cancel_reason = timezone.now(), reason
    row.save(update_fields=["cancelled_at", "cancel_reason", "changed_at"])
    services_messages.slot_cancelled(row, tell=tell)
    note(account, "events.cancel", row.edition, reference("slot", row.guid), {"registrations": len(told)})
    return len(told)


# Publishing


@transaction.atomic
def publish(account: Account | None, of: Edition, *, note_text: str = "", tell: bool = True) -> ProgrammeVersion:
    """Publishes the programme as it is prepared: a numbered version with what moved since the one before. `tell`: whoever has a place in a
    session whose hour or room moved is told, and whoever follows a free-entry one.

    A slot without time or room is left out until it has both (a slot that was published keeps its last place). Raises Refused when nothing
    is placed, nothing changed, or a room or a speaker is in two slots at once (the message names the first clash).
    """
    allow(account, permissions.EDIT, of.territory_id)
    edition = _lock(of)
    clashes = blocking(selectors_programme.conflicts_of(edition))
    if clashes:
        more = f" Et {len(clashes) - 1} autres." if len(clashes) > 1 else ""
        raise Refused(f"Le programme ne peut pas paraître. {clashes[0].words}{more}", remedy="Corrigez-le dans la grille.", code="conflict")
    before = {slot.guid: slot for slot in selectors_programme.published_slots(edition)}
    number = edition.version + 1
    rows = {str(row.guid): row for row in selectors_programme.slots_of(edition).select_for_update(of=("self",), no_key=True)}
    after: dict[str, PublicSlot] = {}
    for guid, row in rows.items():
        if row.starts_at is None or row.room_id is None:
            if guid in before:
                raise Refused(
                    f"« {row.title} » est publié et n’a plus de place dans la grille.", remedy="Placez-le, ou annulez-le.", code="unplaced"
                )
            continue
        if row.cancelled_at is not None and guid not in before:
            continue  # nobody has seen it
        row.first_version = row.first_version or number
        after[guid] = selectors_programme.as_public(row, edition.time_zone, published=True)
    if not after:
        raise Refused("Rien n’est encore placé : donnez une salle et une heure à un créneau.", code="empty")
    changes = changes_of(before.values(), after.values())
    if edition.version and not changes:
        raise Refused("Rien n’a changé depuis la dernière version.", code="same")
    moved = []
    for guid, slot in after.items():
        row, seen = rows[guid], before.get(guid)
        if seen is not None and _moved(seen, slot):
            row.sequence += 1
            after[guid] = selectors_programme.as_public(row, edition.time_zone, published=True)
            if services_messages.moves(seen, slot):
                moved.append((row, seen, slot))
        row.save(update_fields=["first_version", "sequence"])
        if row.capacity_id is not None and row.cancelled_at is None and slot.starts_at and slot.ends_at:
            services_capacity.move_capacity(row.capacity_id, starts_at=slot.starts_at, ends_at=slot.ends_at, closes_at=None)
    made = ProgrammeVersion.objects.create(
        edition=edition,
        number=number,
        snapshot=[slot.to_dict() for slot in sorted(after.values(), key=selectors_programme.order_of)],
        changes=changes,
        note=" ".join(note_text.split())[:200],
    )
    # The text of older versions goes: what moved is kept, and a name that is withdrawn does not live on there.
    ProgrammeVersion.objects.filter(edition=edition, number__lt=number).update(snapshot=[])
    edition.version = number
    if edition.status in (EditionStatus.DRAFT, EditionStatus.CALL_OPEN):
        edition.status = EditionStatus.PUBLISHED
    edition.save(update_fields=["version", "status", "changed_at"])
    of.version, of.status = edition.version, edition.status
    told = services_messages.tell_moved(moved) if tell else 0
    body = {"version": number, "changes": len(changes), "told": told}
    note(account, "events.publish", edition, reference("edition", edition.pk), body)
    return made


def _moved(before: PublicSlot, after: PublicSlot) -> bool:
    """Whether calendars must see a change."""
    return bool(_differences(before, after))


def _when(slot: PublicSlot) -> str:
    start = slot.local_start
    return f"{typography.day(start.date())} à {typography.clock(start.time())}" if start else "sans heure"


def _differences(before: PublicSlot, after: PublicSlot) -> list[str]:
    found = []
    if after.cancelled and not before.cancelled:
        return [f"annulé : {after.cancel_reason}"]
    if before.starts_at != after.starts_at:
        found.append(f"{_when(before)} devient {_when(after)}")
    if (before.room, before.venue) != (after.room, after.venue):
        found.append(f"{before.room} devient {after.room}")
    if before.minutes != after.minutes:
        found.append(f"{typography.duration(before.minutes)} devient {typography.duration(after.minutes)}")
    if before.title != after.title:
        found.append(f"s’appelait « {before.title} »")
    if [one.name for one in before.speakers] != [one.name for one in after.speakers]:
        found.append("intervenants changés")
    texts = ("subtitle", "abstract", "description", "kind", "type_label", "track", "audience", "language", "links", "limited")
    if not found and any(getattr(before, name) != getattr(after, name) for name in (*texts, "recording_licence", "recording_refused")):
        found.append("présentation changée")
    return found


def changes_of(before: Iterable[PublicSlot], after: Iterable[PublicSlot]) -> list[dict[str, str]]:
    """What moved between two versions, in words: new, gone, moved, cancelled. Titles of slots only, never a name."""
    old = {slot.guid: slot for slot in before}
    new = {slot.guid: slot for slot in after}
    found = []
    for guid, slot in new.items():
        words = _differences(old[guid], slot) if guid in old else [f"nouveau : {_when(slot)}, {slot.room}"]
        if words:
            found.append({"guid": guid, "number": str(slot.number), "title": slot.title, "what": " ; ".join(words)})
    for guid, slot in old.items():
        if guid not in new:
            found.append({"guid": guid, "number": str(slot.number), "title": slot.title, "what": "retiré"})
    return found


@transaction.atomic
def withdraw_name(account: Account | None, speaker: Speaker) -> None:
    """Somebody no longer agrees to be named: the published programme forgets them at once, without a new version."""
    allow(account, permissions.EDIT, speaker.edition.territory_id)
    edition = _lock(speaker.edition)
    Speaker.objects.filter(pk=speaker.pk).update(publication_agreed_at=None)
    version = selectors_programme.last_version(edition)
    if version is None:
        return
    for slot in version.snapshot:
        slot["speakers"] = [one for one in slot["speakers"] if one["guid"] != str(speaker.pk)]
    version.save(update_fields=["snapshot"])


@transaction.atomic
def save_speaker(account: Account | None, of: Edition, speaker: Speaker | None = None, **fields: Any) -> Speaker:
    """Adds or changes a speaker by hand. `agreed`: they agree to be named; the others fields are those of the table."""
    allow(account, permissions.EDIT, of.territory_id)
    known = {"name", "biography", "organisation", "sex", "step_free", "unavailable", "agreed", "recording_agreed"}
    if unknown := set(fields) - known:
        raise ValueError(f"unknown fields: {sorted(unknown)}")
    row = speaker or Speaker(edition=of)
    for name in ("name", "biography", "organisation", "sex", "step_free", "unavailable"):
        if name in fields:
            setattr(row, name, fields[name])
    row.name = " ".join(row.name.split())[:120]
    if not row.name:
        raise Refused("Écrivez un nom.", field="name", code="missing")
    now = timezone.now()
    for field, column in (("agreed", "publication_agreed_at"), ("recording_agreed", "recording_agreed_at")):
        if field in fields:
            setattr(row, column, (getattr(row, column) or now) if fields[field] else None)
    row.save()
    return row
