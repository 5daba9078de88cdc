"""Decisions on the parameters in force: dated, with a reason, in the journal. Each result says which set it used."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from yole.assessment import permissions
from yole.assessment.enums import ItemState
from yole.assessment.models import Item, ParameterSet, Proposal
from yole.assessment.running import current_parameters
from yole.base.errors import Refused
from yole.base.memo import forget_all
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account

REASON_MAX = 300
_NUMBERS = ("a", "b", "se_a", "se_b", "n")


@transaction.atomic
def decide(account: Account, proposal: Proposal, *, accept: bool, reason: str) -> ParameterSet | None:
    """Accepts or refuses what a night proposed. Accepting writes a new set of parameters; new items then enter service.

    An alert of drift changes no number: it is noted as read, and its items stay or are withdrawn on their own pages.
    """
    require(account, permissions.DECIDE)
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    reason = " ".join(reason.split())
    if proposal.accepted is not None:
        raise Refused("Cette proposition a déjà sa décision.", code="decided", status=409)
    if not reason or len(reason) > REASON_MAX:
        raise Refused("Donnez la raison, en 300 caractères au plus.", field="reason", code="missing", status=422)
    proposal.accepted, proposal.reason = accept, reason
    proposal.decided_by, proposal.decided_at = account, timezone.now()
    proposal.save(update_fields=["accepted", "reason", "decided_by", "decided_at"])
    made = None
    current = current_parameters()
    if accept and proposal.kind != "drift" and current is not None:
        values = {**current.values, **{key: {name: line[name] for name in _NUMBERS} for key, line in proposal.values.items()}}
        made = ParameterSet.objects.create(
            origin="calibrated" if proposal.kind == "full" else "online",
            note=reason[:200],
            values=values,
            correlation=proposal.correlation or current.correlation,
        )
        if proposal.kind == "new":
            Item.objects.filter(key__in=list(proposal.values), state=ItemState.PILOT).update(
                state=ItemState.LIVE, changed_at=timezone.now()
            )
        # Exposure is counted per set of parameters: the share of sittings that saw an item starts again with it.
        Item.objects.update(shown=0)
        forget_all()
    record(
        "assessment.parameters", reference("account", account.pk), reference("proposal", proposal.pk),
        {"kind": proposal.kind, "accepted": accept, "items": len(proposal.values), "why": reason, "set": made.pk if made else None},
    )  # fmt: skip
    return made
