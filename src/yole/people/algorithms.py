"""What the register of algorithms says of the search for cards of the same person."""

from __future__ import annotations

from datetime import date

from yole.kernel.algorithms import Algorithm

DUPLICATES = Algorithm(
    id="doublons",
    engine="yole.people.engine",
    name="Recherche de fiches en double",
    purpose="Éviter qu’une personne ait deux fiches, et que son parcours soit coupé en deux.",
    context="Cartes de personnes suivies d’une structure.",
    acts="À la création d’une fiche et dans la liste des ressemblances.",
    automation="prepare",
    human="Un professionnel compare deux fiches et décide : les réunir, ou dire que ce sont deux personnes. Il peut revenir en arrière.",
    legal_basis="Mission d’intérêt public (RGPD, article 6.1.e) ; exactitude des données (article 5.1.d).",
    audience="Les personnes suivies par une structure.",
    data="Nom, prénom, année de naissance, téléphone, courriel, commune.",
    data_source="Les fiches de la structure elle-même, jamais celles d’une autre.",
    kind="regles",
    operations="Chaque ressemblance vaut des points selon sa rareté (un nom courant compte moins) ; au-dessus d’un seuil, la paire est "
    "montrée.",
    risk="minimal",
    risk_reason="Il ne fait que montrer des ressemblances ; aucune fiche n’est réunie sans une personne.",
    risk_on=date(2026, 11, 22),
    notice="La page « Vos données » dit que les fiches sont comparées pour éviter les doublons.",
    limits="Les fréquences de noms sont des ordres de grandeur. Deux membres d’une famille peuvent se ressembler.",
    tests="Paires connues retrouvées, homonymes séparés, sur des fiches inventées.",
    indicators="Paires montrées, réunies, écartées.",
    appeal="Demandez à la structure : une réunion faite par erreur se défait.",
    started_on=date(2026, 11, 22),
)
