"""« Importer des activités »: a file is received, read whole, shown, then imported in one act, and undone as a whole if need be."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from yole.activities import linking, permissions, signals
from yole.activities.enums import BatchState, PlaceKind, Schema
from yole.activities.exports import coop_cells, v1_cells, yole_cells
from yole.activities.files import FILE_LIMIT, read_sheet
from yole.activities.formats import MIXED, Read, Reading, columns_of, is_written, looks_american, read_coop, read_v1, schema_of
from yole.activities.models import Activity, ImportBatch, Participation
from yole.activities.reading import Problem
from yole.activities.rules import Values, check
from yole.activities.selectors import visible
from yole.activities.services import scanned
from yole.base.errors import Refused
from yole.base.permissions import may, require
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.text import fold
from yole.organisations.models import Account
from yole.people.models import Person
from yole.places.models import Place
from yole.territory import selectors as territory_selectors
from yole.territory.models import Commune

_KEYS = uuid.UUID("9a3c0c5e-1c1a-4b52-8f0b-6b7b1f0f7a31")
CROWD = 9_999
"""Beyond it a file is wrong; La Coop's counters take 10,000, so a report typed on screen may hold as many."""
COLUMN_OF = {
    "kind": "type", "date": "date", "minutes": "duree", "place_kind": "typeLieu", "place": "structureId", "commune": "lieuCodeInsee",
    "themes": "thematiques", "admin_themes": "thematiques", "materials": "materiel", "level": "niveau", "autonomy": "autonomie",
    "redirection": "structureDeRedirection", "oriented_to_structure": "orienteVersStructure", "procedure_details": "precisionsDemarche",
    "workshop_title": "titreAtelier", "group": "anonymesTotal", "people": "personnes",
}  # fmt: skip
V1_COLUMN_OF = {
    "kind": "activite", "date": "dateAccompagnement", "place_kind": "canal", "commune": "codeCommune", "group": "nbParticipants",
    "notes": "annotation",
}  # fmt: skip


@dataclass(slots=True)
class Planned:
    """A row that can be imported (`new`), that is here already (`same`), or that the other tool had deleted (`gone`)."""

    row: int
    outcome: str
    key: uuid.UUID
    values: Values
    read: Read
    place: Place | None = None
    mediator_id: int | None = None

    @property
    def participants(self) -> int:
        return self.values.anonymous_count + len(self.values.people)


@dataclass(slots=True)
class Plan:
    """What an import would do. `refused`: {"row", "column", "reason", "remedy"}; `places`, `mediators`: unknown identifiers, how often."""

    rows: int
    schema: str
    planned: list[Planned] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    mediators: Counter[str] = field(default_factory=Counter)

    def count(self, outcome: str) -> int:
        return sum(one.outcome == outcome for one in self.planned)

    @property
    def refused_rows(self) -> int:
        return len({one["row"] for one in self.refused})


@transaction.atomic
def receive(account: Account, data: bytes, file_name: str) -> ImportBatch:
    """Keeps a file to import. The same file, not yet imported, is the same batch. Raises Refused: right, file that cannot be read."""
    require(account, permissions.IMPORT)
    if len(data) > FILE_LIMIT:
        raise Refused("Ce fichier est trop grand.", remedy="La limite est de 10 Mo.", field="file", code="size", status=422)
    sheet = read_sheet(data, file_name)
    schema = schema_of(columns_of(sheet.header))
    if schema is None:
        raise Refused(
            "Ce fichier n’a pas les colonnes attendues.",
            remedy="Il faut au moins type, date, duree, typeLieu, thematiques (ou les colonnes du premier outil).",
            field="file",
            code="columns",
            status=422,
        )
    sha256 = hashlib.sha256(data).hexdigest()
    waiting = ImportBatch.objects.filter(account=account, sha256=sha256, state=BatchState.PREVIEWED, content__isnull=False)
    return waiting.order_by("-id").first() or ImportBatch.objects.create(
        territory_id=account.territory_id,
        structure_id=account.structure_id,
        account=account,
        file_name=file_name.replace("\x00", "")[-255:] or "activites.csv",
        sha256=sha256,
        content=data,
        schema=schema,
        counts={"rows": len(sheet.rows)},
    )


