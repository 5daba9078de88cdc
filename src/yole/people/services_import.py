"""A list of beneficiaries: received, read, shown, then taken whole or not at all. The file waits encrypted, a day at most."""

from __future__ import annotations

import io
import uuid
import zipfile
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.errors import InputError
from yole.kernel.tables import parse_table
from yole.kernel.text import fold
from yole.organisations.models import Account
from yole.people import permissions, sealing, selectors, services
from yole.people.engine.beneficiaries import Line, Problem, column_names, read_line
from yole.people.engine.identity import Identity
from yole.people.enums import AgeBand, Gender, How, Purpose
from yole.people.models import ImportBatch, PeopleSettings
from yole.people.services import About, Agreed
from yole.people.services_batch import NewCard, create_many
from yole.territory import selectors as territory_selectors

FILE_LIMIT = 3 * 1024 * 1024
UNPACKED_LIMIT = 20 * 1024 * 1024
ROW_LIMIT = 2000
TABLE = "people_importbatch"
_KEYS = uuid.UUID("4d2f4b57-16a2-4a58-9b35-2c4f5d7a8e90")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list would do: rows that are right, rows to mend, columns that are not known."""

    right: list[Line]
    wrong: list[Line]
    ignored: list[str]

    @property
    def repairable(self) -> bool:
        return bool(self.wrong) and all(line.repairable for line in self.wrong)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _xlsx(data: bytes, name: str) -> tuple[list[str], list[list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_LIMIT:
                raise InputError("fichier trop grand une fois décompressé", file=name)
        book = load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise InputError("ce fichier n’est pas un classeur XLSX lisible", file=name, expected="un fichier XLSX ou CSV") from None
    filled = [one for one in book.worksheets if one.sheet_state == "visible" and any(any(row) for row in one.iter_rows(values_only=True))]
    if len(filled) > 1:
        names = ", ".join(one.title for one in filled)
        raise InputError("plusieurs feuilles sont remplies", file=name, found=names, expected="une seule feuille")
    sheet = filled[0] if filled else book.worksheets[0]
    if sheet.merged_cells.ranges:
        where = str(sorted(sheet.merged_cells.ranges, key=lambda area: (area.min_row, area.min_col))[0])
        raise InputError("des cellules sont fusionnées", file=name, found=where, expected="une ligne par personne, sans fusion")
    # A sheet may be formatted far below its last line: only what is written counts.
    rows = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True, max_row=min(sheet.max_row, 10 * ROW_LIMIT))]
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise InputError("le fichier est vide", file=name)
    return rows[0], rows[1:]


def _table(data: bytes, name: str) -> tuple[list[str], list[list[str]]]:
    if data[:4] == b"PK\x03\x04":
        return _xlsx(data, name)
    table = parse_table(data, name)
    return list(table.header), table.rows


def read(data: bytes, name: str, settings: PeopleSettings, *, repair: bool = False) -> Preview:
    """Reads a list and checks every row, the territory's rule for minors included.

    Raises InputError: not a table, merged cells, several sheets, no column of names, too many rows.
    """
    header, rows = _table(data, name)
    columns = column_names(header)
    if not {"nom", "prenom"} & set(columns.values()):
        raise InputError("aucune colonne de noms", file=name, row=1, expected="les colonnes nom et prenom")
    if len(rows) > ROW_LIMIT:
        raise InputError(f"plus de {ROW_LIMIT} lignes", file=name, expected="plusieurs fichiers")
    this_year = territory_selectors.today().year
    communes = {place.code: fold(place.name) for place in territory_selectors.communes()}
    right: list[Line] = []
    wrong: list[Line] = []
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        values = {name: cells[position] for position, name in columns.items() if position < len(cells)}
        line = read_line(number, values, this_year, communes)
        if repair and line.problems:
            line = read_line(number, line.repaired().values, this_year, communes)
        if not line.problems:
            _check_as_card(line, settings)
        (wrong if line.problems else right).append(line)
    return Preview(right, wrong, [title for position, title in enumerate(header) if title.strip() and position not in columns])


def _identity(line: Line) -> Identity:
    values = line.values
    return Identity(values["prenom"], values["nom"], values["numeroTelephone"], values["email"], values["notesSupplementaires"])


def _about(line: Line) -> About:
    year, code = line.values["anneeNaissance"], line.values["communeCodeInsee"]
    known = territory_selectors.place(code) if code else None
    return About(birth_year=int(year) if year else None, gender=line.values["genre"] or Gender.UNKNOWN, commune=known.code if known else "")


_COLUMN_OF = {
    "phone": "numeroTelephone",
    "email": "email",
    "notes": "notesSupplementaires",
    "birth_year": "anneeNaissance",
    "first_name": "prenom",
}


def _check_as_card(line: Line, settings: PeopleSettings) -> None:
    """What making the card would refuse is a problem of the row."""
    year = line.values["anneeNaissance"]
    if year and services.minor_needs(settings, int(year), AgeBand.UNKNOWN, territory_selectors.today()):
        words = f"moins de {settings.minor_alone_from} ans : faites sa fiche avec un ou une responsable légale, ou une carte sans nom"
        line.problems.append(Problem("anneeNaissance", year, words))
    try:
        services.checked_identity(_identity(line), confirmed=False)
    except Refused as refusal:
        column = _COLUMN_OF.get(refusal.field or "", "nom")
        line.problems.append(Problem(column, line.values[column], refusal.reason.rstrip(".")))


@transaction.atomic
def receive(account: Account, data: bytes, name: str) -> ImportBatch:
    """Keeps a list, encrypted, until somebody says yes. Raises Refused for a file that cannot be read."""
    require(account, permissions.FOLLOW)
    structure_id = services.own_structure(account)
    if len(data) > FILE_LIMIT:
        raise Refused(f"Le fichier est trop grand : {FILE_LIMIT // (1024 * 1024)} Mo au plus.", field="file", code="large", status=413)
    try:
        found = read(data, "fichier", selectors.settings_of(account.territory))
    except InputError as error:
        raise Refused(error.one_line(), field="file", code="unreadable", status=422) from None
    if not found.right and not found.wrong:
        raise Refused("Le fichier n’a aucune personne.", field="file", code="empty", status=422)
    key = uuid.uuid4()
    secret, wrapped = sealing.new_key(TABLE, key)
    return ImportBatch.objects.create(
        id=key,
        structure_id=structure_id,
        by=account,
        rows=len(found.right) + len(found.wrong),
        sealed=sealing.seal_bytes(secret, data, TABLE, key),
        wrapped_key=wrapped,
    )


def waiting(account: Account, batch_id: UUID) -> ImportBatch:
    """A list of the account's structure whose content is still here. Raises Refused (404)."""
    require(account, permissions.FOLLOW)
    found = ImportBatch.objects.filter(pk=batch_id, structure_id=services.own_structure(account), sealed__isnull=False).first()
    if found is None:
        raise Refused("Cette liste n’est plus là : envoyez le fichier de nouveau.", code="not-found", status=404)
    return found


