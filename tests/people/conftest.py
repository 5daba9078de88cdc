"""A territory with two structures and their people. Django is imported inside: this file is read before it is set up."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    """territory, here and there (structures), mediator (here), colleague (here), neighbour (there), coordinator, volunteer, outsider."""
    return make_house()


def make_house() -> SimpleNamespace:
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.territory.models import Commune, Territory

    territory = Territory.objects.create(
        slug="essai", name="Essai", departements=["972"], time_zone="America/Martinique", languages=["fr"], is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    for code, name in (("97224", "Saint-Joseph"), ("97209", "Fort-de-France")):
        Commune.objects.create(
            code=code, name=name, sort_key=name.lower(), search_key=name.lower(), departement="972", source="essai", source_date="2026"
        )
    here, there = create_structure(territory, "Ici (fictif)"), create_structure(territory, "Là (fictif)")
    far = create_structure(elsewhere, "Loin (fictif)")

    def account(name: str, role: Role, structure: Any, of: Any = territory) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=of, password="x" * 14, structure=structure
        )

    return SimpleNamespace(
        territory=territory,
        here=here,
        there=there,
        mediator=account("ici", Role.MEDIATOR, here),
        colleague=account("collegue", Role.STRUCTURE_COORDINATOR, here),
        neighbour=account("la", Role.MEDIATOR, there),
        coordinator=account("coordination", Role.TERRITORY_COORDINATOR, None),
        volunteer=account("benevole", Role.VOLUNTEER, here),
        outsider=account("loin", Role.MEDIATOR, far, elsewhere),
    )


@pytest.fixture(autouse=True)
def _work_of_the_house() -> Any:
    """Services are tried as work of the house; test_people_security.py tries them on behalf of accounts."""
    from yole.base.scope import system_scope

    with system_scope():
        yield


@pytest.fixture
def follow(house: SimpleNamespace) -> Callable[..., Any]:
    """A followed person of the mediator's structure: first name, last name, then what is known."""
    return follower(house)


def follower(house: SimpleNamespace) -> Callable[..., Any]:
    from yole.people.engine.identity import Identity
    from yole.people.services import About, Agreed, create_followed

    def go(first: str = "Lucette", last: str = "Marignan", year: int | None = 1951, *, by: Any = None, **more: Any) -> Any:
        known = {name: more.pop(name) for name in ("gender", "social_status", "commune", "age_band") if name in more}
        named = {name: more.pop(name) for name in ("phone", "email", "notes", "guardian_name") if name in more}
        agreed = more.pop("agreed", None) or Agreed(["suivi"], "oral_fiche")
        return create_followed(by or house.mediator, Identity(first, last, **named), agreed, About(year, **known), **more)

    return go
