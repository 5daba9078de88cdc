"""The demonstration has the shipped bank in service and fictional sittings, their answers drawn from the model."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils import timezone

from yole.assessment import running, selectors
from yole.assessment.enums import Mode, Purpose, SittingState
from yole.assessment.models import Answer, Group, ItemVersion, Result, Sitting
from yole.assessment.services_bank import load_shipped
from yole.base.registries import Note
from yole.base.scope import system_scope
from yole.kernel.codes import new_code
from yole.organisations.models import Account
from yole.territory.models import Territory

SEED = 972
ALONE, PAIRS, WITHOUT_AFTER = 46, 7, 2
GAIN = 0.7  # what the fictional course brings, on theta
GROUP = "Bureautique, automne (fictif)"
MEDIATOR = "mediation@yole.invalid"


def load(note: Note) -> None:
    load_shipped()
    with system_scope():
        if not Group.objects.filter(name=GROUP).exists():
            note(f"yole : {_sittings()} diagnostics de démonstration (fictifs).")


@transaction.atomic
def _sittings() -> int:
    """Anonymous sittings, and a group measured before and after. Returns how many. Rows are written together: a start stays quick."""
    territory = Territory.objects.get(is_default=True)
    parameters = running.current_parameters()
    account = Account.objects.filter(email=MEDIATOR).first()
    if parameters is None:
        return 0
    draw = np.random.default_rng(SEED)
    group = Group.objects.create(territory=territory, structure=account.structure if account else None, name=GROUP)
    plan: list[tuple[str, float, int, UUID | None]] = [
        (Purpose.PLACEMENT, float(draw.normal(-0.4, 1.0)), 60 - at, None) for at in range(ALONE)
    ]
    for at in range(PAIRS + WITHOUT_AFTER):
        theta, same = float(draw.normal(-0.8, 0.7)), UUID(int=int(draw.integers(1, 2**62)), version=4)
        plan.append((Purpose.BEFORE, theta, 75, same))
        if at < PAIRS:
            plan.append((Purpose.AFTER, theta + GAIN + float(draw.normal(0, 0.2)), 12, same))
    force, rules = running.in_force(parameters.pk), selectors.rules(territory.pk)
    versions = ItemVersion.objects.select_related("item").in_bulk(list(force.versions.values()))
    now = timezone.now()
    sittings, answers, results = [], [], []
    for purpose, theta, days, pair in plan:
        began = now - timedelta(days=days, hours=int(draw.integers(0, 6)))
        one = Sitting(
            code=new_code(8), territory=territory, structure=account.structure if account else None, by=account, purpose=purpose,
            mode=Mode.ONLINE, supervised=purpose != Purpose.PLACEMENT, seed=int(draw.integers(0, 2**53)), parameters=parameters,
            is_fictional=True, state=SittingState.FINISHED, started_at=began, last_at=began, finished_at=began + timedelta(minutes=9),
        )  # fmt: skip
        if pair is not None:
            one.pair, one.group = pair, group
        given: list[Answer] = []
        while (chosen := running.next_version(one, given, rules)) is not None:
            version = versions[chosen]
            values = parameters.values[version.item.key]
            right = draw.random() < 1.0 / (1.0 + np.exp(-values["a"] * (theta - values["b"])))
            options = version.data["options"]
            good = [option["id"] for option in options if int(option.get("score", 0)) > 0]
            bad = [option["id"] for option in options if option["id"] not in good]
            response = good if right else [] if draw.random() < 0.4 else bad[:1]
            given.append(Answer(sitting=one, position=len(given) + 1, version=version, response=response, score=int(right), at=began))
        one.stop_reason = running.why_stop(running.replay(force, given), given, rules) or "bank"
        found = running.measure(one, given, rules, parameters.correlation)
        sittings.append(one)
        answers += given
        results.append(
            Result(
                sitting=one,
                theta=found.theta,
                se=found.se,
                level=found.level,
                probability=found.probability,
                probabilities=list(found.probabilities),
                cuts=list(rules.cuts),
                answered=found.answered,
                areas=[{"area": k + 1, "theta": t, "se": se, "answered": n} for k, (t, se, n) in enumerate(found.areas)],
            )
        )
    Sitting.objects.bulk_create(sittings)
    Answer.objects.bulk_create(answers)
    Result.objects.bulk_create(results)
    return len(sittings)
