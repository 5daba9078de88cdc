"""What cafés give to other rooms: ideas sent to the roadmap, numbers that may feed an indicator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from yole.base.registries import Measure, Takeaway
from yole.base.typography import day
from yole.debates import selectors
from yole.debates.enums import CafeState
from yole.debates.models import Cafe
from yole.debates.selectors import SOURCE
from yole.kernel.indicators import Indicator, Value
from yole.kernel.periods import free
from yole.territory.models import Territory


def takeaways(territory_id: int) -> list[Takeaway]:
    """Ideas sent and not withdrawn, the newest first; a voted sentence with its counts, unless too few people voted."""
    return [_offered(idea) for idea in selectors.ideas_for_roadmap(Territory.objects.get(pk=territory_id))]


def _offered(idea: selectors.Idea) -> Takeaway:
    voted = idea.seen is not None and idea.low is not None and idea.high is not None
    return Takeaway(
        source=SOURCE,
        key=str(idea.id),
        label=f"Café IA « {idea.cafe_title} », {day(idea.date, year=True, weekday=False)}",
        day=idea.date,
        text=idea.text,
        agree=idea.support if voted else None,
        voters=idea.seen if voted else None,
        low=None if idea.low is None else 100 * idea.low,
        high=None if idea.high is None else 100 * idea.high,
        url=reverse("debates:result", args=[idea.cafe_id]),
    )


_COMMON = {
    "population": "Cafés IA terminés du territoire, dont le jour est dans la période.",
    "source": "Comptes rendus des Cafés IA tenus avec Yole",
}
CAFES = Indicator(
    id="debates.cafes", name="Cafés IA tenus", definition="Cafés ouverts puis terminés par la personne qui anime.", unit="cafés",
    how_computed="Un café compte une fois, le jour où il commence.", **_COMMON,
)  # fmt: skip
PEOPLE = Indicator(
    id="debates.people", name="Participations aux Cafés IA", definition="Personnes comptées dans la salle par la personne qui anime.",
    unit="participations", how_computed="Somme des personnes comptées ; quelqu’un venu deux fois compte deux fois.", **_COMMON,
)  # fmt: skip
BALLOTS = Indicator(
    id="debates.ballots", name="Bulletins des Cafés IA", definition="Bulletins reçus : téléphone, tablette, papier.", unit="bulletins",
    how_computed="Somme des bulletins des cafés ; jamais plus que de personnes comptées.", **_COMMON,
)  # fmt: skip


def _held(territory: Territory, first: date, last: date) -> QuerySet[Cafe]:
    zone = ZoneInfo(territory.time_zone)
    begin, end = (datetime.combine(when, time(), zone) for when in (first, last + timedelta(days=1)))
    return Cafe.objects.filter(territory=territory, state=CafeState.CLOSED, starts_at__gte=begin, starts_at__lt=end)


def _reader(indicator: Indicator) -> Callable[[int, date, date], Value]:
    def read(territory_id: int, first: date, last: date) -> Value:
        territory = Territory.objects.get(pk=territory_id)
        sums = _held(territory, first, last).aggregate(cafes=Count("pk"), people=Sum("people_counted"), ballots=Sum("ballots_cast"))
        amount = sums[indicator.id.removeprefix("debates.")] or 0
        period, scope, now = free(first, last), territory.name, timezone.now()
        fewest = territory.small_count_threshold
        if indicator is not CAFES and 0 < amount < fewest:
            return Value(indicator, period, scope, None, now, masked=True, note=f"masqué : moins de {fewest} personnes")
        return Value(indicator, period, scope, amount, now)

    return read


MEASURES = tuple(Measure(one, _reader(one)) for one in (CAFES, PEOPLE, BALLOTS))
