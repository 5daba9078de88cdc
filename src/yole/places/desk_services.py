"""Acts of the desk on one place and on reports: edit, create, take a confirmation back, handle a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.paths import data_dir
from yole.base.permissions import require
from yole.kernel.gazetteer import Gazetteer
from yole.places.columns import COLUMNS, FIELD_OF, FIELDS, GROUP_OF_FIELD, write_value
from yole.places.desk_fields import EDITED, differing, label, plain
from yole.places.engine import fields as engine_fields
from yole.places.engine.checks import row_findings
from yole.places.engine.duplicates import Pair, against
from yole.places.engine.rows import Row, read
from yole.places.engine.schema import DUMMY_PIVOT
from yole.places.enums import ReportState
from yole.places.importing import upsert_place
from yole.places.incoming import derived, prepare
from yole.places.models import Confirmation, Place, PlaceChange, Report
from yole.places.permissions import EDIT, HANDLE_REPORTS, VERIFY
from yole.territory.carried import load_gazetteer
from yole.territory.models import Territory

DESK_SOURCE = "Coordination du territoire"
TAKE_BACK = timedelta(days=1)
ANSWER_LIMIT = 500


def gazetteer() -> Gazetteer:
    """The gazetteer, read again only when imported files changed."""
    folder = data_dir() / "territory"
    marks = tuple((path.name, path.stat().st_mtime_ns) for path in sorted(folder.glob("*"))) if folder.is_dir() else ()
    return _gazetteer(marks)


@lru_cache(maxsize=1)
def _gazetteer(marks: tuple[tuple[str, int], ...]) -> Gazetteer:
    return load_gazetteer()


def require_here(by: Any, territory_id: int) -> None:
    """Raises Refused when an account acts on another territory than its own."""
    if getattr(by, "territory_id", None) != territory_id:
        raise Refused("Ce lieu est d’un autre territoire.", code="elsewhere", status=404)


@dataclass(frozen=True, slots=True)
class Said:
    """What the checks say of one field: `field` is one of `Place`, or '' for a column that has none."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The fields of a place after certain repairs; errors forbid saving, warnings do not; `repairs` tell what was rewritten."""

    values: dict[str, Any]
    errors: list[Said]
    warnings: list[Said]
    repairs: list[Said]


def check_values(values: Mapping[str, Any], today: date) -> Checked:
    """Runs the checks of an import on the fields of one place. `values` needs every field of the national schema."""
    cells = {column.name: write_value(column, values[column.field]) for column in COLUMNS}
    known = gazetteer()
    prepared = prepare([cells], known, today)
    errors = [Said(FIELD_OF.get(r.field, ""), r.reason) for r in prepared.refusals]
    if errors:
        return Checked(dict(values), errors, [], [])
    incoming = prepared.rows[0]
    repaired = {column.name: write_value(column, incoming.values[column.field]) for column in COLUMNS}
    told = row_findings(Row(1, repaired), known, today)
    warnings = [Said(FIELD_OF.get(field, ""), message) for level, field, _, message in told if level == engine_fields.WARNING]
    repairs = [Said(FIELD_OF.get(r.field, ""), f"« {r.before} » devient « {r.after} » ({r.why})") for r in incoming.repairs]
    return Checked({**values, **incoming.values}, [], warnings, repairs)


class Invalid(Refused):
    """A place that cannot be saved as it is; `said` names each field at fault."""

    def __init__(self, said: list[Said]) -> None:
        super().__init__("Cette fiche n’est pas enregistrée.", remedy="Corrigez les champs signalés.", code="invalid", status=400)
        self.said = said


class Doubtful(Refused):
    """A place that can be saved once a person has read the warnings; `said` lists them."""

    def __init__(self, said: list[Said]) -> None:
        super().__init__("À relire avant d’enregistrer.", remedy="Corrigez, ou gardez tel quel.", code="doubtful", status=409)
        self.said = said


class Conflict(Refused):
    """Somebody else changed the place meanwhile. `fields` changed since the form was opened; `current` is what is stored now."""

    def __init__(self, fields: list[str], current: dict[str, Any], who: str) -> None:
        super().__init__("Quelqu’un a modifié cette fiche entre-temps.", remedy="Relisez, puis enregistrez de nouveau.", code="conflict")
        self.fields = fields
        self.current = current
        self.who = who


def values_of(place: Place) -> dict[str, Any]:
    """The fields that the desk edits and those of the national schema."""
    return {name: getattr(place, name) for name in dict.fromkeys([*FIELDS, *EDITED])}


def record(place: Place, before: dict[str, Any], after: dict[str, Any], why: str, by: Any) -> PlaceChange:
    """Writes one line of the history of a place."""
    return PlaceChange.objects.create(place=place, before=before, after=after, why=why[:200], by_account=by)


