"""The first account of a territory: nobody is there yet to invite it."""

from __future__ import annotations

import secrets

from django.db import transaction

from yole.base.errors import Refused
from yole.journal.references import reference
from yole.organisations.enums import LinkPurpose, Role
from yole.organisations.services import create_account, note
from yole.organisations.services_links import make_link
from yole.territory.models import Territory


@transaction.atomic
def first_link(territory: Territory, email: str, name: str, role: Role) -> str:
    """Makes an account without a usable password; returns the token with which its owner chooses one, once, within 24 hours.

    For the command line alone: whoever runs the machine may do it. Raises Refused when the name is empty or the address taken.
    """
    name = " ".join(name.split())[:120]
    if not name:
        raise Refused("Donnez un nom.", field="name", code="empty", status=400)
    account = create_account(email=email, name=name, role=role, territory=territory, password=secrets.token_urlsafe(32))
    account.set_unusable_password()
    account.save(update_fields=["password"])
    note("create", None, reference("account", account.pk), role=role)
    return make_link(account, LinkPurpose.RESET)
