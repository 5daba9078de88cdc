"""Every read of the room. Nothing here shows a row that the account's structure does not follow, or has no agreement for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from yole.base.permissions import may
from yole.kernel.codes import clean_code, is_code
from yole.organisations.models import Account
from yole.people import permissions, sealing
from yole.people.contacts import normal_phone
from yole.people.engine import lookups
from yole.people.engine.identity import Identity, age_band
from yole.people.enums import AgeBand
from yole.people.models import CODE_LENGTH, AccessLog, Agreement, Lookup, PeopleSettings, Person
from yole.territory.models import Territory

SHOWN_MAX = 1000
PAGE = 25
CHOICES = 20
NOBODY = Identity()


def settings_of(territory: Territory) -> PeopleSettings:
    """The settings of a territory, the defaults when it decided nothing (then the row is not saved)."""
    return PeopleSettings.objects.filter(territory=territory).first() or PeopleSettings(territory=territory)


def visible(account: Account) -> QuerySet[Person]:
    """Cards of the account's structure, and those that another structure's person agreed to share with it. Empty for other roles."""
    if account.structure_id is None or not may(account, permissions.SEE):
        return Person.objects.none()
    shared = Agreement.objects.filter(structure_id=account.structure_id, withdrawn_at__isnull=True).values("person_id")
    mine = Q(structure_id=account.structure_id) | Q(id__in=shared)
    return Person.objects.filter(mine, territory_id=account.territory_id).select_related("structure", "commune")


def identity(person: Person) -> Identity:
    """What names a person; empty for an anonymous card."""
    if person.sealed is None or person.wrapped_key is None:
        return NOBODY
    return sealing.unseal(bytes(person.sealed), bytes(person.wrapped_key), person.pk)


@dataclass(frozen=True, slots=True)
class Card:
    """A person and what names them, read together for a screen."""

    person: Person
    identity: Identity

    @property
    def title(self) -> str:
        return self.identity.short_name or f"Carte {code_shown(self.person)}"

    @property
    def full_name(self) -> str:
        return self.identity.full_name or self.title


def code_shown(person: Person) -> str:
    from yole.kernel.codes import show_code

    return show_code(person.code) if person.code else "sans code"


def card(person: Person) -> Card:
    return Card(person, identity(person))


def get(account: Account, person_id: UUID) -> Person | None:
    """A card that the account may see; for a merged card, the one that stands for the person when it may be seen too."""
    return get_several(account, [person_id]).get(person_id)


def get_several(account: Account, person_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """`get` for each of them, by the identifier asked for; what may not be seen is left out. One query, and one more a rank of merges."""
    known: dict[UUID, Person] = {}
    asked = set(person_ids)
    wanted, tried = asked, set[UUID]()
    while wanted:
        tried |= wanted
        known |= {person.pk: person for person in visible(account).filter(pk__in=wanted)}
        wanted = {person.canonical_id for person in known.values() if person.canonical_id is not None} - tried

    def stands_for(person: Person) -> Person:
        while person.canonical_id is not None and person.canonical_id in known:
            person = known[person.canonical_id]
        return person

    return {key: stands_for(known[key]) for key in asked & known.keys()}


def by_code(account: Account, code: str) -> Person | None:
    """The card with this code, among those that the account may see. Typed in any usual way."""
    cleaned = clean_code(code)
    if not is_code(cleaned, CODE_LENGTH):
        return None
    found = visible(account).filter(code=cleaned).values_list("pk", flat=True).first()
    return get(account, found) if found is not None else None


def digests(structure_id: int, values: Iterable[lookups.Value]) -> list[tuple[str, bytes]]:
    return [(kind, sealing.digest(structure_id, kind, value)) for kind, value in sorted(values)]


def search(account: Account, query: str = "", *, mine: bool = False) -> QuerySet[Person]:
    """Cards found by name as it is typed, telephone, e-mail address or code; latest contact first, `SHOWN_MAX` at most when paged.

    `mine`: only people that this account created or whose card it opened. A merged card is found through the one that stands for it.
    """
    found = visible(account).filter(canonical__isnull=True, anonymised_at__isnull=True)
    structure_id = account.structure_id
    text = query.strip()
    if text and structure_id is not None:
        cleaned = clean_code(text)
        phone = normal_phone(text)
        if is_code(cleaned, CODE_LENGTH) and any(c.isdigit() for c in text):
            match = by_code(account, cleaned)
            return found.filter(pk=match.pk) if match is not None else found.none()
        if phone:
            values: list[lookups.Value] = [(lookups.PHONE, phone)]
        elif "@" in text:
            values = [(lookups.EMAIL, lookups.email_key(text))]
        else:
            values = lookups.typed(text)
        if not values:
            return found.none()
        for kind, made in digests(structure_id, values):
            found = found.filter(pk__in=Lookup.objects.filter(structure_id=structure_id, kind=kind, digest=made).values("person_id"))
    if mine:
        opened = AccessLog.objects.filter(account=account, person=OuterRef("pk"))
        found = found.filter(Q(created_by=account) | Exists(opened))
    return found.order_by("-last_contact_on", "pk")


def person_choices(account: Account, query: str, *, limit: int = CHOICES) -> list[tuple[UUID, str]]:
    """(key, name) of cards that match, for the field of another room: « Lucette M. – 70 ans et plus », « Carte ABCD-EFGH-12 »."""
    bands = dict(AgeBand.choices)
    found = []
    for person in search(account, query)[:limit]:
        shown = card(person)
        band = band_on(person, person.last_contact_on)
        detail = f" – {bands[band]}" if band != AgeBand.UNKNOWN else ""
        found.append((person.pk, f"{shown.title}{detail}"))
    return found


def band_on(person: Person, day: date) -> str:
    """The age band on a day: from the year of birth, else the band that was noted."""
    return age_band(person.birth_year, day) if person.birth_year is not None else person.age_band


def snapshot(person: Person, day: date) -> dict[str, Any]:
    """What an act keeps about a person, frozen on its day: {"age_band", "gender", "social_status", "commune_id"}."""
    return {
        "age_band": band_on(person, day),
        "gender": person.gender,
        "social_status": person.social_status,
        "commune_id": person.commune_id,
    }


_UP = """
WITH RECURSIVE up AS (
    SELECT id AS start, id, canonical_id FROM people_person WHERE id = ANY(%s)
    UNION ALL
    SELECT up.start, above.id, above.canonical_id FROM up JOIN people_person above ON above.id = up.canonical_id
)
SELECT start, id FROM up WHERE canonical_id IS NULL"""

_DOWN = """
WITH RECURSIVE down AS (
    SELECT id AS root, id FROM people_person WHERE id = ANY(%s)
    UNION ALL
    SELECT down.root, below.id FROM down JOIN people_person below ON below.canonical_id = down.id
)
SELECT root, id FROM down"""


def canonical_ids(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The card that stands for the person of each card (itself when it was never merged, or when the other may not be seen)."""
    keys = list(dict.fromkeys(ids))
    found = {key: key for key in keys}
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_UP, [keys])
            found.update(dict(cursor.fetchall()))
    return found


