"""Contracts as they are read: their stage today, when the end is near, what each is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from yole.advisers import sealing
from yole.advisers.enums import LIVING, ContractState
from yole.advisers.models import Contract, Host, TrainingRule
from yole.base.scope import system_scope
from yole.organisations.models import Account
from yole.territory.models import Territory
from yole.territory.selectors import today


def rule(territory: Territory) -> TrainingRule:
    """What the territory decided, or the defaults (a row that is not saved)."""
    return TrainingRule.objects.filter(territory=territory).first() or TrainingRule(territory=territory)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or the last day of that month."""
    index = day.year * 12 + day.month - 1 - months
    for last in (day.day, 30, 29, 28):
        try:
            return date(index // 12, index % 12 + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError("no such month")  # 28 exists in each


def warned_from(territory: Territory, ends_on: date) -> date:
    """The day from which the end of a contract is near."""
    return months_before(ends_on, rule(territory).warn_months)


@dataclass(frozen=True, slots=True)
class Held:
    """A contract, the name of its adviser (empty once erased) and its stage today in words. `near`: it ends soon, nothing was asked."""

    contract: Contract
    name: str
    stage: str
    near: bool


def _stage(contract: Contract, months: int, day: date) -> tuple[str, bool]:
    if contract.state == ContractState.RUNNING:
        if day < contract.starts_on:
            return f"Signé, commence le {contract.starts_on:%d/%m/%Y}", False
        if day > contract.ends_on:
            return f"Fini le {contract.ends_on:%d/%m/%Y}, suite à dire", True
        if day >= months_before(contract.ends_on, months):
            return f"Finit dans moins de {months} mois", True
    if contract.state == ContractState.BROKEN:
        return f"Rompu : {contract.get_break_reason_display().lower()}", False
    return str(contract.get_state_display()), False


def contracts(territory: Territory) -> QuerySet[Contract]:
    rows = Contract.objects.filter(post__host__territory=territory)
    return rows.select_related("post__host__territory", "relation__candidate__commune", "previous").order_by(
        "post__host__name", "post", "starts_on"
    )


def held(territory: Territory, day: date | None = None) -> list[Held]:
    """Every contract of a territory, by structure."""
    day, months = day or today(), rule(territory).warn_months
    return [Held(one, sealing.unseal(one.relation.candidate.sealed)[0], *_stage(one, months, day)) for one in contracts(territory)]


def one(account: Account, pk: int) -> Held | None:
    found = contracts(account.territory).filter(pk=pk).first()
    if found is None:
        return None
    return Held(found, sealing.unseal(found.relation.candidate.sealed)[0], *_stage(found, rule(account.territory).warn_months, today()))


def of_host(host: Host) -> list[tuple[Contract, bool]]:
    """Living contracts of a structure, for its own page, and whether it may ask for a renewal now."""
    with system_scope():
        rows = Contract.objects.filter(post__host=host, state__in=LIVING).select_related("post").order_by("post__number", "starts_on")
        months = rule(host.territory).warn_months
        return [(row, row.state == ContractState.RUNNING and today() >= months_before(row.ends_on, months)) for row in rows]


def ending(day: date) -> list[Contract]:
    """Running contracts of every territory whose end is near and whose structure was not told yet."""
    rows = Contract.objects.filter(state=ContractState.RUNNING, reminded_on__isnull=True, starts_on__lte=day, ends_on__gte=day)
    near = rows.select_related("post__host__territory").order_by("ends_on", "pk")
    return [row for row in near if day >= warned_from(row.post.host.territory, row.ends_on)]
