"""The small world that the access tests walk: two structures of one territory, one of another, one account of each role in each, one object
of each kind. Every person is invented. A room that gains a route with an argument adds its maker to `OBJECTS`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

Makers = dict[str, Callable[["World"], dict[str, Any]]]
OWN, NEIGHBOUR, ELSEWHERE = "own", "neighbour", "elsewhere"
STANDINGS = (OWN, NEIGHBOUR, ELSEWHERE)
"""Where an account stands towards the objects: in their structure, in another one of the territory, in another territory."""


@dataclass
class World:
    territory: Any
    other_territory: Any
    structures: dict[str, Any]
    place: Any = None
    programme: Any = None
    session: Any = None
    booking: Any = None
    made: dict[str, Any] = field(default_factory=dict)
    accounts: dict[tuple[str, str], Any] = field(default_factory=dict)

    def account(self, role: str, standing: str) -> Any:
        """The account of a role, made at first use."""
        from yole.organisations.models import Account

        key = (role, standing)
        if key not in self.accounts:
            structure = self.structures[standing]
            made = Account(
                email=f"{role}-{standing}@exemple.invalid",
                name=f"{role} {standing} (fictif)",
                role=role,
                territory=structure.territory,
                structure=structure,
                is_fictional=True,
            )
            made.set_unusable_password()
            made.save()
            self.accounts[key] = made
        return self.accounts[key]

    def thing(self, name: str) -> Any:
        """An object of `OBJECTS`, made at first use. It belongs to the structure `own`."""
        if name not in self.made:
            self.made[name] = OBJECTS[name](self)
        return self.made[name]


def build() -> World:
    """Territories, structures, and an enrolment at a session that has begun, with an attendance, an opinion and a message."""
    from django.utils import timezone

    from yole.organisations.models import Structure
    from yole.organisations.services import create_structure
    from yole.places.models import Place
    from yole.territory.models import Territory
    from yole.workshops.services_enrolment import Form, enrol
    from yole.workshops.services_planning import Where, create_session
    from yole.workshops.services_programmes import create_programme

    territory = Territory.objects.create(
        slug="essai", name="Essai", time_zone="America/Martinique", languages=["fr"], holiday_subdivision="MQ", is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", time_zone="America/Martinique", languages=["fr"])
    structures: dict[str, Structure] = {
        OWN: create_structure(territory, "Structure une (fictif)"),
        NEIGHBOUR: create_structure(territory, "Structure deux (fictif)"),
        ELSEWHERE: create_structure(elsewhere, "Structure d’ailleurs (fictif)"),
    }
    world = World(territory, elsewhere, structures)
    world.place = Place.objects.create(
        territory=territory, source="essai", source_id="1", slug="lieu", name="Médiathèque (fictif)", commune_name="Saint-Joseph",
        postcode="97212", insee_code="97224", address="1 rue", updated_on="2026-01-01", sort_key="mediatheque", name_key="mediatheque",
        address_key="1 rue", lat=14.67, lon=-61.04,
    )  # fmt: skip
    world.programme = create_programme(
        None,
        territory,
        title="Mes mots de passe (fictif)",
        themes=["securite_numerique"],
        audiences=["tous"],
        published=True,
        structure=structures[OWN],
    )
    start = timezone.now() + timedelta(hours=3)
    world.session = create_session(
        None,
        world.programme,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        capacity=10,
        where=Where(place=world.place),
        half_days=["matin"],
    )
    world.booking = enrol(
        world.session, Form(name="Aline (fictif)", key=uuid.uuid4(), contact="aline@exemple.invalid", consent=True)
    ).booking
    return world


def past(world: World) -> None:
    """The session of the world has begun: an attendance, an opinion and a call to make hang on its enrolment."""
    from django.utils import timezone

    from yole.bookings.models import Capacity
    from yole.workshops.models import Session
    from yole.workshops.services_attendance import Act, evaluate, record

    start = timezone.now() - timedelta(minutes=30)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
    Session.objects.filter(pk=world.session.pk).update(**times)
    Capacity.objects.filter(pk=world.session.capacity_id).update(**times, closes_at=start)
    world.session.refresh_from_db()
    act = Act(uuid.uuid4(), "matin", "arrivée", "essai", 1, timezone.now(), booking_id=world.booking.pk)
    received = record(world.account("mediator", OWN), world.session.pk, [act])
    if received.refused:
        raise AssertionError(received.refused)
    evaluate(world.session, smiley=3, line="Merci", key=uuid.uuid4(), booking=world.booking)


OBJECTS: dict[str, Callable[[World], Any]] = {}
