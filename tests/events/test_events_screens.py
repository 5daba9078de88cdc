"""The screens, through the addresses: proposals, programme, registration, feedback and takeaways, as people do them without JavaScript."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.events.conftest import DAY
from yole.bookings.enums import State
from yole.bookings.models import Booking
from yole.events.models import Edition, Feedback, Proposal, Registration, Slot, Takeaway
from yole.events.services_editions import change_edition, open_registration, set_status
from yole.events.services_programme import publish, save_speaker
from yole.kernel.codes import show_code

NBSP = "\u00a0"


def page(client: Client, name: str, /, *args: Any, status: int = 200, **query: Any) -> str:
    answer = client.get(reverse(f"events:{name}", args=args), query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def send(client: Client, name: str, /, *args: Any, status: int = 302, **data: Any) -> str:
    answer = client.post(reverse(f"events:{name}", args=args), data)
    assert answer.status_code == status, answer.content.decode()[:4000]
    return str(answer.content.decode())


@pytest.fixture
def desk(fair: SimpleNamespace) -> Callable[[Any], Client]:
    def go(account: Any) -> Client:
        client = Client()
        client.force_login(account, backend="yole.organisations.backends.AccountBackend")
        return client

    return go


@pytest.fixture
def live(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> SimpleNamespace:
    speaker = save_speaker(None, fair.edition, name="Aline Exemple (fictif)", agreed=True)
    fair.free = new_slot("Ouverture & débat", speakers=[speaker])
    fair.limited = new_slot("Atelier <b>parents</b>", room=fair.room, at=time(11), places=1, kind="atelier")
    publish(None, fair.edition)
    open_registration(None, fair.edition, 100)
    fair.edition.refresh_from_db()
    return fair


def test_the_call_from_the_form_to_the_programme(fair: SimpleNamespace, desk: Callable[[Any], Client]) -> None:
    organiser, visitor = desk(fair.organiser), Client()
    organiser.post(reverse("events:desk-status", args=["nec_essai"]), {"status": "appel_ouvert"})
    assert "Je propose une séance" in page(visitor, "programme", "nec_essai")
    form = {
        "title": "Parents et écrans",
        "abstract": "Un atelier.",
        "kind": "atelier",
        "minutes": "60",
        "name": "Aline (fictif)",
        "key": uuid.uuid4(),
    }
    assert "Cette réponse manque." in send(visitor, "propose", "nec_essai", status=422, **form)
    send(visitor, "propose", "nec_essai", contact="aline@exemple.invalid", others="Béa (fictif)\n", **form)
    proposal = Proposal.objects.get()
    assert show_code(proposal.code) in page(visitor, "proposal")

    reader = desk(fair.mediator)
    send(reader, "desk-proposal", "nec_essai", proposal.pk, act="review", score="4", comment="Utile")
    conflicted = desk(fair.coordinator)
    send(conflicted, "desk-proposal", "nec_essai", proposal.pk, act="review", score="", conflict="on")
    assert "Utile" not in page(conflicted, "desk-proposal", "nec_essai", proposal.pk)
    shown = page(organiser, "desk-proposal", "nec_essai", proposal.pk)
    assert "Utile" in shown and "aline@exemple.invalid" in shown
    assert "aline@exemple.invalid" not in page(reader, "desk-proposal", "nec_essai", proposal.pk)
    send(organiser, "desk-proposal", "nec_essai", proposal.pk, act="decide", state="acceptée", answer="Bravo")

    # The author comes back with the code, from another device.
    author = Client()
    assert "Nous ne trouvons pas" in send(author, "code", status=422, code="0000000000")
    send(author, "code", code=show_code(proposal.code).lower())
    assert "Bravo" in page(author, "proposal")
    send(author, "proposal-confirm", publication_0="on", sex_0="femme", publication_1="on")
    proposal.refresh_from_db()
    assert proposal.state == "confirmée"
    link = re.search(
        r'href="[^"]*(/numerique-en-commun/ma-proposition/lien/[^"]+)"', page(organiser, "desk-proposal", "nec_essai", proposal.pk)
    )
    assert link and Client().get(link[1], follow=True).context["proposal"] == proposal

    send(organiser, "desk-from-proposal", "nec_essai", proposal.pk)
    slot = Slot.objects.get()
    kept = {
        "title": slot.title,
        "kind": slot.kind,
        "minutes": "60",
        "audience": "tous",
        "speakers": [str(one.pk) for one in slot.speakers.all()],
    }
    send(organiser, "desk-slot", "nec_essai", slot.number, day="1", starts="10:00", room=str(fair.amphi.pk), **kept)
    send(organiser, "desk-publish", "nec_essai", note="Première")
    public = page(visitor, "programme", "nec_essai")
    assert "Parents et écrans" in public and "Aline (fictif)" in public and "Béa (fictif)" in public


def test_programme_pages(live: SimpleNamespace) -> None:
    visitor = Client()
    assert "Numérique en Commun (fictif)" in page(visitor, "list")
    shown = page(visitor, "programme", "nec_essai")
    assert "Atelier &lt;b&gt;parents&lt;/b&gt;" in shown and "<b>parents" not in shown
    assert f"1{NBSP}place" in shown or "1 place" in shown
    assert "Aucune séance ne correspond" in page(visitor, "programme", "nec_essai", q="introuvable")
    found = page(visitor, "programme", "nec_essai", q="EXEMPLE aline")
    assert "Ouverture" in found and "parents" not in found
    assert "Aline Exemple" in page(visitor, "slot", "nec_essai", live.free.number)
    assert "Version" in page(visitor, "changes", "nec_essai")
    page(visitor, "slot", "nec_essai", 99, status=404)
    page(visitor, "programme", "inconnue", status=404)


def test_a_draft_is_for_the_team(fair: SimpleNamespace, desk: Callable[[Any], Client]) -> None:
    page(Client(), "programme", "nec_essai", status=404)
    page(desk(fair.organiser), "desk-edition", "nec_essai")
    page(desk(fair.outsider), "desk-edition", "nec_essai", status=404)
    assert Client().get(reverse("events:desk")).status_code == 302
    page(desk(fair.evaluator), "desk", status=403)
    page(desk(fair.evaluator), "desk-statistics", "nec_essai")


def test_registration_by_oneself(live: SimpleNamespace) -> None:
    visitor, key = Client(), str(uuid.uuid4())
    data = {"name": "Bruno (fictif)", "contact": "06 96 12 34 56", "size": "1", "slots": [str(live.limited.number)], "key": key}
    assert "Cochez la case" in send(visitor, "register", "nec_essai", status=422, **data)
    send(visitor, "register", "nec_essai", consent="on", **data)
    send(visitor, "register", "nec_essai", consent="on", **data)  # a double click
    assert Registration.objects.count() == 1 and Booking.objects.count() == 2
    code = Registration.objects.get().booking.code
    assert show_code(code) in page(visitor, "confirmation")

    second = Client()
    send(second, "register", "nec_essai", consent="on", **{**data, "name": "Carole (fictif)", "contact": "", "key": str(uuid.uuid4())})
    assert "liste d’attente" in page(second, "confirmation").lower()

    # Somebody who types the name and the contact of another learns nothing.
    nosy = Client()
    answer = nosy.post(reverse("events:register", args=["nec_essai"]), {**data, "consent": "on", "key": str(uuid.uuid4())}, follow=True)
    assert code not in answer.content.decode() and show_code(code) not in answer.content.decode()
    assert "premier code reste le bon" in answer.content.decode()

    back = Client()
    send(back, "code", code=code)
    assert "Bruno (fictif)" in page(back, "mine")
    seat = Registration.objects.get(booking__code=code).seats.get()
    send(back, "seat", act="leave", seat=str(seat.pk))
    assert Booking.objects.get(seat__registration__booking__name="Carole (fictif)").state == State.OFFERED
    send(second, "seat", act="accept", seat=str(Registration.objects.get(booking__name="Carole (fictif)").seats.get().pk))
    link = re.search(r'href="[^"]*(/numerique-en-commun/mon-inscription/annulation/[^"]+)"', page(back, "mine"))
    assert link is not None
    stranger = Client()
    assert "Annuler mon inscription" in stranger.get(link[1]).content.decode()
    assert "est annulée" in stranger.post(link[1]).content.decode()
    assert Booking.objects.get(code=code).state == State.CANCELLED
    send(back, "close")
    assert back.get(reverse("events:mine")).status_code == 302


def test_a_seat_of_somebody_else_is_unknown(live: SimpleNamespace) -> None:
    first, second = Client(), Client()
    for client, name in ((first, "Bruno (fictif)"), (second, "Carole (fictif)")):
        send(client, "register", "nec_essai", name=name, size="1", slots=[str(live.limited.number)], consent="on", key=str(uuid.uuid4()))
    other = Registration.objects.get(booking__name="Bruno (fictif)").seats.get()
    send(second, "seat", act="leave", seat=str(other.pk), status=404)
    send(second, "seat", act="leave", seat="1; drop", status=422)
    other.booking.refresh_from_db()
    assert other.booking.state == State.BOOKED


def test_the_grid_moves_a_slot_and_says_the_clash(live: SimpleNamespace, desk: Callable[[Any], Client]) -> None:
    organiser = desk(live.organiser)
    data = {"slot": str(live.limited.guid), "room": str(live.amphi.pk), "day": "1", "at": "09:00"}
    answer = organiser.post(reverse("events:desk-place", args=["nec_essai"]), data, follow=True)
    assert "à la même heure" in answer.content.decode()
    live.limited.refresh_from_db()
    assert live.limited.room == live.amphi
    refused = organiser.post(reverse("events:desk-publish", args=["nec_essai"]))
    assert refused.status_code == 400 or refused.status_code == 409 or refused.status_code == 422
    assert "ne peut pas paraître" in refused.content.decode()
    for wrong in ({"slot": "x"}, {**data, "at": "25:00"}):
        assert organiser.post(reverse("events:desk-place", args=["nec_essai"]), wrong).status_code == 422
    assert desk(live.mediator).post(reverse("events:desk-place", args=["nec_essai"]), data).status_code == 403


def test_a_live_change_is_published_at_once(live: SimpleNamespace, desk: Callable[[Any], Client]) -> None:
    organiser = desk(live.organiser)
    kept = {
        "title": "Ouverture retardée",
        "kind": "conférence",
        "minutes": "45",
        "audience": "tous",
        "day": "1",
        "room": str(live.amphi.pk),
    }
    send(organiser, "desk-slot", "nec_essai", live.free.number, starts="09:15", publish="1", **kept)
    assert "Ouverture retardée" in page(Client(), "programme", "nec_essai")
    send(organiser, "desk-slot-cancel", "nec_essai", live.limited.number, reason="Salle fermée")
    public = page(Client(), "programme", "nec_essai")
    assert "Annulé" in public and "Salle fermée" in public


def test_desk_registrations(live: SimpleNamespace, desk: Callable[[Any], Client]) -> None:
    mediator = desk(live.mediator)
    key = str(uuid.uuid4())
    send(mediator, "desk-registration-new", "nec_essai", name="=Dédé (fictif)", size="2", needs=["accessibilite"], consent="on", key=key)
    row = Registration.objects.get()
    assert row.booking.source == "desk"
    assert "=Dédé" in page(mediator, "desk-registrations", "nec_essai")
    answer = mediator.get(reverse("events:desk-registrations-csv", args=["nec_essai"]))
    assert "'=Dédé (fictif);" in answer.content.decode() and answer.content.startswith(b"\xef\xbb\xbf")
    assert "fauteuil" in page(mediator, "desk-needs", "nec_essai")
    done = send(
        mediator, "desk-group", "nec_essai", status=200, text="Élise (fictif)\nFaux (fictif);06 96 1\n", consent="on", key=str(uuid.uuid4())
    )
    assert "Élise (fictif)" in done and "Lignes à reprendre" in done
    send(mediator, "desk-registration", "nec_essai", row.pk, act="cancel")
    row.booking.refresh_from_db()
    assert row.booking.state == State.CANCELLED
    page(desk(live.volunteer), "desk-registrations", "nec_essai", status=403)


def test_rank_on_the_waiting_list(live: SimpleNamespace, desk: Callable[[Any], Client]) -> None:
    for name in ("Aline (fictif)", "Bruno (fictif)", "Carole (fictif)"):
        send(Client(), "register", "nec_essai", name=name, size="1", slots=[str(live.limited.number)], consent="on", key=str(uuid.uuid4()))
    last = Registration.objects.get(booking__name="Carole (fictif)")
    booking, mediator = last.seats.get().booking, desk(live.mediator)
    send(mediator, "desk-registration", "nec_essai", last.pk, act="priority", target=str(booking.pk), priority="0", reason="", status=422)
    send(mediator, "desk-registration", "nec_essai", last.pk, act="priority", target=str(booking.pk), priority="0", reason="Intervient")
    shown = page(mediator, "desk-registrations", "nec_essai", seance=live.limited.number)
    assert shown.index("Carole (fictif)", shown.index("Liste d’attente")) < shown.index("Bruno (fictif)", shown.index("Liste d’attente"))


def test_feedback_and_takeaways(live: SimpleNamespace, desk: Callable[[Any], Client]) -> None:
    visitor, organiser = Client(), desk(live.organiser)
    assert "pas donner d’avis" in page(visitor, "feedback", "nec_essai", live.free.number)
    _held_yesterday(live.edition)
    send(visitor, "feedback", "nec_essai", live.free.number, score="9", key=str(uuid.uuid4()), status=422)
    for _turn in range(5):
        send(visitor, "feedback", "nec_essai", live.free.number, score="4", text="Clair", key=str(uuid.uuid4()))
    assert Feedback.objects.count() == 5
    assert "4,0" in page(organiser, "desk-opinions", "nec_essai")
    data = {"text": "Ouvrir le samedi", "source": "créneau", "slot": str(live.free.guid), "in_favour": "20", "counted": "30"}
    send(organiser, "desk-takeaway-new", "nec_essai", **data)
    assert "Ouvrir le samedi" in page(visitor, "takeaways", "nec_essai")
    send(organiser, "desk-takeaway-withdraw", "nec_essai", Takeaway.objects.get().pk, reason="Doublon")
    assert "Ouvrir le samedi" not in page(visitor, "takeaways", "nec_essai")
    assert "Doublon" in page(organiser, "desk-takeaways", "nec_essai")


def _held_yesterday(of: Edition) -> None:
    """The same programme, as if the edition had been held the day before today."""
    version = of.versions.get()
    for slot in of.slots.all():
        slot.starts_at = datetime.now(UTC) - timedelta(hours=20)
        slot.save()
        for shown in version.snapshot:
            if shown["guid"] == str(slot.guid):
                shown["starts_at"] = slot.starts_at.isoformat()
    version.save()


def test_figures_hide_small_groups(live: SimpleNamespace, desk: Callable[[Any], Client], person: Callable[..., Any]) -> None:
    from yole.events import indicators
    from yole.events.services_registration import register

    for rank in range(12):
        register(live.edition, person(f"Personne {rank} (fictif)", sex="femme" if rank < 7 else "homme"))
    found = {one.value.indicator.id: one for one in indicators.of_edition(live.edition)}
    assert found["events.participant-parity"].value.value == pytest.approx(100 * 7 / 12)
    assert found["events.speaker-parity"].value.value is None and found["events.speaker-parity"].value.masked
    shown = page(desk(live.evaluator), "desk-statistics", "nec_essai")
    assert f"58{NBSP}%" in shown
    register(live.edition, person("Personne 13 (fictif)"))
    hidden = {one.value.indicator.id: one for one in indicators.of_edition(live.edition)}
    assert hidden["events.participant-parity"].value.value is None  # one silent person could be told apart


def test_editions_are_made_and_described(fair: SimpleNamespace, desk: Callable[[Any], Client]) -> None:
    organiser = desk(fair.organiser)
    form = {
        "slug": "nec_2027",
        "title": "NEC 2027",
        "number": "6",
        "starts_on": "2027-12-10",
        "ends_on": "2027-12-11",
        "day_starts": "08:00",
    }
    assert "Cette réponse manque." in send(organiser, "desk-edition-new", status=422, **form)
    send(organiser, "desk-edition-new", day_ends="18:00", **form)
    send(organiser, "desk-venue-new", "nec_2027", name="Halle 2 (fictif)")
    venue = Edition.objects.get(slug="nec_2027").venues.get()
    send(organiser, "desk-room-new", "nec_2027", venue.pk, name="Salle A", kind="workshop", capacity="20", position="0", step_free="on")
    send(organiser, "desk-track-new", "nec_2027", name="Territoire", colour="#0a5c7a")
    shown = page(organiser, "desk-venues", "nec_2027")
    assert "Salle A" in shown and "Territoire" in shown
    send(organiser, "desk-slot-new", "nec_2027", title="Deux jours", kind="conférence", minutes="30", audience="tous", day="2",
         starts="09:00", room=str(venue.rooms.get().pk))  # fmt: skip
    assert Slot.objects.get().day == 2
    send(organiser, "desk-publish", "nec_2027")
    send(organiser, "desk-invitations", "nec_2027", label="Mairie (fictif)", places="5")
    assert "Mairie (fictif)" in page(organiser, "desk-invitations", "nec_2027")
    assert "samedi 11" in page(Client(), "programme", "nec_2027").lower().replace(NBSP, " ")


def test_retention_forgets(live: SimpleNamespace, person: Callable[..., Any], draft: Callable[..., Any]) -> None:
    from yole.base.scope import system_scope
    from yole.events.models import Speaker
    from yole.events.retention import RULES
    from yole.events.services_call import submit
    from yole.events.services_registration import register

    register(live.edition, person(organisation="Lycée (fictif)", sex="femme"))
    live.edition.status = "appel_ouvert"
    live.edition.save()
    submit(live.edition, draft())
    _held_yesterday(live.edition)
    Feedback.objects.create(slot=live.free, score=4, text="Bien", key=uuid.uuid4())

    def purge() -> dict[str, int]:
        with system_scope():
            return {rule.table: rule.purge() for rule in RULES}

    assert set(purge().values()) == {0}
    Edition.objects.update(starts_on=DAY - timedelta(days=400), ends_on=DAY - timedelta(days=400))
    done = purge()
    assert done["events_registration"] == 1 and done["events_proposal"] >= 1 and done["events_feedback"] == 1
    assert Registration.objects.get().organisation == "" and Registration.objects.get().sex == "femme"
    assert sorted(Speaker.objects.values_list("name", flat=True)) == ["", "Aline Exemple (fictif)"]
    assert not Speaker.objects.filter(contact_sealed__isnull=False).exists()
    assert set(purge().values()) == {0}


def test_closing_the_call(fair: SimpleNamespace) -> None:
    opened = change_edition(None, set_status(None, fair.edition, "appel_ouvert"), call_closes_on=DAY - timedelta(days=30))
    assert opened.call_closes_on is not None
    assert "est fermé" in page(Client(), "propose", "nec_essai")
