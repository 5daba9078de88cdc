"""The gazetteer: names, postcodes, and the four rules of position."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from yole.kernel.errors import InputError
from yole.kernel.gazetteer import Centre, Gazetteer
from yole.territory.carried import load_gazetteer

SQUARE = [[[[-61.1, 14.6], [-61.0, 14.6], [-61.0, 14.7], [-61.1, 14.7], [-61.1, 14.6]]]]


def test_names_and_postcodes(gazetteer: Gazetteer) -> None:
    assert gazetteer.names("50359") == ["Mortain-Bocage", "Mortain", "Notre-Dame-du-Touchet"]
    assert gazetteer.is_name("notre dame du touchet", "50359")
    assert gazetteer.is_name("MORTAIN BOCAGE", "50499")
    assert gazetteer.is_name("Paris 12e", "75112")
    assert not gazetteer.is_name("Paris 12e", "75056") or "Paris 12e Arrondissement" in gazetteer.names("75056")
    assert gazetteer.codes_of("50140") == ["50359", "50499"]
    assert gazetteer.departements_of_postcode("97150") == {"978"}
    assert gazetteer.departements_of_postcode("97199") == {"971", "977", "978"}
    assert gazetteer.departements_of_postcode("20999") == {"2A", "2B"}
    assert gazetteer.covers("972")
    assert not gazetteer.covers("974")


def test_the_contour_rules_when_there_is_one(gazetteer: Gazetteer) -> None:
    known = replace(gazetteer, contours={"97209": SQUARE})
    assert known.why_outside(14.65, -61.05, "97209") is None
    assert known.why_outside(14.65, -61.1040, "97209") is None  # 430 m away
    assert "des limites de Fort-de-France" in str(known.why_outside(14.65, -61.1060, "97209"))  # 640 m
    assert gazetteer.why_outside(14.65, -61.1060, "97209") is None  # within the weaker rule


def test_the_distance_rules_without_contour(gazetteer: Gazetteer) -> None:
    assert gazetteer.why_outside(14.61 + 9.9 / 111.2, -60.99, "97213") is None  # 2·√(62.3/π) + 1 = 9.9 km
    assert "plus que les 9.9 km" in str(gazetteer.why_outside(14.61 + 10.1 / 111.2, -60.99, "97213"))
    assert gazetteer.why_outside(14.66 + 14.8 / 111.2, -61.13, "97205") is None
    assert "plus que les 15.0 km" in str(gazetteer.why_outside(14.66 + 15.2 / 111.2, -61.13, "97205"))
    assert gazetteer.why_outside(3.0, -53.0, "97307") is None
    assert "département 973" in str(gazetteer.why_outside(14.6, -61.0, "97307"))
    assert gazetteer.why_outside(0.0, 0.0, "98818") is None  # neither box nor centre: nothing can be said


def test_the_carried_tables(tmp_path: Path) -> None:
    known = load_gazetteer(tmp_path)
    assert len({(e.code, e.kind) for entries in known.entries.values() for e in entries}) == 37_590
    assert known.postcodes("97209") == {"97200", "97212", "97234"}
    assert len(known.boxes) == 104
    assert sum(code.startswith("972") for code in known.centres) == 34
    assert known.contours == {}


def test_imported_centres_and_contours_are_read(tmp_path: Path) -> None:
    (tmp_path / "communes.csv").write_text(
        "insee,nom,lat,lon,km2\n97209,Fort-de-France,14.63,-61.07,\n01001,L'Abergement-Clémenciat,46.15,4.92,15.9\n97601,Sans centre,,,\n"
    )
    feature = {"type": "Feature", "properties": {"code": "97209"}, "geometry": {"type": "MultiPolygon", "coordinates": SQUARE}}
    (tmp_path / "contours.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    known = load_gazetteer(tmp_path)
    assert known.centres["97209"] == Centre(14.63, -61.07, load_gazetteer(tmp_path / "none").centres["97209"].km2)
    assert known.centres["01001"] == Centre(46.15, 4.92, 15.9)
    assert "97601" not in known.centres
    assert "limites" in str(known.why_outside(14.5, -61.05, "97209"))


@pytest.mark.parametrize(
    ("name", "content"), [("contours.geojson", "{}"), ("contours.geojson", "["), ("communes.csv", "insee,lat,lon\n97209,14.6 N,-61\n")]
)
def test_a_damaged_import_is_told(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=name):
        load_gazetteer(tmp_path)


def test_every_sound_place_of_the_national_list_is_inside(shared: Path, tmp_path: Path) -> None:
    from yole.kernel.tables import read_table

    carried = load_gazetteer(tmp_path)
    national = read_table(shared / "data" / "territory" / "communes_fr.csv.gz").records()
    centres = {row["insee"]: Centre(float(row["lat"]), float(row["lon"])) for row in national if row["lat"] and row["lon"]}
    known = replace(carried, centres={**centres, **carried.centres})
    places = read_table(shared / "data" / "places" / "france-services-standard.csv.gz").records()
    outside = [
        row["id"]
        for row in places
        if row["latitude"] and known.why_outside(float(row["latitude"]), float(row["longitude"]), row["code_insee"])
    ]
    assert outside == []
