"""Two structures, a second territory, fictional people. Django is imported inside: this file is read before it is set up."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

PASSWORD = "une phrase fictive assez longue"


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    """territory, elsewhere (another territory), north and south (structures), far (structure elsewhere)."""
    from yole.organisations.services import create_structure
    from yole.territory.models import Territory

    territory = Territory.objects.create(
        slug="essai", name="Essai", time_zone="America/Martinique", languages=["fr"], holiday_subdivision="MQ", is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    return SimpleNamespace(
        territory=territory,
        elsewhere=elsewhere,
        north=create_structure(territory, "Structure du Nord (fictif)"),
        south=create_structure(territory, "Structure du Sud (fictif)"),
        far=create_structure(elsewhere, "Structure d’ailleurs (fictif)"),
    )


@pytest.fixture
def person(house: SimpleNamespace) -> Callable[..., Any]:
    """Makes a real (not demonstration) account: `person("nord", Role.MEDIATOR, house.north)`."""
    from yole.organisations.services import create_account

    def make(name: str, role: str, structure: Any = None, territory: Any = None, *, fictional: bool = False) -> Any:
        where = territory or (structure.territory if structure is not None else house.territory)
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=where, structure=structure,
            password=PASSWORD, is_fictional=fictional,
        )  # fmt: skip

    return make


@pytest.fixture
def signed() -> Callable[[Any], Any]:
    """A client signed in as somebody, past every stage."""
    from django.test import Client

    def make(account: Any) -> Client:
        client = Client()
        client.force_login(account, backend="yole.organisations.backends.AccountBackend")
        return client

    return make


@pytest.fixture
def place() -> Callable[[Any], Any]:
    """The current membership of an account."""
    from yole.organisations.models import Membership

    return lambda account: Membership.objects.get(account=account, is_current=True)


@pytest.fixture
def seed() -> Callable[[Any], str]:
    """Gives an account an application of codes; returns its seed. The first code of the present step is not used up."""
    from allauth.mfa.models import Authenticator

    from yole.organisations import services_factors as factors

    def make(account: Any) -> str:
        sealed = factors.new_seed()
        Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": sealed, "step": -1})
        return factors.open_seed(sealed)

    return make


@pytest.fixture
def link_in(mailoutbox: list[Any], django_capture_on_commit_callbacks: Any) -> Callable[..., str]:
    """Runs an act, lets its messages leave, and returns the path of the link in the last one."""

    def read(act: Callable[[], object]) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            act()
        found = re.search(r"https?://[^/\s]+(/\S+)", mailoutbox[-1].body)
        assert found is not None
        return found.group(1)

    return read
