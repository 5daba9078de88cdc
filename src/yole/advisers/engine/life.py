"""Moves that each thing may make. Anything else is refused; tests enumerate the whole matrix."""

from __future__ import annotations

from collections.abc import Mapping

Moves = Mapping[str, frozenset[str]]

HOST: Moves = {
    "CREEE": frozenset({"EXAMEN_COMPLEMENTAIRE_COSELEC", "VALIDATION_COSELEC", "REFUS_COSELEC", "ANNULEE", "DOUBLON"}),
    "EXAMEN_COMPLEMENTAIRE_COSELEC": frozenset({"CREEE", "VALIDATION_COSELEC", "REFUS_COSELEC", "ANNULEE", "DOUBLON"}),
    "VALIDATION_COSELEC": frozenset(),
    "REFUS_COSELEC": frozenset(),
    "ANNULEE": frozenset(),
    "DOUBLON": frozenset(),
}
POST: Moves = {
    "vacant": frozenset({"occupe", "rendu"}),
    "occupe": frozenset({"vacant"}),
    "rendu": frozenset(),
}
_OUT = frozenset({"desinscrit", "bloque"})
CANDIDATE: Moves = {
    "inscrit": frozenset({"disponible"}) | _OUT,
    "disponible": frozenset({"indisponible", "recrute"}) | _OUT,
    "indisponible": frozenset({"disponible"}) | _OUT,
    "recrute": frozenset({"disponible"}) | _OUT,
    "desinscrit": frozenset(),
    "bloque": frozenset(),
}
RELATION: Moves = {
    "nouvelle": frozenset({"interessee", "nonInteressee", "finalisee_non_disponible"}),
    "interessee": frozenset({"recrutee", "nonInteressee", "finalisee_non_disponible"}),
    "nonInteressee": frozenset(),
    "recrutee": frozenset({"finalisee_rupture", "terminee_naturelle"}),
    "finalisee_non_disponible": frozenset(),
    "finalisee_rupture": frozenset(),
    "terminee_naturelle": frozenset(),
}
# A renewed contract runs to its end: it may still be broken before.
CONTRACT: Moves = {
    "en_cours": frozenset({"renouvellement_initiee", "terminee_naturelle", "rupture", "annule"}),
    "renouvellement_initiee": frozenset({"en_cours", "renouvele", "terminee_naturelle", "rupture", "annule"}),
    "renouvele": frozenset({"rupture"}),
    "terminee_naturelle": frozenset(),
    "rupture": frozenset(),
    "annule": frozenset(),
}
TRAINING: Moves = {
    "inscrit": frozenset({"certifie", "ajourne", "abandon"}),
    "ajourne": frozenset({"certifie", "abandon"}),
    "abandon": frozenset({"inscrit", "attente"}),
    "attente": frozenset({"inscrit", "abandon"}),
    "certifie": frozenset(),
}
INTERVIEW: Moves = {
    "propose": frozenset({"accepte", "autre_demande", "remplace", "annule", "fait"}),
    "accepte": frozenset({"autre_demande", "remplace", "annule", "fait"}),
    "autre_demande": frozenset({"remplace", "annule"}),
    "remplace": frozenset(),
    "annule": frozenset(),
    "fait": frozenset(),
}


def may_move(moves: Moves, now: str, to: str) -> bool:
    return to in moves[now]
