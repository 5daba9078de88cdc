"""The bank in service: questions enter the database from their sources, with their texts by version and a set of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from yole.assessment import permissions
from yole.assessment.bank import DRAWINGS, load_bank
from yole.assessment.bank import Item as Source
from yole.assessment.bank.checks import check_bank, errors
from yole.assessment.bank.files import Imported, item_from_json, item_to_json, parse_items, write_items
from yole.assessment.bank.gift import parse_gift, write_gift
from yole.assessment.bank.qti import parse_qti, write_qti
from yole.assessment.enums import ItemState
from yole.assessment.models import BankImport, Item, ItemVersion, ParameterSet
from yole.assessment.running import current_parameters
from yole.base.errors import Refused
from yole.base.memo import forget_all
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.errors import InputError
from yole.kernel.tables import decode
from yole.organisations.models import Account

IMPORT_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many items are new, have a new text, are as they were. `parameters`: whether a new set was written."""

    created: int
    changed: int
    unchanged: int
    parameters: bool


def load_shipped() -> Loaded:
    """Puts the shipped bank in service with the difficulties that its authors gave.

    Nobody has answered these questions yet: an item on trial needs live ones around it to be placed, so the first
    bank starts live on expert levels, and every page that shows a result says so.
    """
    return load(load_bank(), start_live=True)


@transaction.atomic
def load(sources: Iterable[Source], *, start_live: bool = False) -> Loaded:
    """Adds items and new texts of known ones; the state of a known item stays what the team decided. A second run changes nothing."""
    known = {item.key: item for item in Item.objects.select_for_update()}
    youngest = {row.item.key: row for row in ItemVersion.objects.select_related("item").order_by("item_id", "-version").distinct("item_id")}
    parameters = current_parameters()
    values = dict(parameters.values) if parameters else {}
    created = changed = unchanged = 0
    added = False
    for source in sources:
        data = item_to_json(source)
        item = known.get(source.id)
        if item is None:
            state = ItemState.LIVE if start_live and source.status in {"pilot", "live"} else ItemState(source.status)
            item = Item.objects.create(key=source.id, state=state, kind=source.kind, competence=source.competence, area=int(source.area))
            ItemVersion.objects.create(item=item, version=source.version, data=data)
            created += 1
        elif youngest[source.id].data != data:
            last = youngest[source.id]
            if last.answers.exists():
                ItemVersion.objects.create(item=item, version=max(last.version + 1, source.version), data=data)
            else:
                ItemVersion.objects.filter(pk=last.pk).update(data=data)
            changed += 1
        else:
            unchanged += 1
        if source.id not in values and source.kind != "task" and source.level is not None:
            fitted = source.calibrated
            values[source.id] = {
                "a": source.a,
                "b": source.b,
                "se_a": fitted.se_a if fitted else None,
                "se_b": fitted.se_b if fitted else None,
                "n": fitted.n if fitted else 0,
            }
            added = True
    if added:
        origin = parameters.origin if parameters else "expert"
        ParameterSet.objects.create(
            origin=origin,
            note="Niveaux donnés par les auteurs pour les questions nouvelles.",
            values=values,
            correlation=parameters.correlation if parameters else [],
        )
    return Loaded(created, changed, unchanged, added)


# --- acts of the desk ---------------------------------------------------------------------------------------------------------------

MOVES: dict[str, tuple[str, ...]] = {
    ItemState.DRAFT: (ItemState.PILOT, ItemState.WITHDRAWN),
    ItemState.PILOT: (ItemState.LIVE, ItemState.DRAFT, ItemState.WITHDRAWN),
    ItemState.LIVE: (ItemState.WITHDRAWN,),
    ItemState.WITHDRAWN: (ItemState.DRAFT, ItemState.PILOT),
}
REASON_MAX = 300


@transaction.atomic
def change_state(account: Account, item: Item, state: str, reason: str) -> Item:
    """A decision on a question, with its reason. A question with a fault is not tried; one without parameters is not put in service."""
    require(account, permissions.BANK_EDIT)
    item = Item.objects.select_for_update().get(pk=item.pk)
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("Donnez la raison de ce changement.", field="reason", code="missing", status=422)
    if len(reason) > REASON_MAX:
        raise Refused("Cette raison est trop longue.", remedy="300 caractères au plus.", field="reason", code="too-long", status=422)
    if state == item.state:
        return item
    if state not in MOVES[item.state]:
        raise Refused("Cette question ne peut pas passer à cet état.", field="state", code="impossible", status=422)
    if state in {ItemState.PILOT, ItemState.LIVE}:
        data = ItemVersion.objects.filter(item=item).order_by("-version").values_list("data", flat=True)[0]
        if wrong := errors(check_bank([item_from_json(data, "", 1)], drawings=DRAWINGS)):
            alone = [one for one in wrong if one.code != "enemy-unknown" and one.row]
            if alone:
                raise Refused(
                    f"{alone[0].message[:1].upper()}{alone[0].message[1:]}.", remedy=f"{alone[0].remedy}.", field="state", status=422
                )
    parameters = current_parameters()
    if state == ItemState.LIVE and (parameters is None or item.key not in parameters.values):
        raise Refused(
            "Cette question n’a pas encore de difficulté.", remedy="Donnez-lui un niveau d’expert, ou attendez son calibrage.",
            field="state", code="no-parameters", status=422,
        )  # fmt: skip
    before, item.state = item.state, state
    item.save(update_fields=["state", "changed_at"])
    forget_all()
    record(
        "assessment.item-state", reference("account", account.pk), reference("item", item.key), {"from": before, "to": state, "why": reason}
    )
    return item


