"""« Importer une liste »: a file is received, its columns matched, its effect shown, then applied or undone as a whole."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.kernel.errors import InputError
from yole.kernel.tables import Table, parse_table, write_table
from yole.kernel.text import fold
from yole.places.columns import COLUMNS, FIELDS
from yole.places.desk_fields import plain, revived
from yole.places.desk_services import cells_of_values, gazetteer, record, require_here, store, values_of
from yole.places.engine.checks import Finding, check
from yole.places.engine.duplicates import duplicates
from yole.places.engine.repairs import repair
from yole.places.engine.rows import read
from yole.places.engine.schema import COLUMNS as SCHEMA_COLUMNS
from yole.places.engine.schema import DUMMY_PIVOT, REQUIRED
from yole.places.enums import BatchState
from yole.places.importing import Planned, import_prepared, plan
from yole.places.incoming import Prepared, prepare
from yole.places.models import ImportBatch, Place, PlaceChange, PlaceSource
from yole.places.permissions import IMPORT
from yole.territory.models import Territory

FILE_LIMIT = 10 * 1024 * 1024
ROW_LIMIT = 30_000
ORIGIN = "_origin"  # key of PlaceChange.before: what the source said before the import
# Names met in real lists, folded, for each column of the schema.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("identifiant", "id structure", "ident", "numero", "id lieu", "code"),
    "pivot": ("siret", "siren", "rna", "numero siret", "n siret"),
    "nom": ("nom du lieu", "nom de la structure", "structure", "name", "intitule", "libelle", "lieu", "denomination", "raison sociale"),
    "commune": ("ville", "nom commune", "nom de la commune", "city", "localite", "libelle commune"),
    "code_postal": ("cp", "code postal", "codepostal", "zip", "postal"),
    "code_insee": ("insee", "code insee", "code commune", "codeinsee", "insee com"),
    "adresse": ("adresse postale", "rue", "voie", "address", "adresse 1", "adresse ligne 1"),
    "complement_adresse": ("complement", "complement adresse", "complement d adresse", "adresse 2"),
    "latitude": ("lat", "y"),
    "longitude": ("lon", "lng", "long", "x"),
    "typologie": ("type", "type de structure", "type de lieu", "categorie"),
    "telephone": ("tel", "telephone", "telephone fixe", "numero de telephone", "phone", "tel fixe"),
    "courriels": ("courriel", "email", "e mail", "mail", "adresse mail", "adresse e mail", "adresse electronique"),
    "site_web": ("site", "site internet", "url", "web", "site web"),
    "horaires": ("horaire", "horaires d ouverture", "heures d ouverture", "opening hours", "ouverture"),
    "presentation_resume": ("resume", "presentation", "description courte"),
    "presentation_detail": ("description", "commentaire", "commentaires", "detail", "observations", "remarques"),
    "itinerance": ("itinerant", "format", "fixe ou itinerant"),
    "structure_parente": ("structure porteuse", "porteur", "gestionnaire", "organisme"),
    "date_maj": ("date de mise a jour", "maj", "mise a jour", "date maj", "updated at", "derniere mise a jour", "date"),
    "services": ("service", "aides", "services proposes", "offre"),
    "publics_specifiquement_adresses": ("publics", "public", "public cible"),
    "prise_en_charge_specifique": ("accessibilite", "prise en charge"),
    "frais_a_charge": ("tarif", "tarifs", "frais", "conditions tarifaires", "cout"),
    "modalites_acces": ("acces", "modalites d acces"),
    "modalites_accompagnement": ("accompagnement", "modalites d accompagnement"),
    "dispositif_programmes_nationaux": ("programme", "programmes", "dispositif", "labels nationaux"),
    "fiche_acces_libre": ("acceslibre", "acces libre"),
    "prise_rdv": ("rdv", "prise de rendez vous", "prise de rdv", "rendez vous"),
}
# Columns a list may lack: the same value then goes to every row.
CONSTANTS = ("date_maj", "pivot", "itinerance", "typologie", "dispositif_programmes_nationaux")
_BY_NAME = {fold(column): column for column in SCHEMA_COLUMNS} | {
    fold(name): column for column, names in SYNONYMS.items() for name in names
}


def proposed(header: Iterable[str]) -> dict[str, str]:
    """File column -> column of the schema, where the name says it; each column of the schema once."""
    found: dict[str, str] = {}
    for exact in (True, False):
        for name in header:
            column = name if exact and name in SCHEMA_COLUMNS else (None if exact else _BY_NAME.get(fold(name)))
            if column and name not in found and column not in found.values():
                found[name] = column
    return found


def table_of(data: bytes, name: str) -> Table:
    """The table in a file received from a person. Raises Refused, in words for somebody who made it with a spreadsheet."""

    def no(reason: str, remedy: str, code: str) -> Refused:
        return Refused(reason, remedy=remedy, field="file", code=code, status=400)

    as_csv = "Dans votre tableur : Enregistrer sous, puis « CSV UTF-8 »."
    if len(data) > FILE_LIMIT:
        raise no(
            f"Ce fichier pèse {len(data) / 1048576:.1f} Mo.".replace(".", ",", 1),
            "La limite est de 10 Mo. Coupez la liste en deux.",
            "size",
        )
    if not data.strip():
        raise no("Ce fichier est vide.", "Choisissez le fichier de votre liste.", "empty")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise no("C’est un classeur de tableur, pas un fichier CSV.", as_csv, "spreadsheet")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise no("Ce fichier est en UTF-16.", as_csv, "encoding")
    if b"\x00" in data:
        raise no("Ce fichier n’est pas du texte.", f"Attendu : une liste au format CSV. {as_csv}", "binary")
    try:
        table = parse_table(data, name)
    except InputError as error:
        if "UTF-8" in error.message:
            line = data.count(b"\n", 0, _first_bad(data)) + 1
            raise no(f"Ce fichier n’est pas en UTF-8 : un caractère est illisible à la ligne {line}.", as_csv, "encoding") from None
        where = f" Ligne {error.row} après l’en-tête." if error.row else f" Colonne « {error.column} »." if error.column else ""
        expected = f" Attendu : {error.expected}." if error.expected else ""
        raise no(f"{error.message[:1].upper()}{error.message[1:]}.{where}", f"Corrigez le fichier.{expected}", "csv") from None
    if not table.rows:
        raise no("Ce fichier n’a qu’un en-tête.", "Il faut au moins une ligne sous les noms de colonnes.", "empty")
    if len(table.rows) > ROW_LIMIT:
        raise no(f"Cette liste a {len(table.rows)} lignes.", f"La limite est de {ROW_LIMIT} lignes. Coupez la liste en deux.", "size")
    return table


def _first_bad(data: bytes) -> int:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start
    return 0


@transaction.atomic
def receive_list(territory: Territory, *, data: bytes, file_name: str, source: str, by: Any) -> ImportBatch:
    """Keeps a file to import and proposes its columns. The same file with the same source, not yet applied, is the same batch.

    Raises Refused: right, no source, file that cannot be read.
    """
    require(by, IMPORT)
    require_here(by, territory.pk)
    source = " ".join(source.replace("\x00", "").split())
    if not source or len(source) > 120:
        raise Refused(
            "Dites d’où vient cette liste.", remedy="Par exemple : Liste des EPN 2026.", field="source", code="source", status=400
        )
    table = table_of(data, file_name)
    sha256 = hashlib.sha256(data).hexdigest()
    Territory.objects.select_for_update().get(pk=territory.pk)
    waiting = ImportBatch.objects.filter(
        territory=territory, sha256=sha256, source=source, state=BatchState.PREVIEWED, content__isnull=False
    )
    known = waiting.order_by("-id").first()
    if known is not None:
        return known
    return ImportBatch.objects.create(
        territory=territory,
        source=source,
        file_name=file_name.replace("\x00", "")[-255:] or "liste.csv",
        sha256=sha256,
        content=data,
        mapping={"columns": proposed(table.header), "constants": {}},
        counts={"rows": len(table.rows)},
        by_account=by,
    )


def batch_table(batch: ImportBatch) -> Table:
    """The table of a batch whose content is still there. Raises Refused when it was erased."""
    if batch.content is None:
        raise Refused("Le fichier de cet import a été effacé.", remedy="Envoyez-le de nouveau.", code="erased")
    return table_of(bytes(batch.content), batch.file_name)


@transaction.atomic
def map_columns(batch: ImportBatch, *, columns: Mapping[str, str], constants: Mapping[str, str], by: Any) -> ImportBatch:
    """Says which column is which, and the values of columns that the file lacks. Raises Refused naming what is missing or given twice."""
    require(by, IMPORT)
    require_here(by, batch.territory_id)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state != BatchState.PREVIEWED:
        raise Refused("Cet import est déjà fait.", code="applied")
    header = set(batch_table(locked).header)
    chosen = {name: column for name, column in columns.items() if column and name in header}
    if unknown := [column for column in chosen.values() if column not in SCHEMA_COLUMNS]:
        raise Refused(f"La colonne « {unknown[0][:40]} » n’existe pas.", code="column", status=400)
    twice = sorted({column for column in chosen.values() if list(chosen.values()).count(column) > 1})
    if twice:
        raise Refused(f"Deux colonnes de votre fichier vont vers « {twice[0]} ».", remedy="Gardez-en une.", code="twice", status=400)
    fixed = {name: value.replace("\x00", "").strip() for name, value in constants.items() if name in CONSTANTS and value.strip()}
    fixed = {name: value for name, value in fixed.items() if name not in chosen.values()}
    given = {*chosen.values(), *fixed}
    missing = [name for name in REQUIRED if name not in given and name not in ("id", "pivot")]
    if missing:
        raise Refused(f"Il manque : {', '.join(missing)}.", remedy="Dites quelle colonne les contient.", code="missing", status=400)
    locked.mapping = {"columns": chosen, "constants": fixed}
    locked.save(update_fields=["mapping"])
    return locked


def schema_rows(batch: ImportBatch) -> list[dict[str, str]]:
    """The rows of a batch in the columns of the schema; other columns of the file are kept under their own name.

    A row without `id` has a stable one, made from its name, postcode and address; without pivot, the dummy of zeros.
    """
    table = batch_table(batch)
    columns, constants = batch.mapping.get("columns", {}), batch.mapping.get("constants", {})
    rows = []
    for record_ in table.records():
        row = {
            columns.get(name, name if name not in SCHEMA_COLUMNS else f"{name} (fichier)"): text for name, text in record_.items() if name
        }
        for name, value in constants.items():
            row[name] = row.get(name) or value
        if not row.get("id", "").strip() and row.get("nom", "").strip():
            said = "|".join(fold(row.get(name, "")) for name in ("nom", "code_postal", "adresse"))
            row["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, said))
        if "pivot" not in columns.values() and not row.get("pivot"):
            row["pivot"] = DUMMY_PIVOT
        row.setdefault("source", "")
        row["source"] = row["source"].strip() or batch.source
        rows.append(row)
    return rows


@dataclass(slots=True)
class Preview:
    """What an import would do. `alike`: (row, name, place, score, reasons) of rows to create that look like a place already there."""

    prepared: Prepared
    planned: list[Planned]
    warnings: list[Finding] = field(default_factory=list)
    alike: list[tuple[int, str, Place, float, tuple[str, ...]]] = field(default_factory=list)
    rows: int = 0

    def count(self, outcome: str) -> int:
        return sum(one.outcome == outcome for one in self.planned)


def preview(batch: ImportBatch, today: date) -> Preview:
    """Reads and compares a whole list; changes nothing."""
    rows = schema_rows(batch)
    prepared = prepare(rows, gazetteer(), today, source=batch.source)
    planned = plan(batch.territory, prepared.rows)
    warnings = check(read([repair(row)[0] for row in rows]), gazetteer(), today).warnings
    return Preview(prepared, planned, warnings, _alike(batch.territory, planned), len(rows))


def _alike(territory: Territory, planned: list[Planned]) -> list[tuple[int, str, Place, float, tuple[str, ...]]]:
    new = [one for one in planned if one.outcome == "created"]
    if not new:
        return []
    codes = {one.incoming.values.get("insee_code") for one in new} | {""}
    postcodes = {one.incoming.values.get("postcode") for one in new}
    near = Place.objects.filter(territory=territory, merged_into__isnull=True)
    places = list(near.filter(insee_code__in=codes).order_by("pk")) if None not in codes else list(near.filter(postcode__in=postcodes))
    typed = [
        {name: one.incoming.values.get(name, [] if name in _LISTS else None if name in ("lat", "lon") else "") for name in FIELDS}
        for one in new
    ]
    pairs = duplicates(read([*map(cells_of_values, typed), *(cells_of_values(values_of(place)) for place in places)]))
    found = []
    for pair in pairs:
        first, second = (number - 1 for number in pair.rows)
        if first < len(new) <= second:
            one = new[first]
            found.append((one.incoming.row, str(one.incoming.values["name"]), places[second - len(new)], pair.score, pair.reasons))
    return sorted(found, key=lambda line: -line[3])


_LISTS = {column.field for column in COLUMNS if column.kind == "list"}


@transaction.atomic
def apply_batch(batch: ImportBatch, *, by: Any, today: date) -> ImportBatch:
    """Imports the list of a batch, all or nothing. Sent twice, it is one import. The content of the file is then erased."""
    require(by, IMPORT)
    require_here(by, batch.territory_id)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state == BatchState.APPLIED:
        return locked
    if locked.state == BatchState.UNDONE:
        raise Refused("Cet import a été annulé.", remedy="Envoyez de nouveau le fichier.", code="undone")
    Territory.objects.select_for_update().get(pk=locked.territory_id)
    rows = schema_rows(locked)
    prepared = prepare(rows, gazetteer(), today, source=locked.source)
    origins = _origins(plan(locked.territory, prepared.rows))
    result = import_prepared(locked.territory, prepared, batch=locked, by=by, why=f"Import de {locked.file_name}")
    _keep_origins(locked, origins)
    locked.state, locked.applied_at, locked.content = BatchState.APPLIED, timezone.now(), None
    locked.counts = {**result.counts(), "rows": len(rows), "kept": result.kept, "repairs": len(result.repairs)}
    reasons: dict[int, list[str]] = {}
    for refusal in result.refusals:
        reasons.setdefault(refusal.row, []).append(f"{refusal.field} : {refusal.reason} [{refusal.code}]")
    locked.refused = [{"row": number, "raw": rows[number - 1], "reasons": said} for number, said in sorted(reasons.items())]
    locked.save(update_fields=["state", "applied_at", "content", "counts", "refused"])
    return locked


def _origins(planned: list[Planned]) -> dict[int, dict[str, Any]]:
    """By place to update: what the source of the row said until now, None when that source had said nothing."""
    found: dict[int, dict[str, Any]] = {}
    for one in planned:
        if one.outcome == "updated" and one.place is not None:
            said = one.origin
            found[one.place.pk] = {
                "source": one.incoming.source,
                "source_id": one.incoming.source_id,
                "said": said and {"raw": said.raw, "repairs": said.repairs, "seen_at": said.seen_at.isoformat()},
            }
    return found


def _keep_origins(batch: ImportBatch, origins: Mapping[int, Any]) -> None:
    changes = list(PlaceChange.objects.filter(batch=batch, created=False))
    for change in changes:
        change.before = {**change.before, ORIGIN: origins[change.place_id]}
    PlaceChange.objects.bulk_update(changes, ["before"], batch_size=500)


def refused_csv(batch: ImportBatch) -> bytes:
    """The refused rows of an import, each with its number and the reasons."""
    names = list(dict.fromkeys(name for one in batch.refused for name in one["raw"]))
    header = ["ligne", *names, "raison_du_refus"]
    return write_table(header, ([one["row"], *(one["raw"].get(n, "") for n in names), " ; ".join(one["reasons"])] for one in batch.refused))


# Undoing


@dataclass(frozen=True, slots=True)
class Blocked:
    """A place of an import that was touched since, and by what."""

    place: Place
    reason: str


def blocked_places(batch: ImportBatch) -> list[Blocked]:
    """Places that the undo of an import would damage, because something happened to them since."""
    changes = list(PlaceChange.objects.filter(batch=batch).select_related("place").order_by("id"))
    last = max((change.pk for change in changes), default=0)
    ids = [change.place_id for change in changes]
    later = set(PlaceChange.objects.filter(place_id__in=ids, pk__gt=last).exclude(batch=batch).values_list("place_id", flat=True))
    born = [change.place_id for change in changes if change.created]
    told: dict[int, str] = {}
    for why, rows in (
        ("signalé depuis", Place.objects.filter(pk__in=born, reports__isnull=False)),
        ("vérifié depuis", Place.objects.filter(pk__in=born, confirmations__isnull=False)),
        ("a des arrêts", Place.objects.filter(pk__in=born, stops__isnull=False)),
        ("un autre lieu lui est réuni", Place.objects.filter(pk__in=born, merged_places__isnull=False)),
    ):
        told.update(dict.fromkeys(rows.values_list("pk", flat=True), why))
    found = []
    for change in changes:
        moved = [n for n, v in change.after.items() if plain(getattr(change.place, n)) != v]
        if change.place_id in later or moved or change.place.merged_into_id:
            found.append(Blocked(change.place, "modifié depuis"))
        elif change.place_id in told:
            found.append(Blocked(change.place, told[change.place_id]))
    return found


@transaction.atomic
def undo_batch(batch: ImportBatch, *, by: Any, leave_blocked: bool = False) -> ImportBatch:
    """« Annuler cet import »: places born of it go, the others and their sources are as before. Sent twice, it is one undo.

    Raises Refused when a place was touched since, unless `leave_blocked`: those places then stay as they are.
    """
    require(by, IMPORT)
    require_here(by, batch.territory_id)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state == BatchState.UNDONE:
        return locked
    if locked.state != BatchState.APPLIED:
        raise Refused("Cet import n’a pas été fait.", code="not-applied")
    Territory.objects.select_for_update().get(pk=locked.territory_id)
    blocked = blocked_places(locked)
    if blocked and not leave_blocked:
        raise Refused(
            f"{len(blocked)} lieux ont changé depuis cet import." if len(blocked) > 1 else "Un lieu a changé depuis cet import.",
            remedy="Relisez la liste, puis annulez pour les autres lieux.",
            code="blocked",
        )
    left = {one.place.pk for one in blocked}
    for change in PlaceChange.objects.filter(batch=locked).select_related("place"):
        if change.place_id in left:
            continue
        if change.created:
            change.place.delete()
        else:
            _put_back(change, locked, by)
    locked.state, locked.undone_at = BatchState.UNDONE, timezone.now()
    locked.counts = {**locked.counts, "left": len(left)}
    locked.save(update_fields=["state", "undone_at", "counts"])
    return locked


def _put_back(change: PlaceChange, batch: ImportBatch, by: Any) -> None:
    fields = {name: revived(name, value) for name, value in change.before.items() if not name.startswith("_")}
    if fields:
        store(change.place, fields)
    origin = change.before.get(ORIGIN)
    if origin:
        known = PlaceSource.objects.filter(place=change.place, source=origin["source"], source_id=origin["source_id"])
        if origin["said"] is None:
            known.delete()
        else:
            said = origin["said"]
            known.update(raw=said["raw"], repairs=said["repairs"], seen_at=datetime.fromisoformat(said["seen_at"]))
    old = {name: value for name, value in change.before.items() if not name.startswith("_")}
    record(change.place, change.after, old, f"Annulation de l’import de {batch.file_name}", by)


@transaction.atomic
def drop_batch(batch: ImportBatch, *, by: Any) -> None:
    """Forgets a list that was never imported."""
    require(by, IMPORT)
    require_here(by, batch.territory_id)
    ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEWED).delete()
