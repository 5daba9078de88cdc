"""What changes and whom it is told: the whole event, a free-entry session that people follow, a confirmation; told or not, as chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.bookings import services as bookings
from yole.bookings.contacts import Contact
from yole.bookings.models import Booking
from yole.events import retention, services_changes, services_messages
from yole.events.enums import MessageKind
from yole.events.models import EventMessage, Registration, SlotFollow
from yole.events.services_editions import open_registration, save_venue, whole
from yole.events.services_programme import cancel_slot, place_slot, publish
from yole.events.services_registration import (
    accept_by_person,
    accept_seat,
    cancel_by_person,
    follow,
    register,
    register_at_desk,
    register_group,
    unfollow,
)

BRUNO, CAROLE = "bruno@exemple.invalid", "carole@exemple.invalid"


@pytest.fixture
def live(fair: SimpleNamespace, new_slot: Callable[..., Any], person: Callable[..., Any]) -> SimpleNamespace:
    """A published edition of 2 places: `slot` has 1 place at 9 h, `free` none to take at 14 h."""
    fair.slot = new_slot("Atelier des images", places=1)
    fair.free = new_slot("Café des parents", at=time(14))
    publish(None, fair.edition)
    open_registration(None, fair.edition, 2)
    fair.edition.refresh_from_db()

    def enrol(name: str = "Bruno (fictif)", contact: str = BRUNO, **more: Any) -> Registration:
        made = register(fair.edition, person(name, contact=contact, **more)).registration
        assert made is not None
        return made

    fair.enrol = enrol
    return fair


def sent(to: str = BRUNO) -> list[str]:
    services_messages.send_due()
    return [re.sub(r"\s", " ", str(one.subject)) for one in mail.outbox if one.to == [to]]


def body() -> str:
    return str(mail.outbox[-1].body).replace("\u00a0", " ")


# Confirmations


def test_a_registration_is_confirmed_once_with_the_way_to_cancel(live: SimpleNamespace) -> None:
    made = live.enrol(slots=[live.slot.number])
    assert sent() == sent() == ["Votre inscription : Numérique en Commun (fictif)"]
    told = body()
    assert made.booking.code[:4] in told and "Bruno" not in told and "- Atelier des images : " in told and "Halle (fictif)" in told
    link = re.search(r"https?://\S+/mon-inscription/annulation/\S+", told)
    assert link is not None
    path = re.sub(r"^https?://[^/]+", "", link[0])
    assert Client().post(path).status_code == 200
    made.booking.refresh_from_db()
    assert made.booking.state == "annulé"


def test_who_waits_is_told_so_then_that_the_place_is_theirs(live: SimpleNamespace) -> None:
    first, _second = live.enrol(), live.enrol("Denis (fictif)", "denis@exemple.invalid")
    waits = live.enrol("Carole (fictif)", CAROLE)
    assert sent(CAROLE) == ["Liste d’attente : Numérique en Commun (fictif)"]
    cancel_by_person(first)
    waits.booking.refresh_from_db()
    assert sent(CAROLE)[1:] == ["Une place est libre pour vous"]
    accept_by_person(waits)
    accept_by_person(waits)
    assert sent(CAROLE)[2:] == ["Votre inscription : Numérique en Commun (fictif)"]


def test_a_place_of_a_session_taken_from_its_list_is_confirmed(live: SimpleNamespace) -> None:
    first = live.enrol(slots=[live.slot.number])
    waits = live.enrol("Carole (fictif)", CAROLE, slots=[live.slot.number])
    sent(CAROLE)
    cancel_by_person(first)
    sent(CAROLE)
    accept_seat(waits.seats.get())
    assert sent(CAROLE)[2:] == ["Votre place est gardée : Atelier des images"]
    assert "de 9 h à 9 h 45, Amphithéâtre" in body()


@pytest.mark.parametrize("how", ["no_contact", "landline", "nothing", "cancelled", "at the door"])
def test_who_gets_no_confirmation(live: SimpleNamespace, person: Callable[..., Any], how: str) -> None:
    if how == "no_contact":
        live.enrol(no_contact=True)
    elif how == "landline":
        live.enrol(contact="0596 57 48 69")
    elif how == "nothing":
        live.enrol(contact="")
    elif how == "cancelled":
        cancel_by_person(live.enrol())
    else:
        days = timedelta(days=20)
        live.edition.starts_on, live.edition.ends_on = live.edition.starts_on - days - timedelta(days=1), live.edition.ends_on
        live.edition.save()
        register_at_desk(live.organiser, live.edition, person(contact=BRUNO))
    services_messages.send_due()
    assert mail.outbox == [] and services_messages.to_call(live.edition) == []


def test_a_pasted_list_is_confirmed_to_each(live: SimpleNamespace) -> None:
    import uuid

    text = "Bruno (fictif); bruno@exemple.invalid\nCarole (fictif)\t0696 12 34 56"
    done = register_group(live.organiser, live.edition, text, key=uuid.uuid4(), consent=True)
    assert len(done.lines) == 2
    kinds = EventMessage.objects.filter(kind=MessageKind.REGISTERED)
    assert sorted(kinds.values_list("channel", flat=True)) == ["email", "sms"]


# The whole event


def test_new_days_are_told_once_with_both_and_the_sessions_follow(live: SimpleNamespace) -> None:
    live.enrol()
    landline = live.enrol("Eve (fictif)", "0596 57 48 69")
    sent()
    before = live.slot.starts_at.astimezone(ZoneInfo("America/Martinique"))
    later = live.edition.starts_on + timedelta(days=7)
    row, told = services_changes.change_edition(live.organiser, live.edition, tell=True, starts_on=later, ends_on=later)
    assert told == 2 and sent()[1:] == ["Changement : Numérique en Commun (fictif)"]
    assert "Avant : " in body() and "Maintenant : " in body() and f" {later.day} " in body() and "/annulation/" in body()
    ((call, words),) = services_messages.to_call(row)
    assert call.registration == landline and "Maintenant" in words
    live.slot.refresh_from_db()
    after = live.slot.starts_at.astimezone(ZoneInfo("America/Martinique"))
    assert after - before == timedelta(days=7) and after.time() == before.time() and live.slot.day == 1
    # The same words again, or another title alone, tell nobody.
    assert services_changes.change_edition(live.organiser, row, tell=True, title="Autre titre (fictif)")[1] == 0
    assert len(sent()) == 2


def test_one_day_more_before_keeps_the_sessions_where_they_are(live: SimpleNamespace) -> None:
    at, first = live.slot.starts_at, live.edition.starts_on - timedelta(days=1)
    row, _told = services_changes.change_edition(None, live.edition, tell=False, starts_on=first)
    live.slot.refresh_from_db()
    assert (live.slot.starts_at, live.slot.day) == (at, 2)
    last = row.ends_on + timedelta(days=1)
    with pytest.raises(Refused, match="avant le premier jour"):
        services_changes.change_edition(None, row, tell=False, starts_on=last, ends_on=last + timedelta(days=2))


def test_the_organiser_may_choose_to_tell_nobody(live: SimpleNamespace) -> None:
    live.enrol(slots=[live.slot.number])
    sent()
    services_changes.change_edition(live.organiser, live.edition, tell=False, day_ends=time(17))
    services_changes.save_venue(live.organiser, live.edition, live.venue, tell=False, address="2 rue du Port (fictif)")
    place_slot(None, live.slot, room=live.room, day=1, at=time(10))
    publish(live.organiser, live.edition, tell=False)
    cancel_slot(live.organiser, live.slot, "Panne", tell=False)
    publish(live.organiser, live.edition, tell=False)
    assert len(sent()) == 1


def test_moved_twice_before_sending_is_one_message_and_back_is_none(live: SimpleNamespace) -> None:
    live.enrol()
    sent()
    row = live.edition
    for hour in (17, 19):
        row, _told = services_changes.change_edition(None, row, tell=True, day_ends=time(hour))
    assert len(sent()) == 2 and "à 18 h" in body() and "à 19 h" in body() and "17 h" not in body()
    for hour in (20, 19):
        row, _told = services_changes.change_edition(None, row, tell=True, day_ends=time(hour))
    assert len(sent()) == 2


def test_another_address_is_told_to_every_coming_edition_that_meets_there(live: SimpleNamespace) -> None:
    live.enrol()
    sent()
    _venue, told = services_changes.save_venue(live.organiser, live.edition, live.venue, tell=True, address="2 rue du Port (fictif)")
    assert told == 1 and len(sent()) == 2 and "2 rue du Port (fictif)" in body()
    assert services_changes.save_venue(live.organiser, live.edition, live.venue, tell=True, access_note="Sonnez")[1] == 0
    with pytest.raises(Refused):
        services_changes.save_venue(live.outsider, live.edition, live.venue, tell=True, name="Ailleurs")


def test_a_cancelled_event_is_told_once_and_for_good(live: SimpleNamespace, person: Callable[..., Any]) -> None:
    live.enrol(slots=[live.slot.number])
    landline = live.enrol("Eve (fictif)", "0596 57 48 69", slots=[live.slot.number])
    sent()
    with pytest.raises(Refused, match="motif"):
        services_changes.cancel_edition(live.organiser, live.edition, " ", tell=True)
    with pytest.raises(Refused):
        services_changes.cancel_edition(live.volunteer, live.edition, "Cyclone", tell=True)
    assert services_changes.cancel_edition(live.organiser, live.edition, "Alerte cyclone.", tell=True) == 2
    assert services_changes.cancel_edition(live.organiser, live.edition, "Encore", tell=True) == 0
    assert sent()[1:] == ["Votre inscription est annulée"] and "Motif : Alerte cyclone." in body()
    assert [(call.registration, "Alerte cyclone" in words) for call, words in services_messages.to_call(live.edition)] == [(landline, True)]
    assert not Booking.objects.exclude(state="annulé").exists()
    with pytest.raises(Refused):
        register(live.edition, person("Zoé (fictif)"))
    page = Client().get(reverse("events:programme", args=[live.edition.slug])).content.decode()
    assert "Cet événement est annulé." in page and "Alerte cyclone" in page
    services_messages.run(whole(live.edition)[0] - timedelta(hours=20))
    assert len(sent()) == 2, "nobody is reminded of what does not take place"


def test_a_cancelled_event_told_to_nobody(live: SimpleNamespace) -> None:
    live.enrol(slots=[live.slot.number])
    sent()
    services_changes.cancel_edition(live.organiser, live.edition, "Report", tell=False)
    assert len(sent()) == 1 and services_messages.to_call(live.edition) == []


# Free entry


def test_who_follows_a_free_session_is_told_that_it_moves_and_that_it_is_cancelled(live: SimpleNamespace) -> None:
    follower, other = live.enrol(), live.enrol("Carole (fictif)", CAROLE)
    follow(follower, live.free.number)
    follow(follower, live.free.number)
    follow(other, live.free.number)
    sent()
    place_slot(None, live.free, room=live.room, day=1, at=time(15))
    publish(None, live.edition)
    assert sent()[1:] == sent(CAROLE)[1:] == ["Changement : Café des parents"]
    assert "de 14 h" in body() and "de 15 h" in body() and "Vous avez demandé à être prévenu" in body()
    unfollow(other, live.free.number)
    cancel_slot(live.organiser, live.free, "L’invité est malade.")
    assert sent()[2:] == ["Annulé : Café des parents"] and len(sent(CAROLE)) == 2
    assert "Motif : L’invité est malade." in body()


def test_what_may_be_followed(live: SimpleNamespace) -> None:
    one, silent = live.enrol(), live.enrol("Denis (fictif)", "")
    with pytest.raises(Refused):
        follow(one, live.slot.number)  # it has places to take
    with pytest.raises(Refused, match="de quoi vous prévenir"):
        follow(silent, live.free.number)
    bookings.change_contact(one.booking_id, Contact(email=BRUNO), no_contact=True, by="essai")
    one.booking.refresh_from_db()
    with pytest.raises(Refused):
        follow(one, live.free.number)


def test_a_follower_who_cancelled_or_asked_for_silence_hears_nothing(live: SimpleNamespace) -> None:
    gone, silent = live.enrol(), live.enrol("Carole (fictif)", CAROLE)
    for one in (gone, silent):
        follow(one, live.free.number)
    sent()
    cancel_by_person(gone)
    bookings.change_contact(silent.booking_id, Contact(email=CAROLE), no_contact=True, by="essai")
    cancel_slot(None, live.free, "Panne")
    assert len(sent()) == len(sent(CAROLE)) == 1


def test_follows_go_a_month_after(live: SimpleNamespace) -> None:
    follow(live.enrol(), live.free.number)
    with system_scope():
        assert retention.purge_follows() == 0
        past = timezone.localdate() - timedelta(days=31)
        type(live.edition).objects.filter(pk=live.edition.pk).update(starts_on=past, ends_on=past)
        assert retention.purge_follows() == 1 and not SlotFollow.objects.exists()


# Screens


def test_the_holder_follows_from_their_page(live: SimpleNamespace) -> None:
    made, visitor = live.enrol(), Client()
    visitor.post(reverse("events:code"), {"code": made.booking.code})
    page = visitor.get(reverse("events:mine")).content.decode()
    assert "être prévenu" in page and "Café des parents" in page
    visitor.post(reverse("events:seat"), {"act": "follow", "seat": live.free.number})
    assert SlotFollow.objects.get().registration == made
    assert "Ne plus me prévenir" in visitor.get(reverse("events:mine")).content.decode()
    visitor.post(reverse("events:seat"), {"act": "unfollow", "seat": live.free.number})
    assert not SlotFollow.objects.exists()
    slot = visitor.get(reverse("events:slot", args=[live.edition.slug, live.free.number])).content.decode()
    assert "Pour être prévenu si cette séance change" in slot


def test_the_desk_counts_who_is_concerned_and_the_box_decides(live: SimpleNamespace) -> None:
    live.enrol(slots=[live.slot.number])
    live.enrol("Eve (fictif)", "0596 57 48 69")
    sent()
    desk, slug = Client(), live.edition.slug
    desk.force_login(live.organiser, backend="yole.organisations.backends.AccountBackend")
    words = "Concerne 2 inscriptions : 1 e-mail, 0 SMS, 1 appel à faire"
    assert words in desk.get(reverse("events:desk-edition-edit", args=[slug])).content.decode().replace("\u00a0", " ")
    place_slot(None, live.slot, room=live.room, day=1, at=time(10))
    page = desk.get(reverse("events:desk-programme", args=[slug])).content.decode().replace("\u00a0", " ")
    assert "Concerne 1 inscription : 1 e-mail" in page and "Prévenir les personnes inscrites aux séances" in page
    desk.post(reverse("events:desk-publish", args=[slug]), {"note": ""})
    assert len(sent()) == 1, "the box was emptied"
    form = {"starts_on": live.edition.starts_on, "ends_on": live.edition.ends_on, "title": live.edition.title, "number": 5}
    form |= {"day_starts": "08:00", "day_ends": "19:00", "recording_licence": "", "tell": "on"}
    assert desk.post(reverse("events:desk-edition-edit", args=[slug]), form).status_code == 302
    assert len(sent()) == 2
    away = reverse("events:desk-edition-cancel", args=[slug])
    assert words in desk.get(away).content.decode().replace("\u00a0", " ")
    assert desk.post(away, {"reason": "", "tell": "on"}).status_code == 422
    assert desk.post(away, {"reason": "Alerte cyclone", "tell": "on"}).status_code == 302
    assert sent()[2:] == ["Votre inscription est annulée"]
    home = desk.get(reverse("events:desk-edition", args=[slug])).content.decode()
    assert "Cet événement est annulé" in home and away not in home


def test_a_second_place_is_told_a_first_is_not(live: SimpleNamespace) -> None:
    live.enrol()
    sent()
    assert services_changes.save_venue(None, live.edition, tell=True, name="Médiathèque (fictif)")[1] == 1
    assert len(sent()) == 2 and "Médiathèque (fictif)" in body()
    other = type(live.edition).objects.create(
        territory=live.territory, slug="nec_autre", title="Autre (fictif)", starts_on=live.edition.starts_on, ends_on=live.edition.ends_on
    )
    assert services_changes.save_venue(None, other, tell=True, name="Salle (fictif)")[1] == 0
    save_venue(None, other, name="Encore (fictif)")
    assert len(sent()) == 2
