"""Cafés for the tests of the room: a house with accounts, a café at any of its steps. Call inside a test: Django is imported here."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any


def make_house() -> SimpleNamespace:
    """territory, elsewhere, structure; host, neighbour (another structure), coordinator, organiser, volunteer, outsider; place."""
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.places.models import Place
    from yole.territory.models import Territory

    territory = Territory.objects.create(
        slug="essai", name="Essai", departements=["972"], time_zone="America/Martinique", languages=["fr"], is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    structure, other = create_structure(territory, "Ici (fictif)"), create_structure(territory, "À côté (fictif)")

    def account(name: str, role: Role, of: Any = None, where: Any = territory) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=where, password="x" * 14, structure=of
        )

    place = Place.objects.create(
        territory=territory, source="essai", source_id="1", slug="lieu", name="Médiathèque", commune_name="Saint-Joseph", postcode="97212",
        insee_code="97224", address="1 rue", updated_on="2026-01-01", sort_key="mediatheque", name_key="mediatheque", address_key="1 rue",
        lat=14.67, lon=-61.04,
    )  # fmt: skip
    return SimpleNamespace(
        territory=territory,
        elsewhere=elsewhere,
        structure=structure,
        place=place,
        host=account("anime", Role.MEDIATOR, structure),
        neighbour=account("voisin", Role.MEDIATOR, other),
        coordinator=account("coordination", Role.TERRITORY_COORDINATOR),
        volunteer=account("benevole", Role.VOLUNTEER, structure),
        outsider=account("loin", Role.TERRITORY_COORDINATOR, None, elsewhere),
    )


def plan(house: SimpleNamespace, **more: Any) -> Any:
    from django.utils import timezone

    from yole.debates.services_prepare import Plan

    start = more.pop("starts_at", None) or timezone.now() - timedelta(minutes=30)
    return Plan(
        **{
            "title": "Café d’essai (fictif)",
            "starts_at": start,
            "ends_at": start + timedelta(minutes=90),
            "place": house.place,
            "themes": ["travail", "societe"],
            **more,
        }
    )


def running(house: SimpleNamespace, people: int = 12, **more: Any) -> Any:
    """A café that runs, its people counted."""
    from yole.debates.services_prepare import announce, create_cafe
    from yole.debates.services_room import count_people, open_room

    cafe = create_cafe(house.host, house.territory, plan(house, **more))
    announce(house.host, cafe.pk)
    open_room(house.host, cafe.pk)
    return count_people(house.host, cafe.pk, people)


def voting(house: SimpleNamespace, people: int = 12, statements: int = 3, **more: Any) -> Any:
    """A café whose vote is open on a few statements."""
    from yole.debates.services_room import open_vote
    from yole.debates.services_statements import propose

    cafe = running(house, people, **more)
    for number in range(statements):
        propose(house.host, cafe.pk, "idee", f"Phrase {number + 1} mise au vote")
    return open_vote(house.host, cafe.pk)


def keys(cafe: Any) -> list[int]:
    """Keys of the statements in the host's order."""
    return list(cafe.statements.order_by("order").values_list("pk", flat=True))


def cast(cafe: Any, *ballots: Any) -> None:
    """Ballots as lists of values (1, 0, −1, None) in the host's order, each from a telephone of its own."""
    from yole.debates.devices import new_token
    from yole.debates.services_votes import vote

    for values in ballots:
        token = new_token()
        for pk, value in zip(keys(cafe), values, strict=True):
            if value is not None:
                vote(cafe.pk, token, pk, value)
