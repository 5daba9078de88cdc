"""What the room gives back to a person who asks, and what it erases; the whole export, assembled from every room that declared its part."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.registries import PERSON_DATA
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.selectors import entries
from yole.journal.words import words_of
from yole.organisations.models import Account
from yole.people import permissions, selectors, services
from yole.people.enums import Access
from yole.people.models import AccessLog, Agreement, Consent, Lookup, Merge, Notice, Pair, Person
from yole.people.services_erasure import erase_cards

FORMAT = "yole-person-1"


def _who(account: Account | None) -> str:
    return account.name if account is not None else "compte fermé"


def collect_card(person_id: UUID) -> list[dict[str, Any]]:
    person = Person.objects.select_related("structure", "commune").filter(pk=person_id, anonymised_at__isnull=True).first()
    if person is None:
        return []
    identity = selectors.identity(person)
    return [
        {
            "carte": selectors.code_shown(person),
            "structure": person.structure.name,
            "prénom": identity.first_name,
            "nom": identity.last_name,
            "téléphone": identity.phone,
            "e-mail": identity.email,
            "notes": identity.notes,
            "responsable légal": identity.guardian_name,
            "téléphone du responsable": identity.guardian_phone,
            "année de naissance": person.birth_year,
            "tranche d’âge": person.get_age_band_display(),
            "genre": person.get_gender_display(),
            "situation": person.get_social_status_display(),
            "commune": person.commune.name if person.commune else "",
            "fiche créée le": person.created_at.isoformat(),
            "dernier contact": person.last_contact_on.isoformat(),
            "gardée une fois de plus le": person.kept_on.isoformat() if person.kept_on else "",
            "raison": person.kept_reason,
        }
    ]


def collect_notices(person_id: UUID) -> list[dict[str, Any]]:
    rows = Notice.objects.filter(person_id=person_id).select_related("by").order_by("given_at")
    return [
        {
            "texte": row.version,
            "empreinte du texte": row.digest,
            "lu à": row.get_given_to_display(),
            "le": row.given_at.isoformat(),
            "comment": row.get_how_display(),
            "par": _who(row.by),
        }
        for row in rows
    ]


def collect_consents(person_id: UUID) -> list[dict[str, Any]]:
    rows = Consent.objects.filter(person_id=person_id).select_related("by").order_by("given_at")
    return [
        {
            "pour": row.words or row.get_purpose_display(),
            "texte lu": row.version,
            "donné par": row.get_given_by_display(),
            "le": row.given_at.isoformat(),
            "comment": row.get_how_display(),
            "reçu par": _who(row.by),
            "retiré le": row.withdrawn_at.isoformat() if row.withdrawn_at else "",
        }
        for row in rows
    ]


def collect_agreements(person_id: UUID) -> list[dict[str, Any]]:
    rows = Agreement.objects.filter(person_id=person_id).select_related("structure").order_by("given_at")
    return [
        {
            "avec": row.structure.name,
            "le": row.given_at.isoformat(),
            "comment": row.get_how_display(),
            "retiré le": row.withdrawn_at.isoformat() if row.withdrawn_at else "",
        }
        for row in rows
    ]


def collect_accesses(person_id: UUID) -> list[dict[str, Any]]:
    rows = AccessLog.objects.filter(person_id=person_id).select_related("account", "structure").order_by("at")
    return [
        {
            "le": row.at.isoformat(),
            "qui": _who(row.account),
            "structure": row.structure.name if row.structure else "",
            "quoi": row.get_act_display(),
            "motif": row.motive,
        }
        for row in rows
    ]


def collect_pairs(person_id: UUID) -> list[dict[str, Any]]:
    """That the card was compared; not with whom, who is another person."""
    rows = [*Pair.objects.filter(first_id=person_id), *Pair.objects.filter(second_id=person_id)]
    return [{"comparée le": row.found_at.isoformat(), "décision": row.get_state_display()} for row in rows]


def collect_merges(person_id: UUID) -> list[dict[str, Any]]:
    rows = Merge.objects.filter(person_id=person_id).order_by("at")
    return [{"réunie le": row.at.isoformat(), "séparée le": row.undone_at.isoformat() if row.undone_at else ""} for row in rows]


def collect_lookups(person_id: UUID) -> list[dict[str, Any]]:
    count = Lookup.objects.filter(person_id=person_id).count()
    return [{"empreintes qui servent à retrouver la fiche": count}] if count else []


def collect_journal(person_id: UUID) -> list[dict[str, Any]]:
    """The acts of the proof journal about the person, by their number and fingerprint: they stay, and name nobody."""
    if not Person.objects.filter(pk=person_id, anonymised_at__isnull=True).exists():
        return []
    rows = entries(subject_ref=reference("person", person_id)).order_by("seq")
    return [{"acte": words_of(row.action), "le": row.at.isoformat(), "numéro": row.seq, "empreinte": bytes(row.hash).hex()} for row in rows]


def gone_with_the_card(person_id: UUID) -> int:
    """These rows go with the card, whose own erasure comes in the same transaction."""
    return erase_cards(person_id)


PARTS = (
    ("people.card", "Fiche", collect_card),
    ("people.notices", "Informations lues", collect_notices),
    ("people.consents", "Accords", collect_consents),
    ("people.agreements", "Partages avec d’autres structures", collect_agreements),
    ("people.accesses", "Qui a ouvert la fiche", collect_accesses),
    ("people.pairs", "Comparaisons avec d’autres fiches", collect_pairs),
    ("people.merges", "Fiches réunies", collect_merges),
    ("people.lookups", "Recherche", collect_lookups),
    ("people.journal", "Journal de preuve", collect_journal),
)


def collect(person_id: UUID) -> dict[str, Any]:
    """Everything every room holds about a person: {"format", "made_at", "card", "sections": [{"name", "label", "rows"}]}.

    Sections without rows are there too, so that nothing looks forgotten. Raises Refused when no card has this key.
    """
    with system_scope():
        person = Person.objects.filter(pk=person_id).first()
        if person is None:
            raise Refused("Aucune personne n’a cette clé.", code="not-found", status=404)
        keys = selectors.group(person_id)
        sections = [
            {"name": name, "label": entry.label, "rows": [row for key in keys for row in entry.collect(key)]}
            for name, entry in PERSON_DATA.items()
        ]
    return {"format": FORMAT, "made_at": timezone.now().isoformat(), "card": selectors.code_shown(person), "sections": sections}


@transaction.atomic
def export(account: Account | None, person_id: UUID) -> dict[str, Any]:
    """The export that a person asks for, noted on the card and in the journal. `account` None: the command line. Raises Refused."""
    if account is not None:
        require(account, permissions.EXPORT)
        if not selectors.visible(account).filter(pk=person_id, structure_id=services.own_structure(account)).exists():
            raise Refused("Cette fiche n’existe pas, ou une autre structure la suit.", code="not-found", status=404)
    made = collect(person_id)
    with system_scope():
        person = Person.objects.get(pk=person_id)
        if account is not None:
            services.note_access(account, person, Access.EXPORTED)
        services.act(account, "people.export", person, {"sections": len(made["sections"])})
    return made
