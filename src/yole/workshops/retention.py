"""What is forgotten, and when. Bookings have their own rules; here are attendance, evaluations and messages."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from yole.base.registries import Retention
from yole.workshops.models import Attendance, Evaluation, OutboundMessage, Presence

KEPT = timedelta(days=30)
_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"


def _due() -> Q:
    """Sessions over for 30 days whose funding agreement, if any, no longer keeps the sheet."""
    kept = Q(session__programme__agreement_until__gte=timezone.localdate())
    return Q(session__ends_at__lte=timezone.now() - KEPT) & ~kept


def purge_attendance() -> int:
    """Erases the labels of people who came without enrolment; acts and counts stay. Returns rows touched."""
    return Attendance.objects.filter(_due()).exclude(walk_in_label="").update(walk_in_label="")


def purge_presence() -> int:
    return Presence.objects.filter(_due()).exclude(label="").update(label="")


def purge_evaluations() -> int:
    """Cuts the link between an opinion and the booking, and erases the free line a year after the session. Returns rows touched."""
    now = timezone.now()
    cut = Evaluation.objects.filter(session__ends_at__lte=now - KEPT, booking__isnull=False).update(booking=None)
    return cut + Evaluation.objects.filter(session__ends_at__lte=now - timedelta(days=365)).exclude(line="").update(line="")


def purge_messages() -> int:
    """Deletes messages 30 days after their session. Returns rows deleted."""
    return OutboundMessage.objects.filter(session__ends_at__lte=timezone.now() - KEPT).delete()[0]


RULES = (
    Retention(
        "workshops_attendance",
        _BASIS,
        "fin de la séance, ou date de la convention",
        KEPT,
        "noms des personnes venues sans inscription effacés ; comptes gardés",
        purge_attendance,
        "Pointages des présences",
    ),
    Retention(
        "workshops_presence",
        _BASIS,
        "fin de la séance, ou date de la convention",
        KEPT,
        "noms des personnes venues sans inscription effacés ; comptes gardés",
        purge_presence,
        "Présences",
    ),
    Retention(
        "workshops_evaluation",
        _BASIS,
        "fin de la séance",
        KEPT,
        "lien avec l’inscription coupé ; phrase libre effacée après un an",
        purge_evaluations,
        "Avis sur les ateliers",
    ),
    Retention("workshops_outboundmessage", _BASIS, "fin de la séance", KEPT, "messages supprimés", purge_messages, "Messages et rappels"),
)
