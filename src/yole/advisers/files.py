"""Candidates, posts and preferences from CSV; placements to CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from math import isfinite
from pathlib import Path

import numpy as np

from yole.advisers.engine.match_problem import ANY_DAY_FROM, ANY_DAY_START, MOST, Candidates, Posts, Preferences, Problem
from yole.advisers.engine.match_zones import OVERSEAS, zone_of_commune, zone_of_point
from yole.kernel.errors import InputError
from yole.kernel.geo import Box
from yole.kernel.tables import Table, read_table, write_table
from yole.kernel.text import fold
from yole.territory.departements import TABLE as BOXES

CANDIDATE_COLUMNS = ("id", "lat", "lon", "max_distance_km", "available_from", "experience")
POST_COLUMNS = ("id", "lat", "lon", "starts_on", "places")
PREFERENCE_COLUMNS = ("side", "id", "rank", "other")
MATCH_COLUMNS = ("candidate", "post", "distance_km")
SIDES = ("candidate", "post")
YES, NO = {"1", "true", "oui"}, {"0", "false", "non"}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Row:
    """One row of a table: cells by name, and where it stands for the errors."""

    def __init__(self, table: Table, number: int, record: Mapping[str, str]) -> None:
        self._table, self._number, self._record = table, number, record

    def text(self, column: str) -> str:
        return self._record.get(column, "").strip()

    def wrong(self, column: str, expected: str, message: str = "valeur impossible") -> InputError:
        return InputError(
            message, file=self._table.name, row=self._number, column=column, found=self._record.get(column, ""), expected=expected
        )

    def number(self, column: str, expected: str, low: float, high: float = float("inf")) -> float:
        """A number with a decimal point. Raises InputError otherwise, or outside low…high."""
        text = self.text(column)
        if not _NUMBER.fullmatch(text):
            point = " (point décimal, non virgule)" if _NUMBER.fullmatch(text.replace(",", ".", 1)) else ""
            raise self.wrong(column, expected + point)
        value = float(text)
        if not (isfinite(value) and low <= value <= high):
            raise self.wrong(column, expected)
        return value

    def whole(self, column: str, expected: str, low: int) -> int:
        text = self.text(column)
        if not re.fullmatch(r"\d{1,9}", text) or int(text) < low:
            raise self.wrong(column, expected)
        return int(text)

    def day(self, column: str, when_empty: int) -> int:
        """Ordinal of an ISO date, `when_empty` for an empty cell."""
        text = self.text(column)
        if not text:
            return when_empty
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text).toordinal()
        except ValueError:
            raise self.wrong(column, "une date AAAA-MM-JJ qui existe, ou rien", "date impossible") from None

    def words(self, column: str) -> frozenset[str]:
        return frozenset(" ".join(word.split()) for word in self.text(column).split("|") if word.strip())


def _rows(table: Table) -> list[Row]:
    """The rows, their `id` filled and each once. Raises InputError."""
    rows, seen = [], dict[str, int]()
    for number, record in enumerate(table.records(), 1):
        row = Row(table, number, record)
        name = row.text("id")
        if not name:
            raise row.wrong("id", "un identifiant", "identifiant vide")
        if name in seen:
            raise row.wrong("id", "un identifiant par ligne", f"identifiant présent deux fois (déjà ligne {seen[name]})")
        seen[name] = number
        rows.append(row)
    return sorted(rows, key=lambda row: row.text("id"))


def _points(rows: list[Row]) -> tuple[list[float], list[float]]:
    lat = [row.number("lat", "une latitude de -90 à 90", -90, 90) for row in rows]
    return lat, [row.number("lon", "une longitude de -180 à 180", -180, 180) for row in rows]


def zone_boxes() -> dict[str, Box]:
    """Boxes of the overseas territories and of Corsica, from the table of the départements."""
    wanted = ("lat_min", "lon_min", "lat_max", "lon_max")
    table = read_table(BOXES, required=("dep", *wanted))
    return {row["dep"]: Box(*(float(row[name]) for name in wanted)) for row in table.records() if row["dep"] in {*OVERSEAS, "2A", "2B"}}


def _zones(rows: list[Row], lat: list[float], lon: list[float], *, named: bool, corsica_apart: bool) -> list[str]:
    """Column `zone` when both files have it, else the commune, else the point; row by row where a cell is empty."""
    boxes = zone_boxes()
    found = []
    for row, y, x in zip(rows, lat, lon, strict=True):
        if named and row.text("zone"):
            found.append(fold(row.text("zone")))
        elif row.text("commune"):
            found.append(zone_of_commune(row.text("commune"), corsica_apart=corsica_apart))
        else:
            found.append(zone_of_point(y, x, boxes, corsica_apart=corsica_apart))
    return found


def read_problem(candidates: Path, posts: Path, preferences: Path | None = None, *, corsica_apart: bool = False) -> Problem:
    """The three files, checked. Raises InputError with file, row, column, value found and value expected."""
    people, offers = read_table(candidates, required=CANDIDATE_COLUMNS), read_table(posts, required=POST_COLUMNS)
    named = "zone" in people.header and "zone" in offers.header
    who = _candidates(people, named=named, corsica_apart=corsica_apart)
    where = _posts(offers, named=named, corsica_apart=corsica_apart)
    given = _preferences(read_table(preferences, required=PREFERENCE_COLUMNS), who, where) if preferences else Preferences()
    return Problem(who, where, given)


def _candidates(table: Table, *, named: bool, corsica_apart: bool) -> Candidates:
    rows = _rows(table)
    if len(rows) > MOST:
        raise InputError("trop de candidatures", file=table.name, found=len(rows), expected=f"au plus {MOST}")
    lat, lon = _points(rows)
    homes = _zones(rows, lat, lon, named=named, corsica_apart=corsica_apart)
    return Candidates(
        ids=[row.text("id") for row in rows],
        lat=np.array(lat, dtype=np.float64),
        lon=np.array(lon, dtype=np.float64),
        reach_km=np.array([row.number("max_distance_km", "un nombre de kilomètres, 0 ou plus", 0) for row in rows], dtype=np.float64),
        available=np.array([row.day("available_from", ANY_DAY_FROM) for row in rows], dtype=np.int64),
        experience=np.array([_experience(row) for row in rows], dtype=np.float64),
        eligible=np.array([_eligible(row) for row in rows], dtype=bool),
        skills=[row.words("skills") for row in rows],
        zones=[frozenset({home, *map(fold, row.words("zones"))}) for row, home in zip(rows, homes, strict=True)],
    )


def _experience(row: Row) -> float:
    text = row.text("experience").lower()
    if not text or text in NO - {"0"}:
        return 0.0
    if text in YES - {"1"}:
        return 1.0
    return row.number("experience", "un nombre, 0 ou plus, ou oui, ou rien", 0)


def _eligible(row: Row) -> bool:
    text = row.text("eligible").lower()
    if text and text not in YES | NO:
        raise row.wrong("eligible", "1, 0 ou rien (1)")
    return text not in NO


def _posts(table: Table, *, named: bool, corsica_apart: bool) -> Posts:
    rows = _rows(table)
    lat, lon = _points(rows)
    return Posts(
        ids=[row.text("id") for row in rows],
        lat=np.array(lat, dtype=np.float64),
        lon=np.array(lon, dtype=np.float64),
        starts=np.array([row.day("starts_on", ANY_DAY_START) for row in rows], dtype=np.int64),
        places=np.array([row.whole("places", "un nombre entier de places, 0 ou plus", 0) for row in rows], dtype=np.int64),
        required=[row.words("skills") for row in rows],
        zone=_zones(rows, lat, lon, named=named, corsica_apart=corsica_apart),
    )


def _preferences(table: Table, people: Candidates, offers: Posts) -> Preferences:
    positions = {side: {name: i for i, name in enumerate(ids)} for side, ids in zip(SIDES, (people.ids, offers.ids), strict=True)}
    given: dict[str, dict[int, dict[int, int]]] = {side: {} for side in SIDES}
    for number, record in enumerate(table.records(), 1):
        row = Row(table, number, record)
        side = row.text("side")
        if side not in SIDES:
            raise row.wrong("side", "candidate ou post")
        facing = SIDES[1 - SIDES.index(side)]
        for column, ids in (("id", positions[side]), ("other", positions[facing])):
            if row.text(column) not in ids:
                file = "des candidatures" if ids is positions["candidate"] else "des postes"
                raise row.wrong(column, f"un identifiant du fichier {file}", "identifiant inconnu")
        mine, other = positions[side][row.text("id")], positions[facing][row.text("other")]
        ranks = given[side].setdefault(mine, {})
        if other in ranks:
            raise row.wrong("other", "une ligne par couple", "couple présent deux fois")
        ranks[other] = row.whole("rank", "un rang entier, 1 pour le meilleur", 1)
    return Preferences(given["candidate"], given["post"])


def write_matches(placements: list[tuple[str, str, float]]) -> bytes:
    """`candidate,post,distance_km`, kilometres to the metre."""
    return write_table(MATCH_COLUMNS, ((candidate, post, f"{km:.3f}") for candidate, post, km in placements))
