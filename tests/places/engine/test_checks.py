"""Every code of `yole places check`: one row that fires it, one neighbour that must not."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places_samples import BOXES, CENTRES, ENTRIES, SOUND, TODAY
from stdnum.fr import siret

from yole.kernel.gazetteer import Gazetteer
from yole.kernel.tables import read_table
from yole.places.engine import schema
from yole.places.engine.checks import check
from yole.places.engine.rows import read
from yole.territory.carried import load_gazetteer

Told = Callable[..., set[tuple[str, str, str]]]
E, W = "error", "warning"

# (cells changed, what must be told, exactly)
FIRES: list[tuple[dict[str, str], set[tuple[str, str, str]]]] = [
    *(({column: "  "}, {(E, column, "required")}) for column in ("id", "pivot", "nom", "commune", "adresse", "date_maj")),
    ({"code_postal": ""}, {(E, "code_postal", "required")}),
    ({"pivot": "4349331230002"}, {(E, "pivot", "pivot-format")}),
    ({"pivot": "434 933 123 00029"}, {(E, "pivot", "pivot-format")}),
    ({"pivot": "123456789"}, {(E, "pivot", "pivot-format")}),
    ({"pivot": "W9M12345678"}, {(E, "pivot", "pivot-format")}),
    ({"pivot": "43493312300028"}, {(E, "pivot", "siret-luhn")}),
    ({"pivot": "35600000000002"}, {(E, "pivot", "siret-luhn")}),
    ({"code_postal": "9723"}, {(E, "code_postal", "format")}),
    ({"code_postal": "97232 "}, {(E, "code_postal", "format")}),
    ({"code_insee": "9721"}, {(E, "code_insee", "format")}),
    ({"code_insee": "2C004"}, {(E, "code_insee", "format")}),
    ({"code_insee": "97299"}, {(W, "code_insee", "insee-unknown")}),
    ({"code_postal": "97200"}, {(W, "code_postal", "insee-postcode")}),
    ({"code_postal": "97213"}, {(W, "code_postal", "insee-postcode")}),
    ({"code_postal": "75990"}, {(W, "code_postal", "insee-postcode")}),
    ({"commune": "Ducos"}, {(W, "commune", "commune-name")}),
    ({"latitude": "14,6154"}, {(E, "latitude", "number")}),
    ({"longitude": "61°00'06\" O"}, {(E, "longitude", "number")}),
    ({"longitude": "inconnue"}, {(E, "longitude", "number")}),
    ({"latitude": "NaN"}, {(E, "latitude", "number")}),
    ({"longitude": ""}, {(W, "longitude", "coordinates-half")}),
    ({"latitude": ""}, {(W, "latitude", "coordinates-half")}),
    ({"latitude": "94.6"}, {(E, "latitude", "coordinates-range")}),
    ({"longitude": "-181"}, {(E, "longitude", "coordinates-range")}),
    ({"latitude": "-61.0018", "longitude": "14.6154"}, {(W, "latitude", "coordinates-swapped")}),
    ({"latitude": "48.85", "longitude": "2.35"}, {(W, "latitude", "coordinates-outside")}),
    ({"latitude": "14.85", "longitude": "-61.18"}, {(W, "latitude", "coordinates-outside")}),
    ({"latitude": "0", "longitude": "0"}, {(W, "latitude", "coordinates-outside")}),
    ({"telephone": "0596 01 23 77"}, {(E, "telephone", "telephone-format")}),
    ({"telephone": "+" + "5" * 40}, {(E, "telephone", "telephone-format")}),
    ({"telephone": "+596596012377|+596696012377"}, {(E, "telephone", "telephone-multiple")}),
    ({"telephone": "+59659601237"}, {(W, "telephone", "telephone-plan")}),
    ({"telephone": "+596194012377"}, {(W, "telephone", "telephone-plan")}),
    ({"telephone": "+3318005988"}, {(W, "telephone", "telephone-plan")}),
    ({"courriels": "contact@exemple.fr|contact chez exemple.fr"}, {(W, "courriels", "email-format")}),
    ({"courriels": "contact@exemple"}, {(W, "courriels", "email-format")}),
    ({"site_web": "www.exemple.fr"}, {(W, "site_web", "url-format")}),
    ({"fiche_acces_libre": "acceslibre"}, {(W, "fiche_acces_libre", "url-format")}),
    ({"prise_rdv": "https://exemple.fr/|sur place"}, {(W, "prise_rdv", "url-format")}),
    ({"horaires": "du lundi au vendredi"}, {(E, "horaires", "hours-syntax")}),
    ({"horaires": "Mo 14:00-12:00"}, {(W, "horaires", "hours-reversed")}),
    ({"horaires": "Mo 17:00-08:00"}, {(W, "horaires", "hours-reversed")}),
    ({"horaires": "Mo 00:00-00:00"}, {(W, "horaires", "hours-reversed")}),
    ({"presentation_resume": "é" * 281}, {(E, "presentation_resume", "too-long")}),
    ({"date_maj": "04/05/2026"}, {(E, "date_maj", "date-format")}),
    ({"date_maj": "2026-02-30"}, {(E, "date_maj", "date-format")}),
    ({"date_maj": "2026-11-23"}, {(W, "date_maj", "date-future")}),
    ({"frais_a_charge": "|Gratuit"}, {(E, "frais_a_charge", "enum-empty-item")}),
    ({"frais_a_charge": "Gratuit|"}, {(E, "frais_a_charge", "enum-empty-item")}),
    ({"frais_a_charge": " "}, {(E, "frais_a_charge", "enum-empty-item")}),
    ({"frais_a_charge": "junk|Gratuit"}, {(E, "frais_a_charge", "enum-unknown")}),
    ({"frais_a_charge": "Gratuit;Payant"}, {(E, "frais_a_charge", "enum-unknown")}),
    ({"itinerance": "Itinerant"}, {(E, "itinerance", "enum-unknown")}),
    ({"frais_a_charge": "gratuit"}, {(E, "frais_a_charge", "enum-variant")}),
    ({"itinerance": "Itine\u0301rant"}, {(E, "itinerance", "enum-variant")}),
    ({"modalites_acces": "Ce lieu n’accueille pas de public"}, {(E, "modalites_acces", "enum-variant")}),
    ({"formations_labels": "Étapes numériques (La Poste)"}, {(E, "formations_labels", "enum-variant")}),
    ({"frais_a_charge": "Gratuit | Payant"}, {(E, "frais_a_charge", "enum-variant")}),
    ({"frais_a_charge": "Gratuit|Gratuit"}, {(W, "frais_a_charge", "enum-repeated")}),
    ({"services": ""}, {(W, "services", "services-empty")}),
    ({"presentation_detail": "Ce lieu est fermé définitivement."}, {(W, "presentation_detail", "closed-in-text")}),
    ({"presentation_detail": "Espace fermé suite à une dégradation des locaux."}, {(W, "presentation_detail", "closed-in-text")}),
    ({"presentation_detail": "L’annexe n’existe plus"}, {(W, "presentation_detail", "closed-in-text")}),
    ({"presentation_detail": "L'association a cessé son activité en mai."}, {(W, "presentation_detail", "closed-in-text")}),
    ({"nom": "MÃ©diathÃ¨que fictive"}, {(W, "nom", "mojibake")}),
    ({"adresse": "Place de lâ€™Exemple"}, {(W, "adresse", "mojibake")}),
    ({"presentation_resume": "M\ufffddiath\ufffdque"}, {(W, "presentation_resume", "mojibake")}),
]

SILENT: list[dict[str, str]] = [
    {},
    {"pivot": "43493312300029"},
    {"pivot": "35600000000048"},
    {"pivot": "35600000012346"},
    {"pivot": "W9M1234567"},
    {
        "commune": "Nouméa",
        "code_insee": "98818",
        "code_postal": "98800",
        "pivot": "123456789",
        "latitude": "",
        "longitude": "",
        "telephone": "+687123456",
    },
    {"code_postal": "97261", "code_insee": "97209", "commune": "FORT DE FRANCE"},
    {"code_postal": "97214", "code_insee": "97214", "commune": "le lorrain", "latitude": "", "longitude": ""},
    {"code_postal": "97216", "code_insee": "97201", "commune": "AJOUPA-BOUILLON", "latitude": "", "longitude": ""},
    {"code_postal": "97216", "code_insee": "97201", "commune": "L’Ajoupa Bouillon", "latitude": "", "longitude": ""},
    {"code_insee": "99138", "code_postal": "97232"},
    {"code_insee": ""},
    {"code_insee": "50359", "code_postal": "50140", "commune": "Mortain", "latitude": "", "longitude": ""},
    {"code_insee": "50359", "code_postal": "50140", "commune": "Notre Dame du Touchet", "latitude": "", "longitude": ""},
    {"code_insee": "75112", "code_postal": "75012", "commune": "PARIS", "latitude": "48.84", "longitude": "2.39"},
    {"code_insee": "75112", "code_postal": "75012", "commune": "Paris 12e", "latitude": "48.84", "longitude": "2.39"},
    {"code_insee": "2A004", "code_postal": "20700", "commune": "Ajaccio", "latitude": "", "longitude": ""},
    {"code_insee": "97801", "code_postal": "97150", "commune": "Saint-Martin", "latitude": "18.07", "longitude": "-63.05"},
    {"code_insee": "97307", "code_postal": "97351", "commune": "Matoury", "latitude": "3.65", "longitude": "-53.9"},
    {"latitude": "", "longitude": ""},
    {"latitude": "+14.6154"},
    {"telephone": "+596696012377"},
    {"telephone": "+596976012377"},
    {"telephone": "+33180059880"},
    {"telephone": "+508410203"},
    {"telephone": ""},
    {"courriels": "a.b-c+d@sous.exemple.fr|contact@exemple.fr"},
    {"site_web": "https://www.exemple.fr/a?b=c#d|http://exemple.re", "prise_rdv": "https://exemple.fr:8080/rdv"},
    {"horaires": ""},
    {"horaires": "PH off"},
    {"horaires": "Fr 18:00-02:00"},
    {"horaires": "Fr 16:00-04:00"},
    {"horaires": 'Mo-Fr 09:00-12:00 "14:00-12:00 sur rendez-vous"'},
    {"presentation_resume": "é" * 280},
    {"date_maj": "2026-11-22"},
    {"date_maj": "2024-02-29"},
    {"date_maj": "2019-01-01"},
    {"frais_a_charge": "Gratuit|Payant"},
    {"itinerance": ""},
    {"formations_labels": "Étapes numériques(La Poste)|ORDI 3.0"},
    {"modalites_acces": "Ce lieu n'accueille pas de public"},
    {"presentation_detail": "Fermé le mercredi"},
    {"presentation_detail": "FERMÉ DÉFINITIVEMENT LE SAMEDI."},
    {"presentation_detail": "La structure sera fermée du 9 au 30 août inclus pour congés annuels et déménagement."},
    {"presentation_detail": "Fermé suite à congés du 1er au 15 août"},
    {"presentation_detail": "Fermeture de la MDE à 18h00 à partir du 1er avril."},
    {"presentation_detail": "L'association n'a cessé de grandir. RDV à guichet fermé possible."},
    {"presentation_detail": "Ce lieu est fermé définitivement.", "horaires": ""},
    {"presentation_detail": "Ce lieu est fermé définitivement.", "horaires": "off"},
    {"nom": "SÃO PAULO CAFÉ Â CÔTÉ", "adresse": "Château d’Îlet « à gauche »"},
    {"typologie": "EPN|inconnue"},
]


@pytest.mark.parametrize(("change", "expected"), FIRES, ids=[f"{i}-{sorted(e)[0][2]}" for i, (_, e) in enumerate(FIRES)])
def test_a_defect_is_told_and_nothing_else(told: Told, change: dict[str, str], expected: set[tuple[str, str, str]]) -> None:
    assert told(change) == expected


@pytest.mark.parametrize("change", SILENT, ids=range(len(SILENT)))
def test_a_sound_neighbour_is_not_told(told: Told, change: dict[str, str]) -> None:
    assert told(change) == set()


CONTRACT = """
required id-duplicate pivot-format siret-luhn format insee-unknown insee-postcode commune-name number
coordinates-half coordinates-range coordinates-swapped coordinates-outside telephone-format telephone-multiple telephone-plan
email-format url-format hours-syntax hours-reversed too-long date-format date-future
enum-empty-item enum-unknown enum-variant enum-repeated services-empty closed-in-text mojibake
"""


def test_every_code_of_the_contract_is_fired_here() -> None:
    assert {code for _, expected in FIRES for _, _, code in expected} | {"id-duplicate"} == set(CONTRACT.split())


def test_the_second_and_later_of_one_identifier_are_errors(gazetteer: Gazetteer) -> None:
    rows = read([SOUND, SOUND, {**SOUND, "id": "fictif-2"}, SOUND])
    found = check(rows, gazetteer, TODAY)
    assert [(f.row, f.field, f.code) for f in found.errors] == [(2, "id", "id-duplicate"), (4, "id", "id-duplicate")]
    assert (found.rows, found.valid, found.dummy_pivots) == (4, 2, 4)


def test_messages_propose_the_repair(gazetteer: Gazetteer) -> None:
    rows = read([{**SOUND, "telephone": "0596 01 23 77", "latitude": "14,6154", "frais_a_charge": "gratuit", "code_insee": "1004"}])
    said = {f.code: f.message for f in check(rows, gazetteer, TODAY).errors}
    assert "+596596012377" in said["telephone-format"]
    assert "14.6154" in said["number"]
    assert "Gratuit" in said["enum-variant"]
    assert "01004" in said["format"]


def test_siret_has_the_verdict_of_an_independent_judge() -> None:
    rng = random.Random(20261122)
    for _ in range(20_000):
        start = "356000000" if rng.random() < 0.2 else f"{rng.randrange(10**9):09}"
        digits = f"{start}{rng.randrange(10**5):05}"
        assert schema.siret_key_holds(digits) == siret.is_valid(digits), digits
    assert schema.siret_key_holds("35600000000048") is siret.is_valid("35600000000048") is True


@given(st.dictionaries(st.sampled_from(schema.COLUMNS), st.text(max_size=40)))
def test_any_text_gets_an_answer(cells: dict[str, str]) -> None:
    found = check(read([cells]), Gazetteer.of(ENTRIES, boxes=BOXES, centres=CENTRES), TODAY)
    assert found.rows == 1
    assert found.valid == (0 if found.errors else 1)
    assert all(f.message and f.field in schema.COLUMNS for f in found.errors + found.warnings)


def counted(path: Path, carried: Gazetteer) -> tuple[int, Counter[str], Counter[str]]:
    found = check(read(read_table(path).records()), carried, TODAY)
    return found.valid, Counter(f.code for f in found.errors), Counter(f.code for f in found.warnings)


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return load_gazetteer(tmp_path_factory.mktemp("nothing-imported"))


def test_the_national_list_gives_the_reference_results(shared: Path, carried: Gazetteer) -> None:
    places = shared / "data" / "places"
    assert counted(places / "france-services-standard.csv.gz", carried) == (
        2845,
        Counter(),
        Counter({"insee-postcode": 37, "commune-name": 6}),
    )
    assert counted(places / "martinique-standard.csv", carried) == (20, Counter(), Counter())
    assert counted(places / "exemple-valide.csv", carried) == (1, Counter(), Counter({"coordinates-outside": 1}))


def test_the_known_wrong_codes_of_the_national_list_are_told(shared: Path, carried: Gazetteer) -> None:
    rows = read(read_table(shared / "data" / "places" / "france-services-standard.csv.gz").records())
    told = {
        (rows[f.row - 1]["code_insee"], rows[f.row - 1]["code_postal"])
        for f in check(rows, carried, TODAY).warnings
        if f.code == "insee-postcode"
    }
    assert {("83019", "88230"), ("69019", "06922"), ("19033", "19033"), ("61275", "61275"), ("53005", "53005")} <= told


def test_one_comment_in_forty_three_is_a_closure(shared: Path) -> None:
    from yole.places.engine.closures import closure_said

    with gzip.open(shared / "data" / "places" / "france-services-brut.csv.gz") as packed:
        comments = [row["commentaire"] for row in csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline=""))]
    assert sum("ferm" in comment.lower() for comment in comments) >= 43
    assert [comment for comment in comments if closure_said(comment)] == ["Espace fermé suite à une dégradation des locaux."]


def test_errors_include_all_that_the_published_schema_rejects(shared: Path, carried: Gazetteer, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    changes: list[dict[str, str]] = [change for change, _ in FIRES] + SILENT
    changes += [
        {column: odd}
        for column in schema.COLUMNS
        for odd in (" ", "x", "|", "Gratuit\n", "97232\n", "0" * 300, "2026-5-4", "1 000", "１２３４５")
    ]
    rows = [{**SOUND, "id": f"fictif-{i}", **change} for i, change in enumerate(changes)]
    rows.append(dict(rows[0]))
    path = tmp_path / "sale.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, schema.COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    judge: Any = frictionless.Resource(
        path=str(path), schema=frictionless.Schema.from_descriptor(str(shared / "data" / "places" / "schema.json"))
    )
    with frictionless.system.use_context(trusted=True):
        rejected = {number - 1 for (number,) in judge.validate().flatten(["rowNumber"]) if number}
    ours = {f.row for f in check(read(read_table(path).records()), carried, TODAY).errors}
    assert len(rejected) > 100
    assert rejected <= ours, [changes[number - 1] for number in sorted(rejected - ours)]
