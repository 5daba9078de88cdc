"""What the exercises show: three variants of each, written for the project. Every person, body and address is invented (fictif);
addresses end in `.example`, which belongs to nobody. French, as the questions of the bank are.

A variant is {"key": slot → right answer, "goal": what the person is asked, …what its screens show}.
"""

from __future__ import annotations

from typing import Any

from yole.assessment.tasks_messages import PHISHING

Variant = dict[str, Any]


def _message(key: str, sender: str, subject: str, *lines: str) -> dict[str, Any]:
    return {"id": key, "from": sender, "subject": subject, "lines": list(lines)}


def _file(key: str, name: str, detail: str) -> dict[str, str]:
    return {"id": key, "name": name, "detail": detail}


def _person(key: str, name: str, address: str) -> dict[str, str]:
    return {"id": key, "name": name, "address": address}


MAILBOX: list[Variant] = [
    {
        "key": {"message": "m3", "to": "p1", "file": "f2"},
        "goal": "Nadia Coralin, de la mairie, attend votre attestation de domicile. Trouvez son message. "
        "Répondez à elle seule, avec le bon document.",
        "messages": [
            _message("m1", "Club de marche", "Sortie de dimanche", "Rendez-vous à 7 h devant le stade.", "Prenez de l’eau et un chapeau."),
            _message("m2", "Nadine Corail", "Photos de la fête", "Voici les photos de samedi.", "À bientôt !"),
            _message(
                "m3",
                "Nadia Coralin, mairie de Belle-Anse",
                "Votre dossier : un document manque",
                "Bonjour,",
                "Il manque votre attestation de domicile.",
                "Pouvez-vous me l’envoyer, à moi seule ?",
                "Nadia Coralin",
            ),
            _message("m4", "Médiathèque de Belle-Anse", "Vos livres", "Deux livres sont à rendre vendredi."),
            _message(
                "m5",
                "Mairie de Belle-Anse",
                "La lettre du mois",
                "Les travaux de la place sont finis.",
                "Cette lettre n’attend pas de réponse.",
            ),
        ],
        "people": [
            _person("p1", "Nadia Coralin", "n.coralin@mairie-belleanse.example"),
            _person("p2", "Nadine Corail", "nadine@corail.example"),
            _person("all", "Tous mes contacts", "12 personnes"),
        ],
        "files": [
            _file("f1", "Facture de téléphone", "facture-telephone.pdf"),
            _file("f2", "Attestation de domicile", "attestation-domicile.pdf"),
            _file("f3", "Photo de vacances", "plage.jpg"),
        ],
    },
    {
        "key": {"message": "m1", "to": "p2", "file": "f3"},
        "goal": "Marius Lubin, du club de natation, attend votre certificat médical. Trouvez son message. "
        "Répondez à lui seul, avec le bon document.",
        "messages": [
            _message(
                "m1",
                "Marius Lubin, club de natation",
                "Inscription : certificat à envoyer",
                "Bonjour,",
                "Pour l’inscription, il me faut le certificat médical.",
                "Merci de me répondre à moi, pas à tout le club.",
                "Marius Lubin",
            ),
            _message("m2", "Club de natation", "Horaires de la piscine", "La piscine ouvre à 9 h le mercredi."),
            _message("m3", "Marina Lubin", "Anniversaire", "On fête mon anniversaire samedi.", "Tu viens ?"),
            _message("m4", "Cabinet dentaire du Port", "Rappel de rendez-vous", "Rendez-vous mardi à 14 h."),
            _message("m5", "Épicerie du marché", "Votre commande", "Votre panier de légumes est prêt."),
        ],
        "people": [
            _person("p1", "Marina Lubin", "marina@lubin.example"),
            _person("p2", "Marius Lubin", "marius@natation-duport.example"),
            _person("all", "Tout le club", "34 personnes"),
        ],
        "files": [
            _file("f1", "Ordonnance de lunettes", "ordonnance-lunettes.pdf"),
            _file("f2", "Recette du gratin", "recette.pdf"),
            _file("f3", "Certificat médical", "certificat-medical.pdf"),
        ],
    },
    {
        "key": {"message": "m4", "to": "p1", "file": "f1"},
        "goal": "Joël Sainte-Aube, de l’agence de location, attend votre attestation d’assurance. Trouvez son message. "
        "Répondez à lui seul, avec le bon document.",
        "messages": [
            _message("m1", "Joëlle Aubry", "Le livre prêté", "Je te rends ton livre demain."),
            _message("m2", "Agence Les Flamboyants", "Fermeture", "L’agence est fermée lundi."),
            _message("m3", "Association Lire ensemble", "Atelier de jeudi", "L’atelier commence à 17 h."),
            _message(
                "m4",
                "Joël Sainte-Aube, agence Les Flamboyants",
                "Votre logement : assurance",
                "Bonjour,",
                "Votre attestation d’assurance est à renouveler.",
                "Envoyez-la-moi en réponse à ce message.",
                "Joël Sainte-Aube",
            ),
            _message("m5", "Garage Central", "Votre voiture", "La révision est finie. La facture est sur place."),
        ],
        "people": [
            _person("p1", "Joël Sainte-Aube", "j.sainteaube@flamboyants.example"),
            _person("p2", "Joëlle Aubry", "joelle@aubry.example"),
            _person("all", "Tous les locataires", "58 personnes"),
        ],
        "files": [
            _file("f1", "Attestation d’assurance", "assurance-logement.pdf"),
            _file("f2", "Contrat de travail", "contrat.pdf"),
            _file("f3", "Quittance de loyer", "quittance.pdf"),
        ],
    },
]


