"""What a scenario is computed on, kept with it: points of demand, places of today, their checksum.

`{"points": [[id, name, lat, lon, weight, group], …], "today": [[id, name, lat, lon], …], "left_out": n, "source": text}`
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db.models import Q

from yole.base.errors import Refused
from yole.deployment.enums import Demand, Today
from yole.places.models import Place
from yole.territory.models import Commune, Territory

MOST_POINTS = 40_000
FRANCE_SERVICES = "France Services"
FILE_LIMIT = 10 * 1024 * 1024


def gather(territory: Territory, demand: str, today: str, demand_file: Any = None, today_file: Any = None) -> dict[str, Any]:
    """The inputs as they are now. Raises Refused when there is nothing to plan on, InputError for a file that cannot be read."""
    points, left_out, source = _uploaded(demand_file) if demand == Demand.FILE else _communes(territory)
    if not points:
        raise Refused(
            "Aucune commune du territoire n’a de population et de position.",
            remedy="Importez les communes, ou donnez un fichier de besoins.",
            field="demand",
        )
    if len(points) > MOST_POINTS:
        raise Refused(f"Ce fichier a {len(points)} points.", remedy=f"{MOST_POINTS} au plus.", field="demand_file")
    return {"points": points, "today": _today(territory, today, today_file), "left_out": left_out, "source": source}


def checksum(inputs: dict[str, Any]) -> str:
    text = json.dumps(inputs, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _communes(territory: Territory) -> tuple[list[list[Any]], int, str]:
    found = Commune.objects.select_related("epci").order_by("code")
    if territory.departements:
        found = found.filter(departement__in=territory.departements)
    points = [
        [one.code, one.name, one.lat, one.lon, one.population, one.epci.name if one.epci else one.departement]
        for one in found
        if one.lat is not None and one.lon is not None and one.population is not None
    ]
    vintages = sorted({one.population_vintage for one in found if one.population_vintage})
    return points, found.count() - len(points), f"Population des communes ({', '.join(vintages) or 'sans millésime'})"


def _uploaded(file: Any) -> tuple[list[list[Any]], int, str]:
    from yole.deployment import files
    from yole.kernel.tables import parse_table

    if file is None:
        raise Refused("Il manque le fichier de besoins.", remedy="Choisissez un fichier CSV.", field="demand_file")
    if file.size > FILE_LIMIT:
        raise Refused("Ce fichier est trop grand.", remedy="10 Mo au plus.", field="demand_file")
    table = parse_table(file.read(), file.name, required=("id", "lat", "lon", "population"))
    points = files.points_of(table)
    names = _column(table.header, table.rows, "name") or points.ids
    groups = _column(table.header, table.rows, "group") or [""] * len(points.ids)
    rows = zip(points.ids, names, points.where.tolist(), points.numbers("population").tolist(), groups, strict=True)
    told = [[key, name[:80] or key, lat, lon, weight, group[:80]] for key, name, (lat, lon), weight, group in rows]
    return told, 0, f"Fichier {file.name[:80]}"


def _column(header: tuple[str, ...], rows: list[list[str]], name: str) -> list[str]:
    return [row[header.index(name)].strip() for row in rows] if name in header else []


def _today(territory: Territory, today: str, file: Any) -> list[list[Any]]:
    if today == Today.NONE:
        return []
    if today == Today.FILE:
        from yole.deployment import files
        from yole.kernel.tables import parse_table

        if file is None:
            raise Refused("Il manque le fichier des lieux.", remedy="Choisissez un fichier CSV.", field="today_file")
        if file.size > FILE_LIMIT:
            raise Refused("Ce fichier est trop grand.", remedy="10 Mo au plus.", field="today_file")
        table = parse_table(file.read(), file.name, required=("id", "lat", "lon"))
        points = files.points_of(table)
        names = _column(table.header, table.rows, "name") or points.ids
        return [[key, name[:80] or key, lat, lon] for key, name, (lat, lon) in zip(points.ids, names, points.where.tolist(), strict=True)]
    listed = Place.objects.filter(
        territory=territory, closed_on__isnull=True, merged_into__isnull=True, lat__isnull=False, lon__isnull=False
    ).order_by("pk")
    listed = (
        listed.filter(programmes__contains=[FRANCE_SERVICES]) if today == Today.FRANCE_SERVICES else listed.filter(~Q(kind="itinerant"))
    )
    return [[str(one.pk), one.name, one.lat, one.lon] for one in listed]
