"""Writes on activities of coordination: animation, events, partnerships."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yole.activities import permissions, signals
from yole.activities.enums import (
    MAX_COUNT,
    MAX_MINUTES,
    PARTNER_KINDS,
    AnimationKind,
    AnimationTheme,
    CoordinationKind,
    EventKind,
    Initiative,
    Organiser,
    PartnershipNature,
    Scale,
)
from yole.activities.models import Coordination
from yole.activities.reading import Reader, ReportRefusedError
from yole.activities.rules import NOTES_MAX, TITLE_MAX, read_day, read_tags
from yole.activities.services import scanned
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.organisations.models import Account
from yole.territory import selectors as territory_selectors

OTHER_MAX = 100
PARTNERS_MAX = 30
EMPTY: dict[str, Any] = {
    "animation_kind": "", "animation_kind_other": "", "initiative": "", "animation_themes": [], "animation_themes_other": "",
    "mediators": None, "structures": None, "other_actors": None, "event_kind": "", "event_kind_other": "", "organisers": [],
    "organisers_other": "", "participants": None, "natures": [], "natures_other": "", "partners": [],
}  # fmt: skip


def checked(data: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a coordination from what a form or a device sends. The fields of the other kinds are left empty.

    `data`: kind, date, minutes (optional), title, scale, tags, notes, and for an animation: animation_kind, initiative,
    animation_themes, mediators, structures, other_actors; for an event: event_kind, organisers, participants; for a partnership:
    natures, partners (list of {"nom", "type"}). `autre` asks for its text in `<field>_other`. Raises ReportRefusedError.
    """
    read = Reader(data)
    kind = read.choice("kind", CoordinationKind.values, required="Dites quelle activité c’était.")
    columns: dict[str, Any] = {
        **EMPTY,
        "kind": kind,
        "date": read_day(read, territory_selectors.today()),
        "minutes": read.integer("minutes", data.get("minutes"), most=MAX_MINUTES, what="la durée en minutes"),
        "title": read.text("title", TITLE_MAX),
        "scale": read.choice("scale", Scale.values),
        "tags": read_tags(read),
        "notes": read.text("notes", NOTES_MAX, lines=True),
    }
    if kind == CoordinationKind.ANIMATION:
        columns |= _animation(read)
    elif kind == CoordinationKind.EVENT:
        columns |= _event(read)
    elif kind == CoordinationKind.PARTNERSHIP:
        columns |= _partnership(read)
    problems = read.problems + scanned({"notes": columns["notes"]}, confirmed=bool(read.boolean("confirmed")))
    if problems:
        raise ReportRefusedError(problems)
    return columns


def _count(read: Reader, name: str, what: str) -> int:
    return read.integer(name, read.data.get(name), most=MAX_COUNT, what=what) or 0


def _other(read: Reader, name: str, chosen: bool) -> str:
    """The text that « autre » asks for; what was written without it is dropped."""
    text = read.text(f"{name}_other", OTHER_MAX)
    if chosen and not text:
        read.wrong(f"{name}_other", "« Autre » demande une précision.", "Écrivez laquelle.", "other")
    return text if chosen else ""


def _animation(read: Reader) -> dict[str, Any]:
    kind = read.choice("animation_kind", AnimationKind.values, required="Dites quelle animation c’était.")
    themes = read.choices("animation_themes", AnimationTheme.values)
    counts = {
        "mediators": _count(read, "mediators", "le nombre de médiateurs"),
        "structures": _count(read, "structures", "le nombre de structures"),
        "other_actors": _count(read, "other_actors", "le nombre d’autres acteurs"),
    }
    if not any(counts.values()) and not any(problem.field in counts for problem in read.problems):
        read.wrong("mediators", "Personne n’est compté.", "Comptez au moins un médiateur, une structure ou un autre acteur.", "nobody")
    return {
        "animation_kind": kind,
        "animation_kind_other": _other(read, "animation_kind", kind == AnimationKind.OTHER),
        "initiative": read.choice("initiative", Initiative.values, required="Dites à l’initiative de qui."),
        "animation_themes": themes,
        "animation_themes_other": _other(read, "animation_themes", AnimationTheme.OTHER in themes),
        **counts,
    }