def _require_batch(account: Account, batch: ImportBatch) -> None:
    require(account, permissions.IMPORT)
    if batch.account_id != account.pk:
        raise Refused("Cet import est celui de quelqu’un d’autre.", code="forbidden", status=403)


@transaction.atomic
def map_names(account: Account, batch: ImportBatch, *, places: Mapping[str, int], mediators: Mapping[str, int]) -> ImportBatch:
    """Says which place is which, and for the coordination of a structure which adviser is which. Raises Refused."""
    _require_batch(account, batch)
    known = set(Place.objects.filter(pk__in=places.values(), territory_id=account.territory_id).values_list("pk", flat=True))
    allowed = colleagues(account)
    if set(places.values()) - known or set(mediators.values()) - allowed:
        raise Refused("Un choix n’est plus dans la liste.", remedy="Choisissez de nouveau.", code="mapping", status=422)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    locked.mapping = {
        "places": {**locked.mapping.get("places", {}), **places},
        "mediators": {**locked.mapping.get("mediators", {}), **mediators},
    }
    locked.save(update_fields=["mapping"])
    return locked


def colleagues(account: Account) -> set[int]:
    """Accounts in whose name the account may import: its own, and for the coordination those of its structure."""
    if account.structure_id is None or not may(account, permissions.CORRECT):
        return {account.pk}
    rows = Account.objects.filter(structure_id=account.structure_id, territory_id=account.territory_id)
    return {account.pk, *rows.values_list("pk", flat=True)}


def plan(account: Account, batch: ImportBatch) -> Plan:
    """Reads a whole file against what is here; changes nothing."""
    if batch.content is None:
        raise Refused("Le fichier de cet import a été effacé.", remedy="Envoyez-le de nouveau.", code="erased")
    sheet = read_sheet(bytes(batch.content), batch.file_name)
    columns = columns_of(sheet.header)
    rows = [(number, {columns[name]: text for name, text in cells.items()}) for number, cells in sheet.rows]
    found = Plan(len(rows), batch.schema)
    day_column = "dateAccompagnement" if batch.schema == Schema.CNFS else "date"
    written = [cells.get(day_column, "") for _, cells in rows]
    american = any(looks_american(text) for text in written)
    # A spreadsheet of another country reads 03/04 as 4 March and leaves 23/04 as a text: the two side by side are both in doubt.
    held = {number for number, name in sheet.days if columns[name] == day_column}
    mixed = any(map(is_written, written)) and bool(held or (sheet.serials and any(text.isdecimal() for text in written)))
    reading = Reading(ZoneInfo(account.territory.time_zone), sheet.serials, american, mixed)
    world = _World(account, batch, rows)
    today = territory_selectors.today()
    repeats: Counter[str] = Counter()
    keys: dict[uuid.UUID, int] = {}
    for number, cells in rows:
        read = read_v1(cells, reading) if batch.schema == Schema.CNFS else read_coop(cells, batch.schema, reading)
        if read.deleted:
            found.planned.append(Planned(number, "gone", uuid.uuid4(), Values(), read))
            continue
        place = world.place(read, cells, found)
        if place is not None:
            read.data |= {"place": place.pk, "commune": read.data["commune"] if place.kind == "itinerant" else place.insee_code}
        values, problems = check(read.data, today=today, schema=read.schema)
        problems += scanned({"notes": values.notes, "procedure_details": values.procedure_details}, confirmed=True)
        problems += world.problems(values)
        names = V1_COLUMN_OF if batch.schema == Schema.CNFS else COLUMN_OF
        told = {wrong.column for wrong in read.wrong}
        lines = [(wrong.column, f"{wrong.reason}.", wrong.remedy) for wrong in read.wrong]
        lines += [(name, p.reason, p.remedy) for p in problems if (name := names.get(p.field, p.field)) not in told]
        if mixed and number in held:
            lines.append((day_column, f"« {cells.get(day_column, '')[:40]} » : {MIXED}.", "Écrivez toutes les dates en 2026-11-23."))
        if not lines and values.anonymous_count + len(values.people) > CROWD:
            lines.append((names["group"], "10 000 participants ou plus : c’est sûrement une erreur.", "Corrigez le nombre de personnes."))
        key = world.key(read, cells, repeats)
        if not lines and key in keys:
            lines.append(("id", f"La même activité est à la ligne {keys[key]}.", "Gardez-en une."))
        if lines:
            found.refused += [{"row": number, "column": column, "reason": why, "remedy": remedy} for column, why, remedy in lines]
            continue
        keys[key] = number
        found.planned.append(Planned(number, "new", key, values, read, place, world.mediator(read, found)))
    _compare(found, account)
    return found


