"""Difficult files: each is read as it must be, or refused in one line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft6Validator
from lxml import etree

from tests.events.programmes import guid
from yole.events.engine import document as doc
from yole.events.engine.document import Reading
from yole.events.formats import schedule_json, schedule_xml
from yole.events.formats.reading import read
from yole.kernel.errors import InputError

EVENT = """<event id="{id}" guid="{guid}"{attributes}><room>Grande salle</room><title>{title}</title><type>talk</type>
<date>{date}</date><start>{start}</start><duration>{duration}</duration><abstract>a</abstract><track></track>{more}</event>"""


def event(n: int = 1, **given: str) -> str:
    values = {
        "id": str(n),
        "guid": str(guid(n)),
        "attributes": "",
        "title": f"T{n}",
        "date": "2026-12-12T09:00:00-04:00",
        "start": "09:00",
        "duration": "00:30",
        "more": "",
    }
    return EVENT.format(**{**values, **given})


def schedule(events: str, *, conference: str = "", acronym: str = "nec_2026", before: str = "", day: str = "") -> bytes:
    day = day or 'index="1" date="2026-12-12" start="2026-12-12T06:00:00-04:00" end="2026-12-13T06:00:00-04:00"'
    return f"""{before}<schedule><version>1</version><conference><title>NEC</title><acronym>{acronym}</acronym>{conference}</conference>
    <day {day}><room name="Grande salle">{events}</room></day></schedule>""".encode()


def ours(reading: Reading) -> Any:
    from dataclasses import replace

    rooms = tuple(replace(room, guid=room.guid or guid(77)) for room in reading.programme.rooms)
    slots = tuple(replace(slot, url=f"https://yole.invalid/{slot.id}/") for slot in reading.programme.slots)
    return replace(reading.programme, rooms=rooms, slots=slots)


def assert_valid(shared: Path, reading: Reading) -> None:
    folder = shared / "data" / "events"
    programme = ours(reading)
    etree.XMLSchema(etree.parse(folder / "schedule.xml.xsd")).assertValid(
        etree.fromstring(schedule_xml.write(programme, url="https://yole.invalid/s.xml", version="1"))
    )
    schema = Draft6Validator(json.loads((folder / "schedule.schema.json").read_text("utf-8")))
    assert not list(schema.iter_errors(json.loads(schedule_json.write(programme, version="1"))))


def test_1_and_2_a_colour_as_text_and_an_empty_address_are_accepted_and_not_repeated(shared: Path) -> None:
    reading = read(schedule(event(more="<feedback_url></feedback_url><url/>"), conference="<color>#00ff00</color>"), "p.xml")
    written = schedule_xml.write(ours(reading), url="https://yole.invalid/s.xml", version="1")
    assert b"<color" not in written
    assert b"feedback_url" not in written
    assert_valid(shared, reading)


@pytest.mark.parametrize(
    ("said", "kept"), [("nec-2026-mq-97", "nec_2026_mq_97"), ("NEC 2026", "nec_2026"), ("abc", "abc_nec"), ("nec_2026", "nec_2026")]
)
def test_3_the_acronym_has_underscores(shared: Path, said: str, kept: str) -> None:
    reading = read(schedule(event(), acronym=said), "p.xml")
    assert reading.programme.slug == kept
    assert_valid(shared, reading)


def as_json(**changes: Any) -> bytes:
    reading = read(schedule(event()), "p.xml")
    value = json.loads(schedule_json.write(ours(reading), version="1"))
    day = value["schedule"]["conference"]["days"][0]
    day["rooms"]["Grande salle"][0].update(changes)
    return json.dumps(value).encode()


def test_4_a_person_with_two_names_is_read_and_written_with_one(shared: Path) -> None:
    reading = read(
        as_json(persons=[{"id": 7, "name": "Ada (fictif)", "public_name": "A. (fictif)"}, {"public_name": "Bo (fictif)"}]), "p.json"
    )
    persons = reading.programme.slots[0].persons
    assert [person.name for person in persons] == ["Ada (fictif)", "Bo (fictif)"]
    assert persons[0].guid == doc.named_guid("nec_2026", "person", "7")
    assert persons[1].guid is None
    assert_valid(shared, reading)


def test_6_after_midnight_stays_in_the_day_that_began_the_evening_before() -> None:
    slot = read(schedule(event(date="2026-12-13T00:15:00-04:00", start="00:15")), "p.xml").programme.slots[0]
    assert slot.day == 1
    assert slot.starts_at == datetime(2026, 12, 13, 4, 15, tzinfo=UTC)
    bare = read(schedule(event(date="", start="00:15")), "p.xml").programme.slots[0]
    assert bare.starts_at == slot.starts_at


def test_7_the_instant_is_the_date_whatever_the_local_start_says() -> None:
    reading = read(schedule(event(date="2026-12-12T13:00:00Z", start="09:00")), "p.xml")
    assert reading.programme.slots[0].starts_at == datetime(2026, 12, 12, 13, tzinfo=UTC)
    assert reading.programme.timezone == "America/Martinique"


@pytest.mark.parametrize(("said", "minutes"), [("1:30", 90), ("01:30", 90), ("01:30:00", 90), ("90", 90)])
def test_8_lengths(said: str, minutes: int) -> None:
    assert read(schedule(event(duration=said)), "p.xml").programme.slots[0].minutes == minutes


@pytest.mark.parametrize("said", ["", "00:00", "1:75", "une heure", "-1:30", "99999:00", "1:2:3:4"])
def test_8_impossible_lengths_are_refused_naming_the_event(said: str) -> None:
    with pytest.raises(InputError, match=r"duration.*événement 1"):
        read(schedule(event(duration=said)), "p.xml")


def test_9_names_are_never_merged_silently() -> None:
    reading = read(
        schedule(
            event(1, more="<persons><person>Zoé M. (fictif)</person></persons>")
            + event(
                2,
                date="2026-12-12T10:00:00-04:00",
                more="<persons><person>ZOE M. (fictif)</person><person>Zoé M. (fictif)</person></persons>",
            )
        ),
        "p.xml",
    )
    assert [[person.name for person in slot.persons] for slot in reading.programme.slots] == [
        ["Zoé M. (fictif)"],
        ["ZOE M. (fictif)", "Zoé M. (fictif)"],
    ]
    assert any("noms proches" in note for note in reading.notes)
    assert any("2 fois sans identifiant" in note for note in reading.notes)


def test_10_unknown_elements_are_told() -> None:
    reading = read(schedule(event(more="<colour>red</colour>"), conference="<sponsor>x</sponsor>"), "p.xml")
    assert any("« colour »" in note for note in reading.notes)
    assert any("« sponsor »" in note for note in reading.notes)


def test_11_no_identifier_comes_from_an_address() -> None:
    reading = read(as_json(persons=[{"name": "Ada (fictif)", "email": "ada@exemple.invalid"}]), "p.json")
    written = schedule_json.write(ours(reading), version="1") + schedule_xml.write(ours(reading), url="https://yole.invalid/", version="1")
    assert b"exemple.invalid" not in written
    assert reading.programme.slots[0].persons[0].guid is None


@pytest.mark.parametrize(
    "before",
    [
        "<!DOCTYPE schedule>",
        '<!DOCTYPE s [<!ENTITY a "b">]>',
        '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE lolz [<!ENTITY l "l"><!ENTITY m "&l;&l;&l;&l;">]>',
    ],
)
def test_12_document_types_and_entities_are_refused(before: str) -> None:
    with pytest.raises(InputError, match="DOCTYPE"):
        read(schedule(event(), before=before), "p.xml")


def test_13_special_characters_survive() -> None:
    reading = read(schedule(event(title="A &amp; B, &lt;c&gt; ; d\\e l’Œuvre : ça&#160;?")), "p.xml")
    assert reading.programme.slots[0].title == "A & B, <c> ; d\\e l’Œuvre : ça\u00a0?"
    again = read(schedule_xml.write(ours(reading), url="https://yole.invalid/s", version="1"), "p.xml")
    assert again.programme.slots[0].title == reading.programme.slots[0].title


# --- broken or odd files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"<schedule>",
        b"<html><body/></html>",
        b"<schedule/>",
        b"{",
        b"[]",
        b'{"a": 1}',
        b'{"schedule": 3}',
        b'{"schedule": {"version": "1"}}',
        b"[" * 100_000,
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"nom,salle\nA,B\n",
        b"title,room,date,duration\n",
        b"title,room,date,duration\nA,B,hier,01:00\n",
        b"\xff\xfe\x00",
    ],
)
def test_unreadable_files_are_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(InputError) as refusal:
        read(data, "f", slug="nec_2026")
    assert "\n" not in refusal.value.one_line()
    assert refusal.value.one_line().startswith("f")


def test_numbers_and_identifiers_are_repaired_and_told() -> None:
    same = str(guid(1))
    reading = read(
        schedule(
            event(1, attributes=' code="AB12CD"')
            + event(1, guid=same, attributes=' code="AB12CD"')
            + event(3, id="x", guid="pas-un-guid", attributes=' code="trop-long"')
        ),
        "p.xml",
    )
    slots = sorted(reading.programme.slots, key=lambda slot: slot.id)
    assert [slot.id for slot in slots] == [1, 2, 3]
    assert len({slot.guid for slot in slots}) == 3
    assert [slot.code for slot in slots] == ["AB12CD", "", ""]
    assert reading.notes
    assert all(isinstance(slot.guid, UUID) for slot in slots)


def test_addresses_that_could_run_are_left_out() -> None:
    links = '<links><link href="javascript:alert(1)">x</link><link href="https://exemple.invalid/a">y</link></links>'
    reading = read(schedule(event(more=links + "<url>data:text/html,x</url>")), "p.xml")
    assert [link.url for link in reading.programme.slots[0].links] == ["https://exemple.invalid/a"]
    assert reading.programme.slots[0].url == ""
    assert any("ni http ni https" in note for note in reading.notes)


def test_relative_attachments_are_completed() -> None:
    more = '<attachments><attachment href="/media/a.pdf">A</attachment></attachments>'
    reading = read(schedule(event(more=more), conference="<base_url>https://exemple.invalid</base_url>"), "p.xml")
    assert reading.programme.slots[0].attachments[0].url == "https://exemple.invalid/media/a.pdf"


def test_two_talks_in_one_room_are_seen() -> None:
    reading = read(schedule(event(1) + event(2, date="2026-12-12T09:29:00-04:00") + event(3, date="2026-12-12T09:59:00-04:00")), "p.xml")
    assert [(clash.room, clash.first.title, clash.second.title) for clash in doc.clashes(reading.programme.slots)] == [
        ("Grande salle", "T1", "T2")
    ]


def test_days_counted_from_zero_are_counted_from_one() -> None:
    assert (
        read(schedule(event(), day='index="0" date="2026-12-12" start="2026-12-12T06:00:00-04:00" end=""'), "p.xml").programme.days[0].index
        == 1
    )


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="fuseau"):
        read(schedule(event(), conference="<time_zone_name>Mars/Olympus</time_zone_name>"), "p.xml")


def test_a_zone_not_named_is_told_by_the_dates() -> None:
    reading = read(schedule(event(date="2026-12-12T09:00:00+02:00")), "p.xml")
    assert reading.programme.timezone == "Etc/GMT-2"
    assert reading.programme.slots[0].starts_at.hour == 7


def test_controls_never_reach_a_file() -> None:
    reading = read(as_json(title="a\u0000b\u0007\ud800c", abstract="x\r\ny\rz"), "p.json")
    assert (reading.programme.slots[0].title, reading.programme.slots[0].abstract) == ("abc", "x\ny\nz")


def test_a_cell_that_a_spreadsheet_would_run_is_held() -> None:
    from yole.events.formats import table

    reading = read(schedule(event(title="=1+1")), "p.xml")
    written = table.write(reading.programme)
    assert b"'=1+1" in written
    assert read(written, "p.csv").programme.slots[0].title == "=1+1"
