"""Follow-ups of the demonstration: invented people, invented answers of the offices."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from yole.base.registries import Note
from yole.base.scope import system_scope
from yole.organisations.models import Account
from yole.people.models import Person
from yole.rights.enums import Answer, Outcome, Reason, RefusalReason, Step
from yole.rights.models import FollowUp
from yole.territory.selectors import today

# (benefit, step, days since it was identified, answer, EUR a month)
_ROWS = (
    ("ppa", Step.ANSWERED, 120, Answer.GRANTED, 214),
    ("aide_logement", Step.ANSWERED, 110, Answer.GRANTED, 257),
    ("rsa", Step.ANSWERED, 95, Answer.REFUSED, None),
    ("asf", Step.FILED, 70, "", None),
    ("css", Step.PREPARED, 20, "", None),
    ("ppa", Step.IDENTIFIED, 6, "", None),
    ("aspa", Step.CLOSED, 40, "", None),
)


def load(note: Note) -> None:
    account = Account.objects.filter(email="mediation@yole.invalid", is_fictional=True, structure__isnull=False).first()
    if account is None or account.structure is None:
        return
    with system_scope():
        if FollowUp.objects.filter(is_fictional=True).exists():
            return
        people = list(
            Person.objects.filter(is_fictional=True, structure=account.structure, sealed__isnull=False)
            .select_related("commune")
            .order_by("pk")[: len(_ROWS)]
        )
        for person, (benefit, step, days, answer, amount) in zip(people, _ROWS, strict=False):
            seen = today() - timedelta(days=days)
            filed = seen + timedelta(days=8) if step in (Step.FILED, Step.ANSWERED) else None
            FollowUp.objects.create(
                territory=account.territory,
                structure=account.structure,
                person=person,
                benefit=benefit,
                commune=person.commune.code if person.commune else "",
                step=step,
                identified_on=seen,
                prepared_on=seen + timedelta(days=4) if step in (Step.PREPARED, Step.FILED, Step.ANSWERED) else None,
                filed_on=filed,
                answered_on=filed + timedelta(days=45) if filed and answer else None,
                remind_on=today() if step in (Step.FILED, Step.PREPARED) else None,
                answer=answer,
                amount=Decimal(amount) if amount else None,
                refusal_reason=RefusalReason.INCOME if answer == Answer.REFUSED else "",
                outcome=Outcome.NOT_ASKED if step == Step.CLOSED else "",
                reason=Reason.COMPLEXITY if step == Step.CLOSED else "",
                verdict="yes",
                probability=1.0,
                inputs_hash="",
                engine="openfisca-france 176.1.8, core 44.7.1",
                rules_dated="2026-04-01",
                told_by=account,
                is_fictional=True,
            )
    note("yole : suivis de droits de démonstration (fictifs).")
