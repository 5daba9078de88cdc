"""Reads of the desk: counts of an edition, proposals with what readers said, who is registered."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import mean
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from yole.bookings import selectors as bookings
from yole.bookings.enums import HOLDING, State
from yole.bookings.models import Booking
from yole.bookings.selectors import Queued
from yole.events.enums import OPEN_PROPOSALS
from yole.events.models import Edition, Proposal, Registration, Review, Seat, Slot
from yole.organisations.models import Account


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers on the home of an edition; `registered` and `present` count persons, `waiting` households."""

    proposals: int
    to_decide: int
    slots: int
    unplaced: int
    registered: int
    waiting: int
    present: int
    takeaways: int


def counts(of: Edition) -> Counts:
    proposals = of.proposals.aggregate(n=Count("pk"), todo=Count("pk", filter=Q(state__in=OPEN_PROPOSALS)))
    slots = of.slots.filter(cancelled_at__isnull=True).aggregate(
        n=Count("pk"), todo=Count("pk", filter=Q(starts_at__isnull=True) | Q(room__isnull=True))
    )
    people = Booking.objects.filter(registration__edition=of).aggregate(
        held=Sum("size", filter=Q(state__in=HOLDING)),
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        present=Sum("size", filter=Q(state=State.PRESENT)),
    )
    return Counts(
        proposals["n"],
        proposals["todo"],
        slots["n"],
        slots["todo"],
        people["held"] or 0,
        people["waiting"],
        people["present"] or 0,
        of.takeaways.filter(withdrawn_at__isnull=True).count(),
    )


# Proposals


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal with what its readers said, as one account sees it.

    `hidden`: the account declared a conflict of interest and sees neither scores nor comments. `mean` over `scores`, None without any.
    """

    proposal: Proposal
    hidden: bool
    mine: Review | None
    scores: list[int] = field(default_factory=list)
    conflicts: int = 0
    reviews: list[Review] = field(default_factory=list)

    @property
    def mean(self) -> float | None:
        return mean(self.scores) if self.scores else None


def _row(proposal: Proposal, account: Account) -> ProposalRow:
    reviews = list(proposal.reviews.all())
    mine = next((one for one in reviews if one.account_id == account.pk), None)
    conflicts = sum(one.conflict for one in reviews)
    if mine is not None and mine.conflict:
        return ProposalRow(proposal, True, mine, [], conflicts)
    return ProposalRow(proposal, False, mine, [one.score for one in reviews if one.score is not None], conflicts, reviews)


def _proposals(of: Edition) -> QuerySet[Proposal, Any]:
    return of.proposals.select_related("track", "edition__territory").prefetch_related("speakers", "reviews__account", "slots")


def proposals(of: Edition, account: Account, *, state: str = "") -> list[ProposalRow]:
    """Proposals of an edition: those still to decide first, then by date of arrival."""
    found = _proposals(of)
    rows = [_row(one, account) for one in (found.filter(state=state) if state else found)]
    return sorted(rows, key=lambda row: (row.proposal.state not in OPEN_PROPOSALS, row.proposal.submitted_at))


def proposal(of: Edition, account: Account, pk: int) -> ProposalRow | None:
    found = _proposals(of).filter(pk=pk).first()
    return _row(found, account) if found else None


# Registrations


def registrations(of: Edition, *, slot: Slot | None = None) -> QuerySet[Registration, Any]:
    """Who registered, by name; for one slot, those who asked for it."""
    found = Registration.objects.filter(edition=of).select_related("booking__structure", "commune", "invitation")
    if slot is not None:
        found = found.filter(seats__slot=slot, seats__booking__state__in=[*HOLDING, State.WAITING, State.ABSENT, State.EXCUSED])
    return found.order_by("booking__name", "pk")


def queue_of(of: Edition, slot: Slot | None = None) -> list[Queued]:
    """The waiting list of the edition, or of one slot, in the order in which people move up."""
    capacity = slot.capacity_id if slot is not None else of.capacity_id
    return bookings.waiting_list(capacity) if capacity is not None else []


def registration(of: Edition, pk: int) -> Registration | None:
    found = Registration.objects.filter(edition=of).select_related("booking__capacity", "edition__territory", "commune", "invitation")
    return found.filter(pk=pk).first()


def offers(of: Edition) -> list[tuple[Registration, Booking, str]]:
    """Places offered that wait for an answer: (registration, the booking of the place, what it is for), the most urgent first."""
    whole = [(one, one.booking, of.title) for one in registrations(of) if one.booking.state == State.OFFERED]
    seats = Seat.objects.filter(slot__edition=of, booking__state=State.OFFERED).select_related("slot", "booking", "registration__booking")
    found = [*whole, *((seat.registration, seat.booking, seat.slot.title) for seat in seats)]
    return sorted(found, key=lambda row: (row[1].offer_expires_at or row[1].created_at, row[1].pk))
