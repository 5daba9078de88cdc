"""What other parts of the room listen to: a report appeared, changed or went.

`changed` is sent inside the transaction of the act, once per act: sender `Activity` or `Coordination`, `uuid`, `old_keys` (None when
it did not count before), `new_keys` (None when it counts no more). `changed_many` does the same for acts on many rows (imports,
erasures): `changes`, a sequence of `Change`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.dispatch import Signal

changed = Signal()
changed_many = Signal()


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a report is counted: the cells of roll-ups to look at again."""

    territory_id: int
    structure_id: int | None
    account_id: int | None
    day: date
    place_id: int | None = None
    commune_id: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    uuid: UUID
    old_keys: Keys | None
    new_keys: Keys | None


def keys_of(row: Any) -> Keys | None:
    """Keys of an activity or of a coordination; None when it is deleted: it counts nowhere."""
    if row.deleted_at is not None:
        return None
    account = row.coordinator_id if hasattr(row, "coordinator_id") else row.mediator_id
    return Keys(row.territory_id, row.structure_id, account, row.date, getattr(row, "place_id", None), getattr(row, "commune_id", None))
