"""A territory with an edition, its venue and rooms. Django is imported inside: this file is read before it is set up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

DAY: date = datetime.now(UTC).date() + timedelta(days=20)  # far enough for offers to be answered


@pytest.fixture
def fair(db: None) -> SimpleNamespace:
    """territory, edition (one day, in 20 days, 8 h to 18 h), amphi (200, step-free), room (30, with steps), accounts by role."""
    return build_fair()


def build_fair() -> SimpleNamespace:
    from yole.events import services_editions as editions
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.territory.models import Territory

    territory = Territory.objects.create(slug="essai", name="Essai", time_zone="America/Martinique", languages=["fr"], is_default=True)
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    structure = create_structure(territory, "Structure (fictif)")

    def account(name: str, role: Role, of: Territory = territory) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=of, password="x" * 14, structure=None
        )

    edition = editions.create_edition(
        None, territory, slug="nec_essai", title="Numérique en Commun (fictif)", starts_on=DAY, ends_on=DAY, number=5
    )
    venue = editions.save_venue(None, edition, name="Halle (fictif)")
    return SimpleNamespace(
        territory=territory,
        structure=structure,
        edition=edition,
        venue=venue,
        amphi=editions.save_room(None, venue, name="Amphithéâtre", kind="lecturehall", capacity=200, step_free=True),
        room=editions.save_room(None, venue, name="Salle B", kind="workshop", capacity=30, position=1),
        organiser=account("organisation", Role.EVENT_ORGANISER),
        coordinator=account("coordination", Role.TERRITORY_COORDINATOR),
        mediator=account("mediation", Role.MEDIATOR),
        volunteer=account("benevole", Role.VOLUNTEER),
        evaluator=account("evaluation", Role.EVALUATOR),
        outsider=account("ailleurs", Role.EVENT_ORGANISER, elsewhere),
    )


@pytest.fixture
def new_slot(fair: SimpleNamespace) -> Callable[..., Any]:
    return slot_maker(fair)


def slot_maker(fair: SimpleNamespace) -> Callable[..., Any]:
    """A slot of the edition: 45 minutes at 9 h in the amphitheatre unless told."""
    from yole.events.services_programme import save_slot

    def make(title: str = "Ouverture", **more: Any) -> Any:
        fields = {"room": fair.amphi, "day": 1, "at": time(9), "minutes": 45, **more}
        return save_slot(None, fair.edition, title=title, **fields)

    return make


@pytest.fixture
def draft() -> Callable[..., Any]:
    """What somebody writes in the form of the call."""
    from yole.events.services_call import Draft

    def make(**more: Any) -> Any:
        fields = {
            "title": "Parents face aux écrans",
            "abstract": "Un atelier.",
            "kind": "atelier",
            "minutes": 60,
            "name": "Aline Exemple (fictif)",
            "contact": "aline@exemple.invalid",
            "key": uuid.uuid4(),
            **more,
        }
        return Draft(**fields)

    return make


@pytest.fixture
def person() -> Callable[..., Any]:
    """What somebody writes in the form of registration."""
    from yole.events.services_registration import Form

    def make(name: str = "Bruno (fictif)", **more: Any) -> Any:
        return Form(**{"name": name, "key": uuid.uuid4(), "consent": True, **more})

    return make
