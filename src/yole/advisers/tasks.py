"""Regular work of the room."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django_tasks import task

from yole.advisers import mails
from yole.advisers.models import Contract
from yole.advisers.selectors_contracts import ending
from yole.base.scope import system_scope
from yole.territory.selectors import today


def remind_ends() -> int:
    """Tells each structure once that a contract is near its end; returns how many were told."""
    told = 0
    with system_scope():
        day = today()
        for contract in ending(day):
            with transaction.atomic():
                if Contract.objects.filter(pk=contract.pk, reminded_on__isnull=True).update(reminded_on=day):
                    mails.contract_ends(contract)
                    told += 1
    return told


@task()
def remind() -> int:
    """Told once per contract."""
    return remind_ends()


PERIODIC = (("advisers.remind", timedelta(hours=12), remind),)
