"""From the words of the national schema to those of data.inclusion v1. Tables of the national pipeline, read on 2026-06-30."""

from __future__ import annotations

_FUNDAMENTALS = "numerique--maitriser-les-fondamentaux-du-numerique"
_EQUIPMENT = "numerique--acquerir-un-equipement"
_ONLINE = "numerique--acceder-a-des-services-en-ligne"

THEMES: dict[str, tuple[str, ...]] = {
    "Accès internet et matériel informatique": ("numerique--acceder-a-une-connexion-internet", _EQUIPMENT),
    "Acquisition de matériel informatique à prix solidaire": (_EQUIPMENT,),
    "Aide aux démarches administratives": (
        "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives",
        _ONLINE,
    ),
    "Compréhension du monde numérique": (_FUNDAMENTALS,),
    "Utilisation sécurisée du numérique": (_FUNDAMENTALS,),
    "Insertion professionnelle via le numérique": ("preparer-sa-candidature--organiser-ses-demarches-de-recherche-demploi", _FUNDAMENTALS),
    "Loisirs et créations numériques": ("remobilisation--activites-sportives-et-culturelles", _FUNDAMENTALS),
    "Maîtrise des outils numériques du quotidien": (_FUNDAMENTALS, _ONLINE),
    "Parentalité et éducation avec le numérique": ("famille--soutien-a-la-parentalite-et-a-leducation", _FUNDAMENTALS),
}

AUDIENCES: dict[str, tuple[str, ...]] = {
    "Étudiants": ("etudiants",),
    "Familles et/ou enfants": ("familles",),
    "Femmes": ("femmes",),
    "Jeunes": ("jeunes",),
    "Seniors": ("seniors",),
}

_DISABLED = ("personnes-en-situation-de-handicap",)
_EXILED = ("personnes-exilees",)
# Illettrisme has no equivalent: it is a loss.
SPECIAL_CARE: dict[str, tuple[str, ...]] = {
    "Surdité": _DISABLED,
    "Handicaps moteurs": _DISABLED,
    "Handicaps mentaux": _DISABLED,
    "Déficience visuelle": _DISABLED,
    "Langues étrangères (anglais)": _EXILED,
    "Langues étrangères (autres)": _EXILED,
}
# Speaking another language is not being exiled.
CHANGED_CARE = frozenset({"Langues étrangères (anglais)", "Langues étrangères (autres)"})

FREE, FREE_IF = "Gratuit", "Gratuit sous condition"
# In the order in which one is chosen.
FEES: dict[str, str] = {FREE: "gratuit", FREE_IF: "gratuit", "Payant": "payant"}

NO_PUBLIC = "Ce lieu n'accueille pas de public"
REFERRAL = "Envoyer un mail avec une fiche de prescription"
ACCESS: dict[str, tuple[str, ...]] = {
    "Contacter par mail": ("envoyer-un-courriel",),
    REFERRAL: ("envoyer-un-courriel",),
    "Prendre un RDV en ligne": ("utiliser-lien-mobilisation",),
    "Se présenter": ("se-presenter",),
    "Téléphoner": ("telephoner",),
}

REMOTE = "À distance"
# In order of priority: v1 has one type.
SUPPORT: dict[str, str] = {
    "En autonomie": "aide-materielle",
    "Dans un atelier collectif": "atelier",
    "Accompagnement individuel": "accompagnement",
}

PROGRAMMES: dict[str, str] = {
    "Aidants Connect": "aidants-connect",
    "Conseillers numériques": "conseillers-numeriques",
    "France Services": "france-service",
    "Grande école du numérique": "grandes-ecoles-du-numerique",
    "La Croix Rouge": "croix-rouge",
    # Not in the national table.
    "Emmaüs Connect": "emmaus",
    "Relais numérique (Emmaüs Connect)": "emmaus",
}

TYPOLOGIES: dict[str, str] = {
    "RFS": "france-service",
    "ML": "mission-locale",
    "CCAS": "ccas-cias",
    "CIAS": "ccas-cias",
    "CAF": "caf",
    "CPAM": "cpam",
    "MSA": "mutualite-sociale-agricole",
    "FT": "france-travail",
    "LA_POSTE": "la-poste",
    "MSAP": "msap",
    "MJC": "mjc",
    "EPN": "espaces-publics-numeriques",
    "EPI": "espaces-publics-numeriques",
    "MUNI": "communes",
    "CC": "communes",
    "EPCI": "communes",
    "DEPT": "departements",
    "CD": "departements",
    "CDAS": "departements",
    "UDAF": "departements",
    "REG": "regions",
    "PREF": "regions",
    "MDS": "maisons-des-solidarites",
    "MDPH": "mdph",
    "MDE": "maisons-de-l-emploi",
    "MDEF": "maisons-de-l-emploi",
    "PIMMS": "pimms-mediation",
    "PIJ_BIJ": "reseau-information-jeunesse",
    "E2C": "ecoles-de-la-deuxieme-chance",
    "EPIDE": "epide",
    "CAP_EMPLOI": "cap-emploi-reseau-cheops",
    "PLIE": "plie",
    "PAD": "points-justice",
    "RESSOURCERIE": "ressourceries",
    "RS_FJT": "residences-fjt",
    "AFPA": "afpa",
    "CIDFF": "cidff",
    "SPIP": "spip",
    "PJJ": "pjj",
    "FABRIQUE": "fabrique-de-territoire",
}
