"""Every write of the room: a scenario asked, computed in the background, stopped, asked again, decided."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.deployment import inputs as gathering
from yole.deployment.enums import IN_PROGRESS, WITH_PLAN, Demand, Rule, State, Today
from yole.deployment.models import Scenario
from yole.deployment.permissions import DECIDE, PLAN
from yole.journal import services as journal
from yole.journal.references import reference
from yole.kernel.errors import InputError
from yole.organisations.models import Account

STALE = timedelta(minutes=15)
LOOKED_AT_EVERY = 0.5  # seconds between two looks at « Arrêter », and two writes of the progress
REASON_LIMIT = 2000


def create_scenario(
    by: Account,
    *,
    title: str,
    count: int,
    radius_km: float,
    demand: str = Demand.POPULATION,
    today: str = Today.FRANCE_SERVICES,
    keeps_today: bool = True,
    rule: str = Rule.MOST,
    by_quota: bool = False,
    demand_file: Any = None,
    today_file: Any = None,
) -> Scenario:
    """Keeps the question with its inputs and queues its computation. Raises Refused, or InputError for a file."""
    require(by, PLAN)
    inputs = gathering.gather(by.territory, demand, today, demand_file, today_file)
    with transaction.atomic():
        made = store(by, inputs, title=title, count=count, radius_km=radius_km, demand=demand, today=today, keeps_today=keeps_today,
                     rule=rule, by_quota=by_quota)  # fmt: skip
        _queue(made)
        journal.record(
            "deployment.ask", reference("account", by.pk), reference("scenario", made.pk), {"inputs": made.inputs_sha256, "count": count}
        )
    return made


def store(by: Account, inputs: dict[str, Any], *, count: int, radius_km: float, rule: str, by_quota: bool, **others: Any) -> Scenario:
    """The row of a question, checked and not yet queued."""
    from yole.deployment import planning

    available = len(inputs["points"])
    if count > available:
        raise Refused(
            f"{count} lieux demandés pour {available} points possibles.", remedy=f"Demandez {available} lieux au plus.", field="count"
        )
    asked = planning.Question(inputs, others["keeps_today"], count, radius_km, rule, by_quota, 0)
    if (rule == Rule.FAIR or by_quota) and len(planning.groups_of(asked)) < 2:
        raise Refused(
            "Ces points n’ont pas de groupes à comparer.",
            remedy="Ajoutez une colonne « group » au fichier.",
            field="rule" if rule == Rule.FAIR else "by_quota",
        )
    if rule == Rule.FAIR and not planning.small_enough_to_be_fair(asked):
        raise Refused("Il y a trop de points pour servir d’abord le groupe le moins couvert.", remedy="1 500 points au plus.", field="rule")
    return Scenario.objects.create(
        territory=by.territory,
        author=by,
        inputs=inputs,
        inputs_sha256=gathering.checksum(inputs),
        engine=planning.ENGINE,
        count=count,
        radius_km=radius_km,
        rule=rule,
        by_quota=by_quota,
        **others,
    )


def _queue(scenario: Scenario) -> None:
    from yole.deployment.tasks import compute_scenario

    transaction.on_commit(lambda: compute_scenario.enqueue(scenario.pk))


def run(pk: int) -> str:
    """Computes a scenario that waits; returns its state. Called by the worker; a second call does nothing."""
    from yole.deployment import planning

    started = timezone.now()
    if not Scenario.objects.filter(pk=pk, state=State.WAITING).update(state=State.RUNNING, started_at=started, progress=0):
        return Scenario.objects.values_list("state", flat=True).get(pk=pk)
    scenario = Scenario.objects.get(pk=pk)
    mine = Scenario.objects.filter(pk=pk, state=State.RUNNING, started_at=started)
    told = {"asked": time.monotonic(), "written": time.monotonic(), "stop": False}

    def ask() -> bool:
        if not told["stop"] and time.monotonic() - told["asked"] >= LOOKED_AT_EVERY:
            told["asked"] = time.monotonic()
            told["stop"] = Scenario.objects.values_list("stop_asked", flat=True).get(pk=pk)
        return bool(told["stop"])

    def progress(share: int) -> None:
        if time.monotonic() - told["written"] >= LOOKED_AT_EVERY:
            told["written"] = time.monotonic()
            mine.update(progress=min(99, share))

    try:
        result = planning.compute(question_of(scenario), ask, progress)
    except InputError as error:
        mine.update(state=State.FAILED, ended_at=timezone.now(), result={"reason": error.one_line()})
        return State.FAILED
    except Exception:
        mine.update(state=State.FAILED, ended_at=timezone.now())
        raise
    state = State.STOPPED if result["stopped"] else State.DONE
    mine.update(state=state, result=result, progress=100, ended_at=timezone.now(), engine=planning.ENGINE)
    return state


def question_of(scenario: Scenario) -> Any:
    """The question of a row, as `planning` takes it."""
    from yole.deployment.planning import Question

    return Question(
        inputs=scenario.inputs,
        keeps_today=scenario.keeps_today,
        count=scenario.count,
        radius_km=scenario.radius_km,
        rule=scenario.rule,
        by_quota=scenario.by_quota,
        seed=scenario.seed,
    )


def stop(by: Account, scenario: Scenario) -> None:
    """« Arrêter »: the computation ends within seconds with its best plan so far. Asked twice, it is one stop."""
    _require_here(by, scenario, PLAN)
    if not Scenario.objects.filter(pk=scenario.pk, state__in=IN_PROGRESS).update(stop_asked=True):
        raise Refused("Ce calcul est déjà terminé.", remedy="Regardez son résultat.", code="ended")


def relaunch(by: Account, scenario: Scenario) -> None:
    """Computes again on the same inputs: after a failure, a stop, or a worker that went away."""
    _require_here(by, scenario, PLAN)
    with transaction.atomic():
        row = Scenario.objects.select_for_update().get(pk=scenario.pk)
        if not may_relaunch(row):
            raise Refused("Ce calcul est en cours ou terminé.", remedy="Faites un nouveau scénario.", code="ended")
        row.state, row.progress, row.stop_asked, row.result, row.ended_at = State.WAITING, 0, False, None, None
        row.save(update_fields=["state", "progress", "stop_asked", "result", "ended_at"])
        _queue(row)


def may_relaunch(scenario: Scenario) -> bool:
    stale = scenario.state in IN_PROGRESS and (scenario.started_at or scenario.created_at) < timezone.now() - STALE
    return not scenario.decided_at and (scenario.state in {State.FAILED, State.STOPPED} or stale)


def decide(by: Account, scenario: Scenario, reason: str) -> None:
    """The coordination chooses this plan, and says why. A decision is not changed: another one is taken on another scenario."""
    _require_here(by, scenario, DECIDE)
    reason = reason.strip()
    if not reason:
        raise Refused("Il manque le motif.", remedy="Une phrase suffit. Elle est publiée avec le plan.", field="reason")
    if len(reason) > REASON_LIMIT:
        raise Refused(f"Ce motif est trop long ({len(reason)} signes).", remedy=f"{REASON_LIMIT} signes au plus.", field="reason")
    with transaction.atomic():
        row = Scenario.objects.select_for_update().get(pk=scenario.pk)
        if row.state not in WITH_PLAN:
            raise Refused("Ce scénario n’a pas encore de plan.", remedy="Attendez la fin du calcul.", code="no-plan")
        if row.decided_at is not None:
            raise Refused("Ce plan est déjà choisi.", remedy="Faites un nouveau scénario pour décider autrement.", code="decided")
        row.decision, row.decided_at, row.decided_by = reason, timezone.now(), by
        row.save(update_fields=["decision", "decided_at", "decided_by"])
        sites = [one["id"] for one in (row.result or {})["sites"]]
        body = {"inputs": row.inputs_sha256, "sites": sites}
        journal.record("deployment.decide", reference("account", by.pk), reference("scenario", row.pk), body)


def _require_here(by: Account, scenario: Scenario, act: str) -> None:
    require(by, act)
    if scenario.territory_id != by.territory_id:
        raise Refused("Ce scénario est d’un autre territoire.", remedy="Demandez à sa coordination.", code="forbidden", status=403)
