"""Objects of the room events, all of the structure `own` and of its territory. Same rules as `objects.py`."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, time
from typing import Any

from tests.access.fixtures import World

SLUG = "nec_essai"


def event_edition(world: World) -> Any:
    """A published edition with one limited slot."""
    from yole.events import services_editions, services_programme

    day = date(2035, 12, 12)
    of = services_editions.create_edition(None, world.territory, slug=SLUG, title="Édition (fictif)", starts_on=day, ends_on=day)
    venue = services_editions.save_venue(None, of, name="Halle (fictif)")
    room = services_editions.save_room(None, venue, name="Amphithéâtre", capacity=50)
    services_editions.save_track(None, of, name="Territoire")
    services_programme.save_slot(None, of, title="Ouverture", room=room, day=1, at=time(9), minutes=45, places=10)
    services_programme.publish(None, of)
    services_editions.open_registration(None, of, 50)
    of.refresh_from_db()
    return of


def slot(world: World) -> Any:
    return world.thing(event_edition).slots.get()


def room_of(world: World) -> Any:
    return slot(world).room


def event_speaker(world: World) -> Any:
    from yole.events.services_programme import save_speaker

    return save_speaker(None, world.thing(event_edition), name="Aline (fictif)")


def call_proposal(world: World) -> Any:
    from yole.events.models import Proposal
    from yole.kernel.codes import new_code

    return Proposal.objects.create(
        edition=world.thing(event_edition),
        code=new_code(10),
        key=uuid.uuid4(),
        title="Essai",
        abstract="Essai",
        kind="atelier",
        state="acceptée",
    )


def event_registration(world: World) -> Any:
    from yole.events.services_registration import Form, register

    return register(world.thing(event_edition), Form(name="Bruno (fictif)", key=uuid.uuid4(), consent=True)).registration


def event_invitation(world: World) -> Any:
    from yole.events.services_editions import invite

    return invite(None, world.thing(event_edition), label="Mairie (fictif)", places=2)


def event_takeaway(world: World) -> Any:
    from yole.events.services_after import add_takeaway

    return add_takeaway(None, world.thing(event_edition), text="Essai", slot=slot(world))


def _token(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[1]


def cancel_token(world: World) -> str:
    from yole.events.mine import cancel_link

    return _token(cancel_link(world.thing(event_registration)))


def proposal_token(world: World) -> str:
    from yole.events.mine import proposal_link

    return _token(proposal_link(world.thing(call_proposal)))


def _of(world: World, **more: Any) -> dict[str, Any]:
    world.thing(event_edition)
    return {"slug": SLUG, **more}


def episode(world: World) -> Any:
    """A published recording of three bytes of silence."""
    from yole.events.services_podcast import add_episode, publish_episode

    fields = {"audio": [b"ID3"], "duration": "0:01", "transcript": "Rien.", "speakers_agreed": True}
    return publish_episode(None, add_episode(None, world.thing(event_edition), title="Silence (fictif)", **fields))


def _sound(world: World) -> dict[str, Any]:
    return {"guid": world.thing(episode).guid, "extension": "mp3"}


_DESK = "numerique-en-commun/espace-pro/<slug:slug>"
ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("mon-inscription/lien/", lambda w: {"token": cancel_token(w)}),
    ("mon-inscription/annulation/", lambda w: {"token": cancel_token(w)}),
    ("ma-proposition/lien/", lambda w: {"token": proposal_token(w)}),
    (f"{_DESK}/lieux/<int:venue_pk>", lambda w: _of(w, venue_pk=slot(w).room.venue_id, pk=room_of(w).pk)),
    (f"{_DESK}/lieux/<int:pk>", lambda w: _of(w, pk=slot(w).room.venue_id)),
    (f"{_DESK}/themes/<int:pk>", lambda w: _of(w, pk=w.thing(event_edition).tracks.get().pk)),
    (f"{_DESK}/invitations/<int:pk>", lambda w: _of(w, pk=w.thing(event_invitation).pk)),
    (f"{_DESK}/propositions/<int:pk>", lambda w: _of(w, pk=w.thing(call_proposal).pk)),
    (f"{_DESK}/personnes/<uuid:pk>", lambda w: _of(w, pk=w.thing(event_speaker).pk)),
    (f"{_DESK}/inscriptions/<int:pk>", lambda w: _of(w, pk=w.thing(event_registration).pk)),
    (f"{_DESK}/enseignements/<int:pk>", lambda w: _of(w, pk=w.thing(event_takeaway).pk)),
    ("numerique-en-commun/espace-pro/porte-hors-ligne/<str:version>", lambda w: {"version": "ancienne", "name": "door"}),
    ("numerique-en-commun/web-radio/<uuid:guid>", _sound),
    ("numerique-en-commun/", lambda w: _of(w, number=slot(w).number)),
]
