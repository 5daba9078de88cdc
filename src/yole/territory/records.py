"""Communes as they come from files or from the geo API, checked, before any database is opened."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes
from yole.kernel.gazetteer import departement_of
from yole.kernel.tables import Table, parse_table

LARGEST_FILE = 400 * 1024 * 1024
CODE = re.compile(r"([013-9]\d|2[AB1-9])\d{3}")
POSTCODE = re.compile(r"\d{5}")
COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("insee", "code", "code_commune", "code_insee", "codgeo", "insee_com"),
    "name": ("nom", "nom_commune", "libgeo", "commune"),
    "postcodes": ("codes_postaux", "code_postal"),
    "epci_code": ("code_epci", "siren_epci"),
    "epci_name": ("nom_epci", "epci"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "longitude"),
    "km2": ("km2", "superficie_km2"),
    "population": ("population", "pop"),
    "kind": ("type",),
}
_POPULATION_OF = re.compile(r"population_(\d{4})")


@dataclass(frozen=True, slots=True)
class CommuneRecord:
    """One commune. Degrees, km², inhabitants; None or empty where the source says nothing."""

    code: str
    name: str
    postcodes: tuple[str, ...] = ()
    epci_code: str = ""
    epci_name: str = ""
    population: int | None = None
    population_vintage: str = ""
    lat: float | None = None
    lon: float | None = None
    km2: float | None = None
    source: str = ""

    @property
    def departement(self) -> str:
        return departement_of(self.code)

    def completed_by(self, other: CommuneRecord) -> CommuneRecord:
        """This record, its blanks filled from another one. Numbers that go together come from one source."""
        changes: dict[str, Any] = {}
        if not self.postcodes:
            changes["postcodes"] = other.postcodes
        if not self.epci_code:
            changes |= {"epci_code": other.epci_code, "epci_name": other.epci_name}
        if self.population is None:
            changes |= {"population": other.population, "population_vintage": other.population_vintage}
        if self.lat is None:
            changes |= {"lat": other.lat, "lon": other.lon}
        if self.km2 is None:
            changes["km2"] = other.km2
        if other.source and other.source not in self.source.split(", "):
            changes["source"] = ", ".join(filter(None, (self.source, other.source)))
        return replace(self, **changes)


@dataclass(slots=True)
class Gathered:
    """What an import will write: communes and contours (GeoJSON geometries) by code, what was read, and remarks in French."""

    communes: dict[str, CommuneRecord] = field(default_factory=dict)
    contours: dict[str, dict[str, Any]] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    contours_source: str = ""

    def only(self, wanted: Iterable[str]) -> Gathered:
        """The part that lies in some départements. Raises InputError for a département without any commune."""
        kept = set(wanted)
        communes = {code: record for code, record in self.communes.items() if record.departement in kept}
        for departement in sorted(kept - {record.departement for record in communes.values()}):
            raise InputError(
                "aucune commune de ce département dans ce qui a été lu",
                found=departement,
                expected="un département présent dans les fichiers",
            )
        contours = {code: shape for code, shape in self.contours.items() if departement_of(code) in kept}
        return Gathered(communes, contours, list(self.used), list(self.notes), self.contours_source)


def _column(table: Table, role: str) -> str | None:
    by_lower = {name.lower(): name for name in table.header}
    return next((by_lower[name] for name in COLUMNS[role] if name in by_lower), None)


def is_communes(table: Table) -> bool:
    """Whether a table speaks of communes: a code, and something to know about it."""
    facts = ("postcodes", "population", "lat", "km2", "epci_code")
    return _column(table, "code") is not None and (any(_column(table, role) for role in facts) or bool(_population(table)[0]))


def _population(table: Table) -> tuple[str | None, str]:
    """The column of the population and its vintage: `population` or `pop`, else the most recent `population_YYYY`."""
    plain = _column(table, "population")
    if plain:
        return plain, ""
    dated = sorted((match[1], name) for name in table.header if (match := _POPULATION_OF.fullmatch(name.lower())))
    return (dated[-1][1], dated[-1][0]) if dated else (None, "")


def read_communes(table: Table, source: str) -> dict[str, CommuneRecord]:
    """Communes of a table by code; rows of another type than COM are left out.

    Raises InputError naming row (from 1 after the header) and column: missing column, bad code, number or postcode, code met twice.
    """
    columns = {role: _column(table, role) for role in COLUMNS if role != "population"}
    columns["population"], vintage = _population(table)
    for role in ("code", "name"):
        if columns[role] is None:
            raise InputError(
                "colonne absente", file=table.name, column=COLUMNS[role][0], expected=f"une colonne {' ou '.join(COLUMNS[role])}"
            )
    for one, other in (("lat", "lon"), ("lon", "lat")):
        if columns[one] and not columns[other]:
            raise InputError(
                "colonne absente", file=table.name, column=COLUMNS[other][0], expected="une latitude et une longitude, ou aucune des deux"
            )
    place = {role: table.header.index(name) for role, name in columns.items() if name is not None}
    found: dict[str, CommuneRecord] = {}
    for number, row in enumerate(table.rows, start=1):
        cells = {role: row[index].strip() for role, index in place.items()}
        if cells.get("kind", "COM") != "COM":
            continue
        reader = _Row(table.name, number, columns, cells)
        record = reader.record(vintage, source)
        if record.code in found:
            raise InputError(
                "code présent deux fois",
                file=table.name,
                row=number,
                column=columns["code"],
                found=record.code,
                expected="une ligne par commune",
            )
        found[record.code] = record
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """One row being read, so that every complaint says where."""

    file: str
    number: int
    columns: dict[str, str | None]
    cells: dict[str, str]

    def refuse(self, role: str, expected: str) -> InputError:
        return InputError(
            "valeur impossible", file=self.file, row=self.number, column=self.columns[role], found=self.cells[role], expected=expected
        )

    def number_in(self, role: str, low: float, high: float, expected: str) -> float | None:
        cell = self.cells.get(role, "")
        if not cell:
            return None
        try:
            value = float(cell)
        except ValueError:
            raise self.refuse(role, expected) from None
        if not low <= value <= high:  # also refuses NaN
            raise self.refuse(role, expected)
        return value

    def record(self, vintage: str, source: str) -> CommuneRecord:
        code, name = self.cells["code"], self.cells["name"]
        if not CODE.fullmatch(code):
            raise self.refuse("code", "un code officiel de commune, 5 caractères, tel que 97209 ou 2A004")
        if not name or len(name) > 80:
            raise self.refuse("name", "un nom de 1 à 80 caractères")
        postcodes = tuple(part.strip() for part in self.cells.get("postcodes", "").split("|") if part.strip())
        if not all(POSTCODE.fullmatch(part) for part in postcodes):
            raise self.refuse("postcodes", "des codes postaux de 5 chiffres séparés par |")
        epci_code = self.cells.get("epci_code", "")
        if epci_code and not re.fullmatch(r"\d{9}", epci_code):
            raise self.refuse("epci_code", "un SIREN de 9 chiffres")
        people = self.number_in("population", 0, 100_000_000, "un nombre d'habitants, 0 ou plus")
        lat = self.number_in("lat", -90, 90, "une latitude en degrés, de -90 à 90")
        lon = self.number_in("lon", -180, 180, "une longitude en degrés, de -180 à 180")
        if (lat is None) != (lon is None):
            raise self.refuse("lat" if lat is None else "lon", "une latitude et une longitude, ou aucune des deux")
        km2 = self.number_in("km2", 0.001, 1_000_000, "une surface en km², plus grande que 0")
        return CommuneRecord(
            code,
            name,
            postcodes,
            epci_code,
            self.cells.get("epci_name", "")[:160] if epci_code else "",
            None if people is None else int(people),
            vintage if people is not None else "",
            lat,
            lon,
            km2,
            source,
        )


CONTOUR_CODES = ("code", "insee_com", "insee", "code_insee", "code_commune", "codgeo")


def read_contours(data: bytes, name: str) -> dict[str, dict[str, Any]]:
    """Polygons by commune code of a GeoJSON FeatureCollection. Raises InputError naming the feature (row from 1)."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"ce n'est pas du JSON ({error.__class__.__name__})", file=name, expected="un fichier GeoJSON en UTF-8") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise InputError(
            "ce n'est pas du GeoJSON", file=name, column="features", expected="un objet FeatureCollection avec sa liste features"
        )
    found: dict[str, dict[str, Any]] = {}
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        lower = {str(key).lower(): value for key, value in properties.items()} if isinstance(properties, dict) else {}
        code = next((str(lower[key]) for key in CONTOUR_CODES if lower.get(key)), "")
        if not CODE.fullmatch(code):
            raise InputError(
                "contour sans code de commune",
                file=name,
                row=number,
                column="properties",
                found=code,
                expected="une propriété code de 5 caractères",
            )
        geometry = feature.get("geometry")
        if not _is_polygon(geometry):
            raise InputError(
                "contour illisible",
                file=name,
                row=number,
                column="geometry",
                found=code,
                expected="un Polygon ou MultiPolygon en degrés (longitude, latitude)",
            )
        if code in found:
            raise InputError(
                "code présent deux fois", file=name, row=number, column="properties", found=code, expected="un contour par commune"
            )
        found[code] = {"type": geometry["type"], "coordinates": geometry["coordinates"]}
    return found


