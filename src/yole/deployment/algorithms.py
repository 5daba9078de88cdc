"""What the register of algorithms says of plans of places and of bus rounds."""

from __future__ import annotations

from datetime import date

from yole.kernel.algorithms import Algorithm

PLANS = Algorithm(
    id="deploiement",
    engine="yole.deployment.engine",
    name="Où ouvrir des lieux, où faire passer le bus",
    purpose="Proposer un plan de lieux ou de tournées qui met le plus de monde à portée, et dire ce qu’aucun plan ne peut dépasser.",
    context="Décisions de la coordination du territoire sur les lieux et les bus.",
    acts="À la demande de la coordination du territoire, en tâche de fond.",
    automation="recommande",
    human="La coordination du territoire prend un plan, avec un motif publié ; elle peut tout changer à la main.",
    legal_basis="Mission d’intérêt public. Aucune donnée personnelle.",
    audience="Les habitants du territoire, par commune ou quartier. Aucune personne n’est connue du calcul.",
    data="Populations par commune ou par point, positions des lieux et des arrêts.",
    data_source="Insee, annuaire des lieux du territoire, fichiers donnés par la coordination.",
    kind="regles",
    operations="Optimisation en nombres entiers et recherche locale, avec une borne prouvée ; tournées avec heures et durées, "
    "vérifiées par un second programme. Une règle d’équité peut donner d’abord au groupe le moins couvert.",
    risk="minimal",
    risk_reason="Il ne traite aucune personne et prépare une décision publique, motivée et publiée.",
    risk_on=date(2026, 11, 22),
    notice="Le plan publié dit ses données, ses règles, sa borne, son motif.",
    limits="Distances à vol d’oiseau ; temps de route estimés ; chaque commune est comptée à son centre sans fichier plus fin.",
    tests="Optimum exact sur de petits cas ; borne vérifiée sur des cas connus ; un plan se refait à l’identique par une commande.",
    indicators="Population à portée, écart prouvé à l’optimum, couverture du groupe le moins couvert.",
    appeal="La décision est publique : écrivez à la coordination du territoire, ou faites un recours contre elle.",
    started_on=date(2026, 11, 22),
)
