"""What is read to a person before their name is written. A version is never changed: a new text is a new version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

VERSION = "2026-11"


JOURNAL = {  # what the acts of the room are called on the pages of the journal
    "people.consent": "Accord noté",
    "people.erase": "Personne effacée à sa demande",
    "people.export": "Données exportées",
    "people.follow": "Fiche nommée",
    "people.import": "Liste de personnes importée",
    "people.keep": "Fiche gardée une fois de plus",
    "people.merge": "Fiches réunies",
    "people.not-same": "Doublon écarté",
    "people.retention": "Fiches arrivées au bout de leur délai",
    "people.settings": "Réglages des personnes changés",
    "people.share": "Fiche partagée avec une structure",
    "people.unmerge": "Fiches séparées",
    "people.withdraw-consent": "Accord retiré",
    "people.withdraw-share": "Partage retiré",
}


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    text: str


_TEXTS: dict[str, tuple[tuple[str, str], ...]] = {
    "2026-11": (
        (
            gettext_noop("Qui garde ma fiche ?"),
            gettext_noop("La structure qui vous accompagne. Son nom est en haut de cette page."),
        ),
        (
            gettext_noop("Pourquoi ?"),
            gettext_noop("Pour suivre votre parcours numérique. Rien d’autre sans votre accord."),
        ),
        (
            gettext_noop("Qu’est-ce qui est écrit ?"),
            gettext_noop("Votre nom, un moyen de vous joindre, votre année de naissance, votre commune, et ce que nous faisons ensemble."),
        ),
        (
            gettext_noop("Qu’est-ce qui n’est jamais écrit ?"),
            gettext_noop("Votre numéro de sécurité sociale, vos mots de passe, votre santé, une copie de vos papiers."),
        ),
        (
            gettext_noop("Qui peut lire ma fiche ?"),
            gettext_noop("Les personnes qui vous accompagnent dans cette structure. Une autre structure, seulement si vous êtes d’accord."),
        ),
        (
            gettext_noop("Combien de temps ?"),
            gettext_noop("12 mois au plus après votre dernière visite. Ensuite, votre nom est effacé."),
        ),
        (
            gettext_noop("Et si je change d’avis ?"),
            gettext_noop("Vous pouvez lire votre fiche, la corriger, la recevoir, la faire effacer. Demandez-le à tout moment."),
        ),
        (
            gettext_noop("Et si je dis non ?"),
            gettext_noop("Nous vous aidons de la même façon, avec une carte sans nom."),
        ),
        (
            gettext_noop("À qui me plaindre ?"),
            gettext_noop("À la structure d’abord. Ensuite à la CNIL : 3 place de Fontenoy, 75334 Paris, cnil.fr."),
        ),
    ),
}


def notice(version: str = VERSION) -> list[Line]:
    """The text in the language of the page. Raises KeyError for a version that never was."""
    return [Line(gettext(title), gettext(text)) for title, text in _TEXTS[version]]


def notice_digest(version: str = VERSION) -> str:
    """SHA-256 of the French text, kept with each reading of it."""
    whole = "\n".join(f"{title}\n{text}" for title, text in _TEXTS[version])
    return hashlib.sha256(whole.encode("utf-8")).hexdigest()
