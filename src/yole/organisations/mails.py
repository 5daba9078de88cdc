"""The messages of accounts, in plain text. They name nobody but the site, and say what to do when they were not expected."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.core.mail import send_mail

from yole.base.addresses import site_address
from yole.base.errors import Refused
from yole.organisations.models import Account, Invitation

_log = logging.getLogger("yole.mail")
_END = "\n\nVous n’attendiez pas ce message ? Ne faites rien, ou prévenez la coordination du territoire.\n\nYole"


def _send(to: str, subject: str, body: str, *, needed: bool = True) -> None:
    """Raises Refused when the mail server does not answer; a message that is not `needed` is then noted in the log of the server alone."""
    try:
        send_mail(subject, body + _END, None, [to])
    except (SMTPException, OSError) as error:
        if needed:
            raise Refused(
                "Le message n’est pas parti : le serveur de courrier ne répond pas.",
                remedy="Essayez encore dans quelques minutes.",
                code="mail",
                status=503,
            ) from None
        _log.warning("a message did not leave (%s): %s", type(error).__name__, subject)


def _address(name: str, *args: object) -> str:
    return site_address(f"organisations:{name}", *args)


def invitation(offered: Invitation, token: str) -> None:
    where = offered.structure.name if offered.structure else offered.territory.name
    _send(
        offered.email,
        "Invitation à travailler avec Yole",
        f"Bonjour,\n\nVous êtes invité(e) à rejoindre l’équipe « {where} », avec le rôle « {offered.get_role_display()} ».\n"
        f"Ouvrez ce lien pour accepter. Il sert une seule fois, pendant 7 jours :\n\n{_address('invitation', token)}",
    )


def sign_in_link(account: Account, token: str) -> None:
    _send(
        account.email,
        "Votre lien de connexion à Yole",
        f"Bonjour,\n\nOuvrez ce lien, puis touchez « Continuer ». Il sert une fois, pendant 15 minutes :\n\n{_address('link', token)}",
    )


def reset_link(account: Account, token: str) -> None:
    _send(
        account.email,
        "Votre compte Yole est à régler à nouveau",
        "Bonjour,\n\nDeux personnes ont accepté de réinitialiser votre compte. Choisissez un mot de passe, puis un second facteur.\n"
        f"Ce lien sert une seule fois, pendant 24 heures :\n\n{_address('reset', token)}",
    )


def idle_notice(account: Account) -> None:
    _send(
        account.email,
        "Votre compte Yole sera désactivé dans 30 jours",
        "Bonjour,\n\nVous ne vous êtes pas connecté(e) à Yole depuis 5 mois. Sans connexion, votre compte sera désactivé dans 30 jours.\n"
        f"Pour le garder, connectez-vous :\n\n{_address('sign-in')}",
    )


def erase_notice(account: Account) -> None:
    _send(
        account.email,
        "Votre compte Yole sera effacé dans 30 jours",
        "Bonjour,\n\nVotre compte est désactivé. Votre nom et votre adresse seront effacés dans 30 jours.\n"
        "Pour le garder, demandez à la coordination du territoire de le réactiver.",
    )


def security_notice(account: Account, what: str) -> None:
    """After a change that matters for the safety of the account."""
    _send(account.email, "Votre compte Yole a changé", f"Bonjour,\n\n{what}", needed=False)


def new_address(address: str, token: str) -> None:
    _send(
        address,
        "Votre nouvelle adresse pour Yole",
        "Bonjour,\n\nVous voulez utiliser cette adresse pour votre compte Yole. Ouvrez ce lien, puis touchez « Continuer ».\n"
        f"Il sert une seule fois, pendant 24 heures :\n\n{_address('email-confirm', token)}",
    )


def address_taken(address: str) -> None:
    """To whoever has an account under an address that somebody else asked for."""
    _send(
        address,
        "Votre adresse a été demandée pour un autre compte Yole",
        "Bonjour,\n\nQuelqu’un a voulu utiliser cette adresse pour son compte Yole. Elle est déjà celle de votre compte : rien ne change.",
    )


def address_left(address: str) -> None:
    """To the address that an account no longer has."""
    _send(address, "Votre compte Yole a changé", "Bonjour,\n\nVotre compte a maintenant une autre adresse e-mail.", needed=False)
