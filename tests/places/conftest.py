"""The demonstration territory, a fixed moment, and the tables of communes read once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from yole.kernel.gazetteer import Gazetteer
    from yole.territory.models import Territory

MONDAY_9H = datetime(2026, 11, 23, 9, 0)


@pytest.fixture
def territory(db: None) -> Territory:
    from yole.places import search
    from yole.territory import demo
    from yole.territory.models import Territory

    search._sizes.clear()
    demo.load(lambda message: None)
    return Territory.objects.get(is_default=True)


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    from yole.territory.carried import load_gazetteer

    return load_gazetteer()


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Pages believe that it is Monday 23 November 2026, 9 in the morning."""
    from yole.places import selectors

    monkeypatch.setattr(selectors, "local_now", lambda: MONDAY_9H)
    return MONDAY_9H


@pytest.fixture
def coordinator(territory: Territory) -> Any:
    from yole.organisations.models import Account

    made = Account(
        email="coordination@exemple.invalid", name="Personne fictive", role="territory-coordinator", territory=territory, is_fictional=True
    )
    made.set_unusable_password()
    made.save()
    return made


@pytest.fixture
def volunteer(territory: Territory) -> Any:
    from yole.organisations.models import Account

    made = Account(email="benevole@exemple.invalid", name="Bénévole fictif", role="volunteer", territory=territory, is_fictional=True)
    made.set_unusable_password()
    made.save()
    return made
