"""What the room gives back to a person who asks, and what it forgets of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from yole.rights.enums import Answer, Outcome, Reason, RefusalReason
from yole.rights.models import FollowUp
from yole.rights.selectors import label


def collect(person_id: UUID) -> list[dict[str, Any]]:
    rows = FollowUp.objects.filter(person_id=person_id).order_by("identified_on")
    return [
        {
            "droit": label(row.benefit),
            "étape": row.get_step_display(),
            "repéré le": row.identified_on.isoformat(),
            "demande déposée le": row.filed_on.isoformat() if row.filed_on else "",
            "réponse le": row.answered_on.isoformat() if row.answered_on else "",
            "réponse": Answer(row.answer).label if row.answer else "",
            "montant": str(row.amount) if row.amount is not None else "",
            "motif de l’organisme": RefusalReason(row.refusal_reason).label if row.refusal_reason else "",
            "sans demande": Outcome(row.outcome).label if row.outcome else "",
            "raison": Reason(row.reason).label if row.reason else "",
            "calcul": row.engine,
            "règles du": row.rules_dated.isoformat(),
            "empreinte des réponses": row.inputs_hash,
            "vérification": row.overruled,
        }
        for row in rows
    ]


def erase(person_id: UUID) -> int:
    """Detaches the person; what became of the right stays as a count."""
    return FollowUp.objects.filter(person_id=person_id).update(person=None, inputs_hash="", overruled="", reason="", refusal_reason="")
