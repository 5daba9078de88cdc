"""What is forgotten, and when. A sitting that names nobody is kept for the difficulty of questions; its link with a person is cut."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from yole.assessment import services
from yole.assessment.enums import SittingState
from yole.assessment.models import BankImport, Sitting, Triage
from yole.base.registries import Retention
from yole.base.scope import system_scope

LINKED = timedelta(days=730)
TRIAGE = timedelta(days=365)
IMPORT = timedelta(days=1)
_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"


def purge_sittings() -> int:
    """Gives up idle sittings, and cuts the link with a person two years after the end. Returns rows touched."""
    with system_scope():
        gone = services.expire_idle()
        over = Sitting.objects.filter(state=SittingState.FINISHED, finished_at__lte=timezone.now() - LINKED)
        return gone + over.filter(person__isnull=False).update(person=None)


def purge_triages() -> int:
    with system_scope():
        return Triage.objects.filter(made_at__lte=timezone.now() - TRIAGE).delete()[0]


def purge_imports() -> int:
    with system_scope():
        return BankImport.objects.filter(made_at__lte=timezone.now() - IMPORT).delete()[0]


RULES = (
    Retention(
        "assessment_sitting",
        _BASIS,
        "dernière réponse, ou fin du diagnostic",
        services.IDLE,
        "diagnostic abandonné effacé après 30 jours ; lien avec une personne suivie coupé 2 ans après la fin",
        purge_sittings,
        "Diagnostics",
    ),
    Retention("assessment_triage", _BASIS, "jour du repérage", TRIAGE, "repérages supprimés", purge_triages, "Repérages"),
    Retention("assessment_bankimport", _BASIS, "envoi du fichier", IMPORT, "fichiers supprimés", purge_imports, "Fichiers de questions"),
)
