"""What the register of algorithms says of the search of sheets and of the reading of a letter."""

from __future__ import annotations

from datetime import date

from yole.kernel.algorithms import Algorithm

SEARCH = Algorithm(
    id="fiches",
    engine="yole.reference.engine",
    name="Recherche dans les fiches et lecture d’un courrier",
    purpose="Répondre à une question par un passage cité d’une fiche, ou dire qu’aucune ne répond ; montrer les phrases difficiles "
    "d’un courrier.",
    context="Questions dans les mots de tous les jours.",
    acts="À la demande, sur la question ou le texte donné.",
    automation="prepare",
    human="La personne lit le passage et sa source ; un professionnel vérifie et date les fiches.",
    legal_basis="Mission d’intérêt public (RGPD, article 6.1.e).",
    audience="Toute personne qui cherche ou colle un texte.",
    data="La question ou le texte, qui ne sont pas gardés.",
    data_source="Fiches du projet et fiches officielles, avec leur date.",
    kind="regles",
    operations="Mots de la question et synonymes relus, comparés aux fiches (BM25) ; sous un seuil, pas de réponse. Règles de "
    "lisibilité du français pour un courrier. Rien n’est écrit par une machine.",
    risk="minimal",
    risk_reason="Il cite des textes publics et ne classe personne.",
    risk_on=date(2026, 11, 22),
    notice="Chaque réponse montre sa fiche, sa version et sa date.",
    limits="Une fiche peut être ancienne : sa date est montrée. Les questions d’essai ont été écrites par le projet.",
    tests="Plus de 200 questions avec leur fiche attendue ; chaque passage est vérifié mot pour mot.",
    indicators="Bonnes réponses en premier et dans les trois premières ; silence sur les questions hors sujet.",
    appeal="Signalez une fiche fausse à un professionnel : il la vérifie ou la retire.",
    started_on=date(2026, 11, 22),
)
