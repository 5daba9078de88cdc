"""What changed in the public roadmap, newest first: for the feed, the messages and the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from yole.base.addresses import site_address
from yole.roadmap import wording
from yole.roadmap.enums import ReadingKind
from yole.roadmap.models import Change, Commitment, ProposalAnswer, Reading, ReviewDecision
from yole.territory.models import Territory

LIMIT = 200


@dataclass(frozen=True, slots=True)
class News:
    """`key` is stable, for feed readers; `address` is whole."""

    key: str
    at: datetime
    title: str
    words: str
    address: str


def address(name: str, *args: object) -> str:
    return site_address(f"roadmap:{name}", *args)


def news(
    territory: Territory, *, since: datetime | None = None, until: datetime | None = None, commitment: Commitment | None = None
) -> list[News]:
    """At most 200, of the public commitments of a territory, or of one; of an indicator only its last reading in the span."""
    found = [one for one in _all(territory, since, commitment) if (since is None or one.at > since) and (until is None or one.at <= until)]
    return sorted(found, key=lambda one: (one.at, one.key), reverse=True)[:LIMIT]


def _all(territory: Territory, since: datetime | None, of: Commitment | None) -> Iterator[News]:
    rows = Commitment.objects.filter(territory_id=territory.pk, published_at__isnull=False)
    rows = rows.filter(pk=of.pk) if of is not None else rows
    keys = list(rows.values_list("pk", flat=True))
    for one in rows.order_by("-published_at")[:LIMIT]:
        if one.published_at is not None:
            yield News(f"engagement-{one.uid}", one.published_at, _("Nouvel engagement : %(title)s") % {"title": one}, one.description,
                       address("commitment", one.pk))  # fmt: skip
    after = {"recorded_at__gt": since} if since is not None else {}
    changes = Change.objects.filter(commitment__in=keys, **after).select_related("commitment").order_by("-recorded_at")[:LIMIT]
    for change in changes:
        yield News(f"modification-{change.uid}", change.recorded_at, f"{change.commitment} : {wording.change(change)}", change.reason,
                   address("commitment", change.commitment_id))  # fmt: skip
    readings = (
        Reading.objects.filter(indicator__commitment__in=keys, replaced_by__isnull=True, **after)
        .exclude(kind=ReadingKind.WITHDRAWAL)
        .order_by("indicator_id", "-day", "-pk")
        .distinct("indicator_id")
        .select_related("indicator__commitment")
    )
    for reading in readings:
        owner = reading.indicator.commitment
        if owner is not None:
            parts = {"title": owner, "name": reading.indicator.name, "value": wording.amount(reading)}
            title = _("%(title)s : %(name)s, %(value)s") % parts
            yield News(f"releve-{reading.uid}", reading.recorded_at, title, reading.source, address("commitment", owner.pk))
    for decision in ReviewDecision.objects.filter(commitment__in=keys).select_related("review", "commitment").order_by("-pk")[:LIMIT]:
        title = _("%(title)s : décision de la revue") % {"title": decision.commitment}
        yield News(f"revue-{decision.uid}", decision.review.recorded_at, title, decision.words,
                   address("commitment", decision.commitment_id))  # fmt: skip
    if of is None:
        answers = ProposalAnswer.objects.filter(territory_id=territory.pk, **after).select_related("proposal", "committee")
        for said in answers.order_by("-recorded_at")[:LIMIT]:
            title = _("Proposition %(answer)s : %(title)s") % {"answer": said.answer, "title": said.proposal}
            yield News(f"reponse-{said.uid}", said.recorded_at, title, said.reason, address("proposal", said.proposal_id))
