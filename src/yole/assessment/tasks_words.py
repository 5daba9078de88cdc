"""What the exercises say: labels, one hint per state, what was done and what to try next time."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yole.assessment.engine.tasks.machine import Condition

COMMON: dict[str, object] = {
    "again": _("Essayer encore, avec un autre exemple"),
    "alone": _("Vous avez réussi seul."),
    "back": _("Revenir"),
    "did": _("Ce que vous avez fait"),
    "go_on": _("Continuer"),
    "helped": _("Vous avez réussi avec un peu d’aide."),
    "hint": _("Montrez-moi"),
    "missed": _("Merci d’avoir essayé. Cet exercice se travaille avec quelqu’un."),
    "next_time": _("La prochaine fois"),
    "offline": _("Pas de réseau : le résultat est gardé ici. Il partira tout seul."),
    "order": _("Votre consigne"),
    "other": _("Faire un autre exercice"),
    "over": _("C’est fini"),
    "partial": _("Vous avez réussi une bonne partie."),
    "refused": _("Le résultat n’a pas pu être gardé : {reason}"),
    "resume": _("Reprendre où j’en étais"),
    "restart": _("Recommencer"),
    "sent": _("Le résultat est gardé. Rien de ce que vous avez écrit n’est parti de cette page."),
    "sending": _("Le résultat part."),
    "start": _("Commencer"),
    "started": _("Vous avez commencé cet exercice."),
    "stop": _("Arrêter l’exercice"),
    "stopped": _("Vous avez arrêté l’exercice. Vous pourrez le refaire quand vous voulez."),
    "together": _("Faire avec moi"),
    "together_done": _("Vous avez fait cet exercice ensemble."),
    "together_note": _("Vous faites l’exercice ensemble. C’est noté à part."),
}

INTRO: dict[str, object] = {
    "mailbox": _("Trouver un message et y répondre, avec un document."),
    "address-bar": _("Aller sur un site en écrivant son adresse."),
    "form": _("Remplir une démarche, joindre un document, corriger une erreur."),
    "password": _("Inventer un mot de passe solide."),
    "spreadsheet": _("Écrire un nombre dans une case et faire un total."),
    "phishing": _("Trouver les pièges parmi 6 messages."),
}

LABELS: dict[str, dict[str, object]] = {
    "mailbox": {
        "inbox": _("Vos messages"),
        "from": _("De :"),
        "reply": _("Répondre"),
        "to": _("À qui répondez-vous ?"),
        "file": _("Quel document joignez-vous ?"),
        "no_file": _("Aucun document"),
        "no_file_detail": _("Répondre sans rien joindre"),
        "check": _("Relisez avant d’envoyer"),
        "to_line": _("À :"),
        "file_line": _("Document :"),
        "note": _("Un petit mot, si vous voulez"),
        "note_hint": _("Il reste sur cette page."),
        "send": _("Envoyer"),
        "choose": _("Choisissez une réponse pour continuer."),
    },
    "address-bar": {
        "bar": _("Votre navigateur"),
        "address": _("Barre d’adresse"),
        "address_hint": _("Écrivez l’adresse, puis « Aller »."),
        "go": _("Aller"),
        "empty": _("Écrivez d’abord quelque chose dans la barre d’adresse."),
        "results": _("Résultats de la recherche"),
        "ad": _("Annonce"),
        "ad_text": _("Carte en 5 minutes, payez en ligne"),
        "other_text": _("Un autre site"),
        "nowhere": _("Cette page n’est pas celle que vous cherchez"),
        "nowhere_text": _("Lisez l’adresse, lettre par lettre. Puis revenez."),
        "here": _("Vous êtes ici :"),
        "site": _("Bienvenue sur notre site"),
        "fake": _("Offre spéciale : dernière minute"),
        "fake_text": _("Écrivez vos coordonnées et votre carte bancaire pour profiter de l’offre."),
        "trust": _("Donner mes coordonnées"),
        "leave": _("Quitter ce site"),
        "next": _("C’est le bon site, je continue"),
        "link": _("Le lendemain, vous recevez ce message"),
        "link_text": _("Votre compte a un problème. Réglez-le ici :"),
        "refuse": _("Je n’ouvre pas : ce n’est pas leur adresse"),
        "open": _("J’ouvre cette adresse"),
    },
    "form": {
        "card": _("La fiche à recopier"),
        "name": _("Nom et prénom"),
        "name_hint": _("Obligatoire. Recopiez la fiche, pas votre nom."),
        "name_empty": _("Le nom manque. Recopiez celui de la fiche."),
        "date": _("Date de naissance"),
        "day": _("Jour"),
        "month": _("Mois"),
        "year": _("Année"),
        "date_hint": _("Exemple : 14 07 1960"),
        "date_invalid": _("Cette date n’existe pas. Écrivez le jour, le mois, puis l’année avec 4 chiffres."),
        "phone": _("Téléphone"),
        "file": _("Quel document joignez-vous ?"),
        "wanted": _("Document demandé :"),
        "choose": _("Choisissez un document pour continuer."),
        "check": _("Relisez avant d’envoyer"),
        "file_line": _("Document"),
        "send": _("Envoyer la demande"),
        "error": _("La demande n’est pas partie"),
        "error_text": _("Le numéro de téléphone est incomplet : il a {n} chiffres. Un numéro a 10 chiffres."),
        "review": _("Dernière relecture"),
    },
    "password": {
        "used": _("Mots de passe déjà utilisés ailleurs"),
        "choose": _("Inventez un mot de passe"),
        "field": _("Nouveau mot de passe"),
        "field_hint": _("12 signes ou plus. Inventez-le pour l’exercice : n’écrivez pas un vrai mot de passe. Il reste sur cette page."),
        "submit": _("Choisir ce mot de passe"),
        "short": _("Il y a {n} signes. Il en faut au moins 12."),
        "weak": _("Le site accepte ce mot de passe. Le gardez-vous ?"),
        "weak_common": _("Il contient un mot ou une suite que tout le monde connaît."),
        "weak_reused": _("Vous l’utilisez déjà sur un autre site."),
        "change": _("En chercher un autre"),
        "keep": _("Garder celui-ci"),
    },
    "spreadsheet": {
        "grid": _("Votre tableau"),
        "grid_hint": _("Choisissez une case pour écrire dedans. Les flèches du clavier marchent aussi."),
        "expense": _("Dépense"),
        "amount": _("Montant"),
        "total": _("Total"),
        "empty": _("vide"),
        "cell": _("Case {cell}"),
        "edit": _("Case {cell}"),
        "field": _("Contenu de la case {cell}"),
        "field_hint": _("Un nombre, ou un calcul qui commence par ="),
        "write": _("Écrire"),
        "sum": _("Somme de B2 à B5"),
        "done": _("J’ai fini mon tableau"),
        "locked": _("Cette case est déjà remplie."),
    },
    "phishing": {
        "message": _("Message {n} sur {total}"),
        "from": _("De :"),
        "address": _("Envoyé depuis :"),
        "question": _("Qu’en pensez-vous ?"),
        "flag": _("C’est un piège"),
        "trust": _("C’est un vrai message"),
        "review": _("Vos réponses"),
        "change": _("Changer"),
        "done": _("J’ai fini de trier"),
        "why": _("Message par message"),
    },
}

HINTS: dict[str, dict[str, object]] = {
    "mailbox": {
        "inbox": _("Cherchez, dans la liste, le nom de la personne écrit dans la consigne."),
        "reading": _("Si c’est le message de cette personne, prenez « Répondre ». Sinon, revenez."),
        "to": _("Prenez la personne qui a écrit le message, et elle seule."),
        "file": _("Prenez le document qui porte le nom demandé dans la consigne."),
        "check": _("Vérifiez le nom et le document. Puis prenez « Envoyer »."),
    },
    "address-bar": {
        "bar": _("Recopiez l’adresse de la consigne, avec le point et la fin. Puis prenez « Aller »."),
        "results": _("Comparez chaque adresse avec celle de la consigne. Une annonce n’est pas le site."),
        "nowhere": _("Prenez « Revenir », puis écrivez l’adresse entière."),
        "fake": _("L’adresse n’est pas celle de la consigne. Prenez « Quitter ce site »."),
        "site": _("L’adresse est bien celle de la consigne. Continuez."),
        "link": _("Lisez le nom juste avant la fin de l’adresse. Ce n’est pas celui du site."),
    },
    "form": {
        "name": _("Recopiez le nom écrit sur la fiche."),
        "date": _("Recopiez la date de la fiche : le jour, le mois, puis l’année."),
        "file": _("Prenez le document demandé, écrit au-dessus de la liste."),
        "check": _("Comparez avec la fiche. Puis prenez « Envoyer la demande »."),
        "error": _("Recopiez le numéro entier de la fiche : 10 chiffres."),
        "review": _("Tout est prêt. Prenez « Envoyer la demande »."),
    },
    "password": {
        "choose": _("Prenez 4 mots sans lien entre eux, et collez-les avec des tirets."),
        "weak": _("Prenez « En chercher un autre » : il doit être neuf et difficile à deviner."),
    },
    "spreadsheet": {
        "grid": _("La lettre donne la colonne, le chiffre donne la ligne. B4 : colonne B, ligne 4."),
        "edit": _("Pour le total de la case B6, prenez « Somme de B2 à B5 », ou écrivez =SOMME(B2:B5)."),
    },
    "phishing": {
        "sort": _("Un piège presse, fait peur, ou demande de l’argent ou un code. Lisez aussi l’adresse."),
    },
}

# (what must hold, what was done, what to try next time)
FEEDBACK: dict[str, list[tuple[Condition, object, object]]] = {
    "mailbox": [
        (("right", "message"), _("Vous avez trouvé le bon message."), _("Lisez le nom et l’objet de chaque message avant de l’ouvrir.")),
        (("right", "to"), _("Vous avez répondu à la bonne personne."), _("Avant d’envoyer, relisez le nom en face de « À ».")),
        (("right", "file"), _("Vous avez joint le bon document."), _("Relisez le nom du document avant de le joindre.")),
    ],
    "address-bar": [
        (
            ("is", "way", "typed"),
            _("Vous avez écrit l’adresse vous-même."),
            _("Écrivez l’adresse entière, comme sur le papier. Les premières réponses d’une recherche sont souvent des annonces."),
        ),
        (
            ("is", "link", "refuse"),
            _("Vous n’avez pas suivi l’adresse trompeuse."),
            _("Comparez l’adresse avec celle du papier, jusqu’à la fin. Si elle change, n’ouvrez pas."),
        ),
    ],
    "form": [
        (("right", "name"), _("Vous avez rempli le champ obligatoire."), _("Un champ obligatoire doit être rempli pour continuer.")),
        (("right", "date"), _("Vous avez écrit la bonne date."), _("Relisez la date : le jour, le mois, puis l’année.")),
        (("right", "file"), _("Vous avez joint le bon document."), _("Relisez le nom du document avant de le joindre.")),
        (("right", "phone"), _("Vous avez corrigé l’erreur."), _("Lisez le message d’erreur : il dit quoi corriger.")),
    ],
    "password": [
        (
            ("is", "chosen", "good"),
            _("Votre mot de passe est long, difficile à deviner et neuf."),
            _("Prenez 12 signes ou plus, sans mot courant, jamais utilisés ailleurs. 4 mots sans lien font un bon mot de passe."),
        ),
    ],
    "spreadsheet": [
        (
            ("right", "entry"),
            _("Vous avez écrit le bon nombre dans la bonne case."),
            _("Repérez la lettre de la colonne, puis le chiffre de la ligne."),
        ),
        (
            ("right", "total"),
            _("Vous avez fait le total avec un calcul."),
            _("Laissez le tableau calculer : =SOMME(B2:B5). Le total suivra tout seul si un nombre change."),
        ),
    ],
    "phishing": [
        (("caught", 3), _("Vous avez trouvé les 3 pièges."), _("Un piège presse, fait peur, ou demande de l’argent ou un code.")),
        (
            ("alarms", 0),
            _("Vous avez gardé tous les vrais messages."),
            _("Un message qui ne demande rien est souvent vrai. En cas de doute, demandez."),
        ),
    ],
}

# What the result page of a diagnosis and the desk say of a score.
SCORES: tuple[object, ...] = (_("À travailler"), _("Réussi en partie, ou avec un peu d’aide"), _("Réussi seul"))
TOGETHER = _("Fait ensemble")


def said(value: Any) -> Any:
    """Lazy words of a nested value, turned to text in the language of now."""
    match value:
        case dict():
            return {key: said(one) for key, one in value.items()}
        case list() | tuple():
            return [said(one) for one in value]
        case int() | None:
            return value
    return str(value)
