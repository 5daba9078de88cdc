"""Who may be the same person: candidates by digests, a decision by somebody, a merge that can be undone. Nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.organisations.models import Account
from yole.people import permissions, sealing, selectors, services
from yole.people.engine import linkage, lookups
from yole.people.engine.identity import Identity
from yole.people.enums import Access, PairState
from yole.people.models import Merge, Pair, Person
from yole.people.services import About
from yole.people.signals import identities_changed

_CANDIDATES = """
SELECT DISTINCT hit.person_id
FROM unnest(%(kinds)s::text[], %(digests)s::bytea[]) AS wanted(kind, digest)
CROSS JOIN LATERAL (
    SELECT array_agg(few.person_id) AS people
    FROM (
        SELECT person_id FROM people_lookup
        WHERE digest = wanted.digest AND kind = wanted.kind AND structure_id = %(structure)s
        LIMIT %(limit)s
    ) few
) block
CROSS JOIN LATERAL unnest(block.people) AS hit(person_id)
WHERE cardinality(block.people) < %(limit)s"""


def candidate_ids(structure_id: int, identity: Identity, birth_year: int | None) -> list[UUID]:
    """Cards of a structure that share a telephone, an address, or names that sound alike. A value shared by more than 60 is left out.

    The cost does not grow with the number of cards: a few look-ups in an index, each of 61 rows at most.
    """
    values = selectors.digests(structure_id, lookups.candidates(identity, birth_year))
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "kinds": [kind for kind, _ in values],
                "digests": [made for _, made in values],
                "structure": structure_id,
                "limit": lookups.MAX_BLOCK + 1,
            },
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Likeness:
    """A card that may be the same person, and why."""

    card: selectors.Card
    comparison: linkage.Comparison


def _alike(
    structure_id: int, identity: Identity, about: About, apart_from: Iterable[UUID]
) -> tuple[list[tuple[UUID, linkage.Comparison]], dict[UUID, Identity]]:
    """Keys of the cards that look like somebody, best first, and what names those that were compared. Only what is compared is read."""
    keys = set(candidate_ids(structure_id, identity, about.birth_year)) - set(apart_from)
    if not keys:
        return [], {}
    one = linkage.record(identity, birth_year=about.birth_year, commune=about.commune, gender=about.gender)
    rows = (
        Person.objects.filter(pk__in=keys, sealed__isnull=False)
        .order_by("pk")
        .values_list("pk", "sealed", "wrapped_key", "birth_year", "commune_id", "gender")
    )
    opened: dict[UUID, Identity] = {}
    others: list[tuple[UUID, linkage.Record]] = []
    for key, sealed, wrapped, year, commune, gender in rows:
        opened[key] = sealing.unseal(bytes(sealed or b""), bytes(wrapped or b""), key)
        others.append((key, linkage.record(opened[key], birth_year=year, commune=commune, gender=gender)))
    return linkage.best(one, others), opened


def compared(structure_id: int, identity: Identity, about: About, *, apart_from: Iterable[UUID] = ()) -> list[Likeness]:
    """Cards that look like somebody, best first; whole rows are read for those worth showing."""
    found, opened = _alike(structure_id, identity, about, apart_from)
    if not found:
        return []
    people = Person.objects.select_related("structure", "commune").in_bulk([key for key, _ in found])
    return [Likeness(selectors.Card(people[key], opened[key]), made) for key, made in found if key in people]


def perhaps_known(account: Account, identity: Identity, about: About) -> list[Likeness]:
    """« Peut-être déjà connu(e) »: shown before a new named card is saved."""
    require(account, permissions.FOLLOW)
    return compared(services.own_structure(account), identity, about)[:10]


def refresh_pairs(person: Person) -> int:
    """Looks for pairs of a card, in each structure that may read it. Decisions are kept; proposals that no longer hold go.

    Returns the number of pairs to decide.
    """
    identity = selectors.identity(person)
    about = About(person.birth_year, person.age_band, person.gender, person.social_status, person.commune_id or "")
    decided = {
        frozenset(pair)
        for pair in Pair.objects.filter(Q(first=person) | Q(second=person))
        .exclude(state=PairState.PROPOSED)
        .values_list("first_id", "second_id")
    }
    Pair.objects.filter(Q(first=person) | Q(second=person), state=PairState.PROPOSED).delete()
    structures = [person.structure_id, *person.agreements.filter(withdrawn_at__isnull=True).values_list("structure_id", flat=True)]
    with system_scope():
        same = set(selectors.group(person.pk))
    pairs: dict[frozenset[UUID], Pair] = {}
    for structure_id in structures:
        for other, made in _alike(structure_id, identity, about, same)[0]:
            both = frozenset((person.pk, other))
            if both not in decided:
                pairs.setdefault(both, _proposal(both, structure_id, made))
    Pair.objects.bulk_create(pairs.values(), ignore_conflicts=True)
    return len(pairs)


def first_pairs(people: Iterable[tuple[Person, Identity]]) -> int:
    """Looks for pairs of cards just made, and filed, in one structure: nothing was decided about them yet. Returns how many."""
    pairs: dict[frozenset[UUID], Pair] = {}
    for person, identity in people:
        about = About(person.birth_year, person.age_band, person.gender, person.social_status, person.commune_id or "")
        for other, made in _alike(person.structure_id, identity, about, [person.pk])[0]:
            both = frozenset((person.pk, other))
            pairs.setdefault(both, _proposal(both, person.structure_id, made))
    Pair.objects.bulk_create(pairs.values(), ignore_conflicts=True, batch_size=500)
    return len(pairs)


def _proposal(both: frozenset[UUID], structure_id: int, made: linkage.Comparison) -> Pair:
    first, second = sorted(both)
    return Pair(
        first_id=first,
        second_id=second,
        structure_id=structure_id,
        score=made.score,
        likely=made.level == "same",
        reasons=[str(reason) for reason in made.reasons],
    )


def _pair(account: Account, pair_id: int) -> Pair:
    """A pair both of whose cards the account may see, locked. Raises Refused (404)."""
    pair = Pair.objects.select_for_update().filter(pk=pair_id).first()
    if pair is None or selectors.visible(account).filter(pk__in=[pair.first_id, pair.second_id]).count() != 2:
        raise Refused("Cette paire n’existe plus.", code="not-found", status=404)
    return pair


@transaction.atomic
def decide(account: Account, pair_id: int, *, same: bool, keep: UUID | None = None) -> Pair:
    """The decision of a person: two persons, remembered; or one, and the card `keep` (else the older) stands for both. Raises Refused."""
    require(account, permissions.DECIDE)
    pair = _pair(account, pair_id)
    if pair.state != PairState.PROPOSED:
        raise Refused("Cette paire est déjà décidée.", code="decided")
    pair.state = PairState.SAME if same else PairState.DIFFERENT
    pair.decided_at, pair.decided_by = timezone.now(), account
    pair.save()
    if same:
        cards = {row.pk: row for row in Person.objects.filter(pk__in=[pair.first_id, pair.second_id])}
        into = keep if keep in cards else min(cards, key=lambda key: (cards[key].created_at, key))
        other = pair.first_id if into == pair.second_id else pair.second_id
        merge(account, other, into)
    else:
        first = Person.objects.get(pk=pair.first_id)
        services.act(account, "people.not-same", first, {"other": reference("person", pair.second_id)})
    return pair


@transaction.atomic
def merge(account: Account, person_id: UUID, into_id: UUID) -> Merge:
    """The card `into` stands for both from now on, everywhere; `person` keeps all it holds. Raises Refused."""
    require(account, permissions.DECIDE)
    with system_scope():
        roots = selectors.canonical_ids([person_id, into_id])
    person_id, into_id = roots[person_id], roots[into_id]
    if person_id == into_id:
        raise Refused("Ces deux fiches sont déjà réunies.", code="merged")
    locked = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[person_id, into_id]).order_by("pk")}
    if selectors.visible(account).filter(pk__in=list(locked)).count() != 2:
        raise Refused("Votre structure ne suit pas ces deux fiches.", code="not-found", status=404)
    if any(row.canonical_id is not None for row in locked.values()):
        raise Refused("Une autre personne vient de réunir ces fiches.", remedy="Relisez la liste.", code="conflict")
    if any(not row.is_followed for row in locked.values()):
        raise Refused("Une carte sans nom ne se réunit pas à une autre.", code="anonymous")
    person = locked[person_id]
    made = Merge.objects.create(person=person, into_id=into_id, by=account)
    person.canonical_id = into_id
    person.save(update_fields=["canonical"])
    with system_scope():
        together = selectors.group(into_id)
    _after(together)
    services.act(account, "people.merge", person, {"into": reference("person", into_id)})
    return made


def _after(keys: list[UUID]) -> None:
    services.refile(keys)
    identities_changed.send(sender=Merge, person_ids=keys)


@transaction.atomic
def undo_merge(account: Account, merge_id: int) -> Merge:
    """Both cards are apart again, exactly as before; the pair comes back among those to decide. Raises Refused."""
    require(account, permissions.DECIDE)
    made = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if made is None or selectors.visible(account).filter(pk__in=[made.person_id, made.into_id]).count() != 2:
        raise Refused("Cette réunion de fiches n’existe pas.", code="not-found", status=404)
    if made.undone_at is not None:
        raise Refused("Ces fiches sont déjà séparées.", code="undone")
    person = Person.objects.select_for_update().get(pk=made.person_id)
    if person.anonymised_at is not None:
        raise Refused("Ces fiches ont été effacées : il n’y a plus rien à séparer.", code="erased")
    with system_scope():
        together = selectors.group(made.person_id)
    made.undone_at, made.undone_by = timezone.now(), account
    made.save()
    person.canonical_id = None
    person.save(update_fields=["canonical"])
    first, second = sorted((made.person_id, made.into_id))
    Pair.objects.filter(first=first, second=second, state=PairState.SAME).update(state=PairState.PROPOSED, decided_at=None, decided_by=None)
    _after(together)
    services.act(account, "people.unmerge", person, {"from": reference("person", made.into_id)})
    return made


def note_compared(account: Account, pairs: Iterable[Pair]) -> None:
    """Reading two cards side by side is reading them: each time, it is noted once on each card."""
    services.note_accesses(account, [person for pair in pairs for person in (pair.first, pair.second)], Access.COMPARED)
