"""Acts on one place. Lists are brought in by `importing.py`; merging and undoing belong to the coordinator's desk."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.places.enums import FieldGroup, ReportKind
from yole.places.models import Confirmation, Place, PlaceChange, Report
from yole.places.permissions import EDIT, VERIFY

TEXT_LIMIT, CONTACT_LIMIT = 1000, 200


@transaction.atomic
def report_error(place: Place, *, kind: str, text: str, contact: str, key: UUID) -> Report:
    """Records what somebody says of a place. Sent twice with the same key, it is one report.

    Raises Refused for an unknown kind, a text that is too long, or « Autre chose » without a word.
    """
    if kind not in ReportKind.values:
        raise Refused("Dites ce qui ne va pas.", remedy="Choisissez une réponse dans la liste.", field="kind", code="kind", status=400)
    text, contact = text.replace("\x00", "").strip(), contact.replace("\x00", "").strip()
    if kind == ReportKind.OTHER and not text:
        raise Refused("Écrivez ce qui ne va pas.", remedy="Quelques mots suffisent.", field="text", code="text", status=400)
    if len(text) > TEXT_LIMIT:
        raise Refused(
            f"Votre texte a {len(text)} caractères.",
            remedy=f"Gardez {TEXT_LIMIT} caractères au plus.",
            field="text",
            code="text",
            status=400,
        )
    if len(contact) > CONTACT_LIMIT:
        raise Refused(
            "Ce contact est trop long.", remedy="Un téléphone ou une adresse e-mail suffit.", field="contact", code="contact", status=400
        )
    known = Report.objects.filter(key=key).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Report.objects.create(place=place, kind=kind, text=text, contact=contact, key=key)
    except IntegrityError:
        return Report.objects.get(key=key)  # the same form, sent twice at the same moment


@transaction.atomic
def confirm(place: Place, *, groups: list[str], on: date, by: Any, how: str, today: date) -> list[Confirmation]:
    """Records that somebody checked groups of fields of a place on a day. The same act twice is one confirmation.

    Raises Refused: right missing, unknown group, day in the future, nothing said of how it was checked.
    """
    require(by, VERIFY)
    if not groups or any(group not in FieldGroup.values for group in groups):
        raise Refused("Dites ce que vous avez vérifié.", remedy="Cochez au moins une ligne.", field="groups", code="groups", status=400)
    if on > today:
        raise Refused("Ce jour n’est pas encore passé.", remedy="Donnez le jour de la vérification.", field="on", code="future", status=400)
    how = how.strip()
    if not how or len(how) > 120:
        raise Refused("Dites comment vous avez vérifié.", remedy="Par exemple : appel au lieu.", field="how", code="how", status=400)
    made = []
    for group in dict.fromkeys(groups):
        known = Confirmation.objects.filter(place=place, group=group, confirmed_on=on, by_account=by, how=how).first()
        made.append(known or Confirmation.objects.create(place=place, group=group, confirmed_on=on, by_account=by, how=how))
    return made


def _record(place: Place, before: dict[str, Any], after: dict[str, Any], why: str, by: Any) -> None:
    PlaceChange.objects.create(place=place, before=before, after=after, why=why[:200], by_account=by)


@transaction.atomic
def close_place(place: Place, *, on: date, reason: str, by: Any) -> Place:
    """Marks a place as closed: it leaves the search at once, and no list opens it again. Raises Refused when it is closed already."""
    require(by, EDIT)
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Refused(
            "Donnez la raison de la fermeture.",
            remedy="Elle est montrée au public, en 200 caractères au plus.",
            field="reason",
            code="reason",
            status=400,
        )
    locked = Place.objects.select_for_update().get(pk=place.pk)
    if locked.closed_on is not None:
        raise Refused("Ce lieu est déjà fermé.", remedy="Rouvrez-le d’abord.", code="closed")
    before = {"closed_on": None, "closed_reason": ""}
    locked.closed_on, locked.closed_reason = on, reason
    locked.save(update_fields=["closed_on", "closed_reason", "changed_at"])
    _record(locked, before, {"closed_on": on.isoformat(), "closed_reason": reason}, "Fermeture dite par une personne", by)
    return locked


@transaction.atomic
def reopen_place(place: Place, *, by: Any, why: str = "Réouverture dite par une personne") -> Place:
    """Shows a closed place again. Raises Refused when it is open."""
    require(by, EDIT)
    locked = Place.objects.select_for_update().get(pk=place.pk)
    if locked.closed_on is None:
        raise Refused("Ce lieu est déjà ouvert.", code="open")
    before = {"closed_on": locked.closed_on.isoformat(), "closed_reason": locked.closed_reason}
    locked.closed_on, locked.closed_reason = None, ""
    locked.save(update_fields=["closed_on", "closed_reason", "changed_at"])
    _record(locked, before, {"closed_on": None, "closed_reason": ""}, why, by)
    return locked
