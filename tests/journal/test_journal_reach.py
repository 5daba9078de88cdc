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


# Own acts


@pytest.fixture
def team(two: Any) -> Any:
    """(chief, mediator) of one structure, each with an act; an act of another structure."""
    from django.db import transaction

    from yole.organisations.models import Structure
    from yole.organisations.services import create_account

    near, far = Structure.objects.get(name="Ici (fictif)"), Structure.objects.get(name="Ailleurs (fictif)")

    def account(role: Role) -> Any:
        return create_account(
            email=f"{role}@exemple.invalid", name="Essai (fictif)", role=role, territory=near.territory, structure=near, password="x" * 14
        )

    chief, mediator = account(Role.STRUCTURE_COORDINATOR), account(Role.MEDIATOR)
    with transaction.atomic():
        for who, action, structure in ((chief, "essai.chief", near), (mediator, "essai.mediator", near), (mediator, "essai.away", far)):
            services.record(action, reference("account", who.pk), "person:4", organisation=reference("structure", structure.pk))
    return chief, mediator


def mine(client: Client, account: Any, **query: str) -> set[str]:
    client.force_login(account)
    text = client.get(reverse("journal:mine"), query).content.decode()
    return {name for name in ("near", "far", "chief", "mediator", "away") if f'<td data-t="Acte">essai.{name}<' in text}


def test_everybody_reads_their_own_acts_and_a_structure_its_own(team: Any, client: Client) -> None:
    chief, mediator = team
    assert mine(client, mediator) == {"mediator", "away"}
    assert mine(client, mediator, vue="structure") == {"mediator", "away"}, "a mediator does not read colleagues' acts"
    assert mine(client, chief) == {"chief"}
    assert mine(client, chief, vue="structure") == {"near", "chief", "mediator"}


def test_a_selection_is_counted_up_to_a_bound(two: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.journal import views

    monkeypatch.setattr(views, "COUNTED", 2)
    _, officer = two
    assert "2 actes ou plus" in page(client, officer, start="2000-01-01")


def test_acts_have_words(two: Any, client: Client) -> None:
    from django.db import transaction

    _, officer = two
    with transaction.atomic():
        services.record("people.withdraw-consent", SYSTEM, "person:1")
    text = page(client, officer)
    assert "Accord retiré" in text and "people.withdraw-consent" in text


def test_every_act_of_accounts_and_people_has_words() -> None:
    import re
    from pathlib import Path

    import yole
    from yole.journal.words import words_of

    source = Path(yole.__file__).parent
    accounts = {
        f"accounts.{name}"
        for path in (source / "organisations").glob("*.py")
        for name in re.findall(r'\bnote\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    people = {
        name
        for path in (source / "people").glob("*.py")
        for name in re.findall(r'(?:act|record)\(\s*(?:account, )?"(people\.[a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(accounts) > 20 and len(people) > 10
    assert {name for name in accounts | people if words_of(name) == name} == set()
