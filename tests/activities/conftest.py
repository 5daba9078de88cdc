"""A territory with two structures and their people. Django is imported inside: this file is read before it is set up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    """territory, structure, other_structure, mediator, colleague, coordinator (structure), chief (territory), stranger (the other
    structure), outsider (another territory), volunteer, commune, place."""
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.places.models import Place
    from yole.territory.models import Commune, Territory

    territory = Territory.objects.create(
        slug="essai", name="Essai", time_zone="America/Martinique", languages=["fr"], holiday_subdivision="MQ", is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    structure, other = create_structure(territory, "Structure (fictif)"), create_structure(territory, "Autre structure (fictif)")

    def account(name: str, role: Role, of: Any = territory, at: Any = None) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=of, password="x" * 14, structure=at
        )

    def commune(code: str, name: str, postcode: str) -> Any:
        return Commune.objects.create(
            code=code, name=name, sort_key=name.lower(), search_key=name.lower(), postcodes=[postcode], departement="972",
            source="essai", source_date="2026",
        )  # fmt: skip

    here = commune("97224", "Saint-Joseph", "97212")
    fort = commune("97209", "Fort-de-France", "97200")
    place = Place.objects.create(
        territory=territory, source="essai", source_id="1", slug="lieu", name="Médiathèque", commune_name="Saint-Joseph", postcode="97212",
        insee_code="97224", address="1 rue", updated_on="2026-01-01", sort_key="mediatheque", name_key="mediatheque", address_key="1 rue",
        lat=14.67, lon=-61.04,
    )  # fmt: skip
    return SimpleNamespace(
        territory=territory,
        structure=structure,
        other_structure=other,
        mediator=account("mediation", Role.MEDIATOR, at=structure),
        colleague=account("collegue", Role.MEDIATOR, at=structure),
        coordinator=account("structure", Role.STRUCTURE_COORDINATOR, at=structure),
        chief=account("coordination", Role.TERRITORY_COORDINATOR),
        stranger=account("voisin", Role.MEDIATOR, at=other),
        outsider=account("autre", Role.MEDIATOR, elsewhere),
        volunteer=account("benevole", Role.VOLUNTEER, at=structure),
        commune=here,
        fort=fort,
        place=place,
    )


@pytest.fixture
def row(house: SimpleNamespace) -> Callable[..., Any]:
    """An activity written straight into its table, to see what the database itself refuses."""
    from yole.activities.models import Activity

    def make(**fields: Any) -> Any:
        values = {
            "id": uuid.uuid4(), "territory": house.territory, "structure": house.structure, "mediator": house.mediator,
            "kind": "collectif", "date": "2026-11-20", "minutes": 60, "place_kind": "lieu_activite", "place": house.place,
            "commune": house.commune, "themes": ["email"], "anonymous_count": 4, "participants": 4, "gender_counts": [1, 2, 1],
            "age_counts": [0, 0, 0, 1, 1, 1, 0, 1], "status_counts": [0, 1, 1, 1, 1],
        }  # fmt: skip
        return Activity.objects.create(**{**values, **fields})

    return make
