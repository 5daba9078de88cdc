"""What an entry says: one list for the form, the pages, the JSON and the CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yole.kernel.algorithms import AUTOMATION, KINDS, POSITIONS, RISKS

SHORT, LONG, DAY, CHOICE = "short", "long", "day", "choice"
MOST_SHORT, MOST_LONG = 300, 3000


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is SHORT, LONG, DAY (ISO) or CHOICE (a code of `choices`)."""

    name: str
    label: str
    kind: str = LONG
    required: bool = False
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


GROUPS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        "À quoi ça sert",
        (
            Field("name", "Nom", SHORT, True),
            Field("purpose", "But", LONG, True),
            Field("context", "Contexte"),
            Field("acts", "Comment et quand il agit", LONG, True),
            Field("automation", "Part de l’automatique", CHOICE, True, choices=AUTOMATION),
            Field("audience", "Personnes concernées", LONG, True),
            Field("reach", "Portée", SHORT, hint="Combien de personnes, ou quelle part."),
            Field("decisions_per_year", "Décisions par an", SHORT, hint="Un ordre de grandeur, avec sa source."),
        ),
    ),
    (
        "Qui répond",
        (
            Field("administration", "Administration", SHORT, True),
            Field("service", "Service", SHORT, True),
            Field("contact", "Contact du service", SHORT, True, "Une adresse ou un téléphone de service, jamais d’une personne."),
            Field("human", "Rôle de la personne qui décide", LONG, True),
            Field("appeal", "Contester", LONG, True),
        ),
    ),
    (
        "Les données",
        (
            Field("data", "Données utilisées", LONG, True),
            Field("data_source", "D’où elles viennent"),
            Field("collection", "Comment elles sont recueillies"),
        ),
    ),
    (
        "Comment ça calcule",
        (
            Field("kind", "Sorte de calcul", CHOICE, True, choices=KINDS),
            Field("operations", "Opérations principales", LONG, True),
            Field("model", "Modèle", SHORT),
            Field("provider", "Fournisseur du système", SHORT),
            Field("version", "Version", LONG),
            Field("hosting", "Pays d’hébergement", SHORT),
            Field("source_code", "Code source", SHORT),
        ),
    ),
    (
        "Ce que dit la loi",
        (
            Field("legal_basis", "Base légale", LONG, True),
            Field("position", "Rôle de l’administration", CHOICE, choices=POSITIONS),
            Field("risk", "Niveau de risque", CHOICE, True, "Règlement européen sur l’intelligence artificielle.", RISKS),
            Field("risk_article", "Article", SHORT),
            Field("risk_reason", "Raisons de ce niveau", LONG, True),
            Field("risk_on", "Analyse du risque faite le", DAY, True),
            Field("reviewer", "Fonction qui a relu", SHORT, hint="Une fonction, pas un nom."),
            Field("notice", "Ce qui est dit aux personnes", LONG, True),
            Field("impact", "Analyse d’impact", SHORT, hint="Adresse, ou « à faire »."),
            Field("literacy", "Formation des équipes"),
        ),
    ),
    (
        "Ce qu’on en sait",
        (
            Field("limits", "Limites connues", LONG, True),
            Field("tests", "Comment il est vérifié", LONG, True),
            Field("indicators", "Ce qui est mesuré"),
            Field("incidents", "Incidents"),
            Field("energy", "Énergie", SHORT, hint="Une estimation, avec sa méthode."),
            Field("started_on", "En service depuis le", DAY, True),
        ),
    ),
)
FIELDS: dict[str, Field] = {one.name: one for _, group in GROUPS for one in group}


def shown(one: Field, content: Mapping[str, str]) -> str:
    """A value in words."""
    value = content.get(one.name, "")
    if one.kind == CHOICE:
        return one.choices.get(value, value)
    return f"{value[8:10]}/{value[5:7]}/{value[:4]}" if one.kind == DAY and value else value
