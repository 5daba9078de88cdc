"""What the room gives back and erases when a person asks, and what it shows on their page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string

from yole.assessment import permissions, selectors, selectors_desk
from yole.assessment.enums import SittingState
from yole.assessment.forms_desk import TRIAGE
from yole.assessment.models import Sitting, Triage
from yole.base.permissions import may
from yole.organisations.models import Account


def collect_sittings(person: UUID) -> list[dict[str, Any]]:
    """Each diagnosis with its result and its answers, in words."""
    rows = []
    for one in Sitting.objects.filter(person=person).exclude(state=SittingState.EXPIRED).select_related("result").order_by("started_at"):
        row: dict[str, Any] = {
            "code": one.code,
            "commencé": one.started_at.isoformat(),
            "raison": str(one.get_purpose_display()),
            "support": one.get_mode_display(),
        }
        if one.state == SittingState.FINISHED:
            report = selectors_desk.report(one)
            row |= {"niveau": f"{report.level} ({report.name})", "sûr à": f"{report.per_hundred} sur 100"}
            row["réponses"] = [f"{line.question} {', '.join(line.given) or 'Je ne sais pas'}" for line in report.answers]
        rows.append(row)
    return rows


def erase_sittings(person: UUID) -> int:
    """The answers stay for the difficulty of questions; nothing says any more whose they were, nor what they are like."""
    return Sitting.objects.filter(person=person).update(person=None, age_band="", gender="")


def collect_triages(person: UUID) -> list[dict[str, Any]]:
    words = {name: (label, dict(choices)) for name, label, choices in TRIAGE}
    return [
        {
            "jour": one.made_at.isoformat(),
            "suite": str(one.get_decided_display()),
            **{words[name][0]: words[name][1].get(value, value) for name, value in one.answers.items() if name in words},
        }
        for one in Triage.objects.filter(person=person).order_by("made_at")
    ]


def erase_triages(person: UUID) -> int:
    return Triage.objects.filter(person=person).delete()[0]


PARTS = (
    ("assessment.sittings", "Diagnostics", collect_sittings, erase_sittings),
    ("assessment.triages", "Repérages", collect_triages, erase_triages),
)


def journey(request: HttpRequest, person: UUID) -> str:
    """Diagnoses on the page of a person; empty for whoever may read none."""
    account = request.user
    if not isinstance(account, Account) or not may(account, permissions.SEE):
        return ""
    rows = []
    for one in selectors_desk.of_person(account, person):
        finished = one.state == SittingState.FINISHED
        names = selectors.level_names(one.territory_id, len(one.result.probabilities)) if finished else []
        change = selectors_desk.change_up_to(one) if finished else None
        rows.append(
            {
                "sitting": one,
                "level": one.result.level + 1 if finished else None,
                "name": names[one.result.level] if finished else "",
                "change": change,
            }
        )
    context = {"rows": rows, "person": person, "may_give": may(account, permissions.GIVE)}
    return render_to_string("assessment/desk/_journey.html", context, request=request)
