"""A territory of six communes in two groupings, three places its coordination.

Django is imported inside: this file is read before it.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

COMMUNES = (
    ("97201", "Alpha (fictif)", 14.60, -61.00, 1000, "Nord (fictif)"),
    ("97202", "Bravo (fictif)", 14.62, -61.00, 800, "Nord (fictif)"),
    ("97203", "Charlie (fictif)", 14.70, -61.00, 600, "Nord (fictif)"),
    ("97204", "Delta (fictif)", 14.40, -60.90, 400, "Sud (fictif)"),
    ("97205", "Echo (fictif)", 14.42, -60.90, 300, "Sud (fictif)"),
    ("97206", "Foxtrot (fictif)", 14.50, -60.80, 200, "Sud (fictif)"),
)


@pytest.fixture
def island(db: None) -> SimpleNamespace:
    """territory, elsewhere; coordinator, structure_coordinator, mediator, outsider (another territory's coordination)."""
    from datetime import date

    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.places.models import Place
    from yole.territory.models import Commune, Epci, Territory
    from yole.territory.selectors import forget_cached

    territory = Territory.objects.create(
        slug="essai", name="Essai", departements=["972"], time_zone="America/Martinique", languages=["fr"], is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"], departements=["971"])
    epcis: dict[str, Any] = {}
    for code, name, lat, lon, population, epci in COMMUNES:
        if epci not in epcis:
            epcis[epci] = Epci.objects.create(code=f"20000000{len(epcis)}", name=epci, sort_key=epci)
        Commune.objects.create(
            code=code, name=name, sort_key=name, search_key=name, departement="972", lat=lat, lon=lon, population=population,
            population_vintage="2026", epci=epcis[epci], source="essai", source_date="2026",
        )  # fmt: skip
    for number, (lat, lon, programme, kind) in enumerate(
        ((14.60, -61.00, ["France Services"], "fixed"), (14.41, -60.90, ["France Services"], "itinerant"), (14.50, -60.80, [], "fixed"))
    ):
        name = f"Lieu {number} (fictif)"
        Place.objects.create(
            territory=territory, source="essai", source_id=str(number), slug=f"lieu-{number}", name=name, sort_key=name, name_key=name,
            address_key="", commune_name="Alpha", postcode="97200", address="1 rue fictive", lat=lat, lon=lon, programmes=programme,
            kind=kind, updated_on=date(2026, 1, 1),
        )  # fmt: skip
    forget_cached()
    structure = create_structure(territory, "Ici (fictif)")

    def account(name: str, role: Role, of: Any = None, where: Any = territory) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=where, password="x" * 14, structure=of
        )

    return SimpleNamespace(
        territory=territory,
        elsewhere=elsewhere,
        coordinator=account("coordination", Role.TERRITORY_COORDINATOR),
        structure_coordinator=account("structure", Role.STRUCTURE_COORDINATOR, structure),
        mediator=account("mediation", Role.MEDIATOR, structure),
        outsider=account("dehors", Role.TERRITORY_COORDINATOR, where=elsewhere),
    )
