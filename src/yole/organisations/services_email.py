"""A new address for an account: proved by a link sent to it, told to the old one. Nothing says whether an address has an account."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.journal.references import reference
from yole.organisations import mails, throttle
from yole.organisations.models import AccessLink, Account
from yole.organisations.services import note
from yole.organisations.services_members import dead_link

LIFE = timedelta(hours=24)
ASKED_MOST = 3


def _box() -> Fernet:
    # Sealed rather than signed: an address must not be read in the address of a page, nor in its logs.
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"account-email:{settings.SECRET_KEY}".encode()).digest()))


def ask(account: Account, email: str) -> None:
    """One message leaves to the new address, whether somebody has it or not: with a link, or to say that nothing changes.

    Raises Refused: the account's own address (field `email`), or more than three requests in 15 minutes (429).
    """
    address = Account.objects.normalize_email(email.strip())
    if address.lower() == account.email.lower():
        raise Refused("C’est déjà votre adresse.", field="email", code="same", status=400)
    if not throttle.claim("email", account.pk, ASKED_MOST):
        raise Refused("Trop de demandes.", remedy="Attendez 15 minutes. Ensuite, essayez encore.", code="throttled", status=429)
    taken = Account.objects.filter(email__iexact=address).exists()
    held = {"account": account.pk, "from": account.email, "to": address}
    token = _box().encrypt(json.dumps(held).encode("utf-8")).decode("ascii")
    if taken:
        mails.address_taken(address)
    else:
        mails.new_address(address, token)


def _read(token: str) -> dict[str, Any]:
    try:
        return dict(json.loads(_box().decrypt(token.encode("utf-8"), ttl=int(LIFE.total_seconds()))))
    except InvalidToken:
        raise dead_link() from None


def address_of(token: str) -> str:
    """The new address of a link that can still be used. Raises the one refusal of dead links."""
    held = _read(token)
    if not Account.objects.filter(pk=held["account"], email=held["from"], is_active=True).exists():
        raise dead_link()
    return str(held["to"])


@transaction.atomic
def use(token: str) -> Account:
    """Changes the address: once, since the link names the one before. Links sent to the old address die.

    Raises the refusal of dead links.
    """
    held = _read(token)
    account = Account.objects.select_for_update(of=("self",)).filter(pk=held["account"], email=held["from"], is_active=True).first()
    if account is None:
        raise dead_link()
    before, account.email = account.email, str(held["to"])
    try:
        with transaction.atomic():
            account.save(update_fields=["email"])
    except IntegrityError:  # somebody took it since the link left
        raise dead_link() from None
    AccessLink.objects.filter(account=account, used_at=None).update(used_at=timezone.now())
    note("email", account, reference("account", account.pk))
    transaction.on_commit(lambda: mails.address_left(before))
    return account
