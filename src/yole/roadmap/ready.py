"""Indicators that a territory may start from: their definitions are exact, their sources and values are the territory's to give."""

from __future__ import annotations

from yole.roadmap.enums import Direction, Periodicity
from yole.roadmap.measures import PARITY

_PARITY = "Part des femmes parmi les femmes et les hommes. La part non communiquée est écrite à côté, jamais répartie."
_FORMULA = "femmes ÷ (femmes + hommes), intervalle de Wilson à 95 %, rien sous 5 personnes par case"

READY: dict[str, tuple[str, dict[str, str]]] = {
    "parite-intervenants": (
        "Parité des intervenants",
        {
            "name": "Part des femmes parmi les intervenants", "definition": _PARITY, "formula": _FORMULA, "unit": "%",
            "population": "Personnes qui interviennent aux événements publics de l’année ; sexe déclaré, facultatif",
            "direction": Direction.RISING, "periodicity": Periodicity.YEAR,
        },
    ),
    "parite-ateliers": (
        "Parité des ateliers (lue par Yole)",
        {
            "name": PARITY.name, "definition": PARITY.definition, "formula": _FORMULA, "unit": "%", "population": PARITY.population,
            "source": PARITY.source, "direction": Direction.RISING, "periodicity": Periodicity.QUARTER, "measure": PARITY.id,
            "window": "douze-mois",
        },
    ),
    "parite-stem": (
        "Parité des filières numériques",
        {
            "name": "Part des femmes dans les formations scientifiques et techniques",
            "definition": _PARITY + " Écrivez ici la liste des formations retenues : elle fait la mesure.",
            "formula": _FORMULA, "unit": "%", "population": "Élèves, étudiants et stagiaires de ces formations, une année donnée",
            "direction": Direction.RISING, "periodicity": Periodicity.YEAR,
        },
    ),
    "sobriete-reemploi": (
        "Sobriété : appareils remis en service",
        {
            "name": "Appareils remis en service", "unit": "appareils",
            "definition": "Ordinateurs, téléphones et tablettes réparés puis remis à quelqu’un. Un appareil compte une fois.",
            "formula": "somme des bordereaux de remise", "population": "Ateliers et structures de réemploi du territoire",
            "direction": Direction.RISING, "periodicity": Periodicity.QUARTER,
        },
    ),
    "sobriete-duree": (
        "Sobriété : durée de vie des appareils",
        {
            "name": "Âge des appareils remplacés", "unit": "années",
            "definition": "Âge médian, au remplacement, des ordinateurs des structures qui répondent. Précisez combien ont répondu.",
            "formula": "médiane des âges déclarés au remplacement",
            "population": "Ordinateurs remplacés dans l’année, structures répondantes",
            "direction": Direction.RISING, "periodicity": Periodicity.YEAR,
        },
    ),
}  # fmt: skip
"""Key -> (label, fields of the form)."""
