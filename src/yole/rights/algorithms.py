"""What the register of algorithms says of the check of rights."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

from yole.kernel.algorithms import Algorithm
from yole.rights import openfisca
from yole.rights.catalog import DATA, folder


def versions() -> Mapping[str, str]:
    """The rules, and the data that a territory may replace. The rules are not loaded to say it."""
    own = folder()
    files = [path for place in (DATA, own) if place.is_dir() for path in sorted(place.rglob("*")) if path.is_file()]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    rules = "non installées"
    if openfisca.installed():
        found = openfisca.versions()
        rules = f"openfisca-france {found['openfisca_france']}, openfisca-core {found['openfisca_core']}"
    return {"règles": rules, "paramètres et aides locales": f"empreinte {digest.hexdigest()[:12]}"}


CHECK = Algorithm(
    id="droits",
    engine="yole.rights.engine",
    name="Repérage des droits non demandés",
    purpose="Dire quelles aides une personne peut faire vérifier, avec qui, et quelle question reste utile. Repérer, dans une liste "
    "sans nom, à qui proposer un entretien.",
    context="Une personne sur trois qui a droit au RSA ne le demande pas. Personne au guichet ne peut retenir les règles de trente aides.",
    acts="À la demande de la personne, ou d’un professionnel avec elle. Sur une liste : à la demande de la coordination d’une "
    "structure, pour un but déclaré. Il ne transmet rien à un organisme.",
    automation="recommande",
    human="Un professionnel nommé dit le résultat et le suit avec l’accord de la personne. Une autre personne le vérifie si elle "
    "conteste. Seul l’organisme accorde ou refuse.",
    legal_basis="Mission d’intérêt public (RGPD, article 6.1.e) ; accord de la personne pour le suivi et pour les réponses de santé "
    "(article 9.2.a). Aucune décision automatisée (article 22).",
    audience="Les personnes qui répondent aux questions, et les ménages d’une liste examinée avec leur accord.",
    data="Âge, activité, revenus, logement, famille, commune, et les situations que la personne veut dire (handicap, grossesse, "
    "nationalité). Ni nom, ni numéro. Rien n’est gardé sans accord, et jamais les réponses.",
    data_source="Les réponses de la personne. Les règles publiées par l’État (OpenFisca-France).",
    kind="regles",
    operations="1. Les règles de l’État sont calculées pour toutes les situations que les réponses laissent possibles. 2. Toutes "
    "donnent l’aide : à vérifier ; aucune : semble ne pas correspondre ; sinon : on ne sait pas encore. 3. La question "
    "suivante est celle dont la réponse change le plus ce résultat, pour le moindre effort. Une réponse absente n’est "
    "jamais un zéro.",
    risk="a-etablir",
    risk_article="annexe III, 5 a",
    risk_reason="Le règlement vise les systèmes qui évaluent l’éligibilité aux prestations publiques essentielles. Ce calcul suit des "
    "règles écrites, sans apprentissage, et peut ne pas être un système d’IA au sens du règlement : ce point n’est pas "
    "tranché. Il est traité comme à haut risque : journal, personne nommée, contestation, tests.",
    risk_on=date(2026, 11, 22),
    notice="Chaque page dit que ce n’est pas une décision et que le calcul suit les règles de l’État, sans intelligence artificielle.",
    limits="Revenus supposés stables depuis trois ans. Revenus indépendants non calculés. Couples mariés ou pacsés seulement. "
    "Aucune comparaison à des décisions réelles. Des barèmes sont dépassés : ils ne donnent pas de montant.",
    tests="Situations de référence au centime ; graphe réduit comparé au graphe entier sur 1 000 ménages ; plus de 60 situations "
    "écrites à la main ; aucune question sans effet (test de propriété) ; un paramètre périmé est signalé.",
    indicators="Droits repérés, demandés, ouverts, euros par an et délais ; résultats revus par une seconde personne. Les comptes de "
    "moins de 11 personnes sont cachés.",
    appeal="Dites à la personne qui vous a reçu que vous n’êtes pas d’accord : une autre, nommée, reprend tout avec vous. Vous "
    "pouvez toujours demander à l’organisme, puis faire un recours.",
    started_on=date(2026, 11, 22),
    versions=versions,
)
