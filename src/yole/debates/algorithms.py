"""What the register of algorithms says of the analysis of votes."""

from __future__ import annotations

from datetime import date

from yole.kernel.algorithms import Algorithm

GROUPS = Algorithm(
    id="debats",
    engine="yole.debates.engine",
    name="Ce que pense la salle",
    purpose="Montrer ce qui rassemble et ce qui divise dans un débat, et dire quand on ne peut pas le dire.",
    context="Cafés IA et débats publics : des phrases courtes, des votes sans nom.",
    acts="Pendant et après le vote, sur les seuls votes de la séance.",
    automation="prepare",
    human="L’animateur lit et commente avec la salle. Les phrases sont acceptées ou écartées par une personne.",
    legal_basis="Mission d’intérêt public (RGPD, article 6.1.e).",
    audience="Les personnes qui votent. Aucune n’est identifiée.",
    data="Les votes : d’accord, pas d’accord, passe. Aucun lien avec un contact laissé à part.",
    data_source="Téléphones, tablette ou papier de la salle.",
    kind="statistique",
    operations="Accord de chaque phrase avec son intervalle ; carte des votes ; groupes de votants qui se ressemblent, montrés "
    "seulement s’ils sont assez grands, assez nets et stables quand on tire à nouveau.",
    risk="minimal",
    risk_reason="Il ne classe personne de connu, n’oriente aucun droit et ne sert à aucune décision sur quelqu’un.",
    risk_on=date(2026, 11, 22),
    notice="La page des résultats dit combien ont voté, comment les groupes sont faits et quand ils sont cachés.",
    limits="Une salle n’est pas la population. Peu de votes : pas de groupes.",
    tests="Groupes plantés retrouvés, groupes absents non inventés, votes simulés ; petits groupes cachés.",
    indicators="Nombre de votants et de votes, part des phrases jugées, stabilité des groupes.",
    appeal="Demandez à l’animateur : une phrase peut être corrigée ou retirée, et l’analyse refaite.",
    started_on=date(2026, 11, 22),
)