class _World:
    """What rows are read against: places, communes, cards, advisers, asked for once for the whole file."""

    def __init__(self, account: Account, batch: ImportBatch, rows: list[tuple[int, dict[str, str]]]) -> None:
        self.account = account
        self.batch = batch
        names = {cells.get("structureId", "") for _, cells in rows} - {""}
        here = Place.objects.filter(territory_id=account.territory_id)
        mapped = {str(name): key for name, key in batch.mapping.get("places", {}).items()}
        by_key = {place.pk: place for place in here.filter(pk__in=mapped.values())}
        by_source: dict[str, list[Place]] = {}
        for one in here.filter(source_id__in=names, merged_into__isnull=True):
            by_source.setdefault(one.source_id, []).append(one)
        self.places = {name: found[0] for name, found in by_source.items() if len(found) == 1}
        self.places |= {name: by_key[key] for name, key in mapped.items() if key in by_key}
        codes = {cells.get(column, "").upper() for _, cells in rows for column in ("lieuCodeInsee", "codeCommune")}
        codes |= {one.insee_code for one in self.places.values()}
        self.communes = set(Commune.objects.filter(pk__in=codes).values_list("pk", flat=True))
        keys = {text for _, cells in rows for text in cells.get("personnes", "").split("|") if text}
        self.people = {str(person.pk): person for person in linking.readable(account, keys)}
        self.colleagues = colleagues(account)
        identifiers = {cells["id"] for _, cells in rows if cells.get("id")}
        wanted = [uuid.UUID(text) for text in identifiers if _is_uuid(text)]
        self.own = set(visible(account).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()

    def place(self, read: Read, cells: Mapping[str, str], found: Plan) -> Place | None:
        name = cells.get("structureId", "")
        if read.data.get("place_kind") != PlaceKind.ACTIVITY_PLACE or not name:
            return None
        place = self.places.get(name)
        if place is None:
            found.places[name] += 1
        return place

    def problems(self, values: Values) -> list[Problem]:
        wrong = []
        if values.commune and values.commune not in self.communes:
            if values.place is not None:
                values.commune = ""
            else:
                wrong.append(Problem("commune", f"La commune {values.commune} n’est pas connue.", "Vérifiez le code Insee.", "commune"))
        if missing := [link.person for link in values.people if str(link.person) not in self.people]:
            wrong.append(Problem("people", f"La carte {missing[0]} n’est pas de votre structure.", "Ôtez-la de la liste.", "person"))
        return wrong

    def key(self, read: Read, cells: Mapping[str, str], repeats: Counter[str]) -> uuid.UUID:
        """The key of a row: its own when it comes from here, else one drawn from the structure and the identifier (or the whole row)."""
        if _is_uuid(read.identifier) and uuid.UUID(read.identifier) in self.own:
            return uuid.UUID(read.identifier)
        if read.identifier:
            read.original.setdefault("id", read.identifier)
            said = read.identifier
        else:
            said = json.dumps(dict(sorted(cells.items())), ensure_ascii=False)
            repeats[said] += 1
            said += f"#{repeats[said]}"
        return uuid.uuid5(_KEYS, f"{self.account.structure_id or f'account {self.account.pk}'}:{read.schema}:{said}")

    def mediator(self, read: Read, found: Plan) -> int:
        name = read.original.get("mediateurId", "")
        if name.startswith("yole-") and name[5:].isdecimal() and int(name[5:]) in self.colleagues:
            return int(name[5:])
        chosen = self.batch.mapping.get("mediators", {}).get(name)
        if name and chosen is None:
            found.mediators[name] += 1
        return int(chosen) if chosen in self.colleagues else self.account.pk


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _columns(one: Planned) -> dict[str, Any]:
    """Columns that a row gives to its report."""
    values = one.values
    names = (
        *("kind", "one_off", "date", "minutes", "place_kind", "materials", "level", "autonomy", "redirection", "oriented_to_structure"),
        *("themes", "admin_themes", "procedure_details", "workshop_title", "tags", "notes", "anonymous_count", "already_known"),
        *("gender_counts", "age_counts", "status_counts", "v1_age_counts"),
    )
    own = one.read.schema == Schema.YOLE
    return {name: getattr(values, name) for name in names} | {
        "place_id": one.place.pk if one.place is not None else None,
        "commune_id": values.commune or None,
        "title_key": fold(values.workshop_title),
        "schema": one.read.schema,
        # What our own export says of itself (adviser, place, instants) is already in the columns.
        "original": {k: v for k, v in one.read.original.items() if not own} or None,
        "participants": values.anonymous_count + len(values.people),
    }


def _said_again(row: Activity, one: Planned, zone: ZoneInfo) -> Values:
    """What a report that is here would say in the shape of a row: its own export, read as the row was."""
    people = list(row.participations.all())
    reading = Reading(zone)
    if one.read.shape == Schema.CNFS:
        again = read_v1(v1_cells(row), reading)
    else:
        cells = yole_cells(row, people) if one.read.shape == Schema.YOLE else coop_cells(row, people)
        again = read_coop(cells, one.read.shape, reading)
    if row.place is not None:
        again.data |= {"place": row.place_id, "commune": row.commune_id or ""}
    return check(again.data, today=row.date, schema=again.schema)[0]


def _compare(found: Plan, account: Account) -> None:
    """Tells rows that are here already from new ones; a row that is here with other words is refused."""
    keys = [one.key for one in found.planned if one.outcome == "new"]
    rows = Activity.objects.filter(pk__in=keys).select_related("place", "commune").prefetch_related("participations")
    here, zone = {row.pk: row for row in rows}, ZoneInfo(account.territory.time_zone)
    kept = []
    for one in found.planned:
        row = here.get(one.key)
        if row is None:
            kept.append(one)
            continue
        if row.deleted_at is not None:
            reason, remedy = "Cette activité a été supprimée ici.", "Rétablissez-la à l’écran, ou ôtez cette ligne."
        elif _said_again(row, one, zone) == one.values:
            one.outcome = "same"
            kept.append(one)
            continue
        else:
            reason, remedy = "Cette activité est déjà ici avec d’autres valeurs.", "Corrigez-la à l’écran, ou ôtez cette ligne."
        found.refused.append({"row": one.row, "column": "id", "reason": reason, "remedy": remedy})
    found.planned = kept
    found.refused.sort(key=lambda line: line["row"])


@transaction.atomic
def apply(account: Account, batch: ImportBatch, *, without_refused: bool = False) -> ImportBatch:
    """Imports every row in one act. Sent twice, it is one import.

    With a refused row nothing is imported, unless a person chose to leave those rows out: they are kept then with their reasons.
    """
    _require_batch(account, batch)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state == BatchState.APPLIED:
        return locked
    if locked.state == BatchState.UNDONE:
        raise Refused("Cet import a été annulé.", remedy="Envoyez de nouveau le fichier.", code="undone")
    found = plan(account, locked)
    new = [one for one in found.planned if one.outcome == "new"]
    if not new and found.refused:
        raise Refused(
            "Aucune ligne ne peut être importée.", remedy="Corrigez le fichier, puis envoyez-le de nouveau.", code="nothing", status=422
        )
    if found.refused and not without_refused:
        raise Refused(
            f"{found.refused_rows} ligne{'s' if found.refused_rows > 1 else ''} à corriger : rien n’est importé.",
            remedy="Corrigez le fichier, ou choisissez d’importer les autres lignes.",
            code="refused-rows",
            status=422,
        )
    now = timezone.now()
    shared = {
        "territory_id": account.territory_id,
        "structure_id": account.structure_id,
        "import_batch": locked,
        "is_fictional": account.is_fictional,
        "created_at": now,
        "changed_at": now,
    }
    rows = [Activity(pk=one.key, mediator_id=one.mediator_id, **shared, **_columns(one)) for one in new]
    Activity.objects.bulk_create(rows, batch_size=500)
    _link(account, new)
    locked.state, locked.applied_at, locked.content = BatchState.APPLIED, now, None
    locked.counts = {
        "rows": found.rows, "new": len(new), "same": found.count("same"), "gone": found.count("gone"), "refused": found.refused_rows
    }  # fmt: skip
    locked.refused = found.refused
    locked.save(update_fields=["state", "applied_at", "content", "counts", "refused"])
    changes = [signals.Change(row.pk, None, signals.keys_of(row)) for row in rows]
    signals.changed_many.send(Activity, changes=changes)
    _note(account, "activities.import", locked)
    return locked


def _link(account: Account, new: list[Planned]) -> None:
    keys = {str(link.person) for one in new for link in one.values.people}
    people: dict[uuid.UUID, Person] = {person.pk: person for person in linking.readable(account, keys)}
    Participation.objects.bulk_create(
        (
            linking.participation(one.key, people[link.person], one.values.date, already_known=False)
            for one in new
            for link in one.values.people
        ),
        batch_size=500,
    )


@transaction.atomic
def undo(account: Account, batch: ImportBatch) -> ImportBatch:
    """Takes away every report of an import that nobody corrected since; the others stay and are counted. Sent twice, it is one undo."""
    _require_batch(account, batch)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state == BatchState.UNDONE:
        return locked
    if locked.state != BatchState.APPLIED:
        raise Refused("Cet import n’a pas été fait.", code="not-applied")
    rows = list(Activity.objects.select_for_update().filter(import_batch=locked, version=1, deleted_at__isnull=True))
    left = Activity.objects.filter(import_batch=locked).exclude(version=1, deleted_at__isnull=True).count()
    changes = [signals.Change(row.pk, signals.keys_of(row), None) for row in rows]
    Activity.objects.filter(pk__in=[row.pk for row in rows]).delete()
    locked.state, locked.undone_at = BatchState.UNDONE, timezone.now()
    locked.counts = {**locked.counts, "undone": len(rows), "left": left}
    locked.save(update_fields=["state", "undone_at", "counts"])
    signals.changed_many.send(Activity, changes=changes)
    _note(account, "activities.import-undo", locked)
    return locked


@transaction.atomic
def drop(account: Account, batch: ImportBatch) -> None:
    """Forgets a file that was never imported."""
    _require_batch(account, batch)
    ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEWED).delete()


def _note(account: Account, act: str, batch: ImportBatch) -> None:
    organisation = reference("structure", batch.structure_id) if batch.structure_id else ""
    body = {"sha256": batch.sha256, "counts": {name: int(count) for name, count in batch.counts.items()}}
    record(act, reference("account", account.pk), reference("import", batch.pk), body, organisation)


@transaction.atomic
def note_export(account: Account, subject: str, shape: str, scope: str) -> None:
    """An export leaves with notes: the journal says that it was made."""
    organisation = reference("structure", account.structure_id) if account.structure_id else ""
    record("activities.export", reference("account", account.pk), subject, {"shape": shape, "scope": scope}, organisation)
