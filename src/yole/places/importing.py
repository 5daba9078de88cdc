"""Bringing a list into the directory: created, updated, unchanged, refused. One transaction, a few queries per thousand rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, TypeVar

from django.db import transaction
from django.utils import timezone

from yole.kernel.gazetteer import Gazetteer
from yole.places.buses import TourText, tour_texts
from yole.places.columns import COLUMNS, FIELDS, GROUP_OF_FIELD, Column, read_value
from yole.places.desk_fields import plain
from yole.places.enums import Kind
from yole.places.incoming import Incoming, Prepared, Refusal, derived, prepare
from yole.places.models import Confirmation, ImportBatch, Place, PlaceChange, PlaceSource
from yole.territory.models import Territory

BATCH = 1000
DERIVED = ("slug", "sort_key", "name_key", "address_key", "kind")
_UPDATED = [*(name for name in FIELDS if name != "source_id"), *DERIVED, "changed_at"]
_BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
_BY_FIELD: dict[str, Column] = {column.field: column for column in COLUMNS}

T = TypeVar("T")
Outcome = Literal["created", "updated", "unchanged"]


@dataclass(slots=True)
class Planned:
    """What an incoming row would do. `before` and `after`: changed fields only; `kept`: fields that a person confirmed more recently."""

    incoming: Incoming
    outcome: Outcome
    place: Place | None = None
    origin: PlaceSource | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    raw_changed: bool = False


@dataclass(slots=True)
class ImportResult:
    """What an import did. `refusals` has one entry per thing wrong, `refused` counts rows. `kept`: rows where a person's word was kept."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    kept: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    repairs: list[dict[str, Any]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {"created": self.created, "updated": self.updated, "unchanged": self.unchanged, "refused": self.refused}


