"""Messages to sort, and words that no password should be. Written for the project; every sender is invented (fictif)."""

from __future__ import annotations

from typing import Any

_GOAL = "Voici 6 messages. 3 sont des pièges. Lisez-les un par un. Dites lesquels sont des pièges."


def _variant(*rows: tuple[bool, str, str, str, str]) -> dict[str, Any]:
    """Rows: (trap or not, sender, address, text, why)."""
    return {
        "key": {f"m{n}": "flag" if trap else "trust" for n, (trap, *_) in enumerate(rows, start=1)},
        "goal": _GOAL,
        "messages": [
            {"id": f"m{n}", "from": sender, "address": address, "text": text, "why": why}
            for n, (_, sender, address, text, why) in enumerate(rows, start=1)
        ],
    }


PHISHING: list[dict[str, Any]] = [
    _variant(
        (
            True,
            "Livraison Colis",
            "+33 700 000 001",
            "Votre colis est bloqué. Payez 1,99 € dans l’heure : colis-suivi.paiement-rapide.example",
            "On vous presse de payer, sur une adresse inconnue.",
        ),
        (
            False,
            "Cabinet médical du Port",
            "05 00 00 12 12",
            "Rappel : rendez-vous jeudi à 9 h. Pour annuler, appelez-nous.",
            "Rien à payer, rien à donner : un rappel.",
        ),
        (
            True,
            "Caisse de solidarité",
            "alerte@caisse-duport.verification.example",
            "Dernier avis : envoyez une photo de votre carte bancaire pour toucher votre aide.",
            "Aucun service ne demande une photo de carte bancaire.",
        ),
        (
            False,
            "Médiathèque des Flamboyants",
            "accueil@mediatheque-flamboyants.example",
            "Le livre que vous avez réservé est arrivé. Il vous attend 10 jours.",
            "Le message annonce ce que vous avez demandé.",
        ),
        (
            True,
            "Maman",
            "+33 700 000 002",
            "J’ai cassé mon téléphone, voici mon nouveau numéro. Peux-tu m’envoyer 300 € tout de suite ?",
            "Un proche sur un numéro inconnu : rappelez l’ancien numéro.",
        ),
        (
            False,
            "Régie des bus",
            "info@bus-belleanse.example",
            "Lundi, la ligne 4 ne roule pas. Le plan est affiché à l’arrêt.",
            "Une information, sans lien et sans demande.",
        ),
    ),
    _variant(
        (
            False,
            "École des Flamboyants",
            "ecole@flamboyants.example",
            "La réunion des parents est mardi à 17 h, salle 3.",
            "Une information, sans lien et sans demande.",
        ),
        (
            True,
            "Service Banque",
            "securite@banque-client.urgence.example",
            "Votre compte sera fermé ce soir. Donnez votre code secret ici pour le garder.",
            "Une banque ne demande jamais votre code secret.",
        ),
        (
            True,
            "Grand Jeu",
            "gagnant@cadeau-telephone.example",
            "Bravo ! Vous avez gagné un téléphone. Payez 2 € de frais pour le recevoir.",
            "On ne paie pas pour recevoir un cadeau.",
        ),
        (
            False,
            "Mairie de Belle-Anse",
            "etatcivil@mairie-belleanse.example",
            "Votre carte d’identité est prête. Venez avec l’ancienne, aux heures d’ouverture.",
            "On vous invite à venir. On ne demande rien en ligne.",
        ),
        (
            False,
            "Club de natation",
            "club@natation-duport.example",
            "Pas de cours mercredi : la piscine est en travaux.",
            "Une information, sans lien et sans demande.",
        ),
        (
            True,
            "Police des amendes",
            "+33 700 000 003",
            "Amende de 35 € impayée. Réglez avant minuit : amende-paiement.service.example",
            "Une amende arrive par courrier. L’adresse est inconnue.",
        ),
    ),
    _variant(
        (
            True,
            "Assistance ordinateur",
            "aide@reparation-virus.example",
            "Un virus est sur votre appareil. Appelez ce numéro et laissez-nous prendre la main.",
            "Personne ne voit un virus chez vous de loin.",
        ),
        (
            False,
            "Pharmacie du marché",
            "05 00 00 34 34",
            "Votre commande est prête. La pharmacie ferme à 19 h.",
            "Le message annonce ce que vous avez demandé.",
        ),
        (
            False,
            "Agence Les Flamboyants",
            "contact@flamboyants.example",
            "Le technicien passe lundi entre 8 h et 10 h pour le chauffe-eau.",
            "Une information, sans lien et sans demande.",
        ),
        (
            True,
            "Compte formation",
            "+33 700 000 004",
            "Vos droits expirent demain. Donnez votre mot de passe au conseiller qui va vous appeler.",
            "Un mot de passe ne se donne à personne.",
        ),
        (
            False,
            "Association Lire ensemble",
            "bonjour@lire-ensemble.example",
            "L’atelier de jeudi est complet. Vous êtes sur la liste d’attente.",
            "Une information, sans lien et sans demande.",
        ),
        (
            True,
            "Électricité Service",
            "remboursement@electricite-clients.example",
            "Vous êtes remboursé de 87 €. Écrivez votre numéro de carte bancaire pour les recevoir.",
            "Pour rembourser, personne n’a besoin de ce numéro.",
        ),
    ),
]

# Without accents, lower case. A password that is one of these with digits or signs around it is too easy to guess.
_COMMON = (
    "motdepasse password azerty azertyuiop qwerty qsdfghjkl wxcvbn bonjour bonsoir salut coucou soleil chocolat doudou loulou chouchou "
    "chouchoute maman papa famille enfant amour jetaime monamour toujours bisous princesse prince lapin chaton minou chien chat cheval "
    "dauphin papillon etoile lune plage vacances musique football basket tennis volley foot equipe champion victoire liberte france "
    "francais paris marseille lyon martinique madinina guadeloupe antilles caraibes creole schoelcher fortdefrance lamentin trinite "
    "sainteanne saintpierre diamant tropique cocotier ananas mangue banane goyave coco rhum zouk biguine carnaval nicolas camille "
    "julien thomas alexandre pierre marie jeanne sophie isabelle catherine nathalie sandrine christine valerie celine stephanie "
    "laurent patrick philippe michel daniel bernard alain jacques dominique antoine maxime lucas emma lea chloe manon sarah ines "
    "administrateur admin utilisateur invite bienvenue internet ordinateur telephone portable connexion compte secret "
    "securite nouveau printemps automne hiver janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre "
    "lundi mardi mercredi jeudi vendredi samedi dimanche iloveyou sunshine welcome dragon superman batman pokemon naruto"
)
COMMON_WORDS = _COMMON.split()
