"""Importing programmes: same guid, same slot; what is written, what is kept, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.events.programmes import by_hand, guid
from yole.base.errors import Refused
from yole.events.engine import document as doc
from yole.events.engine.document import Link, Person, Programme, Reading
from yole.events.formats.reading import read

SURVIVES = (
    *("day", "room", "title", "subtitle", "kind", "track", "language", "starts_at", "minutes", "abstract", "description", "links"),
    *("recording_licence", "feedback_url", "attachments", "code", "guid", "id", "recording_refused"),
)


def bring(fair: SimpleNamespace, programme: Programme, fields: frozenset[str] = doc.ALL_FIELDS, **more: Any) -> Any:
    from yole.events.services_exchange import import_programme

    return import_programme(None, fair.territory, Reading(programme, fields), **more)


def out(edition: Any, to: str = "schedule-json") -> Reading:
    from yole.events import exchange

    return read(exchange.write(edition, exchange.Format(to), published=False), f"export.{to}")


def same(said: Programme, given: Programme) -> None:
    assert len(said.slots) == len(given.slots)
    for one, other in zip(said.slots, given.slots, strict=True):
        for name in SURVIVES:
            assert getattr(one, name) == getattr(other, name) or (name == "kind" and not other.kind), name
        assert one.origin_url == other.origin_url or other.url  # the page of the other system, when it names no origin
        assert [person.name for person in one.persons] == [person.name for person in other.persons]


def test_everything_survives(fair: SimpleNamespace) -> None:
    programme = by_hand(12)
    outcome = bring(fair, programme)
    assert (outcome.new_edition, outcome.created, outcome.updated, outcome.unchanged) == (True, 12, 0, 0)
    assert (outcome.edition.slug, outcome.edition.title, outcome.edition.time_zone) == (
        "nec_2026",
        "NEC Martinique 2026",
        "America/Martinique",
    )
    for to in ("schedule-xml", "schedule-json", "ics", "csv"):
        same(out(outcome.edition, to).programme, programme)
    after_midnight = next(slot for slot in out(outcome.edition).programme.slots if slot.id == 2)
    assert (after_midnight.day, after_midnight.starts_at) == (1, programme.slots[1].starts_at)


@pytest.mark.parametrize("to", ["schedule-xml", "schedule-json", "ics", "csv"])
def test_our_own_export_changes_nothing(fair: SimpleNamespace, to: str) -> None:
    edition = bring(fair, by_hand(6)).edition
    edition.slots.filter(number=3).update(recording_url="https://exemple.invalid/v")
    before = out(edition, to)
    from yole.events.services_exchange import import_programme

    again = import_programme(None, fair.territory, before)
    assert again.counts() == {"created": 0, "updated": 0, "unchanged": 6, "cancelled": 0, "kept": 0}
    assert out(edition, to).programme == before.programme
    assert edition.slots.get(number=3).recording_url == "https://exemple.invalid/v"


def test_a_changed_file_changes_only_what_it_says(fair: SimpleNamespace) -> None:
    from yole.journal.models import Entry

    programme = by_hand(4)
    edition = bring(fair, programme).edition
    lines = Entry.objects.filter(action="events.import").count()
    moved = replace(programme.slots[0], title="Autre titre", room="Salle neuve", persons=programme.slots[0].persons[:1])
    changed = doc.finish(replace(programme, slots=(moved, *programme.slots[1:3]), rooms=()))
    outcome = bring(fair, changed)
    assert outcome.counts() == {"created": 0, "updated": 1, "unchanged": 2, "cancelled": 0, "kept": 1}
    row = edition.slots.get(guid=moved.guid)
    assert (row.title, row.room.name, row.slot_speakers.count()) == ("Autre titre", "Salle neuve", 1)
    assert any("Salle neuve" in note for note in outcome.notes)
    assert Entry.objects.filter(action="events.import").count() == lines + 1


def test_missing_slots_are_cancelled_only_when_asked(fair: SimpleNamespace) -> None:
    programme = by_hand(4)
    edition = bring(fair, programme).edition
    shorter = replace(programme, slots=programme.slots[:3])
    assert bring(fair, shorter).kept == 1
    assert bring(fair, shorter, cancel_missing=True).cancelled == 1
    assert edition.slots.filter(cancelled_at__isnull=False).count() == 1
    assert len(out(edition, "schedule-xml").programme.slots) == 3
    assert [slot.cancelled for slot in out(edition, "ics").programme.slots].count(True) == 1
    # What is cancelled stays cancelled, also when the file comes back whole.
    assert bring(fair, programme).counts() == {"created": 0, "updated": 0, "unchanged": 4, "cancelled": 0, "kept": 0}


def test_a_calendar_says_what_is_cancelled_and_leaves_texts_alone(fair: SimpleNamespace) -> None:
    programme = by_hand(3)
    edition = bring(fair, programme).edition
    from yole.events import exchange

    text = exchange.write(edition, exchange.Format.ICS, published=False).decode()
    foreign = "".join(line for line in text.replace("\r\n ", "").splitlines(keepends=True) if not line.startswith("X-YOLE"))
    foreign = foreign.replace("STATUS:CONFIRMED", "STATUS:CANCELLED", 1)
    outcome = bring(fair, *_calendar(foreign))
    assert (outcome.created, outcome.cancelled) == (0, 1)
    kept = edition.slots.get(number=2)
    assert edition.slots.get(number=1).abstract == programme.slots[0].abstract
    assert kept.cancelled_at is None


def _calendar(text: str) -> tuple[Programme, frozenset[str]]:
    reading = read(text.encode(), "p.ics", slug="nec_2026")
    return reading.programme, reading.fields


def test_two_talks_in_one_room_are_kept_as_a_draft_and_told(fair: SimpleNamespace) -> None:
    programme = by_hand(2)
    second = replace(programme.slots[1], day=1, room="Amphithéâtre", starts_at=programme.slots[0].starts_at)
    outcome = bring(fair, doc.finish(replace(programme, slots=(programme.slots[0], second))))
    assert [(clash.room, {clash.first.id, clash.second.id}) for clash in outcome.clashes] == [("Amphithéâtre", {1, 2})]
    assert outcome.edition.status == "brouillon"
    from yole.events.services_programme import publish

    with pytest.raises(Refused):
        publish(None, outcome.edition)


def test_people_without_identifier_are_not_merged(fair: SimpleNamespace) -> None:
    programme = by_hand(2)
    slots = tuple(replace(slot, persons=(Person("Zoé M. (fictif)"),)) for slot in programme.slots)
    edition = bring(fair, replace(programme, slots=slots)).edition
    assert edition.speakers.count() == 2
    assert bring(fair, replace(programme, slots=slots)).unchanged == 2
    assert edition.speakers.count() == 2


def test_the_identifier_of_a_person_is_ours_in_exports(fair: SimpleNamespace) -> None:
    edition = bring(fair, by_hand(2)).edition
    shown = {str(person.guid) for slot in out(edition).programme.slots for person in slot.persons}
    assert shown == {str(pk) for pk in edition.speakers.values_list("pk", flat=True)}
    assert str(guid(101)) not in shown
    renamed = replace(by_hand(2).slots[0], persons=(Person("Marie (fictif)", guid(101)), Person("Jo (fictif)", guid(102))))
    assert bring(fair, replace(by_hand(2), slots=(renamed, by_hand(2).slots[1]))).updated == 1
    assert edition.speakers.count() == 2


def test_numbers_and_codes_of_others_are_not_taken(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> None:
    from yole.events.models import Slot

    own = new_slot()
    Slot.objects.filter(pk=own.pk).update(code="AB12CD")
    programme = replace(by_hand(2), slug=fair.edition.slug)
    outcome = bring(fair, programme)
    assert outcome.created == 2
    assert sorted(fair.edition.slots.values_list("number", flat=True)) == [1, 2, 3]
    assert list(fair.edition.slots.exclude(code="").values_list("pk", flat=True)) == [own.pk]
    assert any("numéro" in note for note in outcome.notes)
    fair.edition.refresh_from_db()
    assert bring(fair, programme).unchanged == 2


def test_a_preview_keeps_nothing(fair: SimpleNamespace) -> None:
    from yole.events.models import Edition
    from yole.events.services_exchange import preview

    outcome = preview(None, fair.territory, Reading(by_hand(4)))
    assert outcome.created == 4
    assert not Edition.objects.filter(slug="nec_2026").exists()


def test_an_edition_of_elsewhere_is_not_written(fair: SimpleNamespace) -> None:
    from yole.events.services_exchange import import_programme
    from yole.territory.models import Territory

    bring(fair, by_hand(2))
    with pytest.raises(Refused):
        import_programme(None, Territory.objects.get(slug="ailleurs"), Reading(by_hand(2)))
    with pytest.raises(Refused):
        import_programme(fair.mediator, fair.territory, Reading(by_hand(2)))
    assert import_programme(fair.organiser, fair.territory, Reading(by_hand(2))).unchanged == 2


def test_limits_are_those_of_the_tables(db: None) -> None:
    from yole.events.models import Edition, Room, Slot, Speaker, Track

    columns = {
        "title": (Slot, "title"),
        "subtitle": (Slot, "subtitle"),
        "type": (Slot, "type_label"),
        "language": (Slot, "language"),
        "track": (Track, "name"),
        "room": (Room, "name"),
        "person": (Speaker, "name"),
        "recording_licence": (Slot, "recording_licence"),
        "address": (Slot, "feedback_url"),
        "edition": (Edition, "title"),
        "slug": (Edition, "slug"),
    }
    assert {name: model._meta.get_field(field).max_length for name, (model, field) in columns.items()} == doc.LIMITS


def test_words_for_formats() -> None:
    from yole.events.enums import Kind
    from yole.events.services_exchange import kind_of

    assert kind_of("talk") == (Kind.CONFERENCE, "talk")
    assert kind_of("Table ronde") == (Kind.ROUND_TABLE, "")
    assert kind_of("table_ronde") == (Kind.ROUND_TABLE, "table_ronde")
    assert kind_of("Hands-on workshop") == (Kind.WORKSHOP, "Hands-on workshop")
    assert kind_of("Autre chose") == (Kind.CONFERENCE, "Autre chose")


def test_links_keep_their_kind_and_service(fair: SimpleNamespace) -> None:
    programme = by_hand(2)
    links = (Link("https://exemple.invalid/x", "Salon", "chat", "matrix"),)
    edition = bring(fair, replace(programme, slots=(replace(programme.slots[0], links=links), programme.slots[1]))).edition
    assert out(edition, "schedule-xml").programme.slots[0].links == links
    assert out(edition, "schedule-json").programme.slots[0].links == (Link("https://exemple.invalid/x", "Salon", "related"),)


def test_published_files_are_public_and_give_the_last_version(fair: SimpleNamespace, client: Any) -> None:
    from yole.events.services_programme import cancel_slot, publish

    edition = bring(fair, by_hand(4)).edition
    at = "/numerique-en-commun/nec_2026/"
    assert client.get(at + "schedule.xml").status_code == 404
    publish(None, edition)
    for name, media in (
        ("schedule.xml", "application/vnd.c3voc.schedule+xml"),
        ("schedule.json", "application/json"),
        ("schedule.ics", "text/calendar"),
        ("schedule.csv", "text/csv"),
    ):
        answer = client.get(at + name)
        assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, media)
        assert len(read(answer.content, name).programme.slots) == 4
    slot = edition.slots.get(number=3)
    cancel_slot(None, slot, "Salle fermée")
    assert client.get(at + "schedule.ics").content.count(b"STATUS:CANCELLED") == 0
    publish(None, edition)
    assert client.get(at + "schedule.ics").content.count(b"STATUS:CANCELLED") == 1
    alone = client.get(at + "3.ics").content
    assert b"METHOD:CANCEL" in alone
    assert client.get(at + "4.ics").content.count(b"BEGIN:VALARM") == 1
    assert client.get(at + "99.ics").status_code == 404
    assert client.post(at + "schedule.xml").status_code == 405
