"""Following the roadmap by e-mail: asked, confirmed by a link, told once a day of what changed, stopped by a link.

The page answers the same whether an address is known or not. No account, no name.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.addresses import site_address
from yole.base.errors import Refused
from yole.base.scope import system_scope
from yole.base.typography import french
from yole.roadmap import addresses, selectors_news
from yole.roadmap.models import Commitment, Subscription
from yole.territory.models import Territory

_log = logging.getLogger("yole.roadmap")
_SALT = "yole.roadmap.subscription"
CONFIRM_DAYS = 7
QUIET = timedelta(hours=1)  # an address that asks again and again receives one message an hour
SHOWN = 30


def _link(name: str, row: Subscription) -> str:
    return site_address(f"roadmap:{name}", signing.TimestampSigner(salt=f"{_SALT}.{name}").sign(str(row.pk)))


def read_token(name: str, token: str) -> Subscription | None:
    """The subscription of a signed link (`confirm` or `stop`), None when it is not ours or too old to confirm."""
    try:
        age = timedelta(days=CONFIRM_DAYS) if name == "confirm" else None
        pk = UUID(signing.TimestampSigner(salt=f"{_SALT}.{name}").unsign(token, max_age=age))
    except (signing.BadSignature, ValueError):
        return None
    with system_scope():
        return Subscription.objects.select_related("territory", "commitment").filter(pk=pk).first()


def _send(address: str, subject: str, lines: list[str]) -> None:
    send_mail(french(" ".join(subject.split())), french("\n".join(lines)) + "\n", settings.DEFAULT_FROM_EMAIL, [address])


def ask(territory: Territory, address: str, commitment: Commitment | None = None) -> None:
    """Keeps the request and sends the link that confirms it. Says nothing about who is known. Raises Refused for what is no address."""
    typed = address.strip()
    try:
        validate_email(typed)
    except ValidationError:
        raise Refused(
            _("Cette adresse e-mail n’est pas complète."), remedy=_("Exemple : prenom@exemple.fr"), field="address", code="address"
        ) from None
    now = timezone.now()
    with system_scope(), transaction.atomic():
        row, created = Subscription.objects.select_for_update().get_or_create(
            territory=territory, commitment=commitment, digest=addresses.digest(typed), defaults={"sealed": b"", "told_until": now}
        )
        recent = not created and row.asked_at > now - QUIET
        if created:
            row.sealed = addresses.seal(typed, row.pk)
        if not recent:
            row.asked_at = now
        row.save(update_fields=["sealed", "asked_at"])
    if row.confirmed_at is not None or recent:
        return
    about = _("l’engagement %(title)s") % {"title": commitment} if commitment is not None else _("la feuille de route")
    _send(
        typed,
        _("Confirmez : suivre %(about)s") % {"about": about},
        [
            _("Bonjour,"), "", _("Vous avez demandé à suivre %(about)s.") % {"about": about},
            _("Confirmez ici, dans les %(n)d jours :") % {"n": CONFIRM_DAYS}, _link("confirm", row), "",
            _("Ce n’était pas vous ? Ne faites rien : cette adresse sera effacée."),
        ],
    )  # fmt: skip


def confirm(row: Subscription) -> None:
    """The address is right: what happens from now on is told."""
    now = timezone.now()
    with system_scope():
        Subscription.objects.filter(pk=row.pk, confirmed_at__isnull=True).update(confirmed_at=now, told_until=now)


def stop(row: Subscription) -> None:
    """The address is erased at once."""
    with system_scope():
        Subscription.objects.filter(pk=row.pk).delete()


@system_scope()  # every address of the territory, by a task
def tell(now: datetime | None = None) -> int:
    """Sends each confirmed address what changed since the last message; nothing when nothing did. Returns how many were sent."""
    moment = now or timezone.now()
    sent = 0
    rows = Subscription.objects.filter(confirmed_at__isnull=False).select_related("territory", "commitment").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        news = selectors_news.news(row.territory, since=row.told_until, until=moment, commitment=row.commitment)
        if not news:
            continue
        lines = [_("Bonjour,"), "", _("Voici ce qui a changé dans la feuille de route."), ""]
        for one in news[:SHOWN]:
            lines += [f"- {one.title}", f"  {one.address}"]
        if len(news) > SHOWN:
            lines.append(_("Et %(n)d autres changements.") % {"n": len(news) - SHOWN})
        lines += ["", _("Ne plus recevoir ces messages :"), _link("stop", row)]
        try:
            _send(addresses.unseal(bytes(row.sealed), row.pk), _("Feuille de route : ce qui a changé"), lines)
        except OSError:
            _log.exception("a message about the roadmap was not sent; it is tried again at the next turn")
            continue
        Subscription.objects.filter(pk=row.pk).update(told_until=moment)
        sent += 1
    return sent
