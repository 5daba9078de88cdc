"""Images of doubtful rows: deleted when somebody has looked, and after a week whatever happens."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from yole.base.registries import Retention
from yole.debates.models_ballots import BallotCut

CUT_KEPT = timedelta(days=7)


def purge_cuts() -> int:
    """Deletes images older than a week; the sheet stays to be looked at on paper. Returns rows deleted."""
    return BallotCut.objects.filter(made_at__lte=timezone.now() - CUT_KEPT).delete()[0]


RULES = (
    Retention(
        "debates_ballotcut",
        "mission d’intérêt public (RGPD, article 6.1.e)",
        "lecture du bulletin",
        CUT_KEPT,
        "image de la ligne douteuse supprimée, dès le contrôle ou après une semaine",
        purge_cuts,
        "Images de bulletins papier à contrôler",
    ),
)
