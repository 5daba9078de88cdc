"""What the room erases, and when. Each purge is safe to run again: a second run finds nothing."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from yole.base.registries import Retention
from yole.places.enums import ReportState
from yole.places.models import ImportBatch, Report

CONTACT_KEPT = timedelta(days=30)
LONGEST_WAIT = timedelta(days=365)
FILE_KEPT = timedelta(days=7)


def purge_contacts() -> int:
    """Erases the contact of reports handled 30 days ago, and of those that nobody handled in a year."""
    now = timezone.now()
    handled = Q(handled_at__lte=now - CONTACT_KEPT) & ~Q(state=ReportState.NEW)
    return Report.objects.exclude(contact="").filter(handled | Q(created_at__lte=now - LONGEST_WAIT)).update(contact="")


def purge_files() -> int:
    """Erases the content of imported files after 7 days; counts and history stay."""
    old = ImportBatch.objects.filter(content__isnull=False, created_at__lte=timezone.now() - FILE_KEPT)
    return old.update(content=None)


RULES = (
    Retention(
        table="places_report",
        label="Signalements d’erreurs",
        basis="mission d’intérêt public : corriger l’annuaire des lieux",
        start="le signalement est traité (sans traitement : un an après son envoi)",
        duration=CONTACT_KEPT,
        action="le contact est effacé ; le texte du signalement reste",
        purge=purge_contacts,
    ),
    Retention(
        table="places_importbatch",
        label="Listes de lieux importées",
        basis="mission d’intérêt public : tenir l’annuaire des lieux",
        start="le fichier est reçu",
        duration=FILE_KEPT,
        action="le contenu du fichier est effacé ; les comptes et l’historique restent",
        purge=purge_files,
    ),
)
