"""A structure and its places meet by the number of the organisation."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yole.organisations.enums import Role


@pytest.fixture
def world(db: None) -> Any:
    """(coordinator, structure with a SIRET, one without) and places: same SIRET, same SIREN, another one, a closed one."""
    from types import SimpleNamespace

    from yole.organisations.services import create_account, create_structure
    from yole.places.models import Place
    from yole.territory.models import Territory

    territory = Territory.objects.create(slug="essai", name="Essai", languages=["fr"], is_default=True)
    coordinator = create_account(
        email="haut@exemple.invalid", name="Haut (fictif)", role=Role.TERRITORY_COORDINATOR, territory=territory, password="x" * 14
    )
    pivots = ("73282932000074", "73282932000082", "55208131766522", "73282932000074")
    for number, pivot in enumerate(pivots):
        Place.objects.create(
            territory=territory, source="essai", source_id=str(number), slug=f"lieu-{number}", name=f"Lieu {number} (fictif)",
            commune_name="Saint-Joseph", postcode="97212", address="1 rue", updated_on="2026-01-01", sort_key=f"lieu {number}",
            name_key=f"lieu {number}", address_key="1 rue", pivot=pivot, closed_on="2026-01-01" if number == 3 else None,
        )  # fmt: skip
    named, bare = create_structure(territory, "Avec (fictif)", siret="73282932000074"), create_structure(territory, "Sans (fictif)")
    return SimpleNamespace(coordinator=coordinator, named=named, bare=bare)


def test_the_page_of_a_structure_shows_its_open_places(world: Any) -> None:
    client = Client()
    client.force_login(world.coordinator)
    page = client.get(reverse("organisations:structure-edit", args=[world.named.pk])).content.decode()
    assert [f"Lieu {n} (fictif)" in page for n in range(4)] == [True, True, False, False]
    assert page.count("(autre établissement)") == 1
    bare = client.get(reverse("organisations:structure-edit", args=[world.bare.pk])).content.decode()
    assert "Donnez le SIRET de la structure" in bare and "Lieu 0" not in bare
    assert "Ses lieux" not in client.get(reverse("organisations:structure-new")).content.decode()


def test_a_number_of_zeros_is_no_siret(world: Any) -> None:
    from yole.base.errors import Refused
    from yole.organisations.services import clean_siret

    with pytest.raises(Refused):
        clean_siret("00000000000000")
