"""The national schema « Lieux de médiation numérique » 1.0.2: columns, closed lists, patterns.

Source: github.com/LaMednum/standard-mediation-num, schema.json v1.0.2. Labels are exact, oddities included
(`Étapes numériques(La Poste)` has no space before its bracket).
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

SEPARATOR = "|"
DUMMY_PIVOT = "00000000000000"
SUMMARY_MAX = 280

COLUMNS: tuple[str, ...] = (
    "id",
    "pivot",
    "nom",
    "commune",
    "code_postal",
    "code_insee",
    "adresse",
    "complement_adresse",
    "latitude",
    "longitude",
    "typologie",
    "telephone",
    "courriels",
    "site_web",
    "horaires",
    "presentation_resume",
    "presentation_detail",
    "source",
    "itinerance",
    "structure_parente",
    "date_maj",
    "services",
    "publics_specifiquement_adresses",
    "prise_en_charge_specifique",
    "frais_a_charge",
    "dispositif_programmes_nationaux",
    "formations_labels",
    "autres_formations_labels",
    "modalites_acces",
    "modalites_accompagnement",
    "fiche_acces_libre",
    "prise_rdv",
)
REQUIRED: tuple[str, ...] = ("id", "pivot", "nom", "commune", "code_postal", "adresse", "date_maj")

ENUMERATIONS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "itinerance": ("Itinérant", "Fixe"),
        "services": (
            "Aide aux démarches administratives",
            "Maîtrise des outils numériques du quotidien",
            "Insertion professionnelle via le numérique",
            "Utilisation sécurisée du numérique",
            "Parentalité et éducation avec le numérique",
            "Loisirs et créations numériques",
            "Compréhension du monde numérique",
            "Accès internet et matériel informatique",
            "Acquisition de matériel informatique à prix solidaire",
        ),
        "publics_specifiquement_adresses": ("Jeunes", "Étudiants", "Familles et/ou enfants", "Seniors", "Femmes"),
        "prise_en_charge_specifique": (
            "Surdité",
            "Handicaps moteurs",
            "Handicaps mentaux",
            "Illettrisme",
            "Langues étrangères (anglais)",
            "Langues étrangères (autres)",
            "Déficience visuelle",
        ),
        "frais_a_charge": ("Gratuit", "Gratuit sous condition", "Payant"),
        "dispositif_programmes_nationaux": (
            "Aidants Connect",
            "Bibliothèques numérique de référence",
            "Certification PIX",
            "Conseillers numériques",
            "Emmaüs Connect",
            "France Services",
            "Grande école du numérique",
            "La Croix Rouge",
            "Point d'accès numérique CAF",
            "Promeneurs du net",
            "Relais numérique (Emmaüs Connect)",
        ),
        "formations_labels": (
            "Formé à « Mon Espace Santé »",
            "Formé à « DUPLEX » (illettrisme)",
            "Arnia/MedNum BFC (Bourgogne-Franche-Comté)",
            "Collectif ressources et acteurs réemploi (Normandie)",
            "Étapes numériques(La Poste)",
            "Fabriques de Territoire",
            "Les Éclaireurs du numérique (Drôme)",
            "Mes Papiers (Métropole de Lyon)",
            "ORDI 3.0",
            "SUD LABS (PACA)",
        ),
        "modalites_acces": (
            "Se présenter",
            "Téléphoner",
            "Contacter par mail",
            "Prendre un RDV en ligne",
            "Ce lieu n'accueille pas de public",
            "Envoyer un mail avec une fiche de prescription",
        ),
        "modalites_accompagnement": ("En autonomie", "Accompagnement individuel", "Dans un atelier collectif", "À distance"),
    }
)

# 92 codes shared by the national library and La Coop; the schema does not constrain this column.
_TYPOLOGIES = """
    ACI ACIPHC AFPA AI ASE ASSO ASSO_CHOMEUR Autre AVIP BIB CAARUD CADA CAF CAP_EMPLOI CAVA CC CCAS CCONS CD CDAS CFP CHRS CHU CIAS
    CIDFF CITMET CMP CMS CPAM CPH CS CSAPA CSC DEETS DEPT DIPLP E2C EA EATT EI EITI ENM EPCI EPI EPIDE EPN ES ESAT ESS ETTI EVS FABLAB
    FABRIQUE FAIS FT GEIQ HUDA LA_POSTE MDE MDH MDEF MDPH MDS MJC ML MQ MSA MSAP MUNI OACAS ODC OF OIL OPCS PAD PENSION PI PIJ_BIJ
    PIMMS PJJ PLIE PREF PREVENTION REG RELAIS_LECTURE RESSOURCERIE RFS RS_FJT SCP SPIP TIERS_LIEUX UDAF
"""
TYPOLOGIES: tuple[str, ...] = tuple(_TYPOLOGIES.split())

# Columns whose cells hold several values joined by a vertical bar.
LISTS: frozenset[str] = frozenset({*ENUMERATIONS, "typologie", "courriels", "site_web", "autres_formations_labels"})
URL_FIELDS: tuple[str, ...] = ("site_web", "fiche_acces_libre", "prise_rdv")
TEXT_FIELDS: tuple[str, ...] = ("nom", "adresse", "commune", "presentation_resume", "presentation_detail")

POSTCODE = re.compile(r"[0-9]{5}")
INSEE_CODE = re.compile(r"([013-9][0-9]|2[AB1-9])[0-9]{3}")
TELEPHONE = re.compile(r"(\+33|\+590|\+594|\+262|\+596|\+269|\+687|\+689|\+508|\+681)([0-9]{6,9})")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
SIRET = re.compile(r"[0-9]{14}")
RNA = re.compile(r"W[0-9A-Za-z]{9}")
RIDET = re.compile(r"[0-9]{9,10}")
RIDET_PREFIX = "988"

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ´`′＇", "'"))


def variant_key(text: str) -> str:
    """What remains of a label when Unicode composition, apostrophes, spaces and case are set aside."""
    composed = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    return "".join(composed.split()).casefold()


_BY_KEY: dict[str, dict[str, str]] = {field: {variant_key(value): value for value in values} for field, values in ENUMERATIONS.items()}


def exact_label(field: str, item: str) -> str | None:
    """The label of an enumeration that `item` is or is a spelling variant of, else None."""
    return _BY_KEY[field].get(variant_key(item))


def split(cell: str) -> list[str]:
    """Values of a cell joined by a vertical bar, trimmed, empty ones left out."""
    return [item for item in (part.strip() for part in cell.split(SEPARATOR)) if item]


def siret_key_holds(siret: str) -> bool:
    """Whether the keys of 14 digits hold: Luhn on the SIRET and on its SIREN.

    La Poste (356000000…), except its head office, has a sum of digits that is a multiple of five instead.
    """
    if siret.startswith("356000000") and siret != "35600000000048":
        return sum(map(int, siret)) % 5 == 0
    return _luhn(siret) and _luhn(siret[:9])


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
