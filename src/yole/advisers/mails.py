"""Messages of a round: a proposal waits, with the address where each side answers by its code. Nobody is named in them."""

from __future__ import annotations

import logging
from functools import partial
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from yole.advisers import sealing
from yole.advisers.models import Round

log = logging.getLogger(__name__)


def proposals(of: Round) -> None:
    """One message per candidate and per structure, once the round is written. Nothing goes to invented ones, nor to an erased address."""
    rows = of.relations.select_related("candidate", "post__host").order_by("pk")
    sides = {side.code: side for one in rows for side in (one.candidate, one.post.host)}
    told = {side.code: sealing.unseal(side.sealed)[1] for side in sides.values() if not side.is_fictional}
    before = f"{of.answer_before:%d/%m/%Y}"
    transaction.on_commit(partial(_send, [(email, code) for code, email in told.items() if email], before), robust=True)


def _send(to: list[tuple[str, str]], before: str) -> None:
    body = _("Bonjour,\n\nUne proposition vous attend. Dites oui ou non, jusqu’au %(before)s inclus, à cette adresse :\n\n%(link)s\n\nYole")
    for email, code in to:
        link = settings.BASE_URL + reverse("advisers:file", args=[code])
        try:
            send_mail(_("Une proposition vous attend"), body % {"before": before, "link": link}, None, [email])
        except (SMTPException, OSError):  # one address that fails keeps no message from the others
            log.warning("a message of a round could not be sent")
