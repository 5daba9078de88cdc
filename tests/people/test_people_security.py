"""On behalf of an account, with the filters of the code and without them: row policies hold by themselves. Keys are renewed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from yole.base.scope import scope, scope_of

Follow = Callable[..., Any]


def test_without_any_filter_another_structure_sees_no_row(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.models import AccessLog, Agreement, Consent, Lookup, Notice, Pair, Person

    person = follow()
    follow("Lulu", "Marignan")
    tables = (Person, Notice, Consent, Lookup, AccessLog, Pair)
    for account in (house.neighbour, house.coordinator, house.outsider):
        with scope(scope_of(account)):
            assert [table.__name__ for table in tables if table.objects.exists()] == [], account
    with scope(scope_of(house.mediator)):
        assert [table.__name__ for table in tables if not table.objects.exists()] == []
    from yole.people.services_consent import open_by_code, withdraw_share

    with scope(scope_of(house.neighbour)):
        open_by_code(house.neighbour, person.code, "oral_fiche")
        assert [row.pk for row in Person.objects.all()] == [person.pk]
        withdraw_share(house.neighbour, Agreement.objects.get().pk)
        assert not Person.objects.exists()


def test_a_day_on_behalf_of_an_account(house: SimpleNamespace, follow: Follow) -> None:
    """Every service works under the policies of its own account."""
    from yole.people import person_data, retention, selectors, services
    from yole.people.engine.identity import Identity
    from yole.people.models import Merge, Pair
    from yole.people.services_consent import share, withdraw_share
    from yole.people.services_erasure import erase
    from yole.people.services_pairs import decide, undo_merge
    from yole.territory.selectors import today

    with scope(scope_of(house.mediator)):
        services.create_anonymous(house.mediator)
        one, two = follow(phone="0639980101"), follow("Lulu", "Marignan")
        services.change(house.mediator, two.pk, services.About(1951), Identity("Lulu", "Marignan", notes="le matin"))
        agreement = share(house.mediator, one.pk, house.there.pk, "oral_fiche")
        decide(house.mediator, Pair.objects.get(state="proposed").pk, same=True, keep=one.pk)
        undo_merge(house.mediator, Merge.objects.get().pk)
        services.touch([one.pk], today())
        withdraw_share(house.mediator, agreement.pk)
        assert len(selectors.search(house.mediator, "marignan")) == 2
        assert list(retention.due_soon(house.mediator)) == []
        assert person_data.export(house.mediator, one.pk)["sections"]
        assert erase(house.mediator, one.pk)
        assert selectors.person_choices(house.mediator, "lulu") == [(two.pk, "Lulu M. – 70 ans et plus")]
    with scope(scope_of(house.coordinator)):
        assert list(selectors.search(house.coordinator)) == []


def test_keys_are_renewed_and_cards_still_open(follow: Follow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.people import keys, selectors
    from yole.people.models import Person
    from yole.people.services_keys import rewrap

    monkeypatch.setenv("YOLE_DATA_DIR", str(tmp_path))
    person = follow()
    sealed = bytes(person.sealed)
    before = json.loads((tmp_path / "keys" / keys.FILE).read_text())["master"]
    assert rewrap() == 1
    after = json.loads((tmp_path / "keys" / keys.FILE).read_text())["master"]
    assert (list(before), list(after)) == (["1"], ["2"])
    row = Person.objects.get(pk=person.pk)
    assert bytes(row.sealed) == sealed and bytes(row.wrapped_key)[0] == 2
    assert selectors.identity(row).full_name == "Lucette Marignan"
    assert (tmp_path / "keys" / keys.FILE).stat().st_mode & 0o777 == 0o600


def test_a_damaged_key_file_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.kernel.errors import InputError
    from yole.people import keys

    monkeypatch.setenv("YOLE_DATA_DIR", str(tmp_path))
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / keys.FILE).write_text("{}")
    with pytest.raises(InputError, match="illisibles"):
        keys.master_keys()


def test_ten_times_more_people_cost_as_much_to_look_up(house: SimpleNamespace, follow: Follow) -> None:
    """The rows read for a look-up do not grow with the number of cards: same plan, index only, few rows."""
    from django.db import connection

    from yole.people.engine.identity import Identity
    from yole.people.models import Lookup, Person
    from yole.people.services_pairs import candidate_ids

    follow("Lucette", "Marignan", 1951)
    asked = Identity("Lucette", "Marinian")
    first = candidate_ids(house.here.pk, asked, 1951)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_person (id, territory_id, structure_id, kind, code, age_band, gender, social_status, is_fictional, "
            "created_at, last_contact_on, kept_reason) SELECT gen_random_uuid(), %s, %s, 'anonymous', 'T' || lpad(n::text, 9, '0'), "
            "'non_communique', 'non_communique', 'non_communique', true, now(), now(), '' FROM generate_series(1, 3000) n",
            [house.territory.pk, house.here.pk],
        )
        cursor.execute(
            "INSERT INTO people_lookup (person_id, structure_id, kind, digest) SELECT id, structure_id, 'nan', "
            "decode(md5(id::text), 'hex') FROM people_person WHERE code LIKE 'T0%%'"
        )
    assert (Person.objects.count(), Lookup.objects.filter(kind="nan").count() > 3000) == (3001, True)
    assert candidate_ids(house.here.pk, asked, 1951) == first
