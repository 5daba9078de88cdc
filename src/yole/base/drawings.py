"""Numbers turned into drawings: SVG geometry in whole units, without style attributes, and the words that say the same."""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from yole.base import typography
from yole.base.components import Bar, BarChart, Column, Figure, Table
from yole.base.maps import MapView

MARKER_KINDS = ("pt", "pt-s", "pt-m", "here")


def _number(value: float, decimals: int = 0) -> str:
    return number_format(value, decimals, force_grouping=True)


def _with_unit(text: str, unit: str) -> str:
    return f"{text}{typography.NBSP}{unit}"


def interval_words(low: float, high: float, unit: str, decimals: int = 0) -> str:
    """« entre 37 et 45 % »."""
    return gettext("entre %(low)s et %(high)s") % {"low": _number(low, decimals), "high": _with_unit(_number(high, decimals), unit)}


def interval_bar(
    value: float, low: float, high: float, *, unit: str, target: float | None, axis: tuple[float, float], decimals: int = 0
) -> SafeString:
    """Axis, band of the interval, mark of the estimate, dashed target. Raises ValueError when the axis is empty."""
    least, greatest = axis
    if greatest <= least:
        raise ValueError("empty axis")

    def x(amount: float) -> float:
        return round(200 * (min(max(amount, least), greatest) - least) / (greatest - least), 1)

    words = f"{_with_unit(_number(value, decimals), unit)}, {interval_words(low, high, unit, decimals)}"
    aim = ""
    if target is not None:
        words += ", " + gettext("objectif %(target)s") % {"target": _with_unit(_number(target, decimals), unit)}
        aim = format_html('<path class="target" d="M{} 0v24"/>', f"{x(target):g}")
    return format_html(
        '<svg class="bar" viewBox="0 0 200 24" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="ground" y="9" width="200" height="6" rx="3"/>'
        '<rect class="range" x="{}" y="5" width="{}" height="14"/>{}<rect class="point" x="{}" y="2" width="3" height="20"/></svg>',
        words,
        f"{x(low):g}",
        f"{max(x(high) - x(low), 0.5):g}",
        aim,
        f"{max(0, min(197, x(value) - 1.5)):g}",
    )


def figure_context(figure: Figure) -> dict[str, Any]:
    """What the figure's template needs: value, certainty in words, bar."""
    bar: SafeString | str = ""
    if figure.value is None:
        value, certainty = "–", figure.suppressed
    else:
        value = _with_unit(_number(figure.value, figure.decimals), figure.unit)
        if figure.low is not None and figure.high is not None:
            certainty = interval_words(figure.low, figure.high, figure.unit, figure.decimals)
            axis = figure.axis or ((0, 100) if figure.unit == "%" else (0, figure.high))
            bar = interval_bar(
                figure.value, figure.low, figure.high, unit=figure.unit, target=figure.target, axis=axis, decimals=figure.decimals
            )
            if figure.modelled:
                certainty += ", " + gettext("estimé par le modèle %(model)s") % {"model": figure.modelled}
        elif figure.counted:
            certainty = gettext("comptage exact")
        else:
            certainty = gettext("estimé par le modèle %(model)s") % {"model": figure.modelled}
    day = typography.day(figure.day, get_language() or "fr", year=True, weekday=False)
    return {"figure": figure, "value": value, "certainty": certainty, "bar": bar, "day": day}


def bar_chart_context(chart: BarChart) -> dict[str, Any]:
    """Rows of 40 units: the label, then its bar 400 units wide at most; and the table of the same values."""
    rows = [_chart_row(chart, bar, i) for i, bar in enumerate(chart.bars)]
    with_interval = any(bar.low is not None for bar in chart.bars)
    columns = [Column(gettext("Intitulé")), Column(gettext("Valeur (%(unit)s)") % {"unit": chart.unit}, numeric=True)]
    if with_interval:
        columns.append(Column(gettext("Intervalle")))
    cells = []
    for bar in chart.bars:
        cell = [bar.label, _number(bar.value, chart.decimals)]
        if with_interval:
            exact = bar.low is None or bar.high is None
            cell.append(gettext("comptage exact") if exact else interval_words(bar.low or 0, bar.high or 0, chart.unit, chart.decimals))
        cells.append(cell)
    words = ", ".join(f"{bar.label} {_with_unit(_number(bar.value, chart.decimals), chart.unit)}" for bar in chart.bars)
    return {
        "rows": rows,
        "height": max(40 * len(rows), 1),
        "label": f"{chart.title} : {words}",
        "table": Table(chart.title, columns, cells),
    }


def _chart_row(chart: BarChart, bar: Bar, index: int) -> dict[str, Any]:
    def width(value: float) -> int:
        return round(400 * min(max(value, 0), chart.top) / chart.top)

    row = {"label": bar.label, "y": 40 * index + 20, "text_y": 40 * index + 14, "width": width(bar.value), "range_width": 0}
    if bar.low is not None and bar.high is not None:
        row |= {"range_x": width(bar.low), "range_y": 40 * index + 24, "range_width": max(width(bar.high) - width(bar.low), 1)}
    return row


def map_context(view: MapView) -> dict[str, Any]:
    """Coordinates as text with a decimal point, whatever the language of the page."""
    markers = [
        {"kind": m.kind, "x": f"{m.x:g}", "y": f"{m.y:g}", "text_y": f"{m.y + 5:g}", "r": f"{m.radius:g}", "label": m.label}
        for m in view.markers
    ]
    labels = [{"x": f"{label.x:g}", "y": f"{label.y:g}", "text": label.text, "minor": label.minor} for label in view.labels]
    return {"view": view, "areas": view.areas, "markers": markers, "labels": labels, "marker_kinds": MARKER_KINDS}
