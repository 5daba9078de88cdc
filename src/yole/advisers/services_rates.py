"""Grant rates of a territory: added and closed by date, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q

from yole.advisers import permissions
from yole.advisers.enums import Sector
from yole.advisers.models import GrantRate
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account


@dataclass(frozen=True, slots=True)
class RateData:
    """`cents` for one post of a sector that starts between two dates, both included; `source`: the document that says so."""

    sector: str
    cents: int
    valid_from: date
    valid_until: date | None
    source: str


def add(account: Account, data: RateData) -> GrantRate:
    """Adds a rate to the territory of the account. Raises Refused when a rate of the same sector holds at one of its dates."""
    require(account, permissions.BUDGET)
    if data.sector not in Sector.values or data.cents <= 0:
        raise Refused("Un type de la liste, et un montant de plus de 0 €.", field="amount", code="amount")
    if data.valid_until is not None and data.valid_until < data.valid_from:
        raise Refused("La fin est avant le début.", field="valid_until", code="dates")
    if not data.source.strip():
        raise Refused("Il manque la pièce qui fixe le montant.", field="source", code="document")
    private = data.sector == Sector.PRIVATE
    same = GrantRate.objects.filter(territory=account.territory, private=private)
    same = same.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=data.valid_from))
    if data.valid_until is not None:
        same = same.filter(valid_from__lte=data.valid_until)
    if (held := same.order_by("valid_from").first()) is not None:
        raise _overlap(f"Un barème de ce type est déjà en vigueur depuis le {held.valid_from:%d/%m/%Y}.")
    try:
        with transaction.atomic():
            made = GrantRate.objects.create(
                territory=account.territory,
                private=private,
                cents=data.cents,
                valid_from=data.valid_from,
                valid_until=data.valid_until,
                source=data.source.strip()[:200],
            )
            body = {"sector": data.sector, "cents": str(data.cents), "from": data.valid_from.isoformat()}
            record("advisers.rate", reference("account", account.pk), reference("grant-rate", made.pk), body)
    except IntegrityError:
        raise _overlap("Un barème de ce type vient d’être ajouté à ces dates.") from None
    return made


def _overlap(reason: str) -> Refused:
    return Refused(reason, remedy="Choisissez d’autres dates, ou clôturez l’autre barème avant.", field="valid_from", code="overlap")


@transaction.atomic
def close(account: Account, pk: int, last_day: date) -> GrantRate:
    """Gives a rate its last day. Raises Refused for a rate of elsewhere, one already closed before, or a day before its start."""
    require(account, permissions.BUDGET)
    found = GrantRate.objects.select_for_update().filter(pk=pk, territory=account.territory).first()
    if found is None:
        raise Refused("Ce barème n’existe pas.", code="unknown", status=404)
    if last_day < found.valid_from or (found.valid_until is not None and last_day > found.valid_until):
        raise Refused("Le dernier jour est pendant le barème, pas après sa fin.", field="last_day", code="dates")
    found.valid_until = last_day
    found.save(update_fields=["valid_until"])
    record("advisers.rate-close", reference("account", account.pk), reference("grant-rate", found.pk), {"until": last_day.isoformat()})
    return found