def _is_polygon(geometry: Any) -> bool:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return False
    polygons = [geometry.get("coordinates")] if geometry["type"] == "Polygon" else geometry.get("coordinates")
    return _each(polygons, lambda polygon: _each(polygon, lambda ring: _each(ring, _is_point, least=4)))


def _each(items: Any, test: Callable[[Any], bool], least: int = 1) -> bool:
    return isinstance(items, list) and len(items) >= least and all(test(item) for item in items)


def _is_point(point: Any) -> bool:
    if not isinstance(point, list) or len(point) < 2 or not all(isinstance(value, int | float) for value in point[:2]):
        return False
    return bool(-180 <= point[0] <= 180 and -90 <= point[1] <= 90)


def gather(origin: Path) -> Gathered:
    """Reads a folder (or one file): every CSV of communes and every GeoJSON in it, told by their columns.

    Files are taken in alphabetical order; a later one fills what earlier ones left blank. When some file gives positions,
    communes that only a file without positions knows are left out. Raises InputError.
    """
    if not origin.exists():
        raise InputError("dossier introuvable", file=str(origin), expected="un dossier qui existe")
    names = ("*.csv", "*.csv.gz", "*.geojson", "*.geojson.gz")
    files = [origin] if origin.is_file() else sorted({path for pattern in names for path in origin.glob(pattern)})
    gathered = Gathered()
    placed: set[str] = set()
    for path in files:
        data = read_bytes(path, limit=LARGEST_FILE)
        if ".geojson" in path.name or path.name.endswith(".json"):
            gathered.contours |= read_contours(data, str(path))
            gathered.contours_source = path.name
            gathered.used.append(path.name)
            continue
        table = parse_table(data, str(path))
        if not is_communes(table) and origin.is_dir():
            gathered.notes.append(f"{path.name} : laissé de côté, ce n'est pas une liste de communes")
            continue
        for code, record in read_communes(table, path.name).items():
            known = gathered.communes.get(code)
            gathered.communes[code] = known.completed_by(record) if known else record
            if record.lat is not None:
                placed.add(code)
        gathered.used.append(path.name)
    if not gathered.used:
        raise InputError(
            "aucun fichier de communes reconnu", file=str(origin), expected="un CSV avec les colonnes code et nom, ou un GeoJSON"
        )
    if placed and len(placed) < len(gathered.communes):
        gathered.notes.append(f"{len(gathered.communes) - len(placed)} communes sans position dans ces fichiers : laissées de côté")
        gathered.communes = {code: record for code, record in gathered.communes.items() if code in placed}
    return gathered
