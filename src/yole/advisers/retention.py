"""What is forgotten, and when: names and addresses of those who applied; counts, dates and choices stay."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yole.advisers.enums import CandidateState, HostState
from yole.advisers.models import Candidate, Host, Relation
from yole.base.registries import Retention
from yole.base.scope import system_scope

UNCONFIRMED = timedelta(days=14)
GONE = timedelta(days=30)
KEPT = timedelta(days=730)
_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"


def purge_candidates() -> int:
    """Erases who did not confirm after 14 days, who left after 30, and the others two years after their last act. Returns rows touched."""
    now = timezone.now()
    left = Q(state__in=[CandidateState.WITHDRAWN, CandidateState.BLOCKED], changed_at__lte=now - GONE)
    due = Q(state=CandidateState.REGISTERED, changed_at__lte=now - UNCONFIRMED) | left | Q(changed_at__lte=now - KEPT)
    with system_scope(), transaction.atomic():
        keys = list(Candidate.objects.filter(due, erased_at__isnull=True).values_list("pk", flat=True))
        rows = Candidate.objects.filter(pk__in=keys)
        rows.filter(state=CandidateState.REGISTERED).update(state=CandidateState.WITHDRAWN)
        Relation.objects.filter(candidate__in=keys).exclude(reason="").update(reason="")
        return rows.update(sealed=b"", digest="", skills=[], gender="", erased_at=now)


def purge_hosts() -> int:
    """Erases who asked in the name of a structure, two years after a refusal, a withdrawal or a duplicate. Returns rows touched."""
    over = [HostState.REFUSED, HostState.CANCELLED, HostState.DUPLICATE]
    with system_scope():
        return Host.objects.filter(state__in=over, created_at__lte=timezone.now() - KEPT).exclude(sealed=b"").update(sealed=b"")


RULES = (
    Retention(
        table="advisers_candidate",
        label="Candidatures de conseillers",
        basis=_BASIS,
        start="dernier acte ; 14 jours sans confirmer l’adresse ; 30 jours après un retrait",
        duration=KEPT,
        action="nom, adresse, genre et compétences effacés ; dates et choix gardés sans nom",
        purge=purge_candidates,
    ),
    Retention(
        table="advisers_host",
        label="Contacts des structures qui demandent un conseiller",
        basis=_BASIS,
        start="demande refusée, annulée ou en double",
        duration=KEPT,
        action="nom et adresse de la personne effacés",
        purge=purge_hosts,
    ),
)
