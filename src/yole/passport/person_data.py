"""What the room gives back to a person who asks, and what it forgets of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from yole.passport.models import Award, Candidacy
from yole.passport.services_awards import level_address


def collect(person_id: UUID) -> list[dict[str, Any]]:
    """Candidacies and passports; the credential itself, which is the person's."""
    rows = []
    found = Candidacy.objects.filter(person_id=person_id).select_related("jury__scheme", "level", "proposed").order_by("jury__held_on")
    for one in found:
        award = Award.objects.filter(candidacy=one).select_related("level__scheme").first()
        rows.append(
            {
                "programme": one.jury.scheme.name,
                "jury du": one.jury.held_on.isoformat(),
                "décision": one.get_decision_display() if one.decision else "en attente",
                "niveau proposé par le calcul": one.proposed.name if one.proposed else "",
                "niveau attribué": one.level.name if one.level else "",
                "motif": one.motive,
                "à travailler": one.to_work_on,
                "preuves": one.evidence,
                "passeport": str(award.uuid) if award else "",
                "état du passeport": award.get_state_display() if award else "",
                "page du niveau": level_address(award.level) if award else "",
                "attestations": [made.document for made in award.credentials.exclude(document="")] if award else [],
            }
        )
    return rows


def erase(person_id: UUID) -> int:
    """Detaches the person; what was decided stays as a count, and the passport in the person's hands keeps its status."""
    return Candidacy.objects.filter(person_id=person_id).update(
        person=None, booking=None, sitting=None, motive="", to_work_on="", evidence={}
    )
