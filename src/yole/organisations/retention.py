"""How long each table about accounts is kept, and what happens then."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from yole.base.registries import Retention
from yole.organisations import services_idle, services_links, services_resets, throttle
from yole.organisations.models import AccountSession

_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"
_SAFETY = "sécurité du traitement (RGPD, article 32)"
LOG_KEPT = timedelta(days=365)


def purge_sessions() -> int:
    """Deletes the lines of sessions that are over. Returns rows deleted."""
    return AccountSession.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def purge_web_sessions() -> int:
    """Deletes sessions of browsers that are over, visitors' included. Returns rows deleted."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def purge_sign_ins() -> int:
    """Deletes the trace of sign-ins after a year. Returns rows deleted."""
    return int(AccessLog.objects.filter(attempt_time__lt=timezone.now() - LOG_KEPT).delete()[0])


def purge_wrong_passwords() -> int:
    """Deletes wrong passwords counted against an address (they close the door for 15 minutes). Returns rows deleted."""
    return int(AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - throttle.KEPT).delete()[0])


RULES = (
    Retention("django_session", _SAFETY, "fin de la session", timedelta(days=1), "session supprimée", purge_web_sessions, "Sessions"),
    Retention("axes_accesslog", _SAFETY, "connexion", LOG_KEPT, "trace supprimée", purge_sign_ins, "Traces des connexions des équipes"),
    Retention(
        "axes_accessattempt",
        _SAFETY,
        "mot de passe refusé",
        throttle.KEPT,
        "essai supprimé",
        purge_wrong_passwords,
        "Mots de passe refusés",
    ),
    Retention(
        "organisations_account",
        _BASIS,
        "dernière connexion",
        services_idle.IDLE,
        "compte désactivé à 6 mois, nom et adresse effacés à 12 mois ; message 30 jours avant chaque fois",
        services_idle.purge_accounts,
        "Comptes des équipes",
    ),
    Retention(
        "organisations_membership",
        _BASIS,
        "effacement du compte",
        services_idle.ERASED,
        "rattachements supprimés",
        services_idle.purge_memberships,
        "Rattachements des équipes",
    ),
    Retention(
        "organisations_invitation",
        _BASIS,
        "fin de l’invitation",
        services_idle.INVITATION_KEPT,
        "invitation supprimée",
        services_idle.purge_invitations,
        "Invitations",
    ),
    Retention(
        "organisations_accesslink", _SAFETY, "fin du lien", services_links.KEPT, "lien supprimé", services_links.purge, "Liens de connexion"
    ),
    Retention(
        "organisations_resetrequest",
        _SAFETY,
        "date de la demande",
        services_resets.KEPT,
        "demande supprimée",
        services_resets.purge,
        "Réinitialisations de comptes",
    ),
    Retention(
        "organisations_accountsession",
        _SAFETY,
        "ouverture de la session",
        timedelta(hours=12),
        "session supprimée",
        purge_sessions,
        "Sessions ouvertes",
    ),
    Retention("organisations_attempt", _SAFETY, "date de l’essai", throttle.KEPT, "essai supprimé", throttle.purge, "Essais de connexion"),
)
