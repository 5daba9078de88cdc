"""What an edition gives to the roadmap: its takeaways, and numbers that may feed an indicator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from yole.base.registries import Measure, Takeaway
from yole.events import indicators, selectors_takeaways
from yole.kernel.indicators import Indicator, Value
from yole.kernel.periods import free
from yole.territory.models import Territory

SOURCE = "numerique-en-commun"


def takeaways(territory_id: int) -> list[Takeaway]:
    """Takeaways of public editions that were not withdrawn, the newest first."""
    territory = Territory.objects.get(pk=territory_id)
    return [_offered(one, territory) for one in selectors_takeaways.open_takeaways(territory)]


def _offered(one: selectors_takeaways.OpenTakeaway, territory: Territory) -> Takeaway:
    return Takeaway(
        source=SOURCE,
        key=str(one.id),
        label=", ".join(filter(None, [one.edition_title, one.slot_title])),
        day=one.created.astimezone(ZoneInfo(territory.time_zone)).date(),
        text=one.text,
        agree=one.in_favour,
        voters=one.counted,
        low=None if one.low is None else 100 * one.low,
        high=None if one.high is None else 100 * one.high,
        url=reverse("events:takeaways", args=[one.edition]),
    )


def _reader(indicator: Indicator) -> Callable[[int, date, date], Value]:
    def read(territory_id: int, first: date, last: date) -> Value:
        """The number of the last edition that began in the period; none when there was none."""
        territory = Territory.objects.get(pk=territory_id)
        found = indicators.of_period(territory, indicator.id, first, last)
        nothing = "aucune édition dans la période"
        return found or Value(indicator, free(first, last), territory.name, None, timezone.now(), note=nothing)

    return read


MEASURES = tuple(Measure(one, _reader(one)) for one in indicators.INDICATORS.values())
