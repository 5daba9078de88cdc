"""Links sent by e-mail that stand for the password once: to sign in (15 minutes), to start again after a reset (24 hours)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.organisations import mails, tasks, throttle
from yole.organisations.enums import LinkPurpose
from yole.organisations.models import AccessLink, Account
from yole.organisations.services_members import dead_link, digest

LIFE = {LinkPurpose.SIGN_IN: timedelta(minutes=15), LinkPurpose.RESET: timedelta(hours=24)}
KEPT = timedelta(days=30)


def ask_sign_in_link(email: str, network: str) -> None:
    """The work of the request is the same whether the address is known or not: one look-up, one line in the queue.

    The token is drawn and the message sent by the worker. Beyond three for an address in 15 minutes nothing more is sent, without a
    word. Raises Refused (429) beyond twenty from one network address.
    """
    if not throttle.claim("link-network", network, throttle.LINKS_PER_NETWORK):
        raise Refused("Trop de demandes.", remedy="Attendez 15 minutes. Ensuite, essayez encore.", code="throttled", status=429)
    address = email.strip().lower()
    silent = not throttle.claim("link", address, throttle.LINKS_PER_ADDRESS)
    found = Account.objects.filter(email__iexact=address, is_active=True).values_list("pk", flat=True).first()
    tasks.send_sign_in_link.enqueue(0 if silent or found is None else found)


@transaction.atomic
def make_link(account: Account, purpose: LinkPurpose) -> str:
    """The token of a new link; those before it for the same purpose no longer work."""
    now, token = timezone.now(), secrets.token_urlsafe(32)
    AccessLink.objects.filter(account=account, purpose=purpose, used_at=None).update(used_at=now)
    AccessLink.objects.create(account=account, purpose=purpose, token_hash=digest(token), expires_at=now + LIFE[purpose])
    return token


@transaction.atomic
def send_link(account: Account, purpose: LinkPurpose) -> None:
    """A new link, in a message that leaves when the transaction is done."""
    token = make_link(account, purpose)
    send = mails.sign_in_link if purpose == LinkPurpose.SIGN_IN else mails.reset_link
    transaction.on_commit(lambda: send(account, token))


def account_of(token: str, purpose: LinkPurpose) -> Account:
    """Whose link it is, without using it. Raises the one refusal of dead links."""
    rows = AccessLink.objects.select_related("account")
    found = rows.filter(token_hash=digest(token), purpose=purpose, used_at=None, expires_at__gt=timezone.now()).first()
    if found is None or not found.account.is_active:
        raise dead_link()
    return found.account


@transaction.atomic
def use_link(token: str, purpose: LinkPurpose) -> Account:
    """Uses the link up: one conditional update decides between two requests. Raises the one refusal of dead links."""
    account = account_of(token, purpose)
    used = AccessLink.objects.filter(token_hash=digest(token), used_at=None).update(used_at=timezone.now())
    if used != 1:
        raise dead_link()
    return account


def purge() -> int:
    """Deletes links 30 days after their end. Returns rows deleted."""
    return AccessLink.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()[0]
