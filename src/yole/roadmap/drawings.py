"""The line of an indicator as SVG geometry: readings, the expected way, the target, where it leads. No style attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from yole.roadmap import wording
from yole.roadmap.engine.trajectory import Trajectory
from yole.roadmap.models import Indicator, Reading
from yole.roadmap.selectors import standing

LEFT, RIGHT, TOP, BOTTOM = 8, 392, 24, 168


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: str
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Coordinates are texts with a decimal point. `band`: the polygon of the prediction, empty with fewer than three readings."""

    key: str
    label: str
    dots: list[Dot]
    expected: str
    target: Dot
    band: str
    middle: str
    first_label: str
    last_label: str
    high_label: str
    low_label: str
    readings: list[Reading]


def _text(value: float) -> str:
    return f"{round(value, 1):g}"


def chart(indicator: Indicator, path: Trajectory | None) -> Chart | None:
    """None while the indicator has no baseline, target or dates."""
    baseline, starts, target, ends = indicator.baseline, indicator.baseline_on, indicator.target, indicator.target_on
    if baseline is None or starts is None or target is None or ends is None:
        return None
    rows = standing(indicator.readings.all())
    line = path.line.points if path is not None and path.line is not None else ()
    days = [starts, ends, *(row.day for row in rows)]
    values = [float(baseline), float(target)]
    for row in rows:
        values += [float(one) for one in (row.value, row.low, row.high) if one is not None]
    first, last = min(days), max(days)
    least, greatest = min(values), max(values)
    if least == greatest:
        greatest = least + 1
    # The band may leave the frame: it is cut there, the sentence beside gives its numbers.
    room = (greatest - least) * 0.1
    least, greatest = least - room, greatest + room

    def x(day: date) -> float:
        return LEFT + (RIGHT - LEFT) * (day - first).days / max((last - first).days, 1)

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (min(max(value, least), greatest) - least) / (greatest - least)

    def at(day: date, value: float) -> str:
        return f"{_text(x(day))},{_text(y(value))}"

    drawn = [one for one in line if one[0] <= last]
    band = " ".join([*(at(day, high) for day, _m, _l, high in drawn), *(at(day, low) for day, _m, low, _h in reversed(drawn))])
    unit = indicator.unit
    return Chart(
        key=f"i{indicator.pk}",
        label=_label(indicator, rows),
        dots=[
            Dot(
                _text(x(row.day)), _text(y(float(row.value or 0))),
                _text(y(float(row.low))) if row.low is not None else "", _text(y(float(row.high))) if row.high is not None else "",
            )
            for row in rows
        ],
        expected=f"{at(starts, float(baseline))} {at(ends, float(target))}",
        target=Dot(_text(x(ends)), _text(y(float(target)))),
        band=band if len(drawn) > 1 else "",
        middle=" ".join(at(day, middle) for day, middle, _low, _high in drawn) if len(drawn) > 1 else "",
        first_label=wording.day(first),
        last_label=wording.day(last),
        high_label=wording.with_unit(max(baseline, target), unit),
        low_label=wording.with_unit(min(baseline, target), unit),
        readings=list(reversed(rows)),
    )  # fmt: skip


def _label(indicator: Indicator, rows: Sequence[Reading]) -> str:
    """The drawing in words, for who does not see it; the table beside has every reading."""
    parts = {
        "name": indicator.name,
        "base": wording.with_unit(indicator.baseline, indicator.unit),
        "target": wording.with_unit(indicator.target, indicator.unit),
        "day": wording.day(indicator.target_on),
        "last": wording.amount(rows[-1]) if rows else _("aucun relevé"),
    }
    return _("%(name)s : référence %(base)s, cible %(target)s le %(day)s, dernier relevé %(last)s. Le tableau donne chaque relevé.") % parts
