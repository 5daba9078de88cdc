"""What is said of an algorithm that helps to decide about people: one record per algorithm, as the register of algorithms publishes it.

Lists of codes with their French labels. Sources: articles L311-3-1 and L312-1-3 of the Code des relations entre le public et
l’administration; Règlement (UE) 2024/1689.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date

AUTOMATION: Mapping[str, str] = {
    "prepare": "Prépare ou trie : une personne lit tout et décide",
    "recommande": "Recommande : une personne décide",
    "agit": "Agit seul, avec un recours auprès d’une personne",
}
KINDS: Mapping[str, str] = {
    "regles": "Règles écrites par des personnes",
    "statistique": "Calcul statistique, sans modèle appris sur des personnes",
    "appris": "Modèle appris sur des données",
}
POSITIONS: Mapping[str, str] = {"fournisseur": "Fournisseur", "deployeur": "Déployeur", "les-deux": "Fournisseur et déployeur"}
RISKS: Mapping[str, str] = {
    "inacceptable": "Inacceptable (article 5)",
    "haut": "Haut risque (article 6, annexes I et III)",
    "a-etablir": "À établir ; traité comme un haut risque",
    "transparence": "Transparence (article 50)",
    "minimal": "Minimal",
}
MAY_BE_EMPTY = frozenset({"risk_article", "versions"})


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One algorithm of the platform, in French words for the public. `id` is stable; `engine` the package that computes it, whose text is
    part of the version; `versions` gives what else its results depend on (rules, parameters), by name. Codes are of the lists above.

    Raises ValueError when a field is empty or a code is not of its list.
    """

    id: str
    engine: str
    name: str
    purpose: str
    context: str
    acts: str
    automation: str
    human: str
    legal_basis: str
    audience: str
    data: str
    data_source: str
    kind: str
    operations: str
    risk: str
    risk_reason: str
    risk_on: date
    notice: str
    limits: str
    tests: str
    indicators: str
    appeal: str
    started_on: date
    risk_article: str = ""
    position: str = "fournisseur"
    versions: Callable[[], Mapping[str, str]] = dict

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.name not in MAY_BE_EMPTY and not getattr(self, item.name):
                raise ValueError(f"algorithm {self.id}: {item.name} is empty")
        for name, codes in (("automation", AUTOMATION), ("kind", KINDS), ("position", POSITIONS), ("risk", RISKS)):
            if getattr(self, name) not in codes:
                raise ValueError(f"algorithm {self.id}: {name} is {getattr(self, name)!r}, not one of {', '.join(codes)}")
