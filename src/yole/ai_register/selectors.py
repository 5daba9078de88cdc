"""Reads of the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from yole.ai_register import declared
from yole.ai_register.enums import Origin
from yole.ai_register.fields import FIELDS
from yole.ai_register.models import Entry, EntryVersion, Reading
from yole.base.registries import ALGORITHMS
from yole.territory.models import Territory
from yole.territory.selectors import today

STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it stands. `number` is 0 while the present version of a declared algorithm waits to be recorded. `stale`: nobody read it
    again for twelve months. `changed_on`: when the rules changed since somebody read the entry, None when they did not."""

    key: str
    pk: int | None
    origin: str
    content: dict[str, str]
    number: int
    read_on: date
    stopped_on: date | None
    history: list[EntryVersion]
    changed_on: date | None = None

    @property
    def to_review(self) -> bool:
        """Somebody must read the entry again: its rules changed since, or twelve months have passed."""
        return self.stopped_on is None and (self.stale or self.changed_on is not None)

    @property
    def stale(self) -> bool:
        return self.stopped_on is None and today() - self.read_on > STALE_AFTER

    @property
    def declared(self) -> bool:
        return self.origin == Origin.DECLARED


def lines(territory: Territory) -> list[Line]:
    """Every entry of a territory: those of the platform first, as it runs now, then its own; stopped ones last."""
    kept = Entry.objects.filter(Q(territory=territory) | Q(territory__isnull=True)).prefetch_related(
        "versions", Prefetch("readings", Reading.objects.filter(territory=territory, read_at__isnull=False).order_by("number"), "read")
    )
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
    readings: list[Reading] = row.read if row is not None else []  # type: ignore[attr-defined]  # what `lines` fetched beside
    read_on = max([ALGORITHMS[key].risk_on, *(timezone.localdate(one.read_at) for one in readings if one.read_at)])
    changed = changed_since(history[::-1], max((one.number for one in readings), default=0))
    return Line(key, row.pk if row else None, Origin.DECLARED, _completed(territory, content), current, read_on, None, history, changed)


def changed_since(versions: list[EntryVersion], read: int) -> date | None:
    """The day when an algorithm of the platform became another than the one that was read, None while it is the same.

    `versions`: the oldest first. Read are the first version, one whose risk analysis is newer than the one before, and number `read`, which
    somebody of the territory read. The number of the platform alone is no change.
    """
    base: EntryVersion | None = None
    before: EntryVersion | None = None
    for one in versions:
        if base is None or one.number <= read or (before is not None and before.content.get("risk_on") != one.content.get("risk_on")):
            base = one
        before = one
    if base is None or _rules(versions[-1]) == _rules(base):
        return None
    first = next(one for one in versions if one.number > base.number and _rules(one) != _rules(base))
    return timezone.localdate(first.recorded_at)


def _rules(version: EntryVersion) -> dict[str, str]:
    """What an entry says, but for who read it, when, and the number of the platform."""
    said = {name: text for name, text in version.content.items() if name not in ("risk_on", "reviewer", "read_on")}
    parts = said.get("version", "").split(" ; ")
    return {**said, "version": " ; ".join(part for part in parts if not part.startswith("plateforme : "))}


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
        "rules_changed_on": one.changed_on.isoformat() if one.changed_on else None,
        "stopped_on": one.stopped_on.isoformat() if one.stopped_on else None,
        "version_number": one.number or None,
        **{name: one.content.get(name, "") for name in FIELDS},
        "history": [
            {"number": past.number, "since": past.recorded_at.isoformat(timespec="seconds"), "checksum": past.checksum}
            for past in one.history
        ],
    }


CSV_HEADER = ("id", "origin", "read_on", "stale", "rules_changed_on", "stopped_on", "version_number", *FIELDS)


def as_rows(territory: Territory) -> list[list[Any]]:
    """The same as lines of a table, in the order of CSV_HEADER."""
    found = []
    for one in lines(territory):
        values = _entry_json(one) | {"stale": int(one.stale)}
        found.append(["" if values[name] is None else values[name] for name in CSV_HEADER])
    return found


def health() -> tuple[bool, str]:
    """One line of `yole check`: entries that nobody read again for twelve months, or since their rules changed."""
    territory = Territory.objects.filter(is_default=True).first()
    if territory is None:
        return True, "aucun territoire"
    found = lines(territory)
    late = [one.key for one in found if one.to_review]
    words = f"{len(late)} à relire : {', '.join(late)}" if late else f"{len(found)} entrées relues depuis moins de 12 mois"
    return not late, words
