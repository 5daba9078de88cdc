"""The programme: placing, conflicts, numbered versions, what moved, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.events.conftest import DAY
from yole.base import typography
from yole.base.errors import Refused
from yole.events import selectors_programme, services_programme
from yole.events.engine.conflicts import Clash
from yole.events.models import ProgrammeVersion, Slot
from yole.events.selectors_programme import PublicSlot
from yole.events.services_editions import change_edition, create_edition, invite, save_room, save_track, set_status, withdraw_invitation
from yole.events.services_programme import cancel_slot, delete_slot, place_slot, publish, save_slot, save_speaker


def test_an_edition_has_an_address_and_days(fair: SimpleNamespace) -> None:
    for slug, code in (("nec", "shape"), ("NEC_2026", "shape"), ("nec-2026", "shape"), ("nec_essai", "taken")):
        with pytest.raises(Refused) as refused:
            create_edition(None, fair.territory, slug=slug, title="Essai", starts_on=date(2026, 1, 2), ends_on=date(2026, 1, 2))
        assert (refused.value.field, refused.value.code) == ("slug", code)
    with pytest.raises(Refused, match="avant le premier"):
        change_edition(None, fair.edition, ends_on=DAY - timedelta(days=1))
    with pytest.raises(Refused, match="14 jours"):
        change_edition(None, fair.edition, ends_on=DAY + timedelta(days=14))
    for account in (fair.mediator, fair.outsider):
        with pytest.raises(Refused) as refused:
            change_edition(account, fair.edition, title="Autre")
        assert refused.value.status == 403


def test_status_follows_its_steps(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> None:
    with pytest.raises(Refused, match="ne passe pas"):
        set_status(None, fair.edition, "clos")
    opened = set_status(None, fair.edition, "appel_ouvert")
    new_slot()
    publish(None, opened)
    opened.refresh_from_db()
    assert opened.status == "programme_publié"
    assert set_status(None, set_status(None, opened, "en_cours"), "clos").status == "clos"


def test_rooms_and_tracks(fair: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="déjà une salle"):
        save_room(None, fair.venue, name="Salle B", capacity=10)
    with pytest.raises(Refused, match="1 à 10"):
        save_room(None, fair.venue, name="Salle C", capacity=0)
    track = save_track(None, fair.edition, name="Égalité & accès", colour="#0a5c7a")
    assert track.slug == "egalite-acces"
    assert save_track(None, fair.edition, name="2030").slug == "theme-2030"
    with pytest.raises(Refused, match="déjà ce thème"):
        save_track(None, fair.edition, name="Égalité & accès")
    with pytest.raises(Refused, match="couleur"):
        save_track(None, fair.edition, name="Autre", colour="blue")


def test_a_slot_is_stored_in_universal_time(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> None:
    slot = new_slot(at=time(9, 30))
    assert slot.starts_at == datetime.combine(DAY, time(13, 30), UTC) and slot.number == 1
    assert new_slot("Suite", at=time(11)).number == 2


def test_after_midnight_belongs_to_the_evening_before(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> None:
    edition = change_edition(None, fair.edition, day_ends=time(2))
    fair.edition = edition
    late = save_slot(None, edition, title="Nuit", room=fair.amphi, day=1, at=time(0, 15), minutes=30)
    assert late.day == 1 and late.starts_at == datetime.combine(DAY + timedelta(days=1), time(4, 15), UTC)
    assert selectors_programme.conflicts_of(edition) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"minutes": 0}, "minutes"),
        ({"kind": "bal"}, "kind"),
        ({"day": 2}, "day"),
        ({"day": None}, "starts"),
        ({"places": 0}, "capacity"),
    ],
)
def test_a_wrong_slot_is_refused(new_slot: Callable[..., Any], changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        new_slot(**changed)
    assert refused.value.field == field and not Slot.objects.exists()


def test_conflicts_are_computed_from_the_rows(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> None:
    aline = save_speaker(None, fair.edition, name="Aline (fictif)", step_free=True)
    new_slot("Un", speakers=[aline])
    new_slot("Deux", room=fair.room, at=time(9, 30), speakers=[aline], wanted_capacity=40)
    kinds = {one.kind for one in selectors_programme.conflicts_of(fair.edition)}
    assert kinds == {Clash.SPEAKER, Clash.CAPACITY, Clash.STEP_FREE}
    with pytest.raises(Refused, match="Aline"):
        publish(None, fair.edition)
    assert not ProgrammeVersion.objects.exists()


def test_publishing_numbers_and_says_what_moved(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> None:
    first, second = new_slot("Ouverture"), new_slot("Atelier", room=fair.room, places=10)
    new_slot("À placer", room=None, day=None, at=None)
    one = publish(None, fair.edition)
    assert one.number == 1 and [change["what"].split(" : ")[0] for change in one.changes] == ["nouveau", "nouveau"]
    with pytest.raises(Refused, match="Rien n’a changé"):
        publish(None, fair.edition)

    place_slot(None, second, room=fair.room, day=1, at=time(14))
    shown = {slot.title: slot for slot in selectors_programme.published_slots(fair.edition)}
    assert shown["Atelier"].local_start is not None and shown["Atelier"].local_start.hour == 9  # readers see the last version

    two = publish(None, fair.edition, note_text="Le matin est plein")
    assert [(change["title"], change["what"]) for change in two.changes] == [
        ("Atelier", f"{typography.day(DAY)} à 9\u00a0h devient {typography.day(DAY)} à 14\u00a0h")
    ]
    second.refresh_from_db()
    assert second.sequence == 1 and second.capacity.starts_at.hour == 18
    first.refresh_from_db()
    assert first.sequence == 0 and first.first_version == 1
    one.refresh_from_db()
    assert one.snapshot == [] and one.changes


def test_what_was_published_is_cancelled_not_deleted(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> None:
    slot, never = new_slot(), new_slot("Brouillon", at=time(11))
    delete_slot(None, never)
    publish(None, fair.edition)
    with pytest.raises(Refused, match="annulez-le"):
        delete_slot(None, slot)
    place_slot(None, slot, room=None, day=None, at=None)
    with pytest.raises(Refused, match="n’a plus de place"):
        publish(None, fair.edition)
    place_slot(None, slot, room=fair.amphi, day=1, at=time(9))
    with pytest.raises(Refused, match="motif"):
        cancel_slot(None, slot, " ")
    cancel_slot(None, slot, "Intervenante malade")
    version = publish(None, fair.edition)
    assert version.changes[0]["what"] == "annulé : Intervenante malade"
    shown = selectors_programme.published_slots(fair.edition)[0]
    assert shown.cancelled and shown.sequence == 1
    with pytest.raises(Refused, match="ne change plus"):
        save_slot(None, fair.edition, slot, title="Autre", room=fair.amphi, day=1, at=time(9))


def test_a_name_is_shown_once_its_owner_agrees(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> None:
    yes = save_speaker(None, fair.edition, name="Aline (fictif)", agreed=True)
    no = save_speaker(None, fair.edition, name="Béa (fictif)")
    new_slot(speakers=[yes, no])
    publish(None, fair.edition)
    assert [one.name for one in selectors_programme.published_slots(fair.edition)[0].speakers] == ["Aline (fictif)"]
    assert [one.name for one in selectors_programme.read(fair.edition, published=False)[0].speakers] == ["Aline (fictif)", "Béa (fictif)"]
    services_programme.withdraw_name(None, yes)
    assert selectors_programme.published_slots(fair.edition)[0].speakers == ()
    assert "Aline" not in str(list(ProgrammeVersion.objects.values_list("snapshot", "changes")))


def test_a_snapshot_reads_back_equal(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> None:
    aline = save_speaker(None, fair.edition, name="Aline (fictif)", agreed=True)
    new_slot(speakers=[aline], links=[{"url": "https://exemple.invalid/", "title": "Lien", "type": "web", "service": ""}], places=5)
    slot = selectors_programme.read(fair.edition, published=False)[0]
    assert PublicSlot.from_dict(slot.to_dict()) == slot


def test_a_proposal_becomes_one_slot(fair: SimpleNamespace, draft: Callable[..., Any]) -> None:
    from yole.events import services_call

    set_status(None, fair.edition, "appel_ouvert")
    fair.edition.refresh_from_db()
    proposal = services_call.submit(fair.edition, draft(available=[f"{DAY} matin"]))
    with pytest.raises(Refused, match="Acceptez"):
        services_programme.slot_of_proposal(None, proposal)
    proposal = services_call.decide(None, proposal, "acceptée")
    slot = services_programme.slot_of_proposal(None, proposal)
    assert services_programme.slot_of_proposal(None, proposal).pk == slot.pk
    assert slot.title == proposal.title and slot.speakers.count() == 1
    place_slot(None, slot, room=fair.amphi, day=1, at=time(15))
    assert [one.kind for one in selectors_programme.conflicts_of(fair.edition)] == [Clash.UNAVAILABLE]
    place_slot(None, slot, room=fair.amphi, day=1, at=time(10))
    assert selectors_programme.conflicts_of(fair.edition) == []


def test_an_invitation_is_withdrawn(fair: SimpleNamespace) -> None:
    invitation = invite(None, fair.edition, label="Mairie (fictif)", places=3)
    withdraw_invitation(None, invitation)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None
    with pytest.raises(Refused, match="1 à 500"):
        invite(None, fair.edition, label="Mairie (fictif)", places=0)
