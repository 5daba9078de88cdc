"""Exchange formats: what a writer writes is valid, and a reader gives it back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from icalendar import Calendar
from jsonschema import Draft6Validator, FormatChecker
from lxml import etree

from tests.events.programmes import by_hand, programmes, without_room_details
from yole.events.engine.document import Programme, Slot
from yole.events.formats import ics, schedule_json, schedule_xml, table
from yole.events.formats.reading import read

STAMP = datetime(2026, 11, 22, 12, tzinfo=UTC)


def as_xml(programme: Programme) -> bytes:
    return schedule_xml.write(programme, url="https://yole.invalid/schedule.xml", version="1.0")


def as_json(programme: Programme) -> bytes:
    return schedule_json.write(programme, version="1.0")


def as_ics(programme: Programme) -> bytes:
    return ics.write(programme, host="yole.invalid", stamp=STAMP)


@pytest.fixture(scope="session")
def xsd(shared: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared / "data" / "events" / "schedule.xml.xsd"))


@pytest.fixture(scope="session")
def json_schema(shared: Path) -> Draft6Validator:
    schema = json.loads((shared / "data" / "events" / "schedule.schema.json").read_text("utf-8"))
    return Draft6Validator(schema, format_checker=FormatChecker())


@settings(deadline=None, max_examples=20)
@given(programmes())
def test_schedule_xml_comes_back(programme: Programme) -> None:
    back = read(as_xml(programme), "p.xml").programme
    assert without_room_details(back) == without_room_details(programme)
    assert as_xml(back) == as_xml(read(as_xml(back), "p.xml").programme)


@settings(deadline=None, max_examples=20)
@given(programmes())
def test_schedule_json_comes_back(programme: Programme) -> None:
    assert read(as_json(programme), "p.json").programme == replace(
        programme, slots=tuple(replace(s, recording_url="") for s in programme.slots)
    )


@settings(deadline=None, max_examples=20)
@given(programmes())
def test_icalendar_comes_back(programme: Programme) -> None:
    assert read(as_ics(programme), "p.ics").programme == programme


@settings(deadline=None, max_examples=20)
@given(programmes())
def test_csv_comes_back(programme: Programme) -> None:
    back = read(table.write(programme), "p.csv").programme
    assert back.slots == programme.slots
    assert (back.slug, back.title, back.version, back.timezone) == (programme.slug, programme.title, programme.version, programme.timezone)
    assert table.write(back) == table.write(programme)


@settings(deadline=None, max_examples=25)
@given(programmes())
def test_whatever_is_written_is_valid(xsd: etree.XMLSchema, json_schema: Draft6Validator, programme: Programme) -> None:
    xsd.assertValid(etree.fromstring(as_xml(programme)))
    assert [error.message for error in json_schema.iter_errors(json.loads(as_json(programme)))] == []


def test_the_hand_made_programme_is_valid(xsd: etree.XMLSchema, json_schema: Draft6Validator) -> None:
    xsd.assertValid(etree.fromstring(as_xml(by_hand(40))))
    assert not list(json_schema.iter_errors(json.loads(as_json(by_hand(40)))))


def said(slot: Slot, fields: frozenset[str]) -> dict[str, object]:
    return {field: getattr(slot, field) for field in fields}


def test_the_four_formats_say_the_same() -> None:
    programme = by_hand(30)
    for written in (as_xml(programme), as_json(programme), as_ics(programme), table.write(programme)):
        reading = read(written, "p")
        assert [said(slot, reading.fields) for slot in reading.programme.slots] == [said(slot, reading.fields) for slot in programme.slots]


# --- iCalendar ---------------------------------------------------------------------------------------------------------------------


def test_no_line_is_over_75_octets_and_none_is_cut_inside_a_character() -> None:
    written = as_ics(by_hand())
    lines = written.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode("utf-8")
    assert b"\r\n " in written


def test_summary_is_escaped() -> None:
    assert b"SUMMARY:\xc2\xab N\xc3\x94TRE\\, \xc5\x92uvre \xc2\xbb & l\xe2\x80\x99avenir \\; <ici> \\\\ l" in as_ics(by_hand()).replace(
        b"\r\n ", b""
    )


def test_calendar_carries_zone_uid_and_place() -> None:
    written = ics.write(by_hand(), host="yole.invalid", stamp=STAMP, place="Institut, Le Lamentin", geo=(14.6, -61.0), alarm=True)
    calendar = Calendar.from_ical(written)
    assert calendar["METHOD"] == "PUBLISH"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["America/Martinique"]
    event = calendar.walk("VEVENT")[0]
    assert event["UID"] == f"{by_hand().slots[0].guid}@yole.invalid"
    assert event["LOCATION"] == "Amphithéâtre, Institut, Le Lamentin"
    assert event["DTSTART"].params["TZID"] == "America/Martinique"
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert len(event.walk("VALARM")) == 1
    assert event["GEO"].to_ical() == "14.6;-61.0"


def test_a_cancelled_slot_comes_out_once_with_the_same_uid_and_a_greater_sequence() -> None:
    programme = by_hand()
    slots = (replace(programme.slots[0], cancelled=True, sequence=2), programme.slots[1])
    calendar = Calendar.from_ical(as_ics(replace(programme, slots=slots)))
    gone = [event for event in calendar.walk("VEVENT") if event["UID"].startswith(str(slots[0].guid))]
    assert [(event["STATUS"], event["SEQUENCE"]) for event in gone] == [("CANCELLED", 3)]
    assert calendar["METHOD"] == "PUBLISH"
    alone = Calendar.from_ical(as_ics(replace(programme, slots=slots[:1])))
    assert alone["METHOD"] == "CANCEL"
    back = read(as_ics(replace(programme, slots=slots)), "p.ics")
    assert back.programme.slots == slots
    assert "cancelled" in back.fields


def test_other_formats_leave_out_what_is_cancelled_and_csv_keeps_it() -> None:
    programme = by_hand()
    programme = replace(programme, slots=(replace(programme.slots[0], cancelled=True), programme.slots[1]))
    assert len(read(as_xml(programme), "p").programme.slots) == 1
    assert len(read(as_json(programme), "p").programme.slots) == 1
    assert [slot.cancelled for slot in read(table.write(programme), "p").programme.slots] == [True, False]


FOREIGN = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Autre//FR
X-WR-CALNAME:Rencontres
BEGIN:VEVENT
UID:abc-1@autre
DTSTART;TZID=America/Martinique:20261212T090000
DURATION:PT1H30M
SUMMARY:Écrire\\, lire
LOCATION:Salle B
END:VEVENT
BEGIN:VEVENT
UID:abc-2@autre
DTSTART:20261213T041500Z
DTEND:20261213T051500Z
SUMMARY:Nuit
STATUS:CANCELLED
SEQUENCE:4
END:VEVENT
BEGIN:VEVENT
UID:abc-3@autre
DTSTART;VALUE=DATE:20261212
SUMMARY:Toute la journée
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_of_another_tool_is_a_programme() -> None:
    reading = read(FOREIGN.encode(), "autre.ics", slug="rencontres")
    first, second = reading.programme.slots
    assert (first.title, first.room, first.minutes, first.day) == ("Écrire, lire", "Salle B", 90, 1)
    assert first.starts_at == datetime(2026, 12, 12, 13, tzinfo=UTC)
    # 00:15 in Martinique: the day that began the evening before.
    assert (second.day, second.cancelled, second.sequence, second.room) == (1, True, 3, "Salle à préciser")
    assert [day.date.isoformat() for day in reading.programme.days] == ["2026-12-12"]
    assert "abstract" not in reading.fields
    assert any("journée entière" in note for note in reading.notes)
    assert read(FOREIGN.encode(), "autre.ics", slug="rencontres") == reading
