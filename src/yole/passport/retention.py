"""What is forgotten, and when. A place of a status list stays for ever, pointing to nobody."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from yole.base.registries import Retention
from yole.base.scope import system_scope
from yole.passport.enums import AwardState, Decision
from yole.passport.models import Award, Candidacy

KEPT = timedelta(days=365)
_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"


def purge_awards() -> int:
    """Deletes awards a year after their end or their withdrawal; their credentials go with them. Returns rows deleted."""
    limit = timezone.now() - KEPT
    over = Q(valid_until__lte=limit) | Q(state=AwardState.REVOKED, state_changed_at__lte=limit)
    with system_scope():
        return Award.objects.filter(over).delete()[1].get("passport.Award", 0)


def purge_candidacies() -> int:
    """Cuts the links and the words of candidacies that no award stands for, a year after the jury; counts stay. Returns rows touched."""
    limit = timezone.localdate() - KEPT
    linked = Q(person__isnull=False) | Q(booking__isnull=False) | Q(sitting__isnull=False) | ~Q(motive="") | ~Q(to_work_on="")
    over = Candidacy.objects.filter(linked, jury__held_on__lte=limit).filter(~Q(decision=Decision.AWARDED) | Q(award__isnull=True))
    with system_scope():
        keys = list(over.values_list("pk", flat=True))
        return Candidacy.objects.filter(pk__in=keys).update(person=None, booking=None, sitting=None, motive="", to_work_on="", evidence={})


RULES = (
    Retention(
        "passport_award",
        _BASIS,
        "fin de validité, ou retrait",
        KEPT,
        "passeport supprimé du site ; sa place dans la liste d’état reste et ne désigne plus personne",
        purge_awards,
        "Passeports remis",
    ),
    Retention(
        "passport_candidacy",
        _BASIS,
        "date du jury, ou suppression du passeport",
        KEPT,
        "liens avec la personne, motifs et preuves effacés ; comptes gardés",
        purge_candidacies,
        "Candidatures au passeport",
    ),
)
