"""What a level means, area by area, in words for the person. Written for the project; areas are those of the CRCN (2019)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class AreaWords:
    """`can`: what one does at each of the four levels, weakest first; `next`: what comes after it; `themes`: workshops that teach it."""

    name: object
    can: tuple[object, ...]
    next: tuple[object, ...]
    themes: tuple[str, ...]


AREAS: dict[int, AreaWords] = {
    1: AreaWords(
        _("Chercher des informations"),
        (
            _("Vous trouvez une information quand quelqu’un vous montre où regarder."),
            _("Vous trouvez un horaire, un numéro, une adresse."),
            _("Vous cherchez seul et vous vérifiez d’où vient l’information."),
            _("Vous comparez plusieurs sources et vous rangez vos documents."),
        ),
        (
            _("Chercher un horaire ou une adresse sur Internet."),
            _("Reconnaître un site officiel parmi les résultats."),
            _("Vérifier une information qui étonne."),
            _("Organiser vos fichiers et vos données dans un tableau."),
        ),
        ("navigation_sur_internet", "gere_ses_contenus_numeriques"),
    ),
    2: AreaWords(
        _("Écrire et échanger"),
        (
            _("Vous lisez un message quand il est déjà ouvert."),
            _("Vous envoyez un message à une personne."),
            _("Vous joignez un document et vous choisissez qui voit ce que vous publiez."),
            _("Vous travaillez à plusieurs sur un même document."),
        ),
        (
            _("Ouvrir votre boîte aux lettres et répondre à un message."),
            _("Joindre un document à un message."),
            _("Régler qui voit vos photos et vos publications."),
            _("Partager un agenda ou un document avec d’autres."),
        ),
        ("email", "reseaux_sociaux"),
    ),
    3: AreaWords(
        _("Créer un document"),
        (
            _("Vous écrivez quelques mots avec un clavier."),
            _("Vous écrivez un courrier court et vous l’imprimez."),
            _("Vous mettez en page un CV ou un tableau."),
            _("Vous préparez un document pour plusieurs usages."),
        ),
        (
            _("Écrire un courrier court sur ordinateur."),
            _("Mettre en page un courrier ou un CV."),
            _("Faire un tableau avec un total."),
            _("Adapter un document pour le téléphone et pour l’impression."),
        ),
        ("bureautique", "creer_avec_le_numerique"),
    ),
    4: AreaWords(
        _("Se protéger"),
        (
            _("Vous demandez de l’aide quand un message vous inquiète."),
            _("Vous reconnaissez un message étrange et vous ne répondez pas."),
            _("Vous choisissez un bon mot de passe et vous repérez un faux site."),
            _("Vous protégez vos comptes et vous aidez les autres à le faire."),
        ),
        (
            _("Reconnaître un message piège."),
            _("Choisir un bon mot de passe et le garder en lieu sûr."),
            _("Reconnaître un faux site."),
            _("Ajouter une deuxième protection à vos comptes."),
        ),
        ("securite_numerique",),
    ),
    5: AreaWords(
        _("Se débrouiller avec un appareil"),
        (
            _("Vous allumez un appareil et vous suivez les indications."),
            _("Vous vous connectez au wifi et vous chargez une application."),
            _("Vous réglez une panne simple et vous faites de la place."),
            _("Vous installez et réglez un appareil neuf."),
        ),
        (
            _("Se connecter au wifi et régler la taille des lettres."),
            _("Installer et retirer une application."),
            _("Résoudre une panne de connexion ou d’impression."),
            _("Sauvegarder votre téléphone."),
        ),
        ("prendre_en_main_du_materiel", "maintenance_de_materiel"),
    ),
}