def _chunks(items: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _same_cell(name: str, new: str, incoming: Incoming, known: PlaceSource) -> bool:
    """Whether a source says of a column what it said before, repairs of either side set aside."""
    old = known.raw.get(name, "")
    if old == new or name == "source":  # the source is the key, whether its column or the command named it
        return True
    mended_new = {done.field: done.after for done in incoming.repairs}.get(name, new)
    mended_old = {done["field"]: done["after"] for done in known.repairs}.get(name, old)
    if mended_new == mended_old:
        return True
    column = _BY_NAME.get(name)
    if column is None:
        return False
    try:
        return bool(read_value(column, mended_new) == read_value(column, mended_old))
    except ValueError:
        return False


def plan(territory: Territory, rows: Sequence[Incoming]) -> list[Planned]:
    """What each row would do, without doing it: the preview of an import. Three queries per thousand rows."""
    planned: list[Planned] = []
    for chunk in _chunks(rows):
        wanted = {incoming.key for incoming in chunk}
        found = Place.objects.filter(
            territory=territory, source__in={source for source, _ in wanted}, source_id__in={key for _, key in wanted}
        )
        places = {(place.source, place.source_id): place for place in found}
        ids = [place.pk for place in places.values()]
        origins = {(o.place_id, o.source, o.source_id): o for o in PlaceSource.objects.filter(place_id__in=ids)} if ids else {}
        confirmed = _confirmed(ids)
        tours = tour_texts(place.pk for place in places.values() if place.kind == Kind.ITINERANT)
        for incoming in chunk:
            place = places.get(incoming.key)
            if place is None:
                planned.append(Planned(incoming, "created"))
                continue
            origin = origins.get((place.pk, incoming.source, incoming.source_id))
            planned.append(_compare(_without_tour(incoming, tours.get(place.pk)), place, origin, confirmed))
    return planned


def _without_tour(incoming: Incoming, tour: TourText | None) -> Incoming:
    """The row without the hours that our own export made from the stops of a bus: they say nothing new."""
    if tour is None or incoming.values.get("opening_hours") != tour.hours:
        return incoming
    values = {name: value for name, value in incoming.values.items() if name != "opening_hours"}
    return replace(incoming, values=values, raw={name: text for name, text in incoming.raw.items() if name != "horaires"})


def _confirmed(ids: list[int]) -> dict[tuple[int, str], date]:
    """Latest day on which a person confirmed a group of fields, by (place, group)."""
    if not ids:
        return {}
    rows = Confirmation.objects.filter(place_id__in=ids).order_by("place_id", "group", "-confirmed_on").distinct("place_id", "group")
    return {(c.place_id, c.group): c.confirmed_on for c in rows}


def _compare(incoming: Incoming, place: Place, origin: PlaceSource | None, confirmed: Mapping[tuple[int, str], date]) -> Planned:
    said_on: date = incoming.values["updated_on"]
    before, after, kept = {}, {}, []
    for name, value in incoming.values.items():
        old = getattr(place, name)
        if old == value:
            continue
        group = GROUP_OF_FIELD.get(name)
        day = confirmed.get((place.pk, group)) if group else None
        if day is not None and day > said_on:
            kept.append(name)  # a person checked this after the list was made
            continue
        before[name], after[name] = plain(old), plain(value)
    raw_changed = origin is None or any(not _same_cell(name, text, incoming, origin) for name, text in incoming.raw.items())
    outcome: Outcome = "updated" if after or raw_changed else "unchanged"
    return Planned(incoming, outcome, place, origin, before, after, tuple(kept), raw_changed)


@transaction.atomic
def import_prepared(
    territory: Territory, prepared: Prepared, *, batch: ImportBatch | None = None, by: Any = None, why: str = "Import d’une liste"
) -> ImportResult:
    """Creates and updates places from a prepared list; unchanged rows touch nothing, refused rows neither. All or nothing.

    A closure said by a person stays, whatever the list says; so does a group of fields confirmed after the list's date.
    """
    # Two imports of the same list at once: the second waits, then finds nothing to change.
    Territory.objects.select_for_update().get(pk=territory.pk)
    result = ImportResult(refused=prepared.refused_rows, refusals=list(prepared.refusals))
    result.repairs = [
        {"row": row, "field": done.field, "before": done.before, "after": done.after, "why": done.why} for row, done in prepared.repairs
    ]
    planned = plan(territory, prepared.rows)
    for chunk in _chunks(planned):
        _create(territory, [p for p in chunk if p.outcome == "created"], batch, by, why)
        _update([p for p in chunk if p.outcome == "updated"], batch, by, why)
    for one in planned:
        setattr(result, one.outcome, getattr(result, one.outcome) + 1)
        result.kept += bool(one.kept)
    return result


def _blank(name: str) -> Any:
    column = _BY_FIELD[name]
    return {"list": [], "number": None}.get(column.kind, "")


def _create(territory: Territory, planned: Sequence[Planned], batch: ImportBatch | None, by: Any, why: str) -> None:
    if not planned:
        return
    places = []
    for one in planned:
        values = {name: one.incoming.values.get(name, _blank(name)) for name in FIELDS}
        places.append(Place(territory=territory, source=one.incoming.source, **values, **derived(values)))
    Place.objects.bulk_create(places, batch_size=BATCH)
    seen = timezone.now()
    PlaceSource.objects.bulk_create(
        [_source(place, one.incoming, seen) for place, one in zip(places, planned, strict=True)], batch_size=BATCH
    )
    PlaceChange.objects.bulk_create(
        [PlaceChange(place=place, batch=batch, created=True, why=why, by_account=by) for place in places], batch_size=BATCH
    )


def _source(place: Place, incoming: Incoming, seen: Any) -> PlaceSource:
    return PlaceSource(
        place=place,
        source=incoming.source,
        source_id=incoming.source_id,
        raw=incoming.raw,
        repairs=incoming.repairs_as_json(),
        seen_at=seen,
    )


def _update(planned: Sequence[Planned], batch: ImportBatch | None, by: Any, why: str) -> None:
    changed = [one for one in planned if one.after]
    places = []
    for one in changed:
        assert one.place is not None  # noqa: S101  # an update has a place
        for name in one.after:
            setattr(one.place, name, one.incoming.values[name])
        for name, value in derived({name: getattr(one.place, name) for name in FIELDS}).items():
            setattr(one.place, name, value)
        one.place.changed_at = timezone.now()
        places.append(one.place)
    if places:
        # One statement for many rows: an insert that meets the key and updates instead.
        Place.objects.bulk_create(places, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=_UPDATED)
    seen = timezone.now()
    sources = []
    for one in planned:
        assert one.place is not None  # noqa: S101  # an update has a place
        fresh = _source(one.place, one.incoming, seen)
        if one.origin is not None:
            fresh.raw = {**one.origin.raw, **one.incoming.raw}
        sources.append(fresh)
    PlaceSource.objects.bulk_create(
        sources,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["place", "source", "source_id"],
        update_fields=["raw", "repairs", "seen_at"],
    )
    PlaceChange.objects.bulk_create(
        [PlaceChange(place=one.place, batch=batch, before=one.before, after=one.after, why=why, by_account=by) for one in planned],
        batch_size=BATCH,
    )


def import_rows(
    territory: Territory,
    rows: Iterable[Mapping[str, str | None]],
    gazetteer: Gazetteer,
    today: date,
    *,
    source: str = "",
    by: Any = None,
    why: str = "Import d’une liste",
) -> ImportResult:
    """Prepares and imports rows of the national schema in one go."""
    return import_prepared(territory, prepare(rows, gazetteer, today, source=source), by=by, why=why)


def upsert_place(
    territory: Territory, row: Mapping[str, str | None], gazetteer: Gazetteer, today: date, *, source: str = "", by: Any = None
) -> ImportResult:
    """One row of the national schema, by the same rules."""
    return import_rows(territory, [row], gazetteer, today, source=source, by=by, why="Saisie d’un lieu")
