"""Reading the tables back: an archive, a folder or a JSON document, ours or the State's. Everything is written, or nothing."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from yole.base.errors import Refused
from yole.kernel.errors import InputError
from yole.kernel.files import BAD_ZIP, read_bytes
from yole.kernel.tables import parse_table
from yole.organisations.models import Structure
from yole.organisations.services import create_structure
from yole.roadmap.files_cells import Cell, Place, given, split, written
from yole.roadmap.files_export import FORMAT, VERSION
from yole.roadmap.files_tables import BEARERS, BEARERS_HEADER, STATE_TABLES, TABLES, Table
from yole.roadmap.models import Axis, Commitment, Roadmap
from yole.territory.models import Territory
from yole.territory.selectors import today

LIMIT = 50 * 1024 * 1024
Read = dict[str, tuple[str, list[dict[str, str]]]]
"""Table -> (name of the file, rows)."""

IMPORTED_AXIS = "Actions importées"


@dataclass(slots=True)
class Report:
    """What an import did: rows added and changed by table, structures made, and what a person has to complete."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    structures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"added": self.added, "changed": self.changed, "structures": self.structures, "notes": self.notes}


def read(path: Path) -> Read:
    """The tables of an archive (.zip), of a folder of CSV files or of a JSON document. Raises InputError."""
    if path.is_dir():
        files = {one.name: read_bytes(one, limit=LIMIT) for one in sorted(path.glob("*.csv"))}
        return _csv(files, str(path))
    data = read_bytes(path, limit=LIMIT)
    if path.suffix.lower() == ".json":
        return _json(data, str(path))
    return _csv(_unpacked(data, str(path)), str(path))


