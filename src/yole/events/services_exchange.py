"""Importing a programme: the same guid is the same slot, so that a file read again changes nothing. It writes what is prepared; readers see
it at the next publication."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.events import permissions, selectors_programme, services_programme
from yole.events import services_editions as editions
from yole.events.engine import document as doc
from yole.events.engine.document import Clash, Reading
from yole.events.enums import Kind
from yole.events.exchange import document_slot
from yole.events.models import Edition, Room, Slot, SlotSpeaker, Speaker, Track
from yole.journal.references import reference
from yole.kernel.text import fold
from yole.organisations.acting import allow
from yole.organisations.models import Account
from yole.territory.models import Territory

CANCELLED_IN_FILE = "Annulé dans le programme importé"
ROOM_CAPACITY = 30
"""Given to a room whose file says none; the outcome says so."""
DAYS_MOST = 14
_KINDS = {
    Kind.CONFERENCE: "talk lecture conference keynote presentation lightning exposé",
    Kind.ROUND_TABLE: "panel discussion podium debate roundtable",
    Kind.WORKSHOP: "workshop hands tutorial training meeting game",
    Kind.STAND: "booth poster exhibition",
    Kind.SCREENING: "film screening movie",
    Kind.PLENARY: "opening closing plenary ceremony",
    Kind.BREAK: "break lunch coffee dinner",
}
_WORDS = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_LABELS = {fold(text): kind for kind in Kind for text in (str(kind.label), kind.value)}


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do. `kept`: slots of the edition that the file does not have. `clashes`: two slots in a room at once."""

    edition: Edition
    new_edition: bool
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    cancelled: int = 0
    kept: int = 0
    clashes: list[Clash] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("created", "updated", "unchanged", "cancelled", "kept")}


def kind_of(text: str) -> tuple[Kind, str]:
    """The format that the words of a file name, and those words when they are not the ones that we write ourselves."""
    folded = fold(text)
    if folded in _LABELS:
        kind = _LABELS[folded]
        return kind, "" if text == str(kind.label) else text
    known = [_WORDS[word] for word in folded.split() if word in _WORDS]
    return known[0] if known else Kind.CONFERENCE, text


@system_scope()  # speakers of the edition, whose act was allowed
def import_programme(account: Account | None, territory: Territory, reading: Reading, *, cancel_missing: bool = False) -> Outcome:
    """Writes a programme into the edition of its slug, made when there is none. `cancel_missing`: slots that the file lost are cancelled.

    Raises Refused: an act that the account may not do, or an edition of another territory.
    """
    allow(account, permissions.EDIT, territory.pk)
    with transaction.atomic():
        return _Import(account, territory, reading).run(cancel_missing)


def preview(account: Account | None, territory: Territory, reading: Reading, *, cancel_missing: bool = False) -> Outcome:
    """What `import_programme` would do; nothing is kept."""
    outcome: Outcome | None = None
    with contextlib.suppress(_Undo), transaction.atomic():
        outcome = import_programme(account, territory, reading, cancel_missing=cancel_missing)
        raise _Undo
    if outcome is None:
        raise RuntimeError("the preview did not run")
    return outcome


class _Undo(Exception):  # noqa: N818  # leaves the transaction of a preview
    pass


