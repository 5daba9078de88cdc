"""A territory with two structures, a roadmap on the national frame and one commitment ready to publish. Django is imported inside."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    return make_house()


def make_house() -> SimpleNamespace:
    """territory, elsewhere; ours, other (structures); coordinator, measurer (of ours), stranger (of other), far; frame, roadmap, axis."""
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.roadmap import services
    from yole.territory.models import Territory
    from yole.territory.selectors import today

    territory = Territory.objects.create(
        slug="essai", name="Essai", departements=["972"], time_zone="America/Martinique", languages=["fr"], is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", departements=["971"], languages=["fr"])
    ours, other = create_structure(territory, "Ici (fictif)"), create_structure(territory, "Autre (fictif)")

    def account(name: str, role: Role, of: Any = None, where: Any = territory) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=where, password="x" * 14, structure=of
        )

    frame = services.install_frame(None, territory)
    day = today()
    roadmap = services.create_roadmap(
        None,
        territory,
        name="Feuille d’essai (fictif)",
        starts_on=day - timedelta(days=400),
        ends_on=day + timedelta(days=800),
        frame=frame,
    )
    return SimpleNamespace(
        territory=territory, elsewhere=elsewhere, ours=ours, other=other, frame=frame, roadmap=roadmap, today=day,
        axis=roadmap.axes.get(number=1), coordinator=account("coordination", Role.TERRITORY_COORDINATOR),
        measurer=account("mesure", Role.STRUCTURE_COORDINATOR, ours), stranger=account("autre", Role.STRUCTURE_COORDINATOR, other),
        organiser=account("evenements", Role.EVENT_ORGANISER), far=account("loin", Role.TERRITORY_COORDINATOR, None, elsewhere),
    )  # fmt: skip


def make_commitment(house: SimpleNamespace, *, indicator: bool = True, publish: bool = False, **more: Any) -> Any:
    from yole.roadmap import services_commitments as write

    fields = {
        "title": "Former 60 aidants (fictif)", "axis": house.axis, "responsible": house.ours, "function": "direction",
        "starts_on": house.today - timedelta(days=100), "due_on": house.today + timedelta(days=300), "proof": "attestations",
    }  # fmt: skip
    made = write.create_commitment(house.coordinator, house.roadmap, **{**fields, **more})
    if indicator:
        make_indicator(house, made)
    return write.publish(house.coordinator, made) if publish else made


def make_indicator(house: SimpleNamespace, owner: Any, **more: Any) -> Any:
    from yole.roadmap import services_commitments as write

    fields = {
        "name": "Aidants formés", "definition": "Personnes qui ont une attestation.", "unit": "personnes", "source": "attestations",
        "population": "aidants du territoire", "direction": "hausse", "baseline": Decimal(0),
        "baseline_on": house.today - timedelta(days=100), "baseline_source": "compte de départ", "target": Decimal(60),
        "target_on": house.today + timedelta(days=300), "periodicity": "trimestrielle",
    }  # fmt: skip
    return write.add_indicator(house.coordinator, owner, **{**fields, **more})


def read(house: SimpleNamespace, indicator: Any, value: Any, days_ago: int = 0, **more: Any) -> Any:
    from yole.roadmap.services_readings import Given, add_reading

    given = Given(house.today - timedelta(days=days_ago), Decimal(str(value)), "essai (fictif)", **more)
    return add_reading(house.coordinator, indicator, given)
