"""Who a round looked at and who it proposed, in counts: never for one person, and never for a handful of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TypedDict

from yole.advisers.enums import Gender
from yole.advisers.models import Candidate
from yole.kernel.counts import Cell, protect
from yole.territory.models import Territory

NOT_TOLD = "Non communiqué"
NO_GROUPING = "Hors intercommunalité"


class Row(TypedDict):
    """`candidates` of a group and those `proposed` among them; both None when there are too few to show."""

    label: str
    candidates: int | None
    proposed: int | None


class Table(TypedDict):
    title: str
    rows: list[Row]


def tables(territory: Territory, seen: Collection[int], placed: Collection[int]) -> list[Table]:
    """By declared gender, then by zone (grouping of communes). `seen`, `placed`: candidates of the round, and those it proposes."""
    people = list(Candidate.objects.filter(pk__in=seen).select_related("commune__epci"))
    gender = {one.pk: str(Gender(one.gender).label) if one.gender else NOT_TOLD for one in people}
    zone = {one.pk: one.commune.epci.name if one.commune.epci else NO_GROUPING for one in people}
    order = [*(str(one.label) for one in Gender), NOT_TOLD]
    taken, threshold = set(placed), territory.small_count_threshold
    return [
        {"title": "Selon le genre déclaré", "rows": rows(gender, taken, order, threshold)},
        {"title": "Selon la zone", "rows": rows(zone, taken, sorted(set(zone.values())), threshold)},
    ]


def rows(group: dict[int, str], placed: Collection[int], order: Sequence[str], threshold: int) -> list[Row]:
    """Groups in order, empty ones left out, small ones hidden with another so that no subtraction finds them."""
    total, part = Counter(group.values()), Counter(label for pk, label in group.items() if pk in placed)
    cells = [Cell(label, total[label], part[label]) for label in order if total[label]]
    return [{"label": one.key, "candidates": one.total, "proposed": one.part} for one in protect(cells, threshold, adds_up=True)]
