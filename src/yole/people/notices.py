"""The message that a team receives before names are erased: how many cards, and where to look. It names nobody."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from smtplib import SMTPException

from django.conf import settings as site
from django.core.mail import send_mail
from django.db.models import Count
from django.urls import reverse

from yole.base.scope import system_scope
from yole.organisations.enums import Role
from yole.organisations.models import Account
from yole.people import retention, selectors
from yole.territory.models import Territory
from yole.territory.selectors import today

_log = logging.getLogger("yole.mail")


def waiting() -> Counter[int]:
    """Structure -> named cards whose delay ends within the notice, or that nobody agrees to any more; none: left out."""
    day, found = today(), Counter[int]()
    with system_scope():
        for territory in Territory.objects.order_by("pk"):
            soon = retention.ending_soon(territory, selectors.settings_of(territory), day)
            unagreed = retention.without_agreement().filter(territory=territory, canonical__isnull=True).exclude(pk__in=soon.values("pk"))
            for rows in (soon, unagreed):
                found.update(dict(rows.order_by().values("structure").annotate(n=Count("pk", distinct=True)).values_list("structure", "n")))
    return found


def _told(structure_id: int) -> Iterable[str]:
    """Addresses of who coordinates a structure; of its whole team when nobody does."""
    team = Account.objects.filter(structure=structure_id, is_active=True, is_fictional=False)
    chiefs = list(team.filter(role=Role.STRUCTURE_COORDINATOR).values_list("email", flat=True))
    return chiefs or list(team.filter(role=Role.MEDIATOR).values_list("email", flat=True))


def tell() -> int:
    """Sends one message to each person to tell; returns how many left. A week apart, a notice of seven days at least is told in time."""
    sent = 0
    for structure_id, count in sorted(waiting().items()):
        cards = "1 fiche nommée arrive au bout de son délai" if count == 1 else f"{count} fiches nommées arrivent au bout de leur délai"
        text = (
            f"Bonjour,\n\n{cards} dans votre structure. Sans nouvelle visite, le nom est effacé.\n"
            f"Pour les voir, et garder celles qui doivent l’être :\n\n{site.BASE_URL}{reverse('people:due')}\n\nYole"
        )
        for address in _told(structure_id):
            try:
                send_mail("Des fiches arrivent au bout de leur délai", text, None, [address])
            except (SMTPException, OSError) as error:  # the next team is told all the same; the page tells this one
                _log.warning("a notice did not leave (%s)", type(error).__name__)
            else:
                sent += 1
    return sent
