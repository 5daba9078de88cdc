"""Writes on editions, their venues, rooms, tracks, places and invitations; and who may act.

`account` is the signed-in person; None is the house itself (demonstration, import).
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from yole.base.errors import Refused
from yole.bookings import services_capacity
from yole.bookings.models import Capacity
from yole.events import permissions
from yole.events.enums import EditionStatus
from yole.events.models import CODE_LENGTH, Edition, Invitation, Room, Track, Venue
from yole.journal import services as journal
from yole.journal.references import reference
from yole.kernel.codes import new_code
from yole.organisations.acting import actor, allow, name_of
from yole.organisations.models import Account
from yole.territory.models import Territory

_SLUG = re.compile(r"[a-z0-9_]{4,}")
_EDITION_FIELDS = {
    *("title", "number", "summary", "starts_on", "ends_on", "time_zone", "day_starts", "day_ends", "organisers", "partners"),
    *("call_closes_on", "recording_licence", "is_fictional"),
}
_ROOM_FIELDS = {"name", "kind", "capacity", "step_free", "induction_loop", "sign_language", "position"}
_VENUE_FIELDS = {"name", "address", "commune", "access_note", "lat", "lon", "is_fictional"}
NEXT = {
    EditionStatus.DRAFT: (EditionStatus.CALL_OPEN,),
    EditionStatus.CALL_OPEN: (EditionStatus.DRAFT,),
    EditionStatus.PUBLISHED: (EditionStatus.RUNNING, EditionStatus.CLOSED),
    EditionStatus.RUNNING: (EditionStatus.CLOSED,),
    EditionStatus.CLOSED: (EditionStatus.RUNNING, EditionStatus.ARCHIVED),
    EditionStatus.ARCHIVED: (EditionStatus.CLOSED,),
}
"""Where a status leads by hand; « programme publié » comes from publishing alone."""


def note(account: Account | None, action: str, of: Edition, subject: str, body: dict[str, Any] | None = None) -> None:
    """Writes an act about an edition in the journal; last in the transaction."""
    journal.record(action, actor(account), subject, {"edition": of.slug, **(body or {})}, reference("territory", of.territory_id))


# Editions


@transaction.atomic
def create_edition(account: Account | None, territory: Territory, *, slug: str, **fields: Any) -> Edition:
    """Raises Refused for a slug that is not `[a-z0-9_]{4,}` or is taken, an end before the start, an unknown field (ValueError)."""
    allow(account, permissions.EDIT, territory.pk)
    if not _SLUG.fullmatch(slug):
        raise Refused(
            "L’adresse a au moins 4 signes : lettres sans accent, chiffres, tiret bas.",
            remedy="Exemple : nec_2026.",
            field="slug",
            code="shape",
        )
    if Edition.objects.filter(slug=slug).exists():
        raise Refused("Une édition a déjà cette adresse.", field="slug", code="taken")
    made = Edition(territory=territory, slug=slug, time_zone=fields.pop("time_zone", territory.time_zone), door_salt=secrets.token_hex(16))
    _set(made, fields, _EDITION_FIELDS)
    _check_edition(made)
    made.save()
    return made


def _set(row: Any, fields: dict[str, Any], known: set[str]) -> None:
    if unknown := set(fields) - known:
        raise ValueError(f"unknown fields: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(row, name, value)


def _check_edition(of: Edition) -> None:
    if not of.title.strip():
        raise Refused("Écrivez un titre.", field="title", code="missing")
    if of.ends_on < of.starts_on:
        raise Refused("Le dernier jour est avant le premier.", field="ends_on", code="order")
    if (of.ends_on - of.starts_on) > timedelta(days=13):
        raise Refused("Une édition dure 14 jours au plus.", field="ends_on", code="range")
    if of.day_starts == of.day_ends:
        raise Refused("La journée commence et finit à la même heure.", field="day_ends", code="order")


@transaction.atomic
def change_edition(account: Account | None, of: Edition, **fields: Any) -> Edition:
    """Changes the description of an edition; its places follow its days. `services_changes` does it and tells the people registered."""
    allow(account, permissions.EDIT, of.territory_id)
    row = Edition.objects.select_for_update().get(pk=of.pk)
    _set(row, fields, _EDITION_FIELDS)
    _check_edition(row)
    row.save()
    if row.capacity is not None:
        starts_at, ends_at = whole(row)
        services_capacity.move_capacity(row.capacity.pk, starts_at=starts_at, ends_at=ends_at, closes_at=row.capacity.closes_at)
    return row


def whole(of: Edition) -> tuple[datetime, datetime]:
    """First and last instants of an edition."""
    zone = ZoneInfo(of.time_zone)
    later = timedelta(days=1) if of.day_ends <= of.day_starts else timedelta()
    return datetime.combine(of.starts_on, of.day_starts, zone), datetime.combine(of.ends_on + later, of.day_ends, zone)


@transaction.atomic
def set_status(account: Account | None, of: Edition, status: str) -> Edition:
    """Opens or closes the call, begins, ends, archives. Raises Refused for a step that does not follow."""
    allow(account, permissions.EDIT, of.territory_id)
    row = Edition.objects.select_for_update().get(pk=of.pk)
    before = EditionStatus(row.status)
    if row.cancelled_at is not None and status not in (EditionStatus.CLOSED, EditionStatus.ARCHIVED):
        raise Refused("Cette édition est annulée : elle ne reprend pas.", field="status", code="cancelled")
    if status not in NEXT[before] and not (before == EditionStatus.CALL_OPEN and row.version and status == EditionStatus.PUBLISHED):
        raise Refused(f"Une édition « {before.label} » ne passe pas à cet état.", field="status", code="step")
    row.status = status
    row.save(update_fields=["status", "changed_at"])
    note(account, "events.status", row, reference("edition", row.pk), {"status": status})
    return row


# Places


@transaction.atomic
def open_registration(
    account: Account | None, of: Edition, places: int, *, closes_at: datetime | None = None, overbooking_percent: int = 0
) -> Capacity:
    """Opens registration for the edition with a number of places, or changes it. Raises Refused below what is taken."""
    allow(account, permissions.EDIT, of.territory_id)
    row = Edition.objects.select_for_update().get(pk=of.pk)
    if row.cancelled_at is not None:
        raise Refused("Cette édition est annulée.", code="cancelled")
    starts_at, ends_at = whole(row)
    closes_at = closes_at or ends_at  # people who come on the second day still register
    if row.capacity_id is None:
        row.capacity = services_capacity.make_capacity(
            places, starts_at=starts_at, ends_at=ends_at, closes_at=closes_at, overbooking_percent=overbooking_percent
        )
        row.save(update_fields=["capacity", "changed_at"])
        of.capacity = row.capacity
        return row.capacity
    changed = services_capacity.change_capacity(row.capacity_id, places, by=name_of(account), overbooking_percent=overbooking_percent)
    services_capacity.move_capacity(changed.pk, starts_at=starts_at, ends_at=ends_at, closes_at=closes_at)
    return changed


# Venues, rooms, tracks


@transaction.atomic
def save_venue(account: Account | None, of: Edition, venue: Venue | None = None, **fields: Any) -> Venue:
    """Adds a venue to an edition, or changes one. A venue of the same name in the territory is taken again."""
    allow(account, permissions.EDIT, of.territory_id)
    name = str(fields.get("name", venue.name if venue else "")).strip()
    if not name:
        raise Refused("Écrivez le nom du lieu.", field="name", code="missing")
    row = venue or Venue.objects.filter(territory_id=of.territory_id, name=name).first() or Venue(territory_id=of.territory_id)
    if Venue.objects.filter(territory_id=of.territory_id, name=name).exclude(pk=row.pk).exists():
        raise Refused("Un autre lieu a déjà ce nom.", field="name", code="taken")
    _set(row, {**fields, "name": name}, _VENUE_FIELDS)
    row.save()
    of.venues.add(row)
    return row


@transaction.atomic
def save_room(account: Account | None, venue: Venue, room: Room | None = None, **fields: Any) -> Room:
    """Raises Refused for a name that the venue already has, or a capacity out of 1..10 000."""
    allow(account, permissions.EDIT, venue.territory_id)
    row = room or Room(venue=venue, capacity=0)
    _set(row, fields, _ROOM_FIELDS)
    row.name = row.name.strip()
    if not row.name:
        raise Refused("Écrivez le nom de la salle.", field="name", code="missing")
    if not 1 <= row.capacity <= 10000:
        raise Refused("Une salle tient de 1 à 10 000 personnes.", field="capacity", code="range")
    if Room.objects.filter(venue=venue, name=row.name).exclude(pk=row.pk).exists():
        raise Refused("Ce lieu a déjà une salle de ce nom.", field="name", code="taken")
    row.save()
    return row


def track_slug(name: str) -> str:
    """The slug of a track: `[a-z][a-z0-9-]+`."""
    made = slugify(name).replace("_", "-").strip("-")[:70]
    return made if re.fullmatch(r"[a-z][a-z0-9-]+", made) else f"theme-{made}".rstrip("-")


@transaction.atomic
def save_track(
    account: Account | None, of: Edition, track: Track | None = None, *, name: str, colour: str = "", position: int = 0
) -> Track:
    """Raises Refused for a name that the edition already has, or a colour that is not `#rrggbb`."""
    allow(account, permissions.EDIT, of.territory_id)
    name = " ".join(name.split())
    if not name:
        raise Refused("Écrivez le nom du thème.", field="name", code="missing")
    if colour and not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise Refused("Une couleur s’écrit # et 6 chiffres ou lettres de a à f.", field="colour", code="shape")
    slug = track_slug(name)
    others = Track.objects.filter(edition=of)
    if track is not None:
        others = others.exclude(pk=track.pk)
    if others.filter(name=name).exists():
        raise Refused("Cette édition a déjà ce thème.", field="name", code="taken")
    while others.filter(slug=slug).exists():
        slug += "-bis"
    row = track or Track(edition=of)
    row.name, row.slug, row.colour, row.position = name, slug, colour, position
    row.save()
    return row


# Invitations


@transaction.atomic
def invite(account: Account | None, of: Edition, *, label: str, places: int) -> Invitation:
    """A code for a structure: `places` registrations, also before the public opening."""
    allow(account, permissions.EDIT, of.territory_id)
    label = " ".join(label.split())
    if not label:
        raise Refused("Écrivez qui vous invitez.", field="label", code="missing")
    if not 1 <= places <= 500:
        raise Refused("Une invitation vaut pour 1 à 500 personnes.", field="places", code="range")
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return Invitation.objects.create(edition=of, code=new_code(CODE_LENGTH), label=label[:120], places=places)
        except IntegrityError:
            continue
    raise Refused("Réessayez dans une minute.", code="busy", status=503)


@transaction.atomic
def withdraw_invitation(account: Account | None, invitation: Invitation) -> None:
    """The code no longer opens registration; those who used it stay registered."""
    allow(account, permissions.EDIT, invitation.edition.territory_id)
    Invitation.objects.filter(pk=invitation.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
