"""Feeds, calendars and documents: the hour of the territory everywhere, nothing of anybody, right for other programs."""

from __future__ import annotations

import io
import uuid
import xml.etree.ElementTree as ET
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import ics
import pypdf
import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/Martinique")


def at(day: date, hour: int) -> datetime:
    """An hour of the territory on a day."""
    return datetime.combine(day, time(hour), ZONE)


WINTER, SUMMER = date(2027, 1, 14), date(2027, 7, 15)


def events_of(content: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def text_of(content: bytes) -> tuple[str, int]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return "\n".join(page.extract_text() for page in reader.pages).replace("\u00a0", " "), len(reader.pages)


@pytest.mark.parametrize("day", [WINTER, SUMMER])
def test_eighteen_hours_in_martinique_is_eighteen_hours_in_every_output(world: Any, client: Client, day: date) -> None:
    session = world.make_session(starts_at=at(day, 18), mediator=world.mediator)
    booking = world.book(session, "Aline fictive")
    page = client.get(reverse("workshops:session", args=[session.pk])).content.decode().replace("\u00a0", " ")
    assert "de 18 h à 20 h" in page
    desk = world.client(world.mediator)
    sheet, _pages = text_of(desk.get(reverse("workshops:desk-sheet", args=[session.pk])).content)
    assert "de 18 h à 20 h" in sheet
    client.post(reverse("workshops:code"), {"code": booking.code})
    card, _pages = text_of(client.get(reverse("workshops:card")).content)
    assert "de 18 h à 20 h" in card
    rss = client.get(reverse("workshops:rss")).content.decode().replace("\u00a0", " ")
    assert "de 18 h à 20 h" in rss
    from yole.workshops.feeds import booking_address

    for address in (reverse("workshops:session-ics", args=[session.pk]), booking_address(booking).split("8000", 1)[1]):
        content = client.get(address).content
        event = events_of(content)[0]
        assert b"DTSTART;TZID=America/Martinique:" + f"{day:%Y%m%d}T180000".encode() in content
        assert event["DTSTART"].dt.astimezone(ZONE) == at(day, 18)
        second_reading = ics.Calendar(content.decode())
        assert [one.begin.datetime for one in second_reading.events] == [event["DTSTART"].dt]
    texts = booking_text(world, booking)
    assert "18 h" in texts.replace("\u00a0", " ")


def booking_text(world: Any, booking: Any) -> str:
    from yole.workshops.messages import when

    return when(booking.capacity.session)


def test_programme_calendar_is_valid_and_keeps_identifiers(world: Any, client: Client) -> None:
    from yole.workshops.services_planning import cancel_session, move_session
    from yole.workshops.services_programmes import change_programme

    hostile = "Mots, de « passe »; \\ & <b>Œuvre</b> " + "é" * 90
    change_programme(None, world.programme, title=hostile, summary="ligne une\nligne deux")
    url = reverse("workshops:programme-ics", args=[world.programme.slug])
    before = client.get(url)
    assert before.headers["Content-Type"].startswith("text/calendar")
    assert all(len(line) <= 75 for line in before.content.split(b"\r\n"))
    assert b"\n" not in before.content.replace(b"\r\n", b"")
    for line in before.content.split(b"\r\n"):
        line.decode()  # never cut inside a character
    first = events_of(before.content)[0]
    assert str(first["SUMMARY"]) == hostile
    assert (first["SEQUENCE"], str(first["STATUS"])) == (0, "CONFIRMED")
    assert {str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(before.content).walk("VTIMEZONE")} == {"America/Martinique"}
    move_session(None, world.session.pk, starts_at=world.session.starts_at + timedelta(hours=1), reason="salle")
    moved = events_of(client.get(url).content)[0]
    cancel_session(None, world.session.pk, reason="panne")
    gone = events_of(client.get(url).content)[0]
    assert str(first["UID"]) == str(moved["UID"]) == str(gone["UID"])
    assert (moved["SEQUENCE"], gone["SEQUENCE"], str(gone["STATUS"])) == (1, 2, "CANCELLED")
    assert ics.Calendar(client.get(url).content.decode()).events


def test_calendar_of_an_enrolment_says_waiting_and_cancelled(world: Any, client: Client) -> None:
    from yole.bookings.services import cancel
    from yole.workshops.feeds import booking_address

    for n in range(3):
        world.book(world.session, f"Fictif {n}")
    booking = world.book(world.session, "Aline fictive", contact="aline@exemple.invalid")
    address = booking_address(booking).split("8000", 1)[1]
    content = client.get(address).content
    assert str(events_of(content)[0]["STATUS"]) == "TENTATIVE"
    assert list(icalendar.Calendar.from_ical(content).walk("VALARM"))
    assert b"Aline" not in content
    assert booking.code.encode() not in content
    cancel(booking.pk, by="test")
    assert str(events_of(client.get(address).content)[0]["STATUS"]) == "CANCELLED"
    assert client.get(reverse("workshops:booking-ics", args=["1:faux"])).status_code == 404
    from yole.workshops.links import link_token

    assert client.get(reverse("workshops:booking-ics", args=[link_token(booking)])).status_code == 404
    assert client.get(reverse("workshops:cancel", args=[address.split("/")[-1].removesuffix(".ics")])).status_code == 404


def test_rss_survives_hostile_titles_and_hides_drafts(world: Any, client: Client) -> None:
    from yole.workshops.services_programmes import create_programme

    hostile = create_programme(None, world.territory, title="<script>&\x0b Œ", themes=["email"], audiences=["tous"], published=True)
    draft = create_programme(None, world.territory, title="Brouillon secret", themes=["email"], audiences=["tous"])
    world.make_session(programme=hostile)
    world.make_session(programme=draft)
    answer = client.get(reverse("workshops:rss"))
    assert answer.headers["Content-Type"].startswith("application/rss+xml")
    channel = ET.fromstring(answer.content).find("channel")
    assert channel is not None
    titles = [item.findtext("title") or "" for item in channel.findall("item")]
    assert any("<script>" in title for title in titles)
    assert not any("Brouillon" in title for title in titles)
    guids = [item.findtext("guid") for item in channel.findall("item")]
    assert len(set(guids)) == 2
    assert 'type="application/rss+xml"' in client.get(reverse("workshops:list")).content.decode()


def is_tagged(content: bytes) -> None:
    root = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith("fr")


@pytest.mark.parametrize(("people", "pages"), [(0, 1), (10, 1), (30, 2), (60, 3)])
def test_attendance_sheet_has_what_proves(world: Any, people: int, pages: int) -> None:
    session = world.make_session(capacity=80, starts_at=at(WINTER, 9), ends_at=at(WINTER, 16), mediator=world.mediator)
    for n in range(people):
        world.book(session, f"NÔTRE Œuvre {n}")
    content = world.client(world.mediator).get(reverse("workshops:desk-sheet", args=[session.pk])).content
    is_tagged(content)
    text, count = text_of(content)
    assert count == pages
    for proof in (
        "Mes mots de passe",
        "Mission locale fictive",
        "Département (fictif)",
        "CONV-2026-7",
        "Maison fictive",
        "Médiatrice fictive",
        "Total présents",
    ):
        assert proof in text
    assert "Signature matin" in text
    assert "Signature après-midi" in text
    assert "9 h – 13 h" in text
    assert "13 h – 16 h" in text
    assert f"Page 1 / {pages}" in text
    assert str(people + 3) in text
    if people:
        assert "NÔTRE Œuvre 0" in text


def test_certificate_card_and_calls_are_tagged(world: Any, client: Client) -> None:
    from yole.workshops.services_attendance import mark

    booking = world.book(world.session, "Aline NÔTRE Œuvre")
    client.post(reverse("workshops:code"), {"code": booking.code})
    card = client.get(reverse("workshops:card")).content
    is_tagged(card)
    from yole.kernel.codes import show_code

    assert show_code(booking.code) in text_of(card)[0]
    calls = world.client(world.mediator).get(reverse("workshops:desk-calls-pdf")).content
    is_tagged(calls)
    world.past(world.session)
    mark(world.mediator, world.session.pk, "matin", "arrivée", booking_id=booking.pk)
    certificate = client.get(reverse("workshops:certificate", args=[world.session.pk])).content
    is_tagged(certificate)
    text, pages = text_of(certificate)
    assert pages == 1
    assert "Aline NÔTRE Œuvre" in text
    assert "2 h" in text


def test_csv_has_no_formula_and_no_name_of_another_structure(world: Any) -> None:
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account
    from yole.workshops.services_enrolment import Form, enrol_at_desk

    elsewhere = create_account(
        email="x@yole.invalid",
        name="Ailleurs",
        role=Role.MEDIATOR,
        territory=world.territory,
        password="x" * 14,
        structure=world.other_structure,
    )
    world.book(world.session, "=cmd|' /C calc'!A0", contact="hostile@exemple.invalid")
    enrol_at_desk(elsewhere, world.session, Form(name="Des nôtres", key=uuid.uuid4(), consent=True))
    url = reverse("workshops:desk-enrolments-csv", args=[world.session.pk])
    own = world.client(world.mediator).get(url).content.decode("utf-8-sig")
    assert "'=cmd" in own
    assert "hostile@exemple.invalid" in own
    other = world.client(elsewhere).get(url).content.decode("utf-8-sig")
    assert "cmd" not in other
    assert "hostile" not in other
    assert "Des nôtres" in other
    page = world.client(elsewhere).get(reverse("workshops:desk-session", args=[world.session.pk])).content.decode()
    assert "hostile" not in page
    assert "calc" not in page
