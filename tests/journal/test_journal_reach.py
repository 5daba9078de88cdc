"""Who coordinates one territory does not read the acts of structures of another."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yole.journal import services
from yole.journal.references import SYSTEM, reference
from yole.organisations.enums import Role


@pytest.fixture
def two(db: None) -> Any:
    """(coordinator, officer) of the first of two territories; acts of a structure of each, and one that names none."""
    from django.db import transaction

    from yole.organisations.services import create_account, create_structure
    from yole.territory.models import Territory

    here = Territory.objects.create(slug="ici", name="Ici", languages=["fr"], is_default=True)
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    near, far = create_structure(here, "Ici (fictif)"), create_structure(elsewhere, "Ailleurs (fictif)")
    with transaction.atomic():
        services.record("essai.near", SYSTEM, "person:1", organisation=reference("structure", near.pk))
        services.record("essai.far", SYSTEM, "person:2", organisation=reference("structure", far.pk))
        services.record("essai.far-settings", SYSTEM, reference("territory", elsewhere.pk))
        services.record("essai.unplaced", SYSTEM, "person:3")

    def account(role: Role) -> Any:
        return create_account(email=f"{role}@exemple.invalid", name="Essai (fictif)", role=role, territory=here, password="x" * 14)

    return account(Role.TERRITORY_COORDINATOR), account(Role.DATA_PROTECTION_OFFICER)


def page(client: Client, account: Any, **query: str) -> str:
    client.force_login(account)
    answer = client.get(reverse("journal:entries"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def lines(text: str) -> set[str]:
    return {name for name in ("near", "far", "far-settings", "unplaced") if f'<td data-t="Acte">essai.{name}<' in text}


def test_a_coordinator_reads_its_territory_and_what_cannot_be_placed(two: Any, client: Client) -> None:
    coordinator, officer = two
    assert lines(page(client, coordinator)) == {"near", "unplaced"}
    assert lines(page(client, coordinator, action="essai.far")) == set()
    assert lines(page(client, officer)) == {"near", "far", "far-settings", "unplaced"}


def test_the_whole_journal_is_for_who_reads_all_of_it(two: Any, client: Client) -> None:
    coordinator, officer = two
    assert reverse("journal:export") not in page(client, coordinator)
    assert client.post(reverse("journal:export")).status_code == 403
    assert reverse("journal:export") in page(client, officer)
    assert client.post(reverse("journal:export")).status_code == 200