class _Import:
    def __init__(self, account: Account | None, territory: Territory, reading: Reading) -> None:
        self.account, self.territory = account, territory
        self.programme, self.fields = reading.programme, reading.fields
        self.now = timezone.now()
        edition = Edition.objects.select_for_update(no_key=True).filter(slug=self.programme.slug).first()
        if edition is not None and edition.territory_id != territory.pk:
            raise Refused("Une édition d’un autre territoire a déjà cette adresse.", remedy="Choisissez un autre nom.", code="taken")
        self.out = Outcome(edition or self._make_edition(), edition is None, notes=list(reading.notes))
        self.edition = self.out.edition
        self.rooms, self.tracks = self._rooms(), self._tracks()
        self.rows = {row.guid: row for row in selectors_programme.slots_of(self.edition)}
        self.numbers = {row.number: guid for guid, row in self.rows.items()}
        self.codes = {row.code: guid for guid, row in self.rows.items() if row.code}
        speakers = list(self.edition.speakers.all())
        self.speakers: dict[str, Speaker] = {str(one.pk): one for one in speakers}
        self.speakers |= {one.external_guid: one for one in speakers if one.external_guid}

    # --- what surrounds the slots ---

    def _make_edition(self) -> Edition:
        days = self.programme.days
        first = days[0].date - timedelta(days=days[0].index - 1) if days[-1].index <= DAYS_MOST else days[0].date
        begins, ends = self._hours()
        return editions.create_edition(
            self.account,
            self.territory,
            slug=self.programme.slug,
            title=self.programme.title,
            starts_on=first,
            ends_on=days[-1].date,
            time_zone=self.programme.timezone,
            day_starts=begins,
            day_ends=ends,
        )

    def _hours(self) -> tuple[time, time]:
        """Whole hours around every slot, in minutes after midnight of its day; an end after midnight is written as on the next morning."""
        dates = {day.index: day.date for day in self.programme.days}
        first, last = 24 * 60, 0
        for slot in self.programme.slots:
            local = slot.starts_at.astimezone(self.programme.zone)
            start = (local.date() - dates[slot.day]).days * 1440 + local.hour * 60 + local.minute
            first, last = min(first, start), max(last, start + slot.minutes)
        if last <= first or first < 0:
            return time(8), time(18)
        first, last = first // 60 * 60 % 1440, min(-(-last // 60) * 60, first // 60 * 60 + 1439)
        return time(first // 60), time(last // 60 % 24, last % 60)

    def _rooms(self) -> dict[str, Room]:
        own = selectors_programme.rooms_of(self.edition)
        by_guid = {room.guid: room for room in own}
        by_name = {room.name: room for room in reversed(own)} | {f"{room.name} ({room.venue.name})"[:80]: room for room in own}
        found, unknown = {}, []
        for room in self.programme.rooms:
            known = (by_guid.get(room.guid) if room.guid else None) or by_name.get(room.name)
            if known is not None:
                found[room.name] = known
            else:
                unknown.append(room)
        if not unknown:
            return found
        venue = own[0].venue if own else self.edition.venues.first()
        if venue is None:
            venue = editions.save_venue(self.account, self.edition, name=f"Lieu de « {self.edition.title} »"[:150])
        here = {room.name: room for room in venue.rooms.all()}  # another edition may have met there
        taken = {room.guid for room in here.values()}
        guessed = []
        for position, room in enumerate(unknown, start=len(own)):
            if room.name in here:
                found[room.name] = here[room.name]
                continue
            if room.capacity is None:
                guessed.append(room.name)
            made = Room(venue=venue, name=room.name, kind=room.kind, capacity=room.capacity or ROOM_CAPACITY, position=position)
            if room.guid is not None and room.guid not in taken:
                made.guid = room.guid
            made.save()
            found[room.name] = made
        if guessed:
            self.out.notes.append(f"salle sans nombre de places, mise à {ROOM_CAPACITY}, à corriger : " + ", ".join(guessed[:10]))
        return found

    def _tracks(self) -> dict[str, Track]:
        known = {track.name: track for track in self.edition.tracks.all()}
        for track in self.programme.tracks:
            if track.name not in known:
                known[track.name] = editions.save_track(
                    self.account, self.edition, name=track.name, colour=track.colour, position=len(known)
                )
        return known

    # --- slots ---

    def run(self, cancel_missing: bool) -> Outcome:
        """Writes every slot of the file, then cancels or counts those that it lost. A change is proved in the journal."""
        before = {guid: self._said(row) for guid, row in self.rows.items()}
        for slot in self.programme.slots:
            self._slot(self._own(slot), before.get(slot.guid))
        missing = [row for guid, row in self.rows.items() if row.cancelled_at is None and guid not in self._in_file()]
        if cancel_missing:
            for row in missing:
                services_programme.cancel_slot(self.account, row, CANCELLED_IN_FILE)
            self.out.cancelled += len(missing)
        else:
            self.out.kept = len(missing)
        self._widen()
        self.out.clashes = doc.clashes(self.programme.slots)
        if self.out.created or self.out.updated or self.out.cancelled:
            editions.note(self.account, "events.import", self.edition, reference("edition", self.edition.pk), self.out.counts())
        return self.out

    def _in_file(self) -> set[UUID]:
        return {slot.guid for slot in self.programme.slots}

    def _widen(self) -> None:
        """The days of the edition hold those of the file."""
        edition = self.edition
        first, last = min(edition.starts_on, self.programme.days[0].date), max(edition.ends_on, self.programme.days[-1].date)
        if not self.out.new_edition and (first, last) != (edition.starts_on, edition.ends_on):
            self.out.edition = self.edition = editions.change_edition(self.account, edition, starts_on=first, ends_on=last)
            self.out.notes.append(f"l'édition va maintenant du {first:%d/%m/%Y} au {last:%d/%m/%Y}")

    def _own(self, slot: doc.Slot) -> doc.Slot:
        """A slot of the file without what is an address of ours, and with words for a type that it leaves empty."""
        url = slot.url
        if url and not url.startswith(settings.BASE_URL) and not slot.origin_url and "origin_url" in self.fields:
            slot = replace(slot, origin_url=url)
        if not slot.kind:
            slot = replace(slot, kind=str(Kind.CONFERENCE.label))
        return slot

    def _said(self, row: Slot) -> doc.Slot | None:
        public = selectors_programme.as_public(row, self.edition.time_zone, published=False)
        name = next((name for name, room in self.rooms.items() if room.pk == row.room_id), public.room)
        return document_slot(public, self.edition.slug, name)

    def _slot(self, slot: doc.Slot, before: doc.Slot | None) -> None:
        row = self.rows.get(slot.guid)
        if row is None:
            self._add(slot)
            self.out.created += 1
            return
        if row.cancelled_at is not None:
            if not slot.cancelled and "cancelled" in self.fields:
                self.out.notes.append(f"« {row.title} » est annulé ici : un créneau annulé le reste")
            self.out.unchanged += 1
            return
        changed = self._write(row, slot, before)
        if "cancelled" in self.fields and slot.cancelled:
            services_programme.cancel_slot(self.account, row, CANCELLED_IN_FILE)
            self.out.cancelled += 1
        elif changed:
            self.out.updated += 1
        else:
            self.out.unchanged += 1

    def _add(self, slot: doc.Slot) -> None:
        number = slot.id
        if number in self.numbers:
            number = max(self.numbers) + 1
            self.out.notes.append(f"« {slot.title} » prend le numéro {number} : le {slot.id} est celui d'un autre créneau")
        self.numbers[number] = slot.guid
        row = Slot(edition=self.edition, guid=slot.guid, number=number)
        self._fill(row, slot, doc.ALL_FIELDS)
        if slot.cancelled:
            row.cancelled_at, row.cancel_reason = self.now, CANCELLED_IN_FILE
        row.save()
        self._people(row, slot, [])

    def _write(self, row: Slot, slot: doc.Slot, before: doc.Slot | None) -> bool:
        differs = before is None or any(
            getattr(before, name) != getattr(slot, name) for name in self.fields - {"guid", "id", "code", "url", "persons", "cancelled"}
        )
        differs = differs or (slot.code != row.code and self._may_take(slot.code, row))
        if differs:
            self._fill(row, slot, self.fields)
            row.save()
        people = "persons" in self.fields and self._people(row, slot, [link.speaker for link in row.slot_speakers.all()])
        return differs or people

    def _fill(self, row: Slot, slot: doc.Slot, fields: Iterable[str]) -> None:
        given = set(fields)
        row.room, row.day, row.starts_at, row.minutes = self.rooms[slot.room], slot.day, slot.starts_at, slot.minutes
        plain = ("title", "subtitle", "language", "abstract", "description", "recording_licence", "recording_refused")
        for name in given & {*plain, "recording_url", "feedback_url", "origin_url"}:
            setattr(row, name, getattr(slot, name))
        if "kind" in given:
            row.kind, row.type_label = kind_of(slot.kind)
        if "track" in given:
            row.track = self.tracks[slot.track] if slot.track else None
        for name in given & {"links", "attachments"}:
            setattr(row, name, [_link(link) for link in getattr(slot, name)])
        if self._may_take(slot.code, row):
            row.code = slot.code
            self.codes[slot.code] = row.guid

    def _may_take(self, code: str, row: Slot) -> bool:
        """A code that no other slot has; a file without codes takes none away."""
        return bool(code) and self.codes.get(code, row.guid) == row.guid

    def _people(self, row: Slot, slot: doc.Slot, current: list[Speaker]) -> bool:
        """The speakers of the file in its order. Without an identifier: the speaker of this slot who has the same name, else a new one."""
        left = list(current)
        wanted, renamed = [], False
        for person in slot.persons:
            known = self.speakers.get(str(person.guid)) if person.guid else next((one for one in left if one.name == person.name), None)
            if known is None:
                # Already public where the file comes from; its identifier is kept apart, ours is drawn at random.
                known = Speaker.objects.create(
                    edition=self.edition, name=person.name, publication_agreed_at=self.now, external_guid=str(person.guid or "")
                )
                self.speakers[str(known.pk)] = known
                if person.guid:
                    self.speakers[str(person.guid)] = known
            elif known.name != person.name:
                known.name, renamed = person.name, True
                known.save(update_fields=["name"])
            if known in left:
                left.remove(known)
            if known not in wanted:
                wanted.append(known)
        if [one.pk for one in wanted] == [one.pk for one in current]:
            return renamed
        SlotSpeaker.objects.filter(slot=row).delete()
        SlotSpeaker.objects.bulk_create(SlotSpeaker(slot=row, speaker=one, position=n) for n, one in enumerate(wanted))
        return True


def _link(link: doc.Link) -> dict[str, Any]:
    return {"url": link.url, "title": link.title, "type": link.kind, "service": link.service}
