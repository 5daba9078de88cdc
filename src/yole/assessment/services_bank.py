"""The bank in service: questions enter the database from their sources, with their texts by version and a set of parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from yole.assessment.bank import Item as Source
from yole.assessment.bank import load_bank
from yole.assessment.bank.files import item_to_json
from yole.assessment.enums import ItemState
from yole.assessment.models import Item, ItemVersion, ParameterSet
from yole.assessment.running import current_parameters


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many items are new, have a new text, are as they were. `parameters`: whether a new set was written."""

    created: int
    changed: int
    unchanged: int
    parameters: bool


def load_shipped() -> Loaded:
    """Puts the shipped bank in service with the difficulties that its authors gave.

    Nobody has answered these questions yet: an item on trial needs live ones around it to be placed (assessment.md § 9), so the first
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
