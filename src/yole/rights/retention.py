"""What is forgotten, and when. Answers are never kept; a follow-up is short."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from yole.base.registries import Retention
from yole.base.scope import system_scope
from yole.rights.enums import Step
from yole.rights.models import FollowUp, Screening

KEPT = timedelta(days=183)
_BASIS = "mission d’intérêt public (RGPD, article 6.1.e), avec l’accord de la personne"


def purge_follow_ups() -> int:
    """Detaches the person six months after the last change of a follow-up; the count stays. Returns rows touched."""
    with system_scope():
        over = FollowUp.objects.filter(changed_at__lte=timezone.now() - KEPT).filter(
            Q(person__isnull=False) | ~Q(inputs_hash="") | ~Q(overruled="")
        )
        keys = list(over.values_list("pk", flat=True))
        FollowUp.objects.filter(pk__in=keys).exclude(step__in=[Step.ANSWERED, Step.CLOSED]).update(
            step=Step.CLOSED, outcome="non-reception"
        )
        return FollowUp.objects.filter(pk__in=keys).update(person=None, inputs_hash="", overruled="", reason="", refusal_reason="")


def purge_screenings() -> int:
    with system_scope():
        return Screening.objects.filter(at__lte=timezone.now() - 2 * KEPT).delete()[0]


RULES = (
    Retention(
        "rights_followup",
        _BASIS,
        "dernier changement du suivi",
        KEPT,
        "lien avec la personne, motifs et empreinte effacés ; comptes gardés",
        purge_follow_ups,
        "Suivis de droits",
    ),
    Retention(
        "rights_screening",
        _BASIS,
        "jour de l’examen",
        2 * KEPT,
        "ligne supprimée",
        purge_screenings,
        "Listes examinées (sans leur contenu)",
    ),
)
