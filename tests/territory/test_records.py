"""Files of communes and contours: what is read, and where each complaint points."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from yole.kernel.errors import InputError
from yole.territory.records import gather, read_contours

GOOD = """code,nom,codes_postaux,population,lat,lon,km2
97209,Fort-de-France,97200|97234,75506,14.65,-61.07,44.2
97213,Le Lamentin,97232,39400,14.62,-60.99,62.3
"""
SQUARE = [[-61.1, 14.6], [-61.0, 14.6], [-61.0, 14.7], [-61.1, 14.7], [-61.1, 14.6]]


def shape(code: str, ring: Any = SQUARE, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, "nom": "x"}, "geometry": {"type": kind, "coordinates": [ring]}}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_is_told_by_its_columns(tmp_path: Path) -> None:
    write(
        tmp_path,
        "a_postcodes.csv",
        "code,nom,type,dep,codes_postaux\n97209,Fort-de-France,COM,972,97200\n97209,Ancienne,COMD,972,97234\n97599,Ailleurs,COM,975,\n",
    )
    packed = gzip.compress(b"insee,nom,pop,lat,lon\n97209,Autre orthographe,75506,14.65,-61.07\n")
    (tmp_path / "b_positions.csv.gz").write_bytes(packed)
    write(tmp_path, "c_boxes.csv", "dep,nom,lat_min\n972,Martinique,14\n")
    write(
        tmp_path,
        "d_2021.csv",
        "code_commune;nom;population_2015;population_2021;code_epci;nom_epci;superficie_km2\n97209;FdF;1;2;249720061;CACEM;44,2\n".replace(
            ",", "."
        ),
    )
    write(tmp_path, "e.geojson", json.dumps({"type": "FeatureCollection", "features": [shape("97209")]}))
    gathered = gather(tmp_path)
    assert list(gathered.communes) == ["97209"]
    record = gathered.communes["97209"]
    assert (record.name, record.postcodes, record.population, record.population_vintage) == ("Fort-de-France", ("97200",), 75506, "")
    assert (record.lat, record.km2, record.epci_name) == (14.65, 44.2, "CACEM")
    assert record.source == "a_postcodes.csv, b_positions.csv.gz, d_2021.csv"
    assert list(gathered.contours) == ["97209"]
    assert gathered.used == ["a_postcodes.csv", "b_positions.csv.gz", "d_2021.csv", "e.geojson"]
    assert gathered.notes == [
        "c_boxes.csv : laissé de côté, ce n'est pas une liste de communes",
        "1 communes sans position dans ces fichiers : laissées de côté",
    ]


def test_the_most_recent_population_gives_its_vintage(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "code,nom,population_2021,population_2015\n97209,Fort-de-France,76000,84000\n")
    record = gather(path).communes["97209"]
    assert (record.population, record.population_vintage) == (76000, "2021")


BAD = [
    ("code,population\n97209,1\n", ["colonne absente", "« nom »"]),
    ("code,nom,population,lat\n97209,x,1,14\n", ["colonne absente", "« lon »"]),
    (GOOD.replace("14.62", "95"), ["ligne 2", "« lat »", "trouvé : « 95 »", "de -90 à 90"]),
    (GOOD.replace("14.62", "nan"), ["ligne 2", "« lat »"]),
    (GOOD.replace("-60.99", ""), ["ligne 2", "« lon »", "ou aucune des deux"]),
    (GOOD.replace("-60.99", "-600"), ["ligne 2", "« lon »"]),
    (GOOD.replace("97213", "97209"), ["ligne 2", "« code »", "deux fois", "97209"]),
    (GOOD.replace("97213", "9721"), ["ligne 2", "« code »", "« 9721 »"]),
    (GOOD.replace("97232", "9723"), ["ligne 2", "« codes_postaux »", "5 chiffres"]),
    (GOOD.replace("39400", "beaucoup"), ["ligne 2", "« population »", "beaucoup"]),
    (GOOD.replace("39400", "-3"), ["ligne 2", "« population »"]),
    (GOOD.replace("Le Lamentin", ""), ["ligne 2", "« nom »"]),
    (GOOD.replace("62.3", "0"), ["ligne 2", "« km2 »"]),
    ("", ["vide"]),
    ("code,nom,code,population\n", ["deux fois"]),
]


@pytest.mark.parametrize(("text", "said"), BAD)
def test_bad_tables_are_refused_with_place_and_remedy(tmp_path: Path, text: str, said: list[str]) -> None:
    path = write(tmp_path, "communes.csv", text)
    with pytest.raises(InputError) as refusal:
        gather(path)
    line = refusal.value.one_line()
    assert "\n" not in line
    assert all(words in line for words in ["communes.csv", *said]), line


def test_a_wrong_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "communes.csv"
    path.write_bytes(GOOD.replace("Le Lamentin", "Schœlcher é").replace("œ", "oe").encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        gather(path)


def test_a_folder_without_communes_or_absent(tmp_path: Path) -> None:
    write(tmp_path, "other.csv", "a,b\n1,2\n")
    with pytest.raises(InputError, match="aucun fichier de communes"):
        gather(tmp_path)
    with pytest.raises(InputError, match="introuvable"):
        gather(tmp_path / "absent")


def test_a_departement_that_the_files_do_not_have(tmp_path: Path) -> None:
    gathered = gather(write(tmp_path, "communes.csv", GOOD))
    assert len(gathered.only(["972"]).communes) == 2
    with pytest.raises(InputError, match="« 974 »"):
        gathered.only(["974"])


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "[]",
        '{"features": 3}',
        json.dumps({"features": [shape("972")]}),
        json.dumps({"features": [shape("97209"), shape("97209")]}),
        json.dumps({"features": [shape("97209", kind="Point")]}),
        json.dumps({"features": [shape("97209", ring=SQUARE[:2])]}),
        json.dumps({"features": [shape("97209", ring=[*SQUARE, [200, 14]])]}),
        json.dumps({"features": [shape("97209", ring=[*SQUARE, ["a", "b"]])]}),
        json.dumps({"features": [{"geometry": None}]}),
        "[" * 100_000,
    ],
)
def test_bad_contours_are_refused(content: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_contours(content.encode(), "contours.geojson")
    assert "contours.geojson" in refusal.value.one_line()


def test_the_shared_folder_gives_every_commune(shared: Path) -> None:
    gathered = gather(shared / "data" / "territory")
    assert (len(gathered.communes), len(gathered.contours)) == (34_875, 34)
    assert {"97200", "97234"} <= set(gathered.communes["97209"].postcodes)
    assert gathered.communes["97209"].epci_code == "249720061"
