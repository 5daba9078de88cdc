"""The delay, day by day over six years; erasure that leaves nothing; an old copy that stays shut."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from yole.base.errors import Refused

Follow = Callable[..., Any]


def test_the_clock_moves_day_by_day_over_six_years(house: SimpleNamespace, follow: Follow) -> None:
    """Each card becomes anonymous on its day: not before, not after, and never twice. A visit starts the delay again."""
    from yole.people.models import Person, RetentionRun
    from yole.people.retention import purge_people
    from yole.people.services import create_anonymous

    start = date(2019, 12, 30)
    due: dict[uuid.UUID, date] = {}
    for first, gap in (("Aa", 0), ("Bé", 31), ("Cé", 60), ("Dé", 700)):
        person = follow(first, "Bélia", 1950, day=start + timedelta(days=gap))
        due[person.pk] = person.last_contact_on.replace(year=person.last_contact_on.year + 1)
    leap = follow("Eu", "Bélia", 1950, day=date(2024, 2, 29))
    due[leap.pk] = date(2025, 2, 28)
    visitor = create_anonymous(house.mediator, day=start)
    visits = [start + timedelta(days=300 * n) for n in range(1, 5)]
    due[visitor.pk] = visits[-1].replace(year=visits[-1].year + 1)
    done: dict[uuid.UUID, date] = {}
    total = 0
    for number in range(6 * 365 + 2):
        day = start + timedelta(days=number)
        if day in visits:
            Person.objects.filter(pk=visitor.pk, anonymised_at__isnull=True).update(last_contact_on=day)
        if (
            number % 7
            and day not in due.values()
            and day - timedelta(days=1) not in due.values()
            and day + timedelta(days=1) not in due.values()
        ):
            continue  # a run a week, and each day around a delay: the same answers, seven times sooner
        total += purge_people(day)
        for key in Person.objects.filter(anonymised_at__isnull=False).exclude(pk__in=done).values_list("pk", flat=True):
            done[key] = day
    assert done == due
    assert total == len(due) == sum(RetentionRun.objects.values_list("anonymised", flat=True))
    assert purge_people(day) == 0


def test_what_is_left_of_a_card(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.models import AccessLog, Consent, Lookup, Notice, Person
    from yole.people.retention import purge_people

    many = [follow(f"Prénom{n}", f"Nom{n}", 1950 + n, commune="97209", gender="feminin", day=date(2025, 3, 17)) for n in range(5)]
    alone = follow("Hector", "Valmy", 1960, commune="97224", day=date(2025, 3, 17))
    assert purge_people(date(2026, 3, 17)) == 6
    row = Person.objects.get(pk=many[0].pk)
    assert (row.kind, row.sealed, row.wrapped_key, row.code, row.birth_year, row.created_by) == ("anonymous", None, None, None, None, None)
    assert (row.age_band, row.gender, row.commune_id) == ("soixante_dix_plus", "feminin", "97209")
    assert (row.last_contact_on, row.created_at.day, row.created_at.hour) == (date(2025, 3, 1), 1, 0)
    assert Person.objects.get(pk=alone.pk).commune_id is None
    for table in (Lookup, Consent, Notice, AccessLog):
        assert not table.objects.exists(), table


def test_a_merged_person_is_kept_as_long_as_one_of_their_cards(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.models import Person
    from yole.people.retention import purge_people
    from yole.people.services_pairs import merge

    old, recent = follow("Lulu", "Marignan", 1951, day=date(2025, 1, 10)), follow("Lucette", "Marignan", 1951, day=date(2025, 9, 10))
    merge(house.mediator, old.pk, recent.pk)
    assert purge_people(date(2026, 2, 1)) == 0
    assert purge_people(date(2026, 9, 10)) == 2
    assert Person.objects.filter(anonymised_at__isnull=False).count() == 2
    assert Person.objects.get(pk=old.pk).canonical_id == recent.pk


def test_a_shorter_delay_and_a_card_kept_once(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import retention
    from yole.people.services import touch
    from yole.people.services_consent import change_settings
    from yole.territory.selectors import today

    change_settings(house.coordinator, keep_months=6)
    person = follow(day=today() - timedelta(days=170))
    with pytest.raises(Refused):
        retention.keep(house.neighbour, person.pk, "Rendez-vous")
    kept = retention.keep(house.mediator, person.pk, "Rendez-vous en janvier")
    assert kept.kept_on == today()
    assert retention.purge_people(today() + timedelta(days=100)) == 0
    with pytest.raises(Refused, match="une fois"):
        retention.keep(house.mediator, person.pk, "Encore")
    touch([person.pk], today())
    person.refresh_from_db()
    assert (person.kept_on, person.kept_reason) == (None, "")
    assert retention.purge_people(today() + timedelta(days=190)) == 1


def test_the_common_run_makes_nothing_twice_and_a_trial_nothing_at_all(follow: Follow) -> None:
    from yole.base.retention import forget

    follow(day=date(2020, 1, 1))
    assert forget(dry_run=True)["people_person"] == 1
    assert forget()["people_person"] == 1
    assert sum(count for table, count in forget().items() if table.startswith("people_")) == 0


def plant(house: SimpleNamespace, follow: Follow) -> Any:
    """A person with a row in every table of the room."""
    from yole.people import services
    from yole.people.enums import Access
    from yole.people.models import Pair
    from yole.people.services_consent import share
    from yole.people.services_pairs import decide

    person = follow("Zoraïde", "Quimperlot", 1951, phone="0639980101")
    follow("Zoraide", "Quimperlot", 1951)
    decide(house.mediator, Pair.objects.get().pk, same=True, keep=person.pk)
    follow("Zora", "Quimperlot", 1951, phone="0639980101")
    other = person.merged.get()
    share(house.mediator, other.pk, house.there.pk, "oral_fiche")
    services.note_access(house.mediator, person, Access.SEEN)
    assert Pair.objects.filter(state="proposed").exists()
    return person


def test_every_declared_table_answers_the_export_and_is_emptied_by_the_erasure(house: SimpleNamespace, follow: Follow) -> None:
    from yole.base.registries import PERSON_DATA
    from yole.people import person_data, selectors
    from yole.people.services_erasure import erase

    person = plant(house, follow)
    made = person_data.export(house.mediator, person.pk)
    ours = {part["name"]: part["rows"] for part in made["sections"] if part["name"].startswith("people.")}
    assert set(ours) == {name for name, _, _ in person_data.PARTS} == {name for name in PERSON_DATA if name.startswith("people.")}
    assert all(ours.values()), [name for name, rows in ours.items() if not rows]
    assert "Zoraïde" in json.dumps(made, ensure_ascii=False)
    keys = selectors.group(person.pk)
    assert sum(erase(house.mediator, person.pk).values()) == len(keys) == 2
    for name, entry in PERSON_DATA.items():
        assert [row for key in keys for row in entry.collect(key)] == [], name
    assert sum(erase(house.mediator, person.pk).values()) == 0


def test_another_room_is_asked_too(house: SimpleNamespace, follow: Follow) -> None:
    from yole.base import registries
    from yole.people import person_data
    from yole.people.services_erasure import erase

    held = {}

    def let_go(key: uuid.UUID) -> int:
        return len(held.pop(key, []))

    registries.declare_person_data("essai.rows", "Essai", lambda key: held.get(key, []), let_go)
    try:
        person = follow()
        held[person.pk] = [{"quoi": "une ligne"}]
        sections = {part["name"]: part for part in person_data.export(None, person.pk)["sections"]}
        assert sections["essai.rows"] == {"name": "essai.rows", "label": "Essai", "rows": [{"quoi": "une ligne"}]}
        assert erase(None, person.pk)["essai.rows"] == 1
        assert held == {}
    finally:
        registries.PERSON_DATA.pop("essai.rows")


def test_erasing_leaves_the_journal_whole_and_no_name_in_it(house: SimpleNamespace, follow: Follow) -> None:
    from yole.journal import selectors as journal
    from yole.journal.models import Entry
    from yole.people.services_erasure import erase

    person = plant(house, follow)
    erase(house.mediator, person.pk)
    _, verdict = journal.checked_since_last_head()
    assert verdict.verified, verdict.reasons
    whole = " ".join(Entry.objects.values_list("body", flat=True)).lower()
    assert "people.erase" in set(Entry.objects.values_list("action", flat=True))
    assert "quimperlot" not in whole and str(person.pk) not in whole


def test_who_may_erase(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.services_consent import share
    from yole.people.services_erasure import erase

    person = follow()
    share(house.mediator, person.pk, house.there.pk, "oral_fiche")
    for account in (house.neighbour, house.coordinator, house.volunteer, house.outsider):
        with pytest.raises(Refused):
            erase(account, person.pk)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_an_old_copy_cannot_name_who_was_erased_since(tmp_path: Any) -> None:
    from django.db import connections

    from tests.people.conftest import follower, make_house
    from yole.base.backup import restore_backup, write_backup
    from yole.people import selectors
    from yole.people.models import Erasure, Person
    from yole.people.sealing import UnreadableError, unseal
    from yole.people.services_erasure import after_restore, before_restore, erase

    house = make_house()
    follow = follower(house)
    erased, kept = follow("Zoraïde", "Quimperlot", phone="0639980101"), follow("Hector", "Valmy")
    urls = database_urls()
    write_backup(urls, tmp_path / "copie.tar.gz")
    old_sealed, old_wrapped = bytes(erased.sealed), bytes(erased.wrapped_key)
    assert unseal(old_sealed, old_wrapped, erased.pk).last_name == "Quimperlot"
    erase(house.mediator, erased.pk)
    connections.close_all()
    before_restore()
    restore_backup(urls, tmp_path / "copie.tar.gz")
    assert selectors.identity(Person.objects.get(pk=erased.pk)).last_name == "Quimperlot"  # the copy alone would have brought it back
    after_restore()
    row = Person.objects.get(pk=erased.pk)
    assert (row.sealed, row.wrapped_key, row.kind) == (None, None, "anonymous")
    assert selectors.identity(Person.objects.get(pk=kept.pk)).last_name == "Valmy"
    assert Erasure.objects.get().person_id == erased.pk
    with pytest.raises(UnreadableError):
        unseal(old_sealed, old_wrapped, kept.pk)


def database_urls() -> Any:
    """The test database, for its owner and for the site."""
    from django.db import connections

    from tests.conftest import DATA
    from yole.base.database import OWNER, EmbeddedServer, Urls

    server, name = EmbeddedServer(DATA), str(connections["default"].settings_dict["NAME"])
    return Urls(app=server.url("yole_app", name), owner=server.url(OWNER, name))
