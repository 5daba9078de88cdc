"""The gazetteer from the tables carried by the package, and from what `yole territory import` wrote. No framework, no database."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from yole.base.paths import data_dir
from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes
from yole.kernel.gazetteer import Centre, Entry, Gazetteer, Polygons, departement_of
from yole.kernel.geo import Box, rings_of
from yole.kernel.tables import read_table

DATA = Path(__file__).parent / "data"
COMMUNES = DATA / "communes_codes_postaux.csv.gz"
BOXES = DATA / "departements_bbox.csv"
MARTINIQUE = DATA / "martinique_facts.csv"


def load_gazetteer(folder: Path | None = None) -> Gazetteer:
    """Every commune of the national list, the boxes of the départements, and centres or contours where known.

    `folder`: where imported files are looked for (default `territory/` of the data directory): `communes.csv` (columns insee, lat, lon and,
    if any, km2) and `contours.geojson` (property `code`). Raises InputError when an imported file cannot be read.
    """
    folder = data_dir() / "territory" if folder is None else folder
    entries = _entries()
    centres = _centres(MARTINIQUE, "code")
    communes = folder / "communes.csv"
    if communes.is_file():
        centres = _merged(centres, _centres(communes, "insee"))
    contours = folder / "contours.geojson"
    return Gazetteer(
        entries=entries,
        boxes=_boxes(),
        centres=centres,
        contours=_contours(contours) if contours.is_file() else {},
        departements=frozenset(departement_of(code) for code in entries),
    )


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, Sequence[Entry]]:
    # Read without the general table reader: 37 590 lines must cost a fraction of a second.
    text = io.StringIO(gzip.decompress(COMMUNES.read_bytes()).decode("utf-8"), newline="")
    reader = csv.reader(text)
    header = next(reader)
    code, name, kind, postcodes, parent = (header.index(column) for column in ("code", "nom", "type", "codes_postaux", "chef_lieu"))
    found: dict[str, list[Entry]] = {}
    for row in reader:
        entry = Entry(row[code], row[name], row[kind], tuple(row[postcodes].split("|")) if row[postcodes] else (), row[parent])
        known = found.get(entry.code)
        if known is None:
            found[entry.code] = [entry]
        else:
            known.append(entry)
    return found


def _boxes() -> dict[str, Box]:
    wanted = ("lat_min", "lon_min", "lat_max", "lon_max")
    return {row["dep"]: Box(*(float(row[name]) for name in wanted)) for row in read_table(BOXES, required=["dep", *wanted]).records()}


def _centres(path: Path, key: str) -> dict[str, Centre]:
    found: dict[str, Centre] = {}
    for number, row in enumerate(read_table(path, required=[key, "lat", "lon"]).records(), 1):
        try:
            if row["lat"] and row["lon"]:
                found[row[key]] = Centre(float(row["lat"]), float(row["lon"]), float(row["km2"]) if row.get("km2") else None)
        except ValueError:
            raise InputError("nombre illisible", file=str(path), row=number, expected="lat, lon et km2 avec un point décimal") from None
    return found


def _merged(carried: Mapping[str, Centre], imported: Mapping[str, Centre]) -> dict[str, Centre]:
    """Imported centres win; an area that they do not have is kept from the carried table."""
    merged = dict(carried)
    for code, centre in imported.items():
        known = carried.get(code)
        merged[code] = centre if centre.km2 or known is None else Centre(centre.lat, centre.lon, known.km2)
    return merged


def _contours(path: Path) -> dict[str, Polygons]:
    try:
        features = json.loads(read_bytes(path))["features"]
        return {str(feature["properties"]["code"]): rings_of(feature["geometry"]) for feature in features}
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise InputError(
            f"contours illisibles ({error.__class__.__name__})",
            file=str(path),
            expected="un GeoJSON dont chaque polygone a la propriété « code »",
        ) from None