def store(place: Place, values: Mapping[str, Any]) -> list[str]:
    """Sets fields, writes the normal forms that follow from them, saves; returns the names that were saved."""
    for name, value in values.items():
        setattr(place, name, value)
    forms = derived({name: getattr(place, name) for name in FIELDS})
    for name, value in forms.items():
        setattr(place, name, value)
    names = [*values, *forms, "changed_at"]
    place.save(update_fields=names)
    return names


@transaction.atomic
def edit_place(
    place: Place, *, typed: Mapping[str, Any], base: Mapping[str, Any], by: Any, today: date, keep_warnings: bool = False, why: str = ""
) -> list[str]:
    """Saves what a person changed in a place; returns the changed fields ([]: nothing to change).

    `typed`: every edited field as sent; `base`: the same fields when the form was opened. Fields the person did not touch are never
    written. Raises Conflict when somebody else changed the place since, Invalid, Doubtful unless `keep_warnings`, Refused.
    """
    require(by, EDIT)
    require_here(by, place.territory_id)
    locked = Place.objects.select_for_update().get(pk=place.pk)
    if locked.merged_into_id is not None:
        raise Refused("Ce lieu est réuni avec un autre.", remedy="Modifiez le lieu qui est gardé.", code="merged")
    current = values_of(locked)
    touched = [name for name in EDITED if typed[name] != base[name]]
    checked = check_values({**current, **{name: typed[name] for name in touched}, "updated_on": today}, today)
    if checked.errors:
        raise Invalid(checked.errors)
    # Compared once repaired, so that the same form sent twice is one correction.
    sent = {name: checked.values[name] if name in touched else typed[name] for name in EDITED}
    meanwhile = differing(base, current)
    if meanwhile and any(sent[name] != current[name] for name in {*meanwhile, *touched}):
        last = PlaceChange.objects.filter(place=locked).select_related("by_account").order_by("-id").first()
        who = last.by_account.name if last and last.by_account else ""
        raise Conflict(meanwhile, current, who)
    changed = [name for name in EDITED if checked.values[name] != current[name]]
    if not changed:
        return []
    about = {*changed, ""}
    doubts = [said for said in checked.warnings if said.field in about]
    if doubts and not keep_warnings:
        raise Doubtful(doubts)
    before = {name: plain(current[name]) for name in changed}
    after = {name: plain(checked.values[name]) for name in changed}
    new = {name: checked.values[name] for name in changed}
    if locked.updated_on != today:
        before["updated_on"], after["updated_on"], new["updated_on"] = plain(locked.updated_on), plain(today), today
    store(locked, new)
    record(locked, before, after, why.strip() or "Correction par la coordination", by)
    # Who corrects a group vouches for it: an older list must not write over it.
    for group in sorted({GROUP_OF_FIELD[name] for name in changed if name in GROUP_OF_FIELD}):
        Confirmation.objects.create(place=locked, group=group, confirmed_on=today, by_account=by, how="corrigé au bureau")
    return changed


@transaction.atomic
def undo_last_change(place: Place, change_id: int, *, by: Any, today: date) -> PlaceChange:
    """Puts back the fields of one correction. Raises Refused when a field moved since, or when the act is not a correction."""
    require(by, EDIT)
    require_here(by, place.territory_id)
    locked = Place.objects.select_for_update().get(pk=place.pk)
    change = PlaceChange.objects.filter(pk=change_id, place=locked, batch__isnull=True, created=False).first()
    names = [name for name in change.after if name in EDITED] if change else []
    if change is None or not names:
        raise Refused("Cet acte ne se défait pas ici.", remedy="Corrigez la fiche.", code="not-undoable")
    moved = [name for name in names if plain(getattr(locked, name)) != change.after[name]]
    if moved:
        raise Refused(
            f"Ces champs ont changé depuis : {', '.join(label(n) for n in moved)}.", remedy="Corrigez la fiche à la main.", code="moved"
        )
    before = {name: plain(getattr(locked, name)) for name in names}
    old = {name: change.before[name] for name in names}
    store(locked, {**old, "updated_on": today})
    return record(locked, before, old, "Retour à la version précédente", by)


# A new place


def look_alikes(territory: Territory, values: Mapping[str, Any]) -> list[tuple[Place, Pair]]:
    """Places of the territory that look like the one being typed, the most alike first."""
    near = Place.objects.filter(territory=territory, merged_into__isnull=True)
    same_commune = near.filter(insee_code=values["insee_code"]) if values["insee_code"] else near.filter(postcode=values["postcode"])
    places = list(same_commune.order_by("pk")[:2000])
    here, *others = read([cells_of_values(values), *(cells_of_values(values_of(place)) for place in places)])
    return [(places[pair.rows[1] - 2], pair) for pair in against(here, others)[:8]]


