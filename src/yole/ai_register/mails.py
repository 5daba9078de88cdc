"""The message to the people in charge: entries to read again. It names algorithms and nobody."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db import transaction

from yole.base.addresses import site_address
from yole.base.typography import french
from yole.organisations.models import Account

log = logging.getLogger(__name__)


def to_read(account: Account, names: Sequence[str]) -> None:
    """One message once the act is written."""
    address = site_address("ai_register:desk")
    lines = "\n".join(f"- {name}" for name in names)
    why = "Leurs règles ont changé depuis la dernière relecture, ou personne ne les a relues depuis 12 mois."
    body = f"Bonjour,\n\nCes entrées du registre des algorithmes sont à relire :\n\n{lines}\n\n{why}\n\n{address}\n\nYole\n"
    subject = f"Registre des algorithmes : {len(names)} à relire"
    transaction.on_commit(partial(_send, account.email, french(subject), french(body)), robust=True)


def _send(to: str, subject: str, body: str) -> None:
    try:
        send_mail(subject, body, None, [to])
    except (SMTPException, OSError):  # one address that fails keeps no message from the others
        log.warning("a message of the register of algorithms could not be sent")
