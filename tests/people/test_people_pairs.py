"""Duplicates: found without comparing everybody, decided by a person, merged and set apart without a trace left on the cards."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from yole.base.errors import Refused

Follow = Callable[..., Any]


def state_of(*people: Any) -> list[Any]:
    """Everything the rows hold, as stored, and the digests by which they are found."""
    from yole.people.models import Lookup, Person

    keys = [person.pk for person in people]
    rows = [
        {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
        for row in Person.objects.filter(pk__in=keys).order_by("pk").values()
    ]
    found = sorted(
        (str(person), structure, kind, bytes(digest))
        for person, structure, kind, digest in Lookup.objects.filter(person__in=keys).values_list("person", "structure", "kind", "digest")
    )
    return [rows, found]


def test_a_pair_is_proposed_with_reasons_and_no_name(follow: Follow) -> None:
    from yole.people.models import Pair

    one, two = follow("Nadège", "Persin", 1990), follow("Persin", "Nadege", 1990)
    follow("Hector", "Valmy", 1990)
    pair = Pair.objects.get()
    assert {pair.first_id, pair.second_id} == {one.pk, two.pk}
    assert pair.first_id < pair.second_id
    assert "exchanged" in pair.reasons and "year-same" in pair.reasons


def test_a_telephone_shared_in_a_household_proposes_nothing(follow: Follow) -> None:
    from yole.people.models import Pair

    follow("Lucette", "Marignan", 1951, phone="0639980101")
    follow("Élodie", "Marignan", 1979, phone="0639980101")
    follow("Marius", "Marignan", None, phone="0639980101")
    assert not Pair.objects.exists()


def test_a_value_shared_by_too_many_is_left_out(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.engine.identity import Identity
    from yole.people.engine.lookups import MAX_BLOCK
    from yole.people.models import Lookup
    from yole.people.sealing import digest
    from yole.people.services_pairs import candidate_ids

    one = follow("Lucette", "Marignan", 1951)
    made = digest(house.here.pk, "tel", "0639980000")
    people = [one, *(follow(f"Prénom{number}", f"Nom{number}", None) for number in range(3))]
    Lookup.objects.bulk_create([Lookup(person=person, structure=house.here, kind="tel", digest=made) for person in people])
    asked = Identity(phone="0639980000")
    assert len(candidate_ids(house.here.pk, asked, None)) == 4
    from yole.people import services_pairs

    assert MAX_BLOCK == 60
    services_pairs.lookups.MAX_BLOCK = 3
    try:
        assert candidate_ids(house.here.pk, asked, None) == []
    finally:
        services_pairs.lookups.MAX_BLOCK = MAX_BLOCK


def test_merging_then_setting_apart_is_nothing(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import selectors
    from yole.people.models import Merge, Pair
    from yole.people.services_pairs import decide, undo_merge

    one, two = follow("Lucette", "Marignan", 1951, phone="0639980101"), follow("Lulu", "Marignan", 1951, email="lulu@exemple.invalid")
    before = state_of(one, two)
    decide(house.mediator, Pair.objects.get().pk, same=True, keep=one.pk)
    assert selectors.canonical_ids([one.pk, two.pk]) == {one.pk: one.pk, two.pk: one.pk}
    assert [row.pk for row in selectors.search(house.mediator, "lulu@exemple.invalid")] == [one.pk]
    assert [row.pk for row in selectors.search(house.mediator, "lucette")] == [one.pk]
    assert selectors.get(house.mediator, two.pk).pk == one.pk
    made = Merge.objects.get()
    undo_merge(house.colleague, made.pk)
    assert state_of(one, two) == before
    made.refresh_from_db()
    assert (made.by, made.undone_by) == (house.mediator, house.colleague)
    assert Pair.objects.get().state == "proposed"
    with pytest.raises(Refused, match="déjà séparées"):
        undo_merge(house.mediator, made.pk)


def test_merges_in_chain_come_apart_in_any_order(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import selectors
    from yole.people.services_pairs import merge, undo_merge

    a, b, c = follow("Aa", "Bélia", 1950), follow("Cé", "Dorval", 1960), follow("Eu", "Farelle", 1970)
    before = state_of(a, b, c)
    first = merge(house.mediator, a.pk, b.pk)
    second = merge(house.mediator, a.pk, c.pk)  # what stands for a is b
    assert set(selectors.canonical_ids([a.pk, b.pk, c.pk]).values()) == {c.pk}
    assert sorted(selectors.group(a.pk)[1:]) == sorted([a.pk, b.pk])
    with pytest.raises(Refused, match="déjà réunies"):
        merge(house.mediator, c.pk, a.pk)
    undo_merge(house.mediator, first.pk)
    assert selectors.canonical_ids([a.pk, b.pk]) == {a.pk: a.pk, b.pk: c.pk}
    undo_merge(house.mediator, second.pk)
    assert state_of(a, b, c) == before


def test_two_persons_once_said_are_not_asked_again(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.engine.identity import Identity
    from yole.people.models import Pair
    from yole.people.services import About, change
    from yole.people.services_pairs import decide

    one = follow("Lucette", "Marignan", 1951)
    follow("Lulu", "Marignan", 1951)
    decide(house.mediator, Pair.objects.get().pk, same=False)
    change(house.mediator, one.pk, About(1951), Identity("Lucette", "Marignan", "0639980101"))
    assert Pair.objects.get().state == "different"
    with pytest.raises(Refused, match="déjà décidée"):
        decide(house.mediator, Pair.objects.get().pk, same=True)


def test_nobody_decides_for_another_structure(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.models import Pair
    from yole.people.services_pairs import decide, merge

    one, two = follow("Lucette", "Marignan", 1951), follow("Lulu", "Marignan", 1951)
    for account in (house.neighbour, house.coordinator):
        with pytest.raises(Refused):
            decide(account, Pair.objects.get().pk, same=True)
        with pytest.raises(Refused):
            merge(account, one.pk, two.pk)


def test_the_journal_tells_of_merges_without_a_name(house: SimpleNamespace, follow: Follow) -> None:
    from yole.journal.models import Entry
    from yole.people.services_pairs import merge, undo_merge

    one, two = follow("Lucette", "Marignan", 1951), follow("Hector", "Valmy", 1960)
    undo_merge(house.mediator, merge(house.mediator, one.pk, two.pk).pk)
    acts = list(Entry.objects.order_by("seq").values_list("action", flat=True))
    assert acts == ["people.follow", "people.follow", "people.merge", "people.unmerge"]
    assert all(str(one.pk) not in f"{row.body}{row.subject_ref}" and "Lucette" not in row.body for row in Entry.objects.all())


def test_other_rooms_hear_of_merges(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.services_pairs import merge
    from yole.people.signals import identities_changed

    heard: list[Any] = []

    def listen(sender: Any, person_ids: Any, **kwargs: Any) -> None:
        heard.append(set(person_ids))

    identities_changed.connect(listen)
    try:
        one, two = follow("Lucette", "Marignan"), follow("Hector", "Valmy")
        merge(house.mediator, one.pk, two.pk)
    finally:
        identities_changed.disconnect(listen)
    assert heard == [{one.pk, two.pk}]


def test_a_shared_card_is_compared_with_those_of_the_other_structure(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.models import Pair
    from yole.people.services_consent import share, withdraw_share

    one = follow("Ginette", "Dorlis", 1949)
    two = follow("Ginette", "Dorlis", 1949, by=house.neighbour)
    assert not Pair.objects.exists()
    agreement = share(house.mediator, one.pk, house.there.pk, "oral_fiche")
    pair = Pair.objects.get()
    assert ({pair.first_id, pair.second_id}, pair.structure_id) == ({one.pk, two.pk}, house.there.pk)
    withdraw_share(house.mediator, agreement.pk)
    assert not Pair.objects.exists()
