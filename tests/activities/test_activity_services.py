"""Saving, correcting, copying and deleting a report."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.territory import selectors

    monkeypatch.setattr(selectors, "today", lambda: TODAY)


@pytest.fixture
def data(house: SimpleNamespace) -> dict[str, Any]:
    return {
        "kind": "individuel", "date": "2026-11-20", "minutes": 30, "place_kind": "lieu_activite", "place": house.place.pk,
        "themes": ["email"], "group": {"total": 1},
    }  # fmt: skip


@pytest.fixture
def heard() -> Any:
    from yole.activities import signals

    told: list[tuple[Any, Any]] = []

    def listen(sender: Any, uuid: Any, old_keys: Any, new_keys: Any, **kwargs: Any) -> None:
        told.append((old_keys, new_keys))

    signals.changed.connect(listen)
    yield told
    signals.changed.disconnect(listen)


@pytest.fixture
def person(house: SimpleNamespace) -> Callable[..., Any]:
    from yole.people.models import Person

    def make(**fields: Any) -> Any:
        values = {"territory": house.territory, "structure": house.structure, "code": uuid.uuid4().hex[:10], "last_contact_on": TODAY}
        return Person.objects.create(**{**values, **fields})

    return make


def save(account: Any, data: dict[str, Any], key: uuid.UUID | None = None) -> Any:
    from yole.activities.services import save_activity

    return save_activity(account, data, key or uuid.uuid4())


def refusal(account: Any, data: dict[str, Any], key: uuid.UUID | None = None) -> Any:
    from yole.base.errors import Refused

    with pytest.raises(Refused) as caught:
        save(account, data, key)
    return caught.value


def test_a_report_is_saved_with_what_follows_from_it(house: Any, data: Any, heard: Any) -> None:
    saved = save(house.mediator, data)
    row = saved.activity
    row.refresh_from_db()
    assert (saved.created, saved.changed) == (True, True)
    assert (row.commune_id, row.structure_id, row.mediator_id, row.territory_id) == (
        "97224", house.structure.pk, house.mediator.pk, house.territory.pk,
    )  # fmt: skip
    assert (row.participants, row.gender_counts, row.age_counts, row.status_counts) == (1, [0, 0, 1], [0] * 7 + [1], [0, 0, 0, 0, 1])
    assert [(old, new.day, new.account_id) for old, new in heard] == [(None, TODAY, house.mediator.pk)]


def test_sent_again_it_is_the_same_report(house: Any, data: Any, heard: Any) -> None:
    from yole.activities.models import Activity

    key = uuid.uuid4()
    save(house.mediator, data, key)
    again = save(house.mediator, data, key)
    assert (again.created, again.changed, again.activity.version) == (False, False, 1)
    assert Activity.objects.count() == 1
    assert len(heard) == 1


def test_a_correction_tells_both_sides_and_grows_the_version(house: Any, data: Any, heard: Any) -> None:
    key = uuid.uuid4()
    save(house.mediator, data, key)
    saved = save(house.mediator, {**data, "date": "2026-10-31", "minutes": 45, "version": 1}, key)
    assert (saved.created, saved.changed, saved.activity.version) == (False, True, 2)
    assert [(old and old.day, new.day) for old, new in heard] == [(None, TODAY), (TODAY, date(2026, 10, 31))]


def test_a_correction_of_an_older_version_is_a_conflict(house: Any, data: Any) -> None:
    key = uuid.uuid4()
    save(house.mediator, data, key)
    save(house.mediator, {**data, "minutes": 45, "version": 1}, key)
    assert refusal(house.mediator, {**data, "minutes": 60, "version": 1}, key).code == "conflict"
    # The same words as those already there are no conflict: it is a second delivery.
    assert not save(house.mediator, {**data, "minutes": 45, "version": 1}, key).changed


@pytest.mark.parametrize(
    ("field", "code", "change"),
    [
        ("kind", "missing", {"kind": ""}),
        ("kind", "unknown", {"kind": "ponctuel"}),
        ("date", "missing", {"date": ""}),
        ("date", "date", {"date": "20/11/2026"}),
        ("date", "future", {"date": "2026-11-21"}),
        ("date", "old", {"date": "2014-12-31"}),
        ("minutes", "missing", {"minutes": None}),
        ("minutes", "negative", {"minutes": -5}),
        ("minutes", "large", {"minutes": 1440}),
        ("minutes", "number", {"minutes": "1h"}),
        ("minutes", "number", {"minutes": True}),
        ("minutes", "number", {"minutes": 30.5}),
        ("place_kind", "missing", {"place_kind": ""}),
        ("place", "missing", {"place": None}),
        ("place", "place", {"place": 999_999}),
        ("place", "place", {"place_kind": "domicile", "commune": "97224"}),
        ("commune", "missing", {"place_kind": "domicile", "place": None}),
        ("commune", "commune", {"place_kind": "autre", "place": None, "commune": "97299"}),
        ("session", "session", {"session": 999_999}),
        ("themes", "missing", {"themes": []}),
        ("themes", "unknown", {"themes": ["cuisine"]}),
        ("admin_themes", "administrative", {"admin_themes": ["logement"]}),
        ("procedure_details", "administrative", {"procedure_details": "RSA"}),
        ("materials", "materials", {"materials": ["aucun", "tablette"]}),
        ("level", "group-only", {"level": "debutant"}),
        ("workshop_title", "group-only", {"workshop_title": "Mots de passe"}),
        ("autonomy", "alone-only", {"kind": "collectif", "autonomy": "autonome"}),
        ("tags", "long", {"tags": [str(n) for n in range(11)]}),
        ("notes", "nir", {"notes": "Son numéro : 2 55 08 14 168 025 38"}),
        ("group", "nobody", {"group": {}}),
        ("group", "several", {"group": {"total": 2}}),
        ("group", "large", {"kind": "collectif", "group": {"total": 10_001}}),
        ("group", "negative", {"kind": "collectif", "group": {"total": -3}}),
        ("group", "negative", {"kind": "collectif", "group": {"total": 3, "gender": {"feminin": -1}}}),
        ("group", "margin", {"kind": "collectif", "group": {"total": 3, "already_known": 4}}),
        ("group", "margin", {"kind": "collectif", "group": {"total": 3, "age": {"moins_de_douze": 2, "soixante_dix_plus": 2}}}),
        ("group", "margin", {"kind": "collectif", "group": {"total": 3, "gender": {"feminin": 1, "non_communique": 1}}}),
        ("group", "unknown", {"kind": "collectif", "group": {"total": 3, "age": {"de18a35ans": 2}}}),
        ("people", "person", {"people": ["moi"]}),
        ("people", "person", {"group": {}, "people": [{"person": "7d6e5a0e-5f0a-4f8e-9a0f-9d7e3b5f1c2d"}]}),
    ],
)
def test_each_rule_names_its_field(house: Any, data: Any, field: str, code: str, change: dict[str, Any]) -> None:
    from yole.activities.models import Activity

    no = refusal(house.mediator, {**data, **change})
    assert (no.field, no.code) == (field, code)
    assert no.reason.endswith(".")
    assert not Activity.objects.exists()


def test_every_problem_is_told(house: Any) -> None:
    no = refusal(house.mediator, {})
    assert [problem.field for problem in no.problems] == ["kind", "date", "minutes", "place_kind", "themes", "group"]


def test_a_group_keeps_its_margins_as_margins(house: Any, data: Any) -> None:
    from yole.activities.models import Participation

    group = {"total": 8, "already_known": 2, "gender": {"feminin": 5}, "age": {"soixante_dix_plus": 3}, "status": {"retraite": 8}}
    row = save(house.mediator, {**data, "kind": "collectif", "group": group}).activity
    assert (row.participants, row.gender_counts, row.age_counts) == (8, [0, 5, 3], [0, 0, 0, 0, 0, 0, 3, 5])
    assert row.status_counts == [0, 0, 0, 8, 0]
    assert not Participation.objects.exists()


def test_one_off_help_counts_several_visits(house: Any, data: Any) -> None:
    assert save(house.mediator, {**data, "one_off": True, "group": {"total": 12}}).activity.participants == 12


def test_a_person_is_frozen_at_the_day_of_the_activity(house: Any, data: Any, person: Any) -> None:
    young = person(birth_year=2001, gender="feminin", social_status="sans_emploi", commune=house.fort)
    row = save(house.mediator, {**data, "date": "2025-12-31", "group": {}, "people": [str(young.pk)]}).activity
    young.social_status, young.gender, young.birth_year = "en_emploi", "masculin", 1950
    young.save()
    frozen = row.participations.get()
    assert (frozen.age_band, frozen.gender, frozen.social_status, frozen.commune_id) == (
        "dix_huit_vingt_quatre", "feminin", "sans_emploi", "97209",
    )  # fmt: skip
    # Correcting the duration changes nothing of it; moving the day freezes again, at the new day.
    key = row.pk
    same = {**data, "group": {}, "people": [str(young.pk)]}
    save(house.mediator, {**same, "date": "2025-12-31", "minutes": 60}, key)
    assert row.participations.get().age_band == "dix_huit_vingt_quatre"
    save(house.mediator, {**same, "date": "2026-01-02", "minutes": 60}, key)
    assert row.participations.get().age_band == "soixante_dix_plus"


def test_already_known_follows_from_earlier_reports(house: Any, data: Any, person: Any) -> None:
    somebody = person()
    about = {**data, "group": {}, "people": [str(somebody.pk)]}
    first = save(house.mediator, {**about, "date": "2026-11-02"}).activity
    second = save(house.mediator, about).activity
    assert [one.participations.get().already_known for one in (first, second)] == [False, True]


def test_a_person_of_another_structure_is_not_linked(house: Any, data: Any, person: Any) -> None:
    theirs = person(structure=house.other_structure)
    no = refusal(house.mediator, {**data, "group": {}, "people": [str(theirs.pk)]})
    assert (no.field, no.status) == ("people", 403)
    from yole.people.models import Agreement

    Agreement.objects.create(person=theirs, structure=house.structure, how="signature")
    assert save(house.mediator, {**data, "group": {}, "people": [str(theirs.pk)]}).created


def test_taking_a_person_away_and_adding_another(house: Any, data: Any, person: Any) -> None:
    first, second = person(), person()
    key = uuid.uuid4()
    group = {**data, "kind": "collectif", "group": {"total": 3}}
    save(house.mediator, {**group, "people": [str(first.pk)]}, key)
    row = save(house.mediator, {**group, "people": [str(second.pk)]}, key).activity
    assert row.participants == 4
    assert [one.person_id for one in row.participations.all()] == [second.pk]


def test_who_may_write_and_correct(house: Any, data: Any) -> None:
    key = uuid.uuid4()
    save(house.mediator, data, key)
    for account in (house.volunteer, house.chief):
        assert refusal(account, data).code == "forbidden"
    for account in (house.colleague, house.stranger, house.outsider):
        assert refusal(account, {**data, "minutes": 45}, key).status == 403
    assert save(house.coordinator, {**data, "minutes": 45}, key).activity.mediator_id == house.mediator.pk
    from yole.journal.models import Entry

    assert Entry.objects.filter(action="activities.correct").count() == 1


def test_a_place_of_another_territory_is_refused(house: Any, data: Any) -> None:
    assert refusal(house.outsider, data).field == "place"


def test_remote_help_takes_the_commune_of_the_usual_place(house: Any, data: Any) -> None:
    remote = {**data, "place_kind": "a_distance", "place": None}
    assert save(house.mediator, remote).activity.commune_id is None
    save(house.mediator, data)
    assert save(house.mediator, remote).activity.commune_id == "97224"


def test_delete_and_put_back(house: Any, data: Any, heard: Any) -> None:
    from yole.activities.selectors import Filters, page
    from yole.activities.services import delete, restore

    key = uuid.uuid4()
    save(house.mediator, data, key)
    delete(house.mediator, key)
    delete(house.mediator, key)
    assert page(house.mediator, Filters()).rows == []
    assert refusal(house.mediator, {**data, "minutes": 45}, key).code == "deleted"
    restore(house.mediator, key)
    restore(house.mediator, key)
    assert [one.pk for one in page(house.mediator, Filters()).rows] == [key]
    assert [(old is None, new is None) for old, new in heard] == [(True, False), (False, True), (True, False)]


def test_others_do_not_delete(house: Any, data: Any) -> None:
    from yole.activities.services import delete
    from yole.base.errors import Refused

    key = uuid.uuid4()
    save(house.mediator, data, key)
    for account in (house.colleague, house.stranger, house.volunteer):
        with pytest.raises(Refused):
            delete(account, key)
    assert delete(house.coordinator, key).deleted_at is not None


def test_a_copy_leaves_people_and_notes(house: Any, data: Any, person: Any) -> None:
    from yole.activities.services import duplicate

    somebody = person()
    row = save(
        house.mediator, {**data, "date": "2026-11-02", "group": {}, "people": [str(somebody.pk)], "notes": "Revenir", "tags": ["bus"]}
    ).activity
    key = uuid.uuid4()
    copy = duplicate(house.mediator, row, key).activity
    assert not duplicate(house.mediator, row, key).changed
    assert (copy.date, copy.notes, copy.tags, copy.participants, copy.anonymous_count) == (TODAY, "", ["bus"], 1, 1)
    assert not copy.participations.exists()


def test_the_quick_form_learns(house: Any, data: Any) -> None:
    from yole.activities.selectors import defaults
    from yole.activities.services import choose_durations

    assert defaults(house.mediator).durations == [15, 30, 60, 120]
    for _ in range(2):
        save(house.mediator, {**data, "minutes": 25, "notes": "Secret", "tags": ["bus"]})
    found = defaults(house.mediator)
    assert 25 in found.durations
    assert found.place == house.place
    assert found.last["tags"] == ["bus"]
    assert "Secret" not in str(found.last)
    choose_durations(house.mediator, [20, 10])
    save(house.mediator, data)
    assert defaults(house.mediator).durations == [10, 20]
    assert 25 in choose_durations(house.mediator, []).durations


def test_an_old_report_teaches_nothing(house: Any, data: Any) -> None:
    from yole.activities.models import Preference

    save(house.mediator, {**data, "date": TODAY - timedelta(days=90)})
    assert not Preference.objects.exists()


def test_saving_costs_few_queries(house: Any, data: Any, django_assert_max_num_queries: Any) -> None:
    save(house.mediator, data)
    with django_assert_max_num_queries(12):
        save(house.mediator, {**data, "minutes": 45})


def test_pages_by_position_meet_each_report_once(house: Any, data: Any) -> None:
    from yole.activities.selectors import Filters, page

    for n in range(23):
        save(house.mediator, {**data, "date": TODAY - timedelta(days=n // 6)})
    met, cursor = [], ""
    pages = 0
    while True:
        found = page(house.mediator, Filters(), after=cursor, size=5)
        met += [one.pk for one in found.rows]
        pages += 1
        if not found.older:
            break
        cursor = found.older
    assert (len(met), len(set(met)), pages) == (23, 23, 5)
    back = page(house.mediator, Filters(), before=found.newer, size=5)
    assert [one.pk for one in back.rows] == met[15:20]
    assert page(house.mediator, Filters(), after="n’importe quoi", size=5).rows[0].pk == met[0]
    assert page(house.mediator, Filters(), before=page(house.mediator, Filters(), after=page(house.mediator, Filters(), size=5).older,
                size=5).newer, size=5).newer == ""  # fmt: skip


def test_filters(house: Any, data: Any, person: Any) -> None:
    from yole.activities.selectors import Filters, page

    somebody = person()
    alone = save(house.mediator, {**data, "group": {}, "people": [str(somebody.pk)], "tags": ["bus"]}).activity.pk
    about = {"kind": "collectif", "group": {"total": 4}, "workshop_title": "Mes mots de passe", "themes": ["sante"]}
    group = save(house.colleague, {**data, "date": "2026-10-01", **about}).activity.pk
    once = save(house.mediator, {**data, "one_off": True, "place_kind": "a_distance", "place": None}).activity.pk

    def found(**more: Any) -> set[Any]:
        return {one.pk for one in page(house.mediator, Filters(scope="structure", **more)).rows}

    assert found() == {alone, group, once}
    assert found(kind="individuel") == {alone}
    assert found(kind="ponctuel") == {once}
    assert found(theme="sante") == {group}
    assert found(place=house.place.pk) == {alone, group}
    assert found(person=somebody.pk) == {alone}
    assert found(tag="bus") == {alone}
    assert found(words="MOTS passé") == {group}
    assert found(first=date(2026, 11, 1)) == {alone, once}
    assert found(last=date(2026, 11, 1)) == {group}
    assert {one.pk for one in page(house.mediator, Filters()).rows} == {alone, once}
    assert not page(house.stranger, Filters(scope="structure")).rows


def test_words_about_health_are_asked_about(house: Any, data: Any) -> None:
    notes = {**data, "notes": "Elle prend un traitement médical."}
    assert (refusal(house.mediator, notes).field, refusal(house.mediator, notes).code) == ("notes", "sensitive")
    assert save(house.mediator, {**notes, "confirmed": True}).created
    number = {**data, "notes": "2 55 08 14 168 025 38", "confirmed": True}
    assert refusal(house.mediator, number).code == "nir"


def test_a_report_is_a_contact_with_the_person(house: Any, data: Any, person: Any) -> None:
    somebody = person(last_contact_on=date(2026, 1, 1))
    save(house.mediator, {**data, "group": {}, "people": [str(somebody.pk)]})
    somebody.refresh_from_db()
    assert somebody.last_contact_on == TODAY


def test_an_erased_person_still_counts_and_the_report_may_be_corrected(house: Any, data: Any, person: Any) -> None:
    from yole.activities.retention import collect, erase

    somebody = person()
    row = save(house.mediator, {**data, "group": {}, "people": [str(somebody.pk)], "notes": "Revenir"}).activity
    assert [line["notes"] for line in collect(somebody.pk)] == ["Revenir"]
    assert erase(somebody.pk) == 2
    assert erase(somebody.pk) == 0
    row.refresh_from_db()
    assert (row.participants, row.notes, row.participations.get().person_id) == (1, "", None)
    row = save(house.mediator, {**data, "group": {}, "people": [], "minutes": 50}, row.pk).activity
    assert (row.participants, row.minutes) == (1, 50)


def test_notes_go_after_a_year_and_the_adviser_after_six(house: Any, data: Any) -> None:
    from yole.activities.retention import purge_notes

    young = save(house.mediator, {**data, "date": TODAY - timedelta(days=364), "notes": "a"}).activity
    old = save(house.mediator, {**data, "date": TODAY - timedelta(days=365), "notes": "b"}).activity
    older = save(house.mediator, {**data, "date": TODAY - timedelta(days=2192), "notes": ""}).activity
    assert purge_notes() == 2
    assert purge_notes() == 0
    for row in (young, old, older):
        row.refresh_from_db()
    assert (young.notes, old.notes, older.mediator_id, old.mediator_id) == ("a", "", None, house.mediator.pk)
