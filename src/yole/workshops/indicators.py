"""The numbers this room publishes: name, definition, unit, population, how computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from yole.base.scope import system_scope
from yole.kernel.counts import Cell, protect
from yole.territory.models import Territory
from yole.workshops.enums import ALL_THEMES, SessionState
from yole.workshops.models import Presence

NO_SHOW = {
    "id": "workshops.no-show",
    "name": "Absences sans prévenir",
    "definition": "Part des « absent » parmi les « présent » et « absent » pointés, par demi-journée ; « excusé » n’y est pas.",
    "unit": "%",
    "population": "Inscriptions pointées aux séances non annulées de la période ; une inscription de plusieurs personnes compte une fois.",
    "computed": "Pointages par demi-journée. Une séance à plusieurs thèmes compte dans chacun : les lignes ne s’additionnent pas.",
}


@dataclass(frozen=True, slots=True)
class NoShowRow:
    """One line of the table. `rate` is a percentage; it and the counts are None when the line is not published (too few persons)."""

    label: str
    expected: int | None
    absent: int | None
    rate: float | None


@dataclass(frozen=True, slots=True)
class NoShow:
    """`definition` is NO_SHOW; days of the period are local, both included; `threshold`: fewest persons that a published cell may hold."""

    definition: dict[str, str]
    first: date
    last: date
    threshold: int
    total: NoShowRow
    by_theme: list[NoShowRow]
    by_place: list[NoShowRow]


@system_scope()  # counts of a whole territory, for people who may not read the rows; small ones are not published
def no_show(territory: Territory, first: date, last: date) -> NoShow:
    """Unannounced absences by theme and by place over a period."""
    zone = ZoneInfo(territory.time_zone)
    marked = Presence.objects.filter(
        session__territory=territory,
        session__starts_at__gte=datetime.combine(first, time(), zone),
        session__starts_at__lt=datetime.combine(last + timedelta(days=1), time(), zone),
        booking__isnull=False,
        state__in=["présent", "absent"],
    ).exclude(session__state=SessionState.CANCELLED)
    rows = (
        marked.order_by()
        .values_list("session__programme__themes", "session__place__name")
        .annotate(n=Count("pk"), absent=Count("pk", filter=Q(state="absent")))
    )
    labels = dict(ALL_THEMES)
    themes: dict[str, list[int]] = {}
    places: dict[str, list[int]] = {}
    whole = [0, 0]
    for codes, place, expected, absent in rows:
        for table, key in (*((themes, labels.get(code, code)) for code in codes), (places, place or "Sans lieu")):
            cell = table.setdefault(key, [0, 0])
            cell[0] += expected
            cell[1] += absent
        whole[0] += expected
        whole[1] += absent
    threshold = territory.small_count_threshold
    # Places add up to the total, themes overlap: only the first can be found again by subtraction.
    return NoShow(
        NO_SHOW,
        first,
        last,
        threshold,
        _published({"Ensemble": whole}, threshold, adds_up=False)[0],
        _published(themes, threshold, adds_up=False),
        _published(places, threshold, adds_up=True),
    )


def _published(table: dict[str, list[int]], threshold: int, *, adds_up: bool) -> list[NoShowRow]:
    keys = sorted(table, key=_order(table))
    shown = protect([Cell(key, table[key][0], table[key][1]) for key in keys], threshold, adds_up=adds_up)
    return [
        NoShowRow(
            cell.key,
            cell.total,
            cell.part,
            None if cell.total is None or cell.part is None else round(100 * cell.part / cell.total, 1) if cell.total else None,
        )
        for cell in shown
    ]


def _order(table: dict[str, list[int]]) -> Callable[[str], tuple[int, str]]:
    return lambda key: (-table[key][0], key)
