"""What is forgotten, and when: names and addresses of those who applied; counts, dates and choices stay."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yole.advisers.enums import LIVING, CandidateState, ContractState, HostState
from yole.advisers.models import Candidate, Contract, Enrolment, Host, Interview, Relation, ShownLevel
from yole.base.registries import Retention
from yole.base.scope import system_scope
from yole.bookings.models import Booking

UNCONFIRMED = timedelta(days=14)
GONE = timedelta(days=30)
KEPT = timedelta(days=730)
WORDS_KEPT = timedelta(days=183)
PROOF_KEPT = timedelta(days=3653)
_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"


def purge_candidates() -> int:
    """Erases who did not confirm after 14 days, who left after 30, and the others two years after their last act, which is the last day of
    the contract for those who were recruited. Returns rows touched."""
    now = timezone.now()
    left = Q(state__in=[CandidateState.WITHDRAWN, CandidateState.BLOCKED], changed_at__lte=now - GONE)
    due = Q(state=CandidateState.REGISTERED, changed_at__lte=now - UNCONFIRMED) | left | Q(changed_at__lte=now - KEPT)
    with system_scope(), transaction.atomic():
        kept = Contract.objects.filter(state__in=[*LIVING, ContractState.RENEWED]) | Contract.objects.filter(
            ends_on__gt=(now - KEPT).date()
        )
        waiting = Candidate.objects.filter(due, erased_at__isnull=True)
        keys = list(waiting.exclude(~left, pk__in=kept.values("relation__candidate")).values_list("pk", flat=True))
        rows = Candidate.objects.filter(pk__in=keys)
        rows.filter(state=CandidateState.REGISTERED).update(state=CandidateState.WITHDRAWN)
        Relation.objects.filter(candidate__in=keys).exclude(reason="").update(reason="")
        Interview.objects.filter(relation__candidate__in=keys).update(where="", wish="", reason="")
        Enrolment.objects.filter(candidate__in=keys).exclude(reason="").update(reason="")
        ShownLevel.objects.filter(pk__in=keys).delete()
        Booking.objects.filter(training__candidate__in=keys, erased_at__isnull=True).update(name="", erased_at=now)
        return rows.update(sealed=b"", digest="", skills=[], gender="", account=None, erased_at=now)


def purge_hosts() -> int:
    """Erases who asked in the name of a structure, two years after a refusal, a withdrawal or a duplicate. Returns rows touched."""
    over = [HostState.REFUSED, HostState.CANCELLED, HostState.DUPLICATE]
    with system_scope():
        return Host.objects.filter(state__in=over, created_at__lte=timezone.now() - KEPT).exclude(sealed=b"").update(sealed=b"")


def purge_interviews() -> int:
    """Empties the words of interviews six months after they were to take place. Returns rows touched."""
    with system_scope():
        old = Interview.objects.filter(starts_at__lte=timezone.now() - WORDS_KEPT)
        return old.exclude(where="", wish="", reason="").update(where="", wish="", reason="")


def purge_shown() -> int:
    """Deletes the levels of those whose application was withdrawn or erased. Returns rows deleted."""
    with system_scope():
        out = [CandidateState.WITHDRAWN, CandidateState.BLOCKED]
        return ShownLevel.objects.filter(Q(candidate__erased_at__isnull=False) | Q(candidate__state__in=out)).delete()[0]


def purge_enrolments() -> int:
    """Deletes enrolments and hours of somebody already erased, ten years after the certificate or the enrolment. Returns rows deleted."""
    with system_scope():
        old = Enrolment.objects.filter(candidate__erased_at__isnull=False, at__lte=timezone.now() - PROOF_KEPT)
        return old.delete()[0]


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
    Retention(
        table="advisers_interview",
        label="Entretiens d’embauche des conseillers",
        basis=_BASIS,
        start="jour de l’entretien",
        duration=WORDS_KEPT,
        action="lieu, souhait et raison effacés ; date et suite gardées sans nom",
        purge=purge_interviews,
    ),
    Retention(
        table="advisers_shownlevel",
        label="Niveaux numériques montrés par les candidats",
        basis="consentement (RGPD, article 6.1.a)",
        start="retrait de la candidature, ou fin de sa conservation",
        duration=timedelta(days=1),
        action="ligne détruite",
        purge=purge_shown,
    ),
    Retention(
        table="advisers_enrolment",
        label="Formation des conseillers : inscriptions, présences, attestations",
        basis=_BASIS,
        start="inscription, une fois le nom effacé avec la candidature",
        duration=PROOF_KEPT,
        action="lignes détruites ; avant, elles ne portent plus de nom",
        purge=purge_enrolments,
    ),
)
