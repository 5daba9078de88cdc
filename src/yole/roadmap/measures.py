"""The numbers of the house that may feed an indicator: those of the activities, and parity among the people who are accompanied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from yole.activities import indicators
from yole.activities.enums import ActivityKind
from yole.activities.indicators_read import Question
from yole.base.registries import Measure, declare_measure
from yole.kernel.indicators import Indicator, Value
from yole.kernel.periods import Period, free
from yole.people.enums import Gender
from yole.roadmap.engine.parity import parity
from yole.territory.models import Territory

_KNOWN = {one.id: one for one in (
    indicators.ACTIVITIES, indicators.ACCOMPANIMENTS, indicators.PERSONS, indicators.ANONYMOUS_SHARE, indicators.HOURS,
    indicators.ALREADY_KNOWN,
)}  # fmt: skip

PARITY = Indicator(
    id="roadmap.parity-participants",
    name="Part des femmes dans les ateliers",
    definition=(
        "Femmes parmi les femmes et les hommes des accompagnements en atelier. Le sexe est déclaré, jamais deviné. "
        "La part non communiquée est écrite à côté et n’est pas répartie."
    ),
    unit="%",
    population="Accompagnements des activités collectives non supprimées.",
    how_computed="Part, avec son intervalle de Wilson à 95 %. Rien sous 5 personnes par case.",
    source=indicators.SOURCE,
)


def _question(territory: int, first: date, last: date, kind: str = "") -> Question:
    return Question(Territory.objects.get(pk=territory), free(first, last), kind=kind)


def _reader(number: str) -> Callable[[int, date, date], Value]:
    def read(territory: int, first: date, last: date) -> Value:
        return indicators.NUMBERS[number](indicators.measure(_question(territory, first, last)))

    return read


def parity_of_workshops(territory: int, first: date, last: date) -> Value:
    """Women among women and men of collective activities; the margin is the greater side of Wilson's interval."""
    found = indicators.measure(_question(territory, first, last, kind=ActivityKind.GROUP))
    counts = dict(zip(Gender.values, (found.sums[f"gender_{i}"] for i in range(len(Gender.values))), strict=True))
    women, men = counts.pop(Gender.FEMALE), counts.pop(Gender.MALE)
    shown = parity(women, men, 0, sum(counts.values()), fewest=max(5, found.question.threshold))
    period: Period = found.question.period
    if shown.share is None or shown.low is None or shown.high is None:
        return Value(PARITY, period, found.words, None, found.as_of, masked=True, note=f"non publié : {shown.why}")
    note = "" if shown.unknown is None else f"sexe non communiqué : {shown.unknown:.0f} % des accompagnements"
    margin = max(shown.share - shown.low, shown.high - shown.share)
    return Value(PARITY, period, found.words, shown.share, found.as_of, margin=margin, note=note)


def declare_all() -> None:
    """Fills the registry with the numbers of the rooms below that do not do it themselves."""
    for number, indicator in _KNOWN.items():
        declare_measure(Measure(indicator, _reader(number)))
    declare_measure(Measure(PARITY, parity_of_workshops))
