"""Writing communes and contours: one transaction, nothing changed by a second import of the same data."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from yole.base import paths
from yole.kernel.files import atomic_write
from yole.kernel.gazetteer import departement_of
from yole.kernel.geo import rings_of
from yole.kernel.tables import write_table
from yole.kernel.text import sort_key
from yole.territory import services
from yole.territory.engine.lines import simplify_together
from yole.territory.engine.names import search_key
from yole.territory.models import Commune, Contour, Epci, ImportRun
from yole.territory.records import CommuneRecord, Gathered

BATCH = 2000
_FIELDS = (
    "name",
    "sort_key",
    "search_key",
    "postcodes",
    "departement",
    "epci_id",
    "population",
    "population_vintage",
    "lat",
    "lon",
    "km2",
    "source",
    "source_date",
)
_COMPARED = tuple(field for field in _FIELDS if field not in ("source", "source_date"))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `contours` counts outlines written or changed."""

    created: int
    updated: int
    unchanged: int
    contours: int
    contours_unchanged: int
    notes: tuple[str, ...] = ()


def import_communes(gathered: Gathered, *, origin: str, source_date: str = "", write_files: bool = True) -> Imported:
    """Creates or updates communes, groupings and contours; a blank never erases what is known. `origin` says what was read, for the record.

    `source_date` (ISO 8601) is the date of the data, today when not known. Then writes the two files that `places check` reads.
    """
    day = source_date or timezone.now().date().isoformat()
    with transaction.atomic():
        _save_epcis(gathered.communes.values())
        created, updated, unchanged = _save_communes(gathered.communes, day)
        contours, contours_same, strangers = _save_contours(gathered, day)
        if created or updated or contours:
            services.communes_changed()
        ImportRun.objects.create(origin=origin[:400], created=created, updated=updated, unchanged=unchanged, contours=contours)
    services.forget_everywhere()
    if write_files:
        write_check_files(paths.ensure_data_dir() / "territory")
    notes = list(gathered.notes)
    if strangers:
        notes.append(f"{strangers} contours de communes inconnues : laissés de côté")
    return Imported(created, updated, unchanged, contours, contours_same, tuple(notes))


def _save_epcis(records: Iterable[CommuneRecord]) -> None:
    named = {record.epci_code: record.epci_name or record.epci_code for record in records if record.epci_code}
    known = dict(Epci.objects.filter(code__in=named).values_list("code", "name"))
    changed = [
        Epci(code=code, name=name, sort_key=sort_key(name))
        for code, name in sorted(named.items())
        if code not in known or (known[code] != name and name != code)
    ]
    Epci.objects.bulk_create(changed, BATCH, update_conflicts=True, unique_fields=["code"], update_fields=["name", "sort_key"])


def _values(record: CommuneRecord, day: str) -> dict[str, Any]:
    return {
        "name": record.name,
        "sort_key": sort_key(record.name),
        "search_key": search_key(record.name),
        "postcodes": list(record.postcodes),
        "departement": record.departement,
        "epci_id": record.epci_code or None,
        "population": record.population,
        "population_vintage": record.population_vintage,
        "lat": record.lat,
        "lon": record.lon,
        "km2": record.km2,
        "source": record.source[:200],
        "source_date": day,
    }


def _save_communes(records: dict[str, CommuneRecord], day: str) -> tuple[int, int, int]:
    known = {
        row["code"]: row
        for row in Commune.objects.filter(departement__in={record.departement for record in records.values()}).values("code", *_FIELDS)
    }
    created = updated = 0
    waiting: list[Commune] = []
    for code, record in records.items():
        new = _values(record, day)
        old = known.get(code)
        if old is not None:
            if new["population"] is None or (new["population"] == old["population"] and not new["population_vintage"]):
                new["population"], new["population_vintage"] = old["population"], old["population_vintage"]
            if new["lat"] is None:
                new["lat"], new["lon"] = old["lat"], old["lon"]
            for field in ("epci_id", "km2"):
                new[field] = old[field] if new[field] is None else new[field]
            new["postcodes"] = new["postcodes"] or old["postcodes"]
            if all(new[field] == old[field] for field in _COMPARED):
                continue
            updated += 1
        else:
            created += 1
        waiting.append(Commune(code=code, **new))
    Commune.objects.bulk_create(waiting, BATCH, update_conflicts=True, unique_fields=["code"], update_fields=list(_FIELDS))
    return created, updated, len(records) - created - updated


def _save_contours(gathered: Gathered, day: str) -> tuple[int, int, int]:
    """Counts of contours written, left as they were, and of communes nobody knows."""
    wanted = gathered.contours
    if not wanted:
        return 0, 0, 0
    known_communes = set(Commune.objects.filter(code__in=wanted).values_list("code", flat=True))
    same = {
        code
        for code, geometry in Contour.objects.filter(commune_id__in=wanted).values_list("commune_id", "geometry")
        if geometry == wanted[code]
    }
    changed = {code: wanted[code] for code in sorted(known_communes - same)}
    by_departement: dict[str, dict[str, Any]] = defaultdict(dict)
    for code, geometry in wanted.items():
        # Neighbours are simplified together, changed or not, so that common borders stay common.
        by_departement[departement_of(code)][code] = rings_of(geometry)
    waiting = []
    for shapes in by_departement.values():
        if changed.keys().isdisjoint(shapes):
            continue
        latitudes = [point[1] for polygons in shapes.values() for polygon in polygons for ring in polygon for point in ring]
        outlines = simplify_together(shapes, tolerance=(max(latitudes) - min(latitudes)) / 400)
        waiting += [
            Contour(commune_id=code, geometry=changed[code], outline=outlines[code], source=gathered.contours_source, source_date=day)
            for code in shapes
            if code in changed
        ]
    update = ["geometry", "outline", "source", "source_date"]
    Contour.objects.bulk_create(waiting, 200, update_conflicts=True, unique_fields=["commune"], update_fields=update)
    return len(changed), len(same & known_communes), len(wanted.keys() - known_communes)


def write_check_files(folder: Path) -> None:
    """Writes `communes.csv` and, when there are contours, `contours.geojson`: what `yole places check` reads without a database."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = (
        (code, name, lat, lon, km2, population, "|".join(postcodes))
        for code, name, lat, lon, km2, population, postcodes in Commune.objects.order_by("code").values_list(
            "code", "name", "lat", "lon", "km2", "population", "postcodes"
        )
    )
    with atomic_write(folder / "communes.csv") as stream:
        stream.write(write_table(("insee", "nom", "lat", "lon", "km2", "population", "codes_postaux"), rows))
    shapes = Contour.objects.order_by("commune_id").values_list("commune_id", "commune__name", "geometry")
    if not shapes.exists():
        return
    with atomic_write(folder / "contours.geojson") as stream:
        stream.write(b'{"type":"FeatureCollection","features":[\n')
        for number, (code, name, geometry) in enumerate(shapes.iterator(chunk_size=200)):
            feature = {"type": "Feature", "properties": {"code": code, "nom": name}, "geometry": geometry}
            stream.write((b",\n" if number else b"") + json.dumps(feature, ensure_ascii=False, separators=(",", ":")).encode())
        stream.write(b"\n]}\n")


def known_codes(codes: Iterable[str]) -> set[str]:
    """Those of these commune codes that the base knows."""
    return set(Commune.objects.filter(code__in=list(codes)).values_list("code", flat=True))
