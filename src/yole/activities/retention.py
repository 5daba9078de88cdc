"""What the room forgets, and what it gives back or erases when a person asks. Each purge is safe to run again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from yole.activities.models import Activity, Coordination, ImportBatch, Participation
from yole.base.registries import Retention
from yole.territory import selectors as territory_selectors

NOTES_KEPT = timedelta(days=365)
ADVISER_KEPT = timedelta(days=6 * 365 + 1)
FILE_KEPT = timedelta(days=7)
_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"
_WORDS = ~Q(notes="") | ~Q(procedure_details="")


def purge_notes() -> int:
    """Erases free text 12 months after the activity, and the link to the adviser six years after it. Returns rows touched."""
    today = territory_selectors.today()
    now = timezone.now()
    old = Activity.objects.filter(_WORDS, date__lte=today - NOTES_KEPT)
    touched = old.update(notes="", procedure_details="", changed_at=now, version=F("version") + 1)
    archives = Activity.objects.filter(mediator__isnull=False, date__lte=today - ADVISER_KEPT)
    return touched + archives.update(mediator=None, changed_at=now, version=F("version") + 1)


def purge_coordination() -> int:
    """The same for activities of coordination."""
    today = territory_selectors.today()
    touched = Coordination.objects.exclude(notes="").filter(date__lte=today - NOTES_KEPT).update(notes="", version=F("version") + 1)
    old = Coordination.objects.filter(coordinator__isnull=False, date__lte=today - ADVISER_KEPT)
    return touched + old.update(coordinator=None, version=F("version") + 1)


def purge_files() -> int:
    """Erases the content of files received 7 days ago; counts stay."""
    return ImportBatch.objects.filter(content__isnull=False, created_at__lte=timezone.now() - FILE_KEPT).update(content=None)


RULES = (
    Retention(
        table="activities_activity",
        label="Comptes rendus d’activité",
        basis=_BASIS,
        start="jour de l’activité",
        duration=NOTES_KEPT,
        action="notes et précisions effacées ; le lien avec le médiateur, six ans après ; les comptes restent",
        purge=purge_notes,
    ),
    Retention(
        table="activities_coordination",
        label="Activités de coordination",
        basis=_BASIS,
        start="jour de l’activité",
        duration=NOTES_KEPT,
        action="notes effacées ; le lien avec la coordination, six ans après",
        purge=purge_coordination,
    ),
    Retention(
        table="activities_importbatch",
        label="Fichiers d’activités importés",
        basis=_BASIS,
        start="le fichier est reçu",
        duration=FILE_KEPT,
        action="contenu effacé ; comptes et raisons de refus gardés",
        purge=purge_files,
    ),
)


def collect(person: UUID) -> list[dict[str, Any]]:
    """What the reports hold about a person: one object an activity. Notes of an individual activity are about the person."""
    rows = Participation.objects.filter(person_id=person).select_related("activity__place", "activity__commune").order_by("activity__date")
    return [
        {
            "jour": one.activity.date.isoformat(),
            "genre": one.activity.kind,
            "duree_minutes": one.activity.minutes,
            "lieu": one.activity.place.name if one.activity.place is not None else one.activity.get_place_kind_display(),
            "thematiques": [*one.activity.themes, *one.activity.admin_themes],
            "tranche_age": one.age_band,
            "genre_note": one.gender,
            "statut_social": one.social_status,
            "commune": one.commune_id or "",
            "deja_accompagnee": one.already_known,
            "notes": one.activity.notes if one.activity.participants == 1 else "",
            "precisions": one.activity.procedure_details if one.activity.participants == 1 else "",
        }
        for one in rows
    ]


def erase(person: UUID) -> int:
    """Breaks the link between a person and their activities, and erases what was written about them alone. The counts stay."""
    links = Participation.objects.filter(person_id=person)
    alone = Activity.objects.filter(_WORDS, pk__in=links.values("activity_id"), participants=1)
    touched = alone.update(notes="", procedure_details="", changed_at=timezone.now(), version=F("version") + 1)
    return touched + links.update(person=None, commune=None)
