"""Reads of the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from yole.ai_register import declared
from yole.ai_register.enums import Origin
from yole.ai_register.fields import FIELDS
from yole.ai_register.models import Entry, EntryVersion
from yole.base.registries import ALGORITHMS
from yole.territory.models import Territory
from yole.territory.selectors import today

STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it stands. `number` is 0 while the present version of a declared algorithm waits to be recorded. `stale`: nobody read it
    again for twelve months."""

    key: str
    pk: int | None
    origin: str
    content: dict[str, str]
    number: int
    read_on: date
    stopped_on: date | None
    history: list[EntryVersion]

    @property
    def stale(self) -> bool:
        return self.stopped_on is None and today() - self.read_on > STALE_AFTER

    @property
    def declared(self) -> bool:
        return self.origin == Origin.DECLARED


def lines(territory: Territory) -> list[Line]:
    """Every entry of a territory: those of the platform first, as it runs now, then its own; stopped ones last."""
    kept = Entry.objects.filter(Q(territory=territory) | Q(territory__isnull=True)).prefetch_related("versions")
    rows = {(row.territory_id is None, row.key): row for row in kept}
    now = declared.contents()
    found = [_declared(territory, key, content, rows.get((True, key))) for key, content in now.items()]
    for row in rows.values():
        if row.origin == Origin.BY_HAND or row.key not in now:
            found += [_kept(territory, row)] if row.versions.all() else []
    return sorted(found, key=lambda line: (line.stopped_on is not None, not line.declared, line.content["name"].lower()))


def _declared(territory: Territory, key: str, content: dict[str, str], row: Entry | None) -> Line:
    history = list(row.versions.all()) if row is not None else []
    current = history[0].number if history and history[0].checksum == declared.checksum(content) else 0
    read_on = ALGORITHMS[key].risk_on
    return Line(key, row.pk if row else None, Origin.DECLARED, _completed(territory, content), current, read_on, None, history)


def _completed(territory: Territory, content: dict[str, str]) -> dict[str, str]:
    """Who answers for an algorithm of the platform: the territory that runs it."""
    contact = f"{territory.phone}, ou la personne qui vous a reçu" if territory.phone else "la personne qui vous a reçu"
    return {**content, "administration": territory.name, "service": "Coordination du territoire", "contact": contact}


def _kept(territory: Territory, row: Entry) -> Line:
    history = list(row.versions.all())
    latest = history[0]
    content = _completed(territory, latest.content) if row.origin == Origin.DECLARED else dict(latest.content)
    said = content.pop("read_on", "") or content.get("risk_on", "")
    read_on = date.fromisoformat(said) if said else latest.recorded_at.date()
    return Line(row.key, row.pk, row.origin, content, latest.number, read_on, row.stopped_on, history)


def line(territory: Territory, key: str) -> Line | None:
    return next((one for one in lines(territory) if one.key == key), None)


def own_entry(territory: Territory, pk: int) -> Entry | None:
    """An entry that the territory wrote."""
    return Entry.objects.filter(pk=pk, territory=territory, origin=Origin.BY_HAND).first()


def as_json(territory: Territory, now: datetime) -> dict[str, Any]:
    """The register as the JSON file gives it."""
    return {
        "register": "algorithmes et usages de l’intelligence artificielle",
        "territory": territory.name,
        "generated_at": now.isoformat(timespec="seconds"),
        "licence": "Licence Ouverte 2.0",
        "fields": {name: one.label for name, one in FIELDS.items()},
        "entries": [_entry_json(one) for one in lines(territory)],
    }


def _entry_json(one: Line) -> dict[str, Any]:
    return {
        "id": one.key,
        "origin": one.origin,
        "read_on": one.read_on.isoformat(),
        "stale": one.stale,
        "stopped_on": one.stopped_on.isoformat() if one.stopped_on else None,
        "version_number": one.number or None,
        **{name: one.content.get(name, "") for name in FIELDS},
        "history": [
            {"number": past.number, "since": past.recorded_at.isoformat(timespec="seconds"), "checksum": past.checksum}
            for past in one.history
        ],
    }


CSV_HEADER = ("id", "origin", "read_on", "stale", "stopped_on", "version_number", *FIELDS)


def as_rows(territory: Territory) -> list[list[Any]]:
    """The same as lines of a table, in the order of CSV_HEADER."""
    found = []
    for one in lines(territory):
        values = _entry_json(one) | {"stale": int(one.stale)}
        found.append(["" if values[name] is None else values[name] for name in CSV_HEADER])
    return found


def health() -> tuple[bool, str]:
    """One line of `yole check`: entries that nobody read again for twelve months."""
    territory = Territory.objects.filter(is_default=True).first()
    if territory is None:
        return True, "aucun territoire"
    late = [one.key for one in lines(territory) if one.stale]
    words = f"{len(late)} à relire : {', '.join(late)}" if late else f"{len(lines(territory))} entrées relues depuis moins de 12 mois"
    return not late, words
