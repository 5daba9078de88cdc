"""Who coordinates another territory does not touch the quartiers of this one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yole.base.errors import Refused
from yole.territory import services
from yole.territory.models import Commune, Quartier, Territory


@pytest.fixture
def neighbour(martinique: Territory) -> Any:
    """The coordinator of a territory that has one commune."""
    from yole.organisations.models import Account

    Commune.objects.create(
        code="97120", name="Pointe-à-Pitre", sort_key="pointe", search_key="pointe", departement="971", source="essai", source_date="2026"
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"], departements=["971"])
    made = Account(
        email="voisin@exemple.invalid", name="Voisine (fictif)", role="territory-coordinator", territory=elsewhere, is_fictional=True
    )
    made.set_unusable_password()
    made.save()
    return made


def test_a_quartier_of_another_territory_is_unknown(tartane: Quartier, neighbour: Any, client: Client) -> None:
    client.force_login(neighbour, backend="yole.organisations.backends.AccountBackend")
    for name in ("territory:quartier-rename", "territory:quartier-remove"):
        address = reverse(name, args=[tartane.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "Autre"}).status_code == 404
    for act in (lambda: services.rename_quartier(neighbour, tartane.pk, "Autre"), lambda: services.remove_quartier(neighbour, tartane.pk)):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.status == 404
    tartane.refresh_from_db()
    assert (tartane.name, tartane.removed_at) == ("Tartane", None)


def test_one_adds_to_the_communes_of_one_s_territory(tartane: Quartier, neighbour: Any, client: Client) -> None:
    with pytest.raises(Refused, match="pas dans le territoire"):
        services.add_quartier(neighbour, "97230", "La Crique")
    client.force_login(neighbour, backend="yole.organisations.backends.AccountBackend")
    page = client.get(reverse("territory:quartiers")).content.decode()
    assert reverse("territory:quartier-rename", args=[tartane.pk]) not in page
    assert "La Trinité" not in page
    assert "Pointe-à-Pitre" in page
    client.post(reverse("territory:quartiers"), {"commune": "97120", "name": "Lauricisque"})
    assert Quartier.objects.get(commune="97120").name == "Lauricisque"
