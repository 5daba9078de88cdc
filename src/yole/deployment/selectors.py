"""Reads of the room."""

from __future__ import annotations

from django.db.models import QuerySet

from yole.deployment.enums import WITH_PLAN
from yole.deployment.models import Scenario
from yole.organisations.models import Account


def scenarios(account: Account) -> QuerySet[Scenario]:
    """Scenarios of the account's territory, the latest first, without their inputs."""
    return Scenario.objects.filter(territory=account.territory).defer("inputs").order_by("-created_at", "-pk")


def planned(account: Account) -> QuerySet[Scenario]:
    """Those that have a plan."""
    return scenarios(account).filter(state__in=WITH_PLAN)


def scenario(account: Account, pk: int) -> Scenario | None:
    return Scenario.objects.select_related("territory", "author", "decided_by").filter(pk=pk, territory=account.territory).first()
