"""Cost per workshop and per person: what is paid over what the statistics count, with their limits in words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from .conftest import hired


@pytest.fixture
def worked(bureau: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A contract of which 12,000 € are paid, 40 workshops and 600 people in the roll-ups of this month."""
    from yole.activities.models import Total
    from yole.advisers.services_ledger import pay
    from yole.kernel.periods import month_index
    from yole.territory.selectors import today

    contract = hired(bureau)
    pay(bureau.coordinator, contract.post, 1_200_000, "F-1")
    month = month_index(today())
    for dim, value, activities, people in (("", "", 50, 600), ("kind", "collectif", 40, 580), ("kind", "individuel", 10, 20)):
        Total.objects.create(territory=bureau.territory.pk, month=month, dim=dim, value=value, activities=activities, accompaniments=people)
    return SimpleNamespace(bureau=bureau, contract=contract)


def test_costs_are_recomputed_by_hand(worked: SimpleNamespace, client: Any) -> None:
    from yole.activities.models import Total
    from yole.advisers.indicators import LIMITS, costs, last_months
    from yole.advisers.services_contracts import BreakForm, stop

    found = costs(worked.bureau.territory, last_months())
    assert (found.paid, found.workshops, found.people) == (1_200_000, 40, 600)
    assert (found.per_workshop.value, found.per_person.value) == (300.0, 20.0)
    client.force_login(worked.bureau.coordinator, backend="yole.organisations.backends.AccountBackend")
    page = client.get("/conseillers/equipe/budget/").content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert "300,00 €" in page and "20,00 €" in page and "40 ateliers" in page
    csv = client.get("/conseillers/equipe/budget/couts.csv").content.decode()
    assert csv.count("\n") == 1 + 13 + 2 + len(LIMITS) and ",12000.00,40,300.0,600,20.0," in csv
    # Money that comes back is taken off.
    stop(worked.bureau.coordinator, worked.contract.pk, BreakForm(worked.contract.starts_on, "essai"))
    assert costs(worked.bureau.territory, last_months()).paid < 20_000
    Total.objects.update(activities=2, accompaniments=2)
    hidden = costs(worked.bureau.territory, last_months())
    assert hidden.people is None and hidden.workshops is None and hidden.per_person.masked and hidden.per_workshop.masked
    Total.objects.all().delete()
    assert costs(worked.bureau.territory, last_months()).per_person.note == "aucun accompagnement"