def parse(content: bytes, name: str) -> Imported:
    """The questions of a file by its name: .json, .gift, .txt (GIFT) or .zip (QTI 3.0). Raises InputError."""
    kind = name.lower().rpartition(".")[2]
    if len(content) > IMPORT_LIMIT:
        raise InputError("fichier trop grand", file=name, expected="10 Mo au plus")
    if kind == "json":
        return parse_items(content, name)
    if kind in {"gift", "txt"}:
        return parse_gift(decode(content, name), name)
    if kind == "zip":
        return parse_qti(content, name)
    raise InputError("format de fichier inconnu", found=kind, expected=".json, .gift, .txt ou .zip")


@transaction.atomic
def receive_file(account: Account, content: bytes, name: str) -> BankImport:
    """Reads a file and keeps its questions until somebody confirms. Raises Refused when the file cannot be read at all."""
    require(account, permissions.BANK_EDIT)
    try:
        imported = parse(content, name)
    except InputError as error:
        raise Refused(error.one_line(), field="file", code="unreadable", status=422) from None
    refused = [{"row": error.row, "text": error.one_line()} for error in imported.refused]
    refused += [
        {"row": finding.row, "text": finding.one_line()}
        for finding in errors(check_bank(imported.items, drawings=DRAWINGS))
        if finding.code == "id-repeated"
    ]
    kept = {item.id: item_to_json(item) for item in imported.items}
    BankImport.objects.filter(account=account).delete()
    return BankImport.objects.create(account=account, file_name=name[:120], content=list(kept.values()), refused=refused)


@dataclass(frozen=True, slots=True)
class Planned:
    """One question of a file. `outcome`: new, changed, same, or incomplete when it has no competence.

    `faults`: what must be mended before it is tried.
    """

    source: Source
    outcome: str
    faults: tuple[str, ...]


def plan(batch: BankImport) -> list[Planned]:
    """What a file would do to the bank, in its order."""
    sources = [item_from_json(data, batch.file_name, row) for row, data in enumerate(batch.content, start=1)]
    faults: dict[str, list[str]] = {}
    for finding in errors(check_bank(sources, drawings=DRAWINGS)):
        faults.setdefault(finding.item, []).append(f"{finding.message}. {finding.remedy}.")
    youngest = {
        row.item.key: row.data for row in ItemVersion.objects.select_related("item").order_by("item_id", "-version").distinct("item_id")
    }
    return [
        Planned(
            source,
            "incomplete"
            if not source.area
            else "new"
            if source.id not in youngest
            else "same"
            if _words(youngest[source.id]) == _words(item_to_json(source))
            else "changed",
            tuple(faults.get(source.id, ())),
        )
        for source in sources
    ]


def _words(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in {"version", "status"}}


@transaction.atomic
def confirm_import(account: Account, batch: BankImport) -> Loaded:
    """Adds the new questions as drafts and the new texts of known ones, which keep their state."""
    require(account, permissions.BANK_EDIT)
    wanted = [replace(one.source, status="draft") for one in plan(batch) if one.outcome == "new"]
    for one in plan(batch):
        if one.outcome == "changed":
            if one.faults and Item.objects.filter(key=one.source.id, state__in=[ItemState.LIVE, ItemState.PILOT]).exists():
                continue  # a fault never enters a question that people are asked
            wanted.append(one.source)
    done = load(wanted)
    batch.delete()
    forget_all()
    record(
        "assessment.bank-import", reference("account", account.pk), reference("file", batch.uuid),
        {"created": done.created, "changed": done.changed},
    )  # fmt: skip
    return done


@transaction.atomic
def put_shipped_in_service(account: Account) -> Loaded:
    """The shipped bank in a new territory, at the first use of the desk."""
    require(account, permissions.BANK_EDIT)
    done = load_shipped()
    forget_all()
    record("assessment.bank-load", reference("account", account.pk), reference("bank", "shipped"), {"created": done.created})
    return done


EXPORTS = {"json": "questions.json", "gift": "questions.gift", "qti": "questions-qti.zip"}


def export(account: Account, sources: Sequence[Source], form: str) -> tuple[bytes, str]:
    """(content, file name). Tasks have no GIFT or QTI form and stay out. Raises Refused for an unknown form or a question with a fault."""
    require(account, permissions.BANK)
    if form not in EXPORTS:
        raise Refused("Ce format n’existe pas.", code="unknown", status=404)
    if form == "json":
        return write_items(sources), EXPORTS[form]
    # The state is decided here, by this territory: what the shipped bank asks of a question before it is `live` does not bar its export.
    judged = [replace(source, status="pilot") for source in sources]
    faulty = {finding.item for finding in errors(check_bank(judged, drawings=DRAWINGS)) if finding.code != "enemy-unknown"}
    sound = [source for source in sources if source.id not in faulty]
    return (write_gift(sound) if form == "gift" else write_qti(sound, DRAWINGS))[0], EXPORTS[form]
