"""Who may run a café, and the café as a service takes it: locked, of the account, in the state that the act needs."""

from __future__ import annotations

from collections.abc import Iterable

from yole.base.errors import Refused
from yole.base.permissions import may, require
from yole.debates import permissions
from yole.debates.enums import CafeState
from yole.debates.models import Cafe
from yole.organisations.enums import Role
from yole.organisations.models import Account

ALL_CAFES = frozenset({Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR})
# A café that runs or is over keeps what the room did.
BEFORE_CLOSING = (CafeState.DRAFT, CafeState.ANNOUNCED, CafeState.OPEN)


def may_host(account: Account, cafe: Cafe, act: str = permissions.HOST) -> bool:
    """Its host, its structure, or whoever coordinates the territory."""
    if not may(account, act) or cafe.territory_id != account.territory_id:
        return False
    if account.role in ALL_CAFES or cafe.host_id == account.pk:
        return True
    return account.structure_id is not None and cafe.structure_id == account.structure_id


def hosted(account: Account | None, cafe_id: int, *, act: str = permissions.HOST, states: Iterable[CafeState] | None = None) -> Cafe:
    """The café, locked until the end of the transaction. Raises Refused: unknown, not the account's, in another state."""
    if account is not None:
        require(account, act)
    cafe = (
        Cafe.objects.select_for_update(of=("self",), no_key=True)
        .select_related("territory", "structure", "place")
        .filter(pk=cafe_id)
        .first()
    )
    if cafe is None or (account is not None and cafe.territory_id != account.territory_id):
        raise Refused("Ce café n’existe pas dans votre territoire.", code="unknown", status=404)
    if account is not None and not may_host(account, cafe, act):
        raise Refused(
            "Ce café est animé par une autre structure.", remedy="Demandez à la personne qui l’anime.", code="forbidden", status=403
        )
    if states is not None and cafe.state not in set(states):
        raise Refused(f"Ce café est dans un autre état : {CafeState(cafe.state).label.lower()}.", code="state")
    return cafe