def _unpacked(data: bytes, name: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            infos = [one for one in packed.infolist() if one.filename.lower().endswith(".csv")]
            if sum(one.file_size for one in infos) > LIMIT:
                raise InputError("archive trop grande une fois ouverte", file=name, expected="50 Mo au plus")
            return {one.filename.rsplit("/", 1)[-1]: packed.read(one) for one in infos}
    except BAD_ZIP:
        raise InputError("archive illisible", file=name, expected="un .zip de fichiers CSV, un dossier ou un .json") from None


def _csv(files: dict[str, bytes], name: str) -> Read:
    known = {one.name for one in (*TABLES, *STATE_TABLES)} | {BEARERS}
    found: Read = {}
    for file, data in files.items():
        stem = file.removesuffix(".csv")
        if stem in known:
            found[stem] = (file, list(parse_table(data, file).records()))
    if not found:
        raise InputError("aucune table de feuille de route", file=name, expected="des fichiers comme engagement.csv ou action.csv")
    return found


def _json(data: bytes, name: str) -> Read:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise InputError("JSON illisible", file=name, expected="le fichier de « yole roadmap export »") from None
    tables = content.get("tables") if isinstance(content, dict) else None
    if not isinstance(tables, dict) or content.get("format") != FORMAT or content.get("version") != VERSION:
        raise InputError("ce n’est pas une feuille de route de Yole", file=name, expected=f"format {FORMAT}, version {VERSION}")
    found: Read = {}
    for table, rows in tables.items():
        if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
            raise InputError("table illisible", file=name, column=str(table), expected="une liste d’objets")
        for number, row in enumerate(rows, 1):
            if wrong := next((key for key, value in row.items() if not isinstance(value, str)), None):
                raise InputError("valeur illisible", file=f"{name}, {table}", row=number, column=wrong, expected="un texte")
        found[table] = (f"{name}, {table}", rows)
    return found


class _Reader:
    """Writes the rows of the tables in order, and remembers each by its identifier."""

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        self.report = Report()
        self.met: dict[tuple[type[models.Model], str], Any] = {}

    def structure(self, name: str, siret: str = "") -> Structure:
        """The structure of that name, made when there is none."""
        found = Structure.objects.filter(territory=self.territory, name__iexact=name).first()
        if found is None:
            found = create_structure(self.territory, name, siret=siret)
            self.report.structures.append(found.name)
        return found

    def linked(self, model: type[models.Model], uid: str, cell: Cell, place: Place) -> Any:
        found = self.met.get((model, uid)) or model._default_manager.filter(territory=self.territory, uid=uid).first()
        if found is None:
            raise place.error("identifiant inconnu", cell.header, uid, "l’identifiant d’une ligne du même envoi, ou déjà connue")
        return found

    def table(self, table: Table, file: str, rows: list[dict[str, str]]) -> None:
        needed = [cell.header for cell in table.cells if cell.compulsory]
        seen: set[str] = set()
        for number, row in enumerate(rows, 1):
            place = Place(file, number)
            if missing := next((header for header in needed if header not in row), None):
                raise place.error("colonne absente", missing, expected=f"les colonnes {', '.join(needed)}")
            uid = row["id"].strip()
            if uid in seen:
                raise place.error("identifiant présent deux fois", "id", uid)
            seen.add(uid)
            self.row(table, row, place)

    def row(self, table: Table, row: dict[str, str], place: Place) -> None:
        uid = given(row["id"], table.cells[0], place)
        old: Any = table.model._default_manager.filter(territory=self.territory, uid=uid).first()
        made: Any = old or table.model(territory=self.territory)
        many: dict[str, list[Any]] = {}
        cells = [cell for cell in table.cells if cell.header in row and cell.kind != "siret"]
        if old is not None and table.only_added:
            self._same(table, old, row, place)
            self.met[(table.model, uid)] = old
            return
        for cell in cells:
            text = row[cell.header]
            if cell.kind in ("links", "structures"):
                many[cell.attribute] = [self._several(cell, one, place) for one in split(text)]
            elif cell.kind in ("link", "structure"):
                setattr(made, cell.attribute, self._single(cell, text, row, place))
            else:
                setattr(made, cell.attribute, given(text, cell, place))
        self._defaults(made, old is None)
        try:
            made.full_clean()
        except ValidationError as error:
            name, words = next(iter(error.message_dict.items()))
            column = next((cell.header for cell in table.cells if cell.attribute == name), None)
            raise place.error(words[0].rstrip("."), column, row.get(column) if column else None) from None
        made.save(force_insert=old is None)
        for attribute, things in many.items():
            getattr(made, attribute).set(things)
        self.met[(table.model, uid)] = made
        counts = self.report.added if old is None else self.report.changed
        counts[table.name] = counts.get(table.name, 0) + 1

    def _single(self, cell: Cell, text: str, row: dict[str, str], place: Place) -> Any:
        if not text.strip():
            if cell.compulsory:
                raise place.error("valeur absente", cell.header, expected="une valeur")
            return None
        return self._several(cell, text.strip(), place, row.get("siret_ridet", "").strip())

    def _several(self, cell: Cell, text: str, place: Place, siret: str = "") -> Any:
        if cell.of is not None:
            return self.linked(cell.of, text, cell, place)
        try:
            return self.structure(text, siret)
        except Refused as refusal:
            raise place.error(refusal.reason.rstrip("."), cell.header, text) from None

    def _same(self, table: Table, old: models.Model, row: dict[str, str], place: Place) -> None:
        """A row of a table where rows are only added is the one that is already there, or the file is refused."""
        for cell in table.cells:
            if cell.header in row and written(old, cell) != row[cell.header]:
                raise place.error("cette ligne existe et ne se change pas", cell.header, row[cell.header], f"« {written(old, cell)} »")

    def _defaults(self, made: Any, new: bool) -> None:
        """What the State's tool does not say and Yole needs; the report tells the person to complete it."""
        if not new:
            return
        if isinstance(made, Roadmap) and made.starts_on is None:
            made.starts_on, made.ends_on = today().replace(month=1, day=1), today().replace(year=today().year + 4, month=12, day=31)
            self.report.notes.append(f"feuille « {made.name} » : dates à compléter")
        if isinstance(made, Commitment) and made.axis_id is None:
            axis = made.roadmap.axes.order_by("number").first()
            if axis is None:
                axis = Axis.objects.create(territory=self.territory, roadmap=made.roadmap, number=1, title=IMPORTED_AXIS)
                self.report.notes.append(f"feuille « {made.roadmap.name} » : axe « {IMPORTED_AXIS} » ajouté")
            made.axis = axis
            made.number = max(made.roadmap.commitments.values_list("number", flat=True), default=0) + 1
        if made._meta.model_name == "committee" and not made.name:
            made.name = f"Comité {made.get_kind_display().lower()}"

    def bearers(self, file: str, rows: list[dict[str, str]]) -> None:
        """The first structure of an action answers for it, the others help."""
        action, structure = Cell("action_id", "commitment", "link", Commitment, True), Cell("structure_id", "structure", "structure")
        by_action: dict[int, tuple[Commitment, list[Structure]]] = {}
        for number, row in enumerate(rows, 1):
            place = Place(file, number)
            if missing := next((header for header in BEARERS_HEADER if not row.get(header, "").strip()), None):
                raise place.error("valeur absente", missing, expected="une valeur")
            commitment = self.linked(Commitment, row["action_id"].strip(), action, place)
            found = self._several(structure, row["structure_id"].strip(), place)
            by_action.setdefault(commitment.pk, (commitment, []))[1].append(found)
        for commitment, structures in by_action.values():
            commitment.responsible = structures[0]
            commitment.save(update_fields=["responsible"])
            commitment.copilots.set(structures[1:])


@transaction.atomic
def bring_in(territory: Territory, content: Read) -> Report:
    """Writes everything or nothing. Rows known by their identifier are changed, the others added. Raises InputError at the first fault."""
    reader = _Reader(territory)
    state = "action" in content or "feuille_de_route" in content
    for table in STATE_TABLES if state else TABLES:
        if table.name in content:
            reader.table(table, *content[table.name])
    if state and BEARERS in content:
        reader.bearers(*content[BEARERS])
    return reader.report
