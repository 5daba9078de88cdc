"""A territory with one mediator and one workshop. Django is imported inside: this file is read before it is set up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    """territory, structure, mediator, coordinator, outsider (another territory), place, programme (published)."""
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.places.models import Place
    from yole.territory.models import Territory
    from yole.workshops.services_programmes import create_programme

    territory = Territory.objects.create(
        slug="essai", name="Essai", time_zone="America/Martinique", languages=["fr"], holiday_subdivision="MQ", is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    structure = create_structure(territory, "Structure (fictif)")

    def account(name: str, role: Role, of: Territory = territory) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=of, password="x" * 14, structure=None
        )

    place = Place.objects.create(
        territory=territory, source="essai", source_id="1", slug="lieu", name="Médiathèque", commune_name="Saint-Joseph", postcode="97212",
        insee_code="97224", address="1 rue", updated_on="2026-01-01", sort_key="mediatheque", name_key="mediatheque", address_key="1 rue",
        lat=14.67, lon=-61.04,
    )  # fmt: skip
    programme = create_programme(
        None, territory, title="Mes mots de passe", themes=["securite_numerique"], audiences=["tous"], published=True
    )
    return SimpleNamespace(
        territory=territory,
        structure=structure,
        mediator=account("mediation", Role.MEDIATOR),
        coordinator=account("coordination", Role.TERRITORY_COORDINATOR),
        volunteer=account("benevole", Role.VOLUNTEER),
        outsider=account("autre", Role.MEDIATOR, elsewhere),
        place=place,
        programme=programme,
    )


@pytest.fixture
def new_session(house: SimpleNamespace) -> Callable[..., Any]:
    """A session of two hours that starts in `hours` (default 240), 10 places at the place of the house."""
    from django.utils import timezone

    from yole.workshops.services_planning import Where, create_session

    def make(hours: float = 240, **more: Any) -> Any:
        start = more.pop("starts_at", None) or timezone.now() + timedelta(hours=hours)
        fields = {"capacity": 10, "where": Where(place=house.place), "ends_at": start + timedelta(hours=2), "half_days": ["matin"], **more}
        return create_session(None, fields.pop("programme", house.programme), starts_at=start, **fields)

    return make


@pytest.fixture
def enrolled() -> Callable[..., Any]:
    """The booking of somebody who enrols by themselves."""
    from yole.workshops.services_enrolment import Form, enrol

    def go(of: Any, name: str = "Aline", contact: str = "", **more: Any) -> Any:
        return enrol(of, Form(name=name, contact=contact, key=uuid.uuid4(), consent=True, **more)).booking

    return go
