"""Paper forms: two parallel ones made from the bank in service, and what people ticked, typed in afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils import timezone

from yole.assessment import permissions, running, selectors, services, services_desk
from yole.assessment.engine.forms import parallel_forms
from yole.assessment.engine.model import Bank
from yole.assessment.engine.paper import score_table
from yole.assessment.enums import Mode, StopReason
from yole.assessment.models import ItemVersion, PaperForm, Sitting
from yole.assessment.services import Given
from yole.assessment.services_desk import Wanted
from yole.base import typography
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account

LENGTH = 20
NAMES = ("A", "B")
LETTERS = "abcd"
UNKNOWN = "?"


def _candidates(force: running.InForce) -> tuple[Bank, list[int]]:
    """Items that may be printed, at most one of those that bar one another: (their bank, the id of their version)."""
    data = dict(ItemVersion.objects.filter(id__in=[force.versions[key] for key in force.keys]).values_list("id", "data"))
    barred: set[int] = set()
    kept: list[int] = []
    for at, key in enumerate(force.keys):
        if at not in barred and "paper" in data[force.versions[key]].get("modes", ["paper"]):
            kept.append(at)
            barred |= force.exclusions.get(key, frozenset()) - {at}
    if not kept:
        raise Refused("Aucune question n’est en service.", code="no-items", status=409)
    return force.tables.bank.take(np.asarray(kept, dtype=np.intp)), [force.versions[force.keys[at]] for at in kept]


@transaction.atomic
def make_forms(account: Account) -> list[PaperForm]:
    """Two parallel forms of 20 questions, no question in common, easiest first. Raises Refused when the bank is too small."""
    require(account, permissions.PAPER)
    parameters = running.current_parameters()
    if parameters is None:
        raise Refused("Aucune question n’est en service.", code="no-items", status=409)
    bank, versions = _candidates(running.in_force(parameters.pk))
    cuts = selectors.rules(account.territory_id).cuts
    try:
        found = parallel_forms(bank, forms=len(NAMES), length=LENGTH, cuts=cuts)
    except ValueError:
        raise Refused("Il n’y a pas assez de questions pour deux feuilles de 20.", code="too-few", status=409) from None
    day = typography.day(timezone.localdate(), "fr", year=True, weekday=False)
    made = []
    for name, items in zip(NAMES, found.items, strict=True):
        order = items[np.argsort(bank.b[items], kind="stable")]
        made.append(
            PaperForm.objects.create(
                territory=account.territory,
                name=f"Feuille {name} du {day}",
                versions=[versions[at] for at in order],
                parameters=parameters,
                table=[asdict(line) for line in score_table(bank.take(order), cuts)],
            )
        )
    record("assessment.paper", reference("account", account.pk), reference("form", made[0].pk), {"forms": len(made)})
    return made


def read_ticks(form_versions: Sequence[ItemVersion], typed: Sequence[str]) -> list[tuple[int, Given]]:
    """What was typed, one cell per question: letters, `?` for « Je ne sais pas », empty cells at the end for questions not reached.

    Raises Refused with the field `r<n>` of the first cell that is wrong.
    """
    last = max((at for at, cell in enumerate(typed) if cell.strip()), default=-1)
    given = []
    for at, (version, cell) in enumerate(zip(form_versions, typed, strict=True)):
        if at > last:
            break
        letters = cell.strip().lower().replace(",", "").replace(" ", "")
        options = [option["id"] for option in version.data["options"]]
        allowed = LETTERS[: len(options)]
        if letters == UNKNOWN:
            given.append((version.pk, Given(())))
            continue
        several = version.data["type"] == "multi"
        if (
            not letters
            or any(one not in allowed for one in letters)
            or len(set(letters)) != len(letters)
            or (len(letters) > 1 and not several)
        ):
            choice = ", ".join(allowed)
            raise Refused(f"Question {at + 1} : écrivez {choice} ou ?", field=f"r{at + 1}", code="unreadable", status=422)
        given.append((version.pk, Given(tuple(options[allowed.index(one)] for one in sorted(letters)))))
    if not given:
        raise Refused("Aucune réponse n’est écrite.", field="r1", code="empty", status=422)
    return given


@transaction.atomic
def type_in(account: Account, form: PaperForm, typed: Sequence[str], wanted: Wanted, *, uuid: UUID | None = None) -> Sitting:
    """The answers of one sheet, scored like any other. The same `uuid` gives the same sitting."""
    require(account, permissions.GIVE)
    if form.territory_id != account.territory_id:
        raise Refused("Cette feuille n’existe pas.", code="unknown", status=404)
    given = read_ticks(selectors.form_versions(form), typed)
    if wanted.mode != Mode.PAPER:
        raise ValueError("a sheet is a sitting on paper")
    sitting = services_desk.give(account, wanted, uuid=uuid)
    return services.receive(sitting, given, stop_reason=StopReason.LENGTH if len(given) == len(form.versions) else StopReason.PERSON)
