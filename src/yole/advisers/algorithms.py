"""What the register of algorithms says of matching and timetables."""

from __future__ import annotations

from datetime import date

from yole.kernel.algorithms import Algorithm

MATCHING = Algorithm(
    id="conseillers",
    engine="yole.advisers.engine",
    name="Rapprochement de candidats et de postes de conseillers",
    purpose="Proposer qui pourrait occuper quel poste, et dire pourquoi ; faire l’emploi du temps des groupes en formation.",
    context="Recrutement de conseillers numériques par les structures d’accueil.",
    acts="Quand le recrutement lance un tour. Rien n’est écrit avant « Publier ».",
    automation="recommande",
    human="La personne chargée du recrutement publie les propositions. La structure et la personne candidate disent chacune oui ou non.",
    legal_basis="Mesures avant un contrat, à la demande de la personne (RGPD, article 6.1.b). Aucune décision automatisée (article 22).",
    audience="Les personnes candidates et les structures d’accueil.",
    data="Position, distance acceptée, date de disponibilité, compétences, expérience. Le genre, facultatif, ne sert qu’à "
    "mesurer l’équité, jamais à choisir.",
    data_source="Les personnes candidates et les structures.",
    kind="regles",
    operations="Règles publiques de compatibilité, puis acceptation différée (Gale et Shapley) : aucun candidat et aucun poste ne "
    "préféreraient être ensemble. Un autre calcul recompte la stabilité. Chaque absence a sa raison.",
    risk="a-etablir",
    risk_article="annexe III, 4",
    risk_reason="Le règlement vise le tri de candidatures. Les règles sont écrites et publiques, sans apprentissage, et deux personnes "
    "décident : le niveau reste à établir ; il est traité comme un haut risque.",
    risk_on=date(2026, 11, 22),
    notice="La page de candidature dit que des règles publiques proposent et que des personnes décident.",
    limits="La distance est à vol d’oiseau. L’expérience est celle que la personne déclare.",
    tests="Stabilité recomptée par un calcul séparé ; comparaison à la règle des trois plus proches ; écarts selon le genre et "
    "l’intercommunalité.",
    indicators="Propositions par genre déclaré et par intercommunalité, petits effectifs cachés ; propositions refusées.",
    appeal="Répondez non à une proposition, ou écrivez au recrutement de votre territoire : une personne reprend votre dossier.",
    started_on=date(2026, 11, 22),
)
