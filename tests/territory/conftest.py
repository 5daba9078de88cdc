"""Small fixtures of our own: a territory of a few communes, and people who may act."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

# Imported inside fixtures: this file is read before Django is set up.
if TYPE_CHECKING:
    from yole.territory.models import Territory


@pytest.fixture
def martinique(db: None) -> Territory:
    """The demonstration territory, with its 34 communes."""
    from yole.territory import demo
    from yole.territory.models import Territory

    demo.load(lambda message: None)
    return Territory.objects.get(is_default=True)


@pytest.fixture
def account(martinique: Territory) -> Callable[[str], Any]:
    """Makes a fictional account of a role in the demonstration territory."""
    from yole.organisations.models import Account

    def make(role: str) -> Any:
        made = Account(
            email=f"{role}@exemple.invalid", name=f"Personne fictive ({role})", role=role, territory=martinique, is_fictional=True
        )
        made.set_unusable_password()
        made.save()
        return made

    return make


@pytest.fixture
def coordinator(account: Callable[[str], Any]) -> Any:
    return account("territory-coordinator")


@pytest.fixture
def tartane(martinique: Territory, coordinator: Any) -> Any:
    from yole.territory import services

    return services.add_quartier(coordinator, "97230", "Tartane", lat=14.757, lon=-60.922)