def _event(read: Reader) -> dict[str, Any]:
    kind = read.choice("event_kind", EventKind.values, required="Dites quel événement c’était.")
    organisers = read.choices("organisers", Organiser.values)
    if not organisers and not any(problem.field == "organisers" for problem in read.problems):
        read.wrong("organisers", "L’organisation manque.", "Choisissez au moins une réponse.", "missing")
    return {
        "event_kind": kind,
        "event_kind_other": _other(read, "event_kind", kind == EventKind.OTHER),
        "organisers": organisers,
        "organisers_other": _other(read, "organisers", Organiser.OTHER in organisers),
        "participants": _count(read, "participants", "le nombre de participants"),
    }


def _partnership(read: Reader) -> dict[str, Any]:
    natures = read.choices("natures", PartnershipNature.values)
    if not natures and not any(problem.field == "natures" for problem in read.problems):
        read.wrong("natures", "La nature du partenariat manque.", "Choisissez au moins une réponse.", "missing")
    return {
        "natures": natures,
        "natures_other": _other(read, "natures", PartnershipNature.OTHER in natures),
        "partners": _partners(read),
    }


def _partners(read: Reader) -> list[dict[str, str]]:
    raw = read.data.get("partners") or []
    found = []
    for one in raw if isinstance(raw, list | tuple) else []:
        name = " ".join(str(one.get("nom", "")).replace("\x00", "").split())[:TITLE_MAX] if isinstance(one, Mapping) else ""
        kind = str(one.get("type", "")) if isinstance(one, Mapping) else ""
        if not name and not kind:
            continue
        if not name or kind not in PARTNER_KINDS:
            read.wrong("partners", "Une structure partenaire est incomplète.", "Donnez son nom et son type.", "partner")
            return []
        found.append({"nom": name, "type": kind})
    if not found:
        read.wrong("partners", "La structure partenaire manque.", "Donnez au moins une structure.", "missing")
    elif len(found) > PARTNERS_MAX:
        read.wrong("partners", f"{len(found)} structures, c’est trop.", f"Le maximum est {PARTNERS_MAX}.", "long")
    return found


@transaction.atomic
def save_coordination(account: Account, data: Mapping[str, Any], uuid: UUID) -> Coordination:
    """Writes or corrects an activity of coordination (`checked` says the shape). Sent twice, it is one. Raises Refused."""
    require(account, permissions.COORDINATE)
    columns = checked(data)
    row = Coordination.objects.select_for_update(no_key=True).filter(pk=uuid).first()
    old_keys = None
    fresh = row is None
    if row is None:
        row = Coordination(
            pk=uuid,
            territory_id=account.territory_id,
            structure_id=account.structure_id,
            coordinator_id=account.pk,
            is_fictional=account.is_fictional,
        )
    else:
        _require_own(account, row)
        if row.deleted_at is not None:
            raise Refused("Cette activité a été supprimée.", remedy="Rétablissez-la, puis corrigez-la.", code="deleted")
        if all(getattr(row, name) == value for name, value in columns.items()):
            return row
        version = data.get("version")
        if version is not None and version != row.version:
            raise Refused(
                "Quelqu’un a corrigé cette activité depuis.", remedy="Comparez les deux versions, puis choisissez.", code="conflict"
            )
        old_keys = signals.keys_of(row)
        row.version += 1
    for name, value in columns.items():
        setattr(row, name, value)
    row.changed_at = timezone.now()
    row.save(force_insert=fresh)
    signals.changed.send(Coordination, uuid=row.pk, old_keys=old_keys, new_keys=signals.keys_of(row))
    return row


def _require_own(account: Account, row: Coordination) -> None:
    if row.coordinator_id != account.pk:
        raise Refused(
            "Cette activité est celle de quelqu’un d’autre.", remedy="Demandez à la personne qui l’a saisie.", code="forbidden", status=403
        )


@transaction.atomic
def delete_coordination(account: Account, uuid: UUID, *, back: bool = False) -> Coordination:
    """Takes an activity of coordination away, or with `back` puts it back. Done twice, it is done once."""
    require(account, permissions.COORDINATE)
    row = Coordination.objects.select_for_update(no_key=True).get(pk=uuid)
    _require_own(account, row)
    if (row.deleted_at is None) == back:
        return row
    old_keys = signals.keys_of(row)
    row.deleted_at = None if back else timezone.now()
    row.changed_at = timezone.now()
    row.version += 1
    row.save(update_fields=["deleted_at", "changed_at", "version"])
    signals.changed.send(Coordination, uuid=row.pk, old_keys=old_keys, new_keys=signals.keys_of(row))
    return row
