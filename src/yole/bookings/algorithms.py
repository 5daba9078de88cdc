"""What the register of algorithms says of waiting lists."""

from __future__ import annotations

from datetime import date

from yole.kernel.algorithms import Algorithm

QUEUE = Algorithm(
    id="liste-d-attente",
    engine="yole.bookings.engine",
    name="Liste d’attente des ateliers et des événements",
    purpose="Donner une place qui se libère à la première personne qui attend et qui tient dans la place.",
    context="Ateliers, rendez-vous et événements à places limitées.",
    acts="Dès qu’une place se libère : il propose la place et prévient la personne.",
    automation="agit",
    human="L’équipe peut changer l’ordre, inscrire ou retirer quelqu’un ; elle répond des places.",
    legal_basis="Mission d’intérêt public (RGPD, article 6.1.e).",
    audience="Les personnes inscrites ou en attente.",
    data="Ordre d’arrivée, nombre de personnes, priorité donnée par l’équipe. Ni âge, ni genre, ni revenu.",
    data_source="L’inscription.",
    kind="regles",
    operations="Dans l’ordre de priorité puis d’arrivée, la première demande qui tient dans les places libres monte. Une famille trop "
    "nombreuse garde son rang. Une offre a une fin ; sans réponse, elle passe à la suivante.",
    risk="minimal",
    risk_reason="Règle de file d’attente, la même pour tout le monde, sans profil.",
    risk_on=date(2026, 11, 22),
    notice="La page d’inscription dit le rang et comment une place est proposée.",
    limits="Qui ne lit pas ses messages peut perdre une offre : l’équipe appelle celles et ceux qui n’ont qu’un téléphone.",
    tests="Aucune place donnée deux fois, aucun tour perdu, avec beaucoup de demandes en même temps.",
    indicators="Places offertes, prises, laissées ; temps d’attente.",
    appeal="Dites-le à l’équipe de l’atelier : elle peut vous redonner votre rang.",
    started_on=date(2026, 11, 22),
)
