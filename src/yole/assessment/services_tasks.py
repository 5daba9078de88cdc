"""Writes of the hands-on tasks. The score is always computed here, from the log of acts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yole.assessment import selectors, tasks_oral
from yole.assessment.engine.tasks import MACHINES, replay, unknown_acts
from yole.assessment.enums import Task
from yole.assessment.models import Sitting, TaskRun
from yole.assessment.permissions_tasks import RECORD_TASK
from yole.assessment.tasks_content import keys
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.organisations.models import Account

ACTS_MOST = 400
LONGEST_MS = 24 * 3600 * 1000

Act = tuple[str, int]
"""(act of the closed list, milliseconds since the start). The time is kept, never scored."""


@transaction.atomic
def receive(uuid: UUID, task: str, acts: Sequence[Act], *, code: str = "") -> TaskRun:
    """A run done in a page, perhaps without a network and sent later; sending it again changes nothing.

    Raises Refused for an unknown task, an act outside the closed list, a log that is not finished, or a code of no diagnosis.
    """
    found = TaskRun.objects.filter(pk=uuid).first()
    if found is not None:
        return found
    sitting = _sitting(code) if code else None
    # Only the page knew what the password was: nobody else can check it.
    return _write(uuid, task, acts, sitting=sitting, client_side=task == Task.PASSWORD)


@transaction.atomic
def record(
    account: Account, uuid: UUID, task: str, variant: int, ticked: Sequence[int], *, code: str, hints: int, together: bool
) -> TaskRun:
    """A run done aloud or on paper, ticked by a member of the team; the same form sent twice changes nothing.

    Raises Refused when the account may not, when a question has no answer, or for a code of no diagnosis.
    """
    require(account, RECORD_TASK)
    found = TaskRun.objects.filter(pk=uuid).first()
    if found is not None:
        return found
    sitting = _sitting(code)
    if sitting.territory_id != account.territory_id:
        raise Refused("Ce diagnostic est celui d’un autre territoire.", field="code", code="forbidden", status=403)
    try:
        log = tasks_oral.log(task, variant, ticked, hints=hints, together=together)
    except IndexError as error:
        raise Refused("Cochez une réponse à chaque question.", field="ticks", code="unanswered") from error
    return _write(uuid, task, [(act, 0) for act in log], sitting=sitting, client_side=False)


def _sitting(code: str) -> Sitting:
    sitting = selectors.by_code(code)
    if sitting is None:
        raise Refused(_("Ce code n’est celui d’aucun diagnostic."), field="code", code="unknown-code")
    return sitting


def _write(uuid: UUID, task: str, acts: Sequence[Act], *, sitting: Sitting | None, client_side: bool) -> TaskRun:
    machine = MACHINES.get(task)
    if machine is None:
        raise Refused(_("Cet exercice n’existe pas."), field="task", code="unknown")
    names = [act for act, _ms in acts]
    if not names or len(names) > ACTS_MOST or not names[0].startswith("start:") or unknown_acts(machine, names):
        raise Refused(_("Le relevé de cet exercice est illisible."), field="acts", code="unreadable")
    if any(not 0 <= ms <= LONGEST_MS for _act, ms in acts):
        raise Refused(_("Le relevé de cet exercice est illisible."), field="acts", code="unreadable")
    outcome = replay(machine, keys(task), names)
    if not outcome.finished:
        raise Refused(_("Cet exercice n’est pas fini."), field="acts", code="unfinished")
    made, _created = TaskRun.objects.get_or_create(
        pk=uuid,
        defaults={
            "sitting": sitting,
            "task": task,
            "score": outcome.score,
            "hints": outcome.hints,
            "acts": [list(act) for act in acts],
            "assisted": outcome.assisted,
            "client_side": client_side,
        },
    )
    return made
