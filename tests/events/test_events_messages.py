"""What people are told by itself: once, when it is true, and only those who left a way to be reached."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yole.base import scope
from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.bookings import services as bookings
from yole.bookings.contacts import Contact
from yole.bookings.models import Booking
from yole.events import retention, services_call, services_messages
from yole.events.enums import MessageKind, ProposalState
from yole.events.models import EventMessage, Registration
from yole.events.services_editions import change_edition, open_registration, set_status, whole
from yole.events.services_programme import cancel_slot, place_slot, publish, save_slot
from yole.events.services_registration import cancel_at_desk, cancel_by_person, register


@pytest.fixture
def live(fair: SimpleNamespace, new_slot: Callable[..., Any], person: Callable[..., Any]) -> SimpleNamespace:
    """A published edition of 100 places; `slot` has 1 place at 9 h in the amphitheatre. `holder`: Bruno, by e-mail, 30 days before."""
    fair.slot = new_slot("Atelier des images", places=1)
    publish(None, fair.edition)
    open_registration(None, fair.edition, 100)
    fair.edition.refresh_from_db()
    fair.starts = whole(fair.edition)[0]

    def enrol(name: str = "Bruno (fictif)", contact: str = "bruno@exemple.invalid", days: float = 30, **more: Any) -> Registration:
        made = register(fair.edition, person(name, contact=contact, slots=[fair.slot.number], **more)).registration
        assert made is not None
        made.messages.filter(kind=MessageKind.REGISTERED).delete()  # test_events_told.py is about it
        Booking.objects.update(created_at=fair.starts - timedelta(days=days))
        return made

    fair.enrol = enrol
    fair.holder = enrol()
    return fair


def sent(to: str = "bruno@exemple.invalid") -> list[str]:
    return [re.sub(r"\s", " ", str(one.subject)) for one in mail.outbox if one.to == [to]]


def body() -> str:
    return str(mail.outbox[-1].body).replace("\u00a0", " ")


def test_a_week_and_a_day_before_each_once(live: SimpleNamespace) -> None:
    for hours in (24 * 9, 168, 167, 25, 24, 23, 1):
        services_messages.run(live.starts - timedelta(hours=hours))
        services_messages.run(live.starts - timedelta(hours=hours))
    assert len(sent()) == 2 and all(subject.startswith("Rappel : Numérique en Commun") for subject in sent())
    told = body()
    assert "- Atelier des images : " in told and "de 9 h à 9 h 45, Amphithéâtre, Halle (fictif)" in told
    assert live.holder.booking.code[:4] in told and "/mon-inscription/annulation/" in told and "Bruno" not in told


def test_two_reminders_due_at_once_are_one_and_none_comes_late(live: SimpleNamespace) -> None:
    services_messages.run(live.starts - timedelta(hours=100))  # the worker was stopped for three days
    assert sent() == []
    services_messages.run(live.starts - timedelta(hours=20))
    assert len(sent()) == 1


def test_who_registers_late_is_not_reminded_of_what_was_before(live: SimpleNamespace) -> None:
    late = live.enrol("Carole (fictif)", "carole@exemple.invalid", days=6.5)
    assert late is not None
    services_messages.run(live.starts - timedelta(hours=150))
    assert sent("carole@exemple.invalid") == []
    services_messages.run(live.starts - timedelta(hours=23))
    assert len(sent("carole@exemple.invalid")) == 1
    assert "(sur la liste d’attente)" in body() or "carole" not in mail.outbox[-1].to[0]


@pytest.mark.parametrize("what", ["cancelled", "revoked", "no_contact", "erased", "deleted", "closed"])
def test_a_reminder_planned_and_no_longer_true_is_withdrawn(live: SimpleNamespace, what: str) -> None:
    at = live.starts - timedelta(hours=24)
    assert services_messages.plan(at) == 1
    if what == "cancelled":
        cancel_by_person(live.holder)
    elif what == "revoked":
        cancel_at_desk(live.organiser, live.holder, by_service=True)
    elif what == "no_contact":
        bookings.change_contact(live.holder.booking_id, Contact(email="bruno@exemple.invalid"), no_contact=True, by="essai")
    elif what == "erased":
        Booking.objects.filter(pk=live.holder.booking_id).update(erased_at=timezone.now(), email="", name="")
    elif what == "deleted":
        live.holder.seats.all().delete()
        live.holder.delete()
    else:
        set_status(None, live.edition, "clos")
    services_messages.run(at)
    assert [subject for subject in sent() if "Rappel" in subject] == []
    if what == "revoked":
        assert sent() == ["Votre inscription est annulée"]  # one message for the event and its session


def test_a_session_moved_after_the_reminder_is_told_once_with_both_places(live: SimpleNamespace) -> None:
    at = live.starts - timedelta(hours=24)
    services_messages.run(at)
    place_slot(None, live.slot, room=live.room, day=1, at=time(14))
    services_messages.run(at)
    assert len(sent()) == 1, "nobody is told before the programme is published"
    made = publish(None, live.edition)
    services_messages.run(at)
    services_messages.run(at)
    assert made.number == 2 and sent()[1:] == ["Changement : Atelier des images"]
    assert "de 9 h à 9 h 45, Amphithéâtre" in body() and "de 14 h à 14 h 45, Salle B" in body()
    # A change of text alone moves nobody.
    save_slot(None, live.edition, live.slot, title="Atelier des images", abstract="Autre", room=live.room, day=1, at=time(14), places=1)
    publish(None, live.edition)
    services_messages.run(at)
    assert len(sent()) == 2


def test_moved_twice_is_one_message_and_put_back_is_none(live: SimpleNamespace) -> None:
    at = live.starts - timedelta(days=12)
    for hour in (14, 15):
        place_slot(None, live.slot, room=live.room, day=1, at=time(hour))
        publish(None, live.edition)
    services_messages.run(at)
    assert sent() == ["Changement : Atelier des images"]
    assert "Avant : " in body() and "de 9 h à 9 h 45" in body() and "de 15 h" in body() and "14 h" not in body()
    for hour in (10, 15):
        place_slot(None, live.slot, room=live.room, day=1, at=time(hour))
        publish(None, live.edition)
    services_messages.run(at)
    assert len(sent()) == 1


def test_a_cancelled_session_says_why_and_its_list_too(live: SimpleNamespace) -> None:
    live.enrol("Carole (fictif)", "carole@exemple.invalid")
    live.enrol("Denis (fictif)", "0696 12 34 56")
    landline = live.enrol("Eve (fictif)", "0596 57 48 69")
    cancel_slot(live.organiser, live.slot, "L’intervenante est malade")
    publish(None, live.edition)
    done = services_messages.run()[1]
    assert (done.sent, done.failed) == (3, 0) and sent() == sent("carole@exemple.invalid") == ["Votre inscription est annulée"]
    assert "Motif : L’intervenante est malade." in body() and "Le reste de votre inscription ne change pas." in body()
    # A landline gets no message: the team calls, once.
    ((call, words),) = services_messages.to_call(live.edition)
    assert call.registration == landline and "est annulé. Motif" in words
    with pytest.raises(Refused) as refused:
        services_messages.note_called(live.volunteer, live.edition, call.pk)
    assert refused.value.status == 403
    desk = Client()
    desk.force_login(live.organiser, backend="yole.organisations.backends.AccountBackend")
    page = reverse("events:desk-registrations", args=[live.edition.slug])
    assert "Appels à faire (1)" in desk.get(page).content.decode().replace("\u00a0", " ")
    one = reverse("events:desk-registration", args=[live.edition.slug, landline.pk])
    assert desk.post(one, {"act": "called", "target": call.pk}).status_code == 302
    assert "Appels à faire" not in desk.get(page).content.decode().replace("\u00a0", " ")
    with pytest.raises(Refused, match="plus à faire"):
        services_messages.note_called(live.organiser, live.edition, call.pk)


def test_a_call_that_is_no_longer_true_leaves_the_list(live: SimpleNamespace) -> None:
    landline = live.enrol("Eve (fictif)", "0596 57 48 69")
    at = live.starts - timedelta(hours=24)
    services_messages.run(live.starts - timedelta(hours=168))
    assert services_messages.to_call(live.edition, at) == []  # a week before nobody is called
    services_messages.run(at)
    services_messages.run(at)
    assert [call.registration for call, _words in services_messages.to_call(live.edition, at)] == [landline]
    cancel_by_person(landline)
    assert services_messages.to_call(live.edition, at) == []


def test_a_place_offered_by_sms_in_the_hour_of_the_edition(live: SimpleNamespace, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    waiting = live.enrol("Denis (fictif)", "0696 12 34 56")
    cancel_by_person(live.holder)
    held = waiting.seats.get().booking
    services_messages.send_due()
    services_messages.send_due()
    told = [json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "outbox").glob("*.sms.json")]
    assert [one["to"] for one in told] == ["+596696123456"]
    assert "Atelier des images" in told[0]["text"] and "/mon-inscription/lien/" in told[0]["text"]
    until = held.offer_expires_at.astimezone(ZoneInfo("America/Martinique"))
    assert f"{until.hour}\u00a0h" in told[0]["text"]


def test_an_offer_taken_by_time_is_not_told(live: SimpleNamespace) -> None:
    waiting = live.enrol("Carole (fictif)", "carole@exemple.invalid")
    cancel_by_person(live.holder)
    services_messages.send_due(waiting.seats.get().booking.offer_expires_at + timedelta(minutes=1))
    assert sent("carole@exemple.invalid") == []


def _proposal(fair: SimpleNamespace, draft: Callable[..., Any], **more: Any) -> Any:
    fair.edition = set_status(None, fair.edition, "appel_ouvert")
    return services_call.submit(fair.edition, draft(**more))


@pytest.mark.parametrize(
    ("state", "answer", "subject", "words"),
    [
        (ProposalState.ACCEPTED, "", "Votre proposition est acceptée : Parents face aux écrans", "dans les 7 jours"),
        (ProposalState.REFUSED, "Le thème est déjà pris.", "Votre proposition n’est pas retenue : Parents face aux écrans", "Le thème est"),
        (
            ProposalState.TO_COMPLETE,
            "Combien de tables ?",
            "Votre proposition est à compléter : Parents face aux écrans",
            "Combien de tables",
        ),
    ],
)
def test_the_author_is_told_of_each_decision_once(
    fair: SimpleNamespace, draft: Callable[..., Any], state: str, answer: str, subject: str, words: str
) -> None:
    made = _proposal(fair, draft)
    for _twice in range(2):
        services_call.decide(fair.organiser, made, state, answer=answer)
        services_messages.run()
    assert sent("aline@exemple.invalid") == [subject]
    assert words in body() and "/ma-proposition/lien/" in body() and "Aline" not in body()


def test_a_decision_changed_before_it_is_sent_is_told_once_and_a_withdrawal_hears_nothing(
    fair: SimpleNamespace, draft: Callable[..., Any]
) -> None:
    made = _proposal(fair, draft)
    services_call.decide(fair.organiser, made, ProposalState.REFUSED, answer="Non.")
    services_call.decide(fair.organiser, made, ProposalState.ACCEPTED)
    services_messages.run()
    assert sent("aline@exemple.invalid") == ["Votre proposition est acceptée : Parents face aux écrans"]
    other = _proposal_again(fair, draft)
    services_call.decide(fair.organiser, other, ProposalState.ACCEPTED)
    services_call.withdraw(other)
    services_messages.run()
    assert len(mail.outbox) == 1


def _proposal_again(fair: SimpleNamespace, draft: Callable[..., Any]) -> Any:
    return services_call.submit(fair.edition, draft(title="Autre", contact="autre@exemple.invalid"))


def test_an_acceptance_without_confirmation_is_recalled_once(fair: SimpleNamespace, draft: Callable[..., Any]) -> None:
    made = services_call.decide(None, _proposal(fair, draft), ProposalState.ACCEPTED)
    services_messages.run()
    services_messages.run(made.decided_at + timedelta(days=6))
    assert len(mail.outbox) == 1
    for days in (7, 8, 10):
        services_messages.run(made.decided_at + timedelta(days=days))
    assert sent("aline@exemple.invalid")[1:] == ["Il manque votre confirmation : Parents face aux écrans"]


def test_a_confirmation_that_came_is_not_asked_again(fair: SimpleNamespace, draft: Callable[..., Any]) -> None:
    made = services_call.decide(None, _proposal(fair, draft), ProposalState.ACCEPTED)
    services_messages.run()
    services_call.confirm(made, [services_call.Consent(made.speakers.get().pk, True, False)])
    services_messages.run(made.decided_at + timedelta(days=8))
    assert len(mail.outbox) == 1


def test_an_author_with_a_landline_is_answered_by_hand(fair: SimpleNamespace, draft: Callable[..., Any]) -> None:
    made = _proposal(fair, draft, contact="0596 57 48 69")
    services_call.decide(fair.organiser, made, ProposalState.ACCEPTED)
    assert not EventMessage.objects.exists()


def test_a_broken_transport_is_tried_again_and_keeps_the_address_out_of_the_log(
    live: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from yole.bookings import outbox

    at = live.starts - timedelta(hours=24)

    def broken(to: str, *_rest: str) -> None:
        raise OSError(f"cannot reach {to}")

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "send_email", broken)
        assert services_messages.run(at)[1].failed == 1
    assert "bruno" not in caplog.text and sent() == []
    assert services_messages.send_due(at + timedelta(minutes=11)).sent == 1


def test_messages_are_seen_by_the_team_alone_and_go_after_a_month(live: SimpleNamespace) -> None:
    services_messages.plan(live.starts - timedelta(hours=24))
    for account, seen in ((None, 0), (live.outsider, 0), (live.evaluator, 0), (live.organiser, 1)):
        with scope.scope(scope.scope_of(account) if account else scope.NOBODY):
            assert EventMessage.objects.count() == seen, account
    with system_scope():
        assert EventMessage.objects.count() == 1
        assert retention.purge_messages() == 0
    past = datetime.now(UTC).date() - timedelta(days=31)
    change_edition(None, live.edition, starts_on=past, ends_on=past)
    with system_scope():
        assert retention.purge_messages() == 1
