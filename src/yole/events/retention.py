"""What is forgotten, and when. Bookings have their own rules: contacts, needs and names go 30 days after the edition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from yole.base.registries import Retention
from yole.events.models import AttendanceEvent, EventMessage, Feedback, Proposal, Registration, Review, SlotFollow, SlotSpeaker, Speaker

KEPT = timedelta(days=30)
YEAR = timedelta(days=365)
_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"
_CONSENT = "accord de la personne (RGPD, article 6.1.a)"


def _over(field: str, kept: timedelta) -> Q:
    return Q(**{f"{field}__ends_on__lt": timezone.localdate() - kept})


def purge_attendance() -> int:
    """Erases the labels of people who came without registration; acts and counts stay. Returns rows touched."""
    return AttendanceEvent.objects.filter(_over("edition", KEPT)).exclude(walk_in_label="").update(walk_in_label="")


def purge_registrations() -> int:
    """Erases the structure and cuts the invitation; declared sex and commune stay, without a name, for the counts. Returns rows touched."""
    due = Registration.objects.filter(_over("edition", KEPT)).filter(~Q(organisation="") | Q(invitation__isnull=False))
    return due.update(organisation="", invitation=None)


def purge_messages() -> int:
    """Deletes messages 30 days after the edition. Returns rows deleted."""
    return EventMessage.objects.filter(_over("registration__edition", KEPT) | _over("proposal__edition", KEPT)).delete()[0]


def purge_follows() -> int:
    """Deletes, 30 days after the edition, what people asked to be told about. Returns rows deleted."""
    return SlotFollow.objects.filter(_over("registration__edition", KEPT)).delete()[0]


def purge_contacts() -> int:
    """A year after the edition nobody answers a proposal any more: contacts and unavailable hours go. Returns rows touched."""
    due = Speaker.objects.filter(_over("edition", YEAR)).filter(Q(contact_sealed__isnull=False) | ~Q(unavailable=[]))
    return due.update(contact_sealed=None, contact_key=None, unavailable=[])


def _unnamed() -> QuerySet[Speaker, Any]:
    """Speakers of an edition over for a year who are not in a published programme with their agreement."""
    seen = SlotSpeaker.objects.filter(speaker=OuterRef("pk"), slot__first_version__isnull=False)
    shown = Q(publication_agreed_at__isnull=False) & Exists(seen)
    return Speaker.objects.filter(_over("edition", YEAR), erased_at__isnull=True).exclude(shown)


def purge_speakers() -> int:
    """Erases contacts, and the names that no programme shows with an agreement. Returns rows touched."""
    gone = _unnamed().update(
        name="",
        biography="",
        organisation="",
        step_free=False,
        publication_agreed_at=None,
        recording_agreed_at=None,
        erased_at=timezone.now(),
    )
    return gone + purge_contacts()


def purge_proposals() -> int:
    """Deletes, a year after the edition, the proposals that gave no slot, with their reviews. Returns rows deleted."""
    due = Proposal.objects.filter(_over("edition", YEAR), slots__isnull=True)
    return due.delete()[0]


def purge_reviews() -> int:
    """Deletes the other reviews too: who said what of a proposal is nobody's business a year later. Returns rows deleted."""
    with transaction.atomic():
        return Review.objects.filter(_over("proposal__edition", YEAR)).delete()[0]


def purge_feedback() -> int:
    """Erases the free texts a year after the edition; scores stay. Returns rows touched."""
    return Feedback.objects.filter(_over("slot__edition", YEAR)).exclude(text="").update(text="")


RULES = (
    Retention(
        "events_attendanceevent",
        _BASIS,
        "fin de l’édition",
        KEPT,
        "noms des personnes venues sans inscription effacés ; comptes gardés",
        purge_attendance,
        "Arrivées aux événements",
    ),
    Retention(
        "events_registration",
        _BASIS,
        "fin de l’édition",
        KEPT,
        "structure effacée, invitation détachée ; sexe déclaré et commune gardés sans nom, pour les comptes",
        purge_registrations,
        "Inscriptions aux événements",
    ),
    Retention("events_slotfollow", _CONSENT, "fin de l’édition", KEPT, "demandes supprimées", purge_follows, "Séances suivies"),
    Retention("events_eventmessage", _BASIS, "fin de l’édition", KEPT, "messages supprimés", purge_messages, "Messages des événements"),
    Retention(
        "events_speaker",
        _CONSENT,
        "fin de l’édition",
        YEAR,
        "contact effacé ; nom effacé sauf accord de parution dans le programme publié",
        purge_speakers,
        "Personnes qui interviennent",
    ),
    Retention(
        "events_proposal",
        _BASIS,
        "fin de l’édition",
        YEAR,
        "propositions sans séance supprimées",
        purge_proposals,
        "Propositions de séances",
    ),
    Retention("events_review", _BASIS, "fin de l’édition", YEAR, "avis supprimés", purge_reviews, "Avis des lecteurs de propositions"),
    Retention(
        "events_feedback",
        _BASIS,
        "fin de l’édition",
        YEAR,
        "phrases libres effacées ; notes gardées",
        purge_feedback,
        "Avis sur les séances",
    ),
)
