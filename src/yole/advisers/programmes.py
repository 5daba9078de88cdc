"""Programmes to start from: dated rows that a territory adds as they are, then edits. Nothing else in the room knows them."""

from __future__ import annotations

from datetime import date

from yole.advisers.enums import TrainingKind
from yole.advisers.services_training import SyllabusData

_FROM = date(2026, 1, 1)
_SOURCE = "Proposition de départ de Yole, de novembre 2026 : à adapter avec votre organisme de formation"
INITIAL = SyllabusData(
    TrainingKind.INITIAL,
    "Formation initiale des conseillers",
    [
        {"title": "Le métier, le territoire et ses lieux", "minutes": 7 * 60},
        {"title": "Accueillir et repérer le besoin", "minutes": 14 * 60},
        {"title": "Accompagner une personne", "minutes": 21 * 60},
        {"title": "Préparer et animer un atelier", "minutes": 21 * 60},
        {"title": "Démarches en ligne et Aidants Connect", "minutes": 14 * 60},
        {"title": "Données personnelles et sécurité", "minutes": 14 * 60},
        {"title": "Se positionner et se certifier avec Pix", "minutes": 14 * 60},
    ],
    100,
    0,
    _FROM,
    _SOURCE,
)
AI = SyllabusData(
    TrainingKind.CONTINUING,
    "L’IA en 21 heures, pour accompagner",
    [
        {"title": "Ce que l’IA est, et ce qu’elle n’est pas", "minutes": 210},
        {"title": "Le droit : quatre niveaux de risque, données personnelles, registre", "minutes": 210},
        {"title": "Vérifier une réponse et sa date", "minutes": 210},
        {"title": "Écrire et simplifier, sans donnée personnelle", "minutes": 210},
        {"title": "Travail social : repérer, aider à décider, laisser décider", "minutes": 210},
        {"title": "Projet, éthique, sobriété et test final", "minutes": 210},
    ],
    100,
    85,
    _FROM,
    _SOURCE,
)
STARTING = (INITIAL, AI)