def groups(ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Every card of the person of each card: {the card that stands for them: all, itself first}."""
    roots = list(dict.fromkeys(canonical_ids(ids).values()))
    found: dict[UUID, list[UUID]] = {root: [] for root in roots}
    if roots:
        with connection.cursor() as cursor:
            cursor.execute(_DOWN, [roots])
            for root, member in cursor.fetchall():
                found[root].append(member)
    return {root: [root, *sorted(member for member in members if member != root)] for root, members in found.items()}


def group(person_id: UUID) -> list[UUID]:
    """Every card of one person, the one that stands for them first."""
    return next(iter(groups([person_id]).values()))


def cards_here(person: Person) -> list[UUID]:
    """The cards of the same human being that the same structure keeps: what they agree to or withdraw holds for all of these."""
    return list(Person.objects.filter(pk__in=group(person.pk), structure_id=person.structure_id).values_list("pk", flat=True))


def shared_with(person: Person) -> list[Agreement]:
    """The live agreements of a person's cards here, one for each other structure, in the order given."""
    rows = (
        Agreement.objects.filter(person__in=cards_here(person), withdrawn_at__isnull=True).select_related("structure").order_by("given_at")
    )
    return list({row.structure_id: row for row in reversed(rows)}.values())[::-1]


def pseudonyms(structure_ids: Iterable[int], year: int) -> dict[UUID, str]:
    """The yearly keyed pseudonym of each followed person of some structures, for counting across structures without a name.

    Merged cards give the pseudonym of the card that stands for them. Anonymous cards have none.
    """
    rows = Person.objects.filter(structure_id__in=list(structure_ids), sealed__isnull=False)
    made = {
        person.pk: sealing.pseudonym(identity(person), person.birth_year, year, person.territory_id)
        for person in rows.iterator(chunk_size=500)
    }
    return {key: made.get(root, made[key]) for key, root in canonical_ids(made).items()}
