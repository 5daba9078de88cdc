"""Destroying what names somebody: at the end of the delay, when no agreement is left, or because the person asks.

What goes is the person's own key and the sealed text; without the key an old copy is of no use once the erasures are replayed on it.
The list of erasures is kept twice: in the database, and in a file beside it that a copy neither holds nor replaces.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from yole.base import paths
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.registries import PERSON_DATA, PersonData
from yole.base.scope import system_scope
from yole.organisations.models import Account
from yole.people import permissions, selectors, services
from yole.people.engine.delays import month_of
from yole.people.engine.identity import age_band
from yole.people.enums import AgeBand, Gender, Kind, SocialStatus
from yole.people.models import AccessLog, Agreement, Consent, Erasure, Lookup, Merge, Notice, Pair, Person
from yole.people.signals import persons_anonymised

FOLDER, FILE = "erasures", "people.txt"
ERASURES_KEPT = timedelta(days=365)  # copies are kept 35 days: ten times longer than the oldest that may come back
_BATCH = 500
_file_lock = threading.Lock()


def destroy(persons: Sequence[Person], *, asked: bool) -> int:
    """Makes rows anonymous for good, inside the caller's transaction: key, sealed text, digests, code and records of agreement go.

    What is left of each is a month, an age band, a gender, a status, and the commune where enough people live; with `asked`, nothing but
    the row and its month. Returns how many communes were dropped.
    """
    keys = [person.pk for person in persons]
    keep = _communes_kept(persons)
    dropped = 0
    for person in persons:
        last = person.last_contact_on
        band = age_band(person.birth_year, last) if person.birth_year is not None else person.age_band
        person.kind, person.sealed, person.wrapped_key, person.code, person.birth_year = Kind.ANONYMOUS, None, None, None, None
        person.age_band = AgeBand.UNKNOWN if asked else band
        if asked:
            person.gender, person.social_status = Gender.UNKNOWN, SocialStatus.UNKNOWN
        if person.commune_id is not None and (asked or (person.territory_id, person.commune_id) not in keep):
            person.commune, dropped = None, dropped + 1
        person.last_contact_on = month_of(last)
        person.created_at = datetime.combine(month_of(person.created_at.date()), datetime.min.time(), UTC)
        person.created_by, person.kept_on, person.kept_reason = None, None, ""
        person.anonymised_at = person.anonymised_at or timezone.now()
        person.erased_at = timezone.now() if asked else person.erased_at
    Person.objects.bulk_update(persons, _COLUMNS, batch_size=_BATCH)
    Lookup.objects.filter(person__in=keys).delete()
    Pair.objects.filter(first__in=keys).delete()
    Pair.objects.filter(second__in=keys).delete()
    for table in (Consent, Agreement, Notice, AccessLog):
        table.objects.filter(person__in=keys).delete()
    Erasure.objects.bulk_create([Erasure(person_id=key, asked=asked) for key in keys], ignore_conflicts=True)
    if asked:
        Erasure.objects.filter(person_id__in=keys).update(asked=True)
    transaction.on_commit(lambda: _append(keys, asked))
    persons_anonymised.send(sender=Person, person_ids=keys)
    return dropped


_COLUMNS = [
    "kind", "sealed", "wrapped_key", "code", "birth_year", "age_band", "gender", "social_status", "commune", "last_contact_on",
    "created_at", "created_by", "kept_on", "kept_reason", "anonymised_at", "erased_at",
]  # fmt: skip


def _communes_kept(persons: Sequence[Person]) -> set[tuple[int, str]]:
    """(territory, commune) where at least as many people as the territory's threshold have a card."""
    communes = {person.commune_id for person in persons if person.commune_id}
    thresholds = {person.territory_id: person.territory.small_count_threshold for person in persons}
    rows = (
        Person.objects.filter(commune_id__in=communes, territory_id__in=thresholds)
        .values_list("territory_id", "commune_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return {(territory, commune) for territory, commune, n in rows if n >= thresholds[territory]}


@transaction.atomic
def erase(account: Account | None, person_id: UUID) -> dict[str, int]:
    """Erases a person because they ask: all their cards, and what every room holds about them. Rows touched by table.

    `account` None: the command line. The journal keeps a reference and its chain stays whole. Raises Refused.
    """
    if account is not None:
        require(account, permissions.ERASE)
        own = selectors.visible(account).filter(pk=person_id, structure_id=services.own_structure(account))
        if not own.exists():
            raise Refused("Cette fiche n’existe pas, ou une autre structure la suit.", code="not-found", status=404)
    with system_scope():
        if not Person.objects.filter(pk=person_id).exists():
            raise Refused("Aucune personne n’a cette clé.", code="not-found", status=404)
        keys = selectors.group(person_id)
        rows = list(Person.objects.select_for_update().select_related("territory").filter(pk__in=keys).order_by("pk"))
        touched = {name: sum(entry.erase(key) for key in keys) for name, entry in _parts()}
        person = next(row for row in rows if row.pk == person_id)
        services.act(account, "people.erase", person, {"cards": len(keys), "rows": sum(touched.values())})
    return touched


def _parts() -> list[tuple[str, PersonData]]:
    """What every room erases; the card itself last, since the other rooms find their rows by it."""
    return sorted(PERSON_DATA.items(), key=lambda item: (item[0].startswith("people."), item[0]))


def erase_cards(person_id: UUID) -> int:
    """The room's own part of an erasure: one card and what hangs on it. Returns 1, or 0 when it was erased already."""
    person = Person.objects.select_related("territory").filter(pk=person_id, erased_at__isnull=True).first()
    if person is None:
        return 0
    Merge.objects.filter(person=person).delete()
    Merge.objects.filter(into=person).delete()
    destroy([person], asked=True)
    return 1


# --- the list of erasures, replayed after an old copy is restored -------------------------------------------------------------------


def _append(keys: Iterable[UUID], asked: bool) -> None:
    folder = paths.ensure_data_dir() / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with _file_lock:
        handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            day = timezone.now().date().isoformat()
            stream.write("".join(f"{key} {day} {'asked' if asked else 'due'}\n" for key in keys))
            stream.flush()
            os.fsync(stream.fileno())


def _listed() -> dict[UUID, bool]:
    """Key -> whether the person asked for it, from the file. A line cut short by a power failure is left out."""
    path = paths.data_dir() / FOLDER / FILE
    found: dict[UUID, bool] = {}
    if path.exists():
        for line in path.read_text(encoding="ascii").splitlines():
            parts = line.split()
            if len(parts) == 3 and len(parts[0]) == 36:
                key = UUID(parts[0])
                found[key] = found.get(key, False) or parts[2] == "asked"
    return found


def before_restore() -> None:
    """Writes in the file the erasures that only the database knows."""
    with system_scope():
        listed = _listed()
        known = dict(Erasure.objects.values_list("person_id", "asked"))
        for asked in (False, True):
            missing = [key for key, was in known.items() if was == asked and (key not in listed or (asked and not listed[key]))]
            if missing:
                _append(missing, asked)


def after_restore() -> None:
    """Erases again, in the restored copy, everybody who was erased since it was made."""
    with system_scope():
        replay(_listed())


@transaction.atomic
def replay(listed: dict[UUID, bool]) -> int:
    """Destroys again the cards of a list that are whole in this database. Returns how many. A second run finds nothing."""
    done = 0
    keys = sorted(listed)
    for start in range(0, len(keys), _BATCH):
        for person in Person.objects.select_related("territory").filter(pk__in=keys[start : start + _BATCH]).order_by("pk"):
            if listed[person.pk] and person.erased_at is None:
                for _, entry in _parts():
                    entry.erase(person.pk)
                done += 1
            elif not listed[person.pk] and person.anonymised_at is None:
                destroy([person], asked=False)
                done += 1
    return done
