"""Paper ballots: print, read, look at what is doubtful, type twice, count once.

A sheet waits until every row is sure; it is then counted once, with the others of its ballot, and only its number is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from yole.base.errors import Refused
from yole.debates import scan, services_votes
from yole.debates.engine import ballot_layout as layout
from yole.debates.enums import CafeState, Opinion, SheetOrigin, SheetState
from yole.debates.guards import BEFORE_CLOSING, hosted
from yole.debates.models import Cafe
from yole.debates.models_ballots import BallotCut, BallotForm, BallotSheet
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.codes import ALPHABET
from yole.organisations.acting import actor
from yole.organisations.models import Account

BLANK, LOOK = 9, 8  # cells beside 1, −1 and 0: nothing was marked; a person must look
MOST_PRINTED = 60  # ballots printed at once
MOST_FILES, MOST_FILE_BYTES, MOST_PAGES = 20, 12 * 1024 * 1024, 40
CELLS = frozenset({*Opinion.values, BLANK})


@dataclass
class Reading:
    """What became of the files sent: numbers of the sheets read, of those to look at, and what was refused, in words."""

    ready: list[int] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def print_form(account: Account | None, cafe_id: int, ballots: int) -> BallotForm:
    """Freezes the statements of the café on paper, for so many ballots. Raises Refused: no statement, too many."""
    cafe = hosted(account, cafe_id, states=BEFORE_CLOSING)
    if not 1 <= ballots <= MOST_PRINTED:
        raise Refused(f"De 1 à {MOST_PRINTED} bulletins à la fois.", field="ballots", code="range")
    statements = list(cafe.statements.order_by("order").values_list("pk", flat=True))
    if not statements:
        raise Refused("Aucune phrase n’est au vote.", remedy="Choisissez d’abord les phrases.", code="no-statement")
    code = "".join(secrets.choice(ALPHABET) for _ in range(layout.FORM_LENGTH))
    return BallotForm.objects.create(cafe=cafe, code=code, statements=statements, ballots=ballots, made_by=account)


def pages_of(form: BallotForm) -> range:
    """Numbers of the sheets of a form."""
    return range(1, form.ballots * layout.sheets(len(form.statements)) + 1)


def rows_of(form: BallotForm, page: int) -> list[int]:
    """Keys of the statements of one sheet, in the order of the paper."""
    _ballot, positions = layout.place_of(page, len(form.statements))
    return [form.statements[at] for at in positions]


def receive(account: Account, cafe_id: int, files: Sequence[tuple[str, bytes]]) -> Reading:
    """Reads photos, scans and PDF. Nothing of an image is kept but the doubtful rows.

    Raises Refused when the account does not host the café, when the extra is not installed, or for too many files or bytes.
    """
    with transaction.atomic():
        hosted(account, cafe_id, states=[CafeState.OPEN])
    if not scan.available():
        raise Refused(
            "Ce serveur ne sait pas lire les photos.", remedy="Tapez les bulletins : deux personnes, l’une après l’autre.", code="no-scan"
        )
    if not files:
        raise Refused("Choisissez au moins un fichier.", field="sheets", code="missing")
    if len(files) > MOST_FILES or any(len(data) > MOST_FILE_BYTES for _name, data in files):
        raise Refused(
            f"{MOST_FILES} fichiers au plus, de {MOST_FILE_BYTES // 1024 // 1024} Mo au plus.", field="sheets", code="too-many", status=413
        )
    done, pages = Reading(), 0
    for name, data in files:
        try:
            for number, image in enumerate(scan.pictures(data, name, most_pages=MOST_PAGES), 1):
                pages += 1
                if pages > MOST_PAGES:
                    done.refused.append(f"{name} : {MOST_PAGES} pages au plus à la fois. Envoyez le reste ensuite.")
                    return done
                _receive_page(account, cafe_id, image, f"{name}, page {number}", done)
        except scan.UnreadableError as problem:
            done.refused.append(str(problem))
    return done


def _receive_page(account: Account, cafe_id: int, image: scan.Gray, name: str, done: Reading) -> None:
    try:
        page = scan.place(image)
        form = _form(cafe_id, page.label.form, page.label.page)
        rows = scan.decide(scan.read_cells(page, len(rows_of(form, page.label.page))))
        cuts = {row.row: scan.cut(page, row.row) for row in rows if row.doubtful}
        sheet = _keep(account, form, page.label.page, rows, cuts)
    except scan.UnreadableError as problem:
        done.refused.append(f"{name} : {problem}")
    except Refused as refusal:
        done.refused.append(f"{name} : {refusal.reason}")
    else:
        (done.doubtful if sheet.state == SheetState.DOUBTFUL else done.ready).append(sheet.page)


def _form(cafe_id: int, code: str, page: int) -> BallotForm:
    form = BallotForm.objects.filter(code=code, cafe_id=cafe_id).first()
    if form is None:
        raise Refused("Ce bulletin n’est pas de ce café.", code="elsewhere")
    if page not in pages_of(form):
        raise Refused(f"La feuille {page} n’a pas été imprimée.", code="unknown")
    return form


@transaction.atomic
def _keep(account: Account, form: BallotForm, page: int, rows: Sequence[scan.Row], cuts: dict[int, bytes]) -> BallotSheet:
    cafe = hosted(account, form.cafe_id, states=[CafeState.OPEN])
    _still_voted(cafe, form)
    votes = [LOOK if row.doubtful else BLANK if row.vote is None else row.vote for row in rows]
    state = SheetState.DOUBTFUL if cuts else SheetState.READY
    if BallotSheet.objects.filter(form=form, page=page).exists():
        raise Refused(f"La feuille {page} est déjà lue.", code="twice")
    sheet = BallotSheet.objects.create(form=form, page=page, origin=SheetOrigin.SCAN, state=state, votes=votes)
    BallotCut.objects.bulk_create(BallotCut(sheet=sheet, row=row, image=image) for row, image in cuts.items())
    return sheet


def _still_voted(cafe: Cafe, form: BallotForm) -> None:
    if set(form.statements) - set(cafe.statements.values_list("pk", flat=True)):
        raise Refused("Les phrases du café ont changé depuis l’impression de ce bulletin.", code="outdated")


def _sheet(account: Account, cafe_id: int, sheet_id: int, *states: SheetState) -> BallotSheet:
    hosted(account, cafe_id, states=[CafeState.OPEN])
    sheet = BallotSheet.objects.select_related("form").filter(pk=sheet_id, form__cafe_id=cafe_id).first()
    if sheet is None:
        raise Refused("Cette feuille n’existe pas.", code="unknown", status=404)
    if sheet.state not in states:
        raise Refused(f"Cette feuille est dans un autre état : {SheetState(sheet.state).label.lower()}.", code="state")
    return sheet


@transaction.atomic
def look(account: Account, cafe_id: int, sheet_id: int, decided: dict[int, int]) -> BallotSheet:
    """What a person saw on doubtful rows: {row: 1, −1, 0 or 9 for nothing}. Their images are deleted at once. Raises Refused."""
    sheet = _sheet(account, cafe_id, sheet_id, SheetState.DOUBTFUL)
    if not decided or not set(decided.values()) <= CELLS or any(sheet.votes[row : row + 1] != [LOOK] for row in decided):
        raise Refused("Dites ce que vous voyez sur chaque image.", code="missing")
    for row, value in decided.items():
        sheet.votes[row] = value
    sheet.cuts.filter(row__in=decided).delete()
    if LOOK not in sheet.votes:
        sheet.state = SheetState.READY
    sheet.save(update_fields=["votes", "state"])
    return sheet


@transaction.atomic
def type_in(account: Account, cafe_id: int, code: str, page: int, cells: Sequence[int]) -> BallotSheet:
    """One sheet from the keyboard; the second person types without seeing the first. Raises Refused.

    `cells`: one per statement of the sheet, 1, −1, 0, or 9 for nothing marked.
    """
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    form = _form(cafe_id, code, page)
    _still_voted(cafe, form)
    given = list(cells)
    if len(given) != len(rows_of(form, page)) or not set(given) <= CELLS:
        raise Refused("Il manque des réponses sur cette feuille.", code="missing")
    sheet = BallotSheet.objects.filter(form=form, page=page).first()
    if sheet is None:
        return BallotSheet.objects.create(
            form=form, page=page, origin=SheetOrigin.TYPED, state=SheetState.ONCE, first=given, first_by=account
        )
    if sheet.state != SheetState.ONCE:
        raise Refused(f"La feuille {page} est déjà lue ou déjà tapée deux fois.", code="twice")
    if sheet.first_by_id == account.pk:
        raise Refused(f"Vous avez déjà tapé la feuille {page}.", remedy="Une autre personne la tape la seconde fois.", code="two-people")
    sheet.second, sheet.second_by = given, account
    if sheet.first == given:
        sheet.votes, sheet.state = given, SheetState.READY
    else:
        sheet.state = SheetState.DIFFERS
    sheet.save(update_fields=["second", "second_by", "votes", "state"])
    return sheet


def differences(sheet: BallotSheet) -> list[tuple[int, int, int]]:
    """Rows where two people typed different things: (row, first, second)."""
    pairs = enumerate(zip(sheet.first, sheet.second, strict=True)) if sheet.second else ()
    return [(row, one, other) for row, (one, other) in pairs if one != other]


@transaction.atomic
def settle(account: Account, cafe_id: int, sheet_id: int, decided: dict[int, int]) -> BallotSheet:
    """The paper looked at again where two typings differ: every such row, {row: 1, −1, 0 or 9}. Raises Refused."""
    sheet = _sheet(account, cafe_id, sheet_id, SheetState.DIFFERS)
    if set(decided) != {row for row, _one, _other in differences(sheet)} or not set(decided.values()) <= CELLS:
        raise Refused("Dites ce que la feuille porte, pour chaque différence.", code="missing")
    sheet.votes = [decided.get(row, value) for row, value in enumerate(sheet.first)]
    sheet.state = SheetState.READY
    sheet.save(update_fields=["votes", "state"])
    return sheet


@transaction.atomic
def discard(account: Account, cafe_id: int, sheet_id: int) -> None:
    """Forgets a sheet that is not counted, so that it can be read or typed again. Raises Refused."""
    uncounted = [state for state in SheetState if state != SheetState.COUNTED]
    _sheet(account, cafe_id, sheet_id, *uncounted).delete()


@dataclass(frozen=True, slots=True)
class Counted:
    """Ballots counted, blank ones that count for nothing, and ballots that wait for their other sheet."""

    ballots: int
    blank: int
    waiting: int


@transaction.atomic
def count(account: Account, cafe_id: int, *, incomplete: bool = False) -> Counted:
    """Counts every ballot whose sheets are all ready; with `incomplete`, those whose other sheet never came too.

    All or nothing: raises Refused when the vote is not open, or when there are more ballots than people counted.
    """
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    ballots = blank = waiting = 0
    for form in cafe.ballot_forms.all():
        held: dict[int, list[BallotSheet]] = {}
        for sheet in form.sheets.exclude(state=SheetState.COUNTED):
            held.setdefault(layout.place_of(sheet.page, len(form.statements))[0], []).append(sheet)
        for number, sheets in held.items():
            if any(sheet.state != SheetState.READY for sheet in sheets):
                continue
            if len(sheets) < layout.sheets(len(form.statements)) and not incomplete:
                waiting += 1
                continue
            _still_voted(cafe, form)
            votes = {
                statement: value
                for sheet in sheets
                for statement, value in zip(rows_of(form, sheet.page), sheet.votes, strict=True)
                if value != BLANK
            }
            if votes:
                services_votes.count_paper(account, cafe_id, f"{form.code}/{number}", votes)
                ballots += 1
            else:
                blank += 1
            # Whoever saw the number of a sheet must not find its answers here.
            BallotSheet.objects.filter(pk__in=[sheet.pk for sheet in sheets]).update(
                state=SheetState.COUNTED, votes=[], first=[], second=[]
            )
    if ballots or blank:
        record("debates.count-paper", actor(account), reference("cafe", cafe.pk), {"ballots": ballots, "blank": blank})
    return Counted(ballots, blank, waiting)
