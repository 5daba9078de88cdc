"""Every move of money. The stage that a move takes from is read under a lock, so that two moves never spend the same cents."""

from __future__ import annotations

import uuid

from django.db import connection, transaction
from django.db.models import Q, Sum

from yole.advisers import permissions
from yole.advisers.engine.ledger import MOVES, ShortfallError, lines_of, owner_of
from yole.advisers.enums import Envelope
from yole.advisers.models import Contract, LedgerLine, Post
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.acting import actor
from yole.organisations.models import Account
from yole.territory.models import Territory

_LOCK = 726581


def euros(cents: int) -> str:
    """« 12 345,60 € » (plain spaces: the layout makes them no-break)."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", " ") + (f",{rest:02d}" if rest else "") + " €"


def held(territory: Territory, envelope: str, stage: str, post: Post | None) -> int:
    """Cents that a stage holds now."""
    rows = LedgerLine.objects.filter(territory=territory, envelope=envelope, stage=stage, post=post)
    return rows.aggregate(total=Sum("cents"))["total"] or 0


def held_by(contract: Contract, stage: str) -> int:
    """Cents of one contract in a stage. Lines written before contracts were named in them belong to the first contract of the post."""
    mine = Q(contract=contract)
    if contract.pk == Contract.objects.filter(post=contract.post_id).order_by("starts_on", "pk").values_list("pk", flat=True).first():
        mine |= Q(contract__isnull=True)
    rows = LedgerLine.objects.filter(mine, post=contract.post_id, stage=stage)
    return rows.aggregate(total=Sum("cents"))["total"] or 0


def move(
    by: Account | None,
    territory: Territory,
    kind: str,
    cents: int,
    document: str,
    *,
    envelope: str = Envelope.POSTS,
    post: Post | None = None,
    contract: Contract | None = None,
) -> uuid.UUID:
    """Writes a move inside the caller's transaction, for a contract when it is one's money. Raises Refused with the amount left when the
    stage does not hold enough."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, territory.pk])
    taken = MOVES[kind][0]
    owned = post if owner_of(taken, 0 if post else None) is not None else None
    try:
        pair = lines_of(kind, cents, post.pk if post else None, held(territory, envelope, taken, owned))
    except ShortfallError as shortfall:
        raise Refused(
            f"L’enveloppe ne permet pas {euros(cents)} : il reste {euros(shortfall.left)}.",
            remedy="Choisissez un autre montant, ou une autre enveloppe.",
            field="amount",
            code="shortfall",
        ) from None
    number = uuid.uuid4()
    LedgerLine.objects.bulk_create(
        LedgerLine(
            territory=territory,
            move=number,
            kind=kind,
            envelope=envelope,
            stage=line.stage,
            post_id=line.post,
            contract=contract,
            cents=line.cents,
            document=document,
            by=by,
        )
        for line in pair
    )
    return number


@transaction.atomic
def open_envelope(by: Account | None, territory: Territory, envelope: str, cents: int, document: str) -> None:
    """Money that arrives in an envelope. `by` is None for the demonstration alone."""
    if by is not None:
        require(by, permissions.BUDGET)
    if envelope not in Envelope.values or cents <= 0:
        raise Refused("Une enveloppe de la liste, et un montant de plus de 0 €.", field="amount", code="amount")
    if not document.strip():
        raise Refused("Il manque la pièce : convention, arrêté ou délibération.", field="document", code="document")
    number = move(by, territory, "ouvre", cents, document.strip(), envelope=envelope)
    _told(by, number, "ouvre", cents)


@transaction.atomic
def pay(by: Account, post: Post, cents: int, document: str) -> None:
    """A payment on what is engaged for a post, its oldest contract first. Raises Refused without a document, or over what is left."""
    require(by, permissions.BUDGET)
    if not document.strip():
        raise Refused("Il manque la pièce : convention, facture ou délibération.", field="document", code="document")
    territory, left = post.host.territory, cents
    for contract in Contract.objects.select_for_update().filter(post=post).order_by("starts_on"):
        part = min(left, held_by(contract, "engage")) if cents <= held(territory, Envelope.POSTS, "engage", post) else 0
        if part:
            _told(by, move(by, territory, "verse", part, document.strip(), post=post, contract=contract), "verse", part)
            left -= part
    if left:  # more than is engaged: the move itself says how much there is
        move(by, territory, "verse", left, document.strip(), post=post)


def _told(by: Account | None, number: uuid.UUID, kind: str, cents: int) -> None:
    record("advisers.budget", actor(by), reference("budget-move", number), {"kind": kind, "cents": str(cents)})
