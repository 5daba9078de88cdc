"""Exports: the national CSV against its schema, data.inclusion v1 against its official models, and what the loss report says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from data_inclusion.schema.v1 import Service, Structure
from places_samples import SOUND, TODAY

from yole.kernel.tables import parse_table, read_table
from yole.places.engine import datainclusion, mednum, schema, vocabulary
from yole.places.engine.losses import CHANGED, DROPPED, MERGED, LossReport
from yole.places.engine.rows import read

COMMON = """
source id nom date_maj description lien_source commune code_postal code_insee adresse complement_adresse longitude
latitude telephone courriel horaires_accueil
"""
OF_STRUCTURES = "siret site_web accessibilite_lieu reseaux_porteurs"
OF_SERVICES = """
structure_id type thematiques frais frais_precisions publics publics_precisions conditions_acces modes_accueil
zone_eligibilite contact_nom_prenom lien_mobilisation modes_mobilisation mobilisable_par mobilisation_precisions
volume_horaire_hebdomadaire nombre_semaines
"""
STRUCTURE_FIELDS = set(COMMON.split()) | set(OF_STRUCTURES.split())
SERVICE_FIELDS = set(COMMON.split()) | set(OF_SERVICES.split())
FULL = SOUND | {
    "id": "fictif-plein",
    "pivot": "43493312300029",
    "typologie": "ENM|BIB|CCAS",
    "courriels": "contact@exemple.fr|autre@exemple.fr",
    "site_web": "https://www.exemple.fr/|https://reseau.exemple.fr/lieu",
    "presentation_resume": "Un lieu fictif.",
    "presentation_detail": "Une présentation plus longue de ce lieu fictif.",
    "structure_parente": "Ville fictive",
    "services": "|".join(schema.ENUMERATIONS["services"]),
    "publics_specifiquement_adresses": "Jeunes|Seniors",
    "prise_en_charge_specifique": "|".join(schema.ENUMERATIONS["prise_en_charge_specifique"]),
    "frais_a_charge": "Payant|Gratuit sous condition",
    "dispositif_programmes_nationaux": "|".join(schema.ENUMERATIONS["dispositif_programmes_nationaux"]),
    "formations_labels": "ORDI 3.0",
    "modalites_acces": "Se présenter|Téléphoner|Prendre un RDV en ligne|Envoyer un mail avec une fiche de prescription",
    "modalites_accompagnement": "Accompagnement individuel|Dans un atelier collectif|À distance",
    "fiche_acces_libre": "https://acceslibre.beta.gouv.fr/app/exemple/",
    "prise_rdv": "https://exemple.fr/rdv",
}


def one(**change: str) -> tuple[dict[str, Any], dict[str, Any], LossReport]:
    document, losses = datainclusion.write(read([{**SOUND, **change}]), TODAY)
    assert set(document) == {"structures", "services"}
    (structure,), (service,) = document["structures"], document["services"]
    valid(structure, service)
    return structure, service, losses


def valid(structure: dict[str, Any], service: dict[str, Any]) -> None:
    strict = {"ignore_warnings": False}
    Structure.model_validate(structure, context=strict)
    Service.model_validate(service, context=strict)
    assert set(structure) <= STRUCTURE_FIELDS
    assert set(service) <= SERVICE_FIELDS
    assert service["structure_id"] == structure["id"]


def test_a_full_place() -> None:
    structure, service, losses = one(**FULL)
    assert structure["id"] == "yole--fictif-plein"
    assert structure["siret"] == "43493312300029"
    assert structure["description"] == "Un lieu fictif.\n\nUne présentation plus longue de ce lieu fictif."
    assert structure["reseaux_porteurs"] == [
        "aidants-connect",
        "ccas-cias",
        "conseillers-numeriques",
        "croix-rouge",
        "emmaus",
        "france-service",
        "grandes-ecoles-du-numerique",
    ]
    assert service["publics"] == ["jeunes", "seniors", "personnes-en-situation-de-handicap", "personnes-exilees"]
    assert (service["frais"], service["frais_precisions"]) == ("gratuit", "Gratuit sous condition, Payant")
    assert service["type"] == "atelier"
    assert service["modes_accueil"] == ["a-distance", "en-presentiel"]
    assert service["modes_mobilisation"] == ["se-presenter", "telephoner", "utiliser-lien-mobilisation", "envoyer-un-courriel"]
    assert service["lien_mobilisation"] == "https://exemple.fr/rdv"
    assert service["zone_eligibilite"] == ["972"]
    assert len(service["thematiques"]) == len(set(service["thematiques"])) == 8
    assert losses.count("courriels", DROPPED) == 1
    assert losses.count("site_web", DROPPED) == 1
    assert losses.count("typologie", DROPPED) == 2
    assert losses.count("dispositif_programmes_nationaux", DROPPED) == 4
    assert losses.count("prise_en_charge_specifique", DROPPED) == 1
    assert losses.count("prise_en_charge_specifique", CHANGED) == 2
    assert losses.count("prise_en_charge_specifique", MERGED) == 4
    assert losses.count("modalites_accompagnement", DROPPED) == 1
    assert losses.count("presentation_resume", MERGED) == 1
    assert losses.losses["structure_parente", DROPPED].example == "Ville fictive"
    assert losses.lines()[0].startswith("typologie : 2 abandonnées, par exemple « ENM »")


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("Jeunes", "jeunes"),
        ("Étudiants", "etudiants"),
        ("Familles et/ou enfants", "familles"),
        ("Seniors", "seniors"),
        ("Femmes", "femmes"),
    ],
)
def test_each_public_keeps_its_meaning(label: str, slug: str) -> None:
    assert one(publics_specifiquement_adresses=label)[1]["publics"] == [slug]


def test_no_public_or_only_a_lost_one_is_everybody() -> None:
    assert one()[1]["publics"] == ["tous-publics"]
    assert one(prise_en_charge_specifique="Illettrisme")[1]["publics"] == ["tous-publics"]


@pytest.mark.parametrize(
    ("fees", "expected"),
    [
        ("Gratuit", ("gratuit", None)),
        ("Gratuit sous condition", ("gratuit", "Gratuit sous condition")),
        ("Payant", ("payant", None)),
        ("Payant|Gratuit", ("gratuit", "Payant")),
        ("", (None, None)),
    ],
)
def test_fees(fees: str, expected: tuple[str | None, str | None]) -> None:
    service = one(frais_a_charge=fees)[1]
    assert (service.get("frais"), service.get("frais_precisions")) == expected


@pytest.mark.parametrize(
    ("support", "access", "expected"),
    [
        ("", "", (None, ["en-presentiel"])),
        ("À distance", "", (None, ["a-distance", "en-presentiel"])),
        ("À distance", "Ce lieu n'accueille pas de public", (None, ["a-distance"])),
        ("En autonomie|Dans un atelier collectif", "Se présenter", ("aide-materielle", ["en-presentiel"])),
        ("Accompagnement individuel", "Ce lieu n'accueille pas de public", ("accompagnement", None)),
    ],
)
def test_type_and_reception(support: str, access: str, expected: tuple[str | None, list[str] | None]) -> None:
    service = one(modalites_accompagnement=support, modalites_acces=access)[1]
    assert (service.get("type"), service.get("modes_accueil")) == expected


def test_a_place_without_presentation_still_has_a_service() -> None:
    structure, service, _ = one()
    assert "description" not in structure
    assert service["description"] == "Ce lieu propose : Aide aux démarches administratives."
    assert service["nom"] == "Aide aux démarches administratives"
    _, bare, _ = one(services="", date_maj="1999-12-31", code_insee="", pivot="W9M1234567")
    assert bare["description"] == "Lieu de médiation numérique à Le Lamentin."
    assert "thematiques" not in bare
    assert bare["date_maj"] == "2000-01-01"


def test_bounds_of_the_models_are_met_and_told() -> None:
    structure, _, losses = one(
        nom="N" * 200 + ".", presentation_detail="d" * 12_000, date_maj="2026-12-31", courriels="a@local.test", site_web="pas une adresse"
    )
    assert len(structure["nom"]) == 150
    assert len(structure["description"]) == 10_000
    assert structure["date_maj"] == TODAY.isoformat()
    assert {
        ("nom", CHANGED),
        ("presentation_detail", CHANGED),
        ("date_maj", CHANGED),
        ("courriels", DROPPED),
        ("site_web", DROPPED),
    } <= set(losses.losses)
    assert one(nom="A")[0]["nom"] == "A (Le Lamentin)"
    assert one(nom="Médiathèque fictive.")[0]["nom"] == "Médiathèque fictive"
    assert one(pivot="W9M1234567")[2].losses["pivot", DROPPED].example == "W9M1234567"


def test_the_tables_name_real_labels_and_real_slugs() -> None:
    for table, column in ((vocabulary.THEMES, "services"), (vocabulary.AUDIENCES, "publics_specifiquement_adresses")):
        assert set(table) == set(schema.ENUMERATIONS[column])
    assert set(vocabulary.SPECIAL_CARE) | {"Illettrisme"} == set(schema.ENUMERATIONS["prise_en_charge_specifique"])
    assert set(vocabulary.ACCESS) | {vocabulary.NO_PUBLIC} == set(schema.ENUMERATIONS["modalites_acces"])
    assert set(vocabulary.SUPPORT) | {vocabulary.REMOTE} == set(schema.ENUMERATIONS["modalites_accompagnement"])
    assert set(vocabulary.FEES) == set(schema.ENUMERATIONS["frais_a_charge"])
    assert set(vocabulary.PROGRAMMES) < set(schema.ENUMERATIONS["dispositif_programmes_nationaux"])
    assert set(vocabulary.TYPOLOGIES) < set(schema.TYPOLOGIES)
    assert len(set(schema.TYPOLOGIES)) == 92
    one(typologie="|".join(schema.TYPOLOGIES))


def test_the_national_list_is_valid_data_inclusion(shared: Path) -> None:
    rows = read(read_table(shared / "data" / "places" / "france-services-standard.csv.gz").records())
    document, losses = datainclusion.write(rows, date.today())
    for structure, service in zip(document["structures"], document["services"], strict=True):
        valid(structure, service)
    assert losses.count("pivot", DROPPED) == len(rows) == len(document["services"])


def test_the_national_csv_gives_back_what_was_read() -> None:
    odd = {
        **FULL,
        "presentation_detail": 'des "guillemets",\r\ndes lignes\rseules, ’ et ' + "x" * 5000,
        "colonne à nous": "gardée ailleurs",
    }
    table = parse_table(mednum.write([odd, SOUND]), "export")
    assert table.header == schema.COLUMNS
    assert list(table.records()) == [{column: row.get(column, "") for column in schema.COLUMNS} for row in (odd, SOUND)]


def test_the_national_csv_passes_the_published_schema(shared: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    path = tmp_path / "export.csv"
    path.write_bytes(mednum.write([FULL, SOUND]))
    description = frictionless.Schema.from_descriptor(str(shared / "data" / "places" / "schema.json"))
    assert tuple(description.field_names) == schema.COLUMNS
    with frictionless.system.use_context(trusted=True):
        report = frictionless.Resource(path=str(path), schema=description).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])
