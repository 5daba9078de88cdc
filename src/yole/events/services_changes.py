"""Changes of a whole event that people registered must hear of: days, hours, place, cancellation; told or not, as the organiser chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.bookings import services_capacity
from yole.bookings.enums import Channel
from yole.bookings.outbox import channel_of
from yole.events import messages, permissions, selectors_programme, services_editions, services_messages, services_programme
from yole.events.enums import PUBLIC_STATUSES, EditionStatus
from yole.events.models import Edition, Registration, Slot, Venue
from yole.events.services_editions import note
from yole.journal.references import reference
from yole.organisations.acting import allow, name_of
from yole.organisations.models import Account


@dataclass(frozen=True, slots=True)
class Reach:
    """How the people concerned by a change would be told: by e-mail, by SMS, by a call to make; `none`: no way to reach them."""

    email: int = 0
    sms: int = 0
    call: int = 0
    none: int = 0

    @property
    def total(self) -> int:
        return self.email + self.sms + self.call + self.none


def _reach(people: list[Registration]) -> Reach:
    found = {"email": 0, "sms": 0, "call": 0, "none": 0}
    for one in people:
        channel = channel_of(one.booking)
        found["none" if channel == Channel.CALL and not one.booking.phone else str(channel.value)] += 1
    return Reach(**found)


@system_scope()
def reach_of(of: Edition) -> Reach:
    """How everybody registered for the event would be told of a change."""
    return _reach(list(services_messages.registered(of)))


@system_scope()
def reach_of_publishing(of: Edition) -> Reach:
    """How the people of the sessions that the next publication moves would be told, each counted once."""
    before = {slot.guid: slot for slot in selectors_programme.published_slots(of)}
    people: dict[int, Registration] = {}
    for row in selectors_programme.slots_of(of):
        seen = before.get(str(row.guid))
        if seen is not None and services_messages.moves(seen, selectors_programme.as_public(row, of.time_zone, published=True)):
            people |= {one.pk: one for one, _booking in services_messages.reached_by(row)}
    return _reach(list(people.values()))


@system_scope()  # registrations of the edition, whose act was allowed
@transaction.atomic
def change_edition(account: Account | None, of: Edition, *, tell: bool, **fields: Any) -> tuple[Edition, int]:
    """Changes the description of an edition. Its sessions follow its days when it moves whole; readers see them at the next publication.

    Returns the edition and how many people are told. Raises Refused as `services_editions.change_edition`, and when a session would
    fall before the first day.
    """
    before, starts_on, ends_on = messages.edition_words(of), of.starts_on, of.ends_on
    row = services_editions.change_edition(account, of, **fields)
    _follow_days(row, starts_on, ends_on)
    return row, _told(account, row, before, tell=tell)


def _follow_days(of: Edition, starts_on: date, ends_on: date) -> None:
    shift = of.starts_on - starts_on
    if not shift:
        return
    zone = ZoneInfo(of.time_zone)
    moves_whole = shift == of.ends_on - ends_on
    rows = list(of.slots.select_for_update(of=("self",), no_key=True).filter(starts_at__isnull=False, cancelled_at__isnull=True))
    for row in rows:
        if row.starts_at is None or row.day is None:
            continue
        if moves_whole:
            local = row.starts_at.astimezone(zone)
            row.starts_at = datetime.combine(local.date() + shift, local.time(), zone)
        else:
            row.day -= shift.days
            if row.day < 1:
                raise Refused(
                    f"« {row.title} » tomberait avant le premier jour.", remedy="Déplacez-le d’abord.", field="starts_on", code="slots"
                )
    Slot.objects.bulk_update(rows, ["starts_at", "day"])


def _told(account: Account | None, of: Edition, before: str, *, tell: bool) -> int:
    """Tells of a change, when there is one and it is wanted; the choice is in the journal."""
    after = messages.edition_words(of)
    if before == after or services_editions.whole(of)[1] <= timezone.now() or of.cancelled_at is not None:
        return 0
    told = services_messages.tell_edition(of, before) if tell else 0
    note(account, "events.changed", of, reference("edition", of.pk), {"told": told, "tell": tell})
    return told


@system_scope()
@transaction.atomic
def save_venue(account: Account | None, of: Edition, venue: Venue | None = None, *, tell: bool, **fields: Any) -> tuple[Venue, int]:
    """Adds a venue to an edition, or changes one; every coming edition that meets there is told. Returns the venue and how many people."""
    allow(account, permissions.EDIT, of.territory_id)
    today = timezone.localdate()
    known = Edition.objects.filter(territory_id=of.territory_id, ends_on__gte=today)
    concerned = list(known.filter(venues=venue)) if venue is not None else []
    concerned += [one for one in known.filter(pk=of.pk) if one not in concerned]
    before = {one.pk: messages.edition_words(one) for one in concerned}
    had = {one.pk: one.venues.exists() for one in concerned}
    row = services_editions.save_venue(account, of, venue, **fields)
    # The first venue of an edition is no change: nobody was told another one.
    return row, sum(_told(account, one, before[one.pk], tell=tell) for one in concerned if had[one.pk])


@system_scope()
@transaction.atomic
def cancel_edition(account: Account | None, of: Edition, reason: str, *, tell: bool) -> int:
    """The event does not take place: registration closes, every registration and session is cancelled, the programme says so. For good.

    Locks in the house's order: the places of the edition, then those of the sessions. Returns how many registrations were cancelled.
    Raises Refused without reason, for an edition that the public never saw, is over, or is cancelled already.
    """
    allow(account, permissions.EDIT, of.territory_id)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise Refused("Écrivez le motif : le public le lira.", field="reason", code="missing")
    row = Edition.objects.select_for_update(no_key=True).get(pk=of.pk)
    if row.cancelled_at is not None:
        return 0
    if row.status not in PUBLIC_STATUSES:
        raise Refused("Cette édition n’a pas encore paru.", code="step")
    if services_editions.whole(row)[1] <= timezone.now():
        raise Refused("Cette édition est passée.", code="past")
    row.cancelled_at, row.cancel_reason = timezone.now(), reason
    row.save(update_fields=["cancelled_at", "cancel_reason", "changed_at"])
    closed = services_capacity.close_capacity(row.capacity_id, reason, by=name_of(account)) if row.capacity_id else []
    if not tell:
        services_messages.withdraw_revoked(row.capacity_id)
    seen = list(row.slots.filter(first_version__isnull=False, cancelled_at__isnull=True).order_by("capacity_id", "number"))
    for slot in seen:
        # Those who had a place hear of the whole event, once: nothing more for each session.
        services_programme.cancel_slot(account, slot, reason, tell=False)
    if seen:
        services_programme.publish(account, row, note_text=f"Annulé : {reason}", tell=False)
    row.status = EditionStatus.CLOSED
    row.save(update_fields=["status", "changed_at"])
    of.cancelled_at, of.cancel_reason, of.status = row.cancelled_at, row.cancel_reason, row.status
    note(account, "events.cancelled", row, reference("edition", row.pk), {"registrations": len(closed), "tell": tell})
    return len(closed)