def _address(name: str, what: str, official: str, link: str, ad: str, other: str) -> Variant:
    return {
        "key": {"way": "typed", "link": "refuse"},
        "goal": f"Sur un papier, vous lisez l’adresse du site de {name} : {official}. Allez sur ce site, en écrivant l’adresse.",
        "name": name,
        "what": what,
        "official": official,
        "link": link,
        "ad": ad,
        "other": other,
    }


ADDRESS_BAR: list[Variant] = [
    _address(
        "la Régie des bus de Belle-Anse",
        "Horaires, cartes et arrêts",
        "bus-belleanse.example",
        "bus-belleanse.paiement-carte.example",
        "bus-belle-anse-carte.example",
        "voyages-en-bus.example",
    ),
    _address(
        "la Caisse de solidarité du Port",
        "Vos droits et vos démarches",
        "caisse-duport.example",
        "caisse-duport.verification.example",
        "caisse-du-port-aide.example",
        "le-port-tourisme.example",
    ),
    _address(
        "la Médiathèque des Flamboyants",
        "Catalogue et réservations",
        "mediatheque-flamboyants.example",
        "mediatheque-flamboyants.compte-lecteur.example",
        "mediatheque-flamboyant.example",
        "fleurs-flamboyants.example",
    ),
]

FORM: list[Variant] = [
    {
        "key": {"name": "filled", "date": "right", "file": "f2", "phone": "right"},
        "goal": "Demandez une carte de bus pour Célia Morand. Vous recopiez sa fiche. Il faut joindre son justificatif de domicile.",
        "card": {"name": "Célia Morand", "date": "1958-03-14", "phone": "05 00 00 27 41"},
        "typed": "05 00 00 27",
        "files": [
            _file("f1", "Carte de fidélité", "carte-fidelite.pdf"),
            _file("f2", "Justificatif de domicile", "facture-eau-novembre.pdf"),
            _file("f3", "Menu de la cantine", "menu.pdf"),
        ],
        "wanted": "Justificatif de domicile",
    },
    {
        "key": {"name": "filled", "date": "right", "file": "f3", "phone": "right"},
        "goal": "Inscrivez Aristide Belmont à la cantine des aînés. Vous recopiez sa fiche. Il faut joindre son avis d’impôt.",
        "card": {"name": "Aristide Belmont", "date": "1949-11-02", "phone": "05 00 00 63 18"},
        "typed": "05 00 00 6",
        "files": [
            _file("f1", "Notice du téléviseur", "notice.pdf"),
            _file("f2", "Facture de courses", "courses.pdf"),
            _file("f3", "Avis d’impôt", "avis-impot.pdf"),
        ],
        "wanted": "Avis d’impôt",
    },
    {
        "key": {"name": "filled", "date": "right", "file": "f1", "phone": "right"},
        "goal": "Demandez une place en crèche pour Louna Désir. Vous recopiez sa fiche. Il faut joindre son carnet de vaccination.",
        "card": {"name": "Louna Désir", "date": "2025-06-21", "phone": "05 00 00 90 52"},
        "typed": "05 00 00 90 5",
        "files": [
            _file("f1", "Carnet de vaccination", "vaccins.pdf"),
            _file("f2", "Dessin de Louna", "dessin.jpg"),
            _file("f3", "Ticket de caisse", "ticket.pdf"),
        ],
        "wanted": "Carnet de vaccination",
    },
]


def _password(site: str, *used: str) -> Variant:
    return {
        "key": {"chosen": "good"},
        "goal": f"Vous créez un compte sur le site de {site}. Inventez un mot de passe solide, que vous n’utilisez nulle part.",
        "site": site,
        "used": list(used),
    }


PASSWORD: list[Variant] = [
    _password("la Médiathèque des Flamboyants", "BelleAnse1958!", "marche-dimanche-972", "vivelamangue2024"),
    _password("la Régie des bus de Belle-Anse", "Flamboyant2023!", "poisson-grille-midi", "madras.et.coton"),
    _password("la Caisse de solidarité du Port", "LePort#piscine12", "tambour-du-soir-7", "sucrebatardcannelle"),
]


def _sheet(goal: str, cell: str, value: int, rows: list[tuple[str, int | None]]) -> Variant:
    total = sum(value if amount is None else amount for _, amount in rows)
    return {"key": {"cell": cell, "entry": "right", "total": "formula"}, "goal": goal, "value": value, "rows": rows, "total": total}


SPREADSHEET: list[Variant] = [
    _sheet(
        "Le gaz a coûté 45 euros. Écrivez 45 dans la case B4. Ensuite, mettez le total dans la case B6.",
        "B4",
        45,
        [("Loyer", 420), ("Eau", 38), ("Gaz", None), ("Téléphone", 20)],
    ),
    _sheet(
        "Le pain a coûté 12 euros. Écrivez 12 dans la case B3. Ensuite, mettez le total dans la case B6.",
        "B3",
        12,
        [("Légumes", 31), ("Pain", None), ("Poisson", 54), ("Fruits", 17)],
    ),
    _sheet(
        "Le car a coûté 160 euros. Écrivez 160 dans la case B5. Ensuite, mettez le total dans la case B6.",
        "B5",
        160,
        [("Repas", 90), ("Musée", 75), ("Goûter", 28), ("Car", None)],
    ),
]

CONTENT: dict[str, list[Variant]] = {
    "mailbox": MAILBOX,
    "address-bar": ADDRESS_BAR,
    "form": FORM,
    "password": PASSWORD,
    "spreadsheet": SPREADSHEET,
    "phishing": PHISHING,
}


def keys(task: str) -> list[dict[str, str]]:
    """The right answer of each variant. Raises KeyError for an unknown task."""
    return [variant["key"] for variant in CONTENT[task]]
