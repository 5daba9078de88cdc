"""Who does an act: a signed-in account, or None for the house itself (demonstration, import, nightly work)."""

from __future__ import annotations

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import SYSTEM, reference
from yole.organisations.models import Account


def name_of(account: Account | None) -> str:
    """The name that the history of a room shows to its team. Never for the journal: see `actor`."""
    return account.name if account is not None else "Yole"


def actor(account: Account | None) -> str:
    """The opaque reference that the journal holds."""
    return reference("account", account.pk) if account is not None else SYSTEM


def allow(account: Account | None, act: str, territory_id: int) -> None:
    """Raises Refused unless the account may do the act in the territory; the house itself may."""
    if account is None:
        return
    require(account, act)
    if account.territory_id != territory_id:
        raise Refused("Votre compte est celui d’un autre territoire.", code="forbidden", status=403)