def cells_of_values(values: Mapping[str, Any]) -> dict[str, str]:
    """The row of the national schema of some fields."""
    return {column.name: write_value(column, values[column.field]) for column in COLUMNS}


class LooksAlike(Refused):
    """A new place that may already be there; `found` lists (place, pair)."""

    def __init__(self, found: list[tuple[Place, Pair]]) -> None:
        super().__init__("Ce lieu existe peut-être déjà.", remedy="Comparez, puis dites s’il est nouveau.", code="looks-alike")
        self.found = found


@transaction.atomic
def create_place(
    territory: Territory, *, typed: Mapping[str, Any], key: str, by: Any, today: date, keep_warnings: bool = False, is_new: bool = False
) -> Place:
    """Adds a place typed at the desk. The same `key` twice is one place.

    Raises Invalid, LooksAlike unless `is_new`, Doubtful unless `keep_warnings`, Refused.
    """
    require(by, EDIT)
    require_here(by, territory.pk)
    known = Place.objects.filter(territory=territory, source=DESK_SOURCE, source_id=key).first()
    if known is not None:
        return known
    values = {**typed, "source_id": key, "source_label": DESK_SOURCE, "updated_on": today, "pivot": typed["pivot"] or DUMMY_PIVOT}
    checked = check_values(values, today)
    if checked.errors:
        raise Invalid(checked.errors)
    if not is_new and (found := look_alikes(territory, checked.values)):
        raise LooksAlike(found)
    if checked.warnings and not keep_warnings:
        raise Doubtful(checked.warnings)
    upsert_place(territory, cells_of_values(checked.values), gazetteer(), today, source=DESK_SOURCE, by=by)
    made = Place.objects.get(territory=territory, source=DESK_SOURCE, source_id=key)
    if typed["languages"]:
        made.languages = list(typed["languages"])
        made.save(update_fields=["languages"])
    return made


# Confirmations


@transaction.atomic
def take_back_confirmations(territory: Territory, ids: Iterable[int], *, by: Any) -> int:
    """Erases confirmations that this person gave less than a day ago: a slip of the finger. Returns how many."""
    require(by, VERIFY)
    require_here(by, territory.pk)
    recent = timezone.now() - TAKE_BACK
    own = Confirmation.objects.filter(pk__in=list(ids), place__territory=territory, by_account=by, created_at__gte=recent)
    return own.delete()[0]


# Reports


@transaction.atomic
def handle_report(report: Report, *, state: str, answer: str, by: Any) -> Report:
    """Closes a report: corrected, or no follow-up with the reason. The same decision twice is one.

    Raises Refused: right missing, unknown decision, no reason, handled otherwise meanwhile.
    """
    require(by, HANDLE_REPORTS)
    require_here(by, report.place.territory_id)
    answer = answer.replace("\x00", "").strip()
    if state not in (ReportState.ACCEPTED, ReportState.REFUSED):
        raise Refused("Dites ce que vous décidez.", remedy="Choisissez une réponse.", field="state", code="state", status=400)
    if state == ReportState.REFUSED and not answer:
        raise Refused("Dites pourquoi il n’y a pas de suite.", remedy="Quelques mots.", field="answer", code="answer", status=400)
    if len(answer) > ANSWER_LIMIT:
        raise Refused(
            "Cette réponse est trop longue.", remedy=f"{ANSWER_LIMIT} caractères au plus.", field="answer", code="answer", status=400
        )
    locked = Report.objects.select_for_update().get(pk=report.pk)
    if locked.state != ReportState.NEW:
        if locked.state == state:
            return locked
        who = locked.handled_by.name if locked.handled_by else "quelqu’un"
        raise Refused(f"Ce signalement a déjà été traité par {who}.", remedy="Rouvrez-le pour décider autrement.", code="handled")
    locked.state, locked.answer, locked.handled_by, locked.handled_at = state, answer, by, timezone.now()
    locked.save(update_fields=["state", "answer", "handled_by", "handled_at"])
    return locked


@transaction.atomic
def reopen_report(report: Report, *, by: Any) -> Report:
    """Puts a report back among those to handle."""
    require(by, HANDLE_REPORTS)
    require_here(by, report.place.territory_id)
    locked = Report.objects.select_for_update().get(pk=report.pk)
    locked.state, locked.handled_by, locked.handled_at = ReportState.NEW, None, None
    locked.save(update_fields=["state", "handled_by", "handled_at"])
    return locked
