"""Lists of status: places drawn at random, bits changed, lists signed again. A list tells everybody what holds, and nothing of whom."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from yole.base.addresses import site_address
from yole.passport import keys
from yole.passport.contexts import processor
from yole.passport.engine import proofs, status
from yole.passport.engine.containers import compact_json
from yole.passport.models import StatusEntry, StatusList

_LOCK = 726574
FULL = status.LENGTH // 2  # beyond, a draw would start to tell which places are free
OLD = timedelta(hours=26)
_CHANCE = secrets.SystemRandom()


def address(number: int, *, suspensions: bool = False) -> str:
    """Where a list is published."""
    name = "passport:suspensions" if suspensions else "passport:list"
    return site_address(name, number)


def take_place() -> StatusEntry:
    """A free place of the list in use, drawn at random; a new list when it is half full. Call in the transaction of the award."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    current = StatusList.objects.order_by("-number").first()
    taken: set[int] = set(StatusEntry.objects.filter(status_list=current).values_list("index", flat=True)) if current else set()
    if current is None or len(taken) >= FULL:
        current, taken = StatusList.objects.create(number=current.number + 1 if current else 1), set()
        sign(current.number)
    return StatusEntry.objects.create(status_list=current, index=status.draw_index(taken, _CHANCE))


def set_state(entry: StatusEntry, *, withdrawn: bool, suspended: bool) -> None:
    """Changes a place and signs its lists again, in one transaction with the caller."""
    StatusList.objects.select_for_update().get(pk=entry.status_list_id)
    entry.withdrawn, entry.suspended = withdrawn, suspended
    entry.save(update_fields=["withdrawn", "suspended"])
    sign(entry.status_list_id)


def sign(number: int) -> StatusList:
    """Signs both lists of a number as they stand. One at a time: a list never goes back to an older state."""
    with transaction.atomic():
        row = StatusList.objects.select_for_update().get(pk=number)
        key = keys.signing_key(keys.ensure())
        now = timezone.now().replace(microsecond=0)
        row.withdrawn = _signed(row, key, now, suspensions=False)
        row.suspended = _signed(row, key, now, suspensions=True)
        row.signed_at = now
        row.save(update_fields=["withdrawn", "suspended", "signed_at"])
    return row


def _signed(row: StatusList, key: Any, now: datetime, *, suspensions: bool) -> str:
    bits = status.empty_bits()
    chosen = StatusEntry.objects.filter(status_list=row, **({"suspended": True} if suspensions else {"withdrawn": True}))
    for index in chosen.values_list("index", flat=True):
        status.set_bit(bits, index, True)
    purpose: status.Purpose = "suspension" if suspensions else "revocation"
    made = status.build_list(address(row.number, suspensions=suspensions), key.controller, bits, now, purpose=purpose)
    return compact_json(proofs.sign_set(made, key, now, processor())).decode()


def published(number: int, *, suspensions: bool = False) -> str | None:
    """The JSON text of a list, signed when it never was; None for a number that does not exist."""
    row = StatusList.objects.filter(pk=number).first()
    if row is None:
        return None
    if row.signed_at is None:
        row = sign(number)
    return row.suspended if suspensions else row.withdrawn


def sign_all() -> int:
    """Signs every list again: each day, and after a renewal of keys. Returns how many."""
    numbers = list(StatusList.objects.values_list("number", flat=True))
    for number in numbers:
        sign(number)
    return len(numbers)


def health() -> tuple[bool, str]:
    """Line of `yole check`: the lists are signed each day."""
    oldest = StatusList.objects.order_by("signed_at").first()
    if oldest is None:
        return True, "aucune liste d’état pour l’instant"
    if oldest.signed_at is None or timezone.now() - oldest.signed_at > OLD:
        return False, f"la liste d’état n° {oldest.number} n’a pas été signée depuis plus d’un jour ; « yole serve » le fait chaque jour"
    return True, f"listes d’état signées le {oldest.signed_at:%d/%m/%Y}"
