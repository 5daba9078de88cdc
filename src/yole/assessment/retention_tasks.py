"""How long the logs of hands-on tasks are kept."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from yole.assessment.models import TaskRun
from yole.base.registries import Retention

KEPT = timedelta(days=365)


def purge() -> int:
    """Deletes runs of nobody's diagnosis and empties the acts of the others after a year; the score goes with its diagnosis."""
    old = TaskRun.objects.filter(made_at__lte=timezone.now() - KEPT)
    deleted = old.filter(sitting=None).delete()[0]
    return deleted + old.exclude(acts=[]).update(acts=[])


RULE = Retention(
    "assessment_taskrun",
    "mission d’intérêt public (RGPD, article 6.1.e)",
    "date de l’exercice",
    KEPT,
    "relevé des gestes effacé ; le résultat reste avec le diagnostic",
    purge,
    "Exercices pratiques",
)
