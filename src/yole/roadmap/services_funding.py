"""Public money around commitments: envelopes, requests, co-funding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from yole.base.errors import Refused
from yole.organisations.acting import allow
from yole.organisations.models import Account, Structure
from yole.roadmap import permissions
from yole.roadmap.enums import FundingStatus
from yole.roadmap.models import CoFunding, Commitment, Envelope, EnvelopeShare, FundingRequest
from yole.roadmap.services import filled, same_territory
from yole.territory.models import Territory


def _positive(value: Decimal | None, field: str) -> None:
    if value is not None and value < 0:
        raise Refused("Un montant n’est pas négatif.", field=field, code="range")


@transaction.atomic
def add_envelope(
    account: Account | None, territory: Territory, *, label: str, amount: Decimal, starts_on: date, ends_on: date,
    ceilings: dict[str, Decimal] | None = None,
) -> Envelope:  # fmt: skip
    """An envelope, and its ceiling for each département. Raises Refused."""
    allow(account, permissions.FRAME, territory.pk)
    _positive(amount, "amount")
    if ends_on < starts_on:
        raise Refused("La fin vient après le début.", field="ends_on", code="order")
    made = Envelope.objects.create(
        territory=territory, label=filled(label, "label", "Nommez l’enveloppe."), amount=amount, starts_on=starts_on, ends_on=ends_on
    )
    for departement, ceiling in (ceilings or {}).items():
        _positive(ceiling, "ceiling")
        EnvelopeShare.objects.create(territory=territory, envelope=made, departement=departement, ceiling=ceiling)
    return made


@transaction.atomic
def ask_funding(
    account: Account | None, commitment: Commitment, envelope: Envelope, *, asked: Decimal, staff: Decimal | None = None,
    services: Decimal | None = None, status: str = FundingStatus.IN_PROGRESS, beneficiaries: Sequence[Structure] = (),
) -> FundingRequest:  # fmt: skip
    """A request to an envelope. The two parts, when both are given, add up to the whole. Raises Refused."""
    allow(account, permissions.FRAME, commitment.territory_id)
    same_territory(commitment.territory_id, envelope=envelope)
    for field, value in (("asked", asked), ("staff", staff), ("services", services)):
        _positive(value, field)
    if staff is not None and services is not None and staff + services != asked:
        raise Refused("Le poste et la prestation font le total demandé.", field="asked", code="sum")
    made = FundingRequest.objects.create(
        territory_id=commitment.territory_id,
        commitment=commitment,
        envelope=envelope,
        asked=asked,
        staff=staff,
        services=services,
        status=status,
    )
    made.beneficiaries.set(beneficiaries)
    return made


@transaction.atomic
def change_request(account: Account | None, request: FundingRequest, status: str) -> FundingRequest:
    """Where the request stands. Raises Refused."""
    allow(account, permissions.FRAME, request.territory_id)
    if status not in FundingStatus.values:
        raise Refused("Choisissez dans la liste.", field="status", code="unknown")
    request.status = status
    request.save(update_fields=["status"])
    return request


@transaction.atomic
def add_co_funding(account: Account | None, commitment: Commitment, structure: Structure, amount: Decimal) -> CoFunding:
    """What a structure pays. Raises Refused."""
    allow(account, permissions.FRAME, commitment.territory_id)
    same_territory(commitment.territory_id, structure=structure)
    _positive(amount, "amount")
    return CoFunding.objects.create(territory_id=commitment.territory_id, commitment=commitment, structure=structure, amount=amount)
