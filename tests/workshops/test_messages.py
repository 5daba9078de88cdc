"""Reminders and notices: when due, once, never to who refused contact, never after a cancellation."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from yole.base.errors import Refused
from yole.bookings import outbox
from yole.bookings import services as bookings
from yole.bookings.contacts import read_contact
from yole.bookings.models import Booking
from yole.workshops import links, selectors_desk, services_planning, services_programmes
from yole.workshops.enums import CallOutcome
from yole.workshops.models import OutboundMessage, Programme
from yole.workshops.services_messages import note_call, plan_reminders, remind, send_due

Make = Callable[..., Any]
REMINDERS = ("J-7", "J-1", "H-3")


@pytest.fixture(autouse=True)
def _outbox(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SMS_BACKEND = "file"


def kinds(booking: Booking) -> list[str]:
    rows = OutboundMessage.objects.filter(booking=booking, kind__in=REMINDERS, sent_at__isnull=False).order_by("sent_at", "pk")
    return list(rows.values_list("kind", flat=True))


def test_seven_days_the_day_before_and_three_hours_before_each_once(new_session: Make, enrolled: Make) -> None:
    session = new_session(hours=240)
    booking = enrolled(session, "Aline", "a@exemple.invalid")
    seen = []
    for left in (169, 168, 167, 100, 25, 24, 23, 4, 3, 2, 0.1, -1):
        before = len(kinds(booking))
        remind(session.starts_at - timedelta(hours=left))
        remind(session.starts_at - timedelta(hours=left))
        seen += [(left, kind) for kind in kinds(booking)[before:]]
    assert seen == [(168, "J-7"), (24, "J-1"), (3, "H-3")]
    bodies = [m for m in mail.outbox if m.subject.startswith("Rappel")]
    assert [m.to for m in bodies] == [["a@exemple.invalid"]] * 3
    assert links.cancel_link(booking) in bodies[0].body
    assert links.read_token(links.cancel_link(booking).rstrip("/").rsplit("/", 1)[-1]) == booking


def test_after_an_interruption_only_the_nearest_is_sent(new_session: Make, enrolled: Make) -> None:
    session = new_session(hours=240)
    booking = enrolled(session, "Aline", "a@exemple.invalid")
    remind(session.starts_at - timedelta(hours=168 - 48))
    assert kinds(booking) == []
    remind(session.starts_at - timedelta(hours=2))
    assert kinds(booking) == ["H-3"]


def test_who_enrols_late_is_not_reminded_of_what_was_before(new_session: Make, enrolled: Make) -> None:
    session = new_session(hours=20)
    booking = enrolled(session, "Aline", "a@exemple.invalid")
    remind()
    assert kinds(booking) == []
    remind(session.starts_at - timedelta(hours=3))
    assert kinds(booking) == ["H-3"]


@pytest.mark.parametrize(
    ("territory", "programme", "expected"),
    [
        (list(REMINDERS), None, ["J-7", "J-1", "H-3"]),
        (["J-1"], None, ["J-1"]),
        (["J-1"], ["H-3"], ["H-3"]),
        (list(REMINDERS), [], []),
        ([], None, []),
    ],
)
def test_the_programme_decides_else_the_territory(
    house: SimpleNamespace, new_session: Make, enrolled: Make, territory: list[str], programme: list[str] | None, expected: list[str]
) -> None:
    services_programmes.change_settings(None, house.territory, reminders=territory, offer_hours=48, offers_stop_hours=4)
    Programme.objects.update(reminders=programme)
    session = new_session(hours=240)
    booking = enrolled(session, "Aline", "a@exemple.invalid")
    for left in (168, 24, 3):
        remind(session.starts_at - timedelta(hours=left))
    assert kinds(booking) == expected


@pytest.mark.parametrize("what", ["cancelled", "waiting", "no_contact", "changed_mind", "session_cancelled", "offered"])
def test_who_must_not_be_reminded(house: SimpleNamespace, new_session: Make, enrolled: Make, what: str) -> None:
    session = new_session(hours=240, capacity=1)
    first = enrolled(session, "Premier")
    booking = enrolled(session, "Aline", "a@exemple.invalid", no_contact=what == "no_contact")
    if what != "waiting":
        bookings.cancel(first.pk, by="essai")
    if what not in ("waiting", "offered"):
        bookings.accept_offer(booking.pk, by="essai")
    at = session.starts_at - timedelta(hours=24)
    plan_reminders(at)
    # Each of these comes after the reminder was planned and before it is sent.
    if what == "cancelled":
        bookings.cancel(booking.pk, by="essai")
    elif what == "changed_mind":
        bookings.change_contact(booking.pk, read_contact("a@exemple.invalid"), no_contact=True, by="essai")
    elif what == "session_cancelled":
        services_planning.cancel_session(None, session.pk, reason="Cyclone")
    remind(at)
    assert kinds(booking) == []
    if what in ("no_contact", "changed_mind"):
        services_planning.cancel_session(None, session.pk, reason="Cyclone")
        remind(at)
        assert [m for m in mail.outbox if "Annulé" in m.subject] == []
        assert selectors_desk.call_list(house.territory, at) == []


def test_a_moved_session_is_reminded_for_its_new_hour_only(new_session: Make, enrolled: Make) -> None:
    session = new_session(hours=240)
    booking = enrolled(session, "Aline", "a@exemple.invalid")
    remind(session.starts_at - timedelta(hours=24))
    moved, _told = services_planning.move_session(None, session.pk, starts_at=session.starts_at + timedelta(days=2), reason="Salle prise")
    remind(session.starts_at - timedelta(hours=3))
    remind(moved.starts_at - timedelta(hours=24))
    assert kinds(booking) == ["J-1", "J-1"]
    assert any("était prévue" in m.body for m in mail.outbox)


def test_mobile_by_sms_landline_and_nothing_by_telephone(house: SimpleNamespace, new_session: Make, enrolled: Make, settings: Any) -> None:
    session = new_session(hours=240)
    enrolled(session, "Mobile", "0696 12 34 56")
    landline, nobody = enrolled(session, "Fixe", "0596 57 48 69"), enrolled(session, "Sans contact")
    at = session.starts_at - timedelta(hours=24)
    remind(at)
    (sms,) = (settings.DATA_DIR / "outbox").glob("*.sms.json")
    written = json.loads(sms.read_text(encoding="utf-8"))
    assert written["to"] == "+596696123456"
    assert "Mes mots de passe" in written["text"]
    calls = selectors_desk.call_list(house.territory, at)
    assert [call.booking.pk for call in calls] == [landline.pk, nobody.pk]
    note_call(house.volunteer, calls[0].message_id, CallOutcome.NO_ANSWER)
    assert [call.tries for call in selectors_desk.call_list(house.territory, at)] == [1, 0]
    note_call(house.volunteer, calls[0].message_id, CallOutcome.REACHED)
    assert [call.booking.pk for call in selectors_desk.call_list(house.territory, at)] == [nobody.pk]
    with pytest.raises(Refused):
        note_call(house.outsider, calls[1].message_id, CallOutcome.REACHED)


def test_an_offer_is_told_with_its_end_and_withdrawn_when_it_is_over(house: SimpleNamespace, new_session: Make, enrolled: Make) -> None:
    session = new_session(hours=240, capacity=1)
    first, second = enrolled(session, "A"), enrolled(session, "B", "b@exemple.invalid")
    bookings.cancel(first.pk, by="essai")
    send_due()
    (offer,) = [m for m in mail.outbox if "place est libre" in m.subject]
    assert links.offer_link(second) in offer.body
    third = enrolled(session, "C", "c@exemple.invalid")
    bookings.refuse_offer(second.pk, by="essai")
    bookings.cancel(third.pk, by="essai")
    mail.outbox.clear()
    send_due()
    assert mail.outbox == []


def test_a_transport_that_fails_is_tried_three_times_and_nothing_is_doubled(
    new_session: Make, enrolled: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_session(hours=240)
    booking = enrolled(session, "Aline", "a@exemple.invalid")
    calls: list[str] = []

    def broken(to: str, subject: str, body: str) -> None:
        calls.append(to)
        raise OSError("mail server away")

    monkeypatch.setattr(outbox, "send_email", broken)
    now = timezone.now()
    for minutes in (0, 1, 11, 22, 33, 44):
        send_due(now + timedelta(minutes=minutes))
    assert len(calls) == 3
    message = OutboundMessage.objects.get(booking=booking)
    assert (message.failed, message.sent_at, message.attempts) == (True, None, 3)


def test_a_claimed_message_is_never_sent_again(new_session: Make, enrolled: Make) -> None:
    enrolled(new_session(), "Aline", "a@exemple.invalid")
    OutboundMessage.objects.update(claimed_at=timezone.now())
    assert send_due().sent == 0
    assert mail.outbox == []


def test_a_signed_link_of_another_hand_is_nothing(new_session: Make, enrolled: Make) -> None:
    token = links.link_token(enrolled(new_session()))
    for wrong in ("", "1", "1:abc", token[:-1], token + "x", "9" + token):
        assert links.read_token(wrong) is None
