"""What is known of the communes: names, postcodes, centres, contours, and the boxes of the départements.

Pure: built by `yole.territory.carried.load_gazetteer` from files, or by hand in tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import pi, sqrt
from typing import NamedTuple

from yole.kernel.geo import Box, Ring, distance_to_polygons_km, great_circle_km
from yole.kernel.text import fold_name

CONTOUR_MARGIN_KM = 0.5
FAR_KM = 15.0
NO_DISTANCE_RULE = frozenset({"973"})  # Guyane: sound places lie up to hundreds of kilometres from the centre
CORSICA = frozenset({"2A", "2B"})

Polygons = Sequence[Sequence[Ring]]


class Entry(NamedTuple):
    """One line of the official list. `kind`: COM, COMD (delegated), COMA (associated), ARM (arrondissement)."""

    code: str
    name: str
    kind: str
    postcodes: tuple[str, ...]
    parent: str


class Centre(NamedTuple):
    """Centre of a commune in degrees, and its area in square kilometres where known."""

    lat: float
    lon: float
    km2: float | None = None


def departement_of(code: str) -> str:
    """The département of an INSEE code: two characters, three overseas (`972`)."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


@dataclass
class Gazetteer:
    """The communes by code. A commune and its delegated commune may share a code: entries are kept per (code, kind)."""

    entries: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    boxes: Mapping[str, Box] = field(default_factory=dict)
    centres: Mapping[str, Centre] = field(default_factory=dict)
    contours: Mapping[str, Polygons] = field(default_factory=dict)
    departements: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._children: dict[str, list[Entry]] | None = None
        self._by_postcode: dict[str, list[str]] | None = None
        self._folded: dict[str, frozenset[str]] = {}

    @classmethod
    def of(cls, entries: Iterable[Entry], **others: object) -> Gazetteer:
        """Builds one from lines of the official list; `others` are the other fields."""
        by_code: dict[str, list[Entry]] = {}
        for entry in entries:
            by_code.setdefault(entry.code, []).append(entry)
        covered = frozenset(departement_of(code) for code in by_code)
        return cls(entries=by_code, departements=covered, **others)  # type: ignore[arg-type]

    def knows(self, code: str) -> bool:
        return code in self.entries

    def covers(self, departement: str) -> bool:
        """Whether the list of communes of a département is complete here: only then is an absent code doubtful."""
        return departement in self.departements

    def postcodes(self, code: str) -> frozenset[str]:
        """Every postcode of a code, all kinds together."""
        return frozenset(p for entry in self.entries.get(code, ()) for p in entry.postcodes)

    def codes_of(self, postcode: str) -> list[str]:
        """Codes that bear a postcode, in the order of the list."""
        if self._by_postcode is None:
            index: dict[str, list[str]] = {}
            for code, entries in self.entries.items():
                for postcode_ in {p for entry in entries for p in entry.postcodes}:
                    index.setdefault(postcode_, []).append(code)
            self._by_postcode = index
        return self._by_postcode.get(postcode, [])

    def departements_of_postcode(self, postcode: str) -> frozenset[str]:
        """Départements of the communes that bear a postcode; when none does (CEDEX), those that its digits tell.

        971 also serves Saint-Barthélemy (977) and Saint-Martin (978); 20 is both parts of Corsica.
        """
        found = frozenset(departement_of(code) for code in self.codes_of(postcode))
        if found:
            return found
        if postcode.startswith("20"):
            return CORSICA
        digits = departement_of(postcode)
        return frozenset({"971", "977", "978"}) if digits == "971" else frozenset({digits})

    def names(self, code: str) -> list[str]:
        """Names that may stand for a code: its own, those of its delegated and associated communes and arrondissements, its parent's."""
        own = list(self.entries.get(code, ()))
        found = [entry.name for entry in own]
        found += [child.name for child in self._children_of(code)]
        for entry in own:
            if entry.parent and entry.parent != code:
                found += [parent.name for parent in self.entries.get(entry.parent, ()) if parent.kind == "COM"]
            if entry.kind == "ARM":
                found.append(entry.name.removesuffix(" Arrondissement"))  # « Paris 12e » is how it is written in addresses
        return list(dict.fromkeys(found))

    def main_name(self, code: str) -> str:
        """The name of the commune itself, '' when the code is not known."""
        entries = self.entries.get(code, ())
        return next((e.name for e in entries if e.kind == "COM"), entries[0].name if entries else "")

    def is_name(self, name: str, code: str) -> bool:
        """Whether a name is one of the code's, apart from case, accents, hyphens, apostrophes and a leading article."""
        folded = self._folded.get(code)
        if folded is None:
            folded = self._folded[code] = frozenset(fold_name(n) for n in self.names(code))
        return fold_name(name) in folded

    def codes_named(self, name: str, codes: Iterable[str]) -> list[str]:
        """Among `codes`, those that bear a name."""
        return [code for code in codes if self.is_name(name, code)]

    def why_outside(self, lat: float, lon: float, code: str, departements: Iterable[str] = ()) -> str | None:
        """Why a point cannot be in a commune (French, no full stop), or None when nothing says so.

        The box of the département always counts; then the contour (500 m allowed), else centre and area (2·√(km²/π) + 1 km),
        else 15 km from the centre, which is not asked in Guyane. With an empty code the boxes of `departements` alone are read.
        """
        wanted = [departement_of(code)] if code else list(departements)
        boxes = [self.boxes[d] for d in wanted if d in self.boxes]
        if boxes and len(boxes) == len(wanted) and not any(box.contains(lat, lon) for box in boxes):
            return f"le point est hors du département {' ou '.join(wanted)}"
        if not code:
            return None
        name = self.main_name(code) or code
        contour = self.contours.get(code)
        if contour:
            away = distance_to_polygons_km(lat, lon, contour)
            return f"le point est à {away:.1f} km des limites de {name}" if away > CONTOUR_MARGIN_KM else None
        centre = self.centres.get(code)
        if centre is None:
            return None
        away = great_circle_km(lat, lon, centre.lat, centre.lon)
        if centre.km2:
            allowed = 2 * sqrt(centre.km2 / pi) + 1
        elif departement_of(code) in NO_DISTANCE_RULE:
            return None
        else:
            allowed = FAR_KM
        return f"le point est à {away:.1f} km du centre de {name}, plus que les {allowed:.1f} km admis" if away > allowed else None

    def _children_of(self, code: str) -> list[Entry]:
        if self._children is None:
            self._children = {}
            for entries in self.entries.values():
                for entry in entries:
                    if entry.parent:
                        self._children.setdefault(entry.parent, []).append(entry)
        return self._children.get(code, [])
