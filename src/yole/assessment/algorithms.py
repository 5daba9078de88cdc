"""What the register of algorithms says of the diagnosis."""

from __future__ import annotations

from datetime import date

from yole.kernel.algorithms import Algorithm

DIAGNOSIS = Algorithm(
    id="diagnostic",
    engine="yole.assessment.engine",
    name="Diagnostic des compétences numériques",
    purpose="Dire où en est une personne avec le numérique, et à combien c’est sûr, pour lui proposer la bonne suite.",
    context="Au guichet ou chez soi, de 8 à 20 questions. Un repérage de six questions oriente avant.",
    acts="Après chaque réponse, il choisit la question suivante ; à la fin, il propose un niveau avec son incertitude.",
    automation="recommande",
    human="Le médiateur propose la suite et la personne choisit. Un niveau de passeport est décidé par une personne chargée d’évaluer.",
    legal_basis="Mission d’intérêt public (RGPD, article 6.1.e). Aucune décision automatisée (article 22).",
    audience="Les personnes qui passent un diagnostic.",
    data="Les réponses aux questions. Pour chercher les questions injustes, si la personne le veut bien : tranche d’âge, genre, support.",
    data_source="La personne elle-même ; la banque de questions du territoire.",
    kind="statistique",
    operations="Modèle de réponse à l’item à deux paramètres : la difficulté de chaque question est mesurée sur des réponses sans nom. "
    "La question suivante est celle qui renseigne le plus. Le niveau est donné avec son erreur ; sous un seuil de "
    "certitude, il n’est pas dit.",
    risk="a-etablir",
    risk_article="annexe III, 3",
    risk_reason="Le règlement vise l’évaluation des acquis et l’orientation en formation. Ici le calcul oriente une aide et une "
    "personne décide : le niveau de risque reste à établir ; il est traité comme un haut risque.",
    risk_on=date(2026, 11, 22),
    notice="La page dit qu’un calcul choisit les questions et propose un niveau, et qu’une personne décide.",
    limits="Les premières difficultés sont fixées par des experts, puis mesurées. Le test en ligne ne dit pas qui répond.",
    tests="Précision des niveaux sur des réponses simulées ; calibrage comparé à des valeurs connues ; recherche de questions "
    "injustes par groupe (au moins 200 personnes par groupe).",
    indicators="Questions injustes ou qui s’écartent, page « Calibrage » ; chaque décision sur une question a sa raison.",
    appeal="Demandez à refaire le diagnostic, ou à en parler avec la personne qui vous reçoit : son avis passe avant le calcul.",
    started_on=date(2026, 11, 22),
)
