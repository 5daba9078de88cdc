"""Takeaways as other rooms read them: plain values, nothing of this room's tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from yole.events.enums import PUBLIC_STATUSES
from yole.events.models import Takeaway
from yole.kernel.shares import wilson
from yole.territory.models import Territory


@dataclass(frozen=True, slots=True)
class OpenTakeaway:
    """What came out of a public slot. `edition` is its slug, `slot_title` empty when it comes from no slot. `support` in words;
    `in_favour`, `counted` the counts behind it (both or neither), `low` and `high` the Wilson interval of the share (0..1)."""

    id: int
    edition: str
    edition_title: str
    slot_number: int | None
    slot_title: str
    source: str
    text: str
    quotation: str
    support: str
    in_favour: int | None
    counted: int | None
    low: float | None
    high: float | None
    created: datetime


def support_words(takeaway: Takeaway) -> str:
    """« 24 personnes sur 30, entre 63 et 90 % », then the words of the note."""
    words = ""
    if takeaway.counted and takeaway.in_favour is not None:
        low, high = wilson(takeaway.in_favour, takeaway.counted)
        words = f"{takeaway.in_favour} personnes sur {takeaway.counted}, entre {round(100 * low)} et {round(100 * high)} %"
    return ". ".join(filter(None, [words, takeaway.support_note]))


def _plain(row: Takeaway) -> OpenTakeaway:
    low, high = wilson(row.in_favour, row.counted) if row.counted and row.in_favour is not None else (None, None)
    return OpenTakeaway(
        id=row.pk,
        edition=row.edition.slug,
        edition_title=row.edition.title,
        slot_number=row.slot.number if row.slot else None,
        slot_title=row.slot.title if row.slot else "",
        source=row.source,
        text=row.finding,
        quotation=row.quotation,
        support=support_words(row),
        in_favour=row.in_favour,
        counted=row.counted,
        low=low,
        high=high,
        created=row.created_at,
    )


def _public(territory: Territory) -> QuerySet[Takeaway]:
    found = Takeaway.objects.filter(edition__territory=territory, edition__status__in=PUBLIC_STATUSES, withdrawn_at__isnull=True)
    return found.select_related("edition", "slot")


def open_takeaways(territory: Territory) -> list[OpenTakeaway]:
    """Takeaways of a territory's public editions that were not withdrawn, the newest first."""
    return [_plain(row) for row in _public(territory)]


def takeaway(territory: Territory, pk: int) -> OpenTakeaway | None:
    """One of them, None when it is withdrawn, of another territory or unknown."""
    row = _public(territory).filter(pk=pk).first()
    return _plain(row) if row else None
