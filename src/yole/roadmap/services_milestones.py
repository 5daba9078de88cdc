"""Writes on milestones, and taking back a recorded change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from yole.base.errors import Refused
from yole.organisations.acting import allow
from yole.organisations.models import Account
from yole.roadmap import permissions
from yole.roadmap.enums import Subject
from yole.roadmap.models import Change, Commitment, Indicator, Milestone, Review
from yole.roadmap.services import filled
from yole.roadmap.services_commitments import MILESTONE_FIELDS, change_commitment, change_indicator, keep, plain, write
from yole.roadmap.services_readings import Evidence, may_measure
from yole.territory.selectors import today


@transaction.atomic
def add_milestone(account: Account | None, commitment: Commitment, *, title: str, due_on: date, deliverable: str = "") -> Milestone:
    allow(account, permissions.WRITE, commitment.territory_id)
    made = Milestone.objects.create(
        territory_id=commitment.territory_id, commitment=commitment, title=filled(title, "title", "Écrivez un titre."),
        deliverable=deliverable.strip(), due_on=due_on,
    )  # fmt: skip
    if commitment.published_at is not None:
        keep(account, commitment, Subject.MILESTONE, made, {}, {"title": made.title}, "Nouveau jalon")
    return made


@transaction.atomic
def change_milestone(
    account: Account | None, milestone: Milestone, *, reason: str = "", review: Review | None = None, **fields: Any
) -> Milestone:
    """Changes title, deliverable or date; of a public commitment, with a reason and the value before kept. Raises Refused."""
    allow(account, permissions.WRITE, milestone.territory_id)
    locked = Milestone.objects.select_for_update(of=("self",)).select_related("commitment").get(pk=milestone.pk)
    write(account, locked.commitment, Subject.MILESTONE, locked, MILESTONE_FIELDS, fields, reason, review)
    filled(locked.title, "title", "Écrivez un titre.")
    locked.save()
    return locked


@transaction.atomic
def deliver(account: Account | None, milestone: Milestone, *, on: date, evidence: str, file: Evidence | None = None) -> Milestone:
    """The milestone is delivered, with its proof. Raises Refused for a day to come, or without proof."""
    may_measure(account, milestone.commitment)
    locked = Milestone.objects.select_for_update(of=("self",)).select_related("commitment").get(pk=milestone.pk)
    if on > today():
        raise Refused("Ce jour n’est pas encore venu.", field="on", code="future")
    before = {"delivered_on": plain(locked.delivered_on)}
    locked.delivered_on, locked.evidence = on, filled(evidence, "evidence", "Dites ce qui le prouve.")
    if file is not None:
        locked.file_name, locked.file_hash = file.name, file.digest
    locked.save()
    if locked.commitment.published_at is not None:
        keep(account, locked.commitment, Subject.MILESTONE, locked, before, {"delivered_on": plain(on)}, locked.evidence)
    return locked


@transaction.atomic
def undo_delivery(account: Account | None, milestone: Milestone, reason: str) -> Milestone:
    """Takes a delivery back: it was said too early. The history keeps it. Raises Refused."""
    may_measure(account, milestone.commitment)
    locked = Milestone.objects.select_for_update(of=("self",)).select_related("commitment").get(pk=milestone.pk)
    if locked.delivered_on is None:
        raise Refused("Ce jalon n’est pas livré.", code="done")
    before = {"delivered_on": plain(locked.delivered_on)}
    locked.delivered_on = None
    locked.save(update_fields=["delivered_on"])
    words = filled(reason, "reason", "Dites pourquoi.")
    if locked.commitment.published_at is not None:
        keep(account, locked.commitment, Subject.MILESTONE, locked, before, {"delivered_on": ""}, words)
    return locked


_ACTS: dict[str, tuple[type[models.Model], Any]] = {
    Subject.COMMITMENT: (Commitment, change_commitment),
    Subject.INDICATOR: (Indicator, change_indicator),
    Subject.MILESTONE: (Milestone, change_milestone),
}


def may_undo(change: Change) -> bool:
    """Whether a change can be taken back: a text, a number or a date of the thing, still as the change left it."""
    model, _act = _ACTS[change.subject]
    field = next((one for one in model._meta.get_fields() if one.name == change.field), None)
    simple = isinstance(field, (models.CharField, models.TextField, models.DateField, models.DecimalField))
    if not simple or change.field in ("abandoned_on", "delivered_on", "retired_on", "judgement", "judgement_words"):
        return False
    thing = model._default_manager.filter(territory=change.territory_id, uid=change.subject_uid).first()
    return thing is not None and bool(change.before) and plain(getattr(thing, change.field)) == change.after


@transaction.atomic
def undo(account: Account | None, change: Change) -> None:
    """Puts the value before back, as another change. Raises Refused when something else changed it since."""
    allow(account, permissions.WRITE, change.territory_id)
    if not may_undo(change):
        raise Refused("Cette modification ne peut plus être annulée.", remedy="Modifiez la valeur.", code="changed-since")
    model, act = _ACTS[change.subject]
    field = model._meta.get_field(change.field)
    value: Any = change.before
    if isinstance(field, models.DateField):
        value = date.fromisoformat(value)
    elif isinstance(field, models.DecimalField):
        value = Decimal(value)
    thing = model._default_manager.get(territory=change.territory_id, uid=change.subject_uid)
    act(account, thing, reason="Retour à la valeur d’avant", **{change.field: value})