def preview(batch: ImportBatch, *, repair: bool = False) -> Preview:
    key = sealing.unwrap(bytes(batch.wrapped_key or b""), TABLE, batch.pk)
    data = sealing.open_bytes(key, bytes(batch.sealed or b""), TABLE, batch.pk)
    return read(data, "fichier", selectors.settings_of(batch.structure.territory), repair=repair)


@transaction.atomic
def confirm(account: Account, batch_id: UUID, *, repair: bool, informed: bool) -> ImportBatch:
    """Makes every card, or none. A row that is already a card (the same list sent twice) is counted, not doubled. Raises Refused.

    `informed`: the account says that each person was told, in another tool, what is kept and why.
    """
    batch = waiting(account, batch_id)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.sealed is None:
        raise Refused("Cette liste est déjà importée.", code="done")
    if not informed:
        raise Refused(
            "Dites que chaque personne a reçu l’information.",
            remedy="Sinon, faites des cartes sans nom.",
            field="informed",
            code="informed",
        )
    found = preview(batch, repair=repair)
    if found.wrong:
        raise Refused(
            "Une ligne est à réparer : rien n’est importé."
            if len(found.wrong) == 1
            else f"{len(found.wrong)} lignes sont à réparer : rien n’est importé.",
            remedy="Corrigez le fichier et envoyez-le de nouveau.",
            code="wrong-rows",
        )
    agreed = Agreed([Purpose.FOLLOW], How.IMPORTED)
    cards = [
        NewCard(
            uuid.uuid5(_KEYS, f"{batch.structure_id}|{sorted(line.values.items())}"), _identity(line), _about(line), f"Ligne {line.number}"
        )
        for line in found.right
    ]
    batch.created = create_many(account, cards, agreed)
    batch.known = len(cards) - batch.created
    batch.done_at, batch.sealed, batch.wrapped_key = timezone.now(), None, None
    batch.save()
    counts = {"created": batch.created, "known": batch.known}
    structure = reference("structure", batch.structure_id)
    record("people.import", reference("account", account.pk), structure, counts, organisation=structure)
    return batch
