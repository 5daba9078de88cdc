"""What is forgotten, and when: addresses that were never confirmed. The others stay until the person stops."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from yole.base.registries import Retention
from yole.base.scope import system_scope
from yole.roadmap.models import Subscription
from yole.roadmap.services_subscriptions import CONFIRM_DAYS

KEPT = timedelta(days=3 * 365)


def purge() -> int:
    """Deletes addresses not confirmed after seven days, and those whose consent is three years old. Returns rows deleted."""
    now = timezone.now()
    with system_scope():
        late = Subscription.objects.filter(confirmed_at__isnull=True, asked_at__lte=now - timedelta(days=CONFIRM_DAYS)).delete()[0]
        return late + Subscription.objects.filter(confirmed_at__lte=now - KEPT).delete()[0]


RULES = (
    Retention(
        "roadmap_subscription",
        "consentement (RGPD, article 6.1.a)",
        "confirmation de l’adresse (sept jours sans confirmation : effacée)",
        KEPT,
        "adresse effacée ; aussitôt quand la personne arrête",
        purge,
        "Adresses qui suivent la feuille de route",
    ),
)
