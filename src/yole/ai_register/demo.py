"""The register of the demonstration: what the platform declares, and one invented AI use of the territory."""

from __future__ import annotations

from yole.ai_register import services
from yole.ai_register.enums import Origin
from yole.ai_register.models import Entry
from yole.base.registries import Note
from yole.territory.models import Territory
from yole.territory.selectors import today

USE = {
    "name": "Aide à la rédaction des courriers (fictif)",
    "purpose": "Proposer un premier texte de courrier, que l’agent relit et corrige.",
    "context": "Accueil d’un service fictif. Aucune décision n’en dépend.",
    "acts": "À la demande de l’agent, sur un texte sans nom ni adresse.",
    "automation": "prepare",
    "audience": "Les personnes qui reçoivent un courrier du service.",
    "reach": "Environ 200 courriers par mois (chiffre fictif).",
    "administration": "Collectivité fictive",
    "service": "Accueil (fictif)",
    "contact": "accueil@exemple.invalid",
    "human": "L’agent lit, corrige et signe chaque courrier.",
    "appeal": "Demandez à l’accueil qu’une personne reprenne le courrier sans cet outil.",
    "data": "Le sujet du courrier, sans nom ni adresse.",
    "kind": "appris",
    "operations": "Écrit un texte à partir d’un sujet et d’un modèle de lettre.",
    "model": "Modèle de langue fictif",
    "provider": "Fournisseur fictif",
    "hosting": "France (fictif)",
    "legal_basis": "Mission d’intérêt public (RGPD, article 6.1.e).",
    "position": "deployeur",
    "risk": "transparence",
    "risk_article": "article 50",
    "risk_reason": "Il écrit un texte, ne classe personne et ne décide de rien.",
    "reviewer": "Protection des données",
    "notice": "Le courrier dit qu’il a été préparé avec un outil d’intelligence artificielle, puis relu.",
    "impact": "à faire",
    "literacy": "Les agents ont suivi les 21 heures sur l’intelligence artificielle (fictif).",
    "limits": "Il peut inventer un fait : chaque date et chaque montant est vérifié.",
    "tests": "Cinquante courriers relus en double par deux agents (fictif).",
    "incidents": "Aucun signalé (fictif).",
}


def load(note: Note) -> None:
    services.record_declared()
    territory = Territory.objects.filter(is_default=True).first()
    if territory is None or Entry.objects.filter(origin=Origin.BY_HAND, territory=territory).exists():
        return
    day = today().isoformat()
    services.add_entry(None, territory, **USE, risk_on=day, started_on=day)
    note("yole : registre des algorithmes de démonstration (un usage fictif).")
