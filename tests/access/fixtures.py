"""The small world that the access tests walk: two structures of one territory, one of another, one account of each role in each, every
person is invented. The objects of routes that take an argument are in `objects.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

OWN, NEIGHBOUR, ELSEWHERE = "own", "neighbour", "elsewhere"
OF_A_STRUCTURE = frozenset({"volunteer", "mediator", "structure-coordinator"})
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
        """The account of a role, made at first use. Roles of a territory belong to no structure."""
        from yole.organisations.services import create_account

        key = (role, standing)
        if key not in self.accounts:
            structure = self.structures[standing]
            self.accounts[key] = create_account(
                email=f"{role}-{standing}@exemple.invalid",
                name=f"{role} {standing} (fictif)",
                role=role,  # type: ignore[arg-type]  # the values of Role
                territory=structure.territory,
                structure=structure if role in OF_A_STRUCTURE else None,
                password="mot de passe fictif 1",
                is_fictional=True,
            )
        return self.accounts[key]

    def thing(self, make: Callable[[World], Any]) -> Any:
        """What a maker makes, once. It belongs to the structure `own`, or to its territory."""
        if make.__name__ not in self.made:
            self.made[make.__name__] = make(self)
        return self.made[make.__name__]


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
        slug="essai",
        name="Essai",
        time_zone="America/Martinique",
        languages=["fr"],
        holiday_subdivision="MQ",
        is_default=True,
        departements=["972"],
    )
    elsewhere = Territory.objects.create(
        slug="ailleurs", name="Ailleurs", time_zone="America/Martinique", languages=["fr"], departements=["971"]
    )
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
