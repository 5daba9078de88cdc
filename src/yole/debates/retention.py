"""What is forgotten, and when."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from yole.base.registries import Retention
from yole.base.scope import system_scope
from yole.debates.enums import Moderation
from yole.debates.models import Ballot, CafeContact, Contribution

CONTACT_KEPT = timedelta(days=180)
TOLD_KEPT = timedelta(days=7)
UNPUBLISHED_KEPT = timedelta(days=30)
DEVICE_KEPT = timedelta(days=2)
_BATCH = 1000


def purge_contacts() -> int:
    """Deletes addresses a week after the message, and 180 days after the café whatever happened. Returns rows deleted."""
    now = timezone.now()
    over = Q(informed_at__lte=now - TOLD_KEPT) | Q(claimed_at__lte=now - TOLD_KEPT) | Q(cafe__ends_at__lte=now - CONTACT_KEPT)
    with system_scope():
        return CafeContact.objects.filter(over).delete()[0]


def purge_texts() -> int:
    """Erases texts that were never published, 30 days after the café. Returns rows touched."""
    due = Contribution.objects.filter(cafe__ends_at__lte=timezone.now() - UNPUBLISHED_KEPT, erased_at__isnull=True)
    return due.exclude(moderation=Moderation.PUBLISHED).update(text="", moderation_reason="Texte effacé", erased_at=timezone.now())


def purge_devices() -> int:
    """Empties what a device is recognised by, two days after the café: nothing leads from a device to its ballot. Returns rows touched."""
    touched = 0
    due = Ballot.objects.filter(cafe__ends_at__lte=timezone.now() - DEVICE_KEPT).exclude(digest="")
    while batch := list(due.values_list("pk", flat=True)[:_BATCH]):
        touched += Ballot.objects.filter(pk__in=batch).update(digest="")
    return touched


RULES = (
    Retention(
        "debates_cafecontact",
        "consentement (RGPD, article 6.1.a)",
        "message envoyé, au plus tard fin du café",
        CONTACT_KEPT,
        "adresse supprimée, une semaine après le message",
        purge_contacts,
        "Adresses laissées à un Café IA",
    ),
    Retention(
        "debates_contribution",
        "mission d’intérêt public (RGPD, article 6.1.e)",
        "fin du café",
        UNPUBLISHED_KEPT,
        "textes non publiés effacés ; textes publiés gardés, sans auteur",
        purge_texts,
        "Phrases écrites à un Café IA",
    ),
    Retention(
        "debates_ballot",
        "mission d’intérêt public (RGPD, article 6.1.e)",
        "fin du café",
        DEVICE_KEPT,
        "empreinte de l’appareil effacée ; votes gardés, sans lien avec personne",
        purge_devices,
        "Bulletins d’un Café IA",
    ),
)
